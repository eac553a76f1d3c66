//! The text of a style element. The recorder reads it out of the sheet as one and says it in an
//! attribute; a replayer spreads it over the text nodes of the element. As long as nothing changes
//! there the attribute stays; with the first change the texts take over.

use super::ReplicaError;
use super::node::{Element, Kind, Node, Slot};
use super::page::{Container, Page};

/// What the recorder puts between the texts of a style element that it read as one.
const SPLIT: &str = "/* rr_split */";

impl Page {
    /// The children of a style element change one by one from here on: its text, which was recorded
    /// as one, goes into them, and what a script did to its rules is lost, as browsers have it.
    pub(super) fn style_text_changes(&mut self, slot: Slot) -> Result<(), ReplicaError> {
        if !self.node(slot).is_style() {
            return Ok(());
        }
        if let Some(live) = &mut self.node_mut(slot).live {
            live.rules = None;
        }
        self.style_text_into_children(slot)?;
        self.reweigh(slot)
    }

    fn style_text_into_children(&mut self, slot: Slot) -> Result<(), ReplicaError> {
        let css: Box<str> = match self.node(slot).element().and_then(Element::css) {
            Some(css) => css.into(),
            None => return Ok(()),
        };
        let texts: Vec<Slot> = self
            .children(slot)
            .filter(|child| matches!(self.node(*child).kind, Kind::Text { .. }))
            .collect();
        // A loaded sheet is a style element only as long as it carries its text.
        let Some(element) = self
            .node_mut(slot)
            .element_mut()
            .filter(|of| of.is("style"))
        else {
            return Ok(());
        };
        element.unset("_cssText");
        if self.node(slot).children.first.is_none() {
            let text = Node::new(Kind::Text {
                text: css,
                is_style: true,
            });
            let text = self.create(text, None)?;
            let into = Container {
                parent: slot,
                is_shadow: false,
            };
            self.place(text, into, None);
            return Ok(());
        }
        let last = texts.len().saturating_sub(1);
        let mut parts = css.splitn(texts.len().max(1), SPLIT);
        for (index, child) in texts.into_iter().enumerate() {
            let Some(part) = parts.next() else {
                break;
            };
            let part = if index == last {
                part.replace(SPLIT, "")
            } else {
                part.to_owned()
            };
            self.node_mut(child).kind = Kind::Text {
                text: part.into(),
                is_style: true,
            };
            self.reweigh(child)?;
        }
        Ok(())
    }
}
