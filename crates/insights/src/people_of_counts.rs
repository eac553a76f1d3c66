//! The people behind a cell of totals, trends and breakdowns.
//!
//! The row of a value is the question with the filter `dimension is value`, and the row of a bucket
//! is the question over that bucket; so its people are those whose events, or whose sessions,
//! count in the question that is narrowed that way.

use hitmetrix_model::{
    Answer, CellAddress, Condition, Filter, Measure, Operator, QuestionKind, ResolvedPeriod,
};

use crate::AskError;
use crate::condition::Selection;
use crate::count::Measurements;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker};
use crate::names::Kind;
use crate::people::{Contribution, People, number_key, text_key, unknown_column};
use crate::query::{Asked, Query, Scanned, previous_name};
use crate::timeline::Timeline;

/// Whose contribution counts.
struct Contributors<'q> {
    marker: Marker<'q>,
    measure: Measure,
    /// The time of the cell, within the question's period: sessions are made out over all of it.
    bucket: ResolvedPeriod,
    measurements: Measurements,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    people: People,
}

pub(crate) fn answer(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let question = query.question;
    let (measure, period) = column_of(query, cell)?;
    let mut bucket = Some(period);
    let mut narrowed = question.clone();
    if question.kind == QuestionKind::Trend {
        bucket = bucket_at(query, period, number_key(cell, "time")?)?;
    }
    if let Some(dimension) = question.dimension {
        // One more than a question may have is still one question.
        let all = std::mem::take(&mut narrowed.filters);
        narrowed.filters = vec![Condition::All { all }];
        narrowed.filters.push(Condition::Dimension(Filter {
            dimension,
            operator: Operator::Is,
            values: vec![text_key(cell, dimension.name())?.to_owned()],
        }));
    }
    let asked = Asked {
        question: &narrowed,
        ..query.asked
    };
    let narrow = Query::new(query.snapshot, &asked, query.meter)?;
    let mut wanted = narrow.wanted();
    wanted.push(Selection::EVERY, "cell")?;
    let prepared = narrow.prepare(wanted)?;
    let Some(bucket) = bucket else {
        let scanned = Scanned {
            rows: 0,
            left_out: 0,
            missing: &prepared.columns.missing,
        };
        return Ok(People::default().answer(query, scanned, limit));
    };
    let fold = Contributors {
        marker: prepared.marker_over_sessions(period),
        measure,
        bucket,
        measurements: query.measurements(),
    };
    let folded = narrow.fold(&prepared, (period, narrow.margin_ms), &fold)?;
    let work = folded.result;
    let scanned = Scanned {
        rows: folded.rows_scanned,
        left_out: work.marks.left_out,
        missing: &prepared.columns.missing,
    };
    Ok(work.people.answer(query, scanned, limit))
}

/// The measure of a cell's column, and the period whose values it has.
fn column_of(query: &Query<'_>, cell: &CellAddress) -> Result<(Measure, ResolvedPeriod), AskError> {
    let previous = query.resolved.previous;
    for &measure in &query.question.measures {
        if measure.name() == cell.column {
            return Ok((measure, query.period()));
        }
        if let Some(previous) = previous
            && previous_name(measure.name()) == cell.column
        {
            return Ok((measure, previous));
        }
    }
    let known = query.measure_columns();
    let known: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    Err(unknown_column(cell, &known))
}

/// The bucket that begins at a time, or where another period is meant its counterpart there; none
/// where it has none.
fn bucket_at(
    query: &Query<'_>,
    period: ResolvedPeriod,
    start_ms: i64,
) -> Result<Option<ResolvedPeriod>, AskError> {
    let buckets = query.resolved.buckets(query.question.interval)?;
    let place = buckets.starts.iter().position(|&start| start == start_ms);
    let place = place.ok_or_else(|| AskError::RowKey {
        column: "time".to_owned(),
    })?;
    let (place, starts) = if period == query.period() {
        (Some(place), &buckets.starts)
    } else {
        (buckets.pairs[place], &buckets.previous_starts)
    };
    Ok(place.map(|place| {
        let next = starts.get(place + 1).copied().unwrap_or(i64::MAX);
        ResolvedPeriod {
            from_ms: starts[place],
            to_ms: next.min(period.to_ms),
        }
    }))
}

impl Contributors<'_> {
    fn events(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        let in_bucket = |time_ms: i64| (self.bucket.from_ms..self.bucket.to_ms).contains(&time_ms);
        let marked = work.marks.marked.iter();
        for marked in marked.filter(|marked| in_bucket(marked.time_ms)) {
            let run = &timeline.runs[marked.run as usize];
            let kind = run.kind(marked.row as usize);
            let counts = match self.measure {
                Measure::Pageviews => kind == Kind::Pageview,
                Measure::Events => self.measurements.count(kind),
                _ => true,
            };
            if counts {
                work.people.add(Contribution {
                    at_ms: marked.time_ms,
                    person,
                    session: marked.session(timeline.runs),
                });
            }
        }
    }

    fn sessions(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        let counted = work.marks.table.states.iter();
        for state in counted.filter(|state| state.counts_in(self.bucket)) {
            if self.measure == Measure::BounceRate && !state.bounced() {
                continue;
            }
            work.people.add(Contribution {
                at_ms: state.start_ms,
                person,
                session: state.session(timeline.runs),
            });
        }
    }
}

impl Fold for Contributors<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            people: People::watching(true),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        if self.measure.is_of_sessions() {
            self.sessions(work, person, timeline);
        } else {
            self.events(work, person, timeline);
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
