//! Collects properties: names with their limit, values with theirs, columns of runs in memory.
//!
//! Whoever sends may choose new names and values for ever. Names beyond the limit lose by their
//! number of rows, so that made-up ones do not drive out a site's own, and a column of a run is
//! either whole or not there; values beyond the limit share one entry.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use hitmetrix_model::{Properties, limits};

use super::build::Interned;
use super::columns::{CodeLane, Texts};
use super::properties::{
    PropertiesLeftOut, PropertyKinds, PropertyNames, PropertySeen, RunProperties, SparseColumn,
};
use crate::property_json::{name_of_text, name_text, value_text};

/// The entry of all texts and lists beyond the limit.
pub(crate) const OTHER_VALUE: &str = "\"(other)\"";
/// What the row and the code of a value take.
const VALUE_BYTES: usize = 8;
/// What a text takes beside its letters, which stand in its list and in what finds it there.
const TEXT_BYTES: usize = 64;
/// So many times as many names as may stay are held while they are counted.
const NAMES_HELD: usize = 4;

/// How much of properties becomes columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PropertyLimits {
    pub(crate) names: usize,
    pub(crate) values: usize,
    pub(crate) values_bytes: usize,
    /// Of all columns that are collected together.
    pub(crate) held_bytes: usize,
}

impl PropertyLimits {
    pub(crate) const DEFAULT: Self = Self {
        names: limits::PROPERTY_NAMES,
        values: limits::PROPERTY_VALUES,
        values_bytes: limits::PROPERTY_VALUES_BYTES,
        held_bytes: limits::LANES_AHEAD_BYTES,
    };
}

/// Keeps the `limit` names with the most rows, of equals those first in the alphabet, and takes
/// the others out.
pub(super) fn take_rarest<T>(
    names: &mut Vec<T>,
    limit: usize,
    key: impl Fn(&T) -> (u64, &str),
) -> (Vec<T>, PropertiesLeftOut) {
    if names.len() <= limit {
        return (Vec::new(), PropertiesLeftOut::default());
    }
    names.sort_unstable_by(|one, other| {
        let ((one_rows, one), (other_rows, other)) = (key(one), key(other));
        (Reverse(one_rows), one).cmp(&(Reverse(other_rows), other))
    });
    let rarest = names.split_off(limit);
    let left_out = PropertiesLeftOut {
        names: rarest.len() as u64,
        rows: rarest.iter().map(|name| key(name).0).sum(),
    };
    (rarest, left_out)
}

/// Values of one property that become codes; code 0 is "not set".
pub(crate) struct PropertyTexts {
    limits: PropertyLimits,
    texts: Interned<Box<str>>,
    limited: usize,
    limited_bytes: usize,
}

impl PropertyTexts {
    pub(crate) fn new(limits: PropertyLimits) -> Self {
        let mut texts = Interned::<Box<str>>::new();
        texts.code_of_text("");
        Self {
            limits,
            texts,
            limited: 0,
            limited_bytes: 0,
        }
    }

    /// Adds the value of a row; the empty text when it has none. Gives the bytes that a text takes
    /// which was not there before.
    pub(crate) fn push(&mut self, text: &str) -> usize {
        let before = self.texts.values();
        let code = match self.texts.last_code_of(text) {
            Some(code) => code,
            None => self.code_of(text),
        };
        self.texts.push_text_code(code);
        (self.texts.values() - before) * (TEXT_BYTES + 2 * text.len())
    }

    /// The code of a value, without a row.
    pub(super) fn code_of(&mut self, text: &str) -> u32 {
        if let Some(code) = self.texts.known_text(text) {
            return code;
        }
        let kinds = PropertyKinds::of(text);
        if kinds.text || kinds.time || kinds.list {
            let bytes = self.limited_bytes.saturating_add(text.len());
            if self.limited >= self.limits.values || bytes > self.limits.values_bytes {
                return self.texts.code_of_text(OTHER_VALUE);
            }
            self.limited += 1;
            self.limited_bytes = bytes;
        }
        self.texts.code_of_text(text)
    }

    pub(super) fn push_code(&mut self, code: u32) {
        self.texts.push_text_code(code);
    }

    /// The column when only `rows` were pushed.
    pub(crate) fn into_sparse(self, rows: Vec<u32>) -> SparseColumn {
        let (codes, texts) = self.texts.into_codes_and_texts();
        SparseColumn {
            rows,
            codes,
            texts,
            lacks: 0,
        }
    }
}

/// A column of a run in memory that grows.
struct GrowingColumn {
    name: Box<str>,
    rows: Vec<u32>,
    texts: PropertyTexts,
    kinds: PropertyKinds,
}

/// The properties of a run in memory, event by event.
pub(crate) struct PropertiesBuilder {
    limits: PropertyLimits,
    columns: Vec<GrowingColumn>,
    /// Names to `columns`; hashes with a random seed, since names are chosen by whoever sends.
    known: HashMap<Box<str>, u32>,
    /// Hashes of names that were left out: a column is whole or not there.
    dropped: HashSet<u64>,
    left_out: PropertiesLeftOut,
}

impl PropertiesBuilder {
    pub(crate) fn new(limits: PropertyLimits) -> Self {
        Self {
            limits,
            columns: Vec::new(),
            known: HashMap::new(),
            dropped: HashSet::new(),
            left_out: PropertiesLeftOut::default(),
        }
    }

    /// Adds the properties of a row; rows come in ascending order. Costs nothing for an event
    /// without properties.
    pub(crate) fn push(&mut self, row: u32, properties: &Properties) {
        for (name, value) in properties {
            let text = value_text(value);
            let kinds = PropertyKinds::of(&text);
            if kinds.is_empty() {
                continue;
            }
            match self.column(name) {
                Some(column) => {
                    column.rows.push(row);
                    column.texts.push(&text);
                    column.kinds = column.kinds.or(kinds);
                }
                None => self.left_out.rows += 1,
            }
        }
    }

    fn column(&mut self, name: &str) -> Option<&mut GrowingColumn> {
        if let Some(&at) = self.known.get(name) {
            return Some(&mut self.columns[at as usize]);
        }
        if self.columns.len() >= NAMES_HELD * self.limits.names {
            self.drop_rarest();
        }
        if !self.dropped.is_empty() && self.dropped.contains(&self.hash(name)) {
            return None;
        }
        self.known.insert(name.into(), self.columns.len() as u32);
        self.columns.push(GrowingColumn {
            name: name.into(),
            rows: Vec::new(),
            texts: PropertyTexts::new(self.limits),
            kinds: PropertyKinds::default(),
        });
        self.columns.last_mut()
    }

    fn hash(&self, name: &str) -> u64 {
        self.known.hasher().hash_one(name)
    }

    fn drop_rarest(&mut self) {
        let (rarest, left_out) = take_rarest(&mut self.columns, self.limits.names, |column| {
            (column.rows.len() as u64, &column.name)
        });
        self.left_out.add(left_out);
        for column in rarest {
            self.dropped.insert(self.hash(&column.name));
        }
        self.known.clear();
        let names = self.columns.iter().zip(0..);
        self.known
            .extend(names.map(|(column, at)| (column.name.clone(), at)));
    }

    pub(crate) fn finish(mut self) -> RunProperties {
        if self.columns.len() > self.limits.names {
            self.drop_rarest();
        }
        self.columns
            .sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let columns = self.columns.into_iter().map(|column| {
            let seen = PropertySeen {
                name: column.name.into(),
                rows: column.rows.len() as u64,
                kinds: column.kinds,
            };
            (seen, column.texts.into_sparse(column.rows))
        });
        RunProperties::in_memory(columns.collect(), self.left_out)
    }
}

/// Columns of some properties that grow together, within a limit on what they take: each is whole,
/// or was given up.
pub(crate) struct HeldColumns {
    /// Ascending by name.
    columns: Vec<HeldColumn>,
    held_bytes: usize,
    held_bytes_max: usize,
}

/// One of them.
struct HeldColumn {
    name: Box<str>,
    rows: Vec<u32>,
    texts: PropertyTexts,
    held_bytes: usize,
}

impl HeldColumns {
    /// Of some names.
    pub(crate) fn new(names: impl Iterator<Item = Box<str>>, limits: PropertyLimits) -> Self {
        let column = |name| HeldColumn {
            name,
            rows: Vec::new(),
            texts: PropertyTexts::new(limits),
            held_bytes: 0,
        };
        let mut columns: Vec<HeldColumn> = names.map(column).collect();
        columns.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        columns.dedup_by(|one, other| one.name == other.name);
        Self {
            columns,
            held_bytes: 0,
            held_bytes_max: limits.held_bytes,
        }
    }

    /// Adds the value of a row, as JSON text, if its property is among them; rows come in ascending
    /// order. Beyond the limit the largest columns are given up.
    pub(crate) fn add(&mut self, row: u32, name: &str, value: &str) {
        let place = self
            .columns
            .binary_search_by(|column| (*column.name).cmp(name));
        let Ok(place) = place else { return };
        let column = &mut self.columns[place];
        column.rows.push(row);
        let bytes = VALUE_BYTES + column.texts.push(value);
        column.held_bytes += bytes;
        self.held_bytes += bytes;
        while self.held_bytes > self.held_bytes_max {
            self.drop_largest();
        }
    }

    fn drop_largest(&mut self) {
        let columns = self.columns.iter().enumerate();
        match columns.max_by_key(|(_, column)| column.held_bytes) {
            Some((at, _)) => self.held_bytes -= self.columns.remove(at).held_bytes,
            None => self.held_bytes = 0,
        }
    }

    /// Those that were not given up, one after the other, with their names.
    pub(crate) fn into_columns(self) -> impl Iterator<Item = (Box<str>, SparseColumn)> {
        let columns = self.columns.into_iter();
        columns.map(|column| (column.name, column.texts.into_sparse(column.rows)))
    }
}

/// The properties of a part that is being written: all names, and whole columns of those that are
/// asked for; the lanes of columns that are given up are made from the part when they are asked for. Made from the rows while these are at hand, they are what [`LaneMaker`] would make
/// later from the part's file.
///
/// [`LaneMaker`]: super::LaneMaker
pub(crate) struct PropertiesOfPart {
    names: NameCounter,
    columns: HeldColumns,
    rows: u32,
}

/// What came of them. A column is made a lane when it is written: of all together the lanes would
/// take their number times the part's rows.
pub(crate) struct MadeProperties {
    pub(crate) names: PropertyNames,
    /// By name; none of a property that no event has.
    columns: Vec<(Box<str>, SparseColumn)>,
    rows: usize,
}

impl MadeProperties {
    /// The lanes one after the other.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = (&str, CodeLane, &Texts)> {
        let columns = self.columns.iter();
        columns.map(|(name, column)| (&**name, column.dense(self.rows), &column.texts))
    }
}

impl PropertiesOfPart {
    pub(crate) fn new(asked: &BTreeSet<String>, limits: PropertyLimits) -> Self {
        let asked = asked.iter().map(|name| name.as_str().into());
        Self {
            names: NameCounter::new(limits.names),
            columns: HeldColumns::new(asked, limits),
            rows: 0,
        }
    }

    /// Adds the properties of the next row.
    pub(crate) fn push(&mut self, properties: &Properties) {
        for (name, value) in properties {
            let text = value_text(value);
            self.names.add(&name_text(name), &text);
            if !PropertyKinds::of(&text).is_empty() {
                self.columns.add(self.rows, name, &text);
            }
        }
        self.rows += 1;
    }

    /// The names and lanes; none when a name is none.
    pub(crate) fn finish(self) -> Option<MadeProperties> {
        let columns = self.columns.into_columns();
        let columns = columns.filter(|(_, column)| !column.rows.is_empty());
        Some(MadeProperties {
            columns: columns.collect(),
            rows: self.rows as usize,
            names: self.names.finish()?,
        })
    }
}

/// Counts the names of a part's properties. Names that come and go beyond the limit are counted
/// short; their columns are not, since those are made from the part.
pub(crate) struct NameCounter {
    limit: usize,
    /// By name as JSON text.
    known: HashMap<Box<str>, (u64, PropertyKinds)>,
    left_out: PropertiesLeftOut,
}

impl NameCounter {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            known: HashMap::new(),
            left_out: PropertiesLeftOut::default(),
        }
    }

    /// Adds a property of a row, name and value as JSON text.
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        let kinds = PropertyKinds::of(value);
        if kinds.is_empty() {
            return;
        }
        if let Some((rows, known)) = self.known.get_mut(name) {
            *rows += 1;
            *known = known.or(kinds);
            return;
        }
        if self.known.len() >= NAMES_HELD * self.limit {
            let kept = self.keep_frequent();
            self.known.extend(kept);
        }
        self.known.insert(name.into(), (1, kinds));
    }

    fn keep_frequent(&mut self) -> Vec<(Box<str>, (u64, PropertyKinds))> {
        let mut names: Vec<_> = self.known.drain().collect();
        let (_, left_out) = take_rarest(&mut names, self.limit, |(name, (rows, _))| (*rows, name));
        self.left_out.add(left_out);
        names
    }

    /// The names; none when one of them is no JSON text.
    pub(crate) fn finish(mut self) -> Option<PropertyNames> {
        let names = self.keep_frequent().into_iter();
        let seen = names.map(|(name, (rows, kinds))| {
            let name = name_of_text(&name)?;
            Some(PropertySeen { name, rows, kinds })
        });
        let mut seen = seen.collect::<Option<Vec<_>>>()?;
        seen.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Some(PropertyNames {
            seen,
            left_out: self.left_out,
        })
    }
}
