//! `POST /r/{key}`: recorder chunks. A chunk is sanitised and then stored; a piece of a larger one
//! is stored raw and encrypted until the last one came, then the whole goes the same way.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use hitmetrix_ingest::recording::{AssetDigest, Sanitised};
use hitmetrix_ingest::wire::{self, InboundChunk};
use hitmetrix_model::limits::{self, CHUNK_WIRE_BYTES};
use hitmetrix_model::{Batch, Chunk, ChunkFacts, Mode, Origin, SessionId, SiteId};
use serde::Serialize;

use super::body::{self, BodyLimits};
use super::charge::Charge;
use super::cookieless::Given;
use super::cors;
use super::door::{Knock, admit, allowed_origin};
use super::losses::What;
use super::request::{Asked, Incoming, refused};
use super::sheets::{self, Clean};
use super::signs::Sign;
use crate::app::App;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};

/// When a chunk that found the disk short is worth another try: recordings give way meanwhile.
const DISK_IS_SHORT_S: u64 = 30;

/// The acknowledgement.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ChunkAck)]
pub(super) struct Ack {
    /// Always true: the bytes are stored, now or before.
    accepted: bool,
    /// The session of the chunk.
    #[schema(value_type = String)]
    session: SessionId,
    /// The recorder should make a full snapshot.
    snapshot: bool,
    /// Somebody is looking: the recorder should send every second.
    watched: bool,
    /// Pictures that the chunk named by their digests and that the page has to send; left out
    /// when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wanted: Vec<String>,
    /// Style sheets that the chunk named and the server does not have: the recorder should send
    /// these itself from now on, and make a full snapshot. Left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheets: Vec<String>,
}

/// Takes a chunk or a piece of one.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let origin = allowed_origin(&app, &key, &headers);
    let knock = Knock {
        method: &Method::POST,
        key: &key,
        address,
        headers: &headers,
    };
    let answer = match admit(&app, &knock) {
        Ok(admitted) => take(Incoming::new(&app, admitted, address, &headers), body).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &answer {
        app.counters.chunks_refused.add(1);
        let losses = &app.collect.losses;
        losses.refused(&app, &key, (What::Recording, problem));
        let signs = &app.collect.signs;
        signs.refused(&app, &key, (Sign::RecordingRefused, problem));
    }
    cors::readable(answer.map(Json), origin)
}

async fn take(incoming: Incoming, body: Body) -> Result<Ack, Problem> {
    if incoming.app.health.keeps_room_for_events() {
        return Err(disk_is_short());
    }
    let limits = BodyLimits::new(CHUNK_WIRE_BYTES, incoming.app.config.body_ms_max);
    let bytes = body::read(body, limits).await?;
    let wire_bytes = bytes.len() as u64;
    let (incoming, mut chunk) = blocking(move || {
        let chunk = wire::chunk(&bytes, &incoming.facts()).map_err(|error| refused(&error))?;
        Ok((incoming, chunk))
    })
    .await?;
    let app = Arc::clone(&incoming.app);
    let site = &incoming.known.site;
    let mut charge = Charge::of_body(&incoming, wire_bytes)?;
    let mut lost = Lost::of(&chunk);
    let ready = ready(&incoming, &mut chunk, &mut charge).await;
    let (clean, given) = ready.inspect_err(|_| charge.give_back())?;
    let stored = store(&app, chunk, (clean, given), &mut charge).await;
    let is_free = match &stored {
        Ok(stored) => stored.duplicate,
        // Nothing was stored, and the same bytes come again.
        Err(problem) => problem.code() == Code::Unavailable,
    };
    if is_free {
        charge.give_back();
    }
    let Stored {
        snapshot,
        wanted,
        sheets,
        duplicate,
    } = stored?;
    if !duplicate {
        // A chunk that shows less than the page did.
        lost.lost = lost.lost.saturating_add(u32::from(!sheets.is_empty()));
        lost.tell(&app).await?;
    }
    app.counters.chunks_accepted.add(1);
    let signs = &app.collect.signs;
    signs.note((site.id, incoming.now_ms), Sign::Recorded, "");
    Ok(Ack {
        accepted: true,
        session: given.session,
        snapshot,
        watched: app
            .watched
            .is_watched(site.id, given.session, incoming.now_ms),
        wanted,
        sheets,
    })
}

/// Makes a chunk safe and finds out whose it is. Of a piece nothing can be said yet: it is a part of
/// a text or of gzip.
async fn ready(
    incoming: &Incoming,
    chunk: &mut InboundChunk,
    charge: &mut Charge,
) -> Result<(Option<Clean>, Given), Problem> {
    let asked = |chunk: &InboundChunk, first_ms, last_ms| Asked {
        window: chunk.window,
        mode: chunk.mode,
        claimed: chunk.claimed,
        first_ms,
        last_ms,
    };
    let at_ms = chunk.received_at_ms;
    // Before anything is read for a chunk. Who claims nothing is known by its times only.
    let claimed = match (chunk.mode, chunk.claimed) {
        (Mode::Persistent, Some(_)) => Some(incoming.sender(&asked(chunk, at_ms, at_ms))?),
        _ => None,
    };
    let clean = match chunk.piece {
        Some(_) => None,
        None => {
            let lines = (std::mem::take(&mut chunk.bytes), chunk.shift_ms);
            let clean = sheets::clean(&incoming.app, chunk.site, lines).await?;
            charge.sheets(clean.brought)?;
            Some(clean)
        }
    };
    let (first_ms, last_ms) = clean.as_ref().map_or((at_ms, at_ms), |clean| {
        (clean.chunk.first_ms, clean.chunk.last_ms)
    });
    let given = match claimed {
        Some(given) => given,
        None => incoming.sender(&asked(chunk, first_ms, last_ms))?,
    };
    Ok((clean, given))
}

/// What the recorder should do once a chunk is stored.
#[derive(Default)]
struct Stored {
    /// It had been stored before.
    duplicate: bool,
    snapshot: bool,
    wanted: Vec<String>,
    sheets: Vec<String>,
}

/// Stores a chunk, or a piece and with the last one the whole.
async fn store(
    app: &Arc<App>,
    mut chunk: InboundChunk,
    (clean, given): (Option<Clean>, Given),
    charge: &mut Charge,
) -> Result<Stored, Problem> {
    let facts = chunk.facts(given.visitor, given.session);
    if let Some(clean) = clean {
        return keep(app, clean, facts, charge).await;
    }
    let bytes = std::mem::take(&mut chunk.bytes);
    let receipt = app
        .store
        .append_chunk(Chunk {
            facts: facts.clone(),
            bytes,
        })
        .await?;
    let Some(joined) = receipt.complete else {
        // Only the last piece can tell whether a snapshot is among them.
        return Ok(Stored {
            duplicate: receipt.duplicate,
            ..Stored::default()
        });
    };
    let duplicate = receipt.duplicate;
    let kept = async {
        let clean = whole(app, joined, &chunk).await?;
        charge.sheets(clean.brought)?;
        keep(app, clean, facts.clone(), charge).await
    };
    match kept.await {
        Ok(stored) => Ok(Stored {
            duplicate,
            ..stored
        }),
        Err(problem) => {
            // Else the last piece comes again.
            if !matches!(problem.code(), Code::Unavailable | Code::Internal) {
                app.store.abandon_pieces(&facts);
            }
            Err(problem)
        }
    }
}

/// The chunk that pieces make.
async fn whole(app: &App, joined: Vec<u8>, chunk: &InboundChunk) -> Result<Clean, Problem> {
    let lines = blocking(move || {
        let lines = wire::joined(&joined).map_err(|error| refused(&error))?;
        Ok(lines.into_owned())
    })
    .await?;
    sheets::clean(app, chunk.site, (lines, chunk.shift_ms)).await
}

/// Stores a chunk that is whole, in place of its pieces if there were some.
async fn keep(
    app: &App,
    Clean {
        chunk,
        unknown: unknown_sheets,
        ..
    }: Clean,
    facts: ChunkFacts,
    charge: &mut Charge,
) -> Result<Stored, Problem> {
    let named = chunk.pictures.clone();
    let unknown = app.store.unknown_pictures(&facts, named).await?;
    let mut chunk = with_pictures(app, (&facts, &unknown), chunk, charge).await?;
    let (lines_bytes, brought) = (chunk.lines.len(), std::mem::take(&mut chunk.brought));
    let named = std::mem::take(&mut chunk.pictures);
    let receipt = app.store.append_joined(chunk.chunk(facts.clone())).await?;
    if !receipt.duplicate {
        app.store.remember_pictures(&facts, lines_bytes, brought);
    }
    // Of a chunk that was there already nothing was put in.
    let is_wanted = |digest: &u128| receipt.duplicate || named.contains(&digest.to_be_bytes());
    let digests = unknown.into_iter().map(u128::from_be_bytes);
    let wanted = digests.filter(is_wanted);
    Ok(Stored {
        duplicate: receipt.duplicate,
        snapshot: receipt.needs_snapshot,
        wanted: wanted.map(|digest| format!("{digest:032x}")).collect(),
        sheets: unknown_sheets,
    })
}

/// Puts in the pictures that neither the site nor the visitor has at rest, and earlier chunks of the
/// session brought. Where the site's quota has no room for them they stay named, and the page is asked.
async fn with_pictures(
    app: &App,
    (facts, unknown): (&ChunkFacts, &BTreeSet<AssetDigest>),
    chunk: Sanitised,
    charge: &mut Charge,
) -> Result<Sanitised, Problem> {
    let brought = app.store.session_pictures(facts, unknown).await;
    if brought.is_empty() {
        return Ok(chunk);
    }
    let (mut chunk, whole) = blocking(move || {
        let whole = chunk.with_pictures(&brought);
        Ok((chunk, whole))
    })
    .await?;
    if charge.pictures(whole.put) {
        (chunk.lines, chunk.pictures) = (whole.lines, whole.named);
    }
    Ok(chunk)
}

/// What the recorder lost before a chunk; counted like lost events, once the chunk is stored and only
/// the first time, since a page sends a chunk again whose answer it did not hear.
struct Lost {
    site: SiteId,
    received_at_ms: i64,
    lost: u32,
}

impl Lost {
    fn of(chunk: &InboundChunk) -> Self {
        Self {
            site: chunk.site,
            received_at_ms: chunk.received_at_ms,
            lost: chunk.lost,
        }
    }

    async fn tell(self, app: &App) -> Result<(), Problem> {
        if self.lost == 0 {
            return Ok(());
        }
        app.store
            .append(Batch {
                site: self.site,
                received_at_ms: self.received_at_ms,
                origin: Origin::Browser,
                senders: Vec::new(),
                events: Vec::new(),
                identities: Vec::new(),
                lost: self.lost,
            })
            .await?;
        app.counters.events_lost.add(self.lost.into());
        Ok(())
    }
}

fn disk_is_short() -> Problem {
    let detail = format!(
        "less than {} bytes are free on the server's disk; they are kept for events. \
         Send it again later",
        limits::RECORDING_DISK_FREE_BYTES
    );
    Problem::new(Code::Unavailable, detail).retry_after(DISK_IS_SHORT_S)
}

/// Runs what unpacks and reads where it holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Problem::internal("reading a recorder body")))
}
