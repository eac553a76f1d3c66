//! One recorder event: which kinds pass, and which members of each. The numbers are rrweb's.

use std::borrow::Cow;

use hitmetrix_model::limits;

use super::RecordingError;
use super::attributes;
use super::custom;
use super::joined;
use super::members::{Kind, keep, words};
use super::node::{is_tag, nodes};
use super::style;
use hitmetrix_recording::{At, Tree, Value};

/// What the catalog needs of one event.
pub(super) struct Facts {
    pub time_ms: i64,
    pub snapshot: bool,
    pub path: Option<String>,
}

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
        5 => custom::custom(tree, data),
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

fn snapshot(tree: &mut Tree<'_>, data: At) -> Result<bool, RecordingError> {
    let Some(node) = tree.member(data, "node") else {
        return Ok(false);
    };
    joined::scrub_document(tree, node);
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
            let positions = tree.member(data, "positions");
            let positions = positions.and_then(|at| tree.items(at));
            return Ok(positions.is_some_and(|all| !all.is_empty()));
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
        15 => {
            adopted_sheets(tree, data);
            let ids = tree.member(data, "styleIds");
            return Ok(ids.is_some_and(|at| tree.items(at).is_some()));
        }
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
    let added = tree.member(data, "adds").and_then(|adds| tree.items(adds));
    let added = added.map(<[At]>::to_vec).unwrap_or_default();
    joined::scrub_adds(tree, &added);
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
