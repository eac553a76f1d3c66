//! Style text that can do nothing but style: old ways to run script are broken up, and addresses
//! that carry a document instead of an image are emptied. What is left can still name addresses;
//! the player's document loads none of them.

use std::borrow::Cow;

use super::tree::{At, Tree, Value};

/// Parts that made some browser run or load something through style text. Compared in lower case.
const ACTIVE: &[&str] = &[
    "javascript:",
    "vbscript:",
    "expression(",
    "-moz-binding",
    "behavior:",
    "data:text",
    "data:application/x-javascript",
    "data:application/javascript",
    "data:application/xhtml",
    "</style",
    "<script",
    "<!--",
];

/// Breaks up what is active in a style text; any other value stays as it is.
pub(super) fn sanitise(tree: &mut Tree<'_>, at: At) {
    let Some(text) = tree.text(at) else {
        return;
    };
    if let Some(clean) = broken_up(text) {
        tree.set(at, Value::Text(Cow::Owned(clean)));
    }
}

/// The text with a sign that is in none of them in place of its active parts, so that no two ends
/// can come together to a new one; none when it has none.
fn broken_up(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let first = ACTIVE.iter().filter_map(|part| lower.find(part)).min()?;
    let mut clean = String::with_capacity(text.len());
    clean.push_str(&text[..first]);
    let mut at = first;
    while let Some(next) = text[at..].chars().next() {
        if let Some(part) = ACTIVE.iter().find(|part| lower[at..].starts_with(**part)) {
            clean.push(char::REPLACEMENT_CHARACTER);
            at += part.len();
        } else {
            clean.push(next);
            at += next.len_utf8();
        }
    }
    Some(clean)
}
