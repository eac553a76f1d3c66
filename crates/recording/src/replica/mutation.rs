//! Changes of the tree, applied as @rrweb/replay 2.1.6 applies them to a real document: removals,
//! then additions, texts, attributes. Where a browser would refuse a step, the rest of the event is
//! left out, as there.

use std::borrow::Cow;
use std::collections::HashSet;

use super::build::{Builder, attribute};
use super::live::Declared;
use super::node::{Attribute, Element, Ends, Kind, Node, Slot};
use super::page::Container;
use super::read::{is_true, items, number, text};
use super::{Replica, ReplicaError};
use crate::tree::{At, Tree, Value};

/// How an addition went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It stands, or never will.
    Done,
    /// What it belongs to is not there yet.
    Waits,
    /// A browser would refuse it, and with it the rest of the event.
    Refused,
}

impl Replica {
    /// Applies one event; whether anything was said in it.
    pub(super) fn mutate(&mut self, tree: &Tree<'_>, data: At) -> Result<bool, ReplicaError> {
        let parts = ["removes", "adds", "texts", "attributes"];
        let any = parts.iter().any(|key| !items(tree, data, key).is_empty());
        self.removes(tree, data)?;
        self.moved(tree, data)?;
        if !self.adds(tree, items(tree, data, "adds"))? {
            return Ok(any);
        }
        // Of several texts for one node the last one counts.
        let mut seen = HashSet::new();
        for at in items(tree, data, "texts").iter().rev() {
            if number(tree, *at, "id").is_some_and(|id| seen.insert(id)) {
                self.text(tree, *at)?;
            }
        }
        for at in items(tree, data, "attributes") {
            if !self.attributes(tree, *at)? {
                break;
            }
        }
        Ok(any)
    }

    /// Takes nodes out of where they are said to be; those that stand elsewhere have moved there.
    fn removes(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        for at in items(tree, data, "removes") {
            let find = |key: &str| number(tree, *at, key).and_then(|id| self.page.find(id));
            let (Some(slot), Some(parent)) = (find("id"), find("parentId")) else {
                continue;
            };
            let is_shadow =
                is_true(tree, *at, "isShadow") && self.page.node(parent).shadow.is_some();
            if self.page.container(slot) == Some(Container { parent, is_shadow }) {
                self.page.style_text_changes(parent)?;
                self.page.remove(slot);
            }
        }
        Ok(())
    }

    /// Takes nodes out that are added again: they have moved, and between two documents the addition
    /// may come before the removal.
    fn moved(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        for at in items(tree, data, "adds") {
            let Some(node) = tree.member(*at, "node") else {
                continue;
            };
            let known = number(tree, node, "id").and_then(|id| self.page.find(id));
            let Some(known) = known.filter(|_| number(tree, node, "type") != Some(0)) else {
                continue;
            };
            if let Some(from) = self.page.container(known) {
                self.page.style_text_changes(from.parent)?;
                self.page.remove(known);
            }
        }
        Ok(())
    }

    /// Adds one node; see [`Added`].
    pub(super) fn add(&mut self, tree: &Tree<'_>, at: At) -> Result<Added, ReplicaError> {
        let Some(node) = tree.member(at, "node") else {
            return Ok(Added::Done);
        };
        let is_document = number(tree, node, "type") == Some(0);
        let Some(parent) = number(tree, at, "parentId").and_then(|id| self.page.find(id)) else {
            if !is_document {
                return Ok(Added::Waits);
            }
            self.await_frame(tree, at);
            return Ok(Added::Done);
        };
        let is_shadow = is_true(tree, node, "isShadow");
        if is_shadow && self.page.node(parent).shadow.is_none() {
            let host = self.page.node_mut(parent);
            if !host.element().is_some_and(Element::can_host) {
                return Ok(Added::Refused);
            }
            host.shadow = Some(Ends::default());
        }
        let next_id = number(tree, at, "nextId").filter(|id| *id != -1);
        if next_id.is_some_and(|id| self.page.find(id).is_none()) {
            return Ok(Added::Waits);
        }
        let root_id = number(tree, node, "rootId").filter(|id| *id != 0);
        if root_id.is_some_and(|id| self.page.find(id).is_none()) {
            return Ok(Added::Done);
        }
        if self.page.node(parent).is_frame() {
            if is_document {
                self.show_in_frame(tree, node, parent)?;
                self.show_awaited()?;
            }
            return Ok(Added::Done);
        }
        if is_document {
            return Ok(Added::Refused);
        }
        let mut builder = Builder {
            page: &mut self.page,
            time_ms: self.time_ms,
            with_scroll: false,
        };
        match builder.one(tree, node)? {
            Some(slot) => self.settle(tree, at, slot, Container { parent, is_shadow }),
            None => Ok(Added::Done),
        }
    }

    /// Gives an added node its place.
    fn settle(
        &mut self,
        tree: &Tree<'_>,
        at: At,
        slot: Slot,
        into: Container,
    ) -> Result<Added, ReplicaError> {
        let sibling = |key: &str| number(tree, at, key).filter(|id| *id != 0);
        let (previous_id, next_id) = (sibling("previousId"), sibling("nextId"));
        if previous_id == Some(-1) || next_id == Some(-1) {
            self.await_sibling(slot, previous_id, next_id);
            return Ok(Added::Done);
        }
        self.make_room(slot, into)?;
        let find = |id: Option<i64>| id.and_then(|id| self.page.find(id));
        let place = self.place_of(into, find(previous_id), find(next_id));
        let Some(before) = place.filter(|before| self.page.can_hold(into, slot, *before)) else {
            self.page.remove(slot);
            return Ok(Added::Refused);
        };
        self.page.place(slot, into, before);
        if self.page.node(slot).is_frame() {
            self.show_awaited()?;
        }
        self.resolve_siblings(slot, previous_id, next_id);
        Ok(Added::Done)
    }

    /// Takes away what gives way to the new child: the text of a field, an old doctype, an old page.
    fn make_room(&mut self, slot: Slot, into: Container) -> Result<(), ReplicaError> {
        let is_text = matches!(self.page.node(slot).kind, Kind::Text { .. });
        let is_doctype = matches!(self.page.node(slot).kind, Kind::Doctype { .. });
        let is_html = self
            .page
            .node(slot)
            .element()
            .is_some_and(|of| of.is("html"));
        let parent = self.page.node(into.parent);
        let mut old = Vec::new();
        if parent.is_document() {
            if is_doctype {
                let first = parent.children.first;
                old.extend(
                    first.filter(|at| matches!(self.page.node(*at).kind, Kind::Doctype { .. })),
                );
            } else if is_html {
                let all = self.page.children(into.parent);
                old.extend(
                    all.filter(|at| self.page.node(*at).element().is_some())
                        .take(1),
                );
            }
        } else if is_text && parent.element().is_some_and(|of| &*of.tag == "textarea") {
            let all = self.page.children(into.parent);
            old.extend(all.filter(|at| matches!(self.page.node(*at).kind, Kind::Text { .. })));
            if let Some(element) = self.page.node_mut(into.parent).element_mut() {
                element.unset("value");
            }
        } else if parent.is_style() {
            // The first text of a style element takes the text that was read out of its sheet.
            let takes_text = is_text && parent.children.first.is_none();
            if !takes_text {
                self.page.style_text_changes(into.parent)?;
            }
        }
        for slot in old {
            self.page.remove(slot);
        }
        Ok(())
    }

    /// Before which child the new one goes, or none for last; nothing where a browser would refuse.
    #[allow(
        clippy::option_option,
        reason = "refused, last, and before a child are three things"
    )]
    fn place_of(
        &self,
        into: Container,
        previous: Option<Slot>,
        next: Option<Slot>,
    ) -> Option<Option<Slot>> {
        let after = previous.and_then(|previous| self.page.node(previous).next);
        if let Some(after) = after {
            return (self.page.container(after) == Some(into)).then_some(Some(after));
        }
        match next {
            Some(next) if self.page.container(next) == Some(into) => Some(Some(next)),
            Some(next)
                if self.page.container(next).is_some()
                    && self.page.is_within(next, into.parent) =>
            {
                None
            }
            _ => Some(None),
        }
    }

    fn text(&mut self, tree: &Tree<'_>, at: At) -> Result<(), ReplicaError> {
        let Some(slot) = number(tree, at, "id").and_then(|id| self.page.find(id)) else {
            return Ok(());
        };
        let value = text(tree, at, "value").unwrap_or_default();
        let parent = self.page.node(slot).parent;
        match &self.page.node(slot).kind {
            Kind::Text { .. } => {
                let mut is_style = false;
                if let Some(parent) = parent.filter(|parent| self.page.node(*parent).is_style()) {
                    self.page.style_text_changes(parent)?;
                    is_style = !value.is_empty();
                }
                self.page.node_mut(slot).kind = Kind::Text {
                    text: value.into(),
                    is_style,
                };
                self.page.reweigh(slot)
            }
            Kind::Element(_) => {
                self.page.style_text_changes(slot)?;
                let old: Vec<Slot> = self.page.children(slot).collect();
                for child in old {
                    self.page.remove(child);
                }
                let text = Node::new(Kind::Text {
                    text: value.into(),
                    is_style: self.page.node(slot).is_style(),
                });
                let new = self.page.create(text, None)?;
                let into = Container {
                    parent: slot,
                    is_shadow: false,
                };
                self.page.place(new, into, None);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Applies the attributes of one element; false where a browser would refuse.
    fn attributes(&mut self, tree: &Tree<'_>, at: At) -> Result<bool, ReplicaError> {
        let Some(slot) = number(tree, at, "id").and_then(|id| self.page.find(id)) else {
            return Ok(true);
        };
        let Some(Value::Object(members)) = tree.member(at, "attributes").map(|of| tree.get(of))
        else {
            return Ok(true);
        };
        let Some(element) = self.page.node(slot).element() else {
            return Ok(members
                .iter()
                .all(|(_, value)| *tree.get(*value) != Value::Null));
        };
        let is_sheet = element.is("style") || element.is("link");
        if is_sheet
            && members
                .iter()
                .any(|(name, value)| name == "_cssText" && tree.text(*value).is_some())
        {
            self.read_anew(slot, members, tree);
            self.page.reweigh(slot)?;
            return Ok(true);
        }
        for (name, value) in members {
            let name: Cow<'_, str> = if self.is_svg(slot) {
                (&**name).into()
            } else {
                name.to_ascii_lowercase().into()
            };
            match tree.get(*value) {
                Value::Null => self.unset(slot, &name),
                Value::Text(value) => self.set(slot, &name, value),
                Value::Object(changes) if name == "style" => {
                    let live = self.page.node_mut(slot).live();
                    for (property, to) in changes {
                        if let Some(to) = declared(tree, *to) {
                            live.styles.change(property, to);
                        }
                    }
                }
                _ => {}
            }
        }
        self.page.reweigh(slot)?;
        Ok(true)
    }

    fn is_svg(&self, slot: Slot) -> bool {
        self.page
            .node(slot)
            .element()
            .is_some_and(|element| element.is_svg)
    }

    fn unset(&mut self, slot: Slot, name: &str) {
        let node = self.page.node_mut(slot);
        let Some(element) = node.element_mut() else {
            return;
        };
        element.unset(name);
        match name {
            // A dialog that closes is no longer a modal one.
            "open" if element.is("dialog") => element.unset("rr_open_mode"),
            "style" => {
                element.unset("rr_width");
                element.unset("rr_height");
                node.live().styles.clear();
            }
            _ => {}
        }
    }

    fn set(&mut self, slot: Slot, name: &str, value: &str) {
        let node = self.page.node_mut(slot);
        let Some(element) = node.element_mut() else {
            return;
        };
        // What the recorder says of an element under such names counts only when it is built.
        if name.starts_with("rr_") && name != "rr_open_mode" {
            return;
        }
        element.set(name, Attribute::Text(value.into()));
        if name == "style" {
            element.unset("rr_width");
            element.unset("rr_height");
            node.live().styles.clear();
        } else if name == "value" && element.is("textarea") {
            let old: Vec<Slot> = self.page.children(slot).collect();
            for child in old {
                self.page.remove(child);
            }
        }
    }

    /// A sheet whose text was read again is built anew: nothing is left of what changed in it.
    fn read_anew(&mut self, slot: Slot, members: &[(Cow<'_, str>, At)], tree: &Tree<'_>) {
        let old: Vec<Slot> = self.page.children(slot).collect();
        for child in old {
            self.page.remove(child);
        }
        let node = self.page.node_mut(slot);
        node.live = None;
        if let Some(element) = node.element_mut() {
            for (name, value) in members {
                match attribute(tree, *value) {
                    Some(value) => element.set(name, value),
                    None => element.unset(name),
                }
            }
        }
    }
}

/// A change of a declaration: false takes it away, a list has the priority too.
fn declared(tree: &Tree<'_>, at: At) -> Option<Declared> {
    let (value, priority) = match tree.get(at) {
        Value::Boolean(false) => return Some(Declared::Removed),
        Value::Text(value) => (&**value, ""),
        Value::List(parts) => (
            tree.text(*parts.first()?)?,
            parts
                .get(1)
                .and_then(|at| tree.text(*at))
                .unwrap_or_default(),
        ),
        _ => return None,
    };
    if value.is_empty() {
        return Some(Declared::Removed);
    }
    Some(Declared::Set {
        value: value.into(),
        priority: priority.into(),
    })
}
