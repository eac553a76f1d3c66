//! The rows of a funnel's answer.

use hitmetrix_model::{Answer, Cell, CountedBy, Funnel, FunnelRows, StepOrder, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Group, Passes, fact_column};
use crate::AskError;
use crate::query::{Prepared, column, previous_name};
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

/// The earlier groups of the rows: each value against itself, all others against all others.
pub(super) fn before(
    prepared: &Prepared<'_>,
    earlier: FxHashMap<u32, Group>,
    (spec, now): (&Funnel, &[(String, Group)]),
) -> Vec<Group> {
    let mut before: Vec<Group> = now
        .iter()
        .map(|_| Group {
            steps: vec![super::Step::default(); spec.steps.len()],
            ..Group::default()
        })
        .collect();
    let places: FxHashMap<&str, usize> = now
        .iter()
        .enumerate()
        .map(|(place, (value, _))| (value.as_str(), place))
        .collect();
    for (code, group) in earlier {
        let place = match spec.breakdown {
            None => Some(0),
            Some(_) => places
                .get(&*prepared.text(0, code))
                .or_else(|| places.get(OTHER))
                .copied(),
        };
        if let Some(place) = place {
            before[place].merge(group);
        }
    }
    before
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
    passes: &Passes<'_>,
    spec: &Funnel,
    value: &str,
) -> Result<Option<Vec<u32>>, AskError> {
    let prepared = passes.prepared;
    let codes = 0..prepared.values(0) as u32;
    if value != OTHER {
        let of_value = codes.filter(|&code| prepared.text(0, code) == value);
        return Ok(Some(of_value.collect()));
    }
    let folded = passes.run(passes.query.period(), (None, None))?;
    let groups = folded.work.tallies.groups;
    let sizes = sizes(&groups).into_iter();
    let values = top::largest(sizes, |code| prepared.text(0, code), kept(spec));
    // In an earlier period others may be among them.
    let named: FxHashSet<&str> = values
        .iter()
        .map(|one| one.0.as_str())
        .filter(|&value| value != OTHER)
        .collect();
    let others = codes.filter(|&code| !named.contains(&*prepared.text(0, code)));
    Ok(Some(others.collect()))
}

/// What a column of an earlier period is called without it; none for other columns.
pub(super) fn compared(by: CountedBy, column: &str) -> Option<&'static str> {
    let all = [counted(by), "share", "share_of_previous", "dropped"];
    all.into_iter().find(|now| previous_name(now) == column)
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

/// One row per value and step; beside its numbers those of the earlier period, where there is one.
pub(super) fn steps(
    answer: &mut Answer,
    spec: &Funnel,
    (groups, before): (&[(String, Group)], Option<&[Group]>),
) {
    begin(answer, spec);
    answer
        .columns
        .extend([column("step", Unit::Count), column("label", Unit::Text)]);
    for (name, unit) in [
        (counted(spec.by), Unit::Count),
        ("share", Unit::Share),
        ("share_of_previous", Unit::Share),
        ("dropped", Unit::Count),
    ] {
        answer.columns.push(column(name, unit));
        if before.is_some() {
            answer.columns.push(column(&previous_name(name), unit));
        }
    }
    answer.columns.extend([
        column("median_time", Unit::Ms),
        column("average_time", Unit::Ms),
    ]);
    for (place, (value, group)) in groups.iter().enumerate() {
        let now = numbers(spec, group);
        let earlier = before.map(|before| numbers(spec, &before[place]));
        for (index, step) in group.steps.iter().enumerate() {
            let mut row = begun(spec, value);
            row.push(Cell::Count(index as i64 + 1));
            row.push(Cell::Text(label(spec, index)));
            for (number, cell) in now[index].iter().enumerate() {
                row.push(cell.clone());
                row.extend(earlier.as_ref().map(|rows| rows[index][number].clone()));
            }
            row.extend([median(&step.took_ms), mean(&step.took_ms)]);
            answer.rows.push(row);
        }
    }
}

/// What a step is called.
fn label(spec: &Funnel, index: usize) -> String {
    let step = &spec.steps[index];
    match (&step.label, spec.order) {
        (_, StepOrder::Any) => format!("{} of {}", index + 1, spec.steps.len()),
        (Some(label), _) => label.clone(),
        (None, _) if step.events.is_empty() => "any event".to_owned(),
        (None, _) => step.events.join(" or "),
    }
}

/// By step how many came there, as shares of those who began and of the step before, and how many
/// were lost before it.
fn numbers(spec: &Funnel, group: &Group) -> Vec<[Cell; 4]> {
    let first = group.steps[0].reached;
    let mut before = first;
    let steps = spec.steps.iter().zip(&group.steps);
    let rows = steps.map(|(spec, step)| {
        let reached = step.reached;
        let dropped = match spec.optional {
            true => 0,
            false => before - reached,
        };
        let row = [
            Cell::Count(reached as i64),
            share(reached, first),
            share(reached, before),
            Cell::Count(dropped as i64),
        ];
        if !spec.optional {
            before = reached;
        }
        row
    });
    rows.collect()
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
