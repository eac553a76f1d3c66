//! Parts of a page that come after its snapshot: menus, tables, whole views of applications. Those
//! that came alike with enough visitors, to the last text, belong into the base of the page.

use std::collections::{HashMap, HashSet};

use super::base::VISITORS_MIN;
use crate::{At, Tree, Value};

/// Bytes of such parts in one base.
const BYTES_MAX: usize = 512 << 10;
/// Smaller parts are told by their texts alone.
const VALUES_MIN: usize = 8;

/// What tells parts apart, ids aside.
type Likeness = [u8; 16];

/// A line that adds nodes, and which of its values are like which.
type Change<'t> = (&'t Tree<'t>, Vec<Option<Likeness>>);

/// Writes a line that adds the largest parts that enough visitors have alike, those of the newest
/// visitors first; nothing where there are none.
pub(super) fn write<'t>(visits: &'t [Vec<Tree<'t>>], out: &mut Vec<u8>) {
    let likenesses: Vec<Vec<Change<'t>>> = visits
        .iter()
        .map(|visit| {
            let changes = visit.iter().filter(|tree| added(tree).next().is_some());
            changes.map(|tree| (tree, likenesses_of(tree))).collect()
        })
        .collect();
    let mut visitors: HashMap<Likeness, usize> = HashMap::new();
    for visit in &likenesses {
        let own: HashSet<Likeness> = visit
            .iter()
            .flat_map(|(_, all)| all.iter().copied().flatten())
            .collect();
        for likeness in own {
            *visitors.entry(likeness).or_default() += 1;
        }
    }
    let mut written: HashSet<Likeness> = HashSet::new();
    let mut parts: Vec<u8> = Vec::new();
    for (tree, all) in likenesses.iter().rev().flatten() {
        let mut open: Vec<At> = added(tree).collect();
        open.reverse();
        while let Some(at) = open.pop() {
            let Some(likeness) = all[at as usize] else {
                continue;
            };
            if visitors[&likeness] < VISITORS_MIN {
                open.extend(children(tree, at).iter().rev());
            } else if written.insert(likeness) && parts.len() < BYTES_MAX {
                part(tree, at, &mut parts);
            }
        }
    }
    if !parts.is_empty() {
        out.extend_from_slice(
            br#"{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":["#,
        );
        out.extend_from_slice(&parts);
        out.extend_from_slice(b"]},\"timestamp\":0}\n");
    }
}

/// Nodes that a line adds.
fn added<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = At> + 't {
    let data = tree.member(tree.root(), "data");
    let adds = data.and_then(|data| tree.member(data, "adds"));
    let adds = adds.and_then(|adds| tree.items(adds)).unwrap_or_default();
    adds.iter().filter_map(|add| tree.member(*add, "node"))
}

fn children<'t>(tree: &'t Tree<'_>, at: At) -> &'t [At] {
    let children = tree.member(at, "childNodes");
    children
        .and_then(|children| tree.items(children))
        .unwrap_or_default()
}

/// Of each value that is a node large enough. Parts of a value come before it.
fn likenesses_of(tree: &Tree<'_>) -> Vec<Option<Likeness>> {
    let mut hashes: Vec<(Likeness, usize)> = Vec::new();
    let mut nodes = Vec::new();
    for at in 0..=tree.root() {
        let mut hash = blake3::Hasher::new();
        let mut size = 1;
        let mut part = |hash: &mut blake3::Hasher, at: At| {
            hash.update(&hashes[at as usize].0);
            size += hashes[at as usize].1;
        };
        match tree.get(at) {
            Value::Null => _ = hash.update(b"0"),
            Value::Boolean(value) => _ = hash.update(if *value { b"t" } else { b"f" }),
            Value::Number(digits) => _ = hash.update(b"n").update(digits.as_bytes()),
            Value::Text(text) => _ = hash.update(b"s").update(text.as_bytes()),
            Value::List(items) => {
                hash.update(b"l");
                items.iter().for_each(|item| part(&mut hash, *item));
            }
            Value::Object(members) => {
                hash.update(b"o");
                for (key, value) in members.iter().filter(|(key, _)| key != "id") {
                    hash.update(&(key.len() as u64).to_le_bytes());
                    hash.update(key.as_bytes());
                    part(&mut hash, *value);
                }
            }
        }
        let mut likeness = [0; 16];
        likeness.copy_from_slice(&hash.finalize().as_bytes()[..16]);
        let is_node = tree.member(at, "type").is_some() && tree.member(at, "id").is_some();
        nodes.push((is_node && size >= VALUES_MIN).then_some(likeness));
        hashes.push((likeness, size));
    }
    nodes
}

/// Writes one part as an item of `adds`, its nodes numbered anew.
fn part(tree: &Tree<'_>, at: At, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    crate::write::write_at(tree, at, &mut text);
    let Ok(mut copy) = Tree::parse(std::str::from_utf8(&text).unwrap_or_default()) else {
        return;
    };
    let mut next = 1;
    let mut open = vec![copy.root()];
    while let Some(at) = open.pop() {
        if let Some(id) = copy.member(at, "id") {
            copy.set(id, Value::Number(format!("{next}").into()));
            next += 1;
        }
        open.extend(children(&copy, at).iter().rev());
    }
    if !out.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"parentId\":0,\"nextId\":null,\"node\":");
    crate::write(&copy, out);
    out.push(b'}');
}
