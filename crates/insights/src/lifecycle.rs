//! Lifecycle: who is new in an interval, who goes on, who is back, and who has stayed away.
//!
//! Each is told by three things: whether a person is active in the interval, in the one before,
//! and at any time before. The interval before the period stands in front of the period's own, so
//! that the first of these is counted like the others.

use hitmetrix_model::{Answer, Cell, CellAddress, Interval, Lifecycle, Unit};

use crate::AskError;
use crate::marks::Marked;
use crate::people::unknown_column;
use crate::presence::{Bits, Ones, Reach, Seen, Tally, counts, intervals, row_of, tally};
use crate::query::{Prepared, Query, column};
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
    interval: Interval,
    /// The first is that of the interval before the period.
    starts: Vec<i64>,
    phases: Phases,
}

/// The answer to a question of kind `lifecycle`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let compiled = compile(query)?;
    let (prepared, starts) = (&compiled.prepared, &compiled.starts);
    let tallied = tally(query, prepared, (starts, Reach::Ever), &compiled.phases)?;
    let mut answer = query.answer(tallied.scanned(prepared));
    answer.interval = Some(compiled.interval);
    answer.columns.push(column("time", Unit::TimeMs));
    answer.columns.extend(counts(&COLUMNS));
    let rows = starts
        .iter()
        .zip(tallied.counts.chunks_exact(COLUMNS.len()));
    for (&start, row) in rows.skip(1) {
        let has_begun = start <= query.now_ms;
        let mut cells = vec![Cell::Count(start)];
        cells.extend(row.iter().enumerate().map(|(column, &count)| {
            if has_begun || (count > 0 && column != DORMANT) {
                Cell::Count(count as i64)
            } else {
                Cell::MISSING
            }
        }));
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
    let mut compiled = compile(query)?;
    let place = 1 + row_of(&compiled.starts[1..], cell, "time")?;
    let column = COLUMNS.iter().position(|&name| name == cell.column);
    let column = column.ok_or_else(|| unknown_column(cell, &COLUMNS))?;
    // Nobody has stayed away from an interval that has not begun.
    let is_missing = column == DORMANT && compiled.starts[place] > query.now_ms;
    let place = if is_missing { usize::MAX } else { place };
    compiled.phases.watched = Some((place, column));
    let (prepared, starts) = (&compiled.prepared, &compiled.starts);
    let tallied = tally(query, prepared, (starts, Reach::Ever), &compiled.phases)?;
    let scanned = tallied.scanned(prepared);
    Ok(tallied.people.answer(query, scanned, limit))
}

fn compile<'q>(query: &Query<'q>) -> Result<Compiled<'q>, AskError> {
    let usual = Lifecycle::default();
    let spec = query.question.lifecycle.as_ref().unwrap_or(&usual);
    let buckets = intervals(query)?;
    let mut wanted = query.wanted();
    wanted.selection(&spec.active, "lifecycle.active")?;
    let mut starts = vec![start_before(query, buckets.interval)?];
    starts.extend(buckets.starts);
    Ok(Compiled {
        prepared: Reach::Ever.prepare(query, wanted)?,
        interval: buckets.interval,
        phases: Phases {
            intervals: starts.len(),
            watched: None,
        },
        starts,
    })
}

/// The beginning of the calendar interval that the last millisecond before the period lies in.
fn start_before(query: &Query<'_>, interval: Interval) -> Result<i64, AskError> {
    let enough_ms = match interval {
        Interval::Minute | Interval::Hour | Interval::Day => 3 * DAY_MS,
        Interval::Week => 15 * DAY_MS,
        Interval::Month => 63 * DAY_MS,
    };
    let from_ms = query.period().from_ms;
    let span = (from_ms - enough_ms, from_ms);
    let starts = zone::bucket_starts(&query.resolved.zone, span, interval, usize::MAX)?;
    let last = starts.and_then(|starts| starts.last().copied());
    Ok(last.unwrap_or(from_ms))
}

impl Phases {
    /// What a person is in an interval.
    fn of(bits: &Bits, place: usize) -> Option<usize> {
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
        if Self::of(&seen.bits[0], place) == Some(column) {
            found.extend(match column {
                DORMANT => seen.last(0, place - 1..place),
                _ => seen.first(0, place..place + 1),
            });
        }
    }
}
