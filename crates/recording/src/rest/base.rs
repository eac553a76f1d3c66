//! Bases: a page as several visitors saw it, which snapshots of that page are packed against. A
//! base must not become the memory of the visitor whose snapshot it is made of: it has only what
//! at least five visitors were shown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::RestError;
use crate::{At, Tree, Value, write};

/// Visitors that must have been shown a text before anything shared may hold it.
pub const VISITORS_MIN: usize = 5;

/// Members whose numbers say how nodes hang together, not what they hold.
const STRUCTURE: &[&str] = &["type", "id", "rootId"];

/// Makes a base from the full-snapshot lines of different visitors, all of one page and viewport
/// class, the oldest first: what the newest one is made of, with only those texts, names and
/// figures that at least five of them have. None below five, or when the newest is no snapshot.
///
/// # Errors
/// None today; a later form may have limits.
pub fn base(snapshots: &[&[u8]]) -> Result<Option<Vec<u8>>, RestError> {
    if snapshots.len() < VISITORS_MIN {
        return Ok(None);
    }
    let mut visitors: HashMap<Vec<u8>, usize> = HashMap::new();
    for snapshot in snapshots {
        let Some(tree) = parse(snapshot) else {
            continue;
        };
        let mut own: HashSet<Vec<u8>> = HashSet::new();
        each_scalar(&tree, &mut |scalar| {
            own.insert(scalar);
        });
        for scalar in own {
            *visitors.entry(scalar).or_default() += 1;
        }
    }
    let Some(mut newest) = snapshots.last().and_then(|line| parse(line)) else {
        return Ok(None);
    };
    let shown = |scalar: &[u8]| {
        visitors
            .get(scalar)
            .is_some_and(|count| *count >= VISITORS_MIN)
    };
    keep_shown(&mut newest, &shown);
    let mut out = Vec::new();
    write(&newest, &mut out);
    out.push(b'\n');
    Ok(Some(out))
}

fn parse(line: &[u8]) -> Option<Tree<'_>> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(line)).ok()?;
    let tree = Tree::parse(text).ok()?;
    let kind = tree.member(tree.root(), "type")?;
    (tree.whole(kind) == Some(2)).then_some(tree)
}

/// A text or a figure with what tells the two apart.
fn scalar(value: &Value<'_>) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) => Some([b"t", text.as_bytes()].concat()),
        Value::Number(digits) => Some([b"n", digits.as_bytes()].concat()),
        _ => None,
    }
}

fn name(key: &str) -> Vec<u8> {
    [b"t", key.as_bytes()].concat()
}

fn each_scalar(tree: &Tree<'_>, found: &mut dyn FnMut(Vec<u8>)) {
    for at in 0..=tree.root() {
        if let Some(scalar) = scalar(tree.get(at)) {
            found(scalar);
        }
        if let Value::Object(members) = tree.get(at) {
            members.iter().for_each(|(key, _)| found(name(key)));
        }
    }
}

fn keep_shown(tree: &mut Tree<'_>, shown: &dyn Fn(&[u8]) -> bool) {
    let mut structure: HashSet<At> = HashSet::new();
    for at in 0..=tree.root() {
        let Value::Object(members) = tree.get(at) else {
            continue;
        };
        structure.extend(
            members
                .iter()
                .filter(|(key, value)| STRUCTURE.contains(&key.as_ref()) && tree.is_number(*value))
                .map(|(_, value)| *value),
        );
        if members.iter().any(|(key, _)| !shown(&name(key))) {
            let members = members
                .iter()
                .filter(|(key, _)| shown(&name(key)))
                .cloned()
                .collect();
            tree.set(at, Value::Object(members));
        }
    }
    for at in 0..=tree.root() {
        let value = tree.get(at);
        if structure.contains(&at) || scalar(value).is_none_or(|scalar| shown(&scalar)) {
            continue;
        }
        let empty = match value {
            Value::Number(_) => Value::Number(Cow::Borrowed("0")),
            _ => Value::Text(Cow::Borrowed("")),
        };
        tree.set(at, empty);
    }
}
