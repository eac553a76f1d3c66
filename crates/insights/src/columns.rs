//! A query's view of the runs: which columns it reads, with codes that mean the same in all runs.
//!
//! Dictionaries are per run. A query that compares values across runs (a breakdown, a fact of a
//! session) maps each run's dictionary once, when it is prepared, to codes of its own; the loop
//! over events then does one more look into a table and hashes nothing.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use hitmetrix_model::{Bots, Dimension, Value};
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::{
    Codes, Ids, LaneError, Numbers, Run, TextColumn, Texts, property_value,
};
use rustc_hash::FxHashMap;

use crate::condition::{EventLeaf, MarkTests, Mask, Names, Selection};
use crate::engine::go_on;
use crate::lacking::Lacking;
use crate::matcher::{Matcher, text_of};
use crate::names::Kind;
use crate::{AskError, Meter};

/// The code of the empty text, which means unknown, in every dictionary.
pub(crate) const UNKNOWN: u32 = 0;

/// Texts that are held against a matcher before the meter is asked again.
pub(crate) const MATCHED_AT_ONCE: usize = 256;

/// Values of a column, at most, of which a table says which selections they are right for.
const TESTED_VALUES: usize = 1 << 16;

/// A column of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Column {
    Dimension(Dimension),
    /// A property of events, by name, in the words of people.
    Property(String),
    /// The same as the lane has it: JSON, which tells a number from a text.
    Entry(String),
}

impl Column {
    /// The column in a run; none when no event of the run has the property.
    fn of<'s>(&self, run: &'s Run) -> Result<Option<TextColumn<'s>>, LaneError> {
        match self {
            Self::Dimension(dimension) => run.column(*dimension).map(Some),
            Self::Property(name) | Self::Entry(name) => run.property(name),
        }
    }

    /// An entry of its dictionary, as people read it.
    fn shown<'t>(&self, entry: &'t str) -> Cow<'t, str> {
        match self {
            Self::Dimension(_) | Self::Entry(_) => Cow::Borrowed(entry),
            Self::Property(_) => match property_value(entry) {
                Some(value) => Cow::Owned(text_of(&value).into_owned()),
                None => Cow::Borrowed(""),
            },
        }
    }

    /// Whether an entry of its dictionary passes.
    fn takes(&self, matcher: &Matcher, entry: &str) -> bool {
        match self {
            Self::Dimension(_) => matcher.takes(entry),
            Self::Property(_) | Self::Entry(_) => {
                matcher.takes_value(property_value(entry).as_ref())
            }
        }
    }

    /// Whether the lack of it passes.
    fn takes_none(&self, matcher: &Matcher) -> bool {
        matcher.takes_value(None::<&Value>)
    }
}

/// Texts of one column over all runs of a query.
#[derive(Debug)]
pub(crate) struct Dictionary<'s> {
    texts: Vec<Cow<'s, str>>,
    codes: FxHashMap<Cow<'s, str>, u32>,
}

impl<'s> Dictionary<'s> {
    pub(crate) fn new() -> Self {
        let mut dictionary = Self {
            texts: Vec::new(),
            codes: FxHashMap::default(),
        };
        dictionary.code(Cow::Borrowed(""));
        dictionary
    }

    /// The code of a text, given now if it had none.
    pub(crate) fn code(&mut self, text: Cow<'s, str>) -> u32 {
        if let Some(&code) = self.codes.get(&text) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.texts.push(text.clone());
        self.codes.insert(text, code);
        code
    }

    /// As [`Self::code`], of a text of our own.
    pub(crate) fn code_of(&mut self, text: &'static str) -> u32 {
        self.code(Cow::Borrowed(text))
    }

    /// The code of a text, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> &str {
        &self.texts[code as usize]
    }

    /// All texts, in the order of their codes.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.texts
            .iter()
            .map(|text| text.clone().into_owned())
            .collect()
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
    /// None where no row has a value.
    codes: Option<Codes<'s>>,
    to_query: Vec<u32>,
}

impl<'s> Lane<'s> {
    /// The run's own codes, and for each the query's code.
    pub(crate) fn table(&self) -> (Option<Codes<'s>>, &[u32]) {
        (self.codes, &self.to_query)
    }

    /// The query's code of a row's value.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u32 {
        match &self.codes {
            Some(codes) => self.to_query[codes.get(row) as usize],
            None => UNKNOWN,
        }
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
    pub(crate) names: Codes<'s>,
    kinds: Vec<Kind>,
    /// For each name which selections it may belong to, as bits.
    pub(crate) marks: Vec<u64>,
    /// For each name whether a fold that looks at named events alone wants to see it.
    pub(crate) relevant: Vec<bool>,
    /// Whose events the question counts.
    pub(crate) senders: Bots,
    /// For each bot code whether the event is left out; none when no event of the run is.
    pub(crate) bots: Option<(Codes<'s>, Vec<bool>)>,
    tests: Vec<(Codes<'s>, Vec<bool>)>,
    /// False when no row of the run passes all filters on facts of the event.
    some_pass: bool,
    /// One per leaf on a fact of the event.
    pub(crate) masks: Vec<Mask<'s>>,
    /// The same for all selections at once, where their conditions are so.
    pub(crate) mark_tests: Option<MarkTests<'s>>,
    /// In the order of [`Needs::columns`].
    pub(crate) lanes: Vec<Lane<'s>>,
    /// In the order of [`Needs::numbers`].
    pub(crate) numbers: Vec<Option<Numbers<'s>>>,
}

impl QueryRun<'_> {
    /// What a row counts as.
    #[inline]
    pub(crate) fn kind(&self, row: usize) -> Kind {
        self.kinds[self.names.get(row) as usize]
    }

    /// What events with a name, by its code, count as.
    #[inline]
    pub(crate) fn kind_of_name(&self, code: u32) -> Kind {
        self.kinds[code as usize]
    }

    /// UTC milliseconds of a row.
    #[inline]
    pub(crate) fn time_ms(&self, row: usize) -> i64 {
        self.start_ms + i64::from(self.times[row])
    }

    /// Whether events of the run may be left out.
    #[inline]
    pub(crate) fn leaves_some_out(&self) -> bool {
        self.bots.is_some()
    }

    /// Whether every row counts, whoever sent it and whatever it is.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.bots.is_none() && self.tests.is_empty() && self.some_pass
    }

    /// Whether all of some rows count. Bots have persons of their own, so nearly all persons have
    /// none of their rows.
    #[inline]
    pub(crate) fn counts_all(&self, rows: Range<usize>) -> bool {
        self.passes_all() && self.takes_all_senders(rows)
    }

    /// Whether none of some rows is left out because of who sent it.
    #[inline]
    pub(crate) fn takes_all_senders(&self, rows: Range<usize>) -> bool {
        match &self.bots {
            None => true,
            Some((Codes::U8(codes), out)) => {
                !codes[rows].iter().any(|&code| out[usize::from(code)])
            }
            Some((codes, out)) => rows.into_iter().all(|row| !out[codes.get(row) as usize]),
        }
    }

    /// True for events of senders that the question leaves out.
    #[inline]
    pub(crate) fn is_left_out(&self, row: usize) -> bool {
        match &self.bots {
            None => false,
            Some((codes, out)) => out[codes.get(row) as usize],
        }
    }

    /// True when the event passes the question's filters on facts of the event that stand alone.
    #[inline]
    pub(crate) fn passes(&self, row: usize) -> bool {
        self.some_pass
            && self
                .tests
                .iter()
                .all(|(codes, takes)| takes[codes.get(row) as usize])
    }

    /// True when all events pass these filters.
    #[inline]
    pub(crate) fn passes_all(&self) -> bool {
        self.some_pass && self.tests.is_empty()
    }

    /// The number of a row's property, by its place in [`Needs::numbers`].
    #[inline]
    pub(crate) fn number(&self, property: usize, row: usize) -> Option<f64> {
        let numbers = self.numbers[property].as_ref()?;
        let number = numbers.values[numbers.codes.get(row) as usize];
        (!number.is_nan()).then_some(number)
    }
}

/// Which columns a query reads beside those of every run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needs {
    pub(crate) columns: Vec<Column>,
    /// Properties that are read as numbers.
    pub(crate) numbers: Vec<String>,
    /// Which columns of every run are left out.
    pub(crate) spared: Spared,
}

/// Columns of every run that a query does not look at, and so need not be read. They are empty
/// then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spared {
    pub(crate) sessions: bool,
    pub(crate) visitors: bool,
    pub(crate) engaged_ms: bool,
    /// Windows and sequences, which order events of one time. Where runs overlap they are read.
    pub(crate) order: bool,
}

impl Spared {
    /// What both spare.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            sessions: self.sessions && other.sessions,
            visitors: self.visitors && other.visitors,
            engaged_ms: self.engaged_ms && other.engaged_ms,
            order: self.order && other.order,
        }
    }

    /// What can be spared of some runs of a snapshot, each with its place: visitors tell who moved,
    /// and where runs overlap events of one time have to be put in order.
    fn on(self, snapshot: &Snapshot, runs: &[(usize, &Run)]) -> Self {
        let moved = runs
            .iter()
            .any(|(index, _)| !snapshot.moves(*index).is_empty());
        let spans = runs.iter().map(|(_, run)| (run.shard(), run.span_ms()));
        let mut spans: Vec<(u16, (i64, i64))> = spans.collect();
        spans.sort_unstable();
        let overlap =
            |pair: &[(u16, (i64, i64))]| pair[0].0 == pair[1].0 && pair[0].1.1 >= pair[1].1.0;
        // Runs come in the order of their first event: if none reaches into the next, none
        // reaches further.
        let overlaps = spans.windows(2).any(overlap);
        Self {
            visitors: self.visitors && !moved,
            order: self.order && !moved && !overlaps,
            ..self
        }
    }
}

impl Needs {
    /// The lane of a column, which is read from now on.
    pub(crate) fn lane(&mut self, column: Column) -> usize {
        let known = self.columns.iter().position(|known| *known == column);
        known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    /// The place of a property that is read as numbers from now on.
    pub(crate) fn number(&mut self, property: &str) -> usize {
        let known = self.numbers.iter().position(|known| known == property);
        known.unwrap_or_else(|| {
            self.numbers.push(property.to_owned());
            self.numbers.len() - 1
        })
    }
}

/// All runs of a query.
#[derive(Debug)]
pub(crate) struct Columns<'s> {
    pub(crate) runs: Vec<QueryRun<'s>>,
    pub(crate) dictionaries: Vec<Dictionary<'s>>,
    /// Runs that could not be read and properties that runs may lack, in words.
    pub(crate) missing: Vec<String>,
}

/// What decides about single events, before anything else.
#[derive(Debug)]
pub(crate) struct EventRules<'q> {
    pub(crate) bots: Bots,
    /// All tests on facts of the event.
    pub(crate) leaves: &'q [EventLeaf],
    /// Those that every counted event passes.
    pub(crate) tests: &'q [usize],
    /// Which events are meant, a bit each.
    pub(crate) selections: &'q [Selection],
    /// Where only some persons are looked at, ascending: runs that have nothing of them are left out.
    pub(crate) only: Option<&'q [u128]>,
}

impl EventRules<'_> {
    /// Rules that leave nothing out, not even bots.
    pub(crate) const fn of_bots(bots: Bots) -> Self {
        Self {
            bots,
            leaves: &[],
            tests: &[],
            selections: &[],
            only: None,
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
        dictionaries: needs.columns.iter().map(|_| Dictionary::new()).collect(),
        missing: Vec::new(),
    };
    let properties = properties(needs, rules.leaves);
    let mut lacking = Lacking::of(&properties);
    let in_span: Vec<(usize, &Run)> = (0..)
        .zip(&snapshot.runs)
        .map(|(index, run)| (index, run.as_ref()))
        .filter(|(_, run)| {
            let (first, last) = run.span_ms();
            !run.is_empty() && last >= from_ms && first < to_ms
        })
        .filter(|(index, run)| {
            let has_some = |only| has_some(snapshot, (*index, run), only);
            rules.only.is_none_or(has_some)
        })
        .collect();
    let spared = needs.spared.on(snapshot, &in_span);
    read(&in_span, (needs, spared), (&properties, meter));
    let masks = masks_of_all(&in_span, rules.leaves, meter);
    for ((index, run), masks) in in_span.into_iter().zip(masks) {
        go_on(meter)?;
        let masks = masks?;
        let dictionaries = &mut columns.dictionaries;
        let of_query = masks.and_then(|masks| {
            query_run((index, run), (needs, spared), (rules, masks), dictionaries)
        });
        match of_query {
            Ok(of_query) => {
                if of_query.relevant.contains(&true) {
                    lacking.look_at(run);
                }
                columns.runs.push(of_query);
            }
            Err(error) => columns.missing.push(error.to_string()),
        }
    }
    columns.missing.extend(lacking.told());
    columns
        .runs
        .sort_by_key(|run| (run.shard, run.span_ms, run.index));
    Ok(columns)
}

/// Whether a run may have events of some persons, ascending: it was sorted under one of them, or a
/// visitor in it has moved to one.
fn has_some(snapshot: &Snapshot, (index, run): (usize, &Run), persons: &[u128]) -> bool {
    let is_here = |person: &u128| run.persons().binary_search(person).is_ok();
    let mut moves = snapshot.moves(index).iter();
    persons.iter().any(is_here) || moves.any(|one| persons.binary_search(&one.to.0).is_ok())
}

/// Names of the properties that a query reads, each once.
fn properties<'n>(needs: &'n Needs, leaves: &'n [EventLeaf]) -> Vec<&'n str> {
    let tested = leaves.iter().map(|leaf| &leaf.column);
    let columns = needs.columns.iter().chain(tested);
    let names = columns.filter_map(|column| match column {
        Column::Property(name) | Column::Entry(name) => Some(name),
        Column::Dimension(_) => None,
    });
    let names = names.chain(&needs.numbers).map(String::as_str);
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Has the columns of runs read that nobody asked for yet, several runs at once, and of a run all
/// properties together: to read them is most of what a first question costs. What cannot be read is
/// told where it is taken.
fn read(
    runs: &[(usize, &Run)],
    (needs, spared): (&Needs, Spared),
    (properties, meter): (&[&str], &dyn Meter),
) {
    let mut dimensions = vec![Dimension::Event, Dimension::Bot];
    dimensions.extend(needs.columns.iter().filter_map(|column| match column {
        Column::Dimension(dimension) if !dimension.is_derived() => Some(*dimension),
        _ => None,
    }));
    let lacks =
        |run: &Run| run.waits_for(properties) || dimensions.iter().any(|&one| !run.has_column(one));
    let unread = runs.iter().map(|(_, run)| *run).filter(|run| lacks(run));
    several_at_once(&unread.collect::<Vec<_>>(), meter, |run| {
        for &dimension in &dimensions {
            let _ = run.column(dimension);
        }
        // A part that cannot be read is not gone through again.
        if run.make_properties(properties).is_ok() {
            for name in properties {
                // What would have taken too much together has a pass of its own.
                if run.waits_for(&[*name]) && go_on(meter).is_err() {
                    return;
                }
                let _ = run.property(name);
            }
            for number in &needs.numbers {
                let _ = run.property_numbers(number);
            }
            let _ = unless(spared.sessions, || run.sessions());
            let _ = unless(spared.visitors, || run.visitors());
        }
    });
}

/// Does something with each run, on as many threads as the question may use, until the meter stops
/// it; who asks the meter next is told so.
pub(crate) fn several_at_once(runs: &[&Run], meter: &dyn Meter, with: impl Fn(&Run) + Sync) {
    let threads = meter.threads().min(runs.len());
    if threads < 2 {
        let runs = runs.iter().take_while(|_| go_on(meter).is_ok());
        runs.for_each(|run| with(run));
        return;
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let take = || runs.get(next.fetch_add(1, Ordering::Relaxed));
                while let Some(run) = take().filter(|_| go_on(meter).is_ok()) {
                    with(run);
                }
            });
        }
    });
}

/// A column, or an empty one where it is spared.
fn unless<C: Default>(
    spared: bool,
    column: impl FnOnce() -> Result<C, LaneError>,
) -> Result<C, LaneError> {
    if spared { Ok(C::default()) } else { column() }
}

fn query_run<'s>(
    (index, run): (usize, &'s Run),
    (needs, spared): (&Needs, Spared),
    (rules, masks): (&EventRules<'_>, Vec<Mask<'s>>),
    dictionaries: &mut [Dictionary<'s>],
) -> Result<QueryRun<'s>, LaneError> {
    let names = run.column(Dimension::Event)?;
    let bots = run.column(Dimension::Bot)?;
    let out: Vec<bool> = bots
        .texts
        .iter()
        .map(|bot| leaves_out(rules.bots, bot))
        .collect();
    let bots = out.contains(&true).then_some((bots.codes, out));
    let (mut tests, mut some_pass) = (Vec::new(), true);
    for &leaf in rules.tests {
        match &masks[leaf] {
            Mask::Always(takes) => some_pass &= *takes,
            Mask::Table(codes, takes) => tests.push((*codes, takes.clone())),
        }
    }
    let numbers = needs
        .numbers
        .iter()
        .map(|property| run.property_numbers(property))
        .collect::<Result<_, LaneError>>()?;
    // All columns are had before the dictionaries grow, so that a run that is left out adds
    // no values.
    let found: Result<Vec<Option<TextColumn<'s>>>, LaneError> =
        needs.columns.iter().map(|column| column.of(run)).collect();
    let lanes = needs.columns.iter().zip(found?).zip(dictionaries);
    let lanes = lanes.map(|((column, found), dictionary)| match found {
        None => Lane {
            codes: None,
            to_query: Vec::new(),
        },
        Some(found) => Lane {
            codes: Some(found.codes),
            to_query: found
                .texts
                .iter()
                .map(|entry| dictionary.code(column.shown(entry)))
                .collect(),
        },
    });
    let lanes = lanes.collect();
    let marks = marks(names.texts, rules.selections);
    let mark_tests = MarkTests::of(rules.selections, rules.leaves, &masks, TESTED_VALUES);
    Ok(QueryRun {
        index,
        shard: run.shard(),
        start_ms: run.start_ms(),
        span_ms: run.span_ms(),
        persons: run.persons(),
        offsets: run.offsets(),
        times: run.times(),
        sequences: unless(spared.order, || run.sequences())?,
        windows: unless(spared.order, || run.windows())?,
        sessions: unless(spared.sessions, || run.sessions())?,
        visitors: unless(spared.visitors, || run.visitors())?,
        engaged_ms: unless(spared.engaged_ms, || run.engaged_ms())?,
        kinds: names.texts.iter().map(Kind::of).collect(),
        relevant: relevant(names.texts, &marks, rules),
        marks,
        names: names.codes,
        senders: rules.bots,
        bots,
        tests,
        some_pass,
        masks,
        mark_tests,
        lanes,
        numbers,
    })
}

/// What the leaves on facts of the event make of a run; the inner error is of the run.
type Masks<'s> = Result<Result<Vec<Mask<'s>>, LaneError>, AskError>;

/// The same of all runs, in their order, several at once: a condition on a number is held against as
/// many values as there are events with it.
fn masks_of_all<'s>(
    runs: &[(usize, &'s Run)],
    leaves: &[EventLeaf],
    meter: &dyn Meter,
) -> Vec<Masks<'s>> {
    let threads = meter.threads().min(runs.len());
    if threads < 2 || leaves.is_empty() {
        let one = |(_, run): &(usize, &'s Run)| masks(run, leaves, meter);
        return runs.iter().map(one).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((_, run)) = runs.get(place) else {
                return mine;
            };
            mine.push((place, masks(run, leaves, meter)));
        }
    };
    let mut all: Vec<(usize, Masks<'s>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| match worker.join() {
            Ok(mine) => mine,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.flatten().collect()
    });
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, masks)| masks).collect()
}

/// The leaves on facts of the event. A leaf's values times a run's texts may be many comparisons,
/// so the meter is asked in between.
fn masks<'s>(run: &'s Run, leaves: &[EventLeaf], meter: &dyn Meter) -> Masks<'s> {
    let mut masks = Vec::with_capacity(leaves.len());
    for EventLeaf { column, matcher } in leaves {
        go_on(meter)?;
        let found = match column.of(run) {
            Ok(Some(found)) => found,
            Ok(None) => {
                masks.push(Mask::Always(column.takes_none(matcher)));
                continue;
            }
            Err(error) => return Ok(Err(error)),
        };
        let numbers = match column {
            Column::Property(name) if matcher.compares_numbers() => run.property_numbers(name),
            _ => Ok(None),
        };
        let numbers = match numbers {
            Ok(numbers) => numbers.map_or(&[][..], |numbers| numbers.values),
            Err(error) => return Ok(Err(error)),
        };
        let mut takes = Vec::with_capacity(found.texts.len());
        for index in 0..found.texts.len() {
            if index % MATCHED_AT_ONCE == MATCHED_AT_ONCE - 1 {
                go_on(meter)?;
            }
            // Of a measurement nearly every event has a value of its own; what is a number was read
            // as one before.
            takes.push(match numbers.get(index) {
                Some(number) if number.is_finite() => matcher.takes_number(*number),
                _ => column.takes(matcher, found.texts.get(index as u32)),
            });
        }
        masks.push(match (takes.contains(&true), takes.contains(&false)) {
            (true, true) => Mask::Table(found.codes, takes),
            (takes, _) => Mask::Always(takes),
        });
    }
    Ok(Ok(masks))
}

/// For each name which selections it may belong to.
fn marks(names: &Texts, selections: &[Selection]) -> Vec<u64> {
    let of_name = |name: &str| {
        let is_measurement = Kind::of(name) == Kind::Measurement;
        let mut marks = 0;
        for (bit, selection) in selections.iter().enumerate() {
            let meant = match &selection.names {
                Names::Every => true,
                Names::Acts => !is_measurement,
                Names::Of(names) => names.iter().any(|known| known == name),
            };
            marks |= u64::from(meant) << bit;
        }
        marks
    };
    names.iter().map(of_name).collect()
}

/// For each name whether it may belong to a selection, where there are any, and passes the filters
/// on names that every counted event passes.
fn relevant(names: &Texts, marks: &[u64], rules: &EventRules<'_>) -> Vec<bool> {
    let is_relevant = |(name, marks): (&str, &u64)| {
        (rules.selections.is_empty() || *marks != 0)
            && rules.tests.iter().all(|&leaf| {
                let leaf = &rules.leaves[leaf];
                leaf.column != Column::Dimension(Dimension::Event)
                    || leaf.column.takes(&leaf.matcher, name)
            })
    };
    names.iter().zip(marks).map(is_relevant).collect()
}

fn leaves_out(bots: Bots, bot: &str) -> bool {
    match bots {
        Bots::Exclude => !bot.is_empty(),
        Bots::Include => false,
        Bots::Only => bot.is_empty(),
    }
}
