//! Takes assets out of lines. What may be one is decided by where it stands and how it looks, never
//! by its length alone: a text that the page shows stays, however long it is.

use std::borrow::Cow;
use std::collections::HashSet;

use super::asset::{Asset, AssetId, AssetKind, Taken};
use super::error::RestError;
use super::known::taken_along;
use super::reference;
use crate::{At, Tree, Value, write};

/// Shorter ones stay where they are: a reference has its price too.
const BYTES_MIN: usize = 512;

/// Takes style sheets, pictures, fonts and path data of over 512 bytes out of JSON lines and leaves references. Lines that are no JSON stay as they are; canonical lines
/// come back byte for byte by [`super::put_assets`].
///
/// # Errors
/// None today; a later form may have limits.
pub fn take_assets(lines: &[u8], key: &[u8; 32]) -> Result<Taken, RestError> {
    let mut taking = Taking {
        key,
        seen: HashSet::new(),
        assets: Vec::new(),
        changed: false,
    };
    let mut out = Vec::with_capacity(lines.len());
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let (text, end) = match line.strip_suffix(b"\n") {
            Some(text) => (text, &b"\n"[..]),
            None => (line, &b""[..]),
        };
        taking.changed = false;
        let tree = std::str::from_utf8(text)
            .ok()
            .filter(|text| {
                text.len() > BYTES_MIN || !reference::is_plain(text) || text.contains("\\u")
            })
            .and_then(|text| Tree::parse(text).ok());
        match tree {
            Some(mut tree) => {
                taking.line(&mut tree);
                if taking.changed {
                    write(&tree, &mut out);
                } else {
                    out.extend_from_slice(text);
                }
            }
            None => out.extend_from_slice(text),
        }
        out.extend_from_slice(end);
    }
    Ok(Taken {
        lines: out,
        assets: taking.assets,
    })
}

struct Taking<'k> {
    key: &'k [u8; 32],
    seen: HashSet<AssetId>,
    assets: Vec<Asset>,
    changed: bool,
}

impl Taking<'_> {
    fn line(&mut self, tree: &mut Tree<'_>) {
        // Texts that are taken out keep their signs, so where the references go is noted first.
        let mut found: Vec<(At, String)> = Vec::new();
        let Some(data) = tree.member(tree.root(), "data") else {
            self.escape(tree);
            return;
        };
        let source = tree.member(data, "source").and_then(|at| tree.whole(at));
        if let Some(node) = tree.member(data, "node") {
            self.nodes(tree, node, &mut found);
        }
        match source {
            Some(0) => self.mutation(tree, data, &mut found),
            Some(8) => self.rules(tree, data, &mut found),
            Some(15) => self.adopted(tree, data, &mut found),
            _ => {}
        }
        if let Some(text) = taken_along(tree, data, "data") {
            self.whole(tree, text, AssetKind::Picture, &mut found);
        }
        self.escape(tree);
        self.changed |= !found.is_empty();
        for (at, text) in found {
            tree.set(at, Value::Text(Cow::Owned(text)));
        }
    }

    /// Doubles the signs of what stays.
    fn escape(&mut self, tree: &mut Tree<'_>) {
        for at in 0..=tree.root() {
            let escaped = match tree.get(at) {
                Value::Text(text) if !reference::is_plain(text) => {
                    Value::Text(Cow::Owned(reference::escape(text)))
                }
                Value::Object(members)
                    if members.iter().any(|(key, _)| !reference::is_plain(key)) =>
                {
                    Value::Object(
                        members
                            .iter()
                            .map(|(key, value)| (Cow::Owned(reference::escape(key)), *value))
                            .collect(),
                    )
                }
                _ => continue,
            };
            tree.set(at, escaped);
            self.changed = true;
        }
    }

    fn nodes(&mut self, tree: &Tree<'_>, top: At, found: &mut Vec<(At, String)>) {
        let mut open = vec![(top, false)];
        while let Some((at, in_style)) = open.pop() {
            let tag = tree.member(at, "tagName").and_then(|tag| tree.text(tag));
            let is_style = tag.is_some_and(|tag| tag.eq_ignore_ascii_case("style"));
            if let Some(attributes) = tree.member(at, "attributes") {
                self.attributes(tree, attributes, found);
            }
            let marked = tree.member(at, "isStyle").map(|at| tree.get(at));
            if let Some(text) = tree.member(at, "textContent")
                && (in_style || marked == Some(&Value::Boolean(true)))
            {
                self.whole(tree, text, AssetKind::Sheet, found);
            }
            let children = tree.member(at, "childNodes");
            if let Some(children) = children.and_then(|list| tree.items(list)) {
                open.extend(children.iter().rev().map(|child| (*child, is_style)));
            }
        }
    }

    fn mutation(&mut self, tree: &Tree<'_>, data: At, found: &mut Vec<(At, String)>) {
        let items = |key: &str| {
            let list = tree.member(data, key);
            list.and_then(|list| tree.items(list)).unwrap_or_default()
        };
        for add in items("adds") {
            if let Some(node) = tree.member(*add, "node") {
                self.nodes(tree, node, found);
            }
        }
        for change in items("attributes") {
            if let Some(attributes) = tree.member(*change, "attributes") {
                self.attributes(tree, attributes, found);
            }
        }
    }

    fn attributes(&mut self, tree: &Tree<'_>, at: At, found: &mut Vec<(At, String)>) {
        let Value::Object(members) = tree.get(at) else {
            return;
        };
        for (name, value) in members {
            let Value::Text(text) = tree.get(*value) else {
                if name == "style" {
                    self.declarations(tree, *value, found);
                }
                continue;
            };
            if text.len() <= BYTES_MIN {
                continue;
            }
            if name == "_cssText" {
                self.whole(tree, *value, AssetKind::Sheet, found);
            } else if is_drawing(name, text) {
                self.whole(tree, *value, AssetKind::Drawing, found);
            } else {
                self.addresses(text, *value, found);
            }
        }
    }

    /// A style that is given as its changes: property to value, or to value and priority.
    fn declarations(&mut self, tree: &Tree<'_>, at: At, found: &mut Vec<(At, String)>) {
        let Value::Object(members) = tree.get(at) else {
            return;
        };
        for (_, value) in members {
            let value = tree.items(*value).and_then(<[At]>::first).unwrap_or(value);
            if let Value::Text(text) = tree.get(*value) {
                self.addresses(text, *value, found);
            }
        }
    }

    fn rules(&mut self, tree: &Tree<'_>, data: At, found: &mut Vec<(At, String)>) {
        for key in ["replace", "replaceSync"] {
            if let Some(text) = tree.member(data, key) {
                self.whole(tree, text, AssetKind::Sheet, found);
            }
        }
        let adds = tree.member(data, "adds").and_then(|list| tree.items(list));
        for add in adds.unwrap_or_default() {
            if let Some(rule) = tree.member(*add, "rule") {
                self.whole(tree, rule, AssetKind::Sheet, found);
            }
        }
    }

    /// Adopted sheets come as lists of short rules: the list is what recordings have alike.
    fn adopted(&mut self, tree: &Tree<'_>, data: At, found: &mut Vec<(At, String)>) {
        let styles = tree
            .member(data, "styles")
            .and_then(|list| tree.items(list));
        for style in styles.unwrap_or_default() {
            let Some(rules) = tree.member(*style, "rules") else {
                continue;
            };
            if tree.items(rules).is_none_or(<[At]>::is_empty) {
                continue;
            }
            let mut json = Vec::new();
            crate::write::write_at(tree, rules, &mut json);
            if json.len() > BYTES_MIN {
                let mut text = String::new();
                self.refer(AssetKind::Rules, &json, &mut text);
                found.push((rules, text));
            }
        }
    }

    /// A whole text, when it is long enough.
    fn whole(&mut self, tree: &Tree<'_>, at: At, kind: AssetKind, found: &mut Vec<(At, String)>) {
        if let Some(text) = tree.text(at).filter(|text| text.len() > BYTES_MIN) {
            let mut out = String::new();
            self.refer(kind, text.as_bytes(), &mut out);
            found.push((at, out));
        }
    }

    /// The `data:` addresses in a text, the rest of which stays.
    fn addresses(&mut self, text: &str, at: At, found: &mut Vec<(At, String)>) {
        let mut out = String::new();
        let mut copied = 0;
        let mut from = 0;
        while let Some(offset) = text[from..].find("data:") {
            let start = from + offset;
            let rest = &text[start..];
            let length = rest.find(ends_address).unwrap_or(rest.len());
            from = start + length;
            let Some(kind) = kind_of_address(rest).filter(|_| length > BYTES_MIN) else {
                from = from.max(start + "data:".len());
                continue;
            };
            out.push_str(&reference::escape(&text[copied..start]));
            self.refer(kind, &rest.as_bytes()[..length], &mut out);
            copied = from;
        }
        if copied > 0 {
            out.push_str(&reference::escape(&text[copied..]));
            found.push((at, out));
        }
    }

    fn refer(&mut self, kind: AssetKind, bytes: &[u8], out: &mut String) {
        let id = AssetId::of(kind, bytes, self.key);
        if self.seen.insert(id) {
            self.assets.push(Asset {
                id,
                kind,
                bytes: bytes.to_vec(),
            });
        }
        reference::write(kind, id, out);
    }
}

/// Whether a value is path data or points: figures and the letters of paths.
fn is_drawing(name: &str, text: &str) -> bool {
    matches!(name, "d" | "points")
        && text.bytes().all(|byte| {
            byte.is_ascii_digit() || b" \t\n\r.,+-eEMmZzLlHhVvCcSsQqTtAa".contains(&byte)
        })
}

/// Only what is drawn or set in type: an address can carry any document.
fn kind_of_address(address: &str) -> Option<AssetKind> {
    let kind = address.strip_prefix("data:")?;
    if kind.starts_with("image/") {
        return Some(AssetKind::Image);
    }
    [
        "font/",
        "application/font",
        "application/x-font",
        "application/vnd.ms-fontobject",
    ]
    .iter()
    .any(|font| kind.starts_with(font))
    .then_some(AssetKind::Font)
}

/// What cannot stand in an address: the end of a string, of `url(…)`, of the value.
fn ends_address(character: char) -> bool {
    matches!(character, '"' | '\'' | ')' | ' ' | '\n' | '\\' | '<' | '>')
}
