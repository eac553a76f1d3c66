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
use crate::query::{Asked, Query, Scanned};
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
    let measure = question
        .measures
        .iter()
        .find(|measure| measure.name() == cell.column)
        .copied()
        .ok_or_else(|| {
            let known: Vec<&str> = question.measures.iter().map(|one| one.name()).collect();
            unknown_column(cell, &known)
        })?;
    let period = query.period();
    let mut bucket = period;
    let mut narrowed = question.clone();
    if question.kind == QuestionKind::Trend {
        bucket = bucket_at(query, number_key(cell, "time")?)?;
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

/// The bucket that begins at a time.
fn bucket_at(query: &Query<'_>, start_ms: i64) -> Result<ResolvedPeriod, AskError> {
    let buckets = query.resolved.buckets(query.question.interval)?;
    let place = buckets.starts.iter().position(|&start| start == start_ms);
    let place = place.ok_or_else(|| AskError::RowKey {
        column: "time".to_owned(),
    })?;
    let next = buckets.starts.get(place + 1);
    Ok(ResolvedPeriod {
        from_ms: start_ms,
        to_ms: next.copied().unwrap_or(query.period().to_ms),
    })
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
