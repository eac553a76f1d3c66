//! Counts of events without looking at one: totals and trends of events and pageviews, by name or
//! of all, come from the counts that each run keeps by name and quarter hour, where the period and
//! its buckets begin and end with a quarter hour. In every time zone of today days do.

use hitmetrix_model::{Bots, Measure, ResolvedPeriod};
use hitmetrix_store::lanes::{QUARTER_MS, QuarterCounts, Run};

use crate::AskError;
use crate::columns::{QueryRun, several_at_once};
use crate::condition::Filters;
use crate::count::{Counting, GroupBy, Measurements};
use crate::counts::Counts;
use crate::engine::go_on;
use crate::query::{Prepared, Query};

/// Rows of a run without counts that are looked at here; a larger one is for many threads.
const ROWS_MAX: usize = 1 << 16;

/// What is counted quickly.
pub(crate) struct Quick<'q> {
    pub(crate) period: ResolvedPeriod,
    pub(crate) group_by: &'q GroupBy,
    pub(crate) measurements: Measurements,
}

impl Quick<'_> {
    /// The counts and how many events they stand for; none where events have to be looked at.
    ///
    /// # Errors
    /// When the meter stops it: the counts of many runs that nobody asked before take a while.
    pub(crate) fn count(
        &self,
        query: &Query<'_>,
        prepared: &Prepared<'_>,
    ) -> Result<Option<(Counts, u64)>, AskError> {
        let measures = &query.question.measures;
        let is_of_events =
            |measure: &Measure| matches!(measure, Measure::Events | Measure::Pageviews);
        if !measures.iter().all(is_of_events)
            || !only_names(&query.filters, prepared)
            || !self.is_aligned()
        {
            return Ok(None);
        }
        let counting = Counting::new(self.period, self.group_by.clone(), measures, &prepared.plan);
        let mut counts = counting.nothing();
        let mut looked_at = 0;
        let runs = prepared.columns.runs.iter();
        let runs = runs.map(|run| query.snapshot.runs[run.index].as_ref());
        let uncounted: Vec<&Run> = runs.filter(|run| !run.has_quarter_counts()).collect();
        several_at_once(&uncounted, query.meter, |run| {
            // What cannot be read is found out below.
            let _ = run.quarter_counts();
        });
        for run in &prepared.columns.runs {
            go_on(query.meter)?;
            looked_at += match query.snapshot.runs[run.index].quarter_counts() {
                Ok(Some(kept)) => self.add(query, (run, kept), &mut counts),
                Ok(None) if run.times.len() <= ROWS_MAX => self.add_rows(run, &mut counts),
                _ => return Ok(None),
            };
        }
        Ok(Some((counts, looked_at)))
    }

    fn add(
        &self,
        query: &Query<'_>,
        (run, kept): (&QueryRun<'_>, &QuarterCounts),
        counts: &mut Counts,
    ) -> u64 {
        let ResolvedPeriod { from_ms, to_ms } = self.period;
        let in_period = |(start_ms, _): &(i64, [u32; 2])| (from_ms..to_ms).contains(start_ms);
        // Who is counted, and who is left out.
        let parted = |[people, bots]: [u32; 2]| match query.question.bots {
            Bots::Exclude => (people, bots),
            Bots::Include => (people + bots, 0),
            Bots::Only => (bots, people),
        };
        let mut looked_at = 0;
        for (_, of_quarter) in kept.of_all().filter(in_period) {
            looked_at += of_quarter
                .iter()
                .map(|&count| u64::from(count))
                .sum::<u64>();
            counts.left_out += u64::from(parted(of_quarter).1);
        }
        for (code, _) in (0..).zip(&run.relevant).filter(|(_, relevant)| **relevant) {
            let kind = run.kind_of_name(code);
            let is_event = self.measurements.count(kind);
            for (start_ms, of_quarter) in kept.of_name(code).filter(in_period) {
                let counted = u64::from(parted(of_quarter).0);
                counts.add_events(self.group(start_ms), (is_event, kind), counted);
            }
        }
        looked_at
    }

    /// The same from the rows, of a run with too few for counts.
    fn add_rows(&self, run: &QueryRun<'_>, counts: &mut Counts) -> u64 {
        let mut looked_at = 0;
        for row in 0..run.times.len() {
            let time_ms = run.time_ms(row);
            if time_ms < self.period.from_ms || time_ms >= self.period.to_ms {
                continue;
            }
            looked_at += 1;
            if run.is_left_out(row) {
                counts.left_out += 1;
            } else if run.relevant[run.names.get(row) as usize] {
                let kind = run.kind(row);
                let is_event = self.measurements.count(kind);
                counts.add_events(self.group(time_ms), (is_event, kind), 1);
            }
        }
        looked_at
    }

    fn group(&self, time_ms: i64) -> usize {
        match self.group_by {
            GroupBy::Time(table) => table.of(time_ms),
            _ => 0,
        }
    }

    /// Whether nothing begins within a quarter hour.
    fn is_aligned(&self) -> bool {
        let aligned = |at_ms: &i64| at_ms.rem_euclid(QUARTER_MS) == 0;
        let buckets = match self.group_by {
            GroupBy::All => true,
            GroupBy::Time(table) => table.starts().iter().all(aligned),
            GroupBy::EventValue { .. } | GroupBy::SessionValue { .. } => false,
        };
        buckets && aligned(&self.period.from_ms) && aligned(&self.period.to_ms)
    }
}

/// Whether all filters are about the event's name.
fn only_names(filters: &Filters, prepared: &Prepared<'_>) -> bool {
    filters.nested.is_none() && filters.of_session.is_empty() && prepared.filters_names_only
}
