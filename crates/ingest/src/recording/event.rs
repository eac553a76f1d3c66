//! One recorder event: which kinds pass, and which members of each. The numbers are rrweb's.

use std::borrow::Cow;

use hitmetrix_model::limits;

use super::RecordingError;
use super::attributes;
use super::style;
use super::tree::{At, Tree, Value};
use crate::scrub::scrub;

/// What the catalog needs of one event.
pub(super) struct Facts {
    pub time_ms: i64,
    pub snapshot: bool,
    pub path: Option<String>,
}

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

/// Sanitises an event in place; none when nothing of it may stay.
pub(super) fn sanitise(
    tree: &mut Tree<'_>,
    clock_offset_ms: i64,
) -> Result<Option<Facts>, RecordingError> {
    let root = tree.root();
    let number = |tree: &Tree<'_>, key: &str| tree.member(root, key).and_then(|at| tree.whole(at));
    let (Some(kind), Some(timestamp)) = (number(tree, "type"), number(tree, "timestamp")) else {
        return Ok(None);
    };
    let Some(data) = tree.member(root, "data") else {
        return Ok(None);
    };
    let time_ms = timestamp.saturating_add(clock_offset_ms);
    let mut facts = Facts {
        time_ms,
        snapshot: false,
        path: None,
    };
    let kept = match kind {
        0 | 1 => {
            tree.set(data, Value::Object(Vec::new()));
            true
        }
        2 => {
            facts.snapshot = snapshot(tree, data)?;
            facts.snapshot
        }
        3 => incremental(tree, data)?,
        4 => meta(tree, data, &mut facts),
        5 => custom(tree, data),
        _ => false,
    };
    if !kept {
        return Ok(None);
    }
    let type_at = tree.add(Value::Number(Cow::Owned(kind.to_string())));
    let time_at = tree.add(Value::Number(Cow::Owned(time_ms.to_string())));
    tree.set(
        root,
        Value::Object(vec![
            (Cow::Borrowed("type"), type_at),
            (Cow::Borrowed("data"), data),
            (Cow::Borrowed("timestamp"), time_at),
        ]),
    );
    Ok(Some(facts))
}

fn meta(tree: &mut Tree<'_>, data: At, facts: &mut Facts) -> bool {
    keep(
        tree,
        data,
        &[
            ("href", Kind::Words),
            ("width", Kind::Number),
            ("height", Kind::Number),
        ],
    );
    facts.path = tree
        .member(data, "href")
        .and_then(|at| tree.text(at))
        .and_then(path);
    tree.member(data, "width").is_some() && tree.member(data, "height").is_some()
}

/// The path of an address, cut to its limit.
fn path(href: &str) -> Option<String> {
    let rest = href.split_once("://").map_or(href, |(_, rest)| rest);
    let from = rest.find('/')?;
    let path = rest[from..].split(['?', '#']).next()?;
    Some(crate::text::cut(path, limits::ADDRESS_BYTES).0)
}

/// What our recorder says of itself: numbers and one reason or address.
fn custom(tree: &mut Tree<'_>, data: At) -> bool {
    let ours = ["hm-cost", "hm-stop", "hm-page"];
    let known = tree
        .member(data, "tag")
        .and_then(|at| tree.text(at))
        .is_some_and(|tag| ours.contains(&tag));
    let Some(payload) = tree.member(data, "payload").filter(|_| known) else {
        return false;
    };
    const PAYLOAD: &[(&str, Kind)] = &[
        ("events", Kind::Number),
        ("snapshots", Kind::Number),
        ("total_ms", Kind::Number),
        ("longest_ms", Kind::Number),
        ("bytes", Kind::Number),
        ("reason", Kind::Words),
        ("href", Kind::Words),
    ];
    if !matches!(tree.get(payload), Value::Object(_)) {
        return false;
    }
    keep(tree, payload, PAYLOAD);
    keep(
        tree,
        data,
        &[("tag", Kind::Words), ("payload", Kind::Checked)],
    );
    true
}

fn snapshot(tree: &mut Tree<'_>, data: At) -> Result<bool, RecordingError> {
    let Some(node) = tree.member(data, "node") else {
        return Ok(false);
    };
    let mut count = 0;
    if !nodes(tree, node, &mut count)? {
        return Ok(false);
    }
    if let Some(offset) = tree.member(data, "initialOffset") {
        keep(
            tree,
            offset,
            &[("left", Kind::Number), ("top", Kind::Number)],
        );
    }
    keep(
        tree,
        data,
        &[("node", Kind::Checked), ("initialOffset", Kind::Checked)],
    );
    Ok(true)
}

/// What a member may be.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Boolean,
    /// Text that goes through the second pass.
    Words,
    /// Style text.
    Style,
    /// A number or null.
    NumberOrNull,
    /// A list of numbers, or one number.
    Numbers,
    /// Looked at already.
    Checked,
}

/// Reduces an object to the members named, those of them that are of their kind.
fn keep<'a>(tree: &mut Tree<'a>, at: At, wanted: &[(&'static str, Kind)]) {
    let mut members: Vec<(Cow<'a, str>, At)> = Vec::new();
    for (key, kind) in wanted {
        let Some(member) = tree.member(at, key) else {
            continue;
        };
        if fits(tree, member, *kind) {
            members.push((Cow::Borrowed(key), member));
        }
    }
    tree.set(at, Value::Object(members));
}

fn fits(tree: &mut Tree<'_>, at: At, kind: Kind) -> bool {
    match (kind, tree.get(at)) {
        (Kind::Checked, _)
        | (Kind::Number | Kind::NumberOrNull | Kind::Numbers, Value::Number(_))
        | (Kind::NumberOrNull, Value::Null)
        | (Kind::Boolean, Value::Boolean(_)) => true,
        (Kind::Numbers, Value::List(items)) => {
            let items: Vec<At> = items
                .iter()
                .copied()
                .filter(|item| tree.is_number(*item))
                .collect();
            tree.set(at, Value::List(items));
            true
        }
        (Kind::Words, Value::Text(_)) => {
            words(tree, at);
            true
        }
        (Kind::Style, Value::Text(_)) => {
            style::sanitise(tree, at);
            true
        }
        _ => false,
    }
}

/// The second pass over one text.
pub(super) fn words(tree: &mut Tree<'_>, at: At) {
    if let Value::Text(text) = tree.take(at) {
        let clean = match scrub(&text) {
            Cow::Owned(clean) => Cow::Owned(clean),
            Cow::Borrowed(_) => text,
        };
        tree.set(at, Value::Text(clean));
    }
}

fn incremental(tree: &mut Tree<'_>, data: At) -> Result<bool, RecordingError> {
    use Kind::{Boolean, Checked, Number, Words};
    let Some(source) = tree.member(data, "source").and_then(|at| tree.whole(at)) else {
        return Ok(false);
    };
    match source {
        0 => return mutation(tree, data),
        1 | 6 | 12 => {
            each(tree, data, "positions", |tree, at| {
                keep(
                    tree,
                    at,
                    &[
                        ("x", Number),
                        ("y", Number),
                        ("id", Number),
                        ("timeOffset", Number),
                    ],
                );
                true
            });
            keep(tree, data, &[("source", Number), ("positions", Checked)]);
            return Ok(tree.member(data, "positions").is_some());
        }
        2 => keep(
            tree,
            data,
            &[
                ("source", Number),
                ("type", Number),
                ("id", Number),
                ("x", Number),
                ("y", Number),
                ("pointerType", Number),
            ],
        ),
        3 => keep(
            tree,
            data,
            &[
                ("source", Number),
                ("id", Number),
                ("x", Number),
                ("y", Number),
            ],
        ),
        4 => keep(
            tree,
            data,
            &[("source", Number), ("width", Number), ("height", Number)],
        ),
        5 => keep(
            tree,
            data,
            &[
                ("source", Number),
                ("text", Words),
                ("isChecked", Boolean),
                ("id", Number),
            ],
        ),
        7 => keep(
            tree,
            data,
            &[
                ("source", Number),
                ("type", Number),
                ("id", Number),
                ("currentTime", Number),
                ("volume", Number),
                ("muted", Boolean),
                ("loop", Boolean),
                ("playbackRate", Number),
            ],
        ),
        8 => style_rules(tree, data),
        13 => style_declaration(tree, data),
        14 => selection(tree, data),
        15 => adopted_sheets(tree, data),
        16 => return Ok(custom_element(tree, data)),
        // Canvas would draw what it likes, logs could say anything, fonts are loaded.
        _ => return Ok(false),
    }
    Ok(true)
}

/// Filters a list that is a member; a member that is no list goes.
fn each<'a>(
    tree: &mut Tree<'a>,
    at: At,
    key: &str,
    mut item: impl FnMut(&mut Tree<'a>, At) -> bool,
) {
    let Some(list) = tree.member(at, key) else {
        return;
    };
    let items = tree.items(list).map(<[At]>::to_vec).unwrap_or_default();
    let kept = items
        .into_iter()
        .filter(|part| matches!(tree.get(*part), Value::Object(_)))
        .collect::<Vec<_>>()
        .into_iter()
        .filter(|part| item(tree, *part))
        .collect();
    tree.set(list, Value::List(kept));
}

fn style_rules(tree: &mut Tree<'_>, data: At) {
    each(tree, data, "adds", rule);
    each(tree, data, "removes", |tree, at| {
        keep(tree, at, &[("index", Kind::Numbers)]);
        true
    });
    keep(
        tree,
        data,
        &[
            ("source", Kind::Number),
            ("id", Kind::Number),
            ("styleId", Kind::Number),
            ("removes", Kind::Checked),
            ("adds", Kind::Checked),
            ("replace", Kind::Style),
            ("replaceSync", Kind::Style),
        ],
    );
}

fn rule(tree: &mut Tree<'_>, at: At) -> bool {
    keep(tree, at, &[("rule", Kind::Style), ("index", Kind::Numbers)]);
    tree.member(at, "rule").is_some()
}

fn style_declaration(tree: &mut Tree<'_>, data: At) {
    if let Some(set) = tree.member(data, "set") {
        keep(
            tree,
            set,
            &[
                ("property", Kind::Style),
                ("value", Kind::Style),
                ("priority", Kind::Style),
            ],
        );
    }
    if let Some(remove) = tree.member(data, "remove") {
        keep(tree, remove, &[("property", Kind::Style)]);
    }
    keep(
        tree,
        data,
        &[
            ("source", Kind::Number),
            ("id", Kind::Number),
            ("styleId", Kind::Number),
            ("index", Kind::Numbers),
            ("set", Kind::Checked),
            ("remove", Kind::Checked),
        ],
    );
}

fn selection(tree: &mut Tree<'_>, data: At) {
    use Kind::Number;
    each(tree, data, "ranges", |tree, at| {
        keep(
            tree,
            at,
            &[
                ("start", Number),
                ("startOffset", Number),
                ("end", Number),
                ("endOffset", Number),
            ],
        );
        true
    });
    keep(tree, data, &[("source", Number), ("ranges", Kind::Checked)]);
}

fn adopted_sheets(tree: &mut Tree<'_>, data: At) {
    each(tree, data, "styles", |tree, at| {
        each(tree, at, "rules", rule);
        keep(
            tree,
            at,
            &[("styleId", Kind::Number), ("rules", Kind::Checked)],
        );
        true
    });
    keep(
        tree,
        data,
        &[
            ("source", Kind::Number),
            ("id", Kind::Number),
            ("styles", Kind::Checked),
            ("styleIds", Kind::Numbers),
        ],
    );
}

fn custom_element(tree: &mut Tree<'_>, data: At) -> bool {
    let Some(define) = tree.member(data, "define") else {
        return false;
    };
    let plain = tree
        .member(define, "name")
        .and_then(|at| tree.text(at))
        .is_some_and(is_tag);
    keep(tree, define, &[("name", Kind::Checked)]);
    keep(
        tree,
        data,
        &[("source", Kind::Number), ("define", Kind::Checked)],
    );
    plain
}

fn mutation(tree: &mut Tree<'_>, data: At) -> Result<bool, RecordingError> {
    use Kind::{Boolean, Checked, Number, NumberOrNull};
    each(tree, data, "texts", |tree, at| {
        if let Some(value) = tree.member(at, "value") {
            // The text may be that of a style element, which only the player can tell.
            words(tree, value);
            style::sanitise(tree, value);
        }
        keep(tree, at, &[("id", Number), ("value", Checked)]);
        true
    });
    each(tree, data, "attributes", |tree, at| {
        if let Some(of) = tree.member(at, "attributes") {
            attributes::sanitise(tree, of, "");
        }
        keep(tree, at, &[("id", Number), ("attributes", Checked)]);
        tree.member(at, "attributes").is_some()
    });
    each(tree, data, "removes", |tree, at| {
        keep(
            tree,
            at,
            &[("parentId", Number), ("id", Number), ("isShadow", Boolean)],
        );
        true
    });
    let mut count = 0;
    let mut over = None;
    each(tree, data, "adds", |tree, at| {
        let Some(node) = tree.member(at, "node") else {
            return false;
        };
        let kept = nodes(tree, node, &mut count).unwrap_or_else(|error| {
            over = Some(error);
            false
        });
        keep(
            tree,
            at,
            &[
                ("parentId", Number),
                ("previousId", NumberOrNull),
                ("nextId", NumberOrNull),
                ("node", Checked),
            ],
        );
        kept
    });
    if let Some(error) = over {
        return Err(error);
    }
    keep(
        tree,
        data,
        &[
            ("source", Number),
            ("texts", Checked),
            ("attributes", Checked),
            ("removes", Checked),
            ("adds", Checked),
            ("isAttachIframe", Boolean),
        ],
    );
    // A player reads all four lists.
    for key in ["texts", "attributes", "removes", "adds"] {
        if tree
            .member(data, key)
            .is_none_or(|at| tree.items(at).is_none())
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Sanitises a node and all below it; whether it is one that stays.
fn nodes(tree: &mut Tree<'_>, top: At, count: &mut usize) -> Result<bool, RecordingError> {
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
            .filter(|child| is_node(tree, *child))
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
                if parent == "style" {
                    style::sanitise(tree, text);
                } else {
                    words(tree, text);
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
    let wanted: Vec<(&'static str, Kind)> = all.iter().chain(&own).copied().collect();
    keep(tree, at, &wanted);
    if active {
        INERT_TAG.to_owned()
    } else {
        local.to_owned()
    }
}

/// Puts a member in place of all that have its name.
fn with_member<'a>(tree: &mut Tree<'a>, at: At, key: &'static str, member: At) {
    if let Value::Object(mut members) = tree.take(at) {
        members.retain(|(name, _)| name != key);
        members.push((Cow::Borrowed(key), member));
        tree.set(at, Value::Object(members));
    }
}

/// A name that an element can have.
fn is_tag(name: &str) -> bool {
    name.len() <= TAG_BYTES
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
