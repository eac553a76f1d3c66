//! A replica of a recorded page: recorder events in, the state they lead to, and that state written
//! as a **keyframe**, recorder events from which a player can start in the middle of a recording.
//!
//! It follows @rrweb/replay 2.1.6 on a real document, with the ids of the recording, so that what
//! was recorded later applies to a keyframe as it does to the whole. Nothing is drawn and no style
//! text is read. Bounded in nodes, bytes and levels, whatever comes; never recurses over its input.
//! Selections are left out: a player shows them anew with the next one.

mod build;
mod css;
mod document;
mod json;
mod keyframe;
mod keyframes;
#[cfg(test)]
mod keyframes_tests;
mod live;
mod mutation;
mod node;
mod page;
mod pointer;
#[cfg(test)]
mod random_tests;
mod read;
mod sheet;
mod sheet_lines;
#[cfg(test)]
mod sheet_tests;
mod style_text;
mod styles;
#[cfg(test)]
mod tests;
mod waiting;

use std::collections::HashMap;

pub use keyframes::{KEYFRAME_TAG, Keyframes};

use build::Builder;
use live::{Canvas, Input, Media};
use page::Page;
use pointer::Pointer;
use read::{digits, flag, fraction, number, text};
use styles::Constructed;
use waiting::Sibling;

use crate::tree::{At, Tree};

/// A remark of our recorder that has a picture of what a canvas shows.
const CANVAS_TAG: &str = "hm-canvas";

/// Why the state of a page is not followed any further, until its next snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplicaError {
    /// The page has grown too many nodes.
    #[error("the recorded page has over {limit} nodes; it plays from its snapshots only")]
    Nodes {
        /// The limit.
        limit: usize,
    },
    /// Its texts have grown too large.
    #[error("the recorded page holds over {limit} bytes of text; it plays from its snapshots only")]
    Bytes {
        /// The limit.
        limit: usize,
    },
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Its time, UTC, milliseconds since the epoch.
    pub time_ms: i64,
    /// Whether it was a snapshot.
    pub is_snapshot: bool,
    /// Whether it changed the tree or its styles: what takes a player time to repeat.
    pub is_change: bool,
}

/// The state of the page in one window.
#[derive(Debug)]
pub struct Replica {
    page: Page,
    is_loaded: bool,
    time_ms: i64,
    /// Inputs so far, for their order.
    inputs: u64,
    href: String,
    viewport: Option<(Box<str>, Box<str>)>,
    pointer: Pointer,
    sheets: HashMap<i64, Constructed>,
    sheets_bytes: usize,
    /// Documents of frames whose element is not there yet, as JSON.
    frames: Vec<Vec<u8>>,
    siblings: HashMap<i64, Sibling>,
}

impl Default for Replica {
    fn default() -> Self {
        Self::new()
    }
}

impl Replica {
    /// The state before anything was recorded.
    #[must_use]
    pub fn new() -> Self {
        Self {
            page: Page::new(),
            is_loaded: false,
            time_ms: 0,
            inputs: 0,
            href: String::new(),
            viewport: None,
            pointer: Pointer::default(),
            sheets: HashMap::new(),
            sheets_bytes: 0,
            frames: Vec::new(),
            siblings: HashMap::new(),
        }
    }

    /// Whether there is a page: a snapshot came, and nothing outgrew its limits since.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Applies one event, a line of JSON. A line that is none does nothing.
    ///
    /// # Errors
    /// When the page outgrows a limit; then it waits for the next snapshot.
    pub fn apply(&mut self, line: &str) -> Result<Option<Applied>, ReplicaError> {
        let Ok(tree) = Tree::parse(line) else {
            return Ok(None);
        };
        let root = tree.root();
        let (Some(kind), Some(time_ms), Some(data)) = (
            number(&tree, root, "type"),
            number(&tree, root, "timestamp"),
            tree.member(root, "data"),
        ) else {
            return Ok(None);
        };
        self.time_ms = self.time_ms.max(time_ms);
        let is_change = match kind {
            2 => self.load(&tree, data),
            3 => self.change(&tree, data),
            4 => {
                self.meta(&tree, data);
                Ok(false)
            }
            5 => {
                self.remark(&tree, data)?;
                Ok(false)
            }
            _ => Ok(false),
        };
        match is_change {
            Ok(is_change) => Ok(Some(Applied {
                time_ms,
                is_snapshot: kind == 2 && self.is_loaded,
                is_change: is_change && self.is_loaded,
            })),
            Err(error) => {
                self.unload();
                Err(error)
            }
        }
    }

    fn unload(&mut self) {
        self.is_loaded = false;
        self.page = Page::new();
        self.sheets.clear();
        self.sheets_bytes = 0;
        self.siblings.clear();
        self.frames.clear();
        self.pointer = Pointer::default();
    }

    fn load(&mut self, tree: &Tree<'_>, data: At) -> Result<bool, ReplicaError> {
        let Some(node) = tree.member(data, "node") else {
            return Ok(false);
        };
        if number(tree, node, "type") != Some(0) {
            return Ok(false);
        }
        let frames = std::mem::take(&mut self.frames);
        self.unload();
        self.frames = frames;
        let mut builder = Builder {
            page: &mut self.page,
            time_ms: self.time_ms,
            with_scroll: true,
        };
        let Some(root) = builder.all(tree, node)? else {
            return Ok(false);
        };
        self.page.root = root;
        self.is_loaded = true;
        if let Some(offset) = tree.member(data, "initialOffset") {
            let of = |key: &str| digits(tree, offset, key).unwrap_or("0").into();
            self.page.node_mut(root).live().scroll = Some((of("left"), of("top")));
            self.page.reweigh(root)?;
        }
        self.show_awaited()?;
        Ok(true)
    }

    fn meta(&mut self, tree: &Tree<'_>, data: At) {
        if let Some(href) = text(tree, data, "href") {
            self.href = href.to_owned();
        }
        self.resize(tree, data);
    }

    fn resize(&mut self, tree: &Tree<'_>, data: At) {
        if let (Some(width), Some(height)) =
            (digits(tree, data, "width"), digits(tree, data, "height"))
        {
            self.viewport = Some((width.into(), height.into()));
        }
    }

    /// A remark of our recorder: the page has another address, or a canvas shows something else.
    fn remark(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        let Some(payload) = tree.member(data, "payload") else {
            return Ok(());
        };
        match text(tree, data, "tag") {
            Some("hm-page") => {
                if let Some(href) = text(tree, payload, "href") {
                    self.href = href.to_owned();
                }
                Ok(())
            }
            Some(CANVAS_TAG) => self.draw(tree, payload),
            _ => Ok(()),
        }
    }

    fn draw(&mut self, tree: &Tree<'_>, payload: At) -> Result<(), ReplicaError> {
        let slot = number(tree, payload, "id").and_then(|id| self.page.find(id));
        let of = |key: &str| text(tree, payload, key);
        let (Some(slot), Some(kind), Some(data)) = (slot, of("type"), of("data")) else {
            return Ok(());
        };
        let node = self.page.node_mut(slot);
        if !node.element().is_some_and(|element| element.is("canvas")) {
            return Ok(());
        }
        node.live().canvas = Some(Canvas {
            kind: kind.into(),
            data: data.into(),
        });
        self.page.reweigh(slot)
    }

    fn change(&mut self, tree: &Tree<'_>, data: At) -> Result<bool, ReplicaError> {
        let source = number(tree, data, "source");
        if source == Some(4) {
            self.resize(tree, data);
        }
        if !self.is_loaded {
            return Ok(false);
        }
        match source {
            Some(0) => return self.mutate(tree, data),
            Some(1 | 2 | 6 | 12) => self.pointer.apply(tree, data, &self.page),
            Some(3) => self.scroll(tree, data)?,
            Some(5) => self.input(tree, data)?,
            Some(7) => self.media(tree, data)?,
            Some(8) => {
                self.change_rules(tree, data)?;
                return Ok(true);
            }
            Some(13) => {
                self.declare(tree, data)?;
                return Ok(true);
            }
            Some(15) => {
                self.adopt(tree, data)?;
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn scroll(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        let Some(slot) = number(tree, data, "id").and_then(|id| self.page.find(id)) else {
            return Ok(());
        };
        let of = |key: &str| digits(tree, data, key).unwrap_or("0").into();
        let node = self.page.node_mut(slot);
        node.live().scroll = Some((of("x"), of("y")));
        if let Some(element) = node.element_mut() {
            element.unset("rr_scrollLeft");
            element.unset("rr_scrollTop");
        }
        self.page.reweigh(slot)
    }

    fn input(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        let Some(slot) = number(tree, data, "id").and_then(|id| self.page.find(id)) else {
            return Ok(());
        };
        self.inputs += 1;
        self.page.node_mut(slot).live().input = Some(Input {
            text: text(tree, data, "text").unwrap_or_default().into(),
            is_checked: flag(tree, data, "isChecked") == Some(true),
            order: self.inputs,
        });
        self.page.reweigh(slot)
    }

    /// A video was played, paused, sought: what the event does not say stays as it was.
    fn media(&mut self, tree: &Tree<'_>, data: At) -> Result<(), ReplicaError> {
        const PLAY: i64 = 0;
        const PAUSE: i64 = 1;
        let Some(slot) = number(tree, data, "id").and_then(|id| self.page.find(id)) else {
            return Ok(());
        };
        let time_ms = self.time_ms;
        let node = self.page.node_mut(slot);
        if !node
            .element()
            .is_some_and(|of| of.is("video") || of.is("audio"))
        {
            return Ok(());
        }
        let plays_by_itself = node
            .element()
            .is_some_and(|element| element.value("autoplay").is_some());
        let old = node.live().media.take().unwrap_or_default();
        let was_playing = old.is_playing || plays_by_itself;
        let of = |key: &str| fraction(tree, data, key);
        node.live().media = Some(Media {
            is_playing: match number(tree, data, "type") {
                Some(PLAY) => true,
                Some(PAUSE) => false,
                _ => was_playing,
            },
            position_s: of("currentTime").unwrap_or(old.position_s),
            at_ms: time_ms,
            rate: of("playbackRate").or(old.rate),
            volume: of("volume").or(old.volume),
            is_muted: flag(tree, data, "muted").or(old.is_muted),
            is_looped: flag(tree, data, "loop").or(old.is_looped),
        });
        self.page.reweigh(slot)
    }
}
