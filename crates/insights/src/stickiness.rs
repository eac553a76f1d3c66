//! Stickiness: how many persons are there in just one interval, in two, in three …

use hitmetrix_model::{Answer, Cell, CellAddress, Stickiness, Unit};

use crate::AskError;
use crate::marks::Marked;
use crate::people::{number_key, unknown_column};
use crate::period::Buckets;
use crate::presence::{Bits, Over, Reach, Seen, Tally, counts, intervals, named_column, tally};
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
    let over = Over::period(query, (&buckets.starts, Reach::Period));
    let mut tallied = tally(query, &prepared, over, &numbers)?;
    let mut before = None;
    if let Some(over) = Over::previous(query, (&buckets.previous_starts, Reach::Period)) {
        let earlier = tally(query, &prepared, over, &Numbers::of(over.starts))?;
        tallied.rows += earlier.rows;
        before = Some(earlier.counts);
    }
    let mut answer = query.answer(tallied.scanned(&prepared));
    answer.interval = Some(buckets.interval);
    answer.columns.push(column("intervals", Unit::Count));
    answer.columns.extend(counts(query, &COLUMNS));
    for number in 1..=numbers.intervals {
        let mut cells = vec![Cell::Count(number as i64)];
        for is_at_least in [false, true] {
            let persons = |counts: &Vec<u64>| {
                let of_number = counts.get(number..).unwrap_or_default();
                let of_number = of_number.iter().take(match is_at_least {
                    true => usize::MAX,
                    false => 1,
                });
                Cell::Count(of_number.sum::<u64>() as i64)
            };
            cells.push(persons(&tallied.counts));
            cells.extend(before.as_ref().map(persons));
        }
        answer.rows.push(cells);
    }
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
    let (column, is_previous) = named_column(query, cell);
    let mut over = Over::period(query, (&buckets.starts, Reach::Period));
    if let Some(earlier) = Over::previous(query, (&buckets.previous_starts, Reach::Period))
        && is_previous
    {
        over = earlier;
        numbers = Numbers::of(over.starts);
    }
    numbers.watched = match column {
        "persons" => Some((number, number)),
        "persons_at_least" => Some((number, numbers.intervals)),
        _ => return Err(unknown_column(cell, &COLUMNS)),
    };
    let tallied = tally(query, &prepared, over, &numbers)?;
    let scanned = tallied.scanned(&prepared);
    Ok(tallied.people.answer(query, scanned, limit))
}

fn compile<'q>(query: &Query<'q>) -> Result<(Prepared<'q>, Buckets, Numbers), AskError> {
    let usual = Stickiness::default();
    let spec = query.question.stickiness.as_ref().unwrap_or(&usual);
    let buckets = intervals(query)?;
    let mut wanted = query.wanted();
    wanted.selection(&spec.active, "stickiness.active")?;
    let numbers = Numbers::of(&buckets.starts);
    Ok((Reach::Period.prepare(query, wanted)?, buckets, numbers))
}

impl Numbers {
    fn of(starts: &[i64]) -> Self {
        Self {
            intervals: starts.len(),
            watched: None,
        }
    }
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
