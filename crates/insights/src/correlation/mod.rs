//! Correlation: what tells those who converted from those who did not.
//!
//! One fold makes, for each name of an event and each value of a fact, how many persons have it
//! and how many of these converted. With all persons that is a table of two by two, and what comes
//! after is formulas (`two_by_two`). Only what a person did from the start on and before the goal
//! is looked at, so that neither the goal itself nor what follows from it can explain it.

mod fold;

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CellAddress, Correlation, Dimension, Fact, Unit, limits};

use crate::AskError;
use crate::columns::Column;
use crate::condition::Selection;
use crate::marks::WantSlots;
use crate::people::{text_key, unknown_column};
use crate::query::{Prepared, Query, Scanned, column};
use crate::two_by_two::{TwoByTwo, adjusted};

use fold::{Compiled, Counts, Kind, Source, Watched, Work};

const CASES_MIN: u32 = 30;
const CASES_MIN_MAX: u32 = 1_000_000;
/// Rows when the question names no limit.
const ROWS: u32 = 20;
/// Share of rows called significant that may be chance.
const CHANCE: f64 = 0.05;
/// The kind of rows about events' names.
const EVENT: &str = "event";

/// A name or a value with its table.
struct Candidate {
    kind: Kind,
    value: String,
    table: TwoByTwo,
}

/// The answer to a question of kind `correlation`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    let (prepared, names) = asked.prepare(query)?;
    let (work, rows) = asked.fold(query, (&prepared, names), None)?;
    let mut answer = query.answer(Scanned {
        rows,
        left_out: work.marks.left_out,
        missing: &prepared.columns.missing,
    });
    answer.columns = [
        ("kind", Unit::Text),
        ("value", Unit::Text),
        ("persons", Unit::Count),
        ("converted", Unit::Count),
        ("conversion_rate", Unit::Share),
        ("persons_without", Unit::Count),
        ("converted_without", Unit::Count),
        ("conversion_rate_without", Unit::Share),
        ("odds_ratio", Unit::Ratio),
        ("low", Unit::Ratio),
        ("high", Unit::Ratio),
        ("p_value", Unit::Ratio),
        ("adjusted_p", Unit::Ratio),
        ("significant", Unit::Boolean),
    ]
    .map(|(name, unit)| column(name, unit))
    .into();
    let candidates = asked.candidates(&prepared, names, work);
    let p_values: Vec<f64> = candidates.iter().map(|one| one.table.p_value()).collect();
    let mut found: Vec<(Candidate, f64, f64)> = candidates
        .into_iter()
        .zip(p_values.iter().copied().zip(adjusted(&p_values)))
        .map(|(candidate, (p_value, adjusted_p))| (candidate, p_value, adjusted_p))
        .collect();
    // Candidates come in a stable order, which equally strong ones keep.
    found.sort_by_key(|(candidate, _, adjusted_p)| {
        (*adjusted_p > CHANCE, Reverse(strength(candidate.table)))
    });
    answer.rows_total = found.len() as u64;
    found.truncate(query.question.limit.unwrap_or(ROWS) as usize);
    let row = |(candidate, p_value, adjusted_p)| asked.row(&candidate, p_value, adjusted_p);
    answer.rows = found.into_iter().map(row).collect();
    Ok(answer)
}

/// Who stands behind a cell of a correlation's answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    let (with, converted) = match cell.column.as_str() {
        "persons" => (true, false),
        "converted" | "conversion_rate" => (true, true),
        "persons_without" => (false, false),
        "converted_without" | "conversion_rate_without" => (false, true),
        _ => {
            let known = [
                "persons",
                "converted",
                "persons_without",
                "converted_without",
            ];
            return Err(unknown_column(cell, &known));
        }
    };
    let row_key = |column: &str| AskError::RowKey {
        column: column.to_owned(),
    };
    let kind = asked
        .kind(text_key(cell, "kind")?)
        .ok_or_else(|| row_key("kind"))?;
    let value = text_key(cell, "value")?;
    let (prepared, names) = asked.prepare(query)?;
    let codes = asked.codes(&prepared, names, (kind, value));
    if codes.is_empty() {
        return Err(row_key("value"));
    }
    let watched = Watched {
        kind,
        codes,
        with,
        converted,
    };
    let (work, rows) = asked.fold(query, (&prepared, names), Some(watched))?;
    let scanned = Scanned {
        rows,
        left_out: work.marks.left_out,
        missing: &prepared.columns.missing,
    };
    Ok(work.people.answer(query, scanned, limit))
}

/// How far the odds ratio is from one, either way, in billionths of its logarithm: a value and its
/// contrary are equally strong, whatever rounding makes of it.
fn strength(table: TwoByTwo) -> i64 {
    (table.odds().ratio.ln().abs() * 1e9).round() as i64
}

/// The question, checked.
struct Asked<'q> {
    spec: &'q Correlation,
    cases_min: u64,
    kinds: Vec<String>,
    sources: Vec<Source>,
}

impl<'q> Asked<'q> {
    fn new(query: &Query<'q>) -> Result<Self, AskError> {
        let spec = query.question.correlation.as_ref();
        let spec = spec.expect("checked before");
        let bounds = |given: usize, least: i64, most: i64, field: &str| {
            let given = given as i64;
            if (least..=most).contains(&given) {
                return Ok(());
            }
            Err(AskError::OutOfBounds { given, least, most }.at(field))
        };
        let cases_min = spec.cases_min.unwrap_or(CASES_MIN);
        let most = i64::from(CASES_MIN_MAX);
        bounds(cases_min as usize, 1, most, "correlation.cases_min")?;
        let most = limits::CORRELATION_FACTS as i64;
        bounds(spec.facts.len(), 0, most, "correlation.facts")?;
        if spec.goal.events.is_empty() && spec.goal.filters.is_empty() {
            let why = "whoever starts reaches the goal `any event`; name events or add a filter";
            return Err(AskError::Contradiction { why }.at("correlation.goal"));
        }
        let kinds: Vec<String> = spec.facts.iter().map(Fact::column_name).collect();
        for (index, kind) in kinds.iter().enumerate() {
            let why = match () {
                () if kind == EVENT => "the names of events are looked at anyway; leave it out",
                () if kinds[..index].contains(kind) => "two facts have this name; leave one out",
                () => continue,
            };
            let field = format!("correlation.facts[{index}]");
            return Err(AskError::Contradiction { why }.at(&field));
        }
        Ok(Self {
            spec,
            cases_min: cases_min.into(),
            kinds,
            sources: spec.facts.iter().map(Source::of).collect(),
        })
    }

    /// What is read, and the lane of events' names.
    fn prepare<'s>(&self, query: &Query<'s>) -> Result<(Prepared<'s>, usize), AskError> {
        let mut wanted = query.wanted();
        wanted.selection(&self.spec.start, "correlation.start")?;
        wanted.selection(&self.spec.goal, "correlation.goal")?;
        wanted.push(Selection::ACTS, "correlation")?;
        for fact in &self.spec.facts {
            wanted.fact(fact);
        }
        let names = wanted.needs.lane(Column::Dimension(Dimension::Event));
        Ok((query.prepare(wanted)?, names))
    }

    /// Counts, and how many rows were scanned.
    fn fold(
        &self,
        query: &Query<'_>,
        (prepared, names): (&Prepared<'_>, usize),
        watched: Option<Watched>,
    ) -> Result<(Work, u64), AskError> {
        let compiled = Compiled {
            prepared,
            marker: prepared.marker(query.period(), WantSlots::No),
            names,
            sources: &self.sources,
            watched,
        };
        let facts = (0..self.sources.len()).map(|fact| prepared.values(fact));
        let codes = prepared.columns.dictionaries[names].len() * 2 + facts.sum::<usize>();
        let bytes = codes.saturating_mul(size_of::<[u64; 2]>() * (query.meter.threads() + 1));
        if bytes > limits::QUESTION_BYTES {
            return Err(AskError::TooMuchMemory);
        }
        let margin_ms = query.margin_of(&compiled.marker);
        let folded = query.fold(prepared, (query.period(), margin_ms), &compiled)?;
        Ok((folded.result, folded.rows_scanned))
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        if name == EVENT {
            return Some(Kind::Names);
        }
        let fact = self.kinds.iter().position(|kind| kind == name);
        fact.map(Kind::Fact)
    }

    /// Whether a name of an event may explain anything: not that of the start, which all have,
    /// nor that of the goal.
    fn may_explain(&self, name: &str) -> bool {
        let (start, goal) = (&self.spec.start.events, &self.spec.goal.events);
        !start.iter().chain(goal).any(|known| known == name)
    }

    /// The codes of a value, ascending.
    fn codes(
        &self,
        prepared: &Prepared<'_>,
        names: usize,
        (kind, value): (Kind, &str),
    ) -> Vec<u32> {
        let codes = |count: usize, is_it: &dyn Fn(u32) -> bool| {
            let codes = 0..count as u32;
            codes.filter(|&code| is_it(code)).collect()
        };
        match kind {
            _ if value.is_empty() => Vec::new(),
            Kind::Names => {
                let names = &prepared.columns.dictionaries[names];
                codes(names.len(), &|code| {
                    names.text(code) == value && self.may_explain(value)
                })
            }
            Kind::Fact(fact) => codes(prepared.values(fact), &|code| {
                prepared.text(fact, code) == value
            }),
        }
    }

    /// All names and values that enough persons have and enough have not.
    fn candidates(&self, prepared: &Prepared<'_>, names: usize, work: Work) -> Vec<Candidate> {
        let [persons, converted] = work.all;
        let mut candidates = Vec::new();
        let mut add = |kind: Kind, mut named: Vec<(String, [u64; 2])>| {
            named.sort_unstable();
            for same in named.chunk_by(|left, right| left.0 == right.0) {
                let with: u64 = same.iter().map(|one| one.1[0]).sum();
                let yes: u64 = same.iter().map(|one| one.1[1]).sum();
                let table = TwoByTwo {
                    with_yes: yes,
                    with_no: with - yes,
                    without_yes: converted - yes,
                    without_no: persons - with - (converted - yes),
                };
                if table.with().min(table.without()) >= self.cases_min {
                    let value = same[0].0.clone();
                    candidates.push(Candidate { kind, value, table });
                }
            }
        };
        let texts = &prepared.columns.dictionaries[names];
        // Texts are made of those that can become rows only. Values of persons are written the
        // same by several codes, which are enough together.
        let had = |counts: Counts, least: u64, text: &dyn Fn(u32) -> String| {
            let counts = counts.into_iter().enumerate();
            let had = counts.filter(|(_, counts)| counts[0] >= least);
            let named = had.map(|(code, counts)| (text(code as u32), counts));
            let named = named.filter(|(text, _)| !text.is_empty());
            named.collect::<Vec<(String, [u64; 2])>>()
        };
        let of_name = |code| texts.text(code).to_owned();
        let mut of_names = had(work.names, self.cases_min, &of_name);
        of_names.retain(|(name, _)| self.may_explain(name));
        add(Kind::Names, of_names);
        for (fact, counts) in work.facts.into_iter().enumerate() {
            let text = |code| prepared.text(fact, code).into_owned();
            let least = match self.sources[fact] {
                Source::Person => 1,
                Source::Event | Source::Session => self.cases_min,
            };
            add(Kind::Fact(fact), had(counts, least, &text));
        }
        candidates
    }

    fn row(&self, candidate: &Candidate, p_value: f64, adjusted_p: f64) -> Vec<Cell> {
        let table = candidate.table;
        let odds = table.odds();
        let kind = match candidate.kind {
            Kind::Names => EVENT,
            Kind::Fact(fact) => &self.kinds[fact],
        };
        let count = |count: u64| Cell::Count(count as i64);
        let rate = |of: u64, whole: u64| Cell::Number(of as f64 / whole as f64);
        vec![
            Cell::Text(kind.to_owned()),
            Cell::Text(candidate.value.clone()),
            count(table.with()),
            count(table.with_yes),
            rate(table.with_yes, table.with()),
            count(table.without()),
            count(table.without_yes),
            rate(table.without_yes, table.without()),
            Cell::Number(odds.ratio),
            Cell::Number(odds.low),
            Cell::Number(odds.high),
            Cell::Number(p_value),
            Cell::Number(adjusted_p),
            Cell::Boolean(adjusted_p <= CHANCE),
        ]
    }
}
