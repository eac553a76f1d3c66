//! Places that a value can stand in, by the key of what holds it and its own key: what came there
//! before says much of what comes next. Nodes are alike wherever they are in a document.

use std::collections::HashMap;

use super::mix::hash;
use super::token::{Kind, Token};

/// What a whole number is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// By itself: a kind, an index.
    Itself,
    /// By its difference to the number in the same register.
    Last,
    /// By its difference to one more than the number in the same register: ids of nodes run on.
    Next,
    /// By its difference to the one before, which is about the same each time.
    Beat,
    /// By its difference to where the pointer would be if it moved on as it did.
    Motion,
}

/// What is kept of a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Hash of what names it.
    pub name: u32,
    pub guess: Guess,
    /// Number in [`Fields::registers`].
    pub register: usize,
    /// The last two values.
    pub last: Token,
    pub before: Token,
    /// Where the bytes of the last text that was said stand.
    pub like: u32,
}

/// A number that was there before, and by how much it differed from the one before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Register {
    pub value: i64,
    pub step: i64,
}

/// Registers that several places share.
const TIME: usize = 0;
const NODE: usize = 1;
const POINTER_X: usize = 2;
const POINTER_Y: usize = 3;
const TARGET: usize = 4;
const BEAT: usize = 5;
const SHARED: usize = 6;

/// All places so far.
#[derive(Clone)]
pub(super) struct Fields {
    fields: Vec<Field>,
    by_name: HashMap<u32, u32>,
    registers: Vec<Register>,
}

/// What names a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    /// Key of what holds the value's holder.
    pub holder: &'a str,
    pub key: &'a str,
    /// Source of the event, where its own members are meant; else 0.
    pub source: u32,
}

/// A number by its sign and size.
fn rough(number: i64) -> u32 {
    let size = u64::BITS - number.unsigned_abs().leading_zeros();
    size << 1 | u32::from(number < 0)
}

impl Fields {
    pub(super) fn new() -> Self {
        Self {
            fields: Vec::new(),
            by_name: HashMap::new(),
            registers: vec![Register::default(); SHARED],
        }
    }

    pub(super) fn get(&self, at: u32) -> &Field {
        &self.fields[at as usize]
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut Field {
        &mut self.fields[at as usize]
    }

    /// The place of this name.
    pub(super) fn named(&mut self, name: Name<'_>) -> u32 {
        let of_text = |text: &str| {
            text.bytes()
                .fold(1, |mixed, byte| hash(mixed, u32::from(byte)))
        };
        // A node is a node, at the top of a snapshot, in what is added, and below others.
        let name = match name.holder {
            "node" => Name {
                holder: "childNodes",
                ..name
            },
            _ => name,
        };
        let mixed = hash(hash(of_text(name.holder), of_text(name.key)), name.source);
        if let Some(at) = self.by_name.get(&mixed) {
            return *at;
        }
        let (guess, register) = self.guess(name);
        let at = self.fields.len() as u32;
        self.by_name.insert(mixed, at);
        self.fields.push(Field {
            name: mixed,
            guess,
            register,
            last: Token::END,
            before: Token::END,
            like: 0,
        });
        at
    }

    fn guess(&mut self, name: Name<'_>) -> (Guess, usize) {
        let is_pointer = matches!(name.holder, "positions") || name.source == 3;
        match (name.holder, name.key) {
            ("\0lines", "timestamp") => return (Guess::Last, TIME),
            ("childNodes", "id") => return (Guess::Next, NODE),
            (_, "x") if is_pointer => return (Guess::Motion, POINTER_X),
            (_, "y") if is_pointer => return (Guess::Motion, POINTER_Y),
            ("positions", "timeOffset") => return (Guess::Beat, BEAT),
            ("positions", "id") => return (Guess::Last, TARGET),
            // Sources are one more here: 3 is a press, 6 an input.
            (_, "id") if matches!(name.source, 3 | 6) => return (Guess::Last, TARGET),
            _ => {}
        }
        let own = self.registers.len();
        self.registers.push(Register::default());
        let guess = match name.key {
            "type" | "source" | "index" | "styleId" | "pointerType" | "width" | "height" => {
                Guess::Itself
            }
            _ => Guess::Last,
        };
        (guess, own)
    }

    /// What the number in this place is expected to be.
    pub(super) fn expected(&self, at: u32) -> i64 {
        let field = self.get(at);
        let Register { value, step } = self.registers[field.register];
        match field.guess {
            Guess::Itself => 0,
            Guess::Last | Guess::Beat => value,
            Guess::Next => value.wrapping_add(1),
            Guess::Motion => value.wrapping_add(step * 3 / 4),
        }
    }

    /// Contexts of the number in this place. Movements are alike by their size, not by their pixels.
    pub(super) fn around(&self, at: u32, others: &[u32; 6], last: Token) -> [u32; 6] {
        let field = self.get(at);
        let [x, y] = [self.registers[POINTER_X], self.registers[POINTER_Y]];
        let one = match last.kind() {
            Kind::Whole => rough(last.difference()),
            _ => 99,
        };
        match field.guess {
            Guess::Motion => [
                others[0],
                hash(
                    hash(11, field.name),
                    rough(self.registers[field.register].step),
                ),
                hash(hash(12, field.name), one),
                hash(hash(13, field.name), rough(field.last.difference())),
                hash(hash(14, hash(field.name, rough(x.step))), rough(y.step)),
                hash(
                    hash(15, hash(field.name, rough(field.last.difference()))),
                    rough(field.before.difference()),
                ),
            ],
            Guess::Beat => {
                let (last, before) = (field.last.difference() >> 2, field.before.difference() >> 2);
                [
                    others[0],
                    hash(hash(11, field.name), last as u32),
                    others[3],
                    hash(hash(12, field.name), (last >> 2) as u32),
                    hash(hash(13, field.name), u32::from(field.last.difference() < 0)),
                    hash(
                        hash(14, hash(field.name, (last >> 1) as u32)),
                        (before >> 1) as u32,
                    ),
                ]
            }
            _ => *others,
        }
    }

    /// The last number of this place.
    pub(super) fn number(&self, at: u32) -> i64 {
        self.registers[self.get(at).register].value
    }

    /// The number that was in this place.
    pub(super) fn saw(&mut self, at: u32, number: i64) {
        let register = self.fields[at as usize].register;
        let register = &mut self.registers[register];
        register.step = number.wrapping_sub(register.value);
        register.value = number;
    }
}
