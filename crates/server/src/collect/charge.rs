//! What a chunk takes of the bytes that its site may record in a day: those on the wire, and a part
//! of those that the server puts in, since both come to lie on the disk.

use std::sync::Arc;

use hitmetrix_model::SiteId;

use super::request::Incoming;
use super::signs::Sign;
use crate::app::App;
use crate::problem::{Code, Problem};

/// Bytes of style sheets that count as one on the wire, where they would be packed: to a fifth to a
/// ninth of themselves. A little more is charged than sending them would have been; of sheets with
/// pictures in them less, but never below a quarter of what is stored.
const PACKED: usize = 4;

/// What a chunk took of its site's quota so far.
pub(super) struct Charge {
    app: Arc<App>,
    site: SiteId,
    bytes_max: u64,
    now_ms: i64,
    taken: u64,
}

impl Charge {
    /// Charges the bytes of a body.
    ///
    /// # Errors
    /// When the site's recordings are over their quota of the day.
    pub(super) fn of_body(incoming: &Incoming, bytes: u64) -> Result<Self, Problem> {
        let site = &incoming.known.site;
        let mut charge = Self {
            app: Arc::clone(&incoming.app),
            site: site.id,
            bytes_max: site.settings.recording_bytes_a_day,
            now_ms: incoming.now_ms,
            taken: 0,
        };
        charge.take(bytes)?;
        Ok(charge)
    }

    /// Charges style sheets that were put in.
    ///
    /// # Errors
    /// When the site's recordings are over their quota of the day.
    pub(super) fn sheets(&mut self, bytes: usize) -> Result<(), Problem> {
        self.take(bytes.div_ceil(PACKED) as u64)
    }

    /// Charges pictures and fonts that would be put in, if there is room for them: their text is base64,
    /// of which packing leaves three quarters.
    pub(super) fn pictures(&mut self, bytes: usize) -> bool {
        let bytes = (bytes - bytes / 4) as u64;
        let quota = &self.app.collect.quota;
        let taken = quota.take(self.site, bytes, self.bytes_max, self.now_ms);
        self.taken += if taken.is_ok() { bytes } else { 0 };
        taken.is_ok()
    }

    fn take(&mut self, bytes: u64) -> Result<(), Problem> {
        let quota = &self.app.collect.quota;
        quota
            .take(self.site, bytes, self.bytes_max, self.now_ms)
            .map_err(|seconds| {
                let signs = &self.app.collect.signs;
                signs.note((self.site, self.now_ms), Sign::OverQuota, "");
                over_quota(&self.app, seconds)
            })?;
        self.taken += bytes;
        Ok(())
    }

    /// Takes all of it back: nothing was stored, or had been before.
    pub(super) fn give_back(&self) {
        let quota = &self.app.collect.quota;
        quota.give_back(self.site, self.taken, self.now_ms);
    }
}

fn over_quota(app: &App, seconds: u64) -> Problem {
    app.counters.refused_too_many.add(1);
    let detail = "the site's recordings of today are over its daily limit of bytes; \
                  go on tomorrow, or raise recording_bytes_a_day";
    Problem::new(Code::TooMany, detail).retry_after(seconds)
}
