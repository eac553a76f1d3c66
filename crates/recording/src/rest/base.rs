//! Bases: a page as several visitors saw it, which snapshots of that page are packed against. A
//! base must not become the memory of the visitor whose snapshot it is made of: it has only what
//! at least five visitors were shown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::RestError;
use super::grown;
use crate::{At, Tree, Value, write};

/// Visitors that must have been shown a text before anything shared may hold it.
pub const VISITORS_MIN: usize = 5;

/// Members whose numbers say how nodes hang together, not what they hold.
const STRUCTURE: &[&str] = &["type", "id", "rootId"];

/// Makes a base from what different visitors were shown of one page and viewport class, the oldest
/// first; of each the line of a full snapshot and, where they are at hand, the lines after it. It
/// holds the newest snapshot with only those texts, names and figures that at least five of them
/// have, then the parts of the page that came later with at least five of them, and the texts that
/// did. None below five, or when the newest has no snapshot.
///
/// # Errors
/// None today; a later form may have limits.
pub fn base(visitors: &[&[u8]]) -> Result<Option<Vec<u8>>, RestError> {
    if visitors.len() < VISITORS_MIN {
        return Ok(None);
    }
    let visits: Vec<Vec<Tree<'_>>> = visitors.iter().map(|lines| trees(lines)).collect();
    let mut counts: HashMap<Vec<u8>, usize> = HashMap::new();
    for visit in &visits {
        let mut own: HashSet<Vec<u8>> = HashSet::new();
        for tree in visit {
            each_scalar(tree, &mut |scalar| {
                own.insert(scalar);
            });
        }
        for scalar in own {
            *counts.entry(scalar).or_default() += 1;
        }
    }
    let shown = |scalar: &[u8]| {
        counts
            .get(scalar)
            .is_some_and(|count| *count >= VISITORS_MIN)
    };
    let newest = visitors.last().copied().unwrap_or_default();
    let Some(mut newest) = trees(newest).into_iter().find(is_snapshot) else {
        return Ok(None);
    };
    keep_shown(&mut newest, &shown);
    let mut out = Vec::new();
    write(&newest, &mut out);
    out.push(b'\n');
    grown::write(&visits, &mut out);
    said_later(&visits, &shown, &mut out);
    Ok(Some(out))
}

/// Texts that were shown to enough visitors, but are not in what is written yet, in the order in
/// which the newest visitor had them: a line of its own.
fn said_later(visits: &[Vec<Tree<'_>>], shown: &dyn Fn(&[u8]) -> bool, out: &mut Vec<u8>) {
    let mut there: HashSet<Vec<u8>> = HashSet::new();
    for tree in trees(out) {
        each_scalar(&tree, &mut |scalar| {
            there.insert(scalar);
        });
    }
    let mut later: Vec<String> = Vec::new();
    for tree in visits
        .iter()
        .rev()
        .flatten()
        .filter(|tree| !is_snapshot(tree))
    {
        for at in 0..=tree.root() {
            let Value::Text(text) = tree.get(at) else {
                continue;
            };
            let name = name(text);
            if shown(&name) && there.insert(name) {
                later.push(text.to_string());
            }
        }
    }
    if !later.is_empty() {
        let values = later.iter().map(|text| Value::Text(Cow::Borrowed(text)));
        write(&Tree::list(values.collect()), out);
        out.push(b'\n');
    }
}

fn trees(lines: &[u8]) -> Vec<Tree<'_>> {
    lines
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Tree::parse(std::str::from_utf8(line).ok()?).ok())
        .collect()
}

fn is_snapshot(tree: &Tree<'_>) -> bool {
    let kind = tree.member(tree.root(), "type");
    kind.and_then(|kind| tree.whole(kind)) == Some(2)
}

/// A text or a figure with what tells the two apart.
fn scalar(value: &Value<'_>) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) => Some(name(text)),
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
