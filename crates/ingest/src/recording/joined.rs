//! The second pass over texts that a page shows as one, but that stand in several text nodes:
//! `<b>ada</b>@example.org`, a card number in four parts. Elements within a line join texts, all
//! others part them. This comes before each text is looked at by itself, which could leave the
//! half of a secret that says nothing alone. In a mutation nodes come by themselves, with their parent and the sibling
//! before which they stand; what stood there before is not known, and parts them too.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::scrub::find;
use hitmetrix_recording::{At, Tree, Value};

/// Elements that stand within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tspan", "tt", "u", "var", "wbr",
];
/// Elements whose texts are no words of the page, or were looked at already.
const APART: &[&str] = &["style", "script", "noscript", "template"];

/// One step through a document.
enum Step {
    Enter(At),
    /// Something that is no part of a line begins or ends.
    Part,
}

/// Texts that stand in one line, in order.
#[derive(Default)]
struct Line(Vec<At>);

impl Line {
    /// Takes what is found in the line as a whole out of its texts, and begins a new one.
    fn end(&mut self, tree: &mut Tree<'_>) {
        let texts = std::mem::take(&mut self.0);
        if texts.len() < 2 {
            return;
        }
        let parts: Vec<&str> = texts
            .iter()
            .map(|at| tree.text(*at).unwrap_or_default())
            .collect();
        let found = find(&parts.concat());
        if found.is_empty() {
            return;
        }
        let mut clean: Vec<(At, String)> = Vec::new();
        let mut from = 0;
        for (at, part) in texts.iter().zip(parts) {
            let to = from + part.len();
            let mut kept = String::new();
            let mut copied = from;
            for (range, mark) in found
                .iter()
                .filter(|(range, _)| range.start < to && range.end > from)
            {
                kept.push_str(&part[copied - from..range.start.max(copied) - from]);
                // The mark stands where the secret began.
                if range.start >= from {
                    kept.push_str(mark);
                }
                copied = range.end.min(to);
            }
            kept.push_str(&part[copied - from..]);
            if kept != part {
                clean.push((*at, kept));
            }
            from = to;
        }
        for (at, kept) in clean {
            tree.set(at, Value::Text(Cow::Owned(kept)));
        }
    }
}

/// Looks at the lines of a document and all below it.
pub(super) fn scrub_document(tree: &mut Tree<'_>, top: At) {
    walk(tree, vec![Step::Enter(top)], &HashMap::new());
}

/// Looks at the lines of the nodes that a mutation adds.
pub(super) fn scrub_adds(tree: &mut Tree<'_>, adds: &[At]) {
    let id_of = |at: At, key: &str| tree.member(at, key).and_then(|id| tree.whole(id));
    let mut nodes: HashMap<i64, At> = HashMap::new();
    let mut before: HashMap<(i64, i64), i64> = HashMap::new();
    let mut last: Vec<(i64, i64)> = Vec::new();
    let mut order: Vec<(i64, i64, Option<i64>)> = Vec::new();
    for add in adds {
        let (Some(parent), Some(node)) = (id_of(*add, "parentId"), tree.member(*add, "node"))
        else {
            continue;
        };
        if let Some(id) = id_of(node, "id") {
            nodes.insert(id, node);
            order.push((parent, id, id_of(*add, "nextId")));
        }
    }
    for (parent, id, next) in order {
        match next {
            Some(next) if nodes.contains_key(&next) => {
                before.insert((parent, next), id);
            }
            _ => last.push((parent, id)),
        }
    }
    // Each run of siblings, from its last one back to its first.
    let mut runs: HashMap<i64, Vec<Vec<At>>> = HashMap::new();
    let mut taken = HashSet::new();
    for (parent, id) in last {
        let mut run = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| taken.insert(*id)) {
            run.extend(nodes.get(&id));
            next = before.get(&(parent, id)).copied();
        }
        run.reverse();
        runs.entry(parent).or_default().push(run);
    }
    let mut parents: Vec<i64> = runs
        .keys()
        .copied()
        .filter(|id| !nodes.contains_key(id))
        .collect();
    parents.sort_unstable();
    for parent in parents {
        for run in runs.remove(&parent).unwrap_or_default() {
            walk(
                tree,
                run.into_iter().rev().map(Step::Enter).collect(),
                &runs,
            );
        }
    }
}

/// Goes through nodes in the order of the document, without recursion; `steps` has the first one
/// last. `runs` has children that stand elsewhere, by the id of their parent.
fn walk(tree: &mut Tree<'_>, mut steps: Vec<Step>, runs: &HashMap<i64, Vec<Vec<At>>>) {
    let mut line = Line::default();
    let mut entered = HashSet::new();
    while let Some(step) = steps.pop() {
        let Step::Enter(at) = step else {
            line.end(tree);
            continue;
        };
        if !entered.insert(at) {
            continue;
        }
        if let Some(text) = tree.member(at, "textContent") {
            let is_text = tree.member(at, "type").and_then(|kind| tree.whole(kind)) == Some(3);
            if is_text && tree.text(text).is_some() {
                line.0.push(text);
            }
            continue;
        }
        let tag = tree.member(at, "tagName").and_then(|tag| tree.text(tag));
        let tag = tag.map(str::to_ascii_lowercase).unwrap_or_default();
        if APART.contains(&tag.as_str()) {
            continue;
        }
        let parts = !INLINE.contains(&tag.as_str());
        if parts {
            steps.push(Step::Part);
        }
        let id = tree.member(at, "id").and_then(|id| tree.whole(id));
        let added = id.and_then(|id| runs.get(&id)).into_iter().flatten();
        for (index, run) in added.enumerate() {
            if index > 0 {
                steps.push(Step::Part);
            }
            steps.extend(run.iter().rev().map(|child| Step::Enter(*child)));
        }
        let children = tree
            .member(at, "childNodes")
            .and_then(|list| tree.items(list));
        steps.extend(
            children
                .into_iter()
                .flatten()
                .rev()
                .map(|child| Step::Enter(*child)),
        );
        if parts {
            steps.push(Step::Part);
        }
    }
    line.end(tree);
}
