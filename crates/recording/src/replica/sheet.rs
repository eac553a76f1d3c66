//! The rules of a style sheet as changes to its text: which rules of the text are left, which were
//! added between them, which of either changed inside. So it needs no reader of CSS, and holds what
//! is there now, not everything that was ever done.
//!
//! A sheet that is read from a text has an unknown number of rules: beyond what was changed it goes
//! on without end. A constructed one begins empty. Places are found chunk by chunk.

use super::live::{Declarations, Declared};

/// Items of a chunk, at most.
const CHUNK_ITEMS: usize = 256;
/// Levels of rules within rules; changes further down are not taken.
const LEVELS_MAX: usize = 16;

/// A stretch of rules.
#[derive(Debug)]
pub(super) enum Item {
    /// Rules of the text as they are.
    Kept(u64),
    /// Rules of the text that are no more.
    Gone(u64),
    /// A rule of the text with changes inside.
    Changed(Box<Changes>),
    /// A rule that was added.
    Added(Box<str>, Option<Box<Changes>>),
}

/// What changed inside a rule.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub declarations: Declarations,
    pub inner: Option<Rules>,
}

/// The rules of one sheet, or of one rule that holds rules.
#[derive(Debug)]
pub(super) struct Rules {
    chunks: Vec<Chunk>,
    /// Rules in the chunks; beyond them only those of an unknown text.
    known: u64,
    /// Whether more rules of the text follow, in unknown number.
    is_endless: bool,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Chunk {
    items: Vec<Item>,
    width: u64,
}

impl Item {
    /// How many rules it stands for now.
    pub(super) fn width(&self) -> u64 {
        match self {
            Self::Kept(count) => *count,
            Self::Gone(_) => 0,
            Self::Changed(_) | Self::Added(..) => 1,
        }
    }

    fn bytes(&self) -> usize {
        const OWN: usize = 48;
        let changes = |changes: &Changes| {
            changes.declarations.bytes() + changes.inner.as_ref().map_or(0, Rules::bytes)
        };
        OWN + match self {
            Self::Kept(_) | Self::Gone(_) => 0,
            Self::Changed(of) => changes(of),
            Self::Added(rule, of) => rule.len() + of.as_deref().map_or(0, changes),
        }
    }
}

impl Rules {
    /// Those of a text that is not looked at.
    pub(super) fn of_text() -> Self {
        Self {
            chunks: Vec::new(),
            known: 0,
            is_endless: true,
            bytes: 0,
        }
    }

    /// Those of a sheet that a script made.
    pub(super) fn empty() -> Self {
        Self {
            is_endless: false,
            ..Self::of_text()
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All items in order.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.chunks.iter().flat_map(|chunk| &chunk.items)
    }

    /// Adds a rule; beyond the end it becomes the last one.
    pub(super) fn insert(&mut self, rule: &str, index: u64) {
        let index = if self.is_endless {
            self.reach(index);
            index
        } else {
            index.min(self.known)
        };
        let (chunk, item) = self.split_before(index);
        self.put(chunk, item, Item::Added(rule.into(), None));
    }

    /// Takes a rule away.
    pub(super) fn delete(&mut self, index: u64) {
        let Some((chunk, item)) = self.single(index) else {
            return;
        };
        match self.chunks[chunk].items[item] {
            Item::Added(..) => {
                let gone = self.chunks[chunk].items.remove(item);
                self.chunks[chunk].width -= 1;
                self.known -= 1;
                self.bytes -= gone.bytes();
                self.merge(chunk, item);
                if self.chunks[chunk].items.is_empty() {
                    self.chunks.remove(chunk);
                }
            }
            Item::Kept(_) | Item::Changed(_) => {
                self.exchange(chunk, item, Item::Gone(1));
                self.merge(chunk, item + 1);
                self.merge(chunk, item);
            }
            Item::Gone(_) => {}
        }
    }

    /// Adds a rule within the rule at a path of at least two places.
    pub(super) fn insert_within(&mut self, rule: &str, path: &[u64]) {
        // Of a path of one place no outer rule is found, and nothing happens.
        if let Some((last, outer)) = path.split_last() {
            self.within(outer, 0, &mut |changes| {
                changes
                    .inner
                    .get_or_insert_with(Self::of_text)
                    .insert(rule, *last);
            });
        }
    }

    /// Takes a rule within the rule at a path away.
    pub(super) fn delete_within(&mut self, path: &[u64]) {
        if let Some((last, outer)) = path.split_last() {
            self.within(outer, 0, &mut |changes| {
                changes
                    .inner
                    .get_or_insert_with(Self::of_text)
                    .delete(*last);
            });
        }
    }

    /// Changes a declaration of the rule at a path.
    pub(super) fn declare(&mut self, path: &[u64], property: &str, to: &Declared) {
        self.within(path, 0, &mut |changes| {
            changes.declarations.change(property, to.clone());
        });
    }

    /// Does something to what changed inside the rule at a path.
    fn within(&mut self, path: &[u64], level: usize, change: &mut dyn FnMut(&mut Changes)) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if level >= LEVELS_MAX {
            return;
        }
        let Some((chunk, item)) = self.single(*first) else {
            return;
        };
        let place = &mut self.chunks[chunk].items[item];
        if matches!(place, Item::Kept(_)) {
            *place = Item::Changed(Box::default());
        }
        let before = place.bytes();
        let changes = match place {
            Item::Changed(changes) => changes,
            Item::Added(_, changes) => changes.get_or_insert_default(),
            Item::Kept(_) | Item::Gone(_) => return,
        };
        if rest.is_empty() {
            change(changes);
        } else {
            changes
                .inner
                .get_or_insert_with(Self::of_text)
                .within(rest, level + 1, change);
        }
        self.bytes = self.bytes + place.bytes() - before;
    }

    /// Makes rules of an endless text known, as far as an index.
    fn reach(&mut self, index: u64) {
        if index <= self.known {
            return;
        }
        let count = index - self.known;
        let last = self.chunks.len().saturating_sub(1);
        if let Some(chunk) = self.chunks.last_mut()
            && let Some(Item::Kept(kept)) = chunk.items.last_mut()
        {
            *kept += count;
            chunk.width += count;
            self.known += count;
        } else {
            let items = self.chunks.last().map_or(0, |chunk| chunk.items.len());
            self.put(last, items, Item::Kept(count));
        }
    }

    /// The item that is the rule at an index and no other; none when there is no such rule.
    fn single(&mut self, index: u64) -> Option<(usize, usize)> {
        let end = index.checked_add(1)?;
        if self.is_endless {
            self.reach(end);
        } else if end > self.known {
            return None;
        }
        self.split_before(end);
        let (mut chunk, mut item) = self.split_before(index);
        // What is gone stands for no rule.
        loop {
            match self.chunks.get(chunk)?.items.get(item) {
                Some(Item::Gone(_)) => item += 1,
                Some(_) => return Some((chunk, item)),
                None => (chunk, item) = (chunk + 1, 0),
            }
        }
    }

    /// A place such that exactly `index` rules stand before it.
    fn split_before(&mut self, index: u64) -> (usize, usize) {
        let mut before = 0;
        for (chunk, of) in self.chunks.iter().enumerate() {
            if before + of.width < index {
                before += of.width;
                continue;
            }
            for (item, part) in of.items.iter().enumerate() {
                if before == index {
                    return (chunk, item);
                }
                let width = part.width();
                if before + width > index {
                    let left = index - before;
                    self.chunks[chunk].items[item] = Item::Kept(left);
                    self.chunks[chunk].width -= width - left;
                    self.known -= width - left;
                    self.put(chunk, item + 1, Item::Kept(width - left));
                    return self.fitting(chunk, item + 1);
                }
                before += width;
            }
            if before == index {
                return (chunk, of.items.len());
            }
        }
        let last = self.chunks.len().saturating_sub(1);
        (last, self.chunks.last().map_or(0, |of| of.items.len()))
    }

    /// A place that a split of its chunk may have moved into the next one.
    fn fitting(&self, chunk: usize, item: usize) -> (usize, usize) {
        match self.chunks.get(chunk) {
            Some(of) if item > of.items.len() => (chunk + 1, item - of.items.len()),
            _ => (chunk, item),
        }
    }

    fn put(&mut self, chunk: usize, item: usize, new: Item) {
        if self.chunks.is_empty() {
            self.chunks.push(Chunk::default());
        }
        let width = new.width();
        self.known += width;
        self.bytes += new.bytes();
        let into = &mut self.chunks[chunk];
        into.width += width;
        into.items.insert(item.min(into.items.len()), new);
        if into.items.len() > CHUNK_ITEMS {
            let items = into.items.split_off(CHUNK_ITEMS / 2);
            let width = items.iter().map(Item::width).sum();
            into.width -= width;
            self.chunks.insert(chunk + 1, Chunk { items, width });
        }
    }

    fn exchange(&mut self, chunk: usize, item: usize, new: Item) {
        let place = &mut self.chunks[chunk].items[item];
        let (was, is) = (place.width(), new.width());
        self.bytes = self.bytes + new.bytes() - place.bytes();
        *place = new;
        self.chunks[chunk].width = self.chunks[chunk].width + is - was;
        self.known = self.known + is - was;
    }

    /// Joins an item of a chunk with the one before it where both are of one kind.
    fn merge(&mut self, chunk: usize, item: usize) {
        let items = &mut self.chunks[chunk].items;
        if item == 0 || item >= items.len() {
            return;
        }
        let joined = match (&items[item - 1], &items[item]) {
            (Item::Kept(left), Item::Kept(right)) => Item::Kept(left + right),
            (Item::Gone(left), Item::Gone(right)) => Item::Gone(left + right),
            _ => return,
        };
        let gone = items.remove(item);
        items[item - 1] = joined;
        self.bytes -= gone.bytes();
    }
}
