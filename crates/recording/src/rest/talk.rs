//! Lines of events said as bits and heard again: one walk over JSON for both, so that what is said
//! and what is heard cannot differ. Every token is first expected to be what came in its place
//! before ([`Track`]), in the base or in the lines; else it is said by its kind and what it is.

mod memory;
mod say;

use std::collections::HashMap;

use super::error::RestError;
use super::field::{Fields, Name};
use super::literal::Literals;
use super::mix::Mixer;
use super::range::{Bits, Silent};
use super::token::{Kind, Token};
use super::track::Track;
use crate::write::text;
use crate::{At, Tree, Value};
use memory::{ITEM, LINES, Memory};
use say::{Said, said};

/// Levels of JSON, as in [`Tree`] and one more for the lines.
const DEPTH_MAX: usize = 2 * hitmetrix_model::limits::RECORDING_DEPTH + 17;

/// Everything that is learnt from what was said.
#[derive(Clone)]
pub(super) struct Talk {
    mixer: Mixer,
    literals: Literals,
    track: Track,
    fields: Fields,
    memory: Memory,
    /// Fields by the words that name them and the source.
    by_keys: HashMap<(u32, u32, u32), u32>,
    /// Bytes that were said one by one.
    literal_bytes: usize,
    /// Source of the event that is being said, plus one.
    source: u32,
    /// What happened: source and type of the event.
    happened: Token,
    /// The base is learnt without being said.
    silent: bool,
}

/// Texts that are kept beside the bits.
#[derive(Default)]
pub(super) struct Beside {
    pub bytes: Vec<u8>,
    pub at: usize,
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
        Self {
            mixer: Mixer::new(),
            literals: Literals::new(),
            track: Track::new(),
            fields: Fields::new(),
            memory: Memory::default(),
            by_keys: HashMap::new(),
            literal_bytes: 0,
            source: 0,
            happened: Token::END,
            silent: false,
        }
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
        self.happened = Token::END;
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
            let Some(member) = self.memory.shape(shape).get(done).copied() else {
                out.push(b'}');
                open.pop();
                continue;
            };
            if done > 0 {
                out.push(b',');
            }
            text(self.memory.text(member), out);
            out.push(b':');
            let at = of.and_then(|(at, tree)| match tree.get(at) {
                Value::Object(members) => members.get(done).map(|(_, value)| *value),
                _ => None,
            });
            return Some(Next {
                key: member,
                at,
                field: self.field(key, member),
                // When it happened hangs on what did.
                tag: if open.len() == 1 { self.happened } else { tag },
            });
        }
    }

    /// What a member says of what comes after it.
    fn note(&mut self, container: &mut Open, key: u32, token: Token) {
        match (self.memory.text(container.key), self.memory.text(key)) {
            (_, "tagName") => container.tag = token,
            ("data", "source") => {
                self.source = (token.difference() as u32).wrapping_add(1);
                self.happened = Token::new(Kind::Object, u64::from(self.source) << 8);
                container.tag = token;
            }
            ("data", "type") => {
                let which = token.number() & 0xff;
                self.happened = Token::new(Kind::Object, self.happened.number() | which);
            }
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
                let digits = self.memory.text(token.number() as u32);
                out.extend_from_slice(digits.as_bytes());
            }
            Kind::Text => text(self.memory.text(token.number() as u32), out),
            Kind::Long => text(&long.unwrap_or_default(), out),
            Kind::List => out.push(b'['),
            Kind::Object => out.push(b'{'),
        }
    }

    /// The place of this member.
    fn field(&mut self, holder: u32, key: u32) -> u32 {
        let source = match self.memory.text(holder) {
            "data" => self.source,
            _ => 0,
        };
        if let Some(field) = self.by_keys.get(&(holder, key, source)) {
            return *field;
        }
        let field = self.fields.named(Name {
            holder: self.memory.text(holder),
            key: self.memory.text(key),
            source,
        });
        self.by_keys.insert((holder, key, source), field);
        field
    }
}
