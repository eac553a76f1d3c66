//! Which column of a table becomes which field of an event, and how its cells are read: what is
//! asked for ([`Mapping`]), and what that means for a file with these columns ([`Layout`]). All
//! that cannot be is found here, before the first line is read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hitmetrix_model::ErrorKind;
use hitmetrix_model::limits::EVENT_PROPERTIES;
use serde::{Deserialize, Serialize};

use super::numbers::Decimal;
use super::records::{self, Separator};
use super::times::Times;
use crate::LineError;
use crate::json::Json;

/// Fields of an event that a column can become.
const FIELDS: &[&str] = &[
    "event",
    "time",
    "visitor",
    "person",
    "id",
    "session",
    "url",
    "referrer",
    "user_agent",
];
const PROPERTY: &str = "property.";
/// Columns that an error lists.
const LISTED_MAX: usize = 20;
/// Names that are less alike are not suggested (Jaro-Winkler).
const ALIKE_MIN: f64 = 0.75;

/// How a table becomes events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Field, or `property.` and a name, to the column that gives it: its name in the header, or
    /// `#` and its number from 1.
    pub map: BTreeMap<String, String>,
    /// The same to a text that holds for every line.
    pub set: BTreeMap<String, String>,
    /// `auto`, `comma`, `semicolon`, `tab`, `space` (runs of blanks), or one character.
    pub delimiter: String,
    /// False where the first line is an event already.
    pub header: bool,
    /// `iso`, `epoch-s`, `epoch-ms`, or a pattern as `%d.%m.%Y`.
    pub time_format: String,
    /// IANA zone of times that name none.
    pub time_zone: String,
    /// Numbers are written as `1.234,56`.
    pub decimal_comma: bool,
    /// Columns that are not mapped are left out.
    pub only_mapped: bool,
    /// Columns whose cells must be numbers.
    pub number: Vec<String>,
    /// Columns whose cells stay texts.
    pub text: Vec<String>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
            set: BTreeMap::new(),
            delimiter: "auto".to_owned(),
            header: true,
            time_format: "iso".to_owned(),
            time_zone: "UTC".to_owned(),
            decimal_comma: false,
            only_mapped: false,
            number: Vec::new(),
            text: Vec::new(),
        }
    }
}

/// Why a file cannot be imported in this way. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No field has this name.
    #[error("there is no field {given}{suggestion}; fields are {}, and property.NAME", FIELDS.join(", "))]
    Field {
        /// As it came.
        given: String,
        /// A name like it, in words; else empty.
        suggestion: String,
    },
    /// The file has no such column.
    #[error("the file has no column {given}{suggestion}; its columns are {columns}")]
    Column {
        /// As it came.
        given: String,
        /// A name like it, in words; else empty.
        suggestion: String,
        /// Those there are.
        columns: String,
    },
    /// Several columns have this name.
    #[error("the header names {name} {count} times; say which one by its number, as #{first}")]
    Ambiguous {
        /// The name.
        name: String,
        /// How many columns have it.
        count: usize,
        /// The number of the first.
        first: usize,
    },
    /// An event needs this.
    #[error(
        "nothing gives {field}; add --map {field}=COLUMN or --set {field}=TEXT; the columns are {columns}"
    )]
    Missing {
        /// The field.
        field: &'static str,
        /// Those there are.
        columns: String,
    },
    /// A column and a constant both give a field.
    #[error("both a column and a constant give {0}; leave one of them out")]
    Twice(String),
    /// Two columns become the same property.
    #[error(
        "two columns become the property {0}; map one of them to property.OTHER, or leave out what is not mapped with --only-mapped"
    )]
    SameProperty(String),
    /// More properties than an event may have.
    #[error(
        "{count} columns become properties, the limit is {EVENT_PROPERTIES}; map those you need and add --only-mapped"
    )]
    TooManyProperties {
        /// How many.
        count: usize,
    },
    /// A delimiter is none.
    #[error("{0} is no delimiter; say auto, comma, semicolon, tab, space, or one character")]
    Delimiter(String),
    /// A time zone is not known.
    #[error("there is no time zone {0}; name one as Europe/Berlin")]
    TimeZone(String),
    /// A pattern of times cannot be used.
    #[error(
        "{0} is no pattern that gives a day; say iso, epoch-s, epoch-ms, or a pattern as %d.%m.%Y %H:%M"
    )]
    TimeFormat(String),
    /// The time of every event was given as a text that is none.
    #[error("the time given with --set is no time {0}")]
    Time(String),
    /// The file has 16-bit characters.
    #[error("the file is UTF-16; save it as UTF-8 and import that")]
    Utf16,
    /// The first line cannot be taken apart.
    #[error("the first line of the file cannot be read: {0}")]
    FirstLine(String),
}

impl MappingError {
    /// What the caller should do.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

/// What the first line says; part of a resume point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) separator: Separator,
    /// Names of the columns; numbers where the file has no header.
    pub(super) names: Vec<String>,
}

/// What gives a value.
#[derive(Debug, Clone)]
enum Source {
    Column(usize),
    Constant(String),
}

/// How a property is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Found,
    Number,
    Text,
}

/// A mapping, applied to the columns of one file.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    names: Vec<String>,
    fields: Vec<(&'static str, Source)>,
    properties: Vec<(String, Source, Kind)>,
    times: Times,
    decimal: Decimal,
}

/// Members of an object, as a record takes them.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

impl Mapping {
    /// The separator that is asked for, or that the first line has.
    pub(super) fn separator(&self, first_line: &[u8]) -> Result<Separator, MappingError> {
        Ok(match (self.delimiter.as_str(), self.delimiter.as_bytes()) {
            ("auto", _) => records::guess(first_line),
            ("comma", _) => Separator::Byte(b','),
            ("semicolon", _) => Separator::Byte(b';'),
            ("tab", _) => Separator::Byte(b'\t'),
            ("space", _) => Separator::Blanks,
            (_, [byte]) if !b"\"\r\n \0".contains(byte) => Separator::Byte(*byte),
            _ => return Err(MappingError::Delimiter(self.delimiter.clone())),
        })
    }

    /// What the mapping means for these columns.
    pub(super) fn layout(&self, names: &[String]) -> Result<Layout, MappingError> {
        let mut layout = Layout {
            names: names.to_vec(),
            fields: Vec::new(),
            properties: Vec::new(),
            times: Times::new(&self.time_format, &self.time_zone)?,
            decimal: if self.decimal_comma {
                Decimal::Comma
            } else {
                Decimal::Point
            },
        };
        let kinds = self.kinds(names)?;
        let mut is_mapped = vec![false; names.len()];
        for (target, given) in &self.map {
            let column = column(names, given)?;
            is_mapped[column] = true;
            layout.add(target, Source::Column(column), kinds[column])?;
        }
        for (target, text) in &self.set {
            if self.map.contains_key(target) {
                return Err(MappingError::Twice(target.clone()));
            }
            layout.add(target, Source::Constant(text.clone()), Kind::Found)?;
        }
        layout.check_fields()?;
        // A column without a name has none as a property either.
        if self.header && !self.only_mapped {
            let rest = names.iter().enumerate().filter(|(at, _)| !is_mapped[*at]);
            for (at, name) in rest.filter(|(_, name)| !name.is_empty()) {
                let property = (name.clone(), Source::Column(at), kinds[at]);
                layout.properties.push(property);
            }
        }
        layout.check_properties()?;
        Ok(layout)
    }

    fn kinds(&self, names: &[String]) -> Result<Vec<Kind>, MappingError> {
        let mut kinds = vec![Kind::Found; names.len()];
        let numbers = self.number.iter().map(|given| (given, Kind::Number));
        let texts = self.text.iter().map(|given| (given, Kind::Text));
        for (given, kind) in numbers.chain(texts) {
            kinds[column(names, given)?] = kind;
        }
        Ok(kinds)
    }
}

impl Layout {
    /// How many columns each line has.
    pub(super) fn columns(&self) -> usize {
        self.names.len()
    }

    fn add(&mut self, target: &str, source: Source, kind: Kind) -> Result<(), MappingError> {
        let property = target
            .strip_prefix(PROPERTY)
            .filter(|name| !name.is_empty());
        if let Some(name) = property {
            self.properties.push((name.to_owned(), source, kind));
            return Ok(());
        }
        let field = FIELDS.iter().find(|field| **field == target);
        let field = field.ok_or_else(|| MappingError::Field {
            given: target.to_owned(),
            suggestion: suggestion(target, FIELDS.iter().copied()),
        })?;
        self.fields.push((field, source));
        Ok(())
    }

    fn check_fields(&self) -> Result<(), MappingError> {
        let has = |wanted: &str| self.fields.iter().any(|(field, _)| *field == wanted);
        let missing = |field| MappingError::Missing {
            field,
            columns: listed(&self.names),
        };
        for field in ["event", "time"] {
            if !has(field) {
                return Err(missing(field));
            }
        }
        if !has("visitor") && !has("person") {
            return Err(missing("visitor"));
        }
        for (field, source) in &self.fields {
            if let ("time", Source::Constant(text)) = (*field, source)
                && self.times.read(text).is_none()
            {
                return Err(MappingError::Time(self.times.wanted()));
            }
        }
        Ok(())
    }

    fn check_properties(&self) -> Result<(), MappingError> {
        let mut names: Vec<&str> = self
            .properties
            .iter()
            .map(|(name, ..)| name.as_str())
            .collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(MappingError::SameProperty(pair[0].to_owned()));
        }
        if names.len() > EVENT_PROPERTIES {
            return Err(MappingError::TooManyProperties { count: names.len() });
        }
        Ok(())
    }

    /// The fields of one line.
    pub(super) fn members<'a>(&'a self, cells: &[Cow<'a, str>]) -> Result<Members<'a>, LineError> {
        let mut members = Vec::with_capacity(self.fields.len() + 1);
        for (field, source) in &self.fields {
            let json = match (*field, filled(source, cells)) {
                (_, None) => Json::Null,
                ("time", Some(text)) => self.time(&text)?,
                (_, Some(text)) => Json::Text(text),
            };
            members.push((Cow::Borrowed(*field), json));
        }
        let mut properties = Vec::with_capacity(self.properties.len());
        for (name, source, kind) in &self.properties {
            if let Some(text) = filled(source, cells) {
                let json = self.property(name, text, *kind)?;
                properties.push((Cow::Borrowed(name.as_str()), json));
            }
        }
        members.push((Cow::Borrowed("properties"), Json::Object(properties)));
        Ok(members)
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "times are bounded far below 2^53"
    )]
    fn time(&self, text: &str) -> Result<Json<'static>, LineError> {
        let time_ms = self.times.read(text).ok_or_else(|| {
            let message = format!("value is no time {}", self.times.wanted());
            LineError::new("bad_time", "time", message)
        })?;
        Ok(Json::Number(time_ms as f64))
    }

    fn property<'a>(
        &self,
        name: &str,
        text: Cow<'a, str>,
        kind: Kind,
    ) -> Result<Json<'a>, LineError> {
        let number = match kind {
            Kind::Text => None,
            Kind::Found => self.decimal.found(&text),
            Kind::Number => Some(self.decimal.wanted(&text).ok_or_else(|| {
                let message = "value is no number; mend it, or import the column without --number";
                LineError::new("bad_number", name, message)
            })?),
        };
        Ok(number.map_or(Json::Text(text), Json::Number))
    }

    /// The error with the column that it is about.
    pub(super) fn with_column(&self, mut error: LineError) -> LineError {
        let fields = self.fields.iter().map(|(field, source)| (*field, source));
        let properties = self
            .properties
            .iter()
            .map(|(name, source, _)| (name.as_str(), source));
        let source = fields
            .chain(properties)
            .find(|(name, _)| *name == error.field);
        if let Some((name, Source::Column(at))) = source
            && self.names[*at] != name
        {
            error.field = format!("{name}, column {}", self.names[*at]);
        }
        error
    }
}

/// The text that a source gives in this line. Databases write `NULL` or `\N` for nothing.
fn filled<'a>(source: &'a Source, cells: &[Cow<'a, str>]) -> Option<Cow<'a, str>> {
    let text = match source {
        Source::Column(at) => cells[*at].clone(),
        Source::Constant(text) => Cow::Borrowed(text.as_str()),
    };
    (!matches!(&*text, "" | "NULL" | "\\N")).then_some(text)
}

/// The place of a column by its name or number.
fn column(names: &[String], given: &str) -> Result<usize, MappingError> {
    let mut places = names.iter().enumerate().filter(|(_, name)| *name == given);
    if let Some((first, _)) = places.next() {
        let more = places.count();
        if more > 0 {
            return Err(MappingError::Ambiguous {
                name: given.to_owned(),
                count: more + 1,
                first: first + 1,
            });
        }
        return Ok(first);
    }
    let number = given
        .strip_prefix('#')
        .and_then(|number| number.parse::<usize>().ok());
    let place = number.and_then(|number| number.checked_sub(1));
    place
        .filter(|place| *place < names.len())
        .ok_or_else(|| MappingError::Column {
            given: given.to_owned(),
            suggestion: suggestion(given, names.iter().map(String::as_str)),
            columns: listed(names),
        })
}

/// The name that is most like another one, in words; empty when none is.
fn suggestion<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> String {
    let given = given.to_lowercase();
    let alike = names.map(|name| (strsim::jaro_winkler(&given, &name.to_lowercase()), name));
    let nearest = alike
        .filter(|(alike, _)| *alike >= ALIKE_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map_or_else(String::new, |(_, name)| format!(" (did you mean {name}?)"))
}

fn listed(names: &[String]) -> String {
    if let [only] = names {
        return format!(
            "{only} alone; if there are more, say what separates them with --delimiter"
        );
    }
    let mut shown: Vec<&str> = names.iter().take(LISTED_MAX).map(String::as_str).collect();
    if names.len() > LISTED_MAX {
        shown.push("…");
    }
    shown.join(", ")
}
