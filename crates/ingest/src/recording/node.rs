//! The nodes of a recorded document: what is kept of each, and what stands in the place of those
//! that act.

use std::borrow::Cow;

use hitmetrix_model::limits;

use super::RecordingError;
use super::attributes;
use super::members::{Kind, keep, with_member, words};
use super::style;
use hitmetrix_recording::{At, SHADOW_HOSTS, Tree, Value};

/// Elements that act, load or redirect. Their place stays, so that ids that point at them hold,
/// but as an element that does nothing and shows nothing.
const ACTIVE_TAGS: &[&str] = &[
    "script",
    "noscript",
    "object",
    "embed",
    "applet",
    "base",
    "meta",
    "animate",
    "animatemotion",
    "animatetransform",
    "animatecolor",
    "set",
    "handler",
    "listener",
    "frame",
    "frameset",
    "portal",
    "fencedframe",
    "param",
    "bgsound",
    "plaintext",
    "xmp",
    "noembed",
    "noframes",
    "webview",
    "annotation-xml",
];
/// What stands in the place of an active element.
const INERT_TAG: &str = "template";
/// Longest name of an element.
const TAG_BYTES: usize = 100;

/// Sanitises a node and all below it; whether it is one that stays.
pub(super) fn nodes(
    tree: &mut Tree<'_>,
    top: At,
    count: &mut usize,
) -> Result<bool, RecordingError> {
    let mut open = vec![(top, 1, String::new())];
    let mut top_stays = false;
    while let Some((at, depth, parent)) = open.pop() {
        *count += 1;
        if *count > limits::SNAPSHOT_NODES {
            return Err(RecordingError::Nodes {
                limit: limits::SNAPSHOT_NODES,
            });
        }
        if depth > limits::RECORDING_DEPTH {
            return Err(RecordingError::Depth {
                limit: limits::RECORDING_DEPTH,
            });
        }
        let Some(tag) = node(tree, at, &parent) else {
            // A child that is none was kept out of the list before.
            continue;
        };
        top_stays |= at == top;
        let Some(list) = tree.member(at, "childNodes") else {
            continue;
        };
        let children: Vec<At> = tree
            .items(list)
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|child| is_node(tree, *child) && holds(tree, at, *child))
            .collect();
        open.extend(
            children
                .iter()
                .map(|child| (*child, depth + 1, tag.clone())),
        );
        tree.set(list, Value::List(children));
    }
    Ok(top_stays)
}

/// Whether a node of the one kind may hold one of the other: nothing holds documents, which come as
/// additions to their frames, and only documents hold their types.
fn holds(tree: &Tree<'_>, parent: At, child: At) -> bool {
    let kind = |at: At| tree.member(at, "type").and_then(|kind| tree.whole(kind));
    match kind(parent) {
        Some(0) => kind(child) != Some(0),
        _ => matches!(kind(child), Some(2..=5)),
    }
}

fn is_node(tree: &Tree<'_>, at: At) -> bool {
    let kind = tree.member(at, "type").and_then(|kind| tree.whole(kind));
    let id = tree.member(at, "id").and_then(|id| tree.whole(id));
    matches!(kind, Some(0..=5)) && id.is_some()
}

/// Sanitises one node, but not its children; gives its tag, empty for what is no element.
fn node(tree: &mut Tree<'_>, at: At, parent: &str) -> Option<String> {
    use Kind::{Boolean, Checked, Number, Words};
    if !is_node(tree, at) {
        return None;
    }
    const ALL: [(&str, Kind); 5] = [
        ("type", Number),
        ("id", Number),
        ("rootId", Number),
        ("isShadow", Boolean),
        ("isShadowHost", Boolean),
    ];
    let own: &[(&str, Kind)] = match tree.member(at, "type").and_then(|kind| tree.whole(kind)) {
        Some(0) => &[("compatMode", Words), ("childNodes", Checked)],
        Some(1) => &[("name", Words), ("publicId", Words), ("systemId", Words)],
        Some(2) => {
            return Some(element(tree, at, &ALL));
        }
        Some(3) => {
            if let Some(text) = tree.member(at, "textContent") {
                if parent != "style" {
                    words(tree, text);
                }
                // Of what is added by itself nobody knows here where; it says so itself.
                if parent == "style" || is_style(tree, at) {
                    style::sanitise(tree, text);
                }
            }
            &[("textContent", Checked), ("isStyle", Boolean)]
        }
        _ => {
            // Comments and CDATA show nothing and may say anything.
            let empty = tree.add(Value::Text(Cow::Borrowed("")));
            with_member(tree, at, "textContent", empty);
            &[("textContent", Checked)]
        }
    };
    let wanted: Vec<(&'static str, Kind)> = ALL.iter().chain(own).copied().collect();
    keep(tree, at, &wanted);
    Some(String::new())
}

/// Whether a text says that it is that of a style sheet.
fn is_style(tree: &Tree<'_>, at: At) -> bool {
    tree.member(at, "isStyle")
        .is_some_and(|says| matches!(tree.get(says), Value::Boolean(true)))
}

fn element(tree: &mut Tree<'_>, at: At, all: &[(&'static str, Kind)]) -> String {
    use Kind::{Boolean, Checked};
    let name = tree
        .member(at, "tagName")
        .and_then(|tag| tree.text(tag))
        .unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let local = lower.rsplit(':').next().unwrap_or_default();
    let active = !is_tag(&lower) || ACTIVE_TAGS.contains(&local);
    let attributes_at = match tree.member(at, "attributes") {
        Some(of) if !active && matches!(tree.get(of), Value::Object(_)) => of,
        _ => tree.add(Value::Object(Vec::new())),
    };
    with_member(tree, at, "attributes", attributes_at);
    if active {
        let tag = tree.add(Value::Text(Cow::Borrowed(INERT_TAG)));
        with_member(tree, at, "tagName", tag);
    } else {
        attributes::sanitise(tree, attributes_at, local);
    }
    let has_children = tree
        .member(at, "childNodes")
        .is_some_and(|list| tree.items(list).is_some());
    if active || !has_children {
        let none = tree.add(Value::List(Vec::new()));
        with_member(tree, at, "childNodes", none);
    }
    let own = [
        ("tagName", Checked),
        ("attributes", Checked),
        ("childNodes", Checked),
        ("isSVG", Boolean),
        ("isCustom", Boolean),
    ];
    let (is_custom, is_host) = (!active && is_custom(&lower), !active && is_host(&lower));
    let wanted: Vec<(&'static str, Kind)> = all
        .iter()
        .chain(&own)
        .copied()
        .filter(|(key, _)| match *key {
            "isCustom" => is_custom,
            "isShadowHost" => is_host,
            _ => true,
        })
        .collect();
    keep(tree, at, &wanted);
    if active {
        INERT_TAG.to_owned()
    } else {
        local.to_owned()
    }
}

/// Whether an element with this name may be defined by a page.
fn is_custom(name: &str) -> bool {
    name.contains('-') && !name.contains(':')
}

/// Whether an element with this name may hold a shadow root.
fn is_host(name: &str) -> bool {
    is_custom(name) || SHADOW_HOSTS.contains(&name)
}

/// A name that an element can have.
pub(super) fn is_tag(name: &str) -> bool {
    name.len() <= TAG_BYTES
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
