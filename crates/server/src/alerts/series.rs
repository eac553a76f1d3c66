//! A saved insight as numbers by time: the question asked with a row per bucket, and one column of
//! one row of each time. The running bucket is left out, and so is the first, which the period may
//! have cut. Buckets that began before the site's first event have no number: nobody counted then.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_insights::{AskError, Asked, resolve_segments};
use hitmetrix_model::{
    AlertBucket, AlertWatch, Answer, Cell, Compare, FunnelRows, Interval, Measure, Period,
    Question, QuestionKind, SiteId, Unit, limits,
};

use super::by_time;
use crate::app::App;
use crate::problem::Problem;
use crate::questions::{Asker, QuestionMeter};

/// Rows of one time that are offered.
const ROWS_OFFERED: usize = 50;

/// An insight has no such numbers.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// Its kind has no numbers by time.
    #[error(
        "a question of kind `{kind}` comes to no single number over time; alerts watch totals, trends, \
         funnels, goals, retention, lifecycle, stickiness and distributions"
    )]
    NoSeries {
        /// The kind.
        kind: &'static str,
    },
    /// Within its bucket nobody can be there several times.
    #[error(
        "an hour has no hours or days to be there in; watch stickiness by `day`, which counts hours, or \
         by `week`, which counts days"
    )]
    NoParts,
    /// Its numbers depend on when the period began.
    #[error(
        "a cumulative trend counts from the beginning of its period, which an alert has not; watch the \
         trend without `cumulative`"
    )]
    Cumulative,
    /// The answer has no such column.
    #[error("the answer has no number `{column}`; it has {}", known.join(", "))]
    NoColumn {
        /// What was looked for.
        column: String,
        /// What there is.
        known: Vec<String>,
    },
    /// No row of the answer is meant, or several of one time.
    #[error("{found} rows of one time are meant by `row`; it must be one")]
    NotOneRow {
        /// How many.
        found: usize,
    },
    /// The question cannot be answered.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// One bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its start; UTC, milliseconds since the epoch.
    pub from_ms: i64,
    /// The start of the next.
    pub to_ms: i64,
    /// Its number.
    pub value: Option<f64>,
}

/// Numbers by time, and what else could be watched.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// Full buckets in order.
    pub points: Vec<Point>,
    /// Unit of the numbers.
    pub unit: Unit,
    /// The column and row that are watched, with what was not given filled in.
    pub watch: AlertWatch,
    /// Columns that can be watched.
    pub columns: Vec<String>,
    /// Rows that can be watched, where a time has several.
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// What could not be read, in words.
    pub missing: Vec<String>,
    /// Time zone of the buckets.
    pub time_zone: String,
}

/// The question of an insight with so many full buckets.
///
/// # Errors
/// When its kind has none.
pub fn question_over(
    question: &Question,
    watch: &AlertWatch,
    buckets: usize,
) -> Result<Question, SeriesError> {
    // The running one, and one that the period may cut; of retention those not yet to be told.
    let buckets = buckets + 2 + distance_of(question, watch).map_or(0, |far| far + 1);
    // A moving average is one of as many buckets from the first that is judged on.
    let buckets = match averaged_over(question) {
        1 => buckets,
        over => buckets + usize::try_from(over).unwrap_or(0),
    };
    let (letter, interval) = match watch.bucket {
        AlertBucket::Hour => ("h", Interval::Hour),
        AlertBucket::Day => ("d", Interval::Day),
        AlertBucket::Week => ("w", Interval::Week),
    };
    let mut over = question.clone();
    over.period = Period::Last {
        last: format!("{buckets}{letter}"),
    };
    over.interval = Some(interval);
    over.compare = Compare::None;
    match over.kind {
        QuestionKind::Totals => over.kind = QuestionKind::Trend,
        QuestionKind::Trend => {
            if let Some(trend) = &mut over.trend {
                if trend.cumulative {
                    return Err(SeriesError::Cumulative);
                }
                trend.whole = false;
            }
        }
        QuestionKind::Funnel => {
            if let Some(funnel) = &mut over.funnel {
                funnel.rows = FunnelRows::OverTime;
            }
        }
        QuestionKind::Goals => {
            if let Some(goals) = &mut over.goals {
                goals.over_time = true;
                goals.breakdown = None;
                goals.top = None;
            }
        }
        QuestionKind::Retention => {
            if let Some(retention) = &mut over.retention {
                let far = distance_of(question, watch).unwrap_or(1);
                retention.intervals = u32::try_from(far.max(1)).ok();
            }
        }
        QuestionKind::Lifecycle => {}
        QuestionKind::Stickiness => {
            if watch.bucket == AlertBucket::Hour {
                return Err(SeriesError::NoParts);
            }
            let asked = over.stickiness.take().unwrap_or_default();
            over.kind = QuestionKind::Trend;
            over.trend = Some(by_time::of_stickiness(&asked.active));
        }
        QuestionKind::Distribution => {
            if let Some(asked) = over.distribution.take() {
                over.kind = QuestionKind::Trend;
                over.trend = Some(by_time::of_distribution(&asked));
            }
        }
        other => return Err(SeriesError::NoSeries { kind: other.name() }),
    }
    Ok(over)
}

/// How many buckets a value is the mean of.
fn averaged_over(question: &Question) -> i64 {
    let trend = question.trend.as_ref();
    let over = trend.and_then(|trend| trend.moving_average);
    over.map_or(1, |over| i64::from(over.max(1)))
}

/// Of retention: how many intervals after the cohort's own are looked at.
fn distance_of(question: &Question, watch: &AlertWatch) -> Option<usize> {
    if question.kind != QuestionKind::Retention {
        return None;
    }
    let number = watch.column.strip_prefix("interval_");
    Some(
        number
            .and_then(|text| text.parse().ok())
            .unwrap_or(1)
            .min(100),
    )
}

/// The numbers of an answer to such a question.
///
/// # Errors
/// When it has no such column or row.
pub fn numbers_of(answered: Answered, watch: &AlertWatch) -> Result<Numbers, SeriesError> {
    let Answered {
        question,
        answer,
        first_ms,
    } = answered;
    let question = &question;
    let is_number = |unit: Unit| matches!(unit, Unit::Count | Unit::Share | Unit::Ms | Unit::Ratio);
    let time = answer
        .columns
        .iter()
        .position(|column| column.unit == Unit::TimeMs)
        .ok_or(SeriesError::NoSeries {
            kind: question.kind.name(),
        })?;
    let columns: Vec<String> = answer
        .columns
        .iter()
        .filter(|column| is_number(column.unit))
        .map(|column| column.name.clone())
        .collect();
    let wanted = if watch.column.is_empty() {
        usual(question.kind, &columns)
    } else {
        watch.column.clone()
    };
    let place = answer
        .columns
        .iter()
        .position(|column| column.name == wanted && is_number(column.unit))
        .ok_or_else(|| SeriesError::NoColumn {
            column: wanted.clone(),
            known: columns.clone(),
        })?;
    let rows = rows_of(&answer);
    let row = match rows.first() {
        Some(first) if watch.row.is_empty() => first.clone(),
        _ => watch.row.clone(),
    };
    let base = (question.kind == QuestionKind::Retention && place > time + 1).then_some(time + 1);
    let mut found: Vec<(i64, Option<f64>)> = Vec::new();
    let mut at_one_time = 0;
    for cells in &answer.rows {
        let Some(Cell::Count(at_ms)) = cells.get(time) else {
            continue;
        };
        if !row.iter().all(|(name, cell)| {
            let column = answer.columns.iter().position(|one| one.name == *name);
            column.and_then(|column| cells.get(column)) == Some(cell)
        }) {
            continue;
        }
        let value = number(&cells[place]);
        let value = match base.map(|base| number(&cells[base])) {
            None => value,
            Some(all) => all
                .filter(|all| *all > 0.0)
                .zip(value)
                .map(|(all, some)| some / all),
        };
        at_one_time = match found.last() {
            Some((last_ms, _)) if last_ms == at_ms => at_one_time + 1,
            _ => 1,
        };
        if at_one_time > 1 {
            return Err(SeriesError::NotOneRow { found: at_one_time });
        }
        found.push((*at_ms, value));
    }
    if found.is_empty() {
        return Err(SeriesError::NotOneRow { found: 0 });
    }
    let over = averaged_over(question);
    let is_known = |from_ms: i64, to_ms: i64| {
        let begun_ms = from_ms - (over - 1) * (to_ms - from_ms);
        first_ms.is_some_and(|first_ms| begun_ms >= first_ms)
    };
    let pairs = found.windows(2).skip(1);
    let mut points: Vec<Point> = pairs
        .map(|pair| (pair[0].0, pair[1].0, pair[0].1))
        .map(|(from_ms, to_ms, value)| Point {
            from_ms,
            to_ms,
            value: value.filter(|_| is_known(from_ms, to_ms)),
        })
        .collect();
    if base.is_some() {
        let told = points
            .len()
            .saturating_sub(distance_of(question, watch).unwrap_or(1));
        points.truncate(told);
    }
    let unit = match base {
        Some(_) => Unit::Share,
        None => answer.columns[place].unit,
    };
    Ok(Numbers {
        points,
        unit,
        watch: AlertWatch {
            column: wanted,
            row,
            ..watch.clone()
        },
        columns,
        rows,
        missing: answer.missing,
        time_zone: answer.time_zone,
    })
}

/// How long after its end a bucket is left alone: what still comes for it changes its number. A
/// number of sessions stands under their beginning, and they go on.
#[must_use]
pub fn settle_ms(question: &Question, column: &str) -> i64 {
    let is_plain = question.trend.is_some();
    let is_measure =
        |measure: &Measure| measure.is_of_sessions() && measure.name() == column && !is_plain;
    match question.kind {
        QuestionKind::Goals => limits::ALERT_SETTLE_SESSIONS_MS,
        QuestionKind::Totals | QuestionKind::Trend if Measure::ALL.iter().any(is_measure) => {
            limits::ALERT_SETTLE_SESSIONS_MS
        }
        _ => limits::ALERT_SETTLE_MS,
    }
}

/// What most want to know of a kind of question.
fn usual(kind: QuestionKind, columns: &[String]) -> String {
    let wanted = match kind {
        QuestionKind::Funnel => "share",
        QuestionKind::Goals => "conversion_rate",
        QuestionKind::Retention => "interval_1",
        _ => "",
    };
    let found = columns.iter().find(|name| *name == wanted);
    found.or(columns.first()).cloned().unwrap_or_default()
}

/// The rows of one time, by their cells of words; none when there is only one.
fn rows_of(answer: &Answer) -> Vec<BTreeMap<String, Cell>> {
    let mut rows: Vec<BTreeMap<String, Cell>> = Vec::new();
    for cells in &answer.rows {
        let named = answer.columns.iter().zip(cells);
        let row: BTreeMap<String, Cell> = named
            .filter(|(column, _)| matches!(column.unit, Unit::Text | Unit::Boolean))
            .map(|(column, cell)| (column.name.clone(), cell.clone()))
            .collect();
        if row.is_empty() || rows.len() >= ROWS_OFFERED {
            return rows;
        }
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => Some(*count as f64),
        Cell::Number(number) => Some(*number).filter(|number| number.is_finite()),
        Cell::Boolean(_) | Cell::Text(_) | Cell::Missing(_) => None,
    }
}

/// The numbers of a site's insight, with at least so many full buckets.
///
/// # Errors
/// When it has none, or the question cannot be answered now.
pub async fn ask(
    app: &Arc<App>,
    (site, question): (SiteId, &Question),
    watch: &AlertWatch,
    (buckets, asker): (usize, Asker),
) -> Result<Numbers, Problem> {
    let of_series = |error: SeriesError| match error {
        SeriesError::Ask(error) => Problem::from(error),
        other => Problem::invalid(other.to_string()).at("watch"),
    };
    // Rows are ranked over what is asked: over as much as the look at the past has, so that both mean
    // the same rows, and one that falls to nothing is still there.
    let ranked = if watch.row.is_empty() {
        0
    } else {
        shown(watch.bucket)
    };
    let over = question_over(question, watch, buckets.max(ranked)).map_err(of_series)?;
    let Some((finer, name)) = by_time::finer(question, &over, watch.bucket) else {
        let mut answered = answer(app, site, (over, asker)).await?;
        if question.kind == QuestionKind::Distribution {
            by_time::words_by_count(&mut answered.answer);
        }
        return numbers_of(answered, watch).map_err(of_series);
    };
    let found = answers(app, site, (vec![over, finer], asker)).await?;
    let Ok([mut whole, parts]) = <[Answered; 2]>::try_from(found) else {
        return Err(Problem::internal("a question has no answer"));
    };
    whole.answer = by_time::per_person(whole.answer, parts.answer, name);
    numbers_of(whole, watch).map_err(of_series)
}

/// Buckets of the look at the past: an hour's of a month, and a month of days, twelve weeks.
#[must_use]
pub const fn shown(bucket: AlertBucket) -> usize {
    match bucket {
        AlertBucket::Hour => 30 * 24,
        AlertBucket::Day => 30,
        AlertBucket::Week => 12,
    }
}

/// A question as it was asked, and what came out.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The question, with its segments resolved.
    pub question: Question,
    /// The answer.
    pub answer: Answer,
    /// Time of the first event that the site has.
    pub first_ms: Option<i64>,
}

/// The answer to a question of a site, in its turn.
///
/// # Errors
/// When it cannot be answered now.
pub async fn answer(
    app: &Arc<App>,
    site: SiteId,
    (question, asker): (Question, Asker),
) -> Result<Answered, Problem> {
    let mut answered = answers(app, site, (vec![question], asker)).await?;
    let first = answered.pop();
    first.ok_or_else(|| Problem::internal("a question has no answer"))
}

/// Several questions about the same data, in one turn: those that count the same events are counted in
/// one pass.
///
/// # Errors
/// When one of them cannot be answered now.
pub async fn answers(
    app: &Arc<App>,
    site: SiteId,
    (mut questions, asker): (Vec<Question>, Asker),
) -> Result<Vec<Answered>, Problem> {
    let known = app.sites.by_id(site);
    let known = known.ok_or_else(|| Problem::not_found("site"))?;
    for question in &mut questions {
        resolve_segments(question, &app.sites.saved(site))?;
    }
    let slot = app.questions.take_as(asker).await?;
    let (meter, _here, _) = QuestionMeter::start();
    let (app, now_ms) = (Arc::clone(app), app.now_ms());
    let asking = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let snapshot = app.store.snapshot(site)?;
        let asked = |question| Asked {
            question,
            site_time_zone: &known.site.time_zone,
            session_idle_ms: known.site.settings.session_idle_ms,
            now_ms,
        };
        let asked: Vec<Asked<'_>> = questions.iter().map(asked).collect();
        let found = app.answers.ask_together(&snapshot, &asked, &meter);
        let found: Vec<Answer> = found.into_iter().collect::<Result<_, _>>()?;
        let with_events = snapshot.runs.iter().filter(|run| !run.is_empty());
        let first_ms = with_events.map(|run| run.span_ms().0).min();
        let answered = questions.into_iter().zip(found);
        let answered = answered.map(|(question, answer)| Answered {
            question,
            answer,
            first_ms,
        });
        Ok(answered.collect())
    });
    asking
        .await
        .map_err(|_| Problem::internal("a question panicked"))?
}
