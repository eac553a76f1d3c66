//! What an import must know of an event before the event is looked at as a whole.

use hitmetrix_model::{SessionId, VisitorId, WindowId};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{SESSION_TAG, WINDOW_TAG};

// Kinds of events, as rrweb numbers them.
pub(super) const DOM_CONTENT_LOADED: u64 = 0;
pub(super) const LOAD: u64 = 1;
pub(super) const FULL_SNAPSHOT: u64 = 2;
pub(super) const META: u64 = 4;
pub(super) const CUSTOM: u64 = 5;

/// An event's kind and time, and what only some kinds have.
pub(super) struct Head {
    pub(super) kind: u64,
    /// As the file has it, in milliseconds.
    pub(super) timestamp: i64,
    /// Of the page, as it stands there.
    pub(super) href: Option<String>,
    /// What our own exports begin with.
    pub(super) session: Option<(SessionId, VisitorId)>,
    /// Of which window the next events are.
    pub(super) window: Option<WindowId>,
}

#[derive(Deserialize)]
struct Plain {
    #[serde(rename = "type")]
    kind: u64,
    timestamp: f64,
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

#[derive(Deserialize)]
struct MetaEvent {
    data: MetaData,
}

#[derive(Deserialize)]
struct MetaData {
    #[serde(default)]
    href: String,
}

#[derive(Deserialize)]
struct CustomEvent {
    data: CustomData,
}

#[derive(Deserialize)]
struct CustomData {
    tag: String,
    payload: Option<CustomPayload>,
}

#[derive(Deserialize)]
struct CustomPayload {
    session: Option<SessionId>,
    visitor: Option<VisitorId>,
    window: Option<WindowId>,
}

impl Head {
    /// Reads as much of an event as is needed; none when it is no event.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let plain: Plain = serde_json::from_slice(line).ok()?;
        let is_time = plain.timestamp.abs() < 9e15;
        let mut head = Self {
            kind: plain.kind,
            #[allow(clippy::cast_possible_truncation, reason = "within 53 bits")]
            timestamp: is_time.then_some(plain.timestamp as i64)?,
            href: None,
            session: None,
            window: None,
        };
        match head.kind {
            META => {
                let meta = serde_json::from_slice::<MetaEvent>(line).ok();
                head.href = meta.map(|meta| meta.data.href);
            }
            CUSTOM => head.read_custom(line),
            _ => {}
        }
        Some(head)
    }

    /// Takes what our own custom events say; others are the business of the pass that cleans.
    fn read_custom(&mut self, line: &[u8]) {
        let custom = serde_json::from_slice::<CustomEvent>(line).ok();
        let Some(CustomData {
            tag,
            payload: Some(payload),
        }) = custom.map(|custom| custom.data)
        else {
            return;
        };
        if tag == SESSION_TAG {
            self.session = payload.session.zip(payload.visitor);
        } else if tag == WINDOW_TAG {
            self.window = payload.window;
        }
    }
}

/// Whether these lines say that a document began.
pub(super) fn begins_document(lines: &[u8]) -> bool {
    lines
        .split(|byte| *byte == b'\n')
        .filter_map(Head::read)
        .any(|head| head.kind == DOM_CONTENT_LOADED)
}
