//! Additions whose place is not there yet: a parent or sibling that comes later in the same event,
//! frames that are told of before their element, and siblings that old recorders did not know.

use std::collections::HashMap;

use super::build::Builder;
use super::mutation::Added;
use super::node::Slot;
use super::page::Container;
use super::read::number;
use super::{Replica, ReplicaError};
use crate::tree::{At, Tree};
use crate::write::write_at;

/// How often what waits is tried again; each time at least one addition finds its place.
const ROUNDS_MAX: usize = 100;
/// Documents of frames that are kept until their element comes.
const FRAMES_MAX: usize = 64;
const FRAMES_BYTES: usize = 8 << 20;

/// A node that was added beside one that its recorder did not know.
#[derive(Debug)]
pub(super) struct Sibling {
    slot: Slot,
    previous: Option<i64>,
    next: Option<i64>,
}

/// A waiting addition among the others: siblings are linked, so that one can be put before another.
#[derive(Default)]
struct Branch {
    parent: usize,
    previous: usize,
    next: usize,
    first: usize,
    last: usize,
}

impl Replica {
    /// Applies additions, those whose place is missing after the others; false where a browser
    /// would have refused.
    pub(super) fn adds(&mut self, tree: &Tree<'_>, adds: &[At]) -> Result<bool, ReplicaError> {
        let mut waiting = Vec::new();
        for at in adds {
            match self.add(tree, *at)? {
                Added::Done => {}
                Added::Waits => waiting.push(*at),
                Added::Refused => return Ok(false),
            }
        }
        for _ in 0..ROUNDS_MAX {
            let before = waiting.len();
            if before == 0 {
                break;
            }
            for root in ordered(tree, &std::mem::take(&mut waiting)) {
                let has_parent = root
                    .first()
                    .and_then(|at| number(tree, *at, "parentId"))
                    .is_some_and(|id| self.page.find(id).is_some());
                for at in root.into_iter().filter(|_| has_parent) {
                    match self.add(tree, at)? {
                        Added::Done => {}
                        Added::Waits => waiting.push(at),
                        Added::Refused => return Ok(false),
                    }
                }
            }
            if waiting.len() == before {
                break;
            }
        }
        Ok(true)
    }

    /// Keeps the document of a frame until the frame's element comes.
    pub(super) fn await_frame(&mut self, tree: &Tree<'_>, add: At) {
        let mut line = Vec::new();
        write_at(tree, add, &mut line);
        let bytes: usize = self.frames.iter().map(Vec::len).sum();
        if self.frames.len() < FRAMES_MAX && bytes + line.len() <= FRAMES_BYTES {
            self.frames.push(line);
        }
    }

    /// Shows the documents that waited for frames which are there now.
    pub(super) fn show_awaited(&mut self) -> Result<(), ReplicaError> {
        let mut index = 0;
        while index < self.frames.len() {
            let line = std::mem::take(&mut self.frames[index]);
            let tree = std::str::from_utf8(&line)
                .ok()
                .and_then(|line| Tree::parse(line).ok());
            let Some(tree) = tree else {
                self.frames.remove(index);
                continue;
            };
            let frame = number(&tree, tree.root(), "parentId")
                .and_then(|id| self.page.find(id))
                .filter(|slot| self.page.node(*slot).is_frame());
            match (frame, tree.member(tree.root(), "node")) {
                (Some(frame), Some(node)) => {
                    self.frames.remove(index);
                    self.show_in_frame(&tree, node, frame)?;
                    // There may be frames in it.
                    index = 0;
                }
                _ => {
                    self.frames[index] = line;
                    index += 1;
                }
            }
        }
        Ok(())
    }

    /// Puts a document into a frame, in place of what it showed.
    pub(super) fn show_in_frame(
        &mut self,
        tree: &Tree<'_>,
        node: At,
        frame: Slot,
    ) -> Result<(), ReplicaError> {
        if let Some(old) = self.page.node_mut(frame).frame.take() {
            self.page.remove(old);
        }
        let mut builder = Builder {
            page: &mut self.page,
            time_ms: self.time_ms,
            with_scroll: false,
        };
        let document = builder.all(tree, node)?;
        self.page.node_mut(frame).frame = document;
        Ok(())
    }

    /// Keeps a node until the sibling comes that its recorder did not know yet.
    pub(super) fn await_sibling(&mut self, slot: Slot, previous: Option<i64>, next: Option<i64>) {
        let sibling = Sibling {
            slot,
            previous,
            next,
        };
        self.siblings.insert(self.page.node(slot).id, sibling);
    }

    /// Gives those their place that waited for this node.
    pub(super) fn resolve_siblings(
        &mut self,
        slot: Slot,
        previous: Option<i64>,
        next: Option<i64>,
    ) {
        let mut open = vec![(slot, previous, next)];
        while let Some((target, previous, next)) = open.pop() {
            for (id, is_before) in [(previous, true), (next, false)] {
                let Some((id, found)) = id.and_then(|id| Some((id, self.siblings.remove(&id)?)))
                else {
                    continue;
                };
                let Some(into) = self.page.container(target) else {
                    continue;
                };
                let before = if is_before {
                    Some(target)
                } else {
                    self.page.node(target).next
                };
                if self.is_free(id, found.slot, into)
                    && self.page.can_hold(into, found.slot, before)
                {
                    self.page.place(found.slot, into, before);
                    open.push((found.slot, found.previous, found.next));
                }
            }
        }
    }

    /// Whether a node still waits under its id, and may stand there.
    fn is_free(&self, id: i64, slot: Slot, into: Container) -> bool {
        self.page.node(slot).id == id
            && self.page.container(slot).is_none()
            && !self.page.is_within(into.parent, slot)
    }
}

/// The additions in the order in which a replayer tries them again: tree by tree, parents first,
/// then the children from the last to the first.
fn ordered(tree: &Tree<'_>, queue: &[At]) -> Vec<Vec<At>> {
    // The branch at 0 holds the roots; 0 as a sibling or child means none.
    let mut branches = vec![Branch::default()];
    let mut known: HashMap<i64, usize> = HashMap::new();
    for at in queue {
        let own = branches.len();
        branches.push(Branch::default());
        let find = |key: &str| number(tree, *at, key).and_then(|id| known.get(&id).copied());
        match find("nextId") {
            Some(next) => link(&mut branches, own, next),
            None => append(&mut branches, own, find("parentId").unwrap_or(0)),
        }
        let id = tree
            .member(*at, "node")
            .and_then(|node| number(tree, node, "id"));
        if let Some(id) = id {
            known.insert(id, own);
        }
    }
    let mut roots = Vec::new();
    let mut root = branches[0].first;
    while root != 0 {
        let mut order = Vec::new();
        let mut open = vec![root];
        while let Some(branch) = open.pop() {
            order.push(queue[branch - 1]);
            let mut child = branches[branch].first;
            while child != 0 {
                open.push(child);
                child = branches[child].next;
            }
        }
        roots.push(order);
        root = branches[root].next;
    }
    roots
}

/// Puts a branch before another one.
fn link(branches: &mut [Branch], own: usize, next: usize) {
    let (parent, previous) = (branches[next].parent, branches[next].previous);
    branches[own].parent = parent;
    branches[own].previous = previous;
    branches[own].next = next;
    branches[next].previous = own;
    if previous == 0 {
        branches[parent].first = own;
    } else {
        branches[previous].next = own;
    }
}

/// Puts a branch behind all others of its parent.
fn append(branches: &mut [Branch], own: usize, parent: usize) {
    let previous = branches[parent].last;
    branches[own].parent = parent;
    branches[own].previous = previous;
    branches[parent].last = own;
    if previous == 0 {
        branches[parent].first = own;
    } else {
        branches[previous].next = own;
    }
}
