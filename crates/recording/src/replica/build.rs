//! Nodes as a replayer builds them out of what was recorded. What a document could not hold is left
//! out, where a replayer would give up the whole picture. Never recurses.

use super::ReplicaError;
use super::live::Media;
use super::node::{Attribute, Element, Ends, Kind, Node, Slot};
use super::page::{Container, Page};
use super::read::{flag, fraction, is_true, items, number, text};
use crate::tree::{At, Tree, Value};

/// Where nodes are built, and when.
pub(super) struct Builder<'p> {
    pub page: &'p mut Page,
    pub time_ms: i64,
    /// Snapshots say how far elements are scrolled; a replayer does not look at it elsewhere.
    pub with_scroll: bool,
}

impl Builder<'_> {
    /// One node without what it holds; none when it is no node that can stand in a document.
    pub(super) fn one(&mut self, tree: &Tree<'_>, at: At) -> Result<Option<Slot>, ReplicaError> {
        let (Some(kind), Some(id)) = (number(tree, at, "type"), number(tree, at, "id")) else {
            return Ok(None);
        };
        let own = |key: &str| Box::from(text(tree, at, key).unwrap_or_default());
        let kind = match kind {
            0 => Kind::Document {
                is_quirky: text(tree, at, "compatMode") == Some("BackCompat"),
            },
            1 => Kind::Doctype {
                name: own("name"),
                public: own("publicId"),
                system: own("systemId"),
            },
            2 => match self.element(tree, at) {
                Some(element) => Kind::Element(Box::new(element)),
                None => return Ok(None),
            },
            3 => Kind::Text {
                text: own("textContent"),
                is_style: is_true(tree, at, "isStyle"),
            },
            4 => Kind::Cdata,
            5 => Kind::Comment,
            _ => return Ok(None),
        };
        let mut node = Node::new(kind);
        node.root_id = number(tree, at, "rootId").filter(|id| *id != 0);
        if is_true(tree, at, "isShadowHost") && node.element().is_some_and(Element::can_host) {
            node.shadow = Some(Ends::default());
        }
        let is_media = node
            .element()
            .is_some_and(|of| of.is("video") || of.is("audio"));
        if let Some(media) = media(tree, at, self.time_ms).filter(|_| is_media) {
            node.live().media = Some(media);
        }
        self.page.create(node, Some(id)).map(Some)
    }

    fn element(&self, tree: &Tree<'_>, at: At) -> Option<Element> {
        let tag = text(tree, at, "tagName").filter(|tag| !tag.is_empty())?;
        let mut element = Element {
            tag: tag.into(),
            attributes: Vec::new(),
            is_svg: is_true(tree, at, "isSVG"),
            is_custom: is_true(tree, at, "isCustom"),
        };
        let members = match tree.member(at, "attributes").map(|of| tree.get(of)) {
            Some(Value::Object(members)) => members.as_slice(),
            _ => &[],
        };
        for (name, value) in members {
            if !self.with_scroll && name.starts_with("rr_scroll") {
                continue;
            }
            if let Some(value) = attribute(tree, *value) {
                element.set(name, value);
            }
        }
        Some(element)
    }

    /// A node with all it holds, but for what no document could hold.
    pub(super) fn all(&mut self, tree: &Tree<'_>, top: At) -> Result<Option<Slot>, ReplicaError> {
        let Some(first) = self.one(tree, top)? else {
            return Ok(None);
        };
        let mut open = vec![(top, first)];
        while let Some((at, slot)) = open.pop() {
            if !holds_children(self.page.node(slot)) {
                continue;
            }
            for child in items(tree, at, "childNodes") {
                let Some(built) = self.one(tree, *child)? else {
                    continue;
                };
                let parent = self.page.node(slot);
                let is_shadow = is_true(tree, *child, "isShadow") && parent.shadow.is_some();
                let into = Container {
                    parent: slot,
                    is_shadow,
                };
                if !self.page.node(built).is_document() && self.page.can_hold(into, built, None) {
                    self.page.place(built, into, None);
                    open.push((*child, built));
                } else {
                    self.page.remove(built);
                }
            }
        }
        Ok(Some(first))
    }
}

/// Whether children in its record are children in the page: a field's value stands for them.
fn holds_children(node: &Node) -> bool {
    match &node.kind {
        Kind::Document { .. } => true,
        Kind::Element(element) => {
            !(&*element.tag == "textarea" && element.attribute("value").is_some())
        }
        _ => false,
    }
}

/// The value of an attribute as it is set; none when it is not set at all.
pub(super) fn attribute(tree: &Tree<'_>, at: At) -> Option<Attribute> {
    match tree.get(at) {
        Value::Text(text) => Some(Attribute::Text((**text).into())),
        Value::Number(digits) => Some(Attribute::Plain((**digits).into())),
        Value::Boolean(value) => Some(Attribute::Plain(value.to_string().into())),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}

/// How a video stands, when its record says so.
fn media(tree: &Tree<'_>, at: At, time_ms: i64) -> Option<Media> {
    let of = tree.member(at, "attributes")?;
    let state = text(tree, of, "rr_mediaState")?;
    Some(Media {
        is_playing: state == "played",
        position_s: fraction(tree, of, "rr_mediaCurrentTime").unwrap_or_default(),
        at_ms: time_ms,
        rate: fraction(tree, of, "rr_mediaPlaybackRate"),
        volume: fraction(tree, of, "rr_mediaVolume"),
        is_muted: flag(tree, of, "rr_mediaMuted"),
        is_looped: flag(tree, of, "rr_mediaLoop"),
    })
}
