//! The oracle: every question answered by plain loops over a list of events.
//!
//! It shares nothing with the engine but the model's types. A breakdown's row is defined as the
//! totals with one more condition; a trend's row as the totals of the events whose clock shows
//! the same minute, hour, day, week or month as the row's time.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Bots, Cell, Condition, Dimension, Interval, Measure, Question, QuestionKind, ResolvedPeriod,
    SessionOrder, Value,
};
use hitmetrix_store::StoredEvent;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAY_MS: i64 = 86_400_000;

pub struct Oracle<'a> {
    pub question: &'a Question,
    pub events: &'a [StoredEvent],
    pub zone: TimeZone,
    pub now_ms: i64,
    /// The question's own.
    pub period: ResolvedPeriod,
}

/// One session with all its events of the scanned span, in order.
pub struct Session<'a> {
    pub events: Vec<&'a StoredEvent>,
}

/// One more condition, of a breakdown's row.
type Extra<'x> = Option<(Dimension, &'x str)>;
/// One more condition, of a trend's row.
type Bucket = Option<(Interval, i64)>;

pub fn text(stored: &StoredEvent, dimension: Dimension) -> &str {
    let (event, context) = (&stored.event, &stored.sender.context);
    match dimension {
        Dimension::Event => &event.name,
        Dimension::Host => &event.page.host,
        Dimension::Page | Dimension::EntryPage | Dimension::ExitPage => &event.page.path,
        Dimension::Title => &event.page.title,
        Dimension::Referrer => &event.referrer_host,
        Dimension::Channel => &event.channel,
        Dimension::Source => &event.source,
        Dimension::Medium => &event.medium,
        Dimension::Campaign => &event.campaign,
        Dimension::Term => &event.term,
        Dimension::Content => &event.content,
        Dimension::Country => &context.country,
        Dimension::Browser => &context.browser,
        Dimension::BrowserVersion => &context.browser_version,
        Dimension::System => &context.system,
        Dimension::SystemVersion => &context.system_version,
        Dimension::Device => &context.device,
        Dimension::Language => &context.language,
        Dimension::Bot => &context.bot,
    }
}

/// Facts of the session; the others are facts of the event.
pub fn is_of_session(dimension: Dimension) -> bool {
    !matches!(
        dimension,
        Dimension::Event | Dimension::Host | Dimension::Page | Dimension::Title
    )
}

pub fn is_measurement(name: &str) -> bool {
    ["page_leave", "web_vital", "form_view"].contains(&name)
}

fn is_own(name: &str) -> bool {
    let given = [
        "pageview",
        "page_leave",
        "click",
        "outbound",
        "download",
        "form_view",
        "form_focus",
        "form_change",
        "form_error",
        "form_submit",
        "form_abandon",
        "error",
        "rage_click",
        "consent",
        "dead_click",
        "thrash",
        "web_vital",
        "identify",
        "group",
        "alias",
        "request",
        "survey_answered",
        "survey_dismissed",
        "survey_shown",
    ];
    !given.contains(&name)
}

impl Session<'_> {
    pub fn start_ms(&self) -> i64 {
        self.events[0].event.time_ms
    }

    pub fn end_ms(&self) -> i64 {
        self.events[self.events.len() - 1].event.time_ms
    }

    pub fn count(&self, name: &str) -> i64 {
        self.events
            .iter()
            .filter(|one| one.event.name == name)
            .count() as i64
    }

    pub fn engaged_ms(&self) -> i64 {
        let leaves = self
            .events
            .iter()
            .filter(|one| one.event.name == "page_leave");
        let engaged = leaves.map(|one| match one.event.properties.get("engaged_ms") {
            Some(Value::Number(number)) => *number as i64,
            _ => 0,
        });
        engaged.sum()
    }

    fn bounced(&self) -> bool {
        self.count("pageview") == 1
            && self.engaged_ms() < 10_000
            && !self.events.iter().any(|one| is_own(&one.event.name))
    }

    /// Events but measurements.
    pub fn acts(&self) -> i64 {
        let acts = self
            .events
            .iter()
            .filter(|one| !is_measurement(&one.event.name));
        acts.count() as i64
    }

    pub fn fact(&self, dimension: Dimension) -> String {
        let with_page = || {
            self.events
                .iter()
                .filter(|one| !one.event.page.path.is_empty())
        };
        let pageviews = || with_page().filter(|one| one.event.name == "pageview");
        let found = match dimension {
            Dimension::EntryPage => with_page()
                .find(|one| matches!(one.event.name.as_str(), "pageview" | "consent"))
                .or(with_page().next()),
            Dimension::ExitPage => pageviews().next_back().or(with_page().next_back()),
            Dimension::Referrer
            | Dimension::Channel
            | Dimension::Source
            | Dimension::Medium
            | Dimension::Campaign
            | Dimension::Term
            | Dimension::Content => self.events.iter().find(|one| !one.event.channel.is_empty()),
            _ => self
                .events
                .iter()
                .find(|one| !text(one, dimension).is_empty()),
        };
        let found = found.map_or("", |one| text(one, dimension));
        if found.is_empty() && matches!(dimension, Dimension::Channel | Dimension::Source) {
            return "Direct".to_owned();
        }
        found.to_owned()
    }
}

impl<'a> Oracle<'a> {
    pub fn is_left_out(&self, event: &StoredEvent) -> bool {
        let bot = !event.sender.context.bot.is_empty();
        match self.question.bots {
            Bots::Exclude => bot,
            Bots::Include => false,
            Bots::Only => !bot,
        }
    }

    pub fn bot_events(&self, period: ResolvedPeriod) -> u64 {
        if self.question.bots != Bots::Exclude {
            return 0;
        }
        let of_bots = self.events.iter().filter(|event| {
            !event.sender.context.bot.is_empty() && within(event.event.time_ms, period)
        });
        of_bots.count() as u64
    }

    pub fn sessions(&self, period: ResolvedPeriod) -> BTreeMap<(u128, u128), Session<'a>> {
        let mut sessions: BTreeMap<(u128, u128), Session<'a>> = BTreeMap::new();
        for event in self.events {
            let time = event.event.time_ms;
            if time >= period.from_ms - DAY_MS
                && time < period.to_ms + DAY_MS
                && !self.is_left_out(event)
            {
                let key = (event.person.0, event.sender.session.0);
                let session = sessions
                    .entry(key)
                    .or_insert(Session { events: Vec::new() });
                session.events.push(event);
            }
        }
        for session in sessions.values_mut() {
            session
                .events
                .sort_by_key(|one| (one.event.time_ms, one.sender.window.0, one.event.sequence));
        }
        sessions
    }

    /// Whether an event passes the filters, and the value of a breakdown's row.
    fn passes(&self, event: &StoredEvent, session: &Session<'_>, extra: Extra<'_>) -> bool {
        self.all_hold(&self.question.filters, event, session)
            && extra.is_none_or(|(dimension, value)| match is_of_session(dimension) {
                true => session.fact(dimension) == value,
                false => text(event, dimension) == value,
            })
    }

    /// What the clock shows: equal for two times of one bucket, different for two buckets.
    pub fn clock(&self, interval: Interval, time_ms: i64) -> String {
        let zoned = Timestamp::from_millisecond(time_ms)
            .unwrap()
            .to_zoned(self.zone.clone());
        match interval {
            Interval::Minute => zoned.strftime("%F %H:%M %z").to_string(),
            Interval::Hour => zoned.strftime("%F %H %z").to_string(),
            Interval::Day => zoned.strftime("%F").to_string(),
            Interval::Week => zoned.strftime("%G-%V").to_string(),
            Interval::Month => zoned.strftime("%Y-%m").to_string(),
        }
    }

    fn in_bucket(&self, bucket: Bucket, time_ms: i64) -> bool {
        bucket.is_none_or(|(interval, start)| {
            self.clock(interval, start) == self.clock(interval, time_ms)
        })
    }

    /// The measures of the period, of one bucket, with one more condition.
    fn measures(&self, period: ResolvedPeriod, bucket: Bucket, extra: Extra<'_>) -> Vec<Cell> {
        let sessions = self.sessions(period);
        let mut persons = BTreeSet::new();
        let mut visitors = BTreeSet::new();
        let (mut pageviews, mut events) = (0, 0);
        for event in self.events {
            let time = event.event.time_ms;
            if self.is_left_out(event)
                || !within(time, period)
                || !self.in_bucket(bucket, time)
                || !self.passes(
                    event,
                    &sessions[&(event.person.0, event.sender.session.0)],
                    extra,
                )
            {
                continue;
            }
            persons.insert(event.person);
            visitors.insert(event.sender.visitor);
            pageviews += i64::from(event.event.name == "pageview");
            let names_events = self.question.dimension == Some(Dimension::Event)
                || self.question.filters.iter().any(names_events);
            events += i64::from(names_events || !is_measurement(&event.event.name));
        }
        let counted: Vec<&Session<'_>> = sessions
            .values()
            .filter(|session| within(session.start_ms(), period))
            .filter(|session| self.in_bucket(bucket, session.start_ms()))
            .filter(|session| {
                session
                    .events
                    .iter()
                    .any(|one| self.passes(one, session, extra))
            })
            .collect();
        let share = |sum: i64| match counted.len() {
            0 => Cell::MISSING,
            sessions => Cell::Number(sum as f64 / sessions as f64),
        };
        let measure = |measure: &Measure| match measure {
            Measure::Persons => Cell::Count(persons.len() as i64),
            Measure::Visitors => Cell::Count(visitors.len() as i64),
            Measure::Pageviews => Cell::Count(pageviews),
            Measure::Events => Cell::Count(events),
            Measure::Sessions => Cell::Count(counted.len() as i64),
            Measure::BounceRate => {
                share(counted.iter().filter(|session| session.bounced()).count() as i64)
            }
            Measure::PagesPerSession => share(
                counted
                    .iter()
                    .map(|session| session.count("pageview"))
                    .sum(),
            ),
            Measure::EngagedTime => median(counted.iter().map(|one| one.engaged_ms()).collect()),
            Measure::SessionDuration => median(
                counted
                    .iter()
                    .map(|one| one.end_ms() - one.start_ms())
                    .collect(),
            ),
        };
        self.question.measures.iter().map(measure).collect()
    }

    fn with_previous(&self, now: Vec<Cell>, before: Option<Vec<Cell>>) -> Vec<Cell> {
        let Some(before) = before else { return now };
        now.into_iter()
            .zip(before)
            .flat_map(|(now, before)| [now, before])
            .collect()
    }

    pub fn totals(&self, now: ResolvedPeriod, before: Option<ResolvedPeriod>) -> Vec<Cell> {
        let before = before.map(|before| self.measures(before, None, None));
        self.with_previous(self.measures(now, None, None), before)
    }

    /// The cells of a trend's row after its times.
    pub fn bucket(
        &self,
        now: ResolvedPeriod,
        before: Option<ResolvedPeriod>,
        interval: Interval,
        (start_ms, previous_ms): (i64, Option<i64>),
    ) -> Vec<Cell> {
        let missing = vec![Cell::MISSING; self.question.measures.len()];
        let mut cells = self.measures(now, Some((interval, start_ms)), None);
        let nothing = |cell: &Cell| *cell == Cell::Count(0) || *cell == Cell::MISSING;
        if start_ms > self.now_ms && cells.iter().all(nothing) {
            cells.clone_from(&missing);
        }
        let before = before.map(|before| match previous_ms {
            Some(at) if at < before.to_ms => self.measures(before, Some((interval, at)), None),
            _ => missing,
        });
        self.with_previous(cells, before)
    }

    /// All rows of a breakdown, in order.
    pub fn breakdown(&self, now: ResolvedPeriod, before: Option<ResolvedPeriod>) -> Vec<Vec<Cell>> {
        let dimension = self.question.dimension.unwrap();
        let mut values: BTreeSet<String> = self
            .events
            .iter()
            .map(|event| text(event, dimension).to_owned())
            .collect();
        values.extend(["Direct".to_owned(), String::new()]);
        let mut rows = Vec::new();
        for value in values {
            let cells = self.measures(now, None, Some((dimension, &value)));
            if cells
                .iter()
                .all(|cell| *cell == Cell::Count(0) || *cell == Cell::MISSING)
            {
                continue;
            }
            let before = before.map(|one| self.measures(one, None, Some((dimension, &value))));
            let mut row = vec![Cell::Text(value.clone())];
            row.extend(self.with_previous(cells, before));
            rows.push(row);
        }
        let size = |row: &Vec<Cell>| match row[1] {
            Cell::Count(count) => count as f64,
            Cell::Number(number) => number,
            _ => f64::NEG_INFINITY,
        };
        rows.sort_by(|left, right| size(right).total_cmp(&size(left)));
        rows
    }

    /// All rows of a list of sessions, in order.
    pub fn list(&self, now: ResolvedPeriod) -> Vec<Vec<Cell>> {
        assert_eq!(self.question.kind, QuestionKind::Sessions);
        let sessions = self.sessions(now);
        let mut rows = Vec::new();
        for ((person, id), session) in &sessions {
            let counts = within(session.start_ms(), now)
                && session
                    .events
                    .iter()
                    .any(|one| self.passes(one, session, None));
            if counts {
                rows.push((
                    (-self.ordered_by(session), -session.start_ms()),
                    *id,
                    *person,
                    self.row(*id, *person, session),
                ));
            }
        }
        rows.sort_by_key(|row| (row.0, row.1, row.2));
        rows.into_iter().map(|row| row.3).collect()
    }

    /// What the list is ordered by before the start of its sessions.
    fn ordered_by(&self, session: &Session<'_>) -> i64 {
        let list = self.question.sessions.as_ref();
        match list.map(|list| list.order) {
            Some(SessionOrder::WorthWatching) => session.worth(),
            Some(SessionOrder::Longest) => session.end_ms() - session.start_ms(),
            Some(SessionOrder::MostErrors) => session.count("error"),
            _ => 0,
        }
    }

    fn row(&self, id: u128, person: u128, session: &Session<'_>) -> Vec<Cell> {
        let mut row = vec![
            Cell::Text(format!("{id:032x}")),
            Cell::Text(format!("{:032x}", session.events[0].sender.visitor.0)),
            Cell::Text(format!("{person:032x}")),
            Cell::Count(session.start_ms()),
            Cell::Count(session.end_ms() - session.start_ms()),
            Cell::Count(session.engaged_ms()),
            Cell::Count(session.count("pageview")),
            Cell::Count(session.acts()),
            Cell::Count(session.count("error")),
            Cell::Count(session.count("rage_click")),
            Cell::Boolean(session.bounced()),
        ];
        let facts = [
            Dimension::EntryPage,
            Dimension::ExitPage,
            Dimension::Channel,
            Dimension::Source,
            Dimension::Medium,
            Dimension::Campaign,
            Dimension::Term,
            Dimension::Content,
            Dimension::Referrer,
            Dimension::Country,
            Dimension::Browser,
            Dimension::BrowserVersion,
            Dimension::System,
            Dimension::SystemVersion,
            Dimension::Device,
            Dimension::Language,
            Dimension::Bot,
        ];
        row.extend(facts.map(|dimension| Cell::Text(session.fact(dimension))));
        if let Some(list) = &self.question.sessions {
            row.extend(session.cells_of_signals(&list.signals));
            row.extend(self.cells_of_reason(session));
        }
        row
    }
}

/// Whether a condition on the event's name stands anywhere in it.
pub fn names_events(condition: &Condition) -> bool {
    match condition {
        Condition::Dimension(filter) => filter.dimension == Dimension::Event,
        Condition::All { all: nodes } | Condition::Any { any: nodes } => {
            nodes.iter().any(names_events)
        }
        Condition::Not { not } => names_events(not),
        _ => false,
    }
}

pub fn within(time_ms: i64, period: ResolvedPeriod) -> bool {
    period.from_ms <= time_ms && time_ms < period.to_ms
}

fn median(mut values: Vec<i64>) -> Cell {
    values.sort_unstable();
    match values.len() {
        0 => Cell::MISSING,
        count if count % 2 == 1 => Cell::Number(values[count / 2] as f64),
        count => Cell::Number((values[count / 2 - 1] + values[count / 2]) as f64 / 2.0),
    }
}
