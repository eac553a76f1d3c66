//! A query's view of the runs: which columns it reads, with codes that mean the same in all runs.
//!
//! Dictionaries are per run. A query that compares values across runs (a breakdown, a fact of a
//! session) maps each run's dictionary once, when it is prepared, to codes of its own; the loop
//! over events then does one more look into a table and hashes nothing.

use hitmetrix_model::{Bots, Dimension, Question};
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::{Codes, Ids, LaneError, Run, TextColumn};
use rustc_hash::FxHashMap;

use crate::engine::go_on;
use crate::filter::{EventTest, Matcher};
use crate::names::Kind;
use crate::{AskError, Meter};

/// The code of the empty text, which means unknown, in every dictionary.
pub(crate) const UNKNOWN: u32 = 0;

/// Texts of one dimension over all runs of a query.
#[derive(Debug)]
pub(crate) struct Dictionary<'s> {
    texts: Vec<&'s str>,
    codes: FxHashMap<&'s str, u32>,
}

impl<'s> Dictionary<'s> {
    fn new() -> Self {
        let mut dictionary = Self {
            texts: Vec::new(),
            codes: FxHashMap::default(),
        };
        dictionary.code("");
        dictionary
    }

    /// The code of a text, given now if it had none.
    pub(crate) fn code(&mut self, text: &'s str) -> u32 {
        *self.codes.entry(text).or_insert_with(|| {
            self.texts.push(text);
            (self.texts.len() - 1) as u32
        })
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> &'s str {
        self.texts[code as usize]
    }

    /// How many texts.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// For each code, whether the matcher takes its text.
    pub(crate) fn matches(&self, matcher: &Matcher) -> Vec<bool> {
        self.texts.iter().map(|text| matcher.takes(text)).collect()
    }
}

/// One column of one run in the query's codes.
#[derive(Debug)]
pub(crate) struct Lane<'s> {
    codes: Codes<'s>,
    to_query: Vec<u32>,
}

impl Lane<'_> {
    /// The query's code of a row's value.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u32 {
        self.to_query[self.codes.get(row) as usize]
    }
}

/// One run with the columns that the query reads, borrowed.
#[derive(Debug)]
pub(crate) struct QueryRun<'s> {
    /// Its place in the snapshot.
    pub(crate) index: usize,
    pub(crate) shard: u16,
    pub(crate) start_ms: i64,
    pub(crate) span_ms: (i64, i64),
    pub(crate) persons: &'s [u128],
    pub(crate) offsets: &'s [u32],
    pub(crate) times: &'s [u32],
    pub(crate) sequences: &'s [u32],
    pub(crate) windows: Ids<'s>,
    pub(crate) sessions: Ids<'s>,
    pub(crate) visitors: Ids<'s>,
    pub(crate) engaged_ms: &'s [u32],
    names: Codes<'s>,
    kinds: Vec<Kind>,
    /// For each bot code whether the event is left out; none when no event of the run is.
    bots: Option<(Codes<'s>, Vec<bool>)>,
    tests: Vec<(Codes<'s>, Vec<bool>)>,
    /// In the order of [`Needs::dimensions`].
    pub(crate) lanes: Vec<Lane<'s>>,
}

impl QueryRun<'_> {
    /// What a row counts as.
    #[inline]
    pub(crate) fn kind(&self, row: usize) -> Kind {
        self.kinds[self.names.get(row) as usize]
    }

    /// UTC milliseconds of a row.
    #[inline]
    pub(crate) fn time_ms(&self, row: usize) -> i64 {
        self.start_ms + i64::from(self.times[row])
    }

    /// True for events of senders that the question leaves out.
    #[inline]
    pub(crate) fn is_left_out(&self, row: usize) -> bool {
        match &self.bots {
            None => false,
            Some((codes, out)) => out[codes.get(row) as usize],
        }
    }

    /// True when the event passes all filters on facts of the event.
    #[inline]
    pub(crate) fn passes(&self, row: usize) -> bool {
        self.tests
            .iter()
            .all(|(codes, takes)| takes[codes.get(row) as usize])
    }
}

/// Which columns a query reads beside those of every run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needs {
    pub(crate) dimensions: Vec<Dimension>,
}

impl Needs {
    /// The lane of a column, which is read from now on.
    pub(crate) fn lane(&mut self, dimension: Dimension) -> usize {
        let known = self.dimensions.iter().position(|&known| known == dimension);
        known.unwrap_or_else(|| {
            self.dimensions.push(dimension);
            self.dimensions.len() - 1
        })
    }
}

/// All runs of a query.
#[derive(Debug)]
pub(crate) struct Columns<'s> {
    pub(crate) runs: Vec<QueryRun<'s>>,
    pub(crate) dictionaries: Vec<Dictionary<'s>>,
    /// Runs that could not be read, in words.
    pub(crate) missing: Vec<String>,
}

/// What decides about single events, before anything else.
#[derive(Debug)]
pub(crate) struct EventRules<'q> {
    pub(crate) bots: Bots,
    pub(crate) tests: &'q [EventTest],
}

impl<'q> EventRules<'q> {
    pub(crate) fn of(question: &Question, tests: &'q [EventTest]) -> Self {
        Self {
            bots: question.bots,
            tests,
        }
    }
}

/// Takes the runs that have events in a span and their columns. A run with a column that cannot
/// be read is left out whole and named.
///
/// # Errors
/// When the meter stops it: a lane that is asked for the first time is made from its part, and
/// for many parts that takes as long as a question may.
pub(crate) fn prepare<'s>(
    (snapshot, meter): (&'s Snapshot, &dyn Meter),
    (from_ms, to_ms): (i64, i64),
    needs: &Needs,
    rules: &EventRules<'_>,
) -> Result<Columns<'s>, AskError> {
    let mut columns = Columns {
        runs: Vec::new(),
        dictionaries: needs.dimensions.iter().map(|_| Dictionary::new()).collect(),
        missing: Vec::new(),
    };
    for (index, run) in snapshot.runs.iter().enumerate() {
        let (first, last) = run.span_ms();
        if run.is_empty() || last < from_ms || first >= to_ms {
            continue;
        }
        go_on(meter)?;
        match query_run(index, run, needs, rules, &mut columns.dictionaries) {
            Ok(run) => columns.runs.push(run),
            Err(error) => columns.missing.push(error.to_string()),
        }
    }
    columns
        .runs
        .sort_by_key(|run| (run.shard, run.span_ms, run.index));
    Ok(columns)
}

fn query_run<'s>(
    index: usize,
    run: &'s Run,
    needs: &Needs,
    rules: &EventRules<'_>,
    dictionaries: &mut [Dictionary<'s>],
) -> Result<QueryRun<'s>, LaneError> {
    let names = run.column(Dimension::Event)?;
    let kinds = names.texts.iter().map(Kind::of).collect();
    let bots = run.column(Dimension::Bot)?;
    let out: Vec<bool> = bots
        .texts
        .iter()
        .map(|bot| leaves_out(rules.bots, bot))
        .collect();
    let bots = out.contains(&true).then_some((bots.codes, out));
    let mut tests = Vec::new();
    for test in rules.tests {
        let column = run.column(test.dimension)?;
        let takes: Vec<bool> = column.texts.iter().map(|text| test.takes(text)).collect();
        if takes.contains(&false) {
            tests.push((column.codes, takes));
        }
    }
    // All columns are had before the dictionaries grow, so that a run that is left out adds
    // no values.
    let found: Result<Vec<TextColumn<'s>>, LaneError> = needs
        .dimensions
        .iter()
        .map(|&dimension| run.column(dimension))
        .collect();
    let lanes = found?
        .into_iter()
        .zip(dictionaries)
        .map(|(column, dictionary)| Lane {
            codes: column.codes,
            to_query: column
                .texts
                .iter()
                .map(|text| dictionary.code(text))
                .collect(),
        });
    Ok(QueryRun {
        index,
        shard: run.shard(),
        start_ms: run.start_ms(),
        span_ms: run.span_ms(),
        persons: run.persons(),
        offsets: run.offsets(),
        times: run.times(),
        sequences: run.sequences(),
        windows: run.windows(),
        sessions: run.sessions(),
        visitors: run.visitors(),
        engaged_ms: run.engaged_ms(),
        names: names.codes,
        kinds,
        bots,
        tests,
        lanes: lanes.collect(),
    })
}

fn leaves_out(bots: Bots, bot: &str) -> bool {
    match bots {
        Bots::Exclude => !bot.is_empty(),
        Bots::Include => false,
        Bots::Only => bot.is_empty(),
    }
}
