//! The state of a page as recorder events of one moment: how big the window is, a full snapshot, and
//! then what a snapshot cannot say, in the order in which a player must hear it. Sheets of the page
//! itself come before anything that changes its tree: @rrweb/replay, when it seeks, puts off sheets
//! and what changes in them once the tree has changed, and takes them in the wrong order then.

use std::collections::HashSet;

use super::document::{Met, write};
use super::json::{Line, event};
use super::live::{Declarations, Declared, Input};
use super::node::Slot;
use super::sheet_lines;
use super::{CANVAS_TAG, Replica};

const SNAPSHOT: u8 = 2;
const INCREMENTAL: u8 = 3;
const META: u8 = 4;
const CUSTOM: u8 = 5;

/// Events that are being written, all of one time.
pub(super) struct Lines {
    pub out: Vec<u8>,
    pub time_ms: i64,
}

impl Lines {
    pub(super) fn incremental(&mut self, source: u8, data: impl FnOnce(&mut Line<'_>)) {
        event(&mut self.out, INCREMENTAL, self.time_ms, |line| {
            line.with_number("source", source);
            data(line);
        });
    }
}

impl Replica {
    /// The state as lines of events of that time; none before the first snapshot, and where the page
    /// is deeper than a player takes.
    #[must_use]
    pub fn keyframe(&self, time_ms: i64) -> Option<Vec<u8>> {
        let (width, height) = self.viewport.as_ref()?;
        if !self.is_loaded {
            return None;
        }
        let mut lines = Lines {
            out: Vec::new(),
            time_ms,
        };
        event(&mut lines.out, META, time_ms, |line| {
            line.with_text("href", &self.href);
            line.with_number("width", width);
            line.with_number("height", height);
        });
        let over = self.pointer.at.as_ref();
        let over = over.and_then(|(_, _, id)| self.page.find(*id));
        let mut page = Met::seeking(over);
        let mut fits = true;
        event(&mut lines.out, SNAPSHOT, time_ms, |line| {
            line.key("node");
            fits = write(&self.page, self.page.root, line, &mut page);
            let scroll = self.page.node(self.page.root).live.as_ref();
            let scroll = scroll.and_then(|live| live.scroll.as_ref());
            let (left, top) = scroll.map_or(("0", "0"), |(left, top)| (left, top));
            line.with_object("initialOffset", |line| {
                line.with_number("left", left);
                line.with_number("top", top);
            });
        });
        let mut made = HashSet::new();
        self.sheets_of(&page.live, &mut made, &mut lines);
        self.unadopted(self.page.root, &mut made, &mut lines);
        let mut inner = Met::seeking(over);
        fits &= self.frames(&page.frames, &mut inner, &mut lines);
        if !fits {
            return None;
        }
        let all = [page.live.as_slice(), inner.live.as_slice()].concat();
        self.styles(&all, &mut lines);
        self.sheets_of(&inner.live, &mut made, &mut lines);
        for frame in &inner.frames {
            if let Some(document) = self.page.node(*frame).frame {
                self.unadopted(document, &mut made, &mut lines);
            }
        }
        self.fields(&all, &mut lines);
        self.media_of(&all, &mut lines);
        self.canvases(&all, &mut lines);
        self.scrolls(&all, &mut lines);
        self.pointer_of(page.is_found || inner.is_found, &mut lines);
        Some(lines.out)
    }

    /// The documents of frames, outer ones first; false when one is too deep.
    fn frames(&self, frames: &[Slot], met: &mut Met, lines: &mut Lines) -> bool {
        met.frames.extend_from_slice(frames);
        let mut fits = true;
        let mut next = 0;
        while let Some(slot) = met.frames.get(next).copied() {
            next += 1;
            let frame = self.page.node(slot);
            let (id, Some(document)) = (frame.id, frame.frame) else {
                continue;
            };
            lines.incremental(0, |line| {
                line.with_list("texts", |_| {});
                line.with_list("attributes", |_| {});
                line.with_list("removes", |_| {});
                line.with_list("adds", |line| {
                    line.object(|line| {
                        line.with_number("parentId", id);
                        line.key("nextId");
                        line.raw("null");
                        line.key("node");
                        fits &= write(&self.page, document, line, met);
                    });
                });
                line.with_flag("isAttachIframe", true);
            });
        }
        fits
    }

    /// Declarations that changed since the style attribute was set: only a browser can tell what
    /// they do to it.
    fn styles(&self, all: &[Slot], lines: &mut Lines) {
        let changed = all.iter().filter_map(|slot| {
            let node = self.page.node(*slot);
            let styles = &node.live.as_ref()?.styles;
            (!styles.is_empty()).then_some((node.id, styles))
        });
        let changed: Vec<(i64, &Declarations)> = changed.collect();
        if changed.is_empty() {
            return;
        }
        lines.incremental(0, |line| {
            line.with_list("texts", |_| {});
            line.with_list("attributes", |line| {
                for (id, styles) in changed {
                    line.object(|line| {
                        line.with_number("id", id);
                        line.with_object("attributes", |line| {
                            line.with_object("style", |line| style(styles, line));
                        });
                    });
                }
            });
            line.with_list("removes", |_| {});
            line.with_list("adds", |_| {});
        });
    }

    /// Sheets that the nodes adopted, and rules that were changed in those of style elements.
    fn sheets_of(&self, all: &[Slot], made: &mut HashSet<i64>, lines: &mut Lines) {
        for slot in all {
            let node = self.page.node(*slot);
            let (id, Some(live)) = (node.id, &node.live) else {
                continue;
            };
            if let Some(adopted) = live.adopted.as_ref().filter(|ids| !ids.is_empty()) {
                self.adoption(id, adopted, made, lines);
            }
            if let Some(changed) = live.rules.as_ref().filter(|_| node.is_style()) {
                sheet_lines::rules(("id", id), changed, lines);
            }
        }
    }

    /// One document or shadow root adopts its sheets; those that nobody adopted before are made.
    fn adoption(&self, host: i64, ids: &[i64], made: &mut HashSet<i64>, lines: &mut Lines) {
        let new: Vec<i64> = ids
            .iter()
            .copied()
            .filter(|id| self.sheets.contains_key(id) && made.insert(*id))
            .collect();
        lines.incremental(15, |line| {
            line.with_number("id", host);
            line.with_list("styles", |line| {
                for id in &new {
                    line.object(|line| {
                        line.with_number("styleId", id);
                        line.with_list("rules", |line| {
                            if let Some(sheet) = self.sheets.get(id) {
                                sheet_lines::added(&sheet.rules, line);
                            }
                        });
                    });
                }
            });
            line.with_list("styleIds", |line| {
                for id in ids {
                    line.number(id);
                }
            });
        });
        for id in new {
            if let Some(sheet) = self.sheets.get(&id) {
                sheet_lines::within(("styleId", id), &sheet.rules, &[], lines);
            }
        }
    }

    /// Sheets of a document that nobody has adopted now, but may again: their rules are told only
    /// once. The document adopts them for a moment, and then what it had.
    fn unadopted(&self, document: Slot, made: &mut HashSet<i64>, lines: &mut Lines) {
        let node = self.page.node(document);
        let mut left: Vec<i64> = self
            .sheets
            .iter()
            .filter(|(id, sheet)| sheet.document == node.id && !made.contains(id))
            .map(|(id, _)| *id)
            .collect();
        if left.is_empty() {
            return;
        }
        left.sort_unstable();
        let own = node.live.as_ref();
        let own = own.and_then(|live| live.adopted.as_deref());
        self.adoption(node.id, &left, made, lines);
        self.adoption(node.id, own.unwrap_or_default(), made, lines);
    }

    /// What fields hold, in the order in which it was put in.
    fn fields(&self, all: &[Slot], lines: &mut Lines) {
        let inputs = all.iter().filter_map(|slot| {
            let node = self.page.node(*slot);
            Some((node.id, node.live.as_ref()?.input.as_ref()?))
        });
        let mut inputs: Vec<(i64, &Input)> = inputs.collect();
        inputs.sort_by_key(|(_, input)| input.order);
        for (id, input) in inputs {
            lines.incremental(5, |line| {
                line.with_text("text", &input.text);
                line.key("isChecked");
                line.raw(if input.is_checked { "true" } else { "false" });
                line.with_number("id", id);
            });
        }
    }

    fn media_of(&self, all: &[Slot], lines: &mut Lines) {
        let time_ms = lines.time_ms;
        for slot in all {
            let node = self.page.node(*slot);
            let media = node.live.as_ref().and_then(|live| live.media.as_ref());
            let (id, Some(media)) = (node.id, media) else {
                continue;
            };
            lines.incremental(7, |line| {
                line.with_number("type", u8::from(!media.is_playing));
                line.with_number("id", id);
                line.with_number("currentTime", media.position_at(time_ms));
                if let Some(volume) = media.volume {
                    line.with_number("volume", volume);
                }
                for (key, flag) in [("muted", media.is_muted), ("loop", media.is_looped)] {
                    if let Some(flag) = flag {
                        line.key(key);
                        line.raw(if flag { "true" } else { "false" });
                    }
                }
                if let Some(rate) = media.rate {
                    line.with_number("playbackRate", rate);
                }
            });
        }
    }

    fn canvases(&self, all: &[Slot], lines: &mut Lines) {
        for slot in all {
            let node = self.page.node(*slot);
            let canvas = node.live.as_ref().and_then(|live| live.canvas.as_ref());
            let (id, Some(canvas)) = (node.id, canvas) else {
                continue;
            };
            event(&mut lines.out, CUSTOM, lines.time_ms, |line| {
                line.with_text("tag", CANVAS_TAG);
                line.with_object("payload", |line| {
                    line.with_number("id", id);
                    line.with_text("type", &canvas.kind);
                    line.with_text("data", &canvas.data);
                });
            });
        }
    }

    /// How far everything is scrolled; last, because it must be as large as it was.
    fn scrolls(&self, all: &[Slot], lines: &mut Lines) {
        for slot in all {
            let node = self.page.node(*slot);
            let scroll = node.live.as_ref().and_then(|live| live.scroll.as_ref());
            let scroll = scroll.filter(|(x, y)| (&**x, &**y) != ("0", "0"));
            if let (id, Some((x, y))) = (node.id, scroll) {
                lines.incremental(3, |line| {
                    line.with_number("id", id);
                    line.with_number("x", x);
                    line.with_number("y", y);
                });
            }
        }
    }

    /// Where the pointer is: over its node, or over the page when that is gone.
    fn pointer_of(&self, is_node_shown: bool, lines: &mut Lines) {
        const MOVE: u8 = 1;
        const TOUCH_MOVE: u8 = 6;
        let Some((x, y, id)) = &self.pointer.at else {
            return;
        };
        if !is_node_shown && !self.pointer.is_in_page {
            return;
        }
        let root = self.page.node(self.page.root).id;
        let id = if is_node_shown { *id } else { root };
        let source = if self.pointer.is_finger {
            TOUCH_MOVE
        } else {
            MOVE
        };
        lines.incremental(source, |line| {
            line.with_list("positions", |line| {
                line.object(|line| {
                    line.with_number("x", x);
                    line.with_number("y", y);
                    line.with_number("id", id);
                    line.with_number("timeOffset", 0);
                });
            });
        });
        if self.pointer.is_down {
            lines.incremental(2, |line| {
                line.with_number("type", 7);
                line.with_number("id", id);
                line.with_number("x", x);
                line.with_number("y", y);
            });
        }
    }
}

/// Declarations as the recorder says them.
fn style(styles: &Declarations, line: &mut Line<'_>) {
    for (property, to) in styles.iter() {
        line.key(property);
        match to {
            Declared::Removed => line.raw("false"),
            Declared::Set { value, priority } if priority.is_empty() => line.text(value),
            Declared::Set { value, priority } => {
                line.open(b'[');
                line.text(value);
                line.text(priority);
                line.close(b']');
            }
        }
    }
}
