//! Style sheets that recordings need not bring: what the rules tell pages of them, and how a chunk
//! that names some becomes the one that would have had them, before anything else is done with it.

use std::collections::{BTreeSet, HashMap};

use hitmetrix_ingest::recording::{
    self, RecordingError, Sanitised, SheetDigest, named_sheets, with_sheets,
};
use hitmetrix_model::SiteId;

use super::chunks::blocking;
use crate::app::App;
use crate::problem::Problem;

/// The sheets that pages of a site may name, as they are told of them: those that are known by now.
pub(super) fn told(app: &App, site: SiteId) -> Vec<String> {
    let sheets = app.store.shared_sheets(site).into_iter();
    sheets.map(SheetDigest::digits).collect()
}

/// A chunk that is safe to store.
pub(super) struct Clean {
    pub(super) chunk: Sanitised,
    /// Sheets that it names and the server does not have, as they stand on the wire.
    pub(super) unknown: Vec<String>,
    /// Bytes of the sheets that were put in.
    pub(super) brought: usize,
}

/// Puts the sheets in that a chunk's lines name, and makes them safe.
///
/// # Errors
/// When the chunk is over a limit, or none of its lines is an event.
pub(super) async fn clean(
    app: &App,
    site: SiteId,
    (lines, shift_ms): (Vec<u8>, i64),
) -> Result<Clean, Problem> {
    let (lines, named, clean) = blocking(move || {
        let named = named_sheets(&lines);
        let clean = match named.is_empty() {
            true => Some(safe(&lines, shift_ms)?),
            false => None,
        };
        Ok((lines, named, clean))
    })
    .await?;
    if let Some(chunk) = clean {
        return Ok(Clean {
            chunk,
            unknown: Vec::new(),
            brought: 0,
        });
    }
    let sheets = app.store.sheets(site, &named).await?;
    blocking(move || whole(&lines, &sheets, shift_ms)).await
}

fn whole(
    lines: &[u8],
    sheets: &HashMap<SheetDigest, Vec<u8>>,
    shift_ms: i64,
) -> Result<Clean, Problem> {
    let put = with_sheets(lines, sheets).map_err(problem)?;
    Ok(Clean {
        chunk: safe(&put.lines, shift_ms)?,
        unknown: digits(put.unknown),
        brought: put.brought,
    })
}

fn digits(sheets: BTreeSet<SheetDigest>) -> Vec<String> {
    sheets.into_iter().map(SheetDigest::digits).collect()
}

fn safe(lines: &[u8], shift_ms: i64) -> Result<Sanitised, Problem> {
    recording::sanitise(lines, shift_ms).map_err(problem)
}

fn problem(error: RecordingError) -> Problem {
    Problem::from_error(error.kind(), &error)
}
