//! The rows of a funnel's answer.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CountedBy, Funnel, StepOrder, Unit};
use rustc_hash::FxHashMap;

use super::attempt::Steps;
use super::{Group, fact_column};
use crate::AskError;
use crate::query::{Prepared, Query, column};
use crate::statistics::{mean, median};

/// Values of a fact that have rows of their own, unless said otherwise.
const TOP: u32 = 10;
/// What the others are called.
pub(crate) const OTHER: &str = "(other)";

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
    let mut named: Vec<(String, Group)> = groups
        .into_iter()
        .map(|(code, group)| (prepared.text(0, code).into_owned(), group))
        .collect();
    named.sort_by(|left, right| {
        let size = |one: &(String, Group)| Reverse(one.1.steps[0].reached);
        (size(left), &left.0).cmp(&(size(right), &right.0))
    });
    let kept = spec.top.unwrap_or(TOP) as usize;
    if named.len() <= kept {
        return named;
    }
    let mut other = Group::default();
    for (_, group) in named.drain(kept..) {
        other.merge(group);
    }
    named.push((OTHER.to_owned(), other));
    named
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
    let groups = super::run(query, prepared, (steps, None, None))?
        .work
        .groups;
    let mut sized: Vec<(Reverse<u64>, String, u32)> = groups
        .into_iter()
        .map(|(code, group)| {
            let size = Reverse(group.steps[0].reached);
            (size, prepared.text(0, code).into_owned(), code)
        })
        .collect();
    sized.sort();
    let kept = spec.top.unwrap_or(TOP) as usize;
    let mut others: Vec<u32> = sized.into_iter().skip(kept).map(|one| one.2).collect();
    others.sort_unstable();
    Ok(Some(others))
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
            counts[CLASSES_MS.partition_point(|&from| from <= took_ms) - 1] += 1;
        }
        let all = group.converted_ms.len() as u64;
        let last = counts.iter().rposition(|&count| count > 0);
        for class in 0..=last.unwrap_or(0) {
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
