//! The columns of a part, declared once: name, type, and how a row gives and takes its value.
//!
//! They are chosen for other readers as much as for ours. Ids are 16 bytes, big-endian, so that
//! byte order is number order and `lower(hex(person))` in DuckDB is the id as every screen shows
//! it; hexadecimal text would double them. Times are UTC timestamps in milliseconds. Texts are
//! plain, unknown ones empty. Properties are JSON text, and the standard ones that numbers are
//! made of (`value`, `currency`, `engaged_ms`) have columns of their own beside it, which our
//! own reader does not need.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use hitmetrix_model::{Dimension, Mode, Origin, PersonKey, SessionId, VisitorId, WindowId};

use crate::StoredEvent;
use crate::stored_event::EventRef;

/// Version of this list, in the metadata of each file.
pub(crate) const FORMAT: &str = "1";
/// Key of [`FORMAT`] in the metadata.
pub(crate) const FORMAT_KEY: &str = "hitmetrix.format";
/// Key of the ledger version that the part is sorted under.
pub(crate) const IDENTITIES_KEY: &str = "hitmetrix.identity_version";

/// A column of 128-bit ids.
pub(crate) struct IdColumn {
    pub(crate) name: &'static str,
    pub(crate) get: fn(EventRef<'_>) -> u128,
    pub(crate) set: fn(&mut StoredEvent, u128),
}

/// The ids every event has.
pub(crate) const IDS: [IdColumn; 4] = [
    IdColumn {
        name: "person",
        get: |row| row.person.0,
        set: |row, id| row.person = PersonKey(id),
    },
    IdColumn {
        name: "visitor",
        get: |row| row.sender.visitor.0,
        set: |row, id| row.sender.visitor = VisitorId(id),
    },
    IdColumn {
        name: "session",
        get: |row| row.sender.session.0,
        set: |row, id| row.sender.session = SessionId(id),
    },
    IdColumn {
        name: "window",
        get: |row| row.sender.window.0,
        set: |row, id| row.sender.window = WindowId(id),
    },
];

/// A column of texts.
pub(crate) struct TextField {
    pub(crate) name: &'static str,
    pub(crate) get: fn(EventRef<'_>) -> &str,
    pub(crate) set: fn(&mut StoredEvent) -> &mut String,
}

macro_rules! texts {
    ($($name:literal $($path:ident).+;)+) => {
        /// The texts of an event, in the order of their columns.
        pub(crate) const TEXTS: &[TextField] = &[$(TextField {
            name: $name,
            get: |row| &row.$($path).+,
            set: |row| &mut row.$($path).+,
        }),+];
    };
}

texts! {
    "name" event.name;
    "host" event.page.host;
    "path" event.page.path;
    "query" event.page.query;
    "title" event.page.title;
    "referrer_host" event.referrer_host;
    "referrer_path" event.referrer_path;
    "channel" event.channel;
    "source" event.source;
    "medium" event.medium;
    "campaign" event.campaign;
    "term" event.term;
    "content" event.content;
    "country" sender.context.country;
    "browser" sender.context.browser;
    "browser_version" sender.context.browser_version;
    "system" sender.context.system;
    "system_version" sender.context.system_version;
    "device" sender.context.device;
    "language" sender.context.language;
    "bot" sender.context.bot;
}

/// The column that a dimension's lane is made from.
pub(crate) fn column_of(dimension: Dimension) -> Option<&'static str> {
    Some(match dimension {
        Dimension::Event => "name",
        Dimension::Page => "path",
        Dimension::Referrer => "referrer_host",
        Dimension::EntryPage | Dimension::ExitPage => return None,
        other => other.name(),
    })
}

/// All columns.
pub(crate) fn schema() -> SchemaRef {
    let id = || DataType::FixedSizeBinary(16);
    let time = || DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let mut fields: Vec<Field> = IDS
        .iter()
        .map(|column| Field::new(column.name, id(), false))
        .collect();
    fields.push(Field::new("time", time(), false));
    fields.push(Field::new("received_at", time(), false));
    fields.push(Field::new("sequence", DataType::UInt32, false));
    fields.push(Field::new("external_id", id(), true));
    fields.push(Field::new("origin", DataType::Utf8, false));
    fields.push(Field::new("mode", DataType::Utf8, false));
    fields.extend(
        TEXTS
            .iter()
            .map(|text| Field::new(text.name, DataType::Utf8, false)),
    );
    fields.push(Field::new("screen_width_px", DataType::UInt16, false));
    fields.push(Field::new("screen_height_px", DataType::UInt16, false));
    fields.push(Field::new("unverified", DataType::Boolean, false));
    fields.push(Field::new("cut", DataType::Boolean, false));
    fields.push(Field::new("engaged_ms", DataType::UInt32, true));
    fields.push(Field::new("value", DataType::Float64, true));
    fields.push(Field::new("currency", DataType::Utf8, true));
    fields.push(Field::new("properties", DataType::Utf8, false));
    Arc::new(Schema::new(fields))
}

/// The word of a door.
pub(crate) const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Browser => "browser",
        Origin::Server => "server",
        Origin::Import => "import",
    }
}

/// The door of a word.
pub(crate) fn origin_of(word: &str) -> Option<Origin> {
    [Origin::Browser, Origin::Server, Origin::Import]
        .into_iter()
        .find(|origin| origin_word(*origin) == word)
}

/// The word of a mode.
pub(crate) const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Cookieless => "cookieless",
        Mode::Persistent => "persistent",
    }
}

/// The mode of a word.
pub(crate) fn mode_of(word: &str) -> Option<Mode> {
    [Mode::Cookieless, Mode::Persistent]
        .into_iter()
        .find(|mode| mode_word(*mode) == word)
}
