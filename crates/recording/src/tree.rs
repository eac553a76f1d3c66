//! One JSON value as a flat arena: values point at their parts by index, so that neither reading,
//! changing, writing nor dropping a deep one takes a deep stack. Numbers keep their digits; texts
//! without escapes are borrowed from the line; lone surrogates become U+FFFD.

use std::borrow::Cow;

use hitmetrix_model::limits;

/// Levels of JSON: a node is an object in a list, and an event adds a few around the document.
const DEPTH: usize = 2 * limits::RECORDING_DEPTH + 16;
/// Values of one event: ten for each node of the largest snapshot.
const VALUES: usize = 10 * limits::SNAPSHOT_NODES;

/// Index of a value in its tree.
pub type At = u32;

/// One value. Members and items are indexes into the same tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number as it was written, finite.
    Number(Cow<'a, str>),
    /// A text, unescaped.
    Text(Cow<'a, str>),
    /// A list of items.
    List(Vec<At>),
    /// Members in the order of the text.
    Object(Vec<(Cow<'a, str>, At)>),
}

/// Why a line is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeError {
    /// Not JSON.
    Syntax,
    /// Over the levels.
    Depth,
    /// A text over its limit.
    Text {
        /// Its size.
        bytes: usize,
    },
    /// Too many values.
    Values {
        /// The limit.
        limit: usize,
    },
}

/// A JSON value and all it holds. The value itself is the last one.
#[derive(Debug)]
pub struct Tree<'a> {
    values: Vec<Value<'a>>,
    root: At,
}

impl<'a> Tree<'a> {
    /// Reads one JSON value.
    ///
    /// # Errors
    /// When it is no JSON, or over a limit.
    pub fn parse(text: &'a str) -> Result<Self, TreeError> {
        let mut reader = Reader {
            text,
            bytes: text.as_bytes(),
            at: 0,
            values: Vec::new(),
            open: Vec::new(),
        };
        let root = reader.document()?;
        Ok(Self {
            values: reader.values,
            root,
        })
    }

    /// A list of values that hold no others.
    pub(crate) fn list(items: Vec<Value<'a>>) -> Self {
        let mut tree = Self {
            root: 0,
            values: items,
        };
        let items = (0..tree.values.len() as At).collect();
        tree.root = tree.add(Value::List(items));
        tree
    }

    /// The value that holds all others.
    #[must_use]
    pub fn root(&self) -> At {
        self.root
    }

    /// A value.
    #[must_use]
    pub fn get(&self, at: At) -> &Value<'a> {
        &self.values[at as usize]
    }

    /// Puts another value in its place.
    pub fn set(&mut self, at: At, value: Value<'a>) {
        self.values[at as usize] = value;
    }

    /// Adds a value that something may then point at.
    pub fn add(&mut self, value: Value<'a>) -> At {
        let at = At::try_from(self.values.len()).expect("the limit on values is far below");
        self.values.push(value);
        at
    }

    /// Takes a value out, leaving null.
    pub fn take(&mut self, at: At) -> Value<'a> {
        std::mem::replace(&mut self.values[at as usize], Value::Null)
    }

    /// The member of an object; the first, where a key comes twice.
    #[must_use]
    pub fn member(&self, at: At, key: &str) -> Option<At> {
        match self.get(at) {
            Value::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| *value),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self, at: At) -> Option<&str> {
        match self.get(at) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self, at: At) -> Option<&[At]> {
        match self.get(at) {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A number as a whole one, cut towards zero; none when it is out of range.
    #[must_use]
    pub fn whole(&self, at: At) -> Option<i64> {
        match self.get(at) {
            Value::Number(digits) => digits
                .parse::<i64>()
                .ok()
                .or_else(|| whole(digits.parse::<f64>().ok()?)),
            _ => None,
        }
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self, at: At) -> bool {
        matches!(self.get(at), Value::Number(_))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(number: f64) -> Option<i64> {
    (number.abs() < 9e15).then_some(number as i64)
}

enum Open<'a> {
    List(Vec<At>),
    Object {
        members: Vec<(Cow<'a, str>, At)>,
        key: Cow<'a, str>,
    },
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value<'a>>,
    open: Vec<Open<'a>>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<At, TreeError> {
        loop {
            let Some(value) = self.value_or_open()? else {
                continue;
            };
            let mut done = self.add(value)?;
            loop {
                let Some(open) = self.open.pop() else {
                    self.skip_space();
                    let at_end = self.at == self.bytes.len();
                    return if at_end {
                        Ok(done)
                    } else {
                        Err(TreeError::Syntax)
                    };
                };
                match self.close_over(open, done)? {
                    Some(closed) => done = self.add(closed)?,
                    None => break,
                }
            }
        }
    }

    fn add(&mut self, value: Value<'a>) -> Result<At, TreeError> {
        if self.values.len() >= VALUES {
            return Err(TreeError::Values { limit: VALUES });
        }
        self.values.push(value);
        Ok(At::try_from(self.values.len() - 1).expect("the limit on values is far below"))
    }

    /// Reads a scalar or an empty container, or opens a container and gives nothing.
    fn value_or_open(&mut self) -> Result<Option<Value<'a>>, TreeError> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => {
                self.descend()?;
                if self.take_after_space(b'}') {
                    return Ok(Some(Value::Object(Vec::new())));
                }
                let key = self.key()?;
                self.open.push(Open::Object {
                    members: Vec::new(),
                    key,
                });
                Ok(None)
            }
            Some(b'[') => {
                self.descend()?;
                if self.take_after_space(b']') {
                    return Ok(Some(Value::List(Vec::new())));
                }
                self.open.push(Open::List(Vec::new()));
                Ok(None)
            }
            Some(b'"') => self.string().map(|text| Some(Value::Text(text))),
            Some(b't') => self.word("true", Value::Boolean(true)),
            Some(b'f') => self.word("false", Value::Boolean(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number().map(Some),
            _ => Err(TreeError::Syntax),
        }
    }

    /// Puts a finished value where it belongs; gives the container when this closed it.
    fn close_over(&mut self, open: Open<'a>, done: At) -> Result<Option<Value<'a>>, TreeError> {
        self.skip_space();
        let next = self.peek();
        self.at += 1;
        match open {
            Open::List(mut items) => {
                items.push(done);
                match next {
                    Some(b']') => return Ok(Some(Value::List(items))),
                    Some(b',') => self.open.push(Open::List(items)),
                    _ => return Err(TreeError::Syntax),
                }
            }
            Open::Object { mut members, key } => {
                members.push((key, done));
                match next {
                    Some(b'}') => return Ok(Some(Value::Object(members))),
                    Some(b',') => {
                        let key = self.key()?;
                        self.open.push(Open::Object { members, key });
                    }
                    _ => return Err(TreeError::Syntax),
                }
            }
        }
        Ok(None)
    }

    fn descend(&mut self) -> Result<(), TreeError> {
        if self.open.len() >= DEPTH {
            return Err(TreeError::Depth);
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<Cow<'a, str>, TreeError> {
        self.skip_space();
        if self.peek() != Some(b'"') {
            return Err(TreeError::Syntax);
        }
        let key = self.string()?;
        if self.take_after_space(b':') {
            Ok(key)
        } else {
            Err(TreeError::Syntax)
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Option<Value<'a>>, TreeError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(TreeError::Syntax);
        }
        self.at += word.len();
        Ok(Some(value))
    }

    fn number(&mut self) -> Result<Value<'a>, TreeError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(TreeError::Syntax);
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(TreeError::Syntax);
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(TreeError::Syntax);
            }
        }
        let digits = &self.text[start..self.at];
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() && digits.len() <= 32 => {
                Ok(Value::Number(Cow::Borrowed(digits)))
            }
            _ => Err(TreeError::Syntax),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<Cow<'a, str>, TreeError> {
        self.at += 1;
        let start = self.at;
        let mut plain_from = start;
        let mut unescaped: Option<String> = None;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = &self.text[plain_from..self.at];
                    self.at += 1;
                    let text = match unescaped {
                        None => Cow::Borrowed(rest),
                        Some(text) => Cow::Owned(text + rest),
                    };
                    if text.len() > limits::RECORDING_TEXT_BYTES {
                        return Err(TreeError::Text { bytes: text.len() });
                    }
                    return Ok(text);
                }
                Some(b'\\') => {
                    let plain = &self.text[plain_from..self.at];
                    self.at += 1;
                    let character = self.escape()?;
                    let text = unescaped.get_or_insert_default();
                    text.push_str(plain);
                    text.push(character);
                    plain_from = self.at;
                }
                Some(0..=0x1f) | None => return Err(TreeError::Syntax),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, TreeError> {
        let byte = self.peek().ok_or(TreeError::Syntax)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.four_digits()?;
                self.scalar_from(unit)
            }
            _ => return Err(TreeError::Syntax),
        })
    }

    /// The character of a UTF-16 unit, with the low half that may follow it.
    fn scalar_from(&mut self, unit: u32) -> char {
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            if let Ok(low) = self.four_digits()
                && (0xdc00..0xe000).contains(&low)
            {
                let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = before;
        }
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, TreeError> {
        let digits = self
            .bytes
            .get(self.at..self.at + 4)
            .ok_or(TreeError::Syntax)?;
        let mut unit = 0;
        for digit in digits {
            unit = unit * 16 + char::from(*digit).to_digit(16).ok_or(TreeError::Syntax)?;
        }
        self.at += 4;
        Ok(unit)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn take_after_space(&mut self, byte: u8) -> bool {
        self.skip_space();
        self.take(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}
