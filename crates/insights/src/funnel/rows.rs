//! The rows of a funnel's answer.

use hitmetrix_model::{Answer, Cell, CountedBy, Funnel, FunnelRows, StepOrder, Unit};
use rustc_hash::FxHashMap;

use super::attempt::Steps;
use super::{Group, fact_column};
use crate::AskError;
use crate::budget::Budget;
use crate::query::{Prepared, Query, column};
use crate::statistics::{mean, median};
use crate::top::{self, OTHER};

/// Values of a fact that have rows of their own, unless said otherwise.
const TOP: u32 = 10;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Where classes of the time to convert begin.
const CLASSES_MS: [i64; 16] = [
    0,
    10_000,
    30_000,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    3 * DAY_MS,
    7 * DAY_MS,
    30 * DAY_MS,
];

/// The groups with rows of their own, largest first, and what the others are together.
pub(super) fn top(
    prepared: &Prepared<'_>,
    groups: FxHashMap<u32, Group>,
    spec: &Funnel,
) -> Vec<(String, Group)> {
    if spec.breakdown.is_none() {
        let group = groups.into_values().next().unwrap_or_else(|| Group {
            steps: vec![super::Step::default(); spec.steps.len()],
            ..Group::default()
        });
        return vec![(String::new(), group)];
    }
    let sizes = sizes(&groups);
    let mut groups = groups;
    let values = top::largest(sizes.into_iter(), |code| prepared.text(0, code), kept(spec));
    let named = values.into_iter().map(|(text, codes)| {
        let mut whole = Group::default();
        for code in codes {
            whole.merge(groups.remove(&code).unwrap_or_default());
        }
        (text, whole)
    });
    named.collect()
}

fn kept(spec: &Funnel) -> usize {
    spec.top.unwrap_or(TOP) as usize
}

/// How many entered, by code.
fn sizes(groups: &FxHashMap<u32, Group>) -> Vec<(u32, u64)> {
    let sizes = groups.iter();
    sizes
        .map(|(&code, group)| (code, group.steps[0].reached))
        .collect()
}

/// The codes behind a value of the answer, ascending: of its own row, or of all that have none.
pub(super) fn values_of(
    query: &Query<'_>,
    prepared: &Prepared<'_>,
    (spec, steps): (&Funnel, Steps),
    value: &str,
) -> Result<Option<Vec<u32>>, AskError> {
    let codes = 0..prepared.values(0) as u32;
    if value != OTHER {
        let of_value = codes.filter(|&code| prepared.text(0, code) == value);
        return Ok(Some(of_value.collect()));
    }
    let folded = super::run(query, prepared, (steps, None, None), Budget::default())?;
    let groups = folded.work.tallies.groups;
    let sizes = sizes(&groups).into_iter();
    let values = top::largest(sizes, |code| prepared.text(0, code), kept(spec));
    let others = values.into_iter().find(|one| one.0 == OTHER);
    Ok(Some(others.map_or_else(Vec::new, |others| others.1)))
}

/// How many rows there will be; `buckets` where they are over time.
pub(super) fn count(spec: &Funnel, groups: &[(String, Group)], buckets: Option<usize>) -> usize {
    match spec.rows {
        FunnelRows::Steps => groups.len() * spec.steps.len(),
        FunnelRows::OverTime => groups.len().saturating_mul(buckets.unwrap_or(0)),
        FunnelRows::TimeToConvert => groups.iter().map(|(_, group)| classes_of(group)).sum(),
    }
}

/// The class of a time to convert.
fn class_of(took_ms: i64) -> usize {
    CLASSES_MS.partition_point(|&from| from <= took_ms) - 1
}

/// Classes of a group that have rows: up to the last with somebody in it.
fn classes_of(group: &Group) -> usize {
    let longest = group.converted_ms.iter().max();
    longest.map_or(1, |&longest| class_of(longest) + 1)
}

/// The class of the time to convert that begins at a time.
pub(super) fn class_from(from_ms: i64) -> Option<(i64, i64)> {
    let class = CLASSES_MS.binary_search(&from_ms).ok()?;
    Some((
        from_ms,
        CLASSES_MS.get(class + 1).copied().unwrap_or(i64::MAX),
    ))
}

/// What the counting columns are called.
pub(super) const fn counted(by: CountedBy) -> &'static str {
    match by {
        CountedBy::Persons => "persons",
        CountedBy::Sessions => "sessions",
        CountedBy::Accounts => "accounts",
    }
}

fn begin(answer: &mut Answer, spec: &Funnel) {
    if let Some(name) = fact_column(spec.breakdown.as_ref()) {
        answer.columns.push(column(&name, Unit::Text));
    }
}

fn begun(spec: &Funnel, value: &str) -> Vec<Cell> {
    match &spec.breakdown {
        Some(_) => vec![Cell::Text(value.to_owned())],
        None => Vec::new(),
    }
}

fn share(of: u64, whole: u64) -> Cell {
    if whole == 0 {
        return Cell::MISSING;
    }
    Cell::Number(of as f64 / whole as f64)
}

/// One row per value and step.
pub(super) fn steps(answer: &mut Answer, spec: &Funnel, groups: &[(String, Group)]) {
    begin(answer, spec);
    answer.columns.extend([
        column("step", Unit::Count),
        column("label", Unit::Text),
        column(counted(spec.by), Unit::Count),
        column("share", Unit::Share),
        column("share_of_previous", Unit::Share),
        column("dropped", Unit::Count),
        column("median_time", Unit::Ms),
        column("average_time", Unit::Ms),
    ]);
    for (value, group) in groups {
        let first = group.steps[0].reached;
        let mut before = first;
        for (index, step) in group.steps.iter().enumerate() {
            let spec_step = &spec.steps[index];
            let label = match (&spec_step.label, spec.order) {
                (_, StepOrder::Any) => format!("{} of {}", index + 1, spec.steps.len()),
                (Some(label), _) => label.clone(),
                (None, _) if spec_step.events.is_empty() => "any event".to_owned(),
                (None, _) => spec_step.events.join(" or "),
            };
            let reached = step.reached;
            let dropped = match spec_step.optional {
                true => 0,
                false => before - reached,
            };
            let mut row = begun(spec, value);
            row.extend([
                Cell::Count(index as i64 + 1),
                Cell::Text(label),
                Cell::Count(reached as i64),
                share(reached, first),
                share(reached, before),
                Cell::Count(dropped as i64),
                median(&step.took_ms),
                mean(&step.took_ms),
            ]);
            answer.rows.push(row);
            if !spec_step.optional {
                before = reached;
            }
        }
    }
}

/// One row per interval and value.
pub(super) fn over_time(
    answer: &mut Answer,
    spec: &Funnel,
    groups: &[(String, Group)],
    starts: &[i64],
) {
    answer.columns.push(column("time", Unit::TimeMs));
    begin(answer, spec);
    answer.columns.extend([
        column("entered", Unit::Count),
        column("converted", Unit::Count),
        column("share", Unit::Share),
    ]);
    for (bucket, &start_ms) in starts.iter().enumerate() {
        for (value, group) in groups {
            let [entered, converted] = group.over_time.get(bucket).copied().unwrap_or_default();
            let mut row = vec![Cell::Count(start_ms)];
            row.extend(begun(spec, value));
            row.extend([
                Cell::Count(entered as i64),
                Cell::Count(converted as i64),
                share(converted, entered),
            ]);
            answer.rows.push(row);
        }
    }
}

/// One row per value and class of time, up to the last class with somebody in it.
pub(super) fn time_to_convert(answer: &mut Answer, spec: &Funnel, groups: &[(String, Group)]) {
    begin(answer, spec);
    answer.columns.extend([
        column("from_time", Unit::Ms),
        column("to_time", Unit::Ms),
        column("converted", Unit::Count),
        column("share", Unit::Share),
    ]);
    for (value, group) in groups {
        let mut counts = [0u64; CLASSES_MS.len()];
        for &took_ms in &group.converted_ms {
            counts[class_of(took_ms)] += 1;
        }
        let all = group.converted_ms.len() as u64;
        for class in 0..classes_of(group) {
            let mut row = begun(spec, value);
            let to = CLASSES_MS.get(class + 1);
            row.extend([
                Cell::Count(CLASSES_MS[class]),
                to.map_or(Cell::MISSING, |&to| Cell::Count(to)),
                Cell::Count(counts[class] as i64),
                share(counts[class], all),
            ]);
            answer.rows.push(row);
        }
    }
}
