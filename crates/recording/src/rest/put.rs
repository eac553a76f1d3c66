//! Puts assets back where their references stand.

use std::borrow::Cow;
use std::sync::Arc;

use super::asset::{AssetId, AssetKind};
use super::error::RestError;
use super::reference::{self, Part};
use crate::{At, Tree, Value, write};

/// The lines as they were, and how many places an asset is lost from. `lookup` gives none for one
/// that is lost, which leaves nothing in its place.
///
/// # Errors
/// None today; a later form may have limits.
pub fn put_assets(
    lines: &[u8],
    lookup: &mut dyn FnMut(AssetId) -> Option<Arc<[u8]>>,
) -> Result<(Vec<u8>, u32), RestError> {
    let mut out = Vec::with_capacity(lines.len());
    let mut lost = 0;
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let text = std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(line));
        let tree = text
            .ok()
            .filter(|text| !reference::is_plain(text))
            .and_then(|text| Tree::parse(text).ok());
        match tree {
            Some(mut tree) => {
                line_of(&mut tree, lookup, &mut lost);
                write(&tree, &mut out);
                if line.ends_with(b"\n") {
                    out.push(b'\n');
                }
            }
            None => out.extend_from_slice(line),
        }
    }
    Ok((out, lost))
}

/// The assets that stand as references in lines, in their order, each as often as it does. Nothing is
/// parsed: what only looks like a reference, in a line that is no JSON, is among them.
pub fn asset_references(lines: &[u8]) -> impl Iterator<Item = AssetId> {
    let texts = lines
        .split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|text| !reference::is_plain(text));
    texts.flat_map(|mut rest| {
        let parts = std::iter::from_fn(move || reference::next(&mut rest));
        parts.filter_map(|part| match part {
            Part::Asset(_, id) => Some(id),
            Part::Plain(_) | Part::Sign => None,
        })
    })
}

fn line_of(
    tree: &mut Tree<'_>,
    lookup: &mut dyn FnMut(AssetId) -> Option<Arc<[u8]>>,
    lost: &mut u32,
) {
    for at in 0..=tree.root() {
        match tree.get(at) {
            Value::Text(text) if !reference::is_plain(text) => {
                let text = text.clone();
                put(tree, at, &text, &mut Lookup { lookup, lost });
            }
            Value::Object(members) if members.iter().any(|(key, _)| !reference::is_plain(key)) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (Cow::Owned(unescape(key)), *value))
                    .collect();
                tree.set(at, Value::Object(members));
            }
            _ => {}
        }
    }
}

struct Lookup<'l> {
    lookup: &'l mut dyn FnMut(AssetId) -> Option<Arc<[u8]>>,
    lost: &'l mut u32,
}

impl Lookup<'_> {
    /// The text of an asset, if it is there and is text.
    fn text(&mut self, id: AssetId, use_it: impl FnOnce(&str)) {
        let bytes = (self.lookup)(id);
        match bytes
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        {
            Some(text) => use_it(text),
            None => *self.lost = self.lost.saturating_add(1),
        }
    }
}

fn put(tree: &mut Tree<'_>, at: At, text: &str, lookup: &mut Lookup<'_>) {
    let mut rest = text;
    if let Some(Part::Asset(AssetKind::Rules, id)) = reference::next(&mut rest)
        && rest.is_empty()
    {
        tree.set(at, Value::List(Vec::new()));
        let mut is_json = true;
        lookup.text(id, |json| is_json = graft(tree, at, json));
        *lookup.lost = lookup.lost.saturating_add(u32::from(!is_json));
        return;
    }
    let mut rest = text;
    let mut out = String::new();
    while let Some(part) = reference::next(&mut rest) {
        match part {
            Part::Plain(plain) => out.push_str(plain),
            Part::Sign => out.push(reference::SIGN),
            Part::Asset(_, id) => lookup.text(id, |asset| out.push_str(asset)),
        }
    }
    tree.set(at, Value::Text(Cow::Owned(out)));
}

/// Puts a JSON value in the place of another one; whether it was JSON.
fn graft(tree: &mut Tree<'_>, at: At, json: &str) -> bool {
    let Ok(other) = Tree::parse(json) else {
        return false;
    };
    // Parts of a value come before it, so that each is there when it is pointed at.
    let mut moved: Vec<At> = Vec::new();
    for from in 0..=other.root() {
        let value = match other.get(from) {
            Value::Null => Value::Null,
            Value::Boolean(value) => Value::Boolean(*value),
            Value::Number(digits) => Value::Number(Cow::Owned(digits.to_string())),
            Value::Text(text) => Value::Text(Cow::Owned(text.to_string())),
            Value::List(items) => {
                Value::List(items.iter().map(|item| moved[*item as usize]).collect())
            }
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| (Cow::Owned(key.to_string()), moved[*value as usize]))
                    .collect(),
            ),
        };
        if from == other.root() {
            tree.set(at, value);
        } else {
            moved.push(tree.add(value));
        }
    }
    true
}

fn unescape(key: &str) -> String {
    let mut rest = key;
    let mut out = String::with_capacity(key.len());
    while let Some(part) = reference::next(&mut rest) {
        match part {
            Part::Plain(plain) => out.push_str(plain),
            Part::Sign | Part::Asset(..) => out.push(reference::SIGN),
        }
    }
    out
}
