//! From a question to its answer: checks, resolves and compiles it, has it folded, and adds what
//! every answer says about how it was counted.

use std::cell::RefCell;
use std::collections::BTreeSet;

use hitmetrix_model::{
    Answer, Bots, Cell, Column, CountedBy, Dimension, Measure, Question, QuestionKind,
    ResolvedPeriod, SessionId, Unit,
};
use hitmetrix_store::Snapshot;

use crate::check::check;
use crate::columns::{self, Columns, EventRules, Spared, prepare};
use crate::condition::{Compiler, Filters, Node, Selection};
use crate::count::Measurements;
use crate::counts::Counts;
use crate::engine::{AsSorted, Fold, Folded, Scope, fold, moved};
use crate::fact::FactSource;
use crate::kept::Keeper;
use crate::marks::{Marker, WantSlots};
use crate::period::{Resolved, resolve};
use crate::session::SessionPlan;
use crate::wanted::Wanted;
use crate::{
    AskError, correlation, distribution, errors, forms, funnel, goals, heatmap, known, lifecycle,
    paths, persons, retention, series, sessions, stickiness, together, zone,
};

/// How far sessions are followed over both ends of a period, unless the site's idle time is longer.
const SESSION_MARGIN_MS: i64 = 24 * 3600 * 1000;

/// A question with what it needs from outside.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The question.
    pub question: &'a Question,
    /// IANA time zone of the site, for questions that name none.
    pub site_time_zone: &'a str,
    /// Idle time that ends a session of the site.
    pub session_idle_ms: u32,
    /// UTC, milliseconds since the epoch.
    pub now_ms: i64,
}

/// How far a question has come. It may need several folds, one after the other, and finds out
/// about some on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// So many folds more than were known before.
    Expects(usize),
    /// So many units of the running fold are done, of so many; threads tell it in any order.
    Units(usize, usize),
    /// A fold has ended.
    Folded,
}

/// What a question may use, and when it has to stop.
pub trait Meter: Sync {
    /// True when nobody waits for the answer any more.
    fn cancelled(&self) -> bool;

    /// Microseconds since the question was asked.
    fn elapsed_us(&self) -> u64;

    /// Is told how far the question has come.
    fn progress(&self, _progress: Progress) {}

    /// How many threads the question may use; all cores unless said otherwise.
    fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }
}

/// A meter for questions that nobody limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn cancelled(&self) -> bool {
        false
    }

    fn elapsed_us(&self) -> u64 {
        0
    }
}

/// Answers a question on a snapshot. Blocks; uses [`Meter::threads`] threads of its own.
///
/// # Errors
/// What is wrong with the question, or what stopped it. Runs that cannot be read are no error:
/// the answer names them as missing.
pub fn ask(snapshot: &Snapshot, asked: &Asked<'_>, meter: &dyn Meter) -> Result<Answer, AskError> {
    answer(Query::new(snapshot, asked, meter)?)
}

/// Answers several questions of one snapshot, in their order. Those that count the same events are
/// counted in one pass over them, which costs little more than one of them alone. A question that
/// is not valid is an error of its own; what stops the counting is one of all that were counted
/// together.
pub fn ask_together(
    snapshot: &Snapshot,
    asked: &[Asked<'_>],
    meter: &dyn Meter,
) -> Vec<Result<Answer, AskError>> {
    ask_keeping(snapshot, asked, (meter, None))
}

/// The same with counts that are kept.
pub(crate) fn ask_keeping(
    snapshot: &Snapshot,
    asked: &[Asked<'_>],
    (meter, keeper): (&dyn Meter, Option<&Keeper>),
) -> Vec<Result<Answer, AskError>> {
    let mut answers: Vec<Option<Result<Answer, AskError>>> = asked.iter().map(|_| None).collect();
    let mut waiting: Vec<(usize, Query<'_>)> = Vec::new();
    for (place, one) in asked.iter().enumerate() {
        match Query::new(snapshot, one, meter) {
            Ok(mut query) => {
                query.is_answer = true;
                query.keeper = keeper;
                waiting.push((place, query));
            }
            Err(error) => answers[place] = Some(Err(error)),
        }
    }
    while let Some((place, first)) = waiting.pop() {
        if !together::is_counted(&first) {
            answers[place] = Some(answer(first));
            continue;
        }
        let is_with = |(_, query): &(usize, Query<'_>)| {
            together::is_counted(query) && together::are_of_same_events(&first, query)
        };
        let (with, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_with);
        waiting = others;
        let queries: Vec<&Query<'_>> = with
            .iter()
            .map(|(_, query)| query)
            .chain([&first])
            .collect();
        let counted = together::answers(&queries);
        let places = with.iter().map(|(place, _)| *place).chain([place]);
        for (place, answered) in places.zip(counted) {
            answers[place] = Some(answered.map(|mut answer| {
                answer.took_us = meter.elapsed_us();
                answer
            }));
        }
    }
    let answers: Option<Vec<_>> = answers.into_iter().collect();
    answers.expect("every question has an answer or an error")
}

/// Answers a question of kind `sessions` about some sessions alone: those whose recordings are as
/// it asks.
///
/// # Errors
/// As [`ask`].
pub fn ask_among(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    among: &BTreeSet<SessionId>,
    meter: &dyn Meter,
) -> Result<Answer, AskError> {
    let mut query = Query::new(snapshot, asked, meter)?;
    query.among = Some(among);
    answer(query)
}

fn answer(mut query: Query<'_>) -> Result<Answer, AskError> {
    query.is_answer = true;
    let mut answer = match query.question.kind {
        QuestionKind::Trend if query.question.trend.is_some() => series::answer(&query),
        QuestionKind::Totals | QuestionKind::Trend | QuestionKind::Breakdown => {
            together::answer(&query)
        }
        QuestionKind::Sessions => sessions::answer(&query),
        QuestionKind::Funnel => funnel::answer(&query),
        QuestionKind::Distribution => distribution::answer(&query),
        QuestionKind::Correlation => correlation::answer(&query),
        QuestionKind::Errors => errors::answer(&query),
        QuestionKind::Forms => forms::answer(&query),
        QuestionKind::Paths => paths::answer(&query),
        QuestionKind::Goals => goals::answer(&query),
        QuestionKind::Heatmap => heatmap::answer(&query),
        QuestionKind::Retention => retention::answer(&query),
        QuestionKind::Lifecycle => lifecycle::answer(&query),
        QuestionKind::Stickiness => stickiness::answer(&query),
    }?;
    answer.took_us = query.meter.elapsed_us();
    Ok(answer)
}

/// A question that has been checked, with its period resolved and its filters compiled.
pub(crate) struct Query<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) asked: Asked<'a>,
    pub(crate) question: &'a Question,
    pub(crate) meter: &'a dyn Meter,
    pub(crate) resolved: Resolved,
    pub(crate) filters: Filters,
    /// Only these sessions are listed.
    pub(crate) among: Option<&'a BTreeSet<SessionId>>,
    /// Where counts are kept.
    pub(crate) keeper: Option<&'a Keeper>,
    compiler: Compiler,
    pub(crate) now_ms: i64,
    pub(crate) margin_ms: i64,
    time_zone: String,
    /// Whether an answer is wanted, and not the people behind one.
    is_answer: bool,
    /// What was missing where sets and values of persons were found, in words.
    missing: RefCell<Vec<String>>,
}

/// Columns and compiled conditions, ready to be folded as often as there are periods.
pub(crate) struct Prepared<'a> {
    pub(crate) columns: Columns<'a>,
    pub(crate) plan: SessionPlan,
    pub(crate) selections: Vec<Selection>,
    pub(crate) facts: Vec<FactSource>,
    /// Whether the filters on facts of the event that stand alone are all about its name.
    pub(crate) filters_names_only: bool,
}

impl Prepared<'_> {
    /// Whether what is counted depends on nothing but the events of each person, and all of them are
    /// there.
    pub(crate) fn may_be_kept(&self) -> bool {
        self.plan.leaves.persons.is_empty() && self.columns.missing.is_empty()
    }

    /// Marks the events of the selections.
    pub(crate) fn marker(&self, period: ResolvedPeriod, slots: WantSlots) -> Marker<'_> {
        Marker::new(&self.plan, &self.selections, period, slots)
    }

    /// The same, and makes out whole sessions.
    pub(crate) fn marker_over_sessions(&self, period: ResolvedPeriod) -> Marker<'_> {
        self.marker(period, WantSlots::Yes).over_sessions()
    }
}

/// Counts of the period and of the one before.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) now: Counts,
    pub(crate) before: Option<Counts>,
    pub(crate) rows_scanned: u64,
}

impl<'a> Query<'a> {
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        asked: &Asked<'a>,
        meter: &'a dyn Meter,
    ) -> Result<Self, AskError> {
        let question = asked.question;
        check(question)?;
        let mut compiler = Compiler::default();
        let filters = compiler.filters(&question.filters)?;
        let name = question
            .time_zone
            .as_deref()
            .unwrap_or(asked.site_time_zone);
        let zone = zone::find(name)?;
        let time_zone = zone.iana_name().unwrap_or(name).to_owned();
        let resolved = resolve(&question.period, zone, question.compare, asked.now_ms)?;
        let periods = 1 + usize::from(resolved.previous.is_some());
        meter.progress(Progress::Expects(periods));
        Ok(Self {
            snapshot,
            asked: *asked,
            question,
            meter,
            resolved,
            filters,
            among: None,
            keeper: None,
            compiler,
            now_ms: asked.now_ms,
            margin_ms: SESSION_MARGIN_MS.max(i64::from(asked.session_idle_ms)),
            time_zone,
            is_answer: false,
            missing: RefCell::default(),
        })
    }

    /// Notes what was missing beside the columns of a [`Prepared`]; the answer says it.
    pub(crate) fn note(&self, missing: &[String]) {
        self.missing.borrow_mut().extend_from_slice(missing);
    }

    pub(crate) fn period(&self) -> ResolvedPeriod {
        self.resolved.period
    }

    /// Whether measurements count as events.
    pub(crate) fn measurements(&self) -> Measurements {
        let by_event = self.question.dimension == Some(hitmetrix_model::Dimension::Event);
        if by_event || self.filters.names_events {
            Measurements::Count
        } else {
            Measurements::LeaveOut
        }
    }

    /// What the question needs at least; insights add what they need.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted::of(self.compiler.clone(), self.filters.clone())
    }

    /// Reads the columns of all runs that either period touches.
    pub(crate) fn prepare(&self, wanted: Wanted) -> Result<Prepared<'a>, AskError> {
        let mut period = self.period();
        if let Some(previous) = self.resolved.previous {
            period.from_ms = previous.from_ms;
        }
        self.prepare_for(wanted, period)
    }

    /// Reads the columns of all runs that a period touches, and finds the persons that conditions
    /// are about.
    pub(crate) fn prepare_for(
        &self,
        wanted: Wanted,
        period: ResolvedPeriod,
    ) -> Result<Prepared<'a>, AskError> {
        let Wanted {
            compiler,
            filters,
            mut needs,
            mut plan,
            selections,
            facts,
            spares,
            only,
        } = wanted;
        let sets = persons::sets(self, &compiler.persons)?;
        plan.want_compared(&compiler, &mut needs);
        let span = (
            period.from_ms.saturating_sub(self.margin_ms),
            period.to_ms.saturating_add(self.margin_ms),
        );
        let alone = filters.nested.is_none()
            && filters.of_session.is_empty()
            && plan.facts.is_empty()
            && selections
                .iter()
                .all(|selection| selection.node == Node::TRUE);
        if alone && self.is_answer {
            needs.spared = spares.unwrap_or_else(|| self.spared());
        }
        let rules = EventRules {
            bots: self.question.bots,
            leaves: &compiler.events,
            tests: &filters.of_event,
            selections: &selections,
            // Whether a property was ever seen is looked up in the runs.
            only: only.as_deref().filter(|_| compiler.properties.is_empty()),
        };
        let mut columns = prepare((self.snapshot, self.meter), span, &needs, &rules)?;
        known::check(self.snapshot, &columns.runs, &compiler.properties)?;
        plan.compile((&compiler, &filters), sets, &mut columns.dictionaries);
        let facts = facts
            .into_iter()
            .map(|fact| FactSource::of(self, fact))
            .collect::<Result<_, AskError>>()?;
        let is_name = |leaf: &usize| {
            compiler.events[*leaf].column == columns::Column::Dimension(Dimension::Event)
        };
        Ok(Prepared {
            filters_names_only: filters.of_event.iter().all(is_name),
            columns,
            plan,
            selections,
            facts,
        })
    }

    /// Which columns of every run an answer spares whose events count or not by themselves.
    pub(crate) fn spared(&self) -> Spared {
        let order = true;
        let of_events = Spared {
            sessions: true,
            visitors: true,
            engaged_ms: true,
            order,
        };
        match self.question.kind {
            QuestionKind::Totals | QuestionKind::Trend | QuestionKind::Breakdown
                if self.question.trend.is_none() =>
            {
                let measures = &self.question.measures;
                let of_sessions = measures.iter().any(|measure| measure.is_of_sessions());
                Spared {
                    sessions: !of_sessions,
                    visitors: !measures.contains(&Measure::Visitors),
                    engaged_ms: !of_sessions,
                    order,
                }
            }
            QuestionKind::Funnel => match self.question.funnel.as_ref().map(|funnel| funnel.by) {
                Some(CountedBy::Sessions) => Spared {
                    sessions: false,
                    ..of_events
                },
                // Events of several persons are put in order.
                Some(CountedBy::Accounts) => Spared {
                    sessions: false,
                    order: false,
                    ..of_events
                },
                Some(CountedBy::Persons) | None => of_events,
            },
            QuestionKind::Retention | QuestionKind::Lifecycle | QuestionKind::Stickiness => {
                of_events
            }
            QuestionKind::Paths => Spared {
                sessions: false,
                ..of_events
            },
            _ => Spared::default(),
        }
    }

    /// How far a fold with this marker must reach over both ends of its period.
    pub(crate) fn margin_of(&self, marker: &Marker<'_>) -> i64 {
        if marker.uses_table() {
            self.margin_ms
        } else {
            0
        }
    }

    /// Folds a prepared query over a period with a margin.
    pub(crate) fn fold<F: Fold>(
        &self,
        prepared: &Prepared<'_>,
        span: (ResolvedPeriod, i64),
        what: &F,
    ) -> Result<Folded<F::Result>, AskError> {
        fold(&self.scope(prepared, span), what)
    }

    /// The same over some persons alone, ascending, as things are or as some runs were sorted.
    pub(crate) fn fold_some<F: Fold>(
        &self,
        prepared: &Prepared<'_>,
        span: (ResolvedPeriod, i64),
        ((persons, as_sorted), what): ((&[u128], Option<AsSorted<'_>>), &F),
    ) -> Result<Folded<F::Result>, AskError> {
        let scope = Scope {
            only: Some(persons),
            as_sorted,
            ..self.scope(prepared, span)
        };
        fold(&scope, what)
    }

    fn scope<'s>(
        &'s self,
        prepared: &'s Prepared<'_>,
        (period, margin_ms): (ResolvedPeriod, i64),
    ) -> Scope<'s> {
        Scope {
            snapshot: self.snapshot,
            runs: &prepared.columns.runs,
            span_ms: (
                period.from_ms.saturating_sub(margin_ms),
                period.to_ms.saturating_add(margin_ms),
            ),
            only: None,
            as_sorted: None,
            meter: self.meter,
        }
    }

    /// Persons who have moved since the runs of a prepared query were sorted.
    pub(crate) fn moved(&self, prepared: &Prepared<'_>) -> Vec<u128> {
        moved(self.snapshot, &prepared.columns.runs)
    }

    /// The measures' columns, each with its counterpart behind it.
    pub(crate) fn measure_columns(&self) -> Vec<Column> {
        let compares = self.resolved.previous.is_some();
        let columns = self.question.measures.iter().flat_map(|measure| {
            let now = column(measure.name(), measure.unit());
            let before = Column {
                name: previous_name(&now.name),
                unit: now.unit,
            };
            [Some(now), compares.then_some(before)]
        });
        columns.flatten().collect()
    }

    /// An answer without what only the insight knows.
    pub(crate) fn answer(&self, scanned: Scanned<'_>) -> Answer {
        let period = self.period();
        let mut missing = self.snapshot.missing.clone();
        let noted = self.missing.borrow();
        for one in scanned.missing.iter().chain(&*noted) {
            if !missing.contains(one) {
                missing.push(one.clone());
            }
        }
        Answer {
            columns: Vec::new(),
            rows: Vec::new(),
            rows_total: 0,
            period,
            previous: self.resolved.previous,
            time_zone: self.time_zone.clone(),
            interval: None,
            data_version: self.snapshot.version.to_string(),
            rows_scanned: scanned.rows,
            bot_events: if self.question.bots == Bots::Exclude {
                scanned.left_out
            } else {
                0
            },
            lost_events: self.snapshot.lost(period.from_ms, period.to_ms),
            took_us: 0,
            persons_total: None,
            missing,
        }
    }

    /// The answer to a question of counts.
    pub(crate) fn answer_of(&self, prepared: &Prepared<'_>, counted: &Counted) -> Answer {
        self.answer(Scanned {
            rows: counted.rows_scanned,
            left_out: counted.now.left_out,
            missing: &prepared.columns.missing,
        })
    }
}

/// What a fold saw, beside its result.
pub(crate) struct Scanned<'a> {
    pub(crate) rows: u64,
    pub(crate) left_out: u64,
    pub(crate) missing: &'a [String],
}

impl Counted {
    /// The cells of [`Query::measure_columns`] for a group and its counterpart.
    pub(crate) fn cells(
        &self,
        measures: &[Measure],
        now: usize,
        before: Option<usize>,
    ) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(measures.len() * 2);
        for &measure in measures {
            cells.push(self.now.cell(now, measure));
            if let Some(counts) = &self.before {
                cells.push(before.map_or(Cell::MISSING, |group| counts.cell(group, measure)));
            }
        }
        cells
    }
}

/// The name of the column that has the earlier period's values of another one.
pub(crate) fn previous_name(name: &str) -> String {
    format!("{name}_previous")
}

/// A column by name and unit.
pub(crate) fn column(name: &str, unit: Unit) -> Column {
    Column {
        name: name.to_owned(),
        unit,
    }
}
