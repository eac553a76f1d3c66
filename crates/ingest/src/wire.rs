//! The tracker's and the recorder's own format: an envelope and then one event a line, plain or
//! gzip, as docs/reference/wire.md describes it. What comes out is valid and typed, but does not
//! know its visitor and session yet where the server gives those (cookieless); the server puts
//! them in with [`Inbound::into_batch`].

use std::borrow::Cow;

use hitmetrix_model::limits::{
    BATCH_EVENTS, CHUNK_DECODED_BYTES, CHUNK_WIRE_BYTES, EVENTS_DECODED_BYTES, EVENTS_WIRE_BYTES,
};
use hitmetrix_model::{
    Batch, ChunkFacts, Context, Event, Mode, Origin, Piece, Sender, SessionId, SiteId, VisitorId,
    WindowId,
};

use crate::address;
use crate::body::{self, Caps};
use crate::envelope::{self, Envelope, Of};
use crate::event_line::{Named, Reading, TOO_OLD};
use crate::{Facts, LineError, Rejected, Rejection};

/// A valid events body.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// The site.
    pub site: SiteId,
    /// Server time of receipt.
    pub received_at_ms: i64,
    /// The page load.
    pub window: WindowId,
    /// Visitor and session as the browser names them; nothing when the server gives them.
    pub claimed: Option<(VisitorId, SessionId)>,
    /// The mode that counts, after refusals.
    pub mode: Mode,
    /// Whether the browser refuses by Global Privacy Control, or by Do Not Track where that counts.
    pub refused: bool,
    /// What the request told of its browser.
    pub context: Context,
    /// Valid events, in the sender's order; their sender is 0.
    pub events: Vec<Event>,
    /// Lines that were not taken.
    pub rejected: Vec<Rejected>,
    /// Tells these lines from others when some were not taken: the same batch sent again has the same,
    /// though its envelope is written anew; 0 when all were taken.
    pub lines_hash: u64,
    /// What the sender lost, and what was too old.
    pub lost: u32,
    /// Users that the events name, in their order.
    named: Vec<Named>,
}

impl Inbound {
    /// Time of the first event; of the receipt when there is none.
    #[must_use]
    pub fn first_ms(&self) -> i64 {
        self.events
            .iter()
            .map(|event| event.time_ms)
            .min()
            .unwrap_or(self.received_at_ms)
    }

    /// Time of the last event; of the receipt when there is none.
    #[must_use]
    pub fn last_ms(&self) -> i64 {
        self.events
            .iter()
            .map(|event| event.time_ms)
            .max()
            .unwrap_or(self.received_at_ms)
    }

    /// The batch for the log, once visitor and session are known.
    #[must_use]
    pub fn into_batch(self, visitor: VisitorId, session: SessionId) -> Batch {
        let identities = self
            .named
            .into_iter()
            .map(|named| named.change(visitor))
            .collect();
        Batch {
            site: self.site,
            received_at_ms: self.received_at_ms,
            origin: Origin::Browser,
            senders: vec![Sender {
                visitor,
                session,
                window: self.window,
                mode: self.mode,
                context: self.context,
            }],
            events: self.events,
            identities,
            lost: self.lost,
        }
    }
}

/// Reads an events body.
///
/// # Errors
/// When the body is over a limit or its envelope is wrong; a wrong line is no error but stands in
/// [`Inbound::rejected`].
pub fn events(body: &[u8], facts: &Facts<'_>) -> Result<Inbound, Rejection> {
    let caps = Caps {
        wire: EVENTS_WIRE_BYTES,
        decoded: EVENTS_DECODED_BYTES,
    };
    let plain = body::plain(body, caps)?;
    let (first, rest) = first_line(&plain);
    let envelope = envelope::read(&first, Of::Events)?;
    let is_nameless = facts.is_nameless(envelope.signals);
    let reading = Reading {
        facts,
        shift_ms: shift_ms(facts, &envelope),
        is_nameless,
    };
    let mut inbound = Inbound {
        site: facts.site.id,
        received_at_ms: facts.received_at_ms,
        window: envelope.window,
        claimed: envelope.claimed.filter(|_| !is_nameless),
        mode: facts.mode(envelope.mode, envelope.signals),
        refused: facts.is_refused(envelope.signals),
        context: facts.context(envelope.screen_px, envelope.automated),
        events: Vec::new(),
        rejected: Vec::new(),
        lines_hash: 0,
        lost: envelope.lost,
        named: Vec::new(),
    };
    for (number, line) in numbered_lines(rest) {
        if inbound.events.len() + inbound.rejected.len() >= BATCH_EVENTS {
            inbound.rejected.push(over_the_batch(number));
            break;
        }
        match reading.line(&String::from_utf8_lossy(line)) {
            Ok((event, named)) => {
                inbound.events.push(event);
                inbound.named.extend(named);
            }
            Err(error) => {
                if error.code == TOO_OLD {
                    inbound.lost = inbound.lost.saturating_add(1);
                }
                inbound.rejected.push(error.at(number));
            }
        }
    }
    if !inbound.rejected.is_empty() {
        let hash = blake3::hash(rest);
        let bytes = hash.as_bytes().first_chunk();
        inbound.lines_hash = bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    }
    Ok(inbound)
}

/// The first line, and what stands behind it.
fn first_line(plain: &[u8]) -> (Cow<'_, str>, &[u8]) {
    let end = plain.iter().position(|byte| *byte == b'\n');
    let (first, rest) = match end {
        Some(end) => (&plain[..end], &plain[end + 1..]),
        None => (plain, &plain[plain.len()..]),
    };
    (String::from_utf8_lossy(first), rest)
}

/// Lines that are not blank, with their number in a body whose first line was taken off.
pub(crate) fn numbered_lines(rest: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    rest.split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 2, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
}

/// The row that stands for all lines beyond the limit.
pub(crate) fn over_the_batch(number: usize) -> Rejected {
    let message = format!(
        "body has more than {BATCH_EVENTS} events, the limit; lines from {number} on were not \
         read, send them in another batch"
    );
    LineError::new("too_many_events", "BATCH_EVENTS", message).at(number)
}

fn shift_ms(facts: &Facts<'_>, envelope: &Envelope) -> i64 {
    facts.received_at_ms.saturating_sub(envelope.sent_ms)
}

/// A valid recorder body, before its events are looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundChunk {
    /// The site.
    pub site: SiteId,
    /// Server time of receipt.
    pub received_at_ms: i64,
    /// The page load.
    pub window: WindowId,
    /// Visitor and session as the browser names them; nothing when the server gives them.
    pub claimed: Option<(VisitorId, SessionId)>,
    /// The mode that counts.
    pub mode: Mode,
    /// Running number of chunks in the window.
    pub sequence: u32,
    /// Name and version of the recorder.
    pub recorder: String,
    /// Path of the page when the chunk began.
    pub path: String,
    /// To be added to the recorder's times to get the server's.
    pub shift_ms: i64,
    /// What the sender lost.
    pub lost: u32,
    /// Set when `bytes` are a raw part of the lines.
    pub piece: Option<Piece>,
    /// The recorder's events, one JSON a line; or a raw part of that.
    pub bytes: Vec<u8>,
}

impl InboundChunk {
    /// Facts of a piece, whose events nobody has looked at yet.
    #[must_use]
    pub fn facts(&self, visitor: VisitorId, session: SessionId) -> ChunkFacts {
        ChunkFacts {
            site: self.site,
            visitor,
            cookieless: self.mode == Mode::Cookieless,
            session,
            window: self.window,
            sequence: self.sequence,
            recorder: self.recorder.clone(),
            first_ms: self.received_at_ms,
            last_ms: self.received_at_ms,
            received_at_ms: self.received_at_ms,
            events: 0,
            snapshot: false,
            path: self.path.clone(),
            piece: self.piece,
        }
    }

    /// A recorder's time by the server's clock, never ahead of the receipt by more than the limit.
    #[must_use]
    pub fn corrected_ms(&self, recorder_ms: i64) -> i64 {
        let ahead = hitmetrix_model::limits::EVENT_AHEAD_MS;
        let time_ms = recorder_ms.saturating_add(self.shift_ms);
        if time_ms > self.received_at_ms.saturating_add(ahead) {
            self.received_at_ms
        } else {
            time_ms
        }
    }
}

/// Reads a recorder body: its envelope and, apart from it, the recorder's events as they came.
/// Their content is the business of `recording`.
///
/// # Errors
/// When the body is over a limit, its envelope is wrong, or the page must not be recorded.
pub fn chunk(body: &[u8], facts: &Facts<'_>) -> Result<InboundChunk, Rejection> {
    let caps = Caps {
        wire: CHUNK_WIRE_BYTES,
        decoded: CHUNK_DECODED_BYTES,
    };
    let plain = body::plain(body, caps)?;
    let (first, rest) = first_line(&plain);
    let envelope = envelope::read(&first, Of::Chunk)?;
    let shift_ms = shift_ms(facts, &envelope);
    let Some(fields) = envelope.chunk else {
        return Err(Rejection::Empty);
    };
    if facts.is_refused(envelope.signals) {
        return Err(Rejection::RecordingRefused);
    }
    let rules = &facts.site.settings.rules;
    let kept = address::keep(&fields.url, rules).ok_or_else(|| Rejection::Envelope {
        field: "url".to_owned(),
        message: "url is no absolute http or https address; send location.href".to_owned(),
    })?;
    if !rules.record || address::is_blocked(&kept.path, rules) {
        return Err(Rejection::RecordingBlocked);
    }
    if rest.trim_ascii().is_empty() {
        return Err(Rejection::Empty);
    }
    Ok(InboundChunk {
        site: facts.site.id,
        received_at_ms: facts.received_at_ms,
        window: envelope.window,
        claimed: envelope
            .claimed
            .filter(|_| !facts.is_nameless(envelope.signals)),
        mode: facts.mode(envelope.mode, envelope.signals),
        sequence: fields.sequence,
        recorder: fields.recorder,
        path: kept.path,
        shift_ms,
        lost: envelope.lost,
        piece: fields.piece,
        bytes: rest.to_vec(),
    })
}

/// The recorder's lines of a chunk whose pieces were joined; the whole may be gzip.
///
/// # Errors
/// When it is over the limit once unpacked, or begins like gzip and is not.
pub fn joined(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Rejection> {
    body::unpacked(bytes, CHUNK_DECODED_BYTES)
}

#[cfg(test)]
mod tests;
