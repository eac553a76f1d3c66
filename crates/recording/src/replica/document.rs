//! A document of a replica as a snapshot has it: members in the order in which the sanitiser writes
//! them, so that a keyframe compresses well against the snapshots around it. Without recursion.

use hitmetrix_model::limits;

use super::json::Line;
use super::node::{Attribute, Kind, Node, Slot};
use super::page::Page;

/// What was met while a document was written.
#[derive(Default)]
pub(super) struct Met {
    /// Nodes with a state that the snapshot cannot say, in order.
    pub live: Vec<Slot>,
    /// Frames that show something.
    pub frames: Vec<Slot>,
    /// A node that is looked for, and whether it was met.
    sought: Option<Slot>,
    pub is_found: bool,
    /// The document that is being written: nodes of frames name it, those of the page itself only
    /// where their recorder did.
    root: Option<i64>,
    is_page: bool,
}

impl Met {
    /// Nothing yet, with a node to look for.
    pub(super) fn seeking(sought: Option<Slot>) -> Self {
        Self {
            sought,
            ..Self::default()
        }
    }
}

/// Writes a node and all it holds, frames apart; false when it is deeper than players take.
pub(super) fn write(page: &Page, top: Slot, line: &mut Line<'_>, met: &mut Met) -> bool {
    // Nodes whose children are being written, each with the next child and whether those of its
    // shadow root have begun.
    let mut open: Vec<(Slot, Option<Slot>, bool)> = Vec::new();
    met.root = Some(page.node(top).id);
    met.is_page = top == page.root;
    begin(page, top, line, met, &mut open);
    while let Some((slot, child, in_shadow)) = open.pop() {
        match child {
            Some(child) => {
                if open.len() + 1 >= limits::RECORDING_DEPTH {
                    return false;
                }
                open.push((slot, page.node(child).next, in_shadow));
                begin(page, child, line, met, &mut open);
            }
            None if !in_shadow => {
                let first = page.node(slot).shadow.and_then(|ends| ends.first);
                open.push((slot, first, true));
            }
            None => {
                line.close(b']');
                end(page.node(slot), line);
            }
        }
    }
    true
}

/// Writes a node up to its children.
fn begin(
    page: &Page,
    slot: Slot,
    line: &mut Line<'_>,
    met: &mut Met,
    open: &mut Vec<(Slot, Option<Slot>, bool)>,
) {
    let node = page.node(slot);
    met.is_found |= met.sought == Some(slot);
    if node.live.is_some() {
        met.live.push(slot);
    }
    if node.frame.is_some() {
        met.frames.push(slot);
    }
    line.open(b'{');
    line.with_number("type", number_of(&node.kind));
    let id = node.id;
    line.with_number("id", id);
    if let Some(root) = met
        .root
        .filter(|root| *root != id && (!met.is_page || node.root_id == Some(*root)))
    {
        line.with_number("rootId", root);
    }
    line.with_flag("isShadow", node.is_shadow);
    line.with_flag("isShadowHost", node.shadow.is_some());
    match &node.kind {
        Kind::Document { is_quirky } => {
            if *is_quirky {
                line.with_text("compatMode", "BackCompat");
            }
        }
        Kind::Element(element) => {
            line.with_text("tagName", &element.tag);
            line.with_object("attributes", |line| {
                for (name, value) in &element.attributes {
                    line.key(name);
                    match value {
                        Attribute::Text(text) => line.text(text),
                        Attribute::Plain(json) => line.raw(json),
                    }
                }
            });
        }
        Kind::Doctype {
            name,
            public,
            system,
        } => {
            line.with_text("name", name);
            line.with_text("publicId", public);
            line.with_text("systemId", system);
        }
        Kind::Text { text, is_style } => {
            line.with_text("textContent", text);
            line.with_flag("isStyle", *is_style);
        }
        Kind::Cdata | Kind::Comment => line.with_text("textContent", ""),
    }
    if matches!(node.kind, Kind::Document { .. } | Kind::Element(_)) {
        line.key("childNodes");
        line.open(b'[');
        open.push((slot, node.children.first, false));
    } else {
        end(node, line);
    }
}

fn end(node: &Node, line: &mut Line<'_>) {
    if let Some(element) = node.element() {
        line.with_flag("isSVG", element.is_svg);
        line.with_flag("isCustom", element.is_custom);
    }
    line.close(b'}');
}

fn number_of(kind: &Kind) -> u8 {
    match kind {
        Kind::Document { .. } => 0,
        Kind::Doctype { .. } => 1,
        Kind::Element(_) => 2,
        Kind::Text { .. } => 3,
        Kind::Cdata => 4,
        Kind::Comment => 5,
    }
}
