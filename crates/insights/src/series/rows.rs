//! The rows of a trend of series: one per bucket and group.
//!
//! A bucket that has not begun has no values, unless something happened in it. The earlier period's
//! buckets stand beside their counterparts, of a running period only as far as it is held against.
//! Formulas are computed from the cells as the row shows them.

use hitmetrix_model::{Aggregate, Answer, Cell, ResolvedPeriod, Unit};

use super::plan::Plan;
use crate::period::Buckets;
use crate::query::{column, previous_name};

/// By group, series and bucket.
pub(super) type Values = Vec<Vec<Vec<Option<f64>>>>;

/// What the rows are made of.
pub(super) struct Table<'t> {
    pub(super) plan: &'t Plan,
    pub(super) buckets: &'t Buckets,
    /// The texts of each group.
    pub(super) texts: &'t [Vec<String>],
    pub(super) now: Values,
    pub(super) before: Option<Values>,
    /// By group and bucket, whether any series had an event there.
    pub(super) seen: Vec<bool>,
    pub(super) now_ms: i64,
    pub(super) previous: Option<ResolvedPeriod>,
}

impl Table<'_> {
    /// Adds columns and rows.
    pub(super) fn fill(mut self, answer: &mut Answer) {
        self.blank_the_future();
        if let Some(length) = self.plan.moving {
            let both = [Some(&mut self.now), self.before.as_mut()];
            let series = both.into_iter().flatten().flatten().flatten();
            series.for_each(|values| *values = moving_mean(values, length));
            self.blank_the_future();
        }
        self.columns(answer);
        for bucket in 0..self.buckets.starts.len() {
            for group in 0..self.texts.len() {
                answer.rows.push(self.row(bucket, group));
            }
        }
        answer.rows_total = answer.rows.len() as u64;
    }

    /// Takes out what has not happened yet: it is no part of means, and has none.
    fn blank_the_future(&mut self) {
        let starts = &self.buckets.starts;
        let begun = starts.partition_point(|&start| start <= self.now_ms);
        for (group, series) in self.now.iter_mut().enumerate() {
            for bucket in begun..starts.len() {
                if self.seen[group * starts.len() + bucket] {
                    continue;
                }
                series.iter_mut().for_each(|values| values[bucket] = None);
            }
        }
        let Some(before) = &mut self.before else {
            return;
        };
        let end_ms = self.previous.map_or(i64::MIN, |previous| previous.to_ms);
        let starts = &self.buckets.previous_starts;
        let begun = starts.partition_point(|&start| start < end_ms);
        for values in before.iter_mut().flatten() {
            values[begun..].fill(None);
        }
    }

    fn columns(&self, answer: &mut Answer) {
        let compares = self.before.is_some();
        let mut add = |name: &str, unit: Unit| {
            answer.columns.push(column(name, unit));
            if compares && unit != Unit::Text {
                answer.columns.push(column(&previous_name(name), unit));
            }
        };
        add("time", Unit::TimeMs);
        for fact in &self.plan.facts {
            add(fact, Unit::Text);
        }
        for series in &self.plan.series {
            let unit = match self.is_whole(series.aggregate) {
                true => Unit::Count,
                false => Unit::Ratio,
            };
            add(&series.name, unit);
        }
        for formula in &self.plan.formulas {
            add(&formula.text, Unit::Ratio);
        }
    }

    /// Whether the values of an aggregate are whole numbers.
    fn is_whole(&self, aggregate: Aggregate) -> bool {
        let counts = matches!(
            aggregate,
            Aggregate::Count | Aggregate::Persons | Aggregate::Sessions | Aggregate::Accounts
        );
        counts && self.plan.moving.is_none()
    }

    fn row(&self, bucket: usize, group: usize) -> Vec<Cell> {
        let compares = self.before.is_some();
        let pair = self.buckets.pairs[bucket];
        let mut row = vec![Cell::Count(self.buckets.starts[bucket])];
        if compares {
            let at = pair.map(|pair| self.buckets.previous_starts[pair]);
            row.push(at.map_or(Cell::MISSING, Cell::Count));
        }
        let texts = self.texts[group].iter();
        row.extend(texts.map(|text| Cell::Text(text.clone())));
        let at = |values: &Values, bucket: usize| -> Vec<Option<f64>> {
            values[group].iter().map(|values| values[bucket]).collect()
        };
        let now = at(&self.now, bucket);
        let before = match (&self.before, pair) {
            (Some(before), Some(pair)) => at(before, pair),
            _ => vec![None; now.len()],
        };
        let mut add = |now: Option<f64>, before: Option<f64>, is_whole: bool| {
            let cell = |value: Option<f64>| match value {
                None => Cell::MISSING,
                Some(value) if is_whole => Cell::Count(value as i64),
                Some(value) => Cell::Number(value),
            };
            row.push(cell(now));
            if compares {
                row.push(cell(before));
            }
        };
        for (place, series) in self.plan.series.iter().enumerate() {
            add(now[place], before[place], self.is_whole(series.aggregate));
        }
        for formula in &self.plan.formulas {
            add(formula.value(&now), formula.value(&before), false);
        }
        row
    }
}

/// For each bucket the mean over so many that end with it, of those that have a value.
fn moving_mean(values: &[Option<f64>], length: usize) -> Vec<Option<f64>> {
    let mean = |bucket: usize| {
        let first = (bucket + 1).saturating_sub(length);
        let there = || values[first..=bucket].iter().flatten();
        let count = there().count();
        (count > 0).then(|| there().sum::<f64>() / count as f64)
    };
    (0..values.len()).map(mean).collect()
}
