//! Lifecycle: who is new in an interval, who goes on, who is back, and who has stayed away.
//!
//! Each is told by three things: whether a person is active in the interval, in the one before,
//! and at any time before. The interval before the period stands in front of the period's own, so
//! that the first of these is counted like the others.

use hitmetrix_model::{Answer, Cell, CellAddress, Interval, Lifecycle};

use crate::AskError;
use crate::marks::Marked;
use crate::people::unknown_column;
use crate::period::Buckets;
use crate::presence::{
    Bits, Ones, Over, Reach, Seen, Tally, counts, intervals, named_column, nobody, row_of, tally,
    times,
};
use crate::query::{Prepared, Query};
use crate::zone;

/// The columns, in their order.
const COLUMNS: [&str; 4] = ["new", "returning", "resurrecting", "dormant"];
const NEW: usize = 0;
const RETURNING: usize = 1;
const RESURRECTING: usize = 2;
const DORMANT: usize = 3;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Counts are rows of [`COLUMNS`], one per interval and one more in front and behind; those of
/// these two mean nothing.
struct Phases {
    /// How many intervals, with the one in front.
    intervals: usize,
    /// Place and column of the cell whose people are wanted.
    watched: Option<(usize, usize)>,
}

struct Compiled<'q> {
    prepared: Prepared<'q>,
    buckets: Buckets,
    /// The first is that of the interval before the period.
    starts: Vec<i64>,
    /// The same of the earlier period; empty without comparison.
    previous_starts: Vec<i64>,
}

/// The answer to a question of kind `lifecycle`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let Compiled {
        prepared,
        buckets,
        starts,
        previous_starts,
    } = compile(query)?;
    let now = Over::period(query, (&starts, Reach::Ever));
    let mut tallied = tally(query, &prepared, now, &Phases::of(&starts))?;
    let mut before = None;
    if let Some(over) = Over::previous(query, (&previous_starts, Reach::Ever)) {
        let counted = tally(query, &prepared, over, &Phases::of(over.starts))?;
        tallied.rows += counted.rows;
        before = Some((over, counted));
    }
    let mut answer = query.answer(tallied.scanned(&prepared));
    answer.interval = Some(buckets.interval);
    answer.columns.extend(times(query, "time"));
    answer.columns.extend(counts(query, &COLUMNS));
    let cell = |(over, counts): (&Over<'_>, &[u64]), place: usize, column: usize| {
        let count = counts[place * COLUMNS.len() + column];
        match over.has_begun(place, query.now_ms) || (count > 0 && column != DORMANT) {
            true => Cell::Count(count as i64),
            false => Cell::MISSING,
        }
    };
    for (place, (&start, &pair)) in buckets.starts.iter().zip(&buckets.pairs).enumerate() {
        let mut cells = vec![Cell::Count(start)];
        if before.is_some() {
            let start = pair.map(|pair| buckets.previous_starts[pair]);
            cells.push(start.map_or(Cell::MISSING, Cell::Count));
        }
        for column in 0..COLUMNS.len() {
            cells.push(cell((&now, &tallied.counts), place + 1, column));
            if let Some((over, counted)) = &before {
                let of_pair = |pair| cell((over, &counted.counts), pair + 1, column);
                cells.push(pair.map_or(Cell::MISSING, of_pair));
            }
        }
        answer.rows.push(cells);
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of a lifecycle's answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let Compiled {
        prepared,
        buckets,
        starts,
        previous_starts,
    } = compile(query)?;
    let row = row_of(&buckets.starts, cell, "time")?;
    let (name, is_previous) = named_column(query, cell);
    let column = COLUMNS.iter().position(|&column| column == name);
    let column = column.ok_or_else(|| unknown_column(cell, &COLUMNS))?;
    let mut over = Over::period(query, (&starts, Reach::Ever));
    let mut place = Some(row);
    if let Some(earlier) = Over::previous(query, (&previous_starts, Reach::Ever))
        && is_previous
    {
        (over, place) = (earlier, buckets.pairs[row]);
    }
    // Nobody has stayed away from an interval that has not begun.
    let is_there = |&place: &usize| column != DORMANT || over.has_begun(place, query.now_ms);
    let Some(place) = place.map(|place| place + 1).filter(is_there) else {
        return Ok(nobody(query, &prepared, limit));
    };
    let phases = Phases {
        watched: Some((place, column)),
        ..Phases::of(over.starts)
    };
    let tallied = tally(query, &prepared, over, &phases)?;
    let scanned = tallied.scanned(&prepared);
    Ok(tallied.people.answer(query, scanned, limit))
}

fn compile<'q>(query: &Query<'q>) -> Result<Compiled<'q>, AskError> {
    let usual = Lifecycle::default();
    let spec = query.question.lifecycle.as_ref().unwrap_or(&usual);
    let buckets = intervals(query)?;
    let mut wanted = query.wanted();
    wanted.selection(&spec.active, "lifecycle.active")?;
    let with_one_before = |starts: &[i64], from_ms: i64| {
        let first = start_before(query, buckets.interval, from_ms)?;
        Ok::<_, AskError>([&[first], starts].concat())
    };
    let starts = with_one_before(&buckets.starts, query.period().from_ms)?;
    let previous_starts = match query.resolved.previous {
        Some(previous) => with_one_before(&buckets.previous_starts, previous.from_ms)?,
        None => Vec::new(),
    };
    Ok(Compiled {
        prepared: Reach::Ever.prepare(query, wanted)?,
        buckets,
        starts,
        previous_starts,
    })
}

/// The beginning of the calendar interval that the last millisecond before a period lies in.
fn start_before(query: &Query<'_>, interval: Interval, from_ms: i64) -> Result<i64, AskError> {
    let enough_ms = match interval {
        Interval::Minute | Interval::Hour | Interval::Day => 3 * DAY_MS,
        Interval::Week => 15 * DAY_MS,
        Interval::Month => 63 * DAY_MS,
    };
    let span = (from_ms - enough_ms, from_ms);
    let starts = zone::bucket_starts(&query.resolved.zone, span, interval, usize::MAX)?;
    let last = starts.and_then(|starts| starts.last().copied());
    Ok(last.unwrap_or(from_ms))
}

impl Phases {
    /// Over intervals of which the first is the one in front.
    fn of(starts: &[i64]) -> Self {
        Self {
            intervals: starts.len(),
            watched: None,
        }
    }

    /// What a person is in an interval.
    fn phase(bits: &Bits, place: usize) -> Option<usize> {
        let was = bits.has(place - 1);
        match (bits.has(place), was) {
            (true, true) => Some(RETURNING),
            (true, false) if bits.before || bits.first() < Some(place) => Some(RESURRECTING),
            (true, false) => Some(NEW),
            (false, true) => Some(DORMANT),
            (false, false) => None,
        }
    }
}

impl Tally for Phases {
    fn cells(&self) -> usize {
        (self.intervals + 1) * COLUMNS.len()
    }

    fn add(&self, counts: &mut [u64], bits: &[Bits]) {
        let bits = &bits[0];
        let mut is_known = bits.before;
        let mut carry = 0;
        for (index, &active) in bits.words().iter().enumerate() {
            let was = active << 1 | carry;
            carry = active >> 63;
            let mut add = |word: u64, column: usize| {
                for place in Ones::of(word, index * 64) {
                    counts[place * COLUMNS.len() + column] += 1;
                }
            };
            let begun = active & !was;
            let new = if is_known {
                0
            } else {
                begun & begun.wrapping_neg()
            };
            is_known |= active != 0;
            add(new, NEW);
            add(active & was, RETURNING);
            add(begun & !new, RESURRECTING);
            add(was & !active, DORMANT);
        }
    }

    fn watches(&self) -> bool {
        self.watched.is_some()
    }

    fn contribute<'s>(&self, seen: &Seen<'s>, found: &mut Vec<&'s Marked>) {
        let watched = self.watched.filter(|&(place, _)| place < self.intervals);
        let Some((place, column)) = watched else {
            return;
        };
        if Self::phase(&seen.bits[0], place) == Some(column) {
            found.extend(match column {
                DORMANT => seen.last(0, place - 1..place),
                _ => seen.first(0, place..place + 1),
            });
        }
    }
}
