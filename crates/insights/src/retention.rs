//! Retention: of those who began in an interval, how many came back in each later one.
//!
//! A person's start and return events are bits per interval; a cohort's row is the number of
//! persons and, for each distance in intervals, how many of them returned.

use std::ptr;

use hitmetrix_model::{Answer, Cell, CellAddress, CohortMode, Retention, ReturnOn, limits};

use crate::AskError;
use crate::marks::Marked;
use crate::people::unknown_column;
use crate::period::Buckets;
use crate::presence::{
    Bits, Over, Reach, Seen, Tallied, Tally, counts, intervals, named_column, nobody, row_of,
    tally, times,
};
use crate::query::{Prepared, Query};

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
    /// The cell whose people are wanted.
    watched: Option<Watched>,
}

/// A cell whose people are wanted: of the cohorts from one to before another, at a distance.
#[derive(Debug, Clone, Copy)]
struct Watched {
    from: usize,
    to: usize,
    distance: usize,
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
    let now = Over::period(query, (&buckets.starts, *reach));
    let mut tallied = cohorts.count(query, prepared, now)?;
    let mut before = None;
    if let Some(over) = Over::previous(query, (&buckets.previous_starts, *reach)) {
        let earlier = cohorts.as_many_as(over.starts.len());
        let counted = earlier.count(query, prepared, over)?;
        tallied.rows += counted.rows;
        before = Some((over, counted));
    }
    let mut answer = query.answer(tallied.scanned(prepared));
    answer.interval = Some(buckets.interval);
    answer.columns.extend(times(query, "cohort"));
    answer.columns.extend(counts(query, &["persons"]));
    for distance in 1..cohorts.width {
        answer.columns.extend(counts(query, &[&name_of(distance)]));
    }
    let cell = |(over, counts): (&Over<'_>, &[u64]), cohort: usize, distance: usize| {
        let place = cohort + distance;
        if place >= over.starts.len() {
            return Cell::MISSING;
        }
        let count = counts[cohort * cohorts.width + distance];
        match over.has_begun(place, query.now_ms) || count > 0 {
            true => Cell::Count(count as i64),
            false => Cell::MISSING,
        }
    };
    for (cohort, (&start, &pair)) in buckets.starts.iter().zip(&buckets.pairs).enumerate() {
        let mut cells = vec![Cell::Count(start)];
        if before.is_some() {
            let start = pair.map(|pair| buckets.previous_starts[pair]);
            cells.push(start.map_or(Cell::MISSING, Cell::Count));
        }
        for distance in 0..cohorts.width {
            cells.push(cell((&now, &tallied.counts), cohort, distance));
            if let Some((over, counted)) = &before {
                let of_pair = |pair| cell((over, &counted.counts), pair, distance);
                cells.push(pair.map_or(Cell::MISSING, of_pair));
            }
        }
        answer.rows.push(cells);
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of a retention's answer, or, where the row names no cohort, behind a
/// column: those of all cohorts.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let Compiled {
        prepared,
        buckets,
        reach,
        mut cohorts,
    } = compile(query)?;
    let cohort = match cell.row.is_empty() {
        true => None,
        false => Some(row_of(&buckets.starts, cell, "cohort")?),
    };
    let (column, is_previous) = named_column(query, cell);
    let distance = distance_of(column).filter(|&one| one < cohorts.width);
    let distance = distance.ok_or_else(|| {
        let last = name_of(cohorts.width - 1);
        let intervals = if cohorts.width > 1 {
            vec!["persons", "interval_1", &last]
        } else {
            vec!["persons"]
        };
        unknown_column(cell, &intervals)
    })?;
    let mut over = Over::period(query, (&buckets.starts, reach));
    let (mut from, mut to) = cohort.map_or((0, buckets.starts.len()), |one| (one, one + 1));
    if let Some(earlier) = Over::previous(query, (&buckets.previous_starts, reach))
        && is_previous
    {
        over = earlier;
        cohorts = cohorts.as_many_as(over.starts.len());
        (from, to) = match cohort.map(|one| buckets.pairs[one]) {
            None => (0, over.starts.len()),
            Some(None) => return Ok(nobody(query, &prepared, limit)),
            Some(Some(paired)) => (paired, paired + 1),
        };
    }
    cohorts.watched = Some(Watched { from, to, distance });
    let tallied = tally(query, &prepared, over, &cohorts)?;
    let scanned = tallied.scanned(&prepared);
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
    /// The same for so many intervals.
    fn as_many_as(&self, cohorts: usize) -> Self {
        Self { cohorts, ..*self }
    }

    fn count(
        &self,
        query: &Query<'_>,
        prepared: &Prepared<'_>,
        over: Over<'_>,
    ) -> Result<Tallied, AskError> {
        let mut tallied = tally(query, prepared, over, self)?;
        self.settle(&mut tallied.counts);
        Ok(tallied)
    }

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
        let Some(Watched { from, to, distance }) = self.watched else {
            return;
        };
        // What has not come for a cohort is behind no cell of its row.
        let to = to.min(self.cohorts.saturating_sub(distance));
        for cohort in (from..to).filter(|&one| self.is_in(one, &seen.bits[self.start])) {
            let place = cohort + distance;
            let marked = match (distance, self.on) {
                (0, _) => seen.first(self.start, place..place + 1),
                (_, ReturnOn::Exactly) => seen.first(self.back, place..place + 1),
                (_, ReturnOn::OnOrAfter) => seen.first(self.back, place..usize::MAX),
            };
            // One event may be the next return after several starts.
            if let Some(one) = marked
                && !found.last().is_some_and(|&last| ptr::eq(last, one))
            {
                found.push(one);
            }
        }
    }
}
