//! Named events of a range of persons, for folds that want to know who and when and no more: read
//! from the rows that runs keep by name, so that other events cost nothing.
//!
//! Runs without such rows (the unsealed tail) and questions that have to look at the event give
//! their rows in the usual way, and the fold sees no difference.

use std::sync::Arc;

use hitmetrix_model::Bots;
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::{NameRows, RowsOf};

use crate::columns::QueryRun;
use crate::engine::{Scope, go_on};
use crate::gather::{Shard, span_in};
use crate::timeline::Stretch;
use crate::{AskError, Meter};

/// Names up to which their rows are read one name after the other.
const NAMES_MAX: usize = 8;

/// The rows by name that a question reads of one run.
#[derive(Debug)]
pub(crate) struct NamedRun {
    /// With the code of the name, and whether those of bots count too.
    names: Vec<(u32, Arc<NameRows>)>,
    with_bots: bool,
    /// All events of bots, where they are left out.
    left_out: Option<Arc<NameRows>>,
}

/// One event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'g> {
    /// The person's place in the range.
    pub(crate) person: usize,
    pub(crate) run: &'g QueryRun<'g>,
    /// Code of its name in the run.
    pub(crate) name: u32,
    pub(crate) time_ms: i64,
}

/// What a fold does with the events of a range. Methods are to be `inline(always)`: a call for each
/// event costs more than what is done.
pub(crate) trait Look<'g> {
    /// An event that counts.
    fn event(&mut self, event: Named<'g>);

    /// The time of one that does not, because of who sent it.
    fn left_out(&mut self, time_ms: i64);
}

/// Rows of one name of a run that belong to the range.
#[derive(Debug)]
struct Piece<'g> {
    run: &'g QueryRun<'g>,
    name: u32,
    counts: bool,
    /// Numbers of the run's persons.
    numbers: &'g [u32],
    rows: (&'g [u32], &'g [u32]),
    /// From, included, to, excluded, as the run counts times.
    span: Option<(u32, u32)>,
}

/// Named events of a range of persons, in no order.
#[derive(Debug)]
pub(crate) struct NamedUnit<'g> {
    runs: &'g [QueryRun<'g>],
    first: u32,
    pieces: Vec<Piece<'g>>,
    /// Of runs without rows by name.
    found: &'g [(u32, Stretch)],
    /// Persons who are folded elsewhere, ascending.
    moved: &'g [u32],
}

impl NamedRun {
    /// One per run; none where rows have to be looked at.
    ///
    /// # Errors
    /// When the meter stops it.
    pub(crate) fn all(
        snapshot: &Snapshot,
        runs: &[QueryRun<'_>],
        meter: &dyn Meter,
    ) -> Result<Vec<Option<Self>>, AskError> {
        let mut named = Vec::with_capacity(runs.len());
        for run in runs {
            go_on(meter)?;
            named.push(Self::of(snapshot, run));
        }
        Ok(named)
    }

    /// A lane that cannot be had is no loss: the rows are looked at.
    fn of(snapshot: &Snapshot, run: &QueryRun<'_>) -> Option<Self> {
        let codes = (0u32..)
            .zip(&run.relevant)
            .filter(|(_, relevant)| **relevant);
        let codes: Vec<u32> = codes.map(|(code, _)| code).collect();
        if codes.len() > NAMES_MAX || !snapshot.is_of_part(run.index) || run.senders == Bots::Only {
            return None;
        }
        let of_run = &snapshot.runs[run.index];
        let names = codes.into_iter().map(|code| {
            let rows = of_run.name_rows(RowsOf::Name(code)).ok()?;
            Some((code, rows))
        });
        Some(Self {
            names: names.collect::<Option<_>>()?,
            with_bots: run.senders == Bots::Include,
            left_out: match run.leaves_some_out() {
                true => Some(of_run.name_rows(RowsOf::Bots).ok()?),
                false => None,
            },
        })
    }
}

impl<'g> NamedUnit<'g> {
    /// Nothing yet of the persons from a number on; `found` is of runs without rows by name.
    pub(crate) fn new(scope: &'g Scope<'g>, first: u32, found: &'g [(u32, Stretch)]) -> Self {
        Self {
            runs: scope.runs,
            first,
            pieces: Vec::new(),
            found,
            moved: &[],
        }
    }

    /// Adds the rows of persons up to a number, from all runs of a shard that have them by name;
    /// returns how many rows were looked at.
    pub(crate) fn add(
        &mut self,
        (scope, shard): (&'g Scope<'g>, &'g Shard),
        to: u32,
        named: &'g [Option<NamedRun>],
    ) -> u64 {
        let before = self.pieces.len();
        for (index, numbers) in shard.numbered() {
            let run = &scope.runs[index as usize];
            let (Some(named), Some(numbers)) = (&named[index as usize], numbers) else {
                continue;
            };
            // Persons are numbered by keys that are as good as random, so a range lies in a list
            // about where it lies among all persons.
            let [from, to] = [self.first, to].map(|number| {
                (
                    seek(numbers, number, shard.guess(number, numbers)) as u32,
                    number,
                )
            });
            let mut push = |name, counts, (places, times): (&'g [u32], &'g [u32])| {
                let [from, to] = [from, to]
                    .map(|(place, number)| seek(places, place, shard.guess(number, places)));
                if from < to {
                    self.pieces.push(Piece {
                        run,
                        name,
                        counts,
                        numbers,
                        rows: (&places[from..to], &times[from..to]),
                        span: span_in(run, scope.span_ms),
                    });
                }
            };
            for (name, rows) in &named.names {
                push(*name, true, rows.people());
                if named.with_bots {
                    push(*name, true, rows.bots());
                }
            }
            if let Some(bots) = &named.left_out {
                push(0, false, bots.bots());
            }
        }
        self.moved = shard.moved_in(self.first, to);
        let pieces = self.pieces[before..].iter();
        pieces.map(|piece| piece.rows.0.len() as u64).sum()
    }

    /// Shows each event.
    pub(crate) fn each(&self, look: &mut impl Look<'g>) {
        for piece in self.pieces.iter().filter(|piece| piece.counts) {
            self.each_of(piece, |person, time_ms| {
                look.event(Named {
                    person,
                    run: piece.run,
                    name: piece.name,
                    time_ms,
                });
            });
        }
        for piece in self.pieces.iter().filter(|piece| !piece.counts) {
            self.each_of(piece, |_, time_ms| look.left_out(time_ms));
        }
        for &(person, stretch) in self.found {
            if !self.is_moved(self.first + person) {
                self.each_found(person as usize, stretch, look);
            }
        }
    }

    /// Calls `found` with the person's place in the range and the time of each row of a piece.
    #[inline(always)]
    fn each_of(&self, piece: &Piece<'g>, mut found: impl FnMut(usize, i64)) {
        let (places, times) = piece.rows;
        let (from, to) = piece.span.unwrap_or((0, u32::MAX));
        let cuts = piece.span.is_some();
        for (&place, &time) in places.iter().zip(times) {
            if cuts && (time < from || time >= to) {
                continue;
            }
            let number = piece.numbers[place as usize];
            if self.is_moved(number) {
                continue;
            }
            let time_ms = piece.run.start_ms + i64::from(time);
            found((number - self.first) as usize, time_ms);
        }
    }

    fn each_found(&self, person: usize, stretch: Stretch, look: &mut impl Look<'g>) {
        let run = &self.runs[stretch.run as usize];
        for row in stretch.from as usize..stretch.to as usize {
            let (name, time_ms) = (run.names.get(row), run.time_ms(row));
            if run.is_left_out(row) {
                look.left_out(time_ms);
            } else if run.relevant[name as usize] && run.passes(row) {
                look.event(Named {
                    person,
                    run,
                    name,
                    time_ms,
                });
            }
        }
    }

    #[inline]
    fn is_moved(&self, number: u32) -> bool {
        !self.moved.is_empty() && self.moved.binary_search(&number).is_ok()
    }
}

/// Where numbers from `least` on begin in an ascending list, looked for around a guess.
fn seek(list: &[u32], least: u32, guess: usize) -> usize {
    let (mut step, guess) = (32, guess.min(list.len()));
    let (mut from, mut to) = (guess, guess);
    while to < list.len() && list[to] < least {
        from = to;
        to = (to + step).min(list.len());
        step *= 2;
    }
    while from > 0 && list[from - 1] >= least {
        to = from;
        from = from.saturating_sub(step);
        step *= 2;
    }
    from + list[from..to].partition_point(|&number| number < least)
}

#[cfg(test)]
mod tests {
    use super::seek;

    #[test]
    fn numbers_are_found_from_any_guess() {
        let list: Vec<u32> = (0..500).map(|number| number / 3 * 5).collect();
        for least in [0, 1, 5, 6, 400, 830, 835, 9000] {
            for guess in [0, 1, 17, 250, 499, 500, 9000] {
                let expected = list.partition_point(|&number| number < least);
                assert_eq!(seek(&list, least, guess), expected, "{least} from {guess}");
            }
        }
        assert_eq!(seek(&[], 3, 4), 0);
    }
}
