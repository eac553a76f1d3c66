//! Events that a customer's own server sends with a secret token: JSON lines, see `record`, plain
//! or gzip. What they say of revenue and persons is believed, and their times are taken as they
//! are. An event counts once by its `id`, else by the request's `Idempotency-Key` and its line;
//! with neither each receipt counts, and the answer says so.

use hitmetrix_model::limits::{BATCH_EVENTS, EVENTS_DECODED_BYTES, EVENTS_WIRE_BYTES};
use hitmetrix_model::{Batch, Origin, WindowId};

use crate::access_log::ImportFacts;
use crate::batches::Batches;
use crate::body::{self, Caps};
use crate::record::Record;
use crate::wire::over_the_batch;
use crate::{LineError, Rejected, Rejection, Sessions, ids};

/// What the server knows of a request beside the site.
#[derive(Clone, Copy)]
pub struct RequestFacts<'a> {
    /// `Idempotency-Key`; empty when absent.
    pub idempotency_key: &'a str,
    /// A random id that stands for this receipt where nothing else makes its events unique.
    pub receipt: WindowId,
}

/// A valid request of a server.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerInbound {
    /// What is to be stored; nothing when no line was valid.
    pub batch: Option<Batch>,
    /// Lines that were not taken.
    pub rejected: Vec<Rejected>,
    /// Events that a second receipt of the same body would count again.
    pub without_id: u32,
}

/// Reads a body. Lines are counted from 1; there is no envelope.
///
/// # Errors
/// When the body is over a limit or empty.
pub fn read(
    body: &[u8],
    facts: &ImportFacts<'_>,
    request: &RequestFacts<'_>,
    sessions: &mut Sessions,
) -> Result<ServerInbound, Rejection> {
    let caps = Caps {
        wire: EVENTS_WIRE_BYTES,
        decoded: EVENTS_DECODED_BYTES,
    };
    let plain = body::plain(body, caps)?;
    let site = facts.site.id;
    let mut batches = Batches::new(site, facts.received_at_ms, Origin::Server);
    let mut inbound = ServerInbound {
        batch: None,
        rejected: Vec::new(),
        without_id: 0,
    };
    let mut accepted = 0;
    for (index, line) in plain.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        if accepted + inbound.rejected.len() >= BATCH_EVENTS {
            inbound.rejected.push(over_the_batch(index + 1));
            break;
        }
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let record = Record::read(
            &String::from_utf8_lossy(line),
            facts,
            Some(facts.received_at_ms),
        );
        let mut record = match record {
            Ok(record) => record,
            Err(error) => {
                inbound.rejected.push(LineError::at(error, index + 1));
                continue;
            }
        };
        record.event.sequence = number;
        record.event.external = Some(match (&record.id, request.idempotency_key) {
            (Some(id), _) => ids::named_event(site, id),
            (None, "") => {
                inbound.without_id += 1;
                ids::keyed_event(site, &request.receipt.to_string(), number)
            }
            (None, key) => ids::keyed_event(site, key, number),
        });
        let sender = record.sender(facts, sessions);
        let identity = record.identity();
        batches.push(sender, record.event);
        if let Some(change) = identity {
            batches.identify(change);
        }
        accepted += 1;
    }
    inbound.batch = batches.finish().pop();
    Ok(inbound)
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::{Site, SiteId, SiteSettings};

    use super::*;
    use crate::Lookups;

    fn send(text: &str, idempotency_key: &str, receipt: u128) -> ServerInbound {
        let site = Site {
            id: SiteId(3),
            name: "Shop".to_owned(),
            domains: vec!["shop.example".to_owned()],
            key: "k".to_owned(),
            time_zone: "UTC".to_owned(),
            created_at_ms: 0,
            demo: false,
            settings: SiteSettings::default(),
        };
        let lookups = Lookups::new();
        let facts = ImportFacts {
            site: &site,
            secret: &[0; 32],
            received_at_ms: 9_000,
            lookups: &lookups,
        };
        let request = RequestFacts {
            idempotency_key,
            receipt: WindowId(receipt),
        };
        read(text.as_bytes(), &facts, &request, &mut Sessions::default()).unwrap()
    }

    #[test]
    fn revenue_of_a_server_is_believed() {
        let inbound = send(
            r#"{"event":"purchase","person":"17","properties":{"value":5,"currency":"EUR"}}"#,
            "",
            1,
        );
        let batch = inbound.batch.unwrap();
        assert!(!batch.events[0].unverified);
        assert_eq!(
            (batch.origin, batch.events[0].time_ms),
            (Origin::Server, 9_000)
        );
        assert_eq!((batch.identities.len(), inbound.without_id), (1, 1));
    }

    #[test]
    fn id_then_key_then_receipt_make_an_event_unique() {
        let external = |text: &str, key: &str, receipt: u128| {
            send(text, key, receipt).batch.unwrap().events[0].external
        };
        let with_id = r#"{"event":"x","visitor":"a","id":7}"#;
        let without = r#"{"event":"x","visitor":"a"}"#;
        assert_eq!(external(with_id, "", 1), external(with_id, "k", 2));
        assert_eq!(external(without, "k", 1), external(without, "k", 2));
        assert_ne!(external(without, "k", 1), external(without, "l", 1));
        assert_ne!(external(without, "", 1), external(without, "", 2));
    }

    #[test]
    fn bad_lines_cost_only_themselves() {
        let inbound = send("{}\n\n{\"event\":\"x\",\"visitor\":\"a\"}\n", "k", 1);
        assert_eq!(inbound.rejected[0].line, 1);
        assert_eq!(inbound.batch.unwrap().events.len(), 1);
        let many = "{\"event\":\"x\",\"visitor\":\"a\"}\n".repeat(501);
        let inbound = send(&many, "k", 1);
        assert_eq!(inbound.batch.unwrap().events.len(), 500);
        assert_eq!(inbound.rejected[0].code, "too_many_events");
    }
}
