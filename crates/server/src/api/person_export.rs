//! Everything that is known of one person as a file: JSON, one object a line, each with its `kind`.
//! First who it is and how they came to be, then every event, newest first, with what could not be
//! read, then each recording with its notes, its tags and rrweb's events. It is sent as it is read, a page of events and a chunk of
//! a recording at a time, and no faster than the client takes it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use hitmetrix_model::{RecordingSummary, VisitorId, limits};
use hitmetrix_store::{EventPlace, PersonLedger, RecordingQuery, VisitorEvents};
use serde_json::{Value, json};

use super::body::PathPart;
use super::export::{self, Piece, event_json};
use super::person_profile::named;
use super::persons::{LedgerEntry, PersonPath, find};
use super::recording_export::{Out, Reader, Stop};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Recordings that are listed at once.
const RECORDINGS_AT_ONCE: u32 = 50;

/// Everything that is known of a person.
///
/// # Errors
/// When nobody has this name, or too many exports run.
pub async fn export(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
) -> Result<([(HeaderName, HeaderValue); 3], Body), Problem> {
    let mut found = find(&app, &access, path.name()).await?;
    // A ledger has also who was taken apart from them, by name: that is somebody else now.
    let entries = app.store.entries_of(access.id(), &found.visitors);
    found.entries = entries.await?;
    let slot = export::slot(&app)?;
    let name = format!("attachment; filename=\"person-{}.jsonl\"", found.person);
    let name = HeaderValue::try_from(name)
        .map_err(|_| Problem::internal("the name of a file is no header"))?;
    let (sender, body) = export::channel();
    let writer = Writer { app, access, found };
    tokio::spawn(async move {
        let _slot = slot;
        let mut out = Out { sender };
        let written = writer.write(&mut out).await;
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
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-ndjson"),
        ),
        // It must not outlive an erasure in a shared cache.
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body))
}

struct Writer {
    app: Arc<App>,
    access: SiteAccess,
    found: PersonLedger,
}

impl Writer {
    async fn write(&self, out: &mut Out) -> Result<(), Stop> {
        let found = &self.found;
        let (user, verified) = named(found);
        out.add(line(&json!({
            "kind": "person",
            "site": self.access.site().name,
            "exported_at_ms": self.app.now_ms(),
            "person": found.person,
            "user": user,
            "verified": verified,
            "visitors": found.visitors,
        })))
        .await?;
        for change in &found.entries {
            let mut entry = serde_json::to_value(LedgerEntry::from(change)).unwrap_or_default();
            entry["kind"] = Value::from("identity");
            out.add(line(&entry)).await?;
        }
        self.write_events(out).await?;
        for &visitor in &found.visitors {
            self.write_recordings(visitor, out).await?;
        }
        Ok(())
    }

    async fn write_events(&self, out: &mut Out) -> Result<(), Stop> {
        let mut before = None;
        let mut told: HashSet<String> = HashSet::new();
        loop {
            let wanted = VisitorEvents {
                visitors: self.found.visitors.clone(),
                names: Vec::new(),
                before,
                limit: limits::PERSON_EVENTS,
            };
            let events = self.app.store.events_of_visitors(self.access.id(), wanted);
            let found = events.await.map_err(|error| Stop::Failed(error.into()))?;
            let events = found.events;
            let mut lines = Vec::new();
            for what in found.missing {
                if !told.contains(&what) {
                    lines.extend(line(&json!({"kind": "missing", "what": what})));
                    told.insert(what);
                }
            }
            for stored in &events {
                let mut event = event_json(stored);
                event["kind"] = Value::from("event");
                lines.extend(line(&event));
            }
            out.add(lines).await?;
            before = events.last().map(EventPlace::of);
            if events.len() < limits::PERSON_EVENTS {
                return Ok(());
            }
        }
    }

    async fn write_recordings(&self, visitor: VisitorId, out: &mut Out) -> Result<(), Stop> {
        let mut offset = 0;
        loop {
            let query = RecordingQuery {
                visitor: Some(visitor),
                limit: RECORDINGS_AT_ONCE,
                offset,
                ..RecordingQuery::default()
            };
            let listed = self.app.store.recordings(self.access.id(), &query).await;
            let (summaries, total) = listed.map_err(|error| Stop::Failed(error.into()))?;
            for summary in &summaries {
                self.write_recording(summary, out).await?;
            }
            offset += RECORDINGS_AT_ONCE;
            if u64::from(offset) >= total || summaries.is_empty() {
                return Ok(());
            }
        }
    }

    async fn write_recording(&self, summary: &RecordingSummary, out: &mut Out) -> Result<(), Stop> {
        let (site, session) = (self.access.id(), summary.session);
        let failed = |problem: Problem| Stop::Failed(problem);
        let notes = self.app.settings().notes(site, session).await;
        let notes = notes.map_err(|error| failed(error.into()))?;
        let notes: Vec<Value> = notes
            .iter()
            .map(|note| json!({"time_ms": note.time_ms, "text": note.words}))
            .collect();
        let tags = self.app.settings().tags_of(site, session).await;
        let tags = tags.map_err(|error| failed(error.into()))?;
        let found = self.app.store.recording(site, session).await;
        let Some((summary, chunks)) = found.map_err(|error| failed(error.into()))? else {
            return Ok(());
        };
        let head = json!({
            "kind": "recording",
            "session": session,
            "summary": summary,
            "notes": notes,
            "tags": tags,
        });
        let mut begin = head.to_string().into_bytes();
        begin.pop();
        begin.extend(b",\"events\":");
        out.add(begin).await?;
        let reader = Reader {
            app: Arc::clone(&self.app),
            site,
            summary,
            chunks,
        };
        reader.write_events(out, (b",", b"]}\n")).await
    }
}

fn line(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}
