//! Attributes of a recorded element: what can act, load or lead away goes, by name and by value.

use std::borrow::Cow;

use super::members::words;
use super::style;
use hitmetrix_recording::{At, Tree, Value};

/// Attributes of one element that are kept.
const COUNT_MAX: usize = 256;
/// Longest name of an attribute.
const NAME_BYTES: usize = 200;

/// Attributes that run, load, send or redirect, whatever their value.
const ACTIVE: &[&str] = &[
    "srcdoc",
    "formaction",
    "action",
    "ping",
    "http-equiv",
    "content",
    "codebase",
    "classid",
    "archive",
    "manifest",
    "integrity",
    "nonce",
    "rel",
    "target",
    "download",
    "attributename",
    "from",
    "to",
    "by",
    "begin",
    "onend",
    "is",
    "sandbox",
    "allow",
    "csp",
    "autofocus",
    "http_equiv",
    "rr_src",
];
/// Attributes that load from an address: kept when they carry their image themselves.
const LOADING: &[&str] = &[
    "src",
    "srcset",
    "poster",
    "background",
    "data",
    "lowsrc",
    "dynsrc",
    "imagesrcset",
    "rr_dataurl",
    "cite",
    "longdesc",
    "profile",
    "usemap",
    "icon",
    "href",
    "xlink:href",
    "xml:base",
];
/// Attributes whose words are names and figures for the layout: left to themselves.
const LAYOUT: &[&str] = &[
    "class",
    "id",
    "d",
    "points",
    "viewbox",
    "transform",
    "width",
    "height",
    "type",
    "role",
    "for",
    "fill",
    "stroke",
    "x",
    "y",
    "rr_width",
    "rr_height",
    "data-hm-box",
    "data-hm-asset",
    "data-hm-popover",
    "popover",
    "slot",
    "part",
];
/// Schemes that run or show a document.
const ACTIVE_SCHEMES: &[&str] = &[
    "javascript:",
    "vbscript:",
    "livescript:",
    "mocha:",
    "data:text",
    "data:application",
    "data:image/svg",
    "data:,",
    "data:;",
    "file:",
    "filesystem:",
    "blob:",
    "view-source:",
    "jar:",
    "feed:",
    "about:",
];

/// Sanitises the attributes of an element with this tag; empty when the tag is not known.
pub(super) fn sanitise(tree: &mut Tree<'_>, at: At, tag: &str) {
    let Value::Object(members) = tree.take(at) else {
        tree.set(at, Value::Object(Vec::new()));
        return;
    };
    let secret = members.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("type")
            && tree.text(*value).is_some_and(|kind| {
                kind.eq_ignore_ascii_case("password") || kind.eq_ignore_ascii_case("hidden")
            })
    });
    let mut kept: Vec<(Cow<'_, str>, At)> = Vec::with_capacity(members.len().min(COUNT_MAX));
    for (name, value) in members {
        if kept.len() >= COUNT_MAX {
            break;
        }
        let lower = name.to_ascii_lowercase();
        let known = is_name(&lower) && !kept.iter().any(|(other, _)| *other == name);
        let stays = known && !(secret && lower == "value") && stays(tree, &lower, value, tag);
        if stays {
            kept.push((name, value));
        }
    }
    tree.set(at, Value::Object(kept));
}

/// Whether an attribute stays; its value is made safe on the way.
fn stays(tree: &mut Tree<'_>, name: &str, value: At, tag: &str) -> bool {
    if name.starts_with("on") || ACTIVE.contains(&name) {
        return false;
    }
    match tree.get(value) {
        Value::Null | Value::Boolean(_) | Value::Number(_) => true,
        Value::List(_) => false,
        Value::Object(_) => {
            if name == "style" {
                declarations(tree, value);
            }
            name == "style"
        }
        Value::Text(text) => {
            if name == "style" || name == "_csstext" {
                style::sanitise(tree, value);
                return true;
            }
            if is_active(text) && !LAYOUT.contains(&name) {
                return false;
            }
            if LOADING.contains(&name) && !loads_nothing(name, text, tag) {
                return false;
            }
            if text.contains("url(") || text.contains('\\') {
                style::sanitise(tree, value);
            }
            let is_link = name.ends_with("href");
            if !LAYOUT.contains(&name) && (is_link || !LOADING.contains(&name)) {
                words(tree, value);
            }
            true
        }
    }
}

/// A style given as its changes: property to value, or to value and priority, or false.
fn declarations(tree: &mut Tree<'_>, at: At) {
    let Value::Object(members) = tree.take(at) else {
        return;
    };
    let mut kept = Vec::with_capacity(members.len());
    for (property, value) in members {
        let stays = match tree.get(value) {
            Value::Boolean(false) => true,
            Value::Text(_) => {
                style::sanitise(tree, value);
                true
            }
            Value::List(items) => {
                let items = items.clone();
                let texts = items.len() == 2 && items.iter().all(|item| tree.text(*item).is_some());
                if texts {
                    style::sanitise(tree, items[0]);
                    style::sanitise(tree, items[1]);
                }
                texts
            }
            _ => false,
        };
        if stays
            && property
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            kept.push((property, value));
        }
    }
    tree.set(at, Value::Object(kept));
}

/// Whether a loading attribute needs nobody: an image of its own, a part of the same document, or
/// a link, which loads only when followed and is never followed.
fn loads_nothing(name: &str, text: &str, tag: &str) -> bool {
    let plain = compact(text);
    if plain.starts_with('#') {
        return true;
    }
    if name == "href" && (tag == "a" || tag == "area") {
        return plain.starts_with("http://")
            || plain.starts_with("https://")
            || plain.starts_with('/');
    }
    [
        "data:image/png",
        "data:image/jpeg",
        "data:image/gif",
        "data:image/webp",
        "data:image/avif",
    ]
    .iter()
    .any(|kind| plain.starts_with(kind))
        && matches!(name, "src" | "poster" | "rr_dataurl")
        && tag != "iframe"
}

/// Whether a value begins with an active scheme once a browser has taken the blanks out.
fn is_active(text: &str) -> bool {
    let plain = compact(text);
    ACTIVE_SCHEMES
        .iter()
        .any(|scheme| plain.starts_with(scheme))
}

/// The beginning of a value as a browser reads an address: no blanks or controls, lower case.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|character| *character > ' ' && !character.is_control() && *character != '\u{a0}')
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte))
}
