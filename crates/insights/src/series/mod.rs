//! Series of a trend: several of them side by side, with aggregates of a property, formulas, a
//! comparison, and divided by facts.
//!
//! Here the passes over the persons are put together. Where facts divide the answer, a first pass
//! finds the largest combinations over the whole period, a second one counts these and all others
//! together, so that memory is bounded by the answer, and different persons of the others are
//! counted exactly. Series of first events have passes of their own that begin with the oldest
//! event. What a cell holds is in `gathered`, how cells become rows in `rows`.

mod fold;
mod formula;
mod gathered;
mod plan;
mod rows;
pub(crate) mod sum;

use std::cmp::Ordering;

use hitmetrix_model::{Aggregate, Answer, CellAddress, Level, ResolvedPeriod, TrendSeries};

use crate::AskError;
use crate::buckets::BucketTable;
use crate::budget::Budget;
use crate::engine::Fold;
use crate::marks::WantSlots;
use crate::people::{People, number_key, text_key, unknown_column};
use crate::period::Buckets;
use crate::persons::{self, ACCOUNT, PersonValues};
use crate::query::{Prepared, Query, Scanned, previous_name};
use crate::top::{self, OTHER};

use fold::{Folding, Groups, Key, NO_GROUP, Watched, Work};
use gathered::{Gathered, Valuing};
use plan::Plan;

/// The question, ready to be folded.
struct Series<'q> {
    query: &'q Query<'q>,
    plan: Plan,
    prepared: Prepared<'q>,
    /// The accounts of persons, where accounts are counted.
    accounts: Option<PersonValues>,
}

/// The groups with rows.
struct Chosen {
    groups: Groups,
    /// The texts of each, in the order of the rows.
    texts: Vec<Vec<String>>,
}

/// What a pass is over.
struct Pass<'p> {
    period: ResolvedPeriod,
    buckets: &'p BucketTable,
    groups: &'p Groups,
    group_count: usize,
    /// Only the first series over the whole period, to see which groups are the largest.
    is_first_look: bool,
    watched: Option<Watched>,
}

/// What a period came to.
struct Counted {
    gathered: Vec<Gathered>,
    /// By cell, whether any series had an event there.
    seen: Vec<bool>,
    work: Work,
    rows: u64,
    left_out: u64,
}

/// The answer to a question of kind `trend` with series.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let series = Series::of(query)?;
    let buckets = series.buckets()?;
    let (chosen, mut rows_scanned) = series.choose()?;
    top::check_rows(chosen.texts.len() * buckets.starts.len(), "trend.top")?;
    // What was kept for one period becomes values before the other one is counted.
    let count = |starts: &[i64], period: ResolvedPeriod, to_ms: i64| {
        let counted = series.count(&Pass {
            period,
            buckets: &BucketTable::new(starts.to_vec(), to_ms),
            groups: &chosen.groups,
            group_count: chosen.texts.len(),
            is_first_look: false,
            watched: None,
        })?;
        let groups = 0..chosen.texts.len();
        let values: rows::Values = groups
            .map(|group| series.values(&counted.gathered, group, starts.len()))
            .collect();
        let Counted {
            seen,
            rows,
            left_out,
            ..
        } = counted;
        Ok((values, (seen, rows, left_out)))
    };
    let period = query.period();
    let (now, (seen, rows, left_out)) = count(&buckets.starts, period, period.to_ms)?;
    rows_scanned += rows;
    let mut before = None;
    if let Some(previous) = query.resolved.previous {
        let to_ms = query.resolved.earlier_to_ms();
        let (values, (_, rows, _)) = count(&buckets.previous_starts, previous, to_ms)?;
        rows_scanned += rows;
        before = Some(values);
    }

    let mut answer = query.answer(Scanned {
        rows: rows_scanned,
        left_out,
        missing: &series.prepared.columns.missing,
    });
    answer.interval = (!series.plan.whole).then_some(buckets.interval);
    let table = rows::Table {
        plan: &series.plan,
        buckets: &buckets,
        texts: &chosen.texts,
        now,
        before,
        seen,
        now_ms: query.now_ms,
        previous: query.resolved.previous,
    };
    table.fill(&mut answer);
    Ok(answer)
}

/// Which column a cell is of.
struct Watching {
    /// The series that go into its values, as bits.
    series: u64,
    /// Whether its values are those of the earlier period.
    is_previous: bool,
}

/// Who stands behind a cell of a series or a formula, of the period or of the earlier one.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let series = Series::of(query)?;
    let plan = &series.plan;
    let watching = series.watching(cell)?;
    let row_key = |column: &str| AskError::RowKey {
        column: column.to_owned(),
    };
    let buckets = series.buckets()?;
    let start_ms = number_key(cell, "time")?;
    let bucket = buckets.starts.iter().position(|&start| start == start_ms);
    let bucket = bucket.ok_or_else(|| row_key("time"))?;
    let mut texts: Vec<&str> = Vec::new();
    for name in &plan.facts {
        texts.push(text_key(cell, name)?);
    }
    let (chosen, rows_scanned) = series.choose()?;
    let group = chosen.texts.iter().position(|known| *known == texts);
    let group = group.ok_or_else(|| row_key(&plan.facts[0]))?;
    let now = (query.period(), query.period().to_ms);
    let (bucket, starts, (period, to_ms)) = match query.resolved.previous {
        Some(previous) if watching.is_previous => {
            let ends = (previous, query.resolved.earlier_to_ms());
            (buckets.pairs[bucket], buckets.previous_starts, ends)
        }
        _ => (Some(bucket), buckets.starts, now),
    };
    let mut scanned = Scanned {
        rows: rows_scanned,
        left_out: 0,
        missing: &series.prepared.columns.missing,
    };
    let Some(bucket) = bucket.filter(|_| watching.series != 0) else {
        // An interval without a counterpart, or a formula of numbers alone.
        return Ok(People::default().answer(query, scanned, limit));
    };
    let first = match plan.moving {
        _ if plan.cumulative => 0,
        Some(length) => (bucket + 1).saturating_sub(length),
        None => bucket,
    };
    let counted = series.count(&Pass {
        period,
        buckets: &BucketTable::new(starts, to_ms),
        groups: &chosen.groups,
        group_count: chosen.texts.len(),
        is_first_look: false,
        watched: Some(Watched {
            series: watching.series,
            group: group as u32,
            buckets: first..bucket + 1,
        }),
    })?;
    scanned.rows += counted.rows;
    scanned.left_out = counted.left_out;
    Ok(counted.work.people.answer(query, scanned, limit))
}

impl<'q> Series<'q> {
    fn of(query: &'q Query<'q>) -> Result<Self, AskError> {
        let spec: &TrendSeries = query.question.trend.as_ref().expect("checked before");
        let mut wanted = query.wanted();
        let plan = Plan::of(spec, query.question.interval, &mut wanted)?;
        let mut period = query.period();
        if let Some(previous) = query.resolved.previous {
            period.from_ms = previous.from_ms;
        }
        if plan.bits(true) != 0 {
            period.from_ms = i64::MIN;
        }
        let accounts = match plan.has(Aggregate::Accounts) {
            true => Some(persons::values(query, Level::Account, ACCOUNT)?),
            false => None,
        };
        Ok(Self {
            query,
            plan,
            prepared: query.prepare_for(wanted, period)?,
            accounts,
        })
    }

    /// The buckets of the rows.
    fn buckets(&self) -> Result<Buckets, AskError> {
        match self.plan.whole {
            true => Ok(self.query.resolved.whole()),
            false => self.query.resolved.buckets(self.query.question.interval),
        }
    }

    /// The column of a cell.
    fn watching(&self, cell: &CellAddress) -> Result<Watching, AskError> {
        let compares = self.query.resolved.previous.is_some();
        let mut known = Vec::new();
        for (name, series) in self.plan.columns() {
            let earlier = compares.then(|| previous_name(name));
            let is_previous = earlier.as_ref() == Some(&cell.column);
            if is_previous || name == cell.column {
                return Ok(Watching {
                    series,
                    is_previous,
                });
            }
            known.push(name.to_owned());
            known.extend(earlier);
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(unknown_column(cell, &known))
    }

    /// Counts what a pass is over: all events, and for series of first events back to the oldest.
    fn count(&self, pass: &Pass<'_>) -> Result<Counted, AskError> {
        let mut whole: Option<Counted> = None;
        let budget = Budget::default();
        for first_time in [false, true] {
            let bits = self.plan.bits(first_time);
            let watches_another = |watched: &Watched| bits & watched.series == 0;
            if bits == 0 || pass.watched.as_ref().is_some_and(watches_another) {
                continue;
            }
            let mut marked = pass.period;
            if first_time {
                marked.from_ms = i64::MIN;
            }
            let slots = match self.plan.has(Aggregate::Sessions) {
                true => WantSlots::Yes,
                false => WantSlots::No,
            };
            let folding = Folding {
                prepared: &self.prepared,
                marker: self.prepared.marker(marked, slots),
                plan: &self.plan,
                period: pass.period,
                buckets: pass.buckets,
                groups: pass.groups,
                group_count: pass.group_count,
                series: bits,
                first_time,
                only_first: pass.is_first_look,
                cumulative: self.plan.cumulative && !pass.is_first_look,
                accounts: self.accounts.as_ref(),
                budget: &budget,
                watched: pass.watched.clone(),
            };
            let margin_ms = self.query.margin_of(&folding.marker);
            let folded = self
                .query
                .fold(&self.prepared, (marked, margin_ms), &folding)?;
            budget.check()?;
            let left_out = folding.left_out(&folded.result);
            let counted = Counted {
                gathered: Vec::new(),
                seen: Vec::new(),
                work: folded.result,
                rows: folded.rows_scanned,
                left_out,
            };
            whole = Some(match whole {
                None => counted,
                Some(whole) => whole.merged(counted, &folding),
            });
        }
        let mut whole = whole.expect("a series is of first events or of all");
        whole.seen = std::mem::take(&mut whole.work.seen);
        let gathered = std::mem::take(&mut whole.work.gathered).into_iter();
        let series = self.plan.series.iter().zip(gathered);
        let finished = series.map(|(one, gathered)| {
            let cumulative = self.plan.cumulative && !pass.is_first_look;
            gathered.finish((one.uses, pass.buckets.len()), cumulative)
        });
        whole.gathered = finished.collect();
        Ok(whole)
    }

    /// By series and bucket the values of a group.
    fn values(&self, gathered: &[Gathered], group: usize, buckets: usize) -> Vec<Vec<Option<f64>>> {
        let series = self.plan.series.iter().zip(gathered);
        let values = series.map(|(one, gathered)| {
            let valuing = Valuing {
                aggregate: one.aggregate,
                has_property: one.number.is_some(),
                buckets,
                cumulative: self.plan.cumulative,
            };
            valuing.values(gathered, group)
        });
        values.collect()
    }

    /// The groups with rows: the largest by the first series over the whole period, equal ones by
    /// their texts, then all others together.
    fn choose(&self) -> Result<(Chosen, u64), AskError> {
        if self.plan.facts.is_empty() {
            let (groups, texts) = (Groups::One, vec![Vec::new()]);
            return Ok((Chosen { groups, texts }, 0));
        }
        let period = self.query.period();
        let counted = self.count(&Pass {
            period,
            buckets: &BucketTable::new(vec![period.from_ms], period.to_ms),
            groups: &Groups::All,
            group_count: 0,
            is_first_look: true,
            watched: None,
        })?;
        let first = &self.plan.series[0];
        let valuing = Valuing {
            aggregate: first.aggregate,
            has_property: first.number.is_some(),
            buckets: 1,
            cumulative: false,
        };
        let size = |group: u32| {
            let value = valuing.values(&counted.gathered[0], group as usize)[0];
            value.unwrap_or(f64::NEG_INFINITY)
        };
        let found = counted.work.found.iter();
        let mut sized: Vec<(f64, Key)> = found.map(|(&key, &group)| (size(group), key)).collect();
        let all = sized.len();
        // A value may be called as the others are: it is one of them.
        sized.retain(|(_, key)| !self.are_others(key));
        let kept = self.plan.top.min(sized.len());
        let largest_first = |left: &(f64, Key), right: &(f64, Key)| -> Ordering {
            let by_text = || self.texts(&left.1).cmp(&self.texts(&right.1));
            right.0.total_cmp(&left.0).then_with(by_text)
        };
        if kept < sized.len() {
            sized.select_nth_unstable_by(kept, largest_first);
        }
        sized.truncate(kept);
        sized.sort_unstable_by(largest_first);
        let chosen = self.chosen(sized.into_iter().map(|one| one.1).collect(), kept < all);
        Ok((chosen, counted.rows))
    }

    fn chosen(&self, keys: Vec<Key>, has_others: bool) -> Chosen {
        let mut texts: Vec<Vec<String>> = keys.iter().map(|key| self.texts(key)).collect();
        let others = match has_others {
            true => texts.len() as u32,
            false => NO_GROUP,
        };
        if has_others {
            texts.push(vec![OTHER.to_owned(); self.plan.facts.len()]);
        }
        let groups = if let [_] = self.plan.facts[..] {
            let mut groups = vec![others; self.prepared.values(0)];
            for (group, key) in keys.iter().enumerate() {
                groups[key[0] as usize] = group as u32;
            }
            Groups::OfCode(groups)
        } else {
            let by_key = keys.into_iter().zip(0..).collect();
            Groups::OfKey(by_key, others)
        };
        Chosen { groups, texts }
    }

    fn texts(&self, key: &Key) -> Vec<String> {
        let facts = 0..self.plan.facts.len();
        facts
            .map(|fact| self.prepared.text(fact, key[fact]).into_owned())
            .collect()
    }

    fn are_others(&self, key: &Key) -> bool {
        let mut facts = 0..self.plan.facts.len();
        facts.all(|fact| self.prepared.text(fact, key[fact]) == OTHER)
    }
}

impl Counted {
    /// With what another pass counted of other series.
    fn merged(mut self, other: Self, folding: &Folding<'_>) -> Self {
        let left_out = self.left_out;
        let rows = self.rows + other.rows;
        folding.merge(&mut self.work, other.work);
        Self {
            left_out,
            rows,
            ..self
        }
    }
}
