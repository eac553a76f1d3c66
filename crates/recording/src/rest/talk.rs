//! Lines of events said as bits and heard again: one walk over JSON for both, so that what is said
//! and what is heard cannot differ. Every token is first expected to be what came in its place
//! before ([`Track`]), in the base or in the lines; else it is said by its kind and what it is.

use std::borrow::Cow;
use std::collections::HashMap;

use super::error::RestError;
use super::field::{Field, Fields, Name};
use super::literal::Literals;
use super::mix::{Mixer, hash};
use super::number;
use super::range::{Bits, Silent};
use super::token::{KIND_BITS, Kind, Token};
use super::track::Track;
use crate::write::text;
use crate::{At, Tree, Value};

/// Longer texts are kept beside the bits: they are compressed another way.
const TEXT_BYTES_MAX: usize = 1024;
/// Bytes that are said one by one in all; further texts are kept beside the bits.
const LITERAL_BYTES_MAX: usize = 256 << 10;
/// Levels of JSON, as in [`Tree`] and one more for the lines.
const DEPTH_MAX: usize = 2 * hitmetrix_model::limits::RECORDING_DEPTH + 17;

/// Classes of the mixer; numbers take up three each.
const HIT: usize = 0;
const KIND: usize = 1;
const WHOLE: usize = 2;
const SHAPE: usize = 5;
const WORD: usize = 8;
const KNOWN: usize = 11;
const COUNT: usize = 12;
const LENGTH: usize = 15;

/// Everything that is learnt from what was said.
#[derive(Clone)]
pub(super) struct Talk {
    mixer: Mixer,
    literals: Literals,
    track: Track,
    fields: Fields,
    words: Vec<Word>,
    by_word: HashMap<Box<str>, u32>,
    shapes: Vec<Vec<u32>>,
    by_shape: HashMap<String, u32>,
    /// Fields by the words that name them.
    by_keys: HashMap<(u32, u32, u32), u32>,
    literal_bytes: usize,
    /// Source of the event that is being said, plus one.
    source: u32,
    /// The base is learnt without being said.
    silent: bool,
}

/// A text that is remembered, and where its bytes stand.
#[derive(Clone)]
struct Word {
    text: Box<str>,
    place: u32,
}

/// Words that every talk begins with: what holds the lines, what holds keys, and any item.
const LINES: u32 = 0;
const KEYS: u32 = 1;
const ITEM: u32 = 2;

/// Texts that are kept beside the bits.
#[derive(Default)]
pub(super) struct Beside {
    pub bytes: Vec<u8>,
    pub at: usize,
}

/// Members of an object.
type Members<'t> = [(Cow<'t, str>, At)];

/// A value that is to be said.
enum Said<'t> {
    Token(Token),
    Whole(i64),
    Decimal(&'t str),
    Text(&'t str),
    Object(&'t Members<'t>),
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place {
    field: u32,
    /// Name of the element that it belongs to.
    tag: Token,
    /// Most bytes that the lines may have.
    end: usize,
}

/// The next place, and what is to be said there.
struct Next {
    key: u32,
    at: Option<At>,
    field: u32,
    tag: Token,
}

/// A container that is open.
struct Open {
    /// Field of the items; key of the container.
    field: u32,
    key: u32,
    tag: Token,
    /// Items or members begun so far.
    done: usize,
    /// Of an object.
    shape: Option<usize>,
    at: Option<At>,
}

const SPOILED: RestError = RestError::Spoiled {
    what: "it says no lines",
};

impl Talk {
    pub(super) fn new() -> Self {
        let mut talk = Self {
            mixer: Mixer::new(),
            literals: Literals::new(),
            track: Track::new(),
            fields: Fields::new(),
            words: Vec::new(),
            by_word: HashMap::new(),
            shapes: Vec::new(),
            by_shape: HashMap::new(),
            by_keys: HashMap::new(),
            literal_bytes: 0,
            source: 0,
            silent: false,
        };
        for word in ["\0lines", "\0keys", "\0item"] {
            talk.remember(word);
        }
        talk
    }

    /// Learns lines as if they had been said; `silent` for what is only to be found again.
    pub(super) fn learn(&mut self, lines: &[u8], silent: bool) {
        self.silent = silent;
        let mut beside = Beside::default();
        for line in lines.split(|byte| *byte == b'\n') {
            let text = std::str::from_utf8(line).unwrap_or_default();
            if let Ok(tree) = Tree::parse(text) {
                let mut out = Vec::new();
                let heard = self.line(
                    &mut Silent,
                    (Some(&tree), usize::MAX),
                    &mut beside,
                    &mut out,
                );
                debug_assert!(heard.is_ok(), "a tree can be said");
            }
        }
        self.silent = false;
        self.literal_bytes = 0;
    }

    /// Says or hears one line, which is written to `out` without its line feed, at most to `end`.
    /// Gives false when there are no more lines, which saying no tree says.
    pub(super) fn line(
        &mut self,
        bits: &mut impl Bits,
        (tree, end): (Option<&Tree<'_>>, usize),
        beside: &mut Beside,
        out: &mut Vec<u8>,
    ) -> Result<bool, RestError> {
        self.source = 0;
        let mut open: Vec<Open> = Vec::new();
        let mut key = LINES;
        let mut at = tree.map(Tree::root);
        let mut place = Place {
            field: self.field(LINES, ITEM),
            tag: Token::END,
            end,
        };
        loop {
            let said = tree.map(|tree| at.map_or(Said::Token(Token::END), |at| said(tree, at)));
            let (token, long) = self.token(bits, (place, out.len()), said, beside)?;
            let is_item = open
                .last()
                .is_none_or(|container| container.shape.is_none());
            if token.kind() == Kind::End {
                if !is_item {
                    return Err(SPOILED);
                }
                if open.pop().is_none() {
                    return Ok(false);
                }
                out.push(b']');
            } else {
                if is_item && open.last().is_some_and(|container| container.done > 1) {
                    out.push(b',');
                }
                self.write(place.field, token, long, out);
                if let Some(container) = open.last_mut()
                    && !is_item
                {
                    self.note(container, key, token);
                }
                if matches!(token.kind(), Kind::List | Kind::Object) {
                    let is_object = token.kind() == Kind::Object;
                    open.push(Open {
                        field: self.field(key, ITEM),
                        key,
                        tag: place.tag,
                        done: 0,
                        shape: is_object.then(|| token.number() as usize),
                        at,
                    });
                }
            }
            if out.len() > end || open.len() > DEPTH_MAX {
                return Err(SPOILED);
            }
            let Some(next) = self.next(&mut open, tree, out) else {
                return Ok(true);
            };
            (key, at, place) = (
                next.key,
                next.at,
                Place {
                    field: next.field,
                    tag: next.tag,
                    end,
                },
            );
        }
    }

    /// On to the next place, closing the objects that have no more; none at the end of the line.
    fn next(
        &mut self,
        open: &mut Vec<Open>,
        tree: Option<&Tree<'_>>,
        out: &mut Vec<u8>,
    ) -> Option<Next> {
        loop {
            let container = open.last_mut()?;
            let (done, tag, key) = (container.done, container.tag, container.key);
            container.done += 1;
            let of = container.at.zip(tree);
            let Some(shape) = container.shape else {
                return Some(Next {
                    key,
                    at: of.and_then(|(at, tree)| tree.items(at)?.get(done).copied()),
                    field: container.field,
                    tag,
                });
            };
            let Some(member) = self.shapes[shape].get(done).copied() else {
                out.push(b'}');
                open.pop();
                continue;
            };
            if done > 0 {
                out.push(b',');
            }
            text(&self.words[member as usize].text, out);
            out.push(b':');
            let at = of.and_then(|(at, tree)| match tree.get(at) {
                Value::Object(members) => members.get(done).map(|(_, value)| *value),
                _ => None,
            });
            return Some(Next {
                key: member,
                at,
                field: self.field(key, member),
                tag,
            });
        }
    }

    /// What a member says of the members after it.
    fn note(&mut self, container: &mut Open, key: u32, token: Token) {
        match &*self.words[key as usize].text {
            "tagName" => container.tag = token,
            "source" => {
                self.source = token.difference() as u32 + 1;
                container.tag = token;
            }
            // What comes behind the data of a line depends on what happened.
            "data" => container.tag = Token::new(Kind::Object, u64::from(self.source) + 1),
            _ => {}
        }
    }

    fn write(&self, field: u32, token: Token, long: Option<String>, out: &mut Vec<u8>) {
        match token.kind() {
            Kind::End => {}
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::False => out.extend_from_slice(b"false"),
            Kind::True => out.extend_from_slice(b"true"),
            Kind::Whole => {
                let number = self.fields.number(field);
                out.extend_from_slice(number.to_string().as_bytes());
            }
            Kind::Decimal => {
                let digits = &self.words[token.number() as usize].text;
                out.extend_from_slice(digits.as_bytes());
            }
            Kind::Text => text(&self.words[token.number() as usize].text, out),
            Kind::Long => text(&long.unwrap_or_default(), out),
            Kind::List => out.push(b'['),
            Kind::Object => out.push(b'{'),
        }
    }

    /// Says or hears one token; of a text that is kept beside the bits also the text.
    fn token(
        &mut self,
        bits: &mut impl Bits,
        (place, written): (Place, usize),
        said: Option<Said<'_>>,
        beside: &mut Beside,
    ) -> Result<(Token, Option<String>), RestError> {
        let room = place.end.saturating_sub(written);
        let field = *self.fields.get(place.field);
        let known = said.as_ref().and_then(|said| self.known(place.field, said));
        let expected = self
            .track
            .expected()
            .filter(|expected| expected.kind() != Kind::Long);
        let mut token = None;
        if let Some(expected) = expected {
            let contexts = [
                hash(101, self.track.trust()),
                hash(hash(102, field.name), expected.kind() as u32),
                hash(hash(103, field.name), self.track.trust()),
                hash(hash(104, self.track.last(0).hash()), expected.hash()),
                hash(hash(105, field.name), expected.hash()),
            ];
            let hit = known == Some(expected);
            if self.say(bits, hit, (HIT, &contexts)) {
                token = Some(expected);
            }
        }
        let mut long = None;
        let token = match token {
            Some(token) => token,
            None => {
                let [one, two] = [self.track.last(0).hash(), self.track.last(1).hash()];
                let contexts = [
                    field.name,
                    hash(hash(1, field.name), place.tag.hash()),
                    hash(hash(2, field.name), one),
                    hash(hash(3, field.name), field.last.hash()),
                    hash(
                        hash(4, field.name),
                        hash(field.last.hash(), field.before.hash()),
                    ),
                    hash(hash(5, field.name), hash(one, two)),
                ];
                let numbers = self
                    .fields
                    .around(place.field, &contexts, self.track.last(0));
                let kind = said.as_ref().map(|said| self.kind(said, known));
                let kind = self.symbol(bits, kind.map_or(0, |kind| kind as u32), &contexts);
                let kind = Kind::of(kind).ok_or(SPOILED)?;
                match kind {
                    Kind::Whole => {
                        let difference = known.map_or(0, Token::difference);
                        let heard = self.signed(bits, difference, (WHOLE, &numbers));
                        Token::whole(heard)
                    }
                    Kind::Text | Kind::Decimal => {
                        let said = match &said {
                            Some(Said::Text(text) | Said::Decimal(text)) => Some(*text),
                            _ => None,
                        };
                        let word = self.word(bits, (said, place.field, room), &contexts)?;
                        Token::new(kind, u64::from(word))
                    }
                    Kind::Object => {
                        let keys = match &said {
                            Some(Said::Object(members)) => Some(*members),
                            _ => None,
                        };
                        let shape = self.shape(bits, (keys, room), &contexts)?;
                        Token::new(kind, u64::from(shape))
                    }
                    Kind::Long => {
                        let said = match &said {
                            Some(Said::Text(text)) => Some(*text),
                            _ => None,
                        };
                        long = Some(self.long(bits, (said, room), beside)?);
                        Token::new(kind, 0)
                    }
                    kind => Token::new(kind, 0),
                }
            }
        };
        if token.kind() == Kind::Whole {
            let number = self
                .fields
                .expected(place.field)
                .wrapping_add(token.difference());
            self.fields.saw(place.field, number);
        }
        let field = self.fields.get_mut(place.field);
        field.before = field.last;
        field.last = token;
        if let Kind::Text | Kind::Decimal = token.kind() {
            field.like = self.words[token.number() as usize].place;
        }
        self.track.push(token);
        Ok((token, long))
    }

    /// The token of a value, where it is made of what is known.
    fn known(&self, field: u32, said: &Said<'_>) -> Option<Token> {
        match said {
            Said::Token(token) => Some(*token),
            Said::Whole(number) => {
                let expected = self.fields.expected(field);
                Some(Token::whole(number.wrapping_sub(expected)))
            }
            Said::Decimal(digits) => {
                let word = self.by_word.get(*digits)?;
                Some(Token::new(Kind::Decimal, u64::from(*word)))
            }
            Said::Text(text) => {
                let word = self.by_word.get(*text)?;
                Some(Token::new(Kind::Text, u64::from(*word)))
            }
            Said::Object(members) => {
                let shape = self.by_shape.get(&joined(members))?;
                Some(Token::new(Kind::Object, u64::from(*shape)))
            }
        }
    }

    fn kind(&self, said: &Said<'_>, known: Option<Token>) -> Kind {
        match said {
            Said::Token(token) => token.kind(),
            Said::Whole(_) => Kind::Whole,
            Said::Decimal(_) => Kind::Decimal,
            Said::Text(text) => {
                let spent = self.literal_bytes + text.len() > LITERAL_BYTES_MAX;
                let is_long = known.is_none() && (text.len() > TEXT_BYTES_MAX || spent);
                if is_long && !self.silent {
                    Kind::Long
                } else {
                    Kind::Text
                }
            }
            Said::Object(_) => Kind::Object,
        }
    }

    /// Says or hears a text that is or will be remembered; gives its number.
    fn word(
        &mut self,
        bits: &mut impl Bits,
        (said, field, room): (Option<&str>, u32, usize),
        contexts: &[u32],
    ) -> Result<u32, RestError> {
        let known = said.and_then(|text| self.by_word.get(text).copied());
        if self.say(bits, known.is_some(), (KNOWN, contexts)) {
            let number = u64::from(known.unwrap_or(0));
            let number = self.unsigned(bits, number, (WORD, contexts));
            return u32::try_from(number)
                .ok()
                .filter(|number| (*number as usize) < self.words.len())
                .ok_or(SPOILED);
        }
        if self.silent {
            return Ok(self.remember(said.unwrap_or_default()));
        }
        let Field { name, like, .. } = *self.fields.get(field);
        let place = self.literals.end();
        let bytes = self
            .literals
            .text(&mut self.mixer, bits, (said, name, like, room))
            .ok_or(SPOILED)?;
        let text = String::from_utf8(bytes).map_err(|_| SPOILED)?;
        self.literal_bytes += text.len();
        Ok(self.add(text.into_boxed_str(), place))
    }

    /// Remembers a text that nobody says.
    fn remember(&mut self, text: &str) -> u32 {
        let place = self.literals.remember(text);
        self.add(text.into(), place)
    }

    fn add(&mut self, text: Box<str>, place: u32) -> u32 {
        let number = self.words.len() as u32;
        self.by_word.insert(text.clone(), number);
        self.words.push(Word { text, place });
        number
    }

    fn shape(
        &mut self,
        bits: &mut impl Bits,
        (said, room): (Option<&Members<'_>>, usize),
        contexts: &[u32],
    ) -> Result<u32, RestError> {
        let known = said.and_then(|members| self.by_shape.get(&joined(members)).copied());
        // One more than the number of a known shape; 0 says that a new one comes.
        let number = known.map_or(0, |shape| u64::from(shape) + 1);
        let number = self.unsigned(bits, number, (SHAPE, contexts));
        if number > 0 {
            return u32::try_from(number - 1)
                .ok()
                .filter(|shape| (*shape as usize) < self.shapes.len())
                .ok_or(SPOILED);
        }
        let count = said.map_or(0, <[_]>::len) as u64;
        let count = self.unsigned(bits, count, (COUNT, &contexts[..1]));
        let mut room = room;
        let field = self.field(KEYS, ITEM);
        let mut keys = Vec::new();
        let mut before = 0;
        for index in 0..count as usize {
            let key = said
                .and_then(|members| members.get(index))
                .map(|(key, _)| &**key);
            let name = self.fields.get(field).name;
            let contexts = [
                name,
                hash(hash(1, name), contexts[1]),
                hash(hash(2, name), before),
                hash(hash(3, name), hash(before, index as u32)),
            ];
            let word = self.word(bits, (key, field, room), &contexts)?;
            before = word + 1;
            // Each key of a shape is written at least once.
            room = room
                .checked_sub(self.words[word as usize].text.len() + 3)
                .ok_or(SPOILED)?;
            keys.push(word);
        }
        let shape = self.shapes.len() as u32;
        let mut name = String::new();
        for key in &keys {
            name.push_str(&self.words[*key as usize].text);
            name.push('\0');
        }
        self.by_shape.insert(name, shape);
        self.shapes.push(keys);
        Ok(shape)
    }

    fn long(
        &mut self,
        bits: &mut impl Bits,
        (said, room): (Option<&str>, usize),
        beside: &mut Beside,
    ) -> Result<String, RestError> {
        let length = said.map_or(0, str::len) as u64;
        let length = self.unsigned(bits, length, (LENGTH, &[17])) as usize;
        if let Some(text) = said {
            beside.bytes.extend_from_slice(text.as_bytes());
            return Ok(text.to_owned());
        }
        if length > room {
            return Err(SPOILED);
        }
        let bytes = beside
            .bytes
            .get(beside.at..beside.at + length)
            .ok_or(SPOILED)?;
        beside.at += length;
        String::from_utf8(bytes.to_vec()).map_err(|_| SPOILED)
    }

    fn field(&mut self, holder: u32, key: u32) -> u32 {
        let source = match &*self.words[holder as usize].text {
            "data" => self.source,
            _ => 0,
        };
        if let Some(field) = self.by_keys.get(&(holder, key, source)) {
            return *field;
        }
        let field = self.fields.named(Name {
            holder: &self.words[holder as usize].text,
            key: &self.words[key as usize].text,
            source,
        });
        self.by_keys.insert((holder, key, source), field);
        field
    }

    fn say(&mut self, bits: &mut impl Bits, bit: bool, (class, contexts): (usize, &[u32])) -> bool {
        if self.silent {
            return bit;
        }
        number::one(&mut self.mixer, bits, bit, (class, contexts, 1))
    }

    fn symbol(&mut self, bits: &mut impl Bits, kind: u32, contexts: &[u32]) -> u32 {
        if self.silent {
            return kind;
        }
        number::symbol(&mut self.mixer, bits, (kind, KIND_BITS), (KIND, contexts))
    }

    fn unsigned(
        &mut self,
        bits: &mut impl Bits,
        number: u64,
        (class, contexts): (usize, &[u32]),
    ) -> u64 {
        if self.silent {
            return number;
        }
        number::unsigned(&mut self.mixer, bits, number, (class, contexts))
    }

    fn signed(
        &mut self,
        bits: &mut impl Bits,
        number: i64,
        (class, contexts): (usize, &[u32]),
    ) -> i64 {
        if self.silent {
            return number;
        }
        number::signed(&mut self.mixer, bits, number, (class, contexts))
    }
}

/// The keys of an object as one text.
fn joined(members: &Members<'_>) -> String {
    let mut name = String::with_capacity(members.len() * 10);
    for (key, _) in members {
        name.push_str(key);
        name.push('\0');
    }
    name
}

fn said<'t>(tree: &'t Tree<'_>, at: At) -> Said<'t> {
    match tree.get(at) {
        Value::Null => Said::Token(Token::new(Kind::Null, 0)),
        Value::Boolean(false) => Said::Token(Token::new(Kind::False, 0)),
        Value::Boolean(true) => Said::Token(Token::new(Kind::True, 0)),
        Value::Number(digits) => match whole(digits) {
            Some(number) => Said::Whole(number),
            None => Said::Decimal(digits),
        },
        Value::Text(text) => Said::Text(text),
        Value::List(_) => Said::Token(Token::new(Kind::List, 0)),
        Value::Object(members) => Said::Object(members),
    }
}

/// A whole number that is written as we would write it, and far from any end.
fn whole(digits: &str) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    (number.unsigned_abs() < 1 << 53 && number.to_string() == digits).then_some(number)
}
