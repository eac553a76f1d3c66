//! Counts of a run's events by name and quarter hour: questions that only count need touch no
//! event. Bots are counted apart, because most questions leave them out. Made from the lanes when
//! first asked for and kept with the run.

use hitmetrix_model::Dimension;

use super::LaneError;
use super::run::Run;

/// Width of the counts, in milliseconds. Clocks of all time zones change at its multiples.
pub const QUARTER_MS: i64 = 15 * 60 * 1000;

/// Counts beyond which none are made: a run with so many names is not counted by name.
const CELLS_MAX: usize = 4 << 20;
/// Counts for each row beyond which none are made: the rows themselves are soon looked at, and the
/// counts would stay in memory with the run.
const CELLS_PER_ROW: usize = 4;

/// Counts by name and quarter hour.
#[derive(Debug)]
pub struct QuarterCounts {
    /// Quarter hours since the epoch of the first one.
    first: i64,
    quarters: usize,
    /// People and bots, by name and quarter, and behind them of all names together.
    counts: Vec<[u32; 2]>,
    names: usize,
}

impl QuarterCounts {
    fn of(run: &Run) -> Result<Option<Self>, LaneError> {
        let (names, bots) = (run.column(Dimension::Event)?, run.column(Dimension::Bot)?);
        let (first_ms, last_ms) = run.span_ms();
        let first = first_ms.div_euclid(QUARTER_MS);
        let quarters = (last_ms.div_euclid(QUARTER_MS) - first + 1).max(0) as usize;
        let cells = quarters.saturating_mul(names.texts.len());
        if cells > CELLS_MAX.min(run.len().saturating_mul(CELLS_PER_ROW)) {
            return Ok(None);
        }
        let is_bot: Vec<bool> = bots.texts.iter().map(|bot| !bot.is_empty()).collect();
        let mut counts = vec![[0; 2]; cells + quarters];
        let from_ms = run.start_ms() - first * QUARTER_MS;
        for (row, &time) in run.times().iter().enumerate() {
            let quarter = ((from_ms + i64::from(time)) / QUARTER_MS) as usize;
            let of_name = names.codes.get(row) as usize * quarters;
            let bot = is_bot[bots.codes.get(row) as usize];
            counts[of_name + quarter][usize::from(bot)] += 1;
            counts[cells + quarter][usize::from(bot)] += 1;
        }
        Ok(Some(Self {
            first,
            quarters,
            counts,
            names: names.texts.len(),
        }))
    }

    /// Start, people's and bots' events of each quarter hour of a name, by its code.
    ///
    /// # Panics
    /// When the run has no such name.
    pub fn of_name(&self, code: u32) -> impl Iterator<Item = (i64, [u32; 2])> {
        self.of_place(code as usize)
    }

    /// The same of all names together.
    pub fn of_all(&self) -> impl Iterator<Item = (i64, [u32; 2])> {
        self.of_place(self.names)
    }

    fn of_place(&self, place: usize) -> impl Iterator<Item = (i64, [u32; 2])> {
        let from = place * self.quarters;
        let quarters = &self.counts[from..from + self.quarters];
        quarters
            .iter()
            .enumerate()
            .map(|(quarter, counts)| ((self.first + quarter as i64) * QUARTER_MS, *counts))
    }
}

impl Run {
    /// Whether its counts are at hand.
    #[must_use]
    pub fn has_quarter_counts(&self) -> bool {
        self.quarter_counts.get().is_some()
    }

    /// Its counts; none where there are too many for its rows.
    ///
    /// # Errors
    /// When a lane cannot be read.
    pub fn quarter_counts(&self) -> Result<Option<&QuarterCounts>, LaneError> {
        if let Some(counts) = self.quarter_counts.get() {
            return Ok(counts.as_ref());
        }
        let counts = QuarterCounts::of(self)?;
        Ok(self.quarter_counts.get_or_init(|| counts).as_ref())
    }
}
