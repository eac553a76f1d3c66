//! One token as bits: whether it is the expected one, else its kind, else what it is.

use super::memory::{ITEM, KEYS, Members};
use super::{Beside, Place, SPOILED, Talk};
use crate::rest::error::RestError;
use crate::rest::field::Field;
use crate::rest::mix::hash;
use crate::rest::number;
use crate::rest::range::Bits;
use crate::rest::token::{KIND_BITS, Kind, Token};
use crate::{At, Tree, Value};

/// Longer texts are kept beside the bits: they are compressed another way.
const TEXT_BYTES_MAX: usize = 1024;
/// Bytes that are said one by one in all; further texts are kept beside the bits.
const LITERAL_BYTES_MAX: usize = 256 << 10;

/// Classes of the mixer; numbers take up three each.
const HIT: usize = 0;
const KIND: usize = 1;
const WHOLE: usize = 2;
const SHAPE: usize = 5;
const WORD: usize = 8;
const KNOWN: usize = 11;
const COUNT: usize = 12;
const LENGTH: usize = 15;

/// Contexts of a token, see [`Talk::around`].
const AROUND: usize = 6;

/// A value that is to be said.
pub(super) enum Said<'t> {
    Token(Token),
    Whole(i64),
    Decimal(&'t str),
    Text(&'t str),
    Object(&'t Members<'t>),
}

impl Talk {
    /// Says or hears one token; of a text that is kept beside the bits also the text.
    pub(super) fn token(
        &mut self,
        bits: &mut impl Bits,
        (place, written): (Place, usize),
        said: Option<Said<'_>>,
        beside: &mut Beside,
    ) -> Result<(Token, Option<String>), RestError> {
        let known = said.as_ref().and_then(|said| self.known(place.field, said));
        let (token, long) = match self.expected(bits, place, known) {
            Some(token) => (token, None),
            None => {
                let room = place.end.saturating_sub(written);
                let spelt = (said.as_ref(), known);
                self.unexpected(bits, (place, room), spelt, beside)?
            }
        };
        if token.kind() == Kind::Whole {
            let expected = self.fields.expected(place.field);
            let number = expected.wrapping_add(token.difference());
            self.fields.saw(place.field, number);
        }
        let field = self.fields.get_mut(place.field);
        field.before = field.last;
        field.last = token;
        if let Kind::Text | Kind::Decimal = token.kind() {
            field.like = self.memory.place(token.number() as u32);
        }
        self.track.push(token);
        Ok((token, long))
    }

    /// Whether the token is the expected one; that one, if so.
    fn expected(
        &mut self,
        bits: &mut impl Bits,
        place: Place,
        known: Option<Token>,
    ) -> Option<Token> {
        let expected = self.track.expected()?;
        if expected.kind() == Kind::Long {
            return None;
        }
        let name = self.fields.get(place.field).name;
        let contexts = [
            hash(101, self.track.trust()),
            hash(hash(102, name), expected.kind() as u32),
            hash(hash(103, name), self.track.trust()),
            hash(hash(104, self.track.last(0).hash()), expected.hash()),
            hash(hash(105, name), expected.hash()),
        ];
        self.say(bits, known == Some(expected), (HIT, &contexts))
            .then_some(expected)
    }

    /// A token by its kind and what it is.
    fn unexpected(
        &mut self,
        bits: &mut impl Bits,
        (place, room): (Place, usize),
        (said, known): (Option<&Said<'_>>, Option<Token>),
        beside: &mut Beside,
    ) -> Result<(Token, Option<String>), RestError> {
        let contexts = self.around(place);
        let kind = said.map_or(0, |said| self.kind(said, known) as u32);
        let kind = self.symbol(bits, kind, &contexts);
        let kind = Kind::of(kind).ok_or(SPOILED)?;
        let text = match said {
            Some(Said::Text(text) | Said::Decimal(text)) => Some(*text),
            _ => None,
        };
        let number = match kind {
            Kind::Whole => {
                let last = self.track.last(0);
                let contexts = self.fields.around(place.field, &contexts, last);
                let difference = known.map_or(0, Token::difference);
                let heard = self.signed(bits, difference, (WHOLE, &contexts));
                return Ok((Token::whole(heard), None));
            }
            Kind::Text | Kind::Decimal => self.word(bits, (text, place.field, room), &contexts)?,
            Kind::Object => {
                let members = match said {
                    Some(Said::Object(members)) => Some(*members),
                    _ => None,
                };
                self.shape(bits, (members, room), &contexts)?
            }
            Kind::Long => {
                let text = self.long(bits, (text, room), beside)?;
                return Ok((Token::new(kind, 0), Some(text)));
            }
            _ => 0,
        };
        Ok((Token::new(kind, u64::from(number)), None))
    }

    /// Contexts of a token: what stood in its place before, and what was said just now.
    fn around(&self, place: Place) -> [u32; AROUND] {
        let Field {
            name, last, before, ..
        } = *self.fields.get(place.field);
        let [one, two] = [self.track.last(0).hash(), self.track.last(1).hash()];
        [
            name,
            hash(hash(1, name), place.tag.hash()),
            hash(hash(2, name), one),
            hash(hash(3, name), last.hash()),
            hash(hash(4, name), hash(last.hash(), before.hash())),
            hash(hash(5, name), hash(one, two)),
        ]
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
                let word = self.memory.number(digits)?;
                Some(Token::new(Kind::Decimal, u64::from(word)))
            }
            Said::Text(text) => {
                let word = self.memory.number(text)?;
                Some(Token::new(Kind::Text, u64::from(word)))
            }
            Said::Object(members) => {
                let shape = self.memory.shape_of(members)?;
                Some(Token::new(Kind::Object, u64::from(shape)))
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
    fn word<const N: usize>(
        &mut self,
        bits: &mut impl Bits,
        (said, field, room): (Option<&str>, u32, usize),
        contexts: &[u32; N],
    ) -> Result<u32, RestError> {
        let known = said.and_then(|text| self.memory.number(text));
        if self.say(bits, known.is_some(), (KNOWN, contexts)) {
            let number = u64::from(known.unwrap_or(0));
            let number = self.unsigned(bits, number, (WORD, contexts));
            return self.memory.checked(number).ok_or(SPOILED);
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
        Ok(self.memory.add(text.into_boxed_str(), place))
    }

    /// Remembers a text that nobody says.
    fn remember(&mut self, text: &str) -> u32 {
        let place = self.literals.remember(text);
        self.memory.add(text.into(), place)
    }

    fn shape(
        &mut self,
        bits: &mut impl Bits,
        (said, room): (Option<&Members<'_>>, usize),
        contexts: &[u32; AROUND],
    ) -> Result<u32, RestError> {
        let known = said.and_then(|members| self.memory.shape_of(members));
        // One more than the number of a known shape; 0 says that a new one comes.
        let number = known.map_or(0, |shape| u64::from(shape) + 1);
        let number = self.unsigned(bits, number, (SHAPE, contexts));
        if number > 0 {
            return self.memory.checked_shape(number - 1).ok_or(SPOILED);
        }
        let count = said.map_or(0, <[_]>::len) as u64;
        let count = self.unsigned(bits, count, (COUNT, &[contexts[0]]));
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
                .checked_sub(self.memory.text(word).len() + 3)
                .ok_or(SPOILED)?;
            keys.push(word);
        }
        Ok(self.memory.add_shape(keys))
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

    fn say<const N: usize>(
        &mut self,
        bits: &mut impl Bits,
        bit: bool,
        (class, contexts): (usize, &[u32; N]),
    ) -> bool {
        if self.silent {
            return bit;
        }
        number::one(&mut self.mixer, bits, bit, (class, contexts, 1))
    }

    fn symbol(&mut self, bits: &mut impl Bits, kind: u32, contexts: &[u32; AROUND]) -> u32 {
        if self.silent {
            return kind;
        }
        number::symbol(&mut self.mixer, bits, (kind, KIND_BITS), (KIND, contexts))
    }

    fn unsigned<const N: usize>(
        &mut self,
        bits: &mut impl Bits,
        number: u64,
        (class, contexts): (usize, &[u32; N]),
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
        (class, contexts): (usize, &[u32; AROUND]),
    ) -> i64 {
        if self.silent {
            return number;
        }
        number::signed(&mut self.mixer, bits, number, (class, contexts))
    }
}

/// What a tree says at this value.
pub(super) fn said<'t>(tree: &'t Tree<'_>, at: At) -> Said<'t> {
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
