//! Stickiness: how many persons are there in just one interval, in two, in three …

use hitmetrix_model::{Answer, Cell, CellAddress, Stickiness, Unit};

use crate::AskError;
use crate::marks::Marked;
use crate::people::{number_key, unknown_column};
use crate::period::Buckets;
use crate::presence::{Bits, Reach, Seen, Tally, counts, intervals, tally};
use crate::query::{Prepared, Query, column};

const COLUMNS: [&str; 2] = ["persons", "persons_at_least"];

/// Persons by the number of intervals in which they are active.
struct Numbers {
    intervals: usize,
    /// The numbers of the cell whose people are wanted, from and to, included.
    watched: Option<(usize, usize)>,
}

/// The answer to a question of kind `stickiness`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let (prepared, buckets, numbers) = compile(query)?;
    let tallied = tally(query, &prepared, (&buckets.starts, Reach::Period), &numbers)?;
    let mut answer = query.answer(tallied.scanned(&prepared));
    answer.interval = Some(buckets.interval);
    answer.columns.push(column("intervals", Unit::Count));
    answer.columns.extend(counts(&COLUMNS));
    let mut at_least = 0;
    for (number, &persons) in tallied.counts.iter().enumerate().skip(1).rev() {
        at_least += persons;
        let cells = [number as u64, persons, at_least];
        answer
            .rows
            .push(cells.map(|count| Cell::Count(count as i64)).to_vec());
    }
    answer.rows.reverse();
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of a stickiness' answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let (prepared, buckets, mut numbers) = compile(query)?;
    let number = usize::try_from(number_key(cell, "intervals")?).unwrap_or(0);
    if !(1..=numbers.intervals).contains(&number) {
        let column = "intervals".to_owned();
        return Err(AskError::RowKey { column });
    }
    numbers.watched = match cell.column.as_str() {
        "persons" => Some((number, number)),
        "persons_at_least" => Some((number, numbers.intervals)),
        _ => return Err(unknown_column(cell, &COLUMNS)),
    };
    let tallied = tally(query, &prepared, (&buckets.starts, Reach::Period), &numbers)?;
    let scanned = tallied.scanned(&prepared);
    Ok(tallied.people.answer(query, scanned, limit))
}

fn compile<'q>(query: &Query<'q>) -> Result<(Prepared<'q>, Buckets, Numbers), AskError> {
    let usual = Stickiness::default();
    let spec = query.question.stickiness.as_ref().unwrap_or(&usual);
    let buckets = intervals(query)?;
    let mut wanted = query.wanted();
    wanted.selection(&spec.active, "stickiness.active")?;
    let numbers = Numbers {
        intervals: buckets.starts.len(),
        watched: None,
    };
    Ok((Reach::Period.prepare(query, wanted)?, buckets, numbers))
}

impl Tally for Numbers {
    fn cells(&self) -> usize {
        self.intervals + 1
    }

    fn add(&self, counts: &mut [u64], bits: &[Bits]) {
        counts[bits[0].count()] += 1;
    }

    fn watches(&self) -> bool {
        self.watched.is_some()
    }

    fn contribute<'s>(&self, seen: &Seen<'s>, found: &mut Vec<&'s Marked>) {
        let Some((from, to)) = self.watched else {
            return;
        };
        let bits = &seen.bits[0];
        if (from..=to).contains(&bits.count()) {
            let active = bits.ones(0);
            found.extend(active.filter_map(|place| seen.first(0, place..place + 1)));
        }
    }
}
