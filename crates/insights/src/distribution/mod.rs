//! Distribution: how the values of a fact are spread over events, persons or accounts.
//!
//! The same fold is made twice. The first counts by code of the value and so finds the least and
//! the greatest number and the largest other values; from these the rows are made. The second
//! counts by row, because a person with two values of one row is one person of it.

mod classes;

use std::cmp::Reverse;

use hitmetrix_model::{
    Answer, Cell, CellAddress, Distribution, Fact, Level, ResolvedPeriod, Unit, Value, limits,
};

use crate::AskError;
use crate::engine::{self, Fold, Order};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::matcher::text_of;
use crate::people::{Contribution, People, unknown_column};
use crate::persons::{self, ACCOUNT, PersonValues};
use crate::query::{Prepared, Query, Scanned, column, previous_name};
use crate::timeline::Timeline;
use crate::top::OTHER;

use classes::{Classes, Span};

/// Classes and rows when the question names no number.
const CLASSES: u32 = 20;
const CLASSES_MAX: u32 = 200;
/// What a fold keeps per group.
const GROUP_BYTES: usize = 2 * size_of::<u64>() + size_of::<u32>();

/// What is counted: a value is had by each of them once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Per {
    Event,
    Person,
    Account,
}

impl Per {
    const fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Property(fact) => match fact.of {
                Level::Event => Self::Event,
                Level::Person => Self::Person,
                Level::Account => Self::Account,
            },
            Fact::Dimension(_) => Self::Event,
        }
    }

    /// The counting columns; the first is what shares are of.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Event => &["events", "persons"],
            Self::Person => &["persons"],
            Self::Account => &["accounts", "persons"],
        }
    }
}

/// One row of the answer.
#[derive(Debug, Clone, PartialEq)]
enum Row {
    /// Numbers of a class.
    Class(usize),
    Value(String),
    /// All other values.
    Other,
    /// No value, or the empty text.
    Unset,
}

/// A value that is no number, and its code.
type Named = (String, usize);

/// Which row each code of the fact belongs to.
struct Rows {
    rows: Vec<Row>,
    of_code: Vec<u32>,
    classes: Option<Classes>,
}

/// Events, persons and accounts by group.
#[derive(Debug, Default)]
struct Counts {
    events: Vec<u64>,
    persons: Vec<u64>,
    /// By account its group and one; 0 where no event was seen of it.
    accounts: Vec<u32>,
}

impl Counts {
    /// What shares are of and groups are ordered by, for each.
    fn sizes(&self, per: Per) -> Vec<u64> {
        match per {
            Per::Event => self.events.clone(),
            Per::Person => self.persons.clone(),
            Per::Account => {
                let mut sizes = vec![0; self.persons.len()];
                for &account in self.accounts.iter().filter(|&&account| account != 0) {
                    sizes[account as usize - 1] += 1;
                }
                sizes
            }
        }
    }
}

/// The group of each code of a column, and how many groups there are.
type Groups<'q> = (&'q [u32], usize);

/// Counts by group.
struct Counting<'q> {
    prepared: &'q Prepared<'q>,
    marker: Marker<'q>,
    per: Per,
    accounts: Option<&'q PersonValues>,
    /// The group of each code, and how many there are; the code itself when none.
    groups: Option<Groups<'q>>,
    watched: Option<u32>,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    counts: Counts,
    /// By group the last person seen in it, by their number among this thread's.
    last: Vec<u32>,
    person: u32,
    people: People,
}

/// A distribution, folded.
struct Folded {
    work: Work,
    rows: u64,
}

/// The answer to a question of kind `distribution`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    let prepared = asked.prepare(query)?;
    let rows = asked.rows(query, &prepared)?;
    let groups = Some((&rows.of_code[..], rows.rows.len()));
    let mut folded = asked.fold(query, &prepared, (query.period(), groups, None))?;
    let mut sized = vec![Amounts::of(asked.per, &folded.work.counts)];
    if let Some(previous) = query.resolved.previous {
        let before = asked.fold(query, &prepared, (previous, groups, None))?;
        folded.rows += before.rows;
        sized.push(Amounts::of(asked.per, &before.work.counts));
    }
    let mut answer = query.answer(Scanned {
        rows: folded.rows,
        left_out: folded.work.marks.left_out,
        missing: &prepared.columns.missing,
    });
    answer.columns = vec![
        column("value", Unit::Text),
        column("from", Unit::Ratio),
        column("to", Unit::Ratio),
    ];
    let columns = asked.per.columns();
    let units = columns.iter().map(|name| (*name, Unit::Count));
    for (name, unit) in units.chain([("share", Unit::Share)]) {
        answer.columns.push(column(name, unit));
        if sized.len() > 1 {
            answer.columns.push(column(&previous_name(name), unit));
        }
    }
    for (group, row) in rows.rows.iter().enumerate() {
        let mut cells = rows.key(row);
        for at in 0..columns.len() {
            cells.extend(sized.iter().map(|one| one.count(group, at)));
        }
        cells.extend(sized.iter().map(|one| one.share(group)));
        answer.rows.push(cells);
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// What stands in the rows of one period.
struct Amounts {
    sizes: Vec<u64>,
    persons: Vec<u64>,
    all: u64,
}

impl Amounts {
    fn of(per: Per, counts: &Counts) -> Self {
        let sizes = counts.sizes(per);
        Self {
            all: sizes.iter().sum(),
            sizes,
            persons: counts.persons.clone(),
        }
    }

    /// The cell of a counting column: the first has what shares are of, the second persons.
    fn count(&self, group: usize, column: usize) -> Cell {
        let counted = [self.sizes[group], self.persons[group]];
        Cell::Count(counted[column] as i64)
    }

    fn share(&self, group: usize) -> Cell {
        match self.all {
            0 => Cell::MISSING,
            all => Cell::Number(self.sizes[group] as f64 / all as f64),
        }
    }
}

/// Who stands behind a cell of a distribution's answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    let columns = asked.per.columns();
    let (name, period) = match query.resolved.previous {
        Some(previous) => match cell.column.strip_suffix("_previous") {
            Some(name) => (name, previous),
            None => (cell.column.as_str(), query.period()),
        },
        None => (cell.column.as_str(), query.period()),
    };
    if name != "share" && !columns.contains(&name) {
        return Err(unknown_column(cell, columns));
    }
    let prepared = asked.prepare(query)?;
    let rows = asked.rows(query, &prepared)?;
    let watched = rows.watched(cell)?;
    let groups = Some((&rows.of_code[..], rows.rows.len()));
    let folded = asked.fold(query, &prepared, (period, groups, Some(watched)))?;
    let scanned = Scanned {
        rows: folded.rows,
        left_out: folded.work.marks.left_out,
        missing: &prepared.columns.missing,
    };
    Ok(folded.work.people.answer(query, scanned, limit))
}

/// The question, checked.
struct Asked<'q> {
    spec: &'q Distribution,
    per: Per,
    classes: u32,
    accounts: Option<PersonValues>,
}

impl<'q> Asked<'q> {
    fn new(query: &Query<'q>) -> Result<Self, AskError> {
        let question = query.question;
        let spec = question.distribution.as_ref().expect("checked before");
        let classes = spec.classes.unwrap_or(CLASSES);
        if !(1..=CLASSES_MAX).contains(&classes) {
            let (given, most) = (i64::from(classes), i64::from(CLASSES_MAX));
            let least = 1;
            return Err(AskError::OutOfBounds { given, least, most }.at("distribution.classes"));
        }
        let per = Per::of(&spec.fact);
        let accounts = match per {
            Per::Account => Some(persons::values(query, Level::Account, ACCOUNT)?),
            Per::Event | Per::Person => None,
        };
        Ok(Self {
            spec,
            per,
            classes,
            accounts,
        })
    }

    fn prepare<'s>(&self, query: &Query<'s>) -> Result<Prepared<'s>, AskError> {
        let mut wanted = query.wanted();
        wanted.selection(&self.spec.events, "distribution.events")?;
        wanted.fact_as_sent(&self.spec.fact);
        query.prepare(wanted)
    }

    fn fold(
        &self,
        query: &Query<'_>,
        prepared: &Prepared<'_>,
        (period, groups, watched): (ResolvedPeriod, Option<Groups<'_>>, Option<u32>),
    ) -> Result<Folded, AskError> {
        let counting = Counting {
            prepared,
            marker: prepared.marker(period, WantSlots::No),
            per: self.per,
            accounts: self.accounts.as_ref(),
            groups,
            watched,
        };
        let accounts = self.accounts.as_ref().map_or(0, PersonValues::len);
        let bytes = counting.groups() * GROUP_BYTES + accounts * size_of::<u32>();
        if bytes.saturating_mul(query.meter.threads() + 1) > limits::QUESTION_BYTES {
            return Err(AskError::TooMuchMemory);
        }
        let margin_ms = query.margin_of(&counting.marker);
        let folded = query.fold(prepared, (period, margin_ms), &counting)?;
        Ok(Folded {
            work: folded.result,
            rows: folded.rows_scanned,
        })
    }

    /// The rows: classes, then the largest other values, then what is left of them, then those
    /// without a value. What was seen in the period before alone has its place among them too.
    fn rows(&self, query: &Query<'_>, prepared: &Prepared<'_>) -> Result<Rows, AskError> {
        let in_period = |period| {
            let folded = self.fold(query, prepared, (period, None, None))?;
            Ok::<_, AskError>(folded.work.counts)
        };
        let counts = in_period(query.period())?;
        let before = query.resolved.previous.map(in_period).transpose()?;
        let seen = |code: &usize| {
            let was_seen = |before: &Counts| before.persons[*code] > 0;
            counts.persons[*code] > 0 || before.as_ref().is_some_and(was_seen)
        };
        let (mut numbers, mut texts, mut unset) = (Vec::new(), Vec::new(), Vec::new());
        let sizes = counts.sizes(self.per);
        for code in (0..sizes.len()).filter(seen) {
            match prepared.value_as_sent((0, &self.spec.fact), code as u32) {
                Some(Value::Number(number)) => numbers.push((number, code)),
                value => {
                    let text = value.as_ref().map(text_of).unwrap_or_default();
                    match text.is_empty() {
                        true => unset.push(code),
                        false => texts.push((text.into_owned(), code)),
                    }
                }
            }
        }
        let mut rows = Rows {
            rows: Vec::new(),
            of_code: vec![0; sizes.len()],
            classes: None,
        };
        if let Some(span) = Span::of(numbers.iter().map(|one| one.0)) {
            let classes = Classes::over(span, self.classes);
            for (number, code) in numbers {
                rows.of_code[code] = classes.of(number) as u32;
            }
            rows.rows.extend((0..classes.len()).map(Row::Class));
            rows.classes = Some(classes);
        }
        rows.add_values(texts, &sizes, self.classes as usize);
        rows.add(Row::Unset, &unset);
        Ok(rows)
    }
}

impl Rows {
    /// A row for some codes, if there are any.
    fn add(&mut self, row: Row, codes: &[usize]) {
        if codes.is_empty() {
            return;
        }
        for &code in codes {
            self.of_code[code] = self.rows.len() as u32;
        }
        self.rows.push(row);
    }

    /// Rows for the largest values and for the others. What the store has called "other" already
    /// is of these.
    fn add_values(&mut self, mut texts: Vec<Named>, sizes: &[u64], most: usize) {
        texts.sort_unstable();
        let mut values: Vec<(Reverse<u64>, &[Named])> = texts
            .chunk_by(|left, right| left.0 == right.0)
            .filter(|same| same[0].0 != OTHER)
            .map(|same| (Reverse(same.iter().map(|one| sizes[one.1]).sum()), same))
            .collect();
        // Equal sizes stay in the order of their texts.
        values.sort_by_key(|value| value.0);
        let codes = |same: &[Named]| -> Vec<usize> { same.iter().map(|one| one.1).collect() };
        let mut others: Vec<usize> = texts
            .iter()
            .filter(|one| one.0 == OTHER)
            .map(|one| one.1)
            .collect();
        for (place, (_, same)) in values.into_iter().enumerate() {
            match place < most {
                true => self.add(Row::Value(same[0].0.clone()), &codes(same)),
                false => others.extend(codes(same)),
            }
        }
        self.add(Row::Other, &others);
    }

    /// The cells `value`, `from` and `to`.
    fn key(&self, row: &Row) -> Vec<Cell> {
        let value = |text: &str| {
            let text = Cell::Text(text.to_owned());
            vec![text, Cell::MISSING, Cell::MISSING]
        };
        match (row, &self.classes) {
            (Row::Class(class), Some(classes)) => {
                let (from, to) = classes.bounds(*class);
                vec![Cell::MISSING, Cell::Number(from), Cell::Number(to)]
            }
            (Row::Value(text), _) => value(text),
            (Row::Other, _) => value(OTHER),
            (Row::Unset | Row::Class(_), _) => value(""),
        }
    }

    /// The row of an address: by its `value`, else by `from`.
    fn watched(&self, cell: &CellAddress) -> Result<u32, AskError> {
        let (wanted, column) = match (cell.row.get("value"), cell.row.get("from")) {
            (Some(Cell::Text(text)), _) => {
                let wanted = match text.as_str() {
                    "" => Row::Unset,
                    OTHER => Row::Other,
                    text => Row::Value(text.to_owned()),
                };
                (Some(wanted), "value")
            }
            (_, Some(&Cell::Number(from))) => (self.class_from(from), "from"),
            (_, Some(&Cell::Count(from))) => (self.class_from(from as f64), "from"),
            _ => (None, "value"),
        };
        let found = wanted.and_then(|wanted| self.rows.iter().position(|row| *row == wanted));
        let column = column.to_owned();
        found
            .map(|row| row as u32)
            .ok_or(AskError::RowKey { column })
    }

    fn class_from(&self, from: f64) -> Option<Row> {
        self.classes.as_ref()?.from(from).map(Row::Class)
    }
}

impl Counting<'_> {
    /// How many groups.
    fn groups(&self) -> usize {
        self.groups
            .map_or_else(|| self.prepared.values(0), |(_, count)| count)
    }

    #[inline]
    fn group(&self, code: u32) -> u32 {
        match self.groups {
            Some((of_code, _)) => of_code[code as usize],
            None => code,
        }
    }

    fn watch(&self, people: &mut People, (person, timeline): (u128, &Timeline<'_>), at: &Marked) {
        people.add(Contribution {
            at_ms: at.time_ms,
            person,
            session: at.session(timeline.runs),
        });
    }
}

impl Work {
    /// Counts one event, and the person where it is their first of the group.
    #[inline]
    fn count(&mut self, group: u32, events: u64) {
        let group = group as usize;
        self.counts.events[group] += events;
        if self.last[group] != self.person {
            self.last[group] = self.person;
            self.counts.persons[group] += 1;
        }
    }
}

impl Fold for Counting<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        match self.marker.uses_table() {
            true => Order::Time,
            false => Order::Any,
        }
    }

    fn rows(&self) -> engine::Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        let groups = self.groups();
        Work {
            counts: Counts {
                events: vec![0; groups],
                persons: vec![0; groups],
                accounts: vec![0; self.accounts.map_or(0, PersonValues::len)],
            },
            last: vec![0; groups],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let marked = std::mem::take(&mut work.marks.marked);
        let Some(first) = marked.first() else {
            work.marks.marked = marked;
            return;
        };
        let at = (person, timeline);
        work.person += 1;
        if self.per == Per::Event {
            for one in &marked {
                let group = self.group(self.prepared.code(0, at, (&work.marks, one)));
                work.count(group, 1);
                if self.watched == Some(group) {
                    self.watch(&mut work.people, at, one);
                }
            }
        } else {
            let group = self.group(self.prepared.code(0, at, (&work.marks, first)));
            work.count(group, marked.len() as u64);
            let account = self.accounts.map_or(0, |accounts| accounts.code(person));
            if account != 0 {
                work.counts.accounts[account as usize] = group + 1;
            }
            if self.watched == Some(group) {
                for one in &marked {
                    self.watch(&mut work.people, at, one);
                }
            }
        }
        work.marks.marked = marked;
    }

    fn merge(&self, into: &mut Work, from: Work) {
        let add = |into: &mut [u64], from: &[u64]| {
            for (into, from) in into.iter_mut().zip(from) {
                *into += from;
            }
        };
        add(&mut into.counts.events, &from.counts.events);
        add(&mut into.counts.persons, &from.counts.persons);
        for (into, from) in into.counts.accounts.iter_mut().zip(from.counts.accounts) {
            *into = (*into).max(from);
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
