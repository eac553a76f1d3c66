//! One node of a replayed page: what a snapshot says of it, and what no snapshot can say.

use super::live::Live;
use crate::SHADOW_HOSTS;

/// Index of a node in its page.
pub(super) type Slot = u32;

/// The first and the last of some siblings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ends {
    pub first: Option<Slot>,
    pub last: Option<Slot>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    Text(Box<str>),
    /// A number or a boolean as JSON writes it: only snapshots have them.
    Plain(Box<str>),
}

/// What an element is, apart from what it holds.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub tag: Box<str>,
    pub attributes: Vec<(Box<str>, Attribute)>,
    pub is_svg: bool,
    pub is_custom: bool,
}

/// Attributes of one element; more are not taken.
const ATTRIBUTES_MAX: usize = 512;

impl Element {
    /// Whether this is its name, as a document of HTML has it.
    pub(super) fn is(&self, tag: &str) -> bool {
        self.tag.eq_ignore_ascii_case(tag)
    }

    /// Whether a replayer builds a style element of it: a loaded sheet becomes one.
    pub(super) fn is_style(&self) -> bool {
        self.is("style") || (self.is("link") && self.css().is_some())
    }

    /// The style text that the recorder read out of its sheet.
    pub(super) fn css(&self) -> Option<&str> {
        self.attribute("_cssText")
    }

    /// An attribute that is a text.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(Attribute::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// An attribute of any kind.
    pub(super) fn value(&self, name: &str) -> Option<&Attribute> {
        let found = self.attributes.iter().find(|(known, _)| &**known == name);
        found.map(|(_, value)| value)
    }

    /// Sets an attribute in its place, or as the last one.
    pub(super) fn set(&mut self, name: &str, value: Attribute) {
        let known = self
            .attributes
            .iter()
            .position(|(known, _)| &**known == name);
        if let Some(index) = known {
            self.attributes[index].1 = value;
        } else if self.attributes.len() < ATTRIBUTES_MAX {
            self.attributes.push((name.into(), value));
        }
    }

    /// Takes an attribute away.
    pub(super) fn unset(&mut self, name: &str) {
        self.attributes.retain(|(known, _)| &**known != name);
    }

    /// Whether browsers let it have a shadow root.
    pub(super) fn can_host(&self) -> bool {
        /// Names with a hyphen that are older than custom elements.
        const RESERVED: &[&str] = &[
            "annotation-xml",
            "color-profile",
            "font-face",
            "font-face-src",
            "font-face-uri",
            "font-face-format",
            "font-face-name",
            "missing-glyph",
        ];
        let lower = self.tag.to_ascii_lowercase();
        let is_own = lower.starts_with(|first: char| first.is_ascii_lowercase())
            && lower.contains('-')
            && !RESERVED.contains(&lower.as_str());
        !self.is_svg && (is_own || SHADOW_HOSTS.contains(&lower.as_str()))
    }
}

/// The kinds of nodes, as the recorder numbers them.
#[derive(Debug)]
pub(super) enum Kind {
    Document {
        is_quirky: bool,
    },
    Doctype {
        name: Box<str>,
        public: Box<str>,
        system: Box<str>,
    },
    Element(Box<Element>),
    Text {
        text: Box<str>,
        is_style: bool,
    },
    Cdata,
    Comment,
}

/// A node with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub id: i64,
    pub root_id: Option<i64>,
    pub kind: Kind,
    pub parent: Option<Slot>,
    /// Stands in the shadow root of its parent.
    pub is_shadow: bool,
    pub previous: Option<Slot>,
    pub next: Option<Slot>,
    pub children: Ends,
    /// The shadow root, if it has one.
    pub shadow: Option<Ends>,
    /// The document that a frame shows.
    pub frame: Option<Slot>,
    pub live: Option<Box<Live>>,
    /// What it counts against the limit on bytes.
    pub weight: usize,
}

/// What a node counts, whatever it holds.
const NODE_BYTES: usize = 64;

impl Node {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            id: 0,
            root_id: None,
            kind,
            parent: None,
            is_shadow: false,
            previous: None,
            next: None,
            children: Ends::default(),
            shadow: None,
            frame: None,
            live: None,
            weight: 0,
        }
    }

    pub(super) fn element(&self) -> Option<&Element> {
        match &self.kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn element_mut(&mut self) -> Option<&mut Element> {
        match &mut self.kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn is_document(&self) -> bool {
        matches!(self.kind, Kind::Document { .. })
    }

    pub(super) fn is_frame(&self) -> bool {
        self.element().is_some_and(|element| element.is("iframe"))
    }

    pub(super) fn is_style(&self) -> bool {
        self.element().is_some_and(Element::is_style)
    }

    /// What is said of it beside the tree, made when it is first needed.
    pub(super) fn live(&mut self) -> &mut Live {
        self.live.get_or_insert_default()
    }

    /// Bytes that it holds now.
    pub(super) fn weigh(&self) -> usize {
        let own = match &self.kind {
            Kind::Element(element) => {
                let attribute = |(name, value): &(Box<str>, Attribute)| {
                    let (Attribute::Text(text) | Attribute::Plain(text)) = value;
                    name.len() + text.len()
                };
                element.tag.len() + element.attributes.iter().map(attribute).sum::<usize>()
            }
            Kind::Text { text, .. } => text.len(),
            Kind::Doctype {
                name,
                public,
                system,
            } => name.len() + public.len() + system.len(),
            Kind::Document { .. } | Kind::Cdata | Kind::Comment => 0,
        };
        NODE_BYTES + own + self.live.as_ref().map_or(0, |live| live.weigh())
    }
}
