//! A bounded JSON reader. It keeps an explicit stack instead of recursing, refuses what is deeper
//! than its limit before it takes memory for it, refuses duplicate keys and numbers that are not
//! finite, and puts U+FFFD in place of lone surrogates instead of refusing the text. Texts without
//! escapes are borrowed from the line.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Members of one object or items of one list that are read; more refuses the line.
const MEMBERS_MAX: usize = 1024;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A finite number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object, in the order of the line; no key comes twice.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Why a line is no JSON that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Not JSON at this byte.
    Syntax { at: usize },
    /// Deeper than the limit.
    Depth { limit: usize },
    /// A number that is not finite.
    Number { at: usize },
    /// This key comes twice.
    Duplicate { key: String },
    /// Too many members of one object or list.
    Members { limit: usize },
}

impl<'a> Json<'a> {
    /// What kind of value it is, in the words of messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The value as compact JSON. The depth is bounded by that of the reader.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(value) => {
                write!(out, "{value}").expect("writing to a string does not fail");
            }
            Self::Text(value) => write_text(value, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// The members of an object.
    pub(crate) fn into_object(self) -> Option<Vec<(Cow<'a, str>, Json<'a>)>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => {
                write!(out, "\\u{:04x}", u32::from(control))
                    .expect("writing to a string does not fail");
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Reads one value that takes up the whole text, at most `depth` levels deep.
pub(crate) fn parse(text: &str, depth: usize) -> Result<Json<'_>, JsonError> {
    Reader {
        text,
        at: 0,
        open: Vec::new(),
        depth,
    }
    .document()
}

/// A list or an object that is not closed yet.
enum Open<'a> {
    List(Vec<Json<'a>>),
    Object {
        members: Vec<(Cow<'a, str>, Json<'a>)>,
        key: Cow<'a, str>,
    },
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open<'a>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Json<'a>, JsonError> {
        loop {
            let Some(mut value) = self.value_or_open()? else {
                continue;
            };
            loop {
                match self.close_over(value)? {
                    Closed::Document(document) => {
                        self.skip_space();
                        let at_end = self.at == self.text.len();
                        return if at_end {
                            Ok(document)
                        } else {
                            Err(self.syntax())
                        };
                    }
                    Closed::Container(container) => value = container,
                    Closed::Nothing => break,
                }
            }
        }
    }

    /// Reads a scalar or an empty container, or opens a container and gives nothing.
    fn value_or_open(&mut self) -> Result<Option<Json<'a>>, JsonError> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => {
                self.descend()?;
                if self.take_after_space(b'}') {
                    return Ok(Some(Json::Object(Vec::new())));
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
                    return Ok(Some(Json::List(Vec::new())));
                }
                self.open.push(Open::List(Vec::new()));
                Ok(None)
            }
            Some(b'"') => Ok(Some(Json::Text(self.string()?))),
            Some(b't') => self.word("true", Json::Boolean(true)),
            Some(b'f') => self.word("false", Json::Boolean(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number().map(Some),
            _ => Err(self.syntax()),
        }
    }

    /// Puts a finished value where it belongs; gives the container when this closed it.
    fn close_over(&mut self, value: Json<'a>) -> Result<Closed<'a>, JsonError> {
        let Some(mut open) = self.open.pop() else {
            return Ok(Closed::Document(value));
        };
        self.skip_space();
        let next = self.peek();
        self.at += 1;
        match &mut open {
            Open::List(items) => {
                items.push(value);
                check_members(items.len())?;
            }
            Open::Object { members, key } => {
                members.push((std::mem::take(key), value));
                check_members(members.len())?;
            }
        }
        match (open, next) {
            (Open::List(items), Some(b']')) => Ok(Closed::Container(Json::List(items))),
            (open @ Open::List(_), Some(b',')) => {
                self.open.push(open);
                Ok(Closed::Nothing)
            }
            (Open::Object { members, .. }, Some(b'}')) => {
                check_duplicates(&members)?;
                Ok(Closed::Container(Json::Object(members)))
            }
            (Open::Object { members, .. }, Some(b',')) => {
                let key = self.key()?;
                self.open.push(Open::Object { members, key });
                Ok(Closed::Nothing)
            }
            _ => {
                self.at -= 1;
                Err(self.syntax())
            }
        }
    }

    fn descend(&mut self) -> Result<(), JsonError> {
        if self.open.len() >= self.depth {
            return Err(JsonError::Depth { limit: self.depth });
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.skip_space();
        if self.peek() != Some(b'"') {
            return Err(self.syntax());
        }
        let key = self.string()?;
        if !self.take_after_space(b':') {
            return Err(self.syntax());
        }
        Ok(key)
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Option<Json<'a>>, JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.syntax());
        }
        self.at += word.len();
        Ok(Some(value))
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(self.syntax());
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(self.syntax());
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(self.syntax());
            }
        }
        match self.text[start..self.at].parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Json::Number(number)),
            _ => Err(JsonError::Number { at: start }),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut plain_from = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = &self.text[plain_from..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(rest),
                        Some(mut text) => {
                            text.push_str(rest);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[plain_from..self.at]);
                    self.at += 1;
                    let character = self.escape()?;
                    unescaped.get_or_insert_default().push(character);
                    plain_from = self.at;
                }
                Some(0..=0x1f) | None => return Err(self.syntax()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.peek().ok_or_else(|| self.syntax())?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.four_digits()?;
                self.scalar_from(unit)
            }
            _ => {
                self.at -= 1;
                return Err(self.syntax());
            }
        })
    }

    /// The character of a UTF-16 unit, with the low half that may follow it. A half without its
    /// other half becomes U+FFFD.
    fn scalar_from(&mut self, unit: u32) -> char {
        if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            if let Ok(low @ 0xdc00..0xe000) = self.four_digits() {
                let scalar = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = before;
        }
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let bytes = self.text.as_bytes();
        let digits = bytes
            .get(self.at..self.at + 4)
            .ok_or_else(|| self.syntax())?;
        let mut unit = 0;
        for digit in digits {
            let value = char::from(*digit)
                .to_digit(16)
                .ok_or_else(|| self.syntax())?;
            unit = unit * 16 + value;
        }
        self.at += 4;
        Ok(unit)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
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

    fn syntax(&self) -> JsonError {
        JsonError::Syntax { at: self.at }
    }
}

enum Closed<'a> {
    Document(Json<'a>),
    Container(Json<'a>),
    Nothing,
}

fn check_members(count: usize) -> Result<(), JsonError> {
    if count > MEMBERS_MAX {
        return Err(JsonError::Members { limit: MEMBERS_MAX });
    }
    Ok(())
}

fn check_duplicates(members: &[(Cow<'_, str>, Json<'_>)]) -> Result<(), JsonError> {
    let duplicate = if members.len() <= 16 {
        members
            .iter()
            .enumerate()
            .find(|(index, (key, _))| members[..*index].iter().any(|(other, _)| other == key))
            .map(|(_, (key, _))| key.to_string())
    } else {
        let mut keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        keys.windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].to_owned())
    };
    match duplicate {
        Some(key) => Err(JsonError::Duplicate { key }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        match parse(json, 4).unwrap() {
            Json::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for json in [
            "null",
            " true ",
            "-0.5e+3",
            "[]",
            "{}",
            r#"[1,[2,{"a":[]}],"x"]"#,
            r#"{"a":1,"b":{"c":null,"d":[true,false]}}"#,
            r#""\"\\\/\b\f\n\r\té😀""#,
        ] {
            let mut out = String::new();
            parse(json, 32).unwrap().write(&mut out);
            let ours: serde_json::Value = serde_json::from_str(&out).unwrap();
            let theirs: serde_json::Value = serde_json::from_str(json).unwrap();
            // Whole numbers come back without a point.
            assert_eq!(
                ours.to_string().replace("-500", "-500.0"),
                theirs.to_string()
            );
        }
    }

    #[test]
    fn refuses_what_is_no_json() {
        for json in [
            "",
            "{",
            "[1,]",
            "{\"a\":}",
            "{\"a\" 1}",
            "{a:1}",
            "NaN",
            "Infinity",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"",
            "tru",
            "1 2",
            "[1}",
            "{\"a\":1]",
        ] {
            assert!(
                matches!(parse(json, 32), Err(JsonError::Syntax { .. })),
                "{json}"
            );
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(text(r#""a\ud800b""#), "a\u{fffd}b");
        assert_eq!(text(r#""\udc00""#), "\u{fffd}");
        assert_eq!(text(r#""\ud800\ud83d\ude00""#), "\u{fffd}\u{1f600}");
        assert_eq!(text(r#""\ud800\u0041""#), "\u{fffd}A");
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(parse(&deep, 32), Err(JsonError::Depth { limit: 32 }));
        let fits = "[".repeat(32) + &"]".repeat(32);
        assert!(parse(&fits, 32).is_ok());
        let over = "[".repeat(33) + &"]".repeat(33);
        assert_eq!(parse(&over, 32), Err(JsonError::Depth { limit: 32 }));
    }

    #[test]
    fn numbers_are_finite_and_keys_unique() {
        assert_eq!(parse("1e999", 2), Err(JsonError::Number { at: 0 }));
        assert_eq!(
            parse(r#"{"a":1,"\u0061":2}"#, 2),
            Err(JsonError::Duplicate {
                key: "a".to_owned()
            })
        );
        let many: Vec<String> = (0..40).map(|key| format!("\"{}\":0", key % 39)).collect();
        let many = format!("{{{}}}", many.join(","));
        assert!(matches!(parse(&many, 2), Err(JsonError::Duplicate { .. })));
        let long = format!("[{}0]", "0,".repeat(2000));
        assert_eq!(parse(&long, 2), Err(JsonError::Members { limit: 1024 }));
    }
}
