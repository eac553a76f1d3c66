//! After a consent in a living page the visitor and the session are new, and where the visit began
//! is known only to the session before, which the server gave. The event `consent` takes its entry
//! page and its source over, so that the new session begins where the visit did.

use hitmetrix_ingest::wire::Inbound;
use hitmetrix_model::{Event, Mode};
use hitmetrix_store::StoredEvent;

use super::request::{Asked, Incoming};
use crate::problem::Problem;

/// Name of the event that stands for a consent.
const CONSENT: &str = "consent";
/// Sessions that are read for this at a time; anybody can send consents.
pub(super) const READS_MAX: usize = 2;

/// Puts entry page and source of the cookieless session before into a consent of a persistent
/// page. Where there is no such session, everything stays as it is.
///
/// # Errors
/// When the events of the session before cannot be read.
pub(super) async fn inherit(
    incoming: &Incoming,
    asked: &Asked,
    inbound: &mut Inbound,
) -> Result<(), Problem> {
    let consents = |event: &Event| event.name == CONSENT;
    if inbound.mode != Mode::Persistent || !inbound.events.iter().any(consents) {
        return Ok(());
    }
    // Not what the store has of the window: the recorder's first chunk of the new session may have
    // come before.
    let Some(session) = incoming.session_before(asked)? else {
        return Ok(());
    };
    let app = &incoming.app;
    let _turn = app.collect.inheritances.acquire().await;
    let before = app.store.events_of_session(inbound.site, session).await?;
    if let Some(event) = inbound.events.iter_mut().find(|event| consents(event)) {
        take_over(event, &before);
    }
    Ok(())
}

fn take_over(event: &mut Event, before: &[StoredEvent]) {
    let mut events = before.iter().map(|stored| &stored.event);
    let entry = |event: &&Event| matches!(event.name.as_str(), "pageview" | CONSENT);
    if let Some(entry) = events.clone().find(entry) {
        event.page = entry.page.clone();
    }
    if let Some(arrival) = events.find(|event| !event.channel.is_empty()).cloned() {
        event.referrer_host = arrival.referrer_host;
        event.referrer_path = arrival.referrer_path;
        event.channel = arrival.channel;
        event.source = arrival.source;
        event.medium = arrival.medium;
        event.campaign = arrival.campaign;
        event.term = arrival.term;
        event.content = arrival.content;
    }
}
