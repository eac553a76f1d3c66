//! Columns of properties: typed values that nobody declared, found by themselves.
//!
//! A property's lane is a text column whose dictionary has the values as JSON text: `"abc"`,
//! `12.5`, `true`, `["a",1]`, and the empty text for "not set". A run knows the names first and
//! each column when it is asked for. Runs in memory hold the rows that have the property, so
//! that many rare properties cost what their events cost; a part's columns are lane files like
//! any other. Names and values are chosen by strangers: both are bounded, and nothing here makes
//! a path from a name.

use std::sync::OnceLock;

use hitmetrix_model::{Value, limits};

use super::LaneError;
use super::columns::{CodeLane, Codes, TextColumn, TextLane, Texts};
use super::run::{LaneMaker, Run};
use crate::property_json::value_of_text;

/// The value of a dictionary entry of a property's lane; none for "not set".
#[must_use]
pub fn property_value(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    value_of_text(text)
}

/// What was seen of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertySeen {
    /// Its name.
    pub name: String,
    /// How many events have it.
    pub rows: u64,
    /// Which kinds of value it had.
    pub kinds: PropertyKinds,
}

/// Which kinds of value a property had: one, or several when senders changed their mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PropertyKinds {
    /// A text that is no time.
    pub text: bool,
    /// A number.
    pub number: bool,
    /// True or false.
    pub boolean: bool,
    /// A list.
    pub list: bool,
    /// A text that is a time as RFC 3339 writes it, with its offset from UTC.
    pub time: bool,
}

impl PropertyKinds {
    /// The kind of a dictionary entry; no kind at all for "not set" and what is no value.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut kinds = Self::default();
        match text.as_bytes() {
            [b'"', inner @ .., b'"'] if is_time(inner) => kinds.time = true,
            [b'"', ..] => kinds.text = true,
            [b'[', ..] => kinds.list = true,
            [b't' | b'f', ..] => kinds.boolean = true,
            [b'-' | b'0'..=b'9', ..] => kinds.number = true,
            _ => {}
        }
        kinds
    }

    /// What one or the other has.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::from_bits(self.bits() | other.bits())
    }

    /// True without any kind.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn bits(self) -> u8 {
        let kinds = [self.text, self.number, self.boolean, self.list, self.time];
        let bits = kinds.into_iter().enumerate();
        bits.fold(0, |bits, (at, kind)| bits | (u8::from(kind) << at))
    }

    pub(crate) fn from_bits(bits: u8) -> Self {
        let has = |at: u8| bits & (1 << at) != 0;
        Self {
            text: has(0),
            number: has(1),
            boolean: has(2),
            list: has(3),
            time: has(4),
        }
    }
}

/// Whether a text is a time: `2026-01-31T12:00:00Z`, with a fraction and an offset if there are
/// any (RFC 3339, section 5.6). Leap seconds pass.
fn is_time(text: &[u8]) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let Some((head, tail)) = text.split_at_checked(SHAPE.len()) else {
        return false;
    };
    let fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't'),
        _ => byte == shape,
    });
    let two = |at: usize| (head[at] - b'0') * 10 + (head[at + 1] - b'0');
    fits && (1..=12).contains(&two(5))
        && (1..=31).contains(&two(8))
        && two(11) <= 23
        && two(14) <= 59
        && two(17) <= 60
        && is_offset(without_fraction(tail))
}

fn without_fraction(tail: &[u8]) -> &[u8] {
    match tail {
        [b'.', digits @ ..] => {
            let count = digits
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            // A point without digits stays, and is no offset.
            if count == 0 { tail } else { &digits[count..] }
        }
        _ => tail,
    }
}

fn is_offset(tail: &[u8]) -> bool {
    match tail {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => {
            [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())
                && (*a, *b) <= (b'2', b'3')
                && *c <= b'5'
        }
        _ => false,
    }
}

/// What has no column because a run or a part has too many names. Both are upper bounds: what
/// was left out of several runs counts in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PropertiesLeftOut {
    /// How many names.
    pub names: u64,
    /// How many values of events they have.
    pub rows: u64,
}

impl PropertiesLeftOut {
    pub(crate) fn add(&mut self, other: Self) {
        self.names += other.names;
        self.rows += other.rows;
    }
}

/// The numbers of a property.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    /// Index into `values`, one a row; the same codes as in the property's text column.
    pub codes: Codes<'a>,
    /// The number of each code; NaN for "not set", texts, booleans and lists.
    pub values: &'a [f64],
}

impl Numbers<'_> {
    /// The number of a row; NaN when it has none.
    ///
    /// # Panics
    /// When the run has no such row.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        self.values[self.codes.get(row) as usize]
    }
}

/// Names of a run's properties, ascending, and what was left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PropertyNames {
    pub(crate) seen: Vec<PropertySeen>,
    pub(crate) left_out: PropertiesLeftOut,
}

impl PropertyNames {
    /// Whether a name is among them.
    pub(crate) fn has(&self, name: &str) -> bool {
        let found = self.seen.binary_search_by(|seen| (*seen.name).cmp(name));
        found.is_ok()
    }
}

/// A column of a run in memory: only the rows that have the property, ascending.
#[derive(Debug)]
pub(crate) struct SparseColumn {
    pub(crate) rows: Vec<u32>,
    /// One for each of `rows`.
    pub(crate) codes: Vec<u32>,
    /// Code 0 is "not set".
    pub(crate) texts: Texts,
    /// How many more events of the run may have the property: runs that left it out were merged
    /// with some that did not.
    pub(crate) lacks: u64,
}

impl SparseColumn {
    /// The column as a lane of so many rows.
    pub(crate) fn into_lane(self, rows: usize) -> TextLane {
        TextLane {
            codes: self.dense(rows),
            texts: self.texts,
        }
    }

    /// A code for each of so many rows.
    pub(super) fn dense(&self, rows: usize) -> CodeLane {
        let mut codes = vec![0; rows];
        for (&row, &code) in self.rows.iter().zip(&self.codes) {
            codes[row as usize] = code;
        }
        CodeLane::narrowed(codes, self.texts.len())
    }
}

/// One property of a run.
#[derive(Debug)]
struct PropertyLane {
    values: Values,
    numbers: OnceLock<Vec<f64>>,
}

#[derive(Debug)]
enum Values {
    /// In memory: a code a row once somebody asked.
    Sparse(SparseColumn, OnceLock<CodeLane>),
    /// A part's, once somebody asked.
    Stored(OnceLock<TextLane>),
}

/// Columns of left-out names that a run makes at most; each is asked for by somebody.
const RARE_MAX: usize = 64;

/// A property that is not among the names of a part's run, which left some out. Who was asked for
/// first comes first.
#[derive(Debug)]
struct Rare {
    name: Box<str>,
    /// None when no event has it.
    lane: Option<PropertyLane>,
    next: OnceLock<Box<Rare>>,
}

/// What is known of a property that is not among the names of a run.
enum Sought<'a> {
    Known(&'a Rare),
    /// Where it would stand.
    Unknown(&'a OnceLock<Box<Rare>>),
    /// No more are made.
    Full,
}

/// The properties of a run: the names, and for each name a place for its column.
#[derive(Debug)]
pub(crate) struct RunProperties {
    names: PropertyNames,
    lanes: Vec<PropertyLane>,
    rare: OnceLock<Box<Rare>>,
}

impl RunProperties {
    /// Of a run in memory; the names are ascending.
    pub(crate) fn in_memory(
        columns: Vec<(PropertySeen, SparseColumn)>,
        left_out: PropertiesLeftOut,
    ) -> Self {
        let (seen, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let lanes = columns.into_iter().map(|column| PropertyLane {
            values: Values::Sparse(column, OnceLock::new()),
            numbers: OnceLock::new(),
        });
        Self {
            names: PropertyNames { seen, left_out },
            lanes: lanes.collect(),
            rare: OnceLock::new(),
        }
    }

    fn stored(names: PropertyNames) -> Self {
        let lanes = names.seen.iter().map(|_| PropertyLane {
            values: Values::Stored(OnceLock::new()),
            numbers: OnceLock::new(),
        });
        Self {
            lanes: lanes.collect(),
            names,
            rare: OnceLock::new(),
        }
    }

    fn sought(&self, name: &str) -> Sought<'_> {
        let mut place = &self.rare;
        for _ in 0..RARE_MAX {
            match place.get() {
                None => return Sought::Unknown(place),
                Some(rare) if *rare.name == *name => return Sought::Known(rare),
                Some(rare) => place = &rare.next,
            }
        }
        Sought::Full
    }

    pub(crate) fn names(&self) -> &PropertyNames {
        &self.names
    }

    fn lane(&self, name: &str) -> Option<&PropertyLane> {
        let seen = &self.names.seen;
        let at = seen
            .binary_search_by(|seen| seen.name.as_str().cmp(name))
            .ok()?;
        Some(&self.lanes[at])
    }

    /// Whether a property has a column that is not at hand.
    fn waits(&self, name: &str) -> bool {
        let lane = self.lane(name);
        lane.is_some_and(
            |lane| matches!(&lane.values, Values::Stored(cell) if cell.get().is_none()),
        )
    }

    /// The rows with a property, where they are at hand: in a run in memory.
    pub(crate) fn sparse(&self, name: &str) -> Option<&SparseColumn> {
        match &self.lane(name)?.values {
            Values::Sparse(column, _) => Some(column),
            Values::Stored(_) => None,
        }
    }
}

impl Run {
    /// The column of a property of events; none when no event of the run has it, as far as that is
    /// known ([`Self::property_lacks`]). Made from the part when it is first asked for, kept
    /// mapped afterwards.
    ///
    /// # Errors
    /// When the part cannot be read; runs in memory never fail.
    pub fn property(&self, name: &str) -> Result<Option<TextColumn<'_>>, LaneError> {
        let lane = self.property_lane(name)?;
        lane.map(|lane| self.column_of(lane, name)).transpose()
    }

    /// The numbers of a property: parsed once for the run, so that a sum parses nothing. None
    /// when no event of the run has the property.
    ///
    /// # Errors
    /// As [`Self::property`].
    pub fn property_numbers(&self, name: &str) -> Result<Option<Numbers<'_>>, LaneError> {
        let Some(lane) = self.property_lane(name)? else {
            return Ok(None);
        };
        let column = self.column_of(lane, name)?;
        let values = lane
            .numbers
            .get_or_init(|| column.texts.iter().map(number_of).collect());
        Ok(Some(Numbers {
            codes: column.codes,
            values,
        }))
    }

    /// Whether [`Self::make_properties`] has something to do for some names.
    #[must_use]
    pub fn waits_for(&self, names: &[&str]) -> bool {
        let waits = |properties: &RunProperties| names.iter().any(|name| properties.waits(name));
        self.maker.is_some() && !names.is_empty() && self.properties.get().is_none_or(waits)
    }

    /// Has the columns of some properties at hand: what is not made yet is made in one pass over the
    /// part for [`limits::LANES_TOGETHER`], where [`Self::property`] takes one for each. It has to make
    /// those that would take more than [`limits::LANES_TOGETHER_BYTES`] together.
    ///
    /// # Errors
    /// As [`Self::property`].
    pub fn make_properties(&self, names: &[&str]) -> Result<(), LaneError> {
        if !self.waits_for(names) {
            return Ok(());
        }
        let _making = self.making();
        let known = self.properties.get();
        let waits = |name: &&str| known.is_none_or(|properties| properties.waits(name));
        let waiting: Vec<&str> = names.iter().copied().filter(waits).collect();
        let known = known.map(RunProperties::names);
        let made = self.maker().properties(self, known, &waiting)?;
        let stored = || RunProperties::stored(made.names.unwrap_or_default());
        let properties = self.properties.get_or_init(stored);
        for (name, lane) in made.lanes {
            if let Some(PropertyLane {
                values: Values::Stored(cell),
                ..
            }) = properties.lane(&name)
            {
                cell.get_or_init(|| lane);
            }
        }
        Ok(())
    }

    /// The properties whose columns are at hand.
    pub(super) fn asked_properties(&self) -> Vec<String> {
        let Some(properties) = self.properties.get() else {
            return Vec::new();
        };
        let is_there = |lane: &PropertyLane| match &lane.values {
            Values::Sparse(_, codes) => codes.get().is_some(),
            Values::Stored(lane) => lane.get().is_some(),
        };
        let named = properties.names.seen.iter().zip(&properties.lanes);
        let asked = named.filter(|(_, lane)| is_there(lane));
        asked.map(|(seen, _)| seen.name.clone()).collect()
    }

    /// Names of the properties that events of this run have, ascending, with what was seen of
    /// each; at most [`hitmetrix_model::limits::PROPERTY_NAMES`].
    ///
    /// # Errors
    /// As [`Self::property`].
    pub fn property_names(&self) -> Result<&[PropertySeen], LaneError> {
        Ok(&self.run_properties()?.names.seen)
    }

    /// What the limit on names has left out of [`Self::property_names`]. A run of a part gives
    /// such a property all the same when it is asked for by name.
    ///
    /// # Errors
    /// As [`Self::property`].
    pub fn properties_left_out(&self) -> Result<PropertiesLeftOut, LaneError> {
        Ok(self.run_properties()?.names.left_out)
    }

    /// How many events of the run may have a property without [`Self::property`] giving it, at
    /// most: because the run has too many names and no part to look into, because too many such
    /// names were asked for, or because it was merged of runs that were so. Zero when nothing is
    /// missing.
    ///
    /// # Errors
    /// As [`Self::property`].
    pub fn property_lacks(&self, name: &str) -> Result<u64, LaneError> {
        let properties = self.run_properties()?;
        let left_out = properties.names.left_out;
        let lacks = match properties.lane(name).map(|lane| &lane.values) {
            Some(Values::Sparse(column, _)) => column.lacks,
            Some(Values::Stored(_)) => 0,
            None if left_out.names == 0 => 0,
            None if self.maker.is_some() && !matches!(properties.sought(name), Sought::Full) => 0,
            None => left_out.rows,
        };
        Ok(lacks.min(self.len() as u64))
    }

    fn property_lane(&self, name: &str) -> Result<Option<&PropertyLane>, LaneError> {
        let properties = self.run_properties()?;
        let known = properties.lane(name);
        let may_be_rare = properties.names.left_out.names > 0
            && self.maker.is_some()
            && name.len() <= limits::NAME_BYTES;
        if known.is_some() || !may_be_rare {
            return Ok(known);
        }
        if let Sought::Known(rare) = properties.sought(name) {
            return Ok(rare.lane.as_ref());
        }
        let _making = self.making();
        let place = match properties.sought(name) {
            Sought::Known(rare) => return Ok(rare.lane.as_ref()),
            Sought::Unknown(place) => place,
            Sought::Full => return Ok(None),
        };
        let made = self.maker().property_lane(self, name)?;
        let is_set = made.column().texts.iter().any(|text| !text.is_empty());
        let rare = place.get_or_init(|| {
            Box::new(Rare {
                name: name.into(),
                lane: is_set.then(|| PropertyLane {
                    values: Values::Stored(OnceLock::from(made)),
                    numbers: OnceLock::new(),
                }),
                next: OnceLock::new(),
            })
        });
        Ok(rare.lane.as_ref())
    }

    pub(crate) fn run_properties(&self) -> Result<&RunProperties, LaneError> {
        if let Some(properties) = self.properties.get() {
            return Ok(properties);
        }
        let _making = self.making();
        if let Some(properties) = self.properties.get() {
            return Ok(properties);
        }
        let names = self.maker().property_names(self)?;
        Ok(self.properties.get_or_init(|| RunProperties::stored(names)))
    }

    fn column_of<'a>(
        &self,
        lane: &'a PropertyLane,
        name: &str,
    ) -> Result<TextColumn<'a>, LaneError> {
        let cell = match &lane.values {
            Values::Sparse(column, codes) => {
                let codes = codes.get_or_init(|| column.dense(self.len()));
                return Ok(TextColumn {
                    codes: codes.codes(),
                    texts: &column.texts,
                });
            }
            Values::Stored(cell) => cell,
        };
        if let Some(lane) = cell.get() {
            return Ok(lane.column());
        }
        // Once, however many ask: it goes through the part.
        let _making = self.making();
        if let Some(lane) = cell.get() {
            return Ok(lane.column());
        }
        let made = self.maker().property_lane(self, name)?;
        Ok(cell.get_or_init(|| made).column())
    }

    pub(super) fn maker(&self) -> &dyn LaneMaker {
        &**self
            .maker
            .as_ref()
            .expect("a run in memory is made with all columns")
    }
}

/// The number that a dictionary entry is; NaN for all others.
fn number_of(text: &str) -> f64 {
    if !PropertyKinds::of(text).number {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}
