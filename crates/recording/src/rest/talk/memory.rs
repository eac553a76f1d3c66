//! Texts and shapes of objects that were said, by number: what was said once is then said by it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::At;

/// Words that every talk begins with: what holds the lines, what holds keys, and any item.
pub(super) const LINES: u32 = 0;
pub(super) const KEYS: u32 = 1;
pub(super) const ITEM: u32 = 2;
/// None of them can be a key of an event by chance that matters.
const WORDS: [&str; 3] = ["\0lines", "\0keys", "\0item"];

/// Members of an object.
pub(super) type Members<'t> = [(Cow<'t, str>, At)];

/// A text that is remembered, and where its bytes stand among all literals.
#[derive(Clone)]
struct Word {
    text: Box<str>,
    place: u32,
}

/// All texts and shapes so far.
#[derive(Clone)]
pub(super) struct Memory {
    words: Vec<Word>,
    by_word: HashMap<Box<str>, u32>,
    shapes: Vec<Vec<u32>>,
    by_shape: HashMap<String, u32>,
}

impl Default for Memory {
    fn default() -> Self {
        let mut memory = Self {
            words: Vec::new(),
            by_word: HashMap::new(),
            shapes: Vec::new(),
            by_shape: HashMap::new(),
        };
        for word in WORDS {
            memory.add(word.into(), 0);
        }
        memory
    }
}

impl Memory {
    /// Remembers a text; gives its number.
    pub(super) fn add(&mut self, text: Box<str>, place: u32) -> u32 {
        let number = self.words.len() as u32;
        self.by_word.insert(text.clone(), number);
        self.words.push(Word { text, place });
        number
    }

    pub(super) fn text(&self, number: u32) -> &str {
        &self.words[number as usize].text
    }

    pub(super) fn place(&self, number: u32) -> u32 {
        self.words[number as usize].place
    }

    pub(super) fn number(&self, text: &str) -> Option<u32> {
        self.by_word.get(text).copied()
    }

    /// The number, if there is such a text.
    pub(super) fn checked(&self, number: u64) -> Option<u32> {
        let number = u32::try_from(number).ok()?;
        ((number as usize) < self.words.len()).then_some(number)
    }

    /// Remembers a shape: its keys, by their numbers.
    pub(super) fn add_shape(&mut self, keys: Vec<u32>) -> u32 {
        let shape = self.shapes.len() as u32;
        let mut name = String::new();
        for key in &keys {
            name.push_str(self.text(*key));
            name.push('\0');
        }
        self.by_shape.insert(name, shape);
        self.shapes.push(keys);
        shape
    }

    pub(super) fn shape(&self, number: usize) -> &[u32] {
        &self.shapes[number]
    }

    pub(super) fn shape_of(&self, members: &Members<'_>) -> Option<u32> {
        let mut name = String::with_capacity(members.len() * 10);
        for (key, _) in members {
            name.push_str(key);
            name.push('\0');
        }
        self.by_shape.get(&name).copied()
    }

    /// The number, if there is such a shape.
    pub(super) fn checked_shape(&self, number: u64) -> Option<u32> {
        let number = u32::try_from(number).ok()?;
        ((number as usize) < self.shapes.len()).then_some(number)
    }
}
