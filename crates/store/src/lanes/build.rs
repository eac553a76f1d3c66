//! Makes a run in memory from sorted events, one at a time, so that a part of a million rows is
//! turned into lanes without a million rows in memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, OnceLock};

use hitmetrix_model::{Dimension, Value};

use super::columns::{CodeLane, IdLane, TextLane, Texts};
use super::narrow::Narrow;
use super::property_build::{PropertiesBuilder, PropertyLimits};
use super::run::{BaseLanes, Run};
use crate::stored_event::EventRef;

/// The property of `page_leave` events that has a lane of its own.
const ENGAGED: &str = "engaged_ms";

/// Columns that grow.
pub(crate) struct RunBuilder {
    shard: u16,
    persons: Vec<u128>,
    offsets: Vec<u32>,
    times_ms: Vec<i64>,
    sequences: Vec<u32>,
    windows: Interned<u128>,
    sessions: Interned<u128>,
    visitors: Interned<u128>,
    engaged_ms: Vec<u32>,
    texts: Vec<Interned<Box<str>>>,
    /// None when the run is written as a part, whose properties are made when asked for.
    properties: Option<PropertiesBuilder>,
}

impl RunBuilder {
    /// Without properties: for a run that is written to the lanes of a part.
    pub(crate) fn new(shard: u16) -> Self {
        Self {
            shard,
            persons: Vec::new(),
            offsets: Vec::new(),
            times_ms: Vec::new(),
            sequences: Vec::new(),
            windows: Interned::new(),
            sessions: Interned::new(),
            visitors: Interned::new(),
            engaged_ms: Vec::new(),
            texts: Dimension::ALL.iter().map(|_| Interned::new()).collect(),
            properties: None,
        }
    }

    /// The same with the columns of properties: for a run that questions read from memory.
    pub(crate) fn with_properties(mut self, limits: PropertyLimits) -> Self {
        self.properties = Some(PropertiesBuilder::new(limits));
        self
    }

    /// Adds the next event in the order of [`crate::StoredEvent::order`].
    pub(crate) fn push(&mut self, row: EventRef<'_>) {
        if self.persons.last() != Some(&row.person.0) {
            self.persons.push(row.person.0);
            self.offsets.push(self.times_ms.len() as u32);
        }
        if let Some(properties) = &mut self.properties {
            properties.push(self.times_ms.len() as u32, &row.event.properties);
        }
        self.times_ms.push(row.event.time_ms);
        self.sequences.push(row.event.sequence);
        self.windows.push_id(row.sender.window.0);
        self.sessions.push_id(row.sender.session.0);
        self.visitors.push_id(row.sender.visitor.0);
        self.engaged_ms.push(engaged_ms(row));
        for dimension in Dimension::ALL {
            if !dimension.is_derived() {
                self.texts[dimension as usize].push_text(text_of(row, dimension));
            }
        }
    }

    /// The run.
    pub(crate) fn finish(mut self) -> Run {
        self.offsets.push(self.times_ms.len() as u32);
        let first = self.times_ms.iter().copied().min();
        let last = self.times_ms.iter().copied().max();
        let (start_ms, span_ms) = match (first, last) {
            (Some(first), Some(last)) => (first, (first, last)),
            _ => (0, (0, -1)),
        };
        let times: Vec<u32> = self
            .times_ms
            .iter()
            .map(|&time| offset_ms(time, start_ms))
            .collect();
        let columns = std::array::from_fn(|_| OnceLock::new());
        for (dimension, texts) in Dimension::ALL.into_iter().zip(self.texts) {
            if !dimension.is_derived() {
                // The cells are new, so that none of them can be set already.
                let _ = columns[dimension as usize].set(texts.into_texts());
            }
        }
        let properties = self.properties.map(PropertiesBuilder::finish);
        Run {
            shard: self.shard,
            start_ms,
            span_ms,
            base: BaseLanes {
                persons: self.persons.into(),
                offsets: self.offsets.into(),
                times: times.into(),
                sequences: OnceLock::from(Narrow::from(self.sequences)),
                windows: self.windows.into_ids().into(),
                sessions: self.sessions.into_ids().into(),
                visitors: self.visitors.into_ids().into(),
                engaged_ms: OnceLock::from(Narrow::from(self.engaged_ms)),
            },
            columns,
            properties: properties.map_or_else(OnceLock::new, OnceLock::from),
            making: Mutex::default(),
            visitors_sorted: OnceLock::new(),
            quarter_counts: OnceLock::new(),
            name_rows: Mutex::default(),
            maker: None,
        }
    }
}

/// A time as it stands in a run.
pub(super) fn offset_ms(time_ms: i64, start_ms: i64) -> u32 {
    u32::try_from(time_ms - start_ms).expect("rows of one run lie within 49 days")
}

/// The engaged time that an event reports.
fn engaged_ms(row: EventRef<'_>) -> u32 {
    if row.event.name != "page_leave" {
        return 0;
    }
    match row.event.properties.get(ENGAGED) {
        // A cast from float saturates, and makes zero of what is no number.
        Some(Value::Number(number)) => *number as u32,
        _ => 0,
    }
}

/// What an event says about a dimension; empty for the derived ones.
pub(crate) fn text_of(row: EventRef<'_>, dimension: Dimension) -> &str {
    let (event, context) = (&row.event, &row.sender.context);
    match dimension {
        Dimension::Event => &event.name,
        Dimension::Host => &event.page.host,
        Dimension::Page => &event.page.path,
        Dimension::Title => &event.page.title,
        Dimension::Referrer => &event.referrer_host,
        Dimension::Channel => &event.channel,
        Dimension::Source => &event.source,
        Dimension::Medium => &event.medium,
        Dimension::Campaign => &event.campaign,
        Dimension::Term => &event.term,
        Dimension::Content => &event.content,
        Dimension::Country => &context.country,
        Dimension::Browser => &context.browser,
        Dimension::BrowserVersion => &context.browser_version,
        Dimension::System => &context.system,
        Dimension::SystemVersion => &context.system_version,
        Dimension::Device => &context.device,
        Dimension::Language => &context.language,
        Dimension::Bot => &context.bot,
        Dimension::EntryPage | Dimension::ExitPage => "",
    }
}

/// Values that become codes in the order in which they are first seen.
pub(crate) struct Interned<T> {
    codes: Vec<u32>,
    values: Vec<T>,
    /// Hashes with a random seed: ids and texts are chosen by whoever sends.
    known: HashMap<T, u32>,
}

impl<T: Eq + Hash + Clone> Interned<T> {
    pub(crate) fn new() -> Self {
        Self {
            codes: Vec::new(),
            values: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The code of a value that was not seen before.
    fn add(&mut self, value: T) -> u32 {
        let code = self.values.len() as u32;
        self.values.push(value.clone());
        self.known.insert(value, code);
        code
    }
}

impl Interned<u128> {
    /// The code of an id, without a row.
    pub(crate) fn code_of_id(&mut self, id: u128) -> u32 {
        match self.known.get(&id) {
            Some(&code) => code,
            None => self.add(id),
        }
    }

    pub(crate) fn push_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    pub(crate) fn push_id(&mut self, id: u128) {
        // Neighbours are mostly equal, because rows are sorted by person and time.
        let code = match self.codes.last() {
            Some(&last) if self.values[last as usize] == id => last,
            _ => self.code_of_id(id),
        };
        self.codes.push(code);
    }

    pub(crate) fn into_ids(self) -> IdLane {
        let codes = CodeLane::narrowed(self.codes, self.values.len());
        IdLane {
            codes,
            ids: self.values.into(),
        }
    }
}

impl Interned<Box<str>> {
    /// How many different ones there are.
    pub(super) fn values(&self) -> usize {
        self.values.len()
    }

    /// The code of a text, without a row.
    pub(crate) fn code_of_text(&mut self, text: &str) -> u32 {
        match self.known.get(text) {
            Some(&code) => code,
            None => self.add(text.into()),
        }
    }

    /// The code of a text that was seen before.
    pub(super) fn known_text(&self, text: &str) -> Option<u32> {
        self.known.get(text).copied()
    }

    /// The code of the last row, if that has this text: neighbours are mostly equal.
    pub(super) fn last_code_of(&self, text: &str) -> Option<u32> {
        let last = self.codes.last().copied()?;
        (*self.values[last as usize] == *text).then_some(last)
    }

    pub(crate) fn push_text_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        let code = match self.last_code_of(text) {
            Some(code) => code,
            None => self.code_of_text(text),
        };
        self.codes.push(code);
    }

    /// The codes of the rows, and the dictionary.
    pub(super) fn into_codes_and_texts(self) -> (Vec<u32>, Texts) {
        let texts = Texts::from_texts(self.values.iter().map(|text| &**text));
        (self.codes, texts)
    }

    pub(crate) fn into_texts(self) -> TextLane {
        let (codes, texts) = self.into_codes_and_texts();
        TextLane {
            codes: CodeLane::narrowed(codes, texts.len()),
            texts,
        }
    }
}
