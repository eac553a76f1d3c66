//! Imports of JSON lines: one event of another system a line, see `record`. An event counts once
//! by its `id`, or else by its line and that line's number among equal lines. Sessions that the
//! lines do not name are cut by time per visitor; the cut is right when lines are in time order.

use hitmetrix_model::Origin;
use serde::{Deserialize, Serialize};

use crate::access_log::{ImportFacts, Imported};
use crate::batches::Batches;
use crate::equal_lines::EqualLines;
use crate::record::Record;
use crate::{LineError, Rejected, Sessions, ids};

/// Longest line that is read.
const LINE_BYTES_MAX: usize = 256 << 10;

/// Where an import stands; written down with the position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    sessions: Sessions,
    /// How often each line without id came.
    equal: EqualLines,
    lines: u64,
}

/// Reads lines in the order of the file.
pub struct Importer<'a> {
    facts: ImportFacts<'a>,
    state: State,
    batches: Batches,
    rejected: Vec<Rejected>,
}

impl<'a> Importer<'a> {
    /// Begins, or goes on where another one stood.
    #[must_use]
    pub fn new(facts: ImportFacts<'a>, state: State) -> Self {
        let batches = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        Self {
            facts,
            state,
            batches,
            rejected: Vec::new(),
        }
    }

    /// Where the import stands, once everything taken so far is stored.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.clone()
    }

    /// Reads one line, without its line feed.
    pub fn push(&mut self, line: &[u8]) {
        self.state.lines += 1;
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if let Err(error) = self.read(line) {
            let number = usize::try_from(self.state.lines).unwrap_or(usize::MAX);
            self.rejected.push(error.at(number));
        }
    }

    /// Everything that was read since the last time.
    pub fn take(&mut self) -> Imported {
        let facts = self.facts;
        let next = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        Imported {
            batches: std::mem::replace(&mut self.batches, next).finish(),
            rejected: std::mem::take(&mut self.rejected),
        }
    }

    fn read(&mut self, line: &[u8]) -> Result<(), LineError> {
        if line.len() > LINE_BYTES_MAX {
            let message = format!(
                "line has {} bytes, the limit is {LINE_BYTES_MAX}",
                line.len()
            );
            return Err(LineError::new("line_too_long", "line", message));
        }
        let line = String::from_utf8_lossy(line);
        let mut record = Record::read(&line, &self.facts, None)?;
        let site = self.facts.site.id;
        let external = match &record.id {
            Some(id) => ids::named_event(site, id),
            None => ids::line_event(site, &line, self.state.equal.count(&line), "event"),
        };
        record.event.external = Some(external);
        record.event.sequence = u32::try_from(self.state.lines & 0x7fff_ffff).unwrap_or(0);
        let sender = record.sender(&self.facts, &mut self.state.sessions);
        let identity = record.identity();
        self.batches.push(sender, record.event);
        if let Some(change) = identity {
            self.batches.identify(change);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::{IdentityChange, Site, SiteId, SiteSettings};

    use super::*;
    use crate::Lookups;

    fn import(text: &str) -> Imported {
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
            received_at_ms: 9,
            lookups: &lookups,
        };
        let mut importer = Importer::new(facts, State::default());
        text.lines().for_each(|line| importer.push(line.as_bytes()));
        let state = serde_json::to_string(&importer.state()).unwrap();
        assert_eq!(
            serde_json::from_str::<State>(&state).unwrap(),
            importer.state()
        );
        importer.take()
    }

    #[test]
    fn lines_become_events_with_sessions_and_persons() {
        let imported = import(concat!(
            r#"{"event":"deal","time":"2026-01-31T12:00:00+01:00","visitor":"a","person":"17","properties":{"value":5}}"#,
            "\n",
            r#"{"event":"pageview","time":1769857200001,"visitor":"a","url":"/pricing?utm_source=n&x=1","id":"e1"}"#,
            "\n",
            r#"{"event":"pageview","time":1769857200001,"visitor":"b","session":"s","url":"https://shop.example/","referrer":"https://google.de/"}"#,
            "\n",
        ));
        assert_eq!(imported.rejected, []);
        let batch = &imported.batches[0];
        assert_eq!(batch.events[0].time_ms, 1_769_857_200_000);
        assert_eq!(batch.senders.len(), 2);
        assert_eq!(batch.events[1].page.path, "/pricing");
        assert_eq!(
            batch.events[1].external,
            Some(ids::named_event(SiteId(3), "e1"))
        );
        assert_eq!(batch.events[2].channel, "Organic search");
        assert!(
            matches!(&batch.identities[..], [IdentityChange::Identify { user, unverified: false, .. }] if user == "17")
        );
    }

    #[test]
    fn equal_lines_count_apart_and_the_same_again() {
        let line = r#"{"event":"x","time":1,"visitor":"a"}"#;
        let ids = |imported: Imported| -> Vec<_> {
            imported.batches[0]
                .events
                .iter()
                .map(|event| event.external)
                .collect()
        };
        let first = ids(import(&format!("{line}\n{line}\n")));
        assert_ne!(first[0], first[1]);
        assert_eq!(first, ids(import(&format!("{line}\n{line}\n"))));
    }

    #[test]
    fn bad_lines_are_told() {
        let imported = import(concat!(
            "nonsense\n",
            r#"{"event":"x","visitor":"a"}"#,
            "\n",
            r#"{"event":"x","time":"yesterday","visitor":"a"}"#,
            "\n",
            r#"{"event":"x","time":1}"#,
            "\n",
            r#"{"event":"x","time":1,"person":"null"}"#,
            "\n",
            r#"{"event":"","time":1,"visitor":"a"}"#,
            "\n",
        ));
        let rows: Vec<(u32, &str)> = imported
            .rejected
            .iter()
            .map(|row| (row.line, row.code.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                (1, "bad_json"),
                (2, "missing_field"),
                (3, "bad_time"),
                (4, "missing_field"),
                (5, "junk_user"),
                (6, "bad_name")
            ]
        );
    }
}
