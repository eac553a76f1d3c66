//! Where the pointer or finger is.

use super::page::Page;
use super::read::{digits, items, number};
use crate::tree::{At, Tree};

/// Interactions that move the pointer to where they happen, as the recorder numbers them.
const UP: i64 = 0;
const DOWN: i64 = 1;
const CLICK: i64 = 2;
const TOUCH_START: i64 = 7;
const TOUCH_END: i64 = 9;
const TOUCH_CANCEL: i64 = 10;

/// The last known place, relative to the document of the node that it is over.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    pub at: Option<(Box<str>, Box<str>, i64)>,
    /// The node was in the page itself, and not in a frame: its place says where the pointer is even
    /// when the node is gone.
    pub is_in_page: bool,
    /// It is a finger.
    pub is_finger: bool,
    /// It touches the screen.
    pub is_down: bool,
}

impl Pointer {
    /// Follows one event of the pointer, as far as what it is over is there.
    pub(super) fn apply(&mut self, tree: &Tree<'_>, data: At, page: &Page) {
        match number(tree, data, "source") {
            Some(2) => self.interaction(tree, data, page),
            source => {
                if let Some(last) = items(tree, data, "positions").last()
                    && self.go(tree, *last, page)
                {
                    self.is_finger = source == Some(6);
                    self.is_down &= self.is_finger;
                }
            }
        }
    }

    fn interaction(&mut self, tree: &Tree<'_>, data: At, page: &Page) {
        match number(tree, data, "type") {
            Some(UP | DOWN | CLICK) => {
                self.go(tree, data, page);
            }
            Some(TOUCH_START) => {
                self.is_down = self.go(tree, data, page);
                self.is_finger |= self.is_down;
            }
            Some(TOUCH_END) => {
                self.go(tree, data, page);
                self.is_down = false;
            }
            Some(TOUCH_CANCEL) => self.is_down = false,
            _ => {}
        }
    }

    /// Moves it; false where the node is not there that it would be over.
    fn go(&mut self, tree: &Tree<'_>, at: At, page: &Page) -> bool {
        let Some(id) = number(tree, at, "id") else {
            return false;
        };
        let Some(slot) = page.find(id) else {
            return false;
        };
        let of = |key: &str| digits(tree, at, key).unwrap_or("0").into();
        self.at = Some((of("x"), of("y"), id));
        self.is_in_page = page.is_in_root(slot);
        true
    }
}
