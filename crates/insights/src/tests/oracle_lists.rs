//! What the oracle says of a session in a list: its signals of frustration, how much it is worth
//! watching, and the events that put it there.

use hitmetrix_model::{Cell, Condition, Level, SessionSignal, Value};
use hitmetrix_store::StoredEvent;

use super::oracle::{Oracle, Session, is_measurement, is_of_session, names_events};

/// A time and a page.
type At = (i64, String);

fn at(event: &StoredEvent) -> At {
    (event.event.time_ms, event.event.page.path.clone())
}

impl Session<'_> {
    fn named(&self, name: &str) -> Vec<At> {
        let named = self.events.iter().filter(|one| one.event.name == name);
        named.map(|one| at(one)).collect()
    }

    /// Clicks whose next error comes within a second, with no other click between.
    pub fn error_clicks(&self) -> Vec<At> {
        let of_either: Vec<&StoredEvent> = self
            .events
            .iter()
            .copied()
            .filter(|one| matches!(one.event.name.as_str(), "click" | "error"))
            .collect();
        let clicks = of_either.windows(2).filter(|pair| {
            pair[0].event.name == "click"
                && pair[1].event.name == "error"
                && pair[1].event.time_ms - pair[0].event.time_ms <= 1000
        });
        clicks.map(|pair| at(pair[0])).collect()
    }

    /// The pages one after the other, each with the place of its first pageview.
    fn stays(&self) -> Vec<(usize, At)> {
        let mut stays: Vec<(usize, At)> = Vec::new();
        for (place, event) in self.events.iter().enumerate() {
            let path = &event.event.page.path;
            let same = stays.last().is_some_and(|(_, last)| last.1 == *path);
            if event.event.name == "pageview" && !path.is_empty() && !same {
                stays.push((place, at(event)));
            }
        }
        stays
    }

    pub fn u_turns(&self) -> Vec<At> {
        let stays = self.stays();
        let turns = stays.windows(3).filter(|three| {
            let [(_, first), (_, left), (_, back)] = three else {
                panic!("three stays")
            };
            first.1 == back.1 && back.0 - left.0 < 10_000
        });
        turns
            .map(|three| (three[2].1.0, three[1].1.1.clone()))
            .collect()
    }

    pub fn slow_pages(&self) -> Vec<At> {
        let stays = self.stays();
        let mut slow = Vec::new();
        for (place, event) in self.events.iter().enumerate() {
            let properties = &event.event.properties;
            let is_paint = properties.get("metric") == Some(&Value::Text("LCP".to_owned()));
            let Some(Value::Number(took)) = properties.get("value") else {
                continue;
            };
            if event.event.name != "web_vital" || !is_paint || *took <= 4000.0 {
                continue;
            }
            let here = stays.iter().rfind(|(began, _)| *began < place);
            slow.push(match here {
                Some((_, stay)) if stay.1 == event.event.page.path => stay.clone(),
                _ => at(event),
            });
        }
        slow
    }

    /// Each kind of signal with its points, the one that is named first among equals first.
    fn signals(&self) -> [(&'static str, i64, Vec<At>); 7] {
        [
            ("rage_click", 8, self.named("rage_click")),
            ("error_click", 6, self.error_clicks()),
            ("error", 3, self.named("error")),
            ("dead_click", 3, self.named("dead_click")),
            ("thrash", 2, self.named("thrash")),
            ("u_turn", 2, self.u_turns()),
            ("slow_page", 2, self.slow_pages()),
        ]
    }

    pub fn worth(&self) -> i64 {
        let of_signals = self.signals();
        let points = of_signals
            .iter()
            .map(|(_, points, all)| points * (all.len() as i64).min(5));
        points.sum::<i64>() + (self.engaged_ms() / 60_000).min(5)
    }

    pub fn cells_of_signals(&self, named: &[SessionSignal]) -> Vec<Cell> {
        let mut cells = vec![
            Cell::Count(self.count("dead_click")),
            Cell::Count(self.error_clicks().len() as i64),
            Cell::Count(self.count("thrash")),
            Cell::Count(self.u_turns().len() as i64),
            Cell::Count(self.slow_pages().len() as i64),
            Cell::Count(self.worth()),
        ];
        let mut signals = self.signals();
        signals.sort_by_key(|(_, points, all)| -points * (all.len() as i64).min(5));
        let is_named = |name: &str| named.iter().any(|one| one.name() == name);
        let first = signals
            .iter()
            .find(|(name, _, all)| is_named(name) && !all.is_empty())
            .unwrap_or(&signals[0]);
        let (name, _, all) = first;
        let alike = all.iter().all(|one| one.1 == all[0].1);
        cells.extend(event_cells(name, (all.len(), alike), all.first().cloned()));
        cells
    }
}

fn event_cells(name: &str, (count, alike): (usize, bool), first: Option<At>) -> [Cell; 5] {
    let name = first.as_ref().map_or("", |_| name).to_owned();
    let (time, page) = match first {
        Some((time, page)) => (Cell::Count(time), page),
        None => (Cell::MISSING, String::new()),
    };
    [
        Cell::Text(name),
        Cell::Count(count as i64),
        time,
        Cell::Text(page),
        Cell::Boolean(alike && count > 0),
    ]
}

/// Whether a condition asks for something of the event that it is held against.
fn asks(condition: &Condition) -> bool {
    match condition {
        Condition::All { all: several } | Condition::Any { any: several } => {
            several.iter().any(asks)
        }
        Condition::Dimension(filter) => !is_of_session(filter.dimension),
        Condition::Property(filter) => filter.of == Level::Event,
        _ => false,
    }
}

/// The first conditions on other events of the session that ask for something.
fn within_session(conditions: &[Condition]) -> Option<&[Condition]> {
    conditions.iter().find_map(|condition| match condition {
        Condition::All { all: several } | Condition::Any { any: several } => {
            within_session(several)
        }
        Condition::SessionHas { session_has } => match session_has.iter().any(asks) {
            true => Some(&session_has[..]),
            false => within_session(session_has),
        },
        _ => None,
    })
}

impl Oracle<'_> {
    /// Name, number, time and page of the events that put a session into a list.
    pub fn cells_of_reason(&self, session: &Session<'_>) -> [Cell; 5] {
        let filters = &self.question.filters;
        let meant = match filters.iter().any(asks) {
            true => Some(&filters[..]),
            false => within_session(filters),
        };
        let measured = filters.iter().any(names_events);
        let events: Vec<&&StoredEvent> = session
            .events
            .iter()
            .filter(|one| measured || !is_measurement(&one.event.name))
            .filter(|one| meant.is_some_and(|meant| self.all_hold(meant, one, session)))
            .collect();
        let name = events.first().map_or("", |one| one.event.name.as_str());
        let alike = events.iter().all(|one| {
            let same_page = one.event.page.path == events[0].event.page.path;
            same_page && one.event.name == name
        });
        let first = events.first().map(|one| at(one));
        event_cells(name, (events.len(), alike), first)
    }
}
