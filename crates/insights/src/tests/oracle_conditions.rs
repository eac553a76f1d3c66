//! Conditions as the oracle holds them against an event: every fact is looked for anew in the list
//! of all events.

use hitmetrix_model::{
    Behaviour, Condition, EventSelection, Level, Operator, ResolvedPeriod, SessionNumber, Value,
};
use hitmetrix_store::StoredEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::alike::alike;

use super::oracle::{Oracle, Session, is_measurement, is_of_session, text, within};

fn number(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond() as f64);
    }
    let day: Date = text.parse().ok()?;
    let start = day.to_zoned(TimeZone::UTC).ok()?;
    Some(start.timestamp().as_millisecond() as f64)
}

/// Whether one of several texts passes; a value that is not set is one empty text.
fn takes(operator: Operator, values: &[String], texts: &[String], is_set: bool) -> bool {
    let some = |test: &dyn Fn(&str) -> bool| texts.iter().any(|text| test(text));
    let contains = |text: &str| {
        values.iter().any(|value| match value.as_str() {
            "" => text.is_empty(),
            value => text.to_lowercase().contains(&value.to_lowercase()),
        })
    };
    let is = |text: &str| values.iter().any(|value| value == text);
    let compares = |test: &dyn Fn(f64) -> bool| some(&|text| number(text).is_some_and(test));
    let given = |place: usize| number(&values[place]).unwrap();
    match operator {
        Operator::Is => some(&is),
        Operator::IsNot => !some(&is),
        Operator::Contains => some(&contains),
        Operator::DoesNotContain => !some(&contains),
        Operator::Starts => some(&|text| {
            !text.is_empty() && values.iter().any(|value| text.starts_with(value.as_str()))
        }),
        Operator::Matches => some(&|text| {
            values
                .iter()
                .any(|value| regex::Regex::new(value).unwrap().is_match(text))
        }),
        Operator::Alike => some(&|text| values.iter().any(|value| alike(value) == alike(text))),
        Operator::Greater => compares(&|number| number > given(0)),
        Operator::Less => compares(&|number| number < given(0)),
        Operator::Between => compares(&|number| given(0) <= number && number <= given(1)),
        Operator::Set => is_set,
        Operator::NotSet => !is_set,
    }
}

pub fn takes_text(operator: Operator, values: &[String], text: &str) -> bool {
    takes(operator, values, &[text.to_owned()], !text.is_empty())
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::List(entries) => {
            let texts: Vec<String> = entries.iter().map(written).collect();
            texts.join(", ")
        }
    }
}

fn takes_value(operator: Operator, values: &[String], value: Option<&Value>) -> bool {
    match value {
        None => takes(operator, values, &[String::new()], false),
        Some(Value::List(entries)) => {
            let texts: Vec<String> = entries.iter().map(written).collect();
            takes(operator, values, &texts, true)
        }
        Some(value) => takes(operator, values, &[written(value)], true),
    }
}

impl<'a> Oracle<'a> {
    /// Whether all conditions hold for an event of a session.
    pub fn all_hold(
        &self,
        conditions: &[Condition],
        event: &StoredEvent,
        session: &Session<'_>,
    ) -> bool {
        conditions.iter().all(|one| self.holds(one, event, session))
    }

    fn holds(&self, condition: &Condition, event: &StoredEvent, session: &Session<'_>) -> bool {
        match condition {
            Condition::All { all } => self.all_hold(all, event, session),
            Condition::Any { any } => any.iter().any(|one| self.holds(one, event, session)),
            Condition::Not { not } => !self.holds(not, event, session),
            Condition::Dimension(filter) => {
                let value = if is_of_session(filter.dimension) {
                    session.fact(filter.dimension)
                } else {
                    text(event, filter.dimension).to_owned()
                };
                takes_text(filter.operator, &filter.values, &value)
            }
            Condition::Property(filter) => {
                let value = self.property(event, filter.of, &filter.property);
                takes_value(filter.operator, &filter.values, value)
            }
            Condition::Session(filter) => {
                let number = match filter.session {
                    SessionNumber::DurationMs => session.end_ms() - session.start_ms(),
                    SessionNumber::EngagedMs => session.engaged_ms(),
                    SessionNumber::Pageviews => session.count("pageview"),
                    SessionNumber::Events => session.acts(),
                    SessionNumber::Errors => session.count("error"),
                    SessionNumber::RageClicks => session.count("rage_click"),
                    SessionNumber::DeadClicks => session.count("dead_click"),
                    SessionNumber::ErrorClicks => session.error_clicks().len() as i64,
                    SessionNumber::Thrashes => session.count("thrash"),
                    SessionNumber::UTurns => session.u_turns().len() as i64,
                    SessionNumber::SlowPages => session.slow_pages().len() as i64,
                };
                takes(filter.operator, &filter.values, &[number.to_string()], true)
            }
            Condition::Did { did } => self.did(event.person.0, did),
            Condition::SessionHas { session_has } => session
                .events
                .iter()
                .any(|one| self.all_hold(session_has, one, session)),
            Condition::Segment { .. } | Condition::Goal { .. } => {
                panic!("segments and goals are resolved before")
            }
        }
    }

    /// The value of a property of an event, of its person, or of its person's account.
    pub fn property(&self, event: &'a StoredEvent, of: Level, name: &str) -> Option<&'a Value> {
        match of {
            Level::Event => event.event.properties.get(name),
            Level::Person => self.latest(&["identify", "alias"], name, |one| {
                one.person == event.person
            }),
            Level::Account => {
                let account =
                    self.latest(&["group"], "account", |one| one.person == event.person)?;
                self.latest(&["group"], name, |one| {
                    one.event.properties.get("account") == Some(account)
                })
            }
        }
    }

    fn latest(
        &self,
        names: &[&str],
        property: &str,
        is_meant: impl Fn(&StoredEvent) -> bool,
    ) -> Option<&'a Value> {
        let told = self.events.iter().filter(|one| {
            names.contains(&one.event.name.as_str())
                && one.event.properties.contains_key(property)
                && !self.is_left_out(one)
                && is_meant(one)
        });
        let latest =
            told.max_by_key(|one| (one.event.time_ms, one.sender.window.0, one.event.sequence));
        latest.and_then(|one| one.event.properties.get(property))
    }

    /// The events of a period that the question counts and a selection means, in order.
    pub fn selected(
        &self,
        selection: &EventSelection,
        period: ResolvedPeriod,
        filters: &[Condition],
    ) -> Vec<&'a StoredEvent> {
        let sessions = self.sessions(period);
        let mut found: Vec<&StoredEvent> = self
            .events
            .iter()
            .filter(|one| {
                let name = &one.event.name;
                let meant = match selection.events.is_empty() {
                    true => !is_measurement(name),
                    false => selection.events.contains(name),
                };
                let session = || &sessions[&(one.person.0, one.sender.session.0)];
                meant
                    && within(one.event.time_ms, period)
                    && !self.is_left_out(one)
                    && self.all_hold(filters, one, session())
                    && self.all_hold(&selection.filters, one, session())
            })
            .collect();
        found.sort_by_key(|one| (one.event.time_ms, one.sender.window.0, one.event.sequence));
        found
    }

    fn did(&self, person: u128, did: &Behaviour) -> bool {
        let mut period = self.period;
        if let Some(last) = &did.last {
            period.from_ms = period.to_ms - window(last);
        }
        let steps: Vec<Vec<&StoredEvent>> = did
            .sequence
            .iter()
            .map(|selection| {
                let mut events = self.selected(selection, period, &[]);
                events.retain(|one| one.person.0 == person);
                events
            })
            .collect();
        if let [only] = &steps[..] {
            let least = did.at_least.unwrap_or(u32::from(did.at_most.is_none()));
            let most = did.at_most.unwrap_or(u32::MAX);
            return (least..=most).contains(&(only.len() as u32));
        }
        let within = did.within.as_deref().map_or(i64::MAX, window);
        steps[0]
            .iter()
            .any(|first| follows(first, first, &steps[1..], within))
    }
}

/// Whether the other steps follow an event, each later than the one before.
fn follows(
    first: &StoredEvent,
    last: &StoredEvent,
    steps: &[Vec<&StoredEvent>],
    within: i64,
) -> bool {
    let place = |one: &StoredEvent| (one.event.time_ms, one.sender.window.0, one.event.sequence);
    let Some((next, rest)) = steps.split_first() else {
        return true;
    };
    next.iter().any(|one| {
        place(one) > place(last)
            && one.event.time_ms - first.event.time_ms <= within
            && follows(first, one, rest, within)
    })
}

/// Milliseconds of `10m`, `5h`, `3d`.
pub fn window(text: &str) -> i64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = match unit {
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => panic!("a unit"),
    };
    number.parse::<i64>().unwrap() * unit
}
