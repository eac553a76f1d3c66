//! Totals, trends and breakdowns that are asked at once of the same events: one pass over the
//! timelines counts for all of them, which costs little more than for one.
//!
//! A screen asks a dozen such questions, which differ in what they divide by. What they must have in
//! common is whatever decides which events and sessions count: period, comparison, time zone, filters
//! and senders.

use std::collections::BTreeMap;

use hitmetrix_model::{Answer, QuestionKind, ResolvedPeriod, limits};

use crate::buckets::BucketTable;
use crate::count::{Counting, GroupBy};
use crate::counts::Counts;
use crate::kept::{self, Task};
use crate::period::Buckets;
use crate::query::{Counted, Prepared, Query};
use crate::quick::Quick;
use crate::wanted::Wanted;
use crate::{AskError, breakdown, totals, trend};

/// What a question divides its counts by.
#[derive(Debug)]
pub(crate) enum Divided {
    /// Nothing.
    Whole,
    /// Buckets of time.
    Time(Buckets),
    /// The values of a dimension: the place among the session's facts, if they are such, and the
    /// lane whose dictionary has their texts.
    Values { place: Option<usize>, lane: usize },
}

/// Whether a question may be counted with others.
pub(crate) fn is_counted(query: &Query<'_>) -> bool {
    match query.question.kind {
        QuestionKind::Totals | QuestionKind::Breakdown => true,
        QuestionKind::Trend => query.question.trend.is_none(),
        _ => false,
    }
}

/// Whether two questions of counts are about the same events in the same periods.
pub(crate) fn are_of_same_events(one: &Query<'_>, other: &Query<'_>) -> bool {
    let (left, right) = (one.question, other.question);
    let periods = |query: &Query<'_>| (query.period(), query.resolved.previous);
    periods(one) == periods(other)
        && left.time_zone == right.time_zone
        && left.filters == right.filters
        && left.bots == right.bots
}

/// Answers one question of counts.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let answer = answers(&[query]).pop();
    answer.expect("there is an answer for each question")
}

/// Answers questions of counts about the same events, in their order.
pub(crate) fn answers(queries: &[&Query<'_>]) -> Vec<Result<Answer, AskError>> {
    let mut wanted = queries[0].wanted();
    let divided: Vec<Result<Divided, AskError>> = queries
        .iter()
        .map(|query| divided(query, &mut wanted))
        .collect();
    let spared = queries.iter().map(|query| query.spared());
    wanted.spares = spared.reduce(crate::columns::Spared::and);
    let prepared = match queries[0].prepare(wanted) {
        Ok(prepared) => prepared,
        Err(error) => return queries.iter().map(|_| Err(error.clone())).collect(),
    };
    if queries.len() > 1 && !prepared.columns.missing.is_empty() {
        // What one of them cannot read the others may not need.
        return queries.iter().map(|query| answer(query)).collect();
    }
    let grouped: Vec<Result<(Divided, [GroupBy; 2]), AskError>> = queries
        .iter()
        .zip(divided)
        .map(|(query, divided)| {
            let divided = divided?;
            let groups = groups(query, &divided, &prepared)?;
            Ok((divided, groups))
        })
        .collect();
    let asked: BTreeMap<usize, &[GroupBy; 2]> = grouped
        .iter()
        .enumerate()
        .filter_map(|(place, grouped)| Some((place, &grouped.as_ref().ok()?.1)))
        .collect();
    let counted = count(queries, &prepared, &asked);
    let mut counted = match counted {
        Ok(counted) => counted,
        Err(error) => return queries.iter().map(|_| Err(error.clone())).collect(),
    };
    let answer = |(place, grouped): (usize, Result<(Divided, _), AskError>)| {
        let (divided, _) = grouped?;
        let counted = counted.remove(&place).unwrap_or_default();
        let query = queries[place];
        Ok(match divided {
            Divided::Whole => totals::rows(query, &prepared, &counted),
            Divided::Time(buckets) => trend::rows(query, &prepared, (&counted, &buckets)),
            Divided::Values { lane, .. } => breakdown::rows(query, &prepared, (&counted, lane)),
        })
    };
    grouped.into_iter().enumerate().map(answer).collect()
}

fn divided(query: &Query<'_>, wanted: &mut Wanted) -> Result<Divided, AskError> {
    Ok(match query.question.kind {
        QuestionKind::Trend => Divided::Time(query.resolved.buckets(query.question.interval)?),
        QuestionKind::Breakdown => {
            let dimension = query.question.dimension.ok_or(AskError::NoDimension)?;
            let (place, lane) = breakdown::lane_of(dimension, wanted);
            Divided::Values { place, lane }
        }
        _ => Divided::Whole,
    })
}

/// The groups of the period and of the one before.
fn groups(
    query: &Query<'_>,
    divided: &Divided,
    prepared: &Prepared<'_>,
) -> Result<[GroupBy; 2], AskError> {
    Ok(match divided {
        Divided::Whole => [GroupBy::All, GroupBy::All],
        Divided::Time(buckets) => {
            let table =
                |starts: &[i64], to_ms| GroupBy::Time(BucketTable::new(starts.to_vec(), to_ms));
            let before_ms = query.resolved.earlier_to_ms();
            [
                table(&buckets.starts, query.period().to_ms),
                table(&buckets.previous_starts, before_ms),
            ]
        }
        &Divided::Values { place, lane } => {
            let values = prepared.columns.dictionaries[lane].len();
            if values > limits::BREAKDOWN_VALUES {
                let dimension = query.question.dimension.ok_or(AskError::NoDimension)?;
                return Err(AskError::TooManyDistinct {
                    dimension,
                    given: values,
                });
            }
            let group_by = match place {
                Some(place) => GroupBy::SessionValue { place, values },
                None => GroupBy::EventValue { lane, values },
            };
            [group_by.clone(), group_by]
        }
    })
}

/// Counts each question's measures in both periods, by the question's place.
fn count(
    queries: &[&Query<'_>],
    prepared: &Prepared<'_>,
    asked: &BTreeMap<usize, &[GroupBy; 2]>,
) -> Result<BTreeMap<usize, Counted>, AskError> {
    let mut all: BTreeMap<usize, Counted> = BTreeMap::new();
    let now = queries[0].period();
    let asked_now = asked.iter().map(|(place, groups)| (*place, &groups[0]));
    for (place, (counts, rows)) in
        count_in(queries, prepared, (now, now.to_ms, asked_now.collect()))?
    {
        let counted = all.entry(place).or_default();
        counted.now = counts;
        counted.rows_scanned += rows;
    }
    let Some(previous) = queries[0].resolved.previous else {
        return Ok(all);
    };
    let before = asked.iter().map(|(place, groups)| (*place, &groups[1]));
    let end_ms = queries[0].resolved.earlier_to_ms();
    let of = (previous, end_ms, before.collect());
    for (place, (counts, rows)) in count_in(queries, prepared, of)? {
        let counted = all.entry(place).or_default();
        counted.before = Some(counts);
        counted.rows_scanned += rows;
    }
    Ok(all)
}

/// Counts in one period, with how many events were looked at.
fn count_in(
    queries: &[&Query<'_>],
    prepared: &Prepared<'_>,
    (period, end_ms, asked): (ResolvedPeriod, i64, Vec<(usize, &GroupBy)>),
) -> Result<BTreeMap<usize, (Counts, u64)>, AskError> {
    let mut all = BTreeMap::new();
    let mut places = Vec::new();
    let mut tasks = Vec::new();
    for (place, group_by) in asked {
        let query = queries[place];
        let measurements = query.measurements();
        let quick = Quick {
            period,
            group_by,
            measurements,
        };
        if let Some(counted) = quick.count(query, prepared)? {
            all.insert(place, counted);
            continue;
        }
        let measures = &query.question.measures;
        let by_name = prepared.filters_names_only && query.filters.nested.is_none();
        let counting = Counting::new(period, group_by.clone(), measures, &prepared.plan)
            .with_measurements(measurements)
            .by_name(by_name);
        places.push(place);
        tasks.push(Task { query, counting });
    }
    while !tasks.is_empty() {
        let pass: Vec<Task<'_>> = tasks.drain(..fitting(&tasks)).collect();
        let (counts, rows) = kept::count((prepared, period, end_ms), pass)?;
        for (place, counts) in places.drain(..counts.len()).zip(counts) {
            all.insert(place, (counts, rows));
        }
    }
    Ok(all)
}

/// How many of some countings one pass takes: all their groups are held at once, by each thread.
fn fitting(tasks: &[Task<'_>]) -> usize {
    let mut groups = 0;
    let fits = tasks.iter().take_while(|task| {
        groups += task.counting.groups();
        groups <= limits::BREAKDOWN_VALUES
    });
    fits.count().max(1)
}
