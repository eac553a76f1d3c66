//! Lines of JSON, written piece by piece.

use crate::write::text;

/// Writes the members and items of one line after each other.
pub(super) struct Line<'o> {
    out: &'o mut Vec<u8>,
    /// Whether a comma is due before the next member or item.
    comma: bool,
}

impl<'o> Line<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, comma: false }
    }

    fn begin(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
        self.comma = true;
    }

    /// Opens an object or list.
    pub(super) fn open(&mut self, bracket: u8) {
        self.begin();
        self.out.push(bracket);
        self.comma = false;
    }

    /// Closes it.
    pub(super) fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = true;
    }

    /// The name of the member whose value comes next.
    pub(super) fn key(&mut self, key: &str) {
        self.begin();
        text(key, self.out);
        self.out.push(b':');
        self.comma = false;
    }

    /// A text.
    pub(super) fn text(&mut self, value: &str) {
        self.begin();
        text(value, self.out);
    }

    /// Anything that is JSON already.
    pub(super) fn raw(&mut self, json: &str) {
        self.begin();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A number.
    pub(super) fn number(&mut self, value: impl std::fmt::Display) {
        self.raw(&value.to_string());
    }

    /// A member that is a text.
    pub(super) fn with_text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text(value);
    }

    /// A member that is a number.
    pub(super) fn with_number(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        self.number(value);
    }

    /// A member that is true; nothing when it is not.
    pub(super) fn with_flag(&mut self, key: &str, value: bool) {
        if value {
            self.key(key);
            self.raw("true");
        }
    }

    /// A member that is a list of what `items` writes.
    pub(super) fn with_list(&mut self, key: &str, items: impl FnOnce(&mut Self)) {
        self.key(key);
        self.open(b'[');
        items(self);
        self.close(b']');
    }

    /// A member that is an object with what `members` writes.
    pub(super) fn with_object(&mut self, key: &str, members: impl FnOnce(&mut Self)) {
        self.key(key);
        self.object(members);
    }

    /// An object with what `members` writes.
    pub(super) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.open(b'{');
        members(self);
        self.close(b'}');
    }
}

/// Writes one event with its line feed.
pub(super) fn event(out: &mut Vec<u8>, kind: u8, time_ms: i64, data: impl FnOnce(&mut Line<'_>)) {
    let mut line = Line::new(out);
    line.object(|line| {
        line.with_number("type", kind);
        line.with_object("data", data);
        line.with_number("timestamp", time_ms);
    });
    out.push(b'\n');
}
