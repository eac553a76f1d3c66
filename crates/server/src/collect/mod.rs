//! The public endpoints: rules, events and recorder chunks, with the site's public key.
//!
//! Anybody can have a public key, so everything here is limited: who may send (`origin`), how
//! often (`buckets`), how much (`body`, `quota`), and for whom (`cookieless` gives sessions, and an
//! event for another visitor's session is refused). The network address is used for the time of
//! one request, for limits, the country and the daily hash of a cookieless visitor; it is never
//! stored and never logged. Bytes are understood by `ingest` and stored by `store`; an answer with
//! status 200 is given only after that.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use hitmetrix_model::{PageRules, SiteId};
use tokio::sync::Semaphore;

use crate::api::route::Json;
use crate::app::{App, Outside};
use crate::config::Config;

mod body;
mod buckets;
mod charge;
mod chunks;
mod cookieless;
mod cors;
mod door;
mod events;
mod inherit;
pub mod losses;
mod origin;
mod quota;
mod request;
mod rules;
mod salts;
mod sheets;
pub mod signs;
mod surveyed;

use buckets::Buckets;
use cookieless::Cookieless;
use losses::Losses;
use quota::Quota;
use salts::Salts;
use signs::Signs;
use surveyed::Surveyed;

/// What the public endpoints hold in memory.
#[derive(Debug)]
pub struct Collect {
    by_site: Buckets<SiteId>,
    by_address: Buckets<IpAddr>,
    quota: Quota,
    salts: Salts,
    cookieless: Cookieless,
    surveyed: Surveyed,
    /// What was refused.
    pub losses: Losses,
    /// What pages asked and sent.
    pub signs: Signs,
    /// Turns at reading the session before a consent.
    inheritances: Semaphore,
}

impl Collect {
    /// Nothing seen yet but these signs; the salts are read when first needed.
    #[must_use]
    pub fn new(config: &Config, outside: &Outside, signs: Signs) -> Self {
        Self {
            by_site: Buckets::new(config.site_requests_a_second_max),
            by_address: Buckets::new(config.address_requests_a_second_max),
            quota: Quota::default(),
            salts: Salts::new(config.data.join("salts"), Arc::clone(&outside.randomness)),
            cookieless: Cookieless::default(),
            surveyed: Surveyed::default(),
            losses: Losses::default(),
            signs,
            inheritances: Semaphore::new(inherit::READS_MAX),
        }
    }

    /// Destroys the salt of yesterday once its half hour is over, also when nobody sends anything.
    /// To be called every minute.
    ///
    /// # Errors
    /// When the file of salts cannot be written.
    pub fn keep_salts(&self, now_ms: i64) -> std::io::Result<()> {
        self.salts.current(now_ms).map(|_| ())
    }
}

/// What scripts on pages read, for the types that are generated.
#[must_use]
pub fn wire_types() -> [Json; 2] {
    [Json::of::<PageRules>(), Json::of::<chunks::Ack>()]
}

/// The routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/c/{key}", get(rules::get))
        .route("/e/{key}", post(events::post))
        .route("/r/{key}", post(chunks::post))
}

/// What counts as one address: of IPv6 the network of one household.
fn address_group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::V6(Ipv6Addr::from(segments))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests;
