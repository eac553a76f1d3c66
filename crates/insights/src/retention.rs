//! Retention: of those who began in an interval, how many came back in each later one.
//!
//! A person's start and return events are bits per interval; a cohort's row is the number of
//! persons and, for each distance in intervals, how many of them returned.

use hitmetrix_model::{Answer, Cell, CellAddress, CohortMode, Retention, ReturnOn, Unit, limits};

use crate::AskError;
use crate::marks::Marked;
use crate::people::unknown_column;
use crate::period::Buckets;
use crate::presence::{Bits, Reach, Seen, Tally, counts, intervals, row_of, tally};
use crate::query::{Prepared, Query, column};

/// Cohorts by intervals. The counts are rows of `width`: persons, then who returned after one
/// interval, two, and so on.
struct Cohorts {
    mode: CohortMode,
    on: ReturnOn,
    /// Bits of the selections.
    start: usize,
    back: usize,
    cohorts: usize,
    width: usize,
    /// Cohort and column of the cell whose people are wanted.
    watched: Option<(usize, usize)>,
}

/// A question of retention, compiled.
struct Compiled<'q> {
    prepared: Prepared<'q>,
    buckets: Buckets,
    reach: Reach,
    cohorts: Cohorts,
}

/// The answer to a question of kind `retention`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let compiled = compile(query)?;
    let Compiled {
        prepared,
        buckets,
        reach,
        cohorts,
    } = &compiled;
    let mut tallied = tally(query, prepared, (&buckets.starts, *reach), cohorts)?;
    cohorts.settle(&mut tallied.counts);
    let mut answer = query.answer(tallied.scanned(prepared));
    answer.interval = Some(buckets.interval);
    answer.columns.push(column("cohort", Unit::TimeMs));
    answer.columns.extend(counts(&["persons"]));
    for distance in 1..cohorts.width {
        answer.columns.extend(counts(&[&name_of(distance)]));
    }
    let rows = tallied.counts.chunks_exact(cohorts.width);
    for (cohort, (&start, row)) in buckets.starts.iter().zip(rows).enumerate() {
        let mut cells = vec![Cell::Count(start)];
        for (distance, &count) in row.iter().enumerate() {
            let has_begun = |&start: &i64| start <= query.now_ms || count > 0;
            let is_there = buckets.starts.get(cohort + distance).is_some_and(has_begun);
            cells.push(if is_there {
                Cell::Count(count as i64)
            } else {
                Cell::MISSING
            });
        }
        answer.rows.push(cells);
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of a retention's answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let mut compiled = compile(query)?;
    let starts = &compiled.buckets.starts;
    let cohort = row_of(starts, cell, "cohort")?;
    let distance = distance_of(&cell.column).filter(|&one| one < compiled.cohorts.width);
    let distance = distance.ok_or_else(|| {
        let last = name_of(compiled.cohorts.width - 1);
        let intervals = if compiled.cohorts.width > 1 {
            vec!["persons", "interval_1", &last]
        } else {
            vec!["persons"]
        };
        unknown_column(cell, &intervals)
    })?;
    compiled.cohorts.watched = Some((cohort, distance));
    let tallied = tally(
        query,
        &compiled.prepared,
        (starts, compiled.reach),
        &compiled.cohorts,
    )?;
    let scanned = tallied.scanned(&compiled.prepared);
    Ok(tallied.people.answer(query, scanned, limit))
}

fn name_of(distance: usize) -> String {
    format!("interval_{distance}")
}

fn distance_of(column: &str) -> Option<usize> {
    if column == "persons" {
        return Some(0);
    }
    let distance = column.strip_prefix("interval_")?.parse().ok()?;
    (name_of(distance) == column && distance > 0).then_some(distance)
}

fn compile<'q>(query: &Query<'q>) -> Result<Compiled<'q>, AskError> {
    let usual = Retention::default();
    let spec = query.question.retention.as_ref().unwrap_or(&usual);
    let buckets = intervals(query)?;
    let most = limits::RETENTION_INTERVALS;
    let shown = match spec.intervals {
        Some(given) if !(1..=most).contains(&(given as usize)) => {
            let (given, most) = (i64::from(given), most as i64);
            let least = 1;
            return Err(AskError::OutOfBounds { given, least, most }.at("retention.intervals"));
        }
        Some(given) => given as usize,
        None if buckets.starts.len() > most + 1 => {
            let given = buckets.starts.len() - 1;
            return Err(AskError::TooManyIntervals { given }.at("retention.intervals"));
        }
        None => buckets.starts.len().saturating_sub(1),
    };
    let mut wanted = query.wanted();
    let start = wanted.selection(&spec.start, "retention.start")?;
    let back = if spec.return_to == spec.start {
        start
    } else {
        wanted.selection(&spec.return_to, "retention.return")?
    };
    let reach = match spec.mode {
        CohortMode::FirstTime => Reach::Ever,
        CohortMode::Recurring => Reach::Period,
    };
    Ok(Compiled {
        prepared: reach.prepare(query, wanted)?,
        reach,
        cohorts: Cohorts {
            mode: spec.mode,
            on: spec.on,
            start,
            back,
            cohorts: buckets.starts.len(),
            width: shown + 1,
            watched: None,
        },
        buckets,
    })
}

impl Cohorts {
    fn add_to(&self, counts: &mut [u64], cohort: usize, back: &Bits) {
        let row = &mut counts[cohort * self.width..][..self.width];
        row[0] += 1;
        match self.on {
            ReturnOn::Exactly => {
                for place in back.ones(cohort + 1) {
                    match row.get_mut(place - cohort) {
                        Some(count) => *count += 1,
                        None => break,
                    }
                }
            }
            // Only the last return is noted; all intervals up to it follow in the end.
            ReturnOn::OnOrAfter => {
                if let Some(last) = back.last().filter(|&last| last > cohort) {
                    let distance = (last - cohort).min(self.width - 1);
                    row[distance] += u64::from(distance > 0);
                }
            }
        }
    }

    /// Spreads the last returns over the intervals before them.
    fn settle(&self, counts: &mut [u64]) {
        if self.on == ReturnOn::Exactly {
            return;
        }
        for row in counts.chunks_exact_mut(self.width) {
            for distance in (1..self.width - 1).rev() {
                row[distance] += row[distance + 1];
            }
        }
    }

    fn is_in(&self, cohort: usize, start: &Bits) -> bool {
        match self.mode {
            CohortMode::FirstTime => !start.before && start.first() == Some(cohort),
            CohortMode::Recurring => start.has(cohort),
        }
    }
}

impl Tally for Cohorts {
    fn cells(&self) -> usize {
        self.cohorts * self.width
    }

    fn add(&self, counts: &mut [u64], bits: &[Bits]) {
        let (start, back) = (&bits[self.start], &bits[self.back]);
        match self.mode {
            CohortMode::FirstTime if start.before => {}
            CohortMode::FirstTime => {
                if let Some(cohort) = start.first() {
                    self.add_to(counts, cohort, back);
                }
            }
            CohortMode::Recurring => {
                for cohort in start.ones(0) {
                    self.add_to(counts, cohort, back);
                }
            }
        }
    }

    fn is_only_of_new(&self) -> bool {
        self.mode == CohortMode::FirstTime
    }

    fn watches(&self) -> bool {
        self.watched.is_some()
    }

    fn contribute<'s>(&self, seen: &Seen<'s>, found: &mut Vec<&'s Marked>) {
        let Some((cohort, distance)) = self.watched else {
            return;
        };
        if !self.is_in(cohort, &seen.bits[self.start]) {
            return;
        }
        let place = cohort + distance;
        found.extend(match (distance, self.on) {
            (0, _) => seen.first(self.start, place..place + 1),
            (_, ReturnOn::Exactly) => seen.first(self.back, place..place + 1),
            (_, ReturnOn::OnOrAfter) => seen.first(self.back, place..usize::MAX),
        });
    }
}
