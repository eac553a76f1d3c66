//! The nodes of a page in an arena: they point at each other by index, so that no depth of a page
//! overflows a stack. Keeps ids, places and the limits on nodes and bytes; knows nothing of events.

use std::collections::HashMap;

use hitmetrix_model::limits;

use super::ReplicaError;
use super::node::{Ends, Kind, Node, Slot};

/// Bytes of all texts of a page.
const PAGE_BYTES: usize = 64 << 20;
/// Steps towards the root that are taken to see whether a node is within another one.
const STEPS_MAX: usize = 2 * limits::RECORDING_DEPTH;

/// Ids below it are of nodes that no event can point at: those of a recorder begin at 1.
const UNKNOWN: i64 = -1_000_000_000;
/// Nodes right below a document: its doctype, its element and comments.
const DOCUMENT_CHILDREN: usize = 64;

/// Where children stand: in an element or document, or in its shadow root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Container {
    pub parent: Slot,
    pub is_shadow: bool,
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    nodes: Vec<Node>,
    free: Vec<Slot>,
    ids: HashMap<i64, Slot>,
    bytes: usize,
    /// The last id that was given to a node which no event knows.
    unknown: i64,
    /// The document that the window shows.
    pub root: Slot,
}

impl Page {
    /// A page without anything but its document.
    pub(super) fn new() -> Self {
        let mut page = Self {
            nodes: Vec::new(),
            free: Vec::new(),
            ids: HashMap::new(),
            bytes: 0,
            unknown: UNKNOWN,
            root: 0,
        };
        page.nodes
            .push(Node::new(Kind::Document { is_quirky: false }));
        page
    }

    pub(super) fn node(&self, slot: Slot) -> &Node {
        &self.nodes[slot as usize]
    }

    pub(super) fn node_mut(&mut self, slot: Slot) -> &mut Node {
        &mut self.nodes[slot as usize]
    }

    /// The node that events call by this id.
    pub(super) fn find(&self, id: i64) -> Option<Slot> {
        self.ids.get(&id).copied()
    }

    /// Takes a node in, without a place, under the id that events call it by: its own, or one that
    /// no event knows. Another node that has the id is left without a name that events know.
    ///
    /// # Errors
    /// When the page has as many as it may have, or is too large.
    pub(super) fn create(&mut self, node: Node, id: Option<i64>) -> Result<Slot, ReplicaError> {
        if self.nodes.len() - self.free.len() >= limits::SNAPSHOT_NODES {
            return Err(ReplicaError::Nodes {
                limit: limits::SNAPSHOT_NODES,
            });
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                self.nodes[slot as usize] = node;
                slot
            }
            None => {
                self.nodes.push(node);
                u32::try_from(self.nodes.len() - 1).expect("the limit on nodes is far below")
            }
        };
        let id = id.unwrap_or_else(|| self.unknown_id());
        if let Some(old) = self.ids.insert(id, slot) {
            let unknown = self.unknown_id();
            self.node_mut(old).id = unknown;
            self.ids.insert(unknown, old);
        }
        self.node_mut(slot).id = id;
        self.reweigh(slot)?;
        Ok(slot)
    }

    /// An id that no recorder gives.
    fn unknown_id(&mut self) -> i64 {
        loop {
            self.unknown -= 1;
            if !self.ids.contains_key(&self.unknown) {
                return self.unknown;
            }
        }
    }

    /// Counts what a node holds after a change.
    ///
    /// # Errors
    /// When the page is too large now.
    pub(super) fn reweigh(&mut self, slot: Slot) -> Result<(), ReplicaError> {
        let node = &mut self.nodes[slot as usize];
        let weight = node.weigh();
        self.bytes = self.bytes + weight - node.weight;
        node.weight = weight;
        if self.bytes > PAGE_BYTES {
            return Err(ReplicaError::Bytes { limit: PAGE_BYTES });
        }
        Ok(())
    }

    fn ends(&self, at: Container) -> Ends {
        let node = self.node(at.parent);
        if at.is_shadow {
            node.shadow.unwrap_or_default()
        } else {
            node.children
        }
    }

    fn set_ends(&mut self, at: Container, ends: Ends) {
        let node = self.node_mut(at.parent);
        if at.is_shadow {
            node.shadow = Some(ends);
        } else {
            node.children = ends;
        }
    }

    /// Where a node stands.
    pub(super) fn container(&self, slot: Slot) -> Option<Container> {
        let node = self.node(slot);
        node.parent.map(|parent| Container {
            parent,
            is_shadow: node.is_shadow,
        })
    }

    /// Puts a node without a place before a child of the container, or last.
    pub(super) fn place(&mut self, slot: Slot, into: Container, before: Option<Slot>) {
        let mut ends = self.ends(into);
        let previous = match before {
            Some(next) => self.node(next).previous,
            None => ends.last,
        };
        let node = self.node_mut(slot);
        node.parent = Some(into.parent);
        node.is_shadow = into.is_shadow;
        node.previous = previous;
        node.next = before;
        match previous {
            Some(previous) => self.node_mut(previous).next = Some(slot),
            None => ends.first = Some(slot),
        }
        match before {
            Some(next) => self.node_mut(next).previous = Some(slot),
            None => ends.last = Some(slot),
        }
        self.set_ends(into, ends);
    }

    /// Takes a node out of its place, with all it holds.
    pub(super) fn take_out(&mut self, slot: Slot) {
        let Some(from) = self.container(slot) else {
            return;
        };
        let mut ends = self.ends(from);
        let (previous, next) = (self.node(slot).previous, self.node(slot).next);
        match previous {
            Some(previous) => self.node_mut(previous).next = next,
            None => ends.first = next,
        }
        match next {
            Some(next) => self.node_mut(next).previous = previous,
            None => ends.last = previous,
        }
        self.set_ends(from, ends);
        let node = self.node_mut(slot);
        node.parent = None;
        node.is_shadow = false;
        node.previous = None;
        node.next = None;
    }

    /// Takes a node out and forgets it with all it holds.
    pub(super) fn remove(&mut self, slot: Slot) {
        self.take_out(slot);
        let mut open = vec![slot];
        while let Some(slot) = open.pop() {
            self.push_parts(slot, &mut open);
            let node = std::mem::replace(self.node_mut(slot), Node::new(Kind::Comment));
            self.bytes -= node.weight;
            self.ids.remove(&node.id);
            self.free.push(slot);
        }
    }

    fn push_parts(&self, slot: Slot, open: &mut Vec<Slot>) {
        open.extend(self.children(slot));
        open.extend(self.shadow_children(slot));
        open.extend(self.node(slot).frame);
    }

    /// The children of a node that stand in no shadow root.
    pub(super) fn children(&self, slot: Slot) -> Siblings<'_> {
        Siblings {
            page: self,
            next: self.node(slot).children.first,
        }
    }

    /// The children of its shadow root.
    pub(super) fn shadow_children(&self, slot: Slot) -> Siblings<'_> {
        Siblings {
            page: self,
            next: self.node(slot).shadow.and_then(|ends| ends.first),
        }
    }

    /// Whether browsers let a node stand there: a document holds one element, a doctype before it,
    /// and no text.
    pub(super) fn can_hold(&self, into: Container, slot: Slot, before: Option<Slot>) -> bool {
        let child = &self.node(slot).kind;
        match &self.node(into.parent).kind {
            Kind::Element(_) => !matches!(child, Kind::Document { .. } | Kind::Doctype { .. }),
            Kind::Document { .. } => {
                let siblings: Vec<Slot> =
                    self.children(into.parent).take(DOCUMENT_CHILDREN).collect();
                let place = before.and_then(|before| siblings.iter().position(|at| *at == before));
                let (ahead, behind) = siblings.split_at(place.unwrap_or(siblings.len()));
                let has = |all: &[Slot], wanted: fn(&Kind) -> bool| {
                    all.iter().any(|at| wanted(&self.node(*at).kind))
                };
                let is_element: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Element(_));
                let is_doctype: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Doctype { .. });
                let fits = match child {
                    Kind::Comment => true,
                    Kind::Element(_) => !has(&siblings, is_element) && !has(behind, is_doctype),
                    Kind::Doctype { .. } => !has(&siblings, is_doctype) && !has(ahead, is_element),
                    _ => false,
                };
                fits && siblings.len() < DOCUMENT_CHILDREN
            }
            _ => false,
        }
    }

    /// Whether a node stands in the document of the window and not in a frame's.
    pub(super) fn is_in_root(&self, slot: Slot) -> bool {
        self.is_within(slot, self.root)
    }

    /// The document in which a node stands: the window's or a frame's.
    pub(super) fn document_of(&self, slot: Slot) -> Slot {
        let mut at = slot;
        for _ in 0..STEPS_MAX {
            match self.node(at).parent {
                Some(parent) => at = parent,
                None => return at,
            }
        }
        self.root
    }

    /// Whether a node is another one or within it, frames apart. One that is too deep to tell counts
    /// as within.
    pub(super) fn is_within(&self, slot: Slot, outer: Slot) -> bool {
        let mut at = Some(slot);
        for _ in 0..STEPS_MAX {
            match at {
                Some(here) if here == outer => return true,
                Some(here) => at = self.node(here).parent,
                None => return false,
            }
        }
        true
    }
}

/// Nodes one after the other.
pub(super) struct Siblings<'p> {
    page: &'p Page,
    next: Option<Slot>,
}

impl Iterator for Siblings<'_> {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        let slot = self.next?;
        self.next = self.page.node(slot).next;
        Some(slot)
    }
}
