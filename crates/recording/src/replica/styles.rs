//! What scripts do to style sheets: rules added and taken away, declarations of rules, and sheets
//! that documents and shadow roots adopt.

use super::css::top_rules;
use super::live::Declared;
use super::node::{Element, Slot};
use super::read::{items, number, text};
use super::sheet::Rules;
use super::{Replica, ReplicaError};
use crate::tree::{At, Tree, Value};

/// Bytes of all constructed sheets of a page.
const SHEETS_BYTES: usize = 32 << 20;
/// Sheets that one document or shadow root adopts.
const ADOPTED_MAX: usize = 4096;

/// A sheet that a script made.
#[derive(Debug)]
pub(super) struct Constructed {
    pub rules: Rules,
    /// Id of the document that made it, whose nodes alone can adopt it.
    pub document: i64,
}

impl Constructed {
    fn bytes(&self) -> usize {
        const OWN: usize = 128;
        OWN + self.rules.bytes()
    }
}

/// Where a rule stands.
enum Place {
    Index(u64),
    /// Within other rules.
    Path(Vec<u64>),
}

impl Replica {
    /// Rules added to or taken from a sheet, or all replaced by a text.
    pub(super) fn change_rules(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        self.with_sheet(tree, data, |rules, is_constructed| {
            for at in items(tree, data, "adds") {
                let Some(rule) = text(tree, *at, "rule") else {
                    continue;
                };
                match place(tree, *at) {
                    Some(Place::Index(index)) => rules.insert(rule, index),
                    Some(Place::Path(path)) => rules.insert_within(rule, &path),
                    None => {}
                }
            }
            for at in items(tree, data, "removes") {
                match place(tree, *at) {
                    Some(Place::Index(index)) => rules.delete(index),
                    Some(Place::Path(path)) => rules.delete_within(&path),
                    None => {}
                }
            }
            let replaced = ["replace", "replaceSync"]
                .into_iter()
                .filter_map(|key| text(tree, data, key))
                .next_back();
            if let Some(replaced) = replaced.filter(|_| is_constructed) {
                *rules = Rules::empty();
                for (index, rule) in (0..).zip(top_rules(replaced)) {
                    rules.insert(rule, index);
                }
            }
        })
    }

    /// A declaration of one rule.
    pub(super) fn declare(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        let Some(Place::Path(path)) = place(tree, data) else {
            return Ok(());
        };
        self.with_sheet(tree, data, |rules, _| {
            if let Some(set) = tree.member(data, "set")
                && let Some(property) = text(tree, set, "property")
            {
                let of = |key: &str| Box::from(text(tree, set, key).unwrap_or_default());
                let (value, priority): (Box<str>, Box<str>) = (of("value"), of("priority"));
                let to = if value.is_empty() {
                    Declared::Removed
                } else {
                    Declared::Set { value, priority }
                };
                rules.declare(&path, property, &to);
            }
            if let Some(remove) = tree.member(data, "remove")
                && let Some(property) = text(tree, remove, "property")
            {
                rules.declare(&path, property, &Declared::Removed);
            }
        })
    }

    /// Does something to the sheet that an event names, if it is there; it hears whether a script
    /// made it, which can then replace all its rules.
    fn with_sheet(
        &mut self,
        tree: &Tree<'_>,
        data: At,
        change: impl FnOnce(&mut Rules, bool),
    ) -> Result<(), ReplicaError> {
        if let Some(id) = number(tree, data, "styleId").filter(|id| *id != 0) {
            if let Some(sheet) = self.sheets.get_mut(&id) {
                let before = sheet.bytes();
                change(&mut sheet.rules, true);
                self.sheets_bytes = self.sheets_bytes + sheet.bytes() - before;
            }
            return self.check_sheets();
        }
        let slot = number(tree, data, "id").and_then(|id| self.page.find(id));
        let Some(slot) = slot.filter(|slot| self.has_sheet(*slot)) else {
            return Ok(());
        };
        let live = self.page.node_mut(slot).live();
        change(live.rules.get_or_insert_with(Rules::of_text), false);
        self.page.reweigh(slot)
    }

    /// Whether an element has a sheet that rules can be added to.
    fn has_sheet(&self, slot: Slot) -> bool {
        self.page
            .node(slot)
            .element()
            .is_some_and(Element::is_style)
    }

    fn check_sheets(&self) -> Result<(), ReplicaError> {
        if self.sheets_bytes > SHEETS_BYTES {
            return Err(ReplicaError::Bytes {
                limit: SHEETS_BYTES,
            });
        }
        Ok(())
    }

    /// A document or shadow root adopts sheets, some of which are new.
    pub(super) fn adopt(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        let Some(host) = number(tree, data, "id") else {
            return Ok(());
        };
        let Some(slot) = self.page.find(host).filter(|slot| {
            let node = self.page.node(*slot);
            node.is_document() || node.shadow.is_some()
        }) else {
            return Ok(());
        };
        let document = self.page.node(self.page.document_of(slot)).id;
        for at in items(tree, data, "styles") {
            let Some(id) = number(tree, *at, "styleId") else {
                continue;
            };
            let mut rules = Rules::empty();
            for rule in items(tree, *at, "rules") {
                if let (Some(text), Some(Place::Index(index))) =
                    (text(tree, *rule, "rule"), place(tree, *rule))
                {
                    rules.insert(text, index);
                }
            }
            let sheet = Constructed { rules, document };
            self.sheets_bytes += sheet.bytes();
            if let Some(old) = self.sheets.insert(id, sheet) {
                self.sheets_bytes -= old.bytes();
            }
        }
        let ids = items(tree, data, "styleIds").iter();
        let ids = ids.filter_map(|at| tree.whole(*at)).take(ADOPTED_MAX);
        let ids: Vec<i64> = ids.collect();
        self.page.node_mut(slot).live().adopted = Some(ids);
        self.page.reweigh(slot)?;
        self.check_sheets()
    }
}

/// The place that an event names. Without one it is the first.
fn place(tree: &Tree<'_>, at: At) -> Option<Place> {
    let Some(index) = tree.member(at, "index") else {
        return Some(Place::Index(0));
    };
    let whole = |at: At| tree.whole(at).and_then(|index| u64::try_from(index).ok());
    match tree.get(index) {
        Value::List(parts) => {
            let path: Option<Vec<u64>> = parts.iter().map(|part| whole(*part)).collect();
            path.map(Place::Path)
        }
        _ => whole(index).map(Place::Index),
    }
}
