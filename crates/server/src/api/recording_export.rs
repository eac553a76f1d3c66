//! One recording as a file: as rrweb events, which `import rrweb` takes back, or as a page that
//! plays it without a server and runs nothing of what was recorded.
//!
//! The page is made when the web parts are built; its policy lets only its own script run, by its
//! digest, and nothing be fetched. What was recorded lies in it as data, with every `<` written as
//! JSON may write it, so that no browser takes any of it for an element.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use hitmetrix_ingest::rrweb;
use hitmetrix_model::{ChunkRow, ErrorKind, RecordingSummary, SiteId};
use hitmetrix_store::ChunkSpan;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::body::{Params, PathPart};
use super::export::{self, Piece};
use super::route::Param;
use super::sessions::{self, SessionPath};
use super::shared_session::{Person, SharedSession};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem};
use crate::static_files;

/// The page, among the web parts.
const PAGE: &str = "offline.html";
/// Where in it the recording is put.
const PLACE: &str = "{{HITMETRIX_RECORDING}}";
/// Custom event that stands for a chunk that cannot be read any more.
const MISSING_TAG: &str = "hm-missing";

/// Parameters of an export.
pub const PARAMS: &[Param] = &[
    Param {
        name: "format",
        doc: "`rrweb` (when absent): a JSON list of rrweb events; or `html`: a page that plays it \
              offline.",
    },
    Param {
        name: "hide_person",
        doc: "`true`: the page says nothing of who it was, with `html`. What the recorded pages \
              show stays as it is.",
    },
];

/// The query of an export.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    format: Format,
    #[serde(default)]
    hide_person: bool,
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JSON list of rrweb events.
    #[default]
    Rrweb,
    /// A page.
    Html,
}

/// What the page is told beside the recorder's events.
#[derive(Serialize)]
struct About {
    site: String,
    time_zone: String,
    exported_at_ms: i64,
    session: Option<SharedSession>,
    chunks: Vec<ChunkRow>,
}

/// One recording as a file.
///
/// # Errors
/// When there is none of this session on this site, or too many exports run.
pub async fn export(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
    Params(wanted): Params<Wanted>,
) -> Result<([(HeaderName, HeaderValue); 3], Body), Problem> {
    let found = app.store.recording(access.id(), path.session).await?;
    let (summary, chunks) = found.ok_or_else(|| Problem::not_found("recording"))?;
    let slot = export::slot(&app)?;
    let reader = Reader {
        app: Arc::clone(&app),
        site: access.id(),
        summary,
        chunks,
    };
    let (media, ending) = match wanted.format {
        Format::Rrweb => ("application/json", "json"),
        Format::Html => ("text/html; charset=utf-8", "html"),
    };
    let page = match wanted.format {
        Format::Rrweb => None,
        Format::Html => Some(reader.page(&access, &wanted).await?),
    };
    let (sender, body) = export::channel();
    tokio::spawn(async move {
        let _slot = slot;
        let mut out = Out { sender };
        let written = match page {
            Some(page) => reader.write_page(&page, &mut out).await,
            None => reader.write_events(&mut out, (b",\n", b"]\n")).await,
        };
        // When the client has left there is nobody to tell.
        let _ = match written {
            Ok(()) => out.sender.send(Piece::End).await,
            Err(Stop::ClientLeft) => Ok(()),
            Err(Stop::Failed(problem)) => {
                let broken = Piece::Broken(problem.detail().to_owned());
                out.sender.send(broken).await
            }
        };
    });
    let name = format!(
        "attachment; filename=\"recording-{}.{ending}\"",
        path.session
    );
    let name = HeaderValue::try_from(name)
        .map_err(|_| Problem::internal("the name of a file is no header"))?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media)),
        // It must not outlive its erasure in a shared cache.
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body))
}

pub(super) enum Stop {
    ClientLeft,
    Failed(Problem),
}

pub(super) struct Out {
    pub(super) sender: mpsc::Sender<Piece>,
}

impl Out {
    pub(super) async fn add(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        let piece = Piece::Bytes(Bytes::from(bytes));
        self.sender.send(piece).await.map_err(|_| Stop::ClientLeft)
    }
}

/// One recorder event on its way into a list.
struct Line {
    time_ms: i64,
    /// Place of its chunk among all.
    chunk: usize,
    text: Vec<u8>,
}

pub(super) struct Reader {
    pub(super) app: Arc<App>,
    pub(super) site: SiteId,
    pub(super) summary: RecordingSummary,
    /// In the order in which they play.
    pub(super) chunks: Vec<ChunkRow>,
}

impl Reader {
    /// The page around the recording: what comes before it and what after.
    async fn page(
        &self,
        access: &SiteAccess,
        wanted: &Wanted,
    ) -> Result<(Vec<u8>, Vec<u8>), Problem> {
        let not_built = || Problem::new(Code::Unavailable, "the web parts are not built");
        let page = static_files::find(&self.app, PAGE).ok_or_else(not_built)?;
        let page = String::from_utf8_lossy(&page).into_owned();
        let (before, after) = page.split_once(PLACE).ok_or_else(not_built)?;
        let person = Person::hidden_if(wanted.hide_person);
        let detail = sessions::detail(&self.app, self.site, self.summary.session).await?;
        let session = match detail {
            Some(detail) => Some(SharedSession::of(&self.app, self.site, (detail, person)).await?),
            None => None,
        };
        let about = About {
            site: access.site().name.clone(),
            time_zone: access.site().time_zone.clone(),
            exported_at_ms: self.app.now_ms(),
            session,
            chunks: self.chunks.iter().map(without_keyframe).collect(),
        };
        let about = serde_json::to_vec(&about)
            .map_err(|_| Problem::internal("facts of a recording are no JSON"))?;
        let mut before = before.as_bytes().to_vec();
        before.extend(data("application/json", "about", &about));
        Ok((before, after.as_bytes().to_vec()))
    }

    async fn write_page(
        &self,
        (before, after): &(Vec<u8>, Vec<u8>),
        out: &mut Out,
    ) -> Result<(), Stop> {
        out.add(before.clone()).await?;
        for (place, chunk) in self.chunks.iter().enumerate() {
            // One that cannot be read is a gap for the page's player too.
            if let Some(lines) = self.read(chunk).await? {
                let id = format!("chunk-{place}");
                out.add(data("application/x-ndjson", &id, &lines)).await?;
            }
        }
        out.add(after.clone()).await
    }

    /// All events by their times, those of each window in its order, as a list with something
    /// between them and something at the end.
    pub(super) async fn write_events(
        &self,
        out: &mut Out,
        (between, end): (&[u8], &[u8]),
    ) -> Result<(), Stop> {
        let summary = &self.summary;
        let payload = json!({"session": summary.session, "visitor": summary.visitor});
        let mut begin = b"[".to_vec();
        begin.extend(custom(rrweb::SESSION_TAG, payload, summary.started_ms));
        out.add(begin).await?;
        let mut window = None;
        for group in groups(&self.chunks) {
            let mut lines = Vec::new();
            for &place in &group {
                let chunk = &self.chunks[place];
                match self.read(chunk).await? {
                    Some(text) => lines.extend(events(place, &text)),
                    None => lines.push(missing(place, chunk)),
                }
            }
            if group.len() > 1 {
                lines.sort_by_key(|line| line.time_ms);
            }
            let mut text = Vec::new();
            for line in lines {
                let of = self.chunks[line.chunk].window;
                if window != Some(of) {
                    text.extend(between);
                    text.extend(custom(
                        rrweb::WINDOW_TAG,
                        json!({"window": of}),
                        line.time_ms,
                    ));
                    window = Some(of);
                }
                text.extend(between);
                text.extend(line.text);
            }
            out.add(text).await?;
        }
        out.add(end.to_vec()).await
    }

    /// The lines of a chunk; nothing when it cannot be read any more.
    async fn read(&self, chunk: &ChunkRow) -> Result<Option<Vec<u8>>, Stop> {
        let span = ChunkSpan {
            session: self.summary.session,
            window: chunk.window,
            sequence: chunk.sequence,
            last_sequence: chunk.last_sequence,
            // What the server worked out was not recorded.
            keyframe: false,
        };
        let read = self.app.store.chunk(self.site, span).await;
        match read {
            Ok(lines) => Ok(lines),
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) => {
                Ok(None)
            }
            Err(error) => Err(Stop::Failed(error.into())),
        }
    }
}

/// Chunks by time, in groups that do not overlap.
fn groups(chunks: &[ChunkRow]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..chunks.len()).collect();
    places.sort_by_key(|&place| chunks[place].first_ms);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut until_ms = i64::MIN;
    let mut windows = BTreeSet::new();
    for place in places {
        let chunk = &chunks[place];
        let joins =
            chunk.first_ms <= until_ms && !(windows.len() == 1 && windows.contains(&chunk.window));
        match groups.last_mut().filter(|_| joins) {
            Some(group) => group.push(place),
            None => {
                groups.push(vec![place]);
                windows.clear();
            }
        }
        windows.insert(chunk.window);
        until_ms = until_ms.max(chunk.last_ms);
    }
    groups
}

fn events(chunk: usize, lines: &[u8]) -> Vec<Line> {
    let mut time_ms = 0;
    let lines = lines.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            time_ms = rrweb::time_of(line).unwrap_or(time_ms);
            Line {
                time_ms,
                chunk,
                text: line.to_vec(),
            }
        })
        .collect()
}

/// The row of a chunk as it was recorded.
fn without_keyframe(chunk: &ChunkRow) -> ChunkRow {
    ChunkRow {
        keyframe: false,
        ..chunk.clone()
    }
}

fn missing(place: usize, chunk: &ChunkRow) -> Line {
    let payload = json!({"window": chunk.window, "sequence": chunk.sequence});
    Line {
        time_ms: chunk.first_ms,
        chunk: place,
        text: custom(MISSING_TAG, payload, chunk.first_ms),
    }
}

/// An event of our own, which every rrweb player passes over.
fn custom(tag: &str, payload: Value, timestamp: i64) -> Vec<u8> {
    let data = json!({"tag": tag, "payload": payload});
    json!({"type": 5, "data": data, "timestamp": timestamp})
        .to_string()
        .into_bytes()
}

/// JSON as an element that no browser runs or looks into.
fn data(media: &str, id: &str, json: &[u8]) -> Vec<u8> {
    let mut element = format!("<script type=\"{media}\" id=\"{id}\">").into_bytes();
    for byte in json {
        // In JSON this stands in texts alone.
        match byte {
            b'<' => element.extend(b"\\u003c"),
            byte => element.push(*byte),
        }
    }
    element.extend(b"</script>\n");
    element
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::WindowId;

    use super::*;

    fn chunk(window: u128, sequence: u32, first_ms: i64, last_ms: i64) -> ChunkRow {
        ChunkRow {
            window: WindowId(window),
            sequence,
            last_sequence: sequence,
            first_ms,
            last_ms,
            events: 1,
            snapshot: sequence == 0,
            keyframe: false,
            stored_bytes: 1,
            path: "/".to_owned(),
            recorder: "r".to_owned(),
        }
    }

    #[test]
    fn only_chunks_of_different_windows_are_merged() {
        let chunks = [
            chunk(1, 0, 0, 10),
            chunk(1, 1, 10, 20),
            chunk(2, 0, 15, 40),
            chunk(1, 2, 20, 30),
            chunk(3, 0, 50, 60),
        ];
        assert_eq!(groups(&chunks), [vec![0], vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn nothing_in_data_can_end_its_element() {
        let json = br#"{"text":"</script><!-- <script>"}"#;
        let text = String::from_utf8(data("application/json", "a", json)).unwrap();
        assert_eq!(text.matches('<').count(), 2, "{text}");
        let inner = text.split_once('>').unwrap().1;
        let inner = inner.rsplit_once("</script>").unwrap().0;
        let read: Value = serde_json::from_str(inner).unwrap();
        assert_eq!(read, serde_json::from_slice::<Value>(json).unwrap());
    }
}
