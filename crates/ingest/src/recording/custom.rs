//! What our own recorder says besides what the page does: its cost, why it ended, which page is
//! shown, the pictures and fonts it shows, and, where the site wants them, what canvases show, what
//! was logged and what was asked of the network. Each tag has its members; nothing else passes, and all words go through the second pass.

use std::borrow::Cow;

use hitmetrix_model::limits;
use hitmetrix_recording::{At, Tree, Value};

use super::asset;
use super::members::{Kind, keep};
use crate::text::cut;

const COST: &[(&str, Kind)] = &[
    ("events", Kind::Number),
    ("snapshots", Kind::Number),
    ("total_ms", Kind::Number),
    ("longest_ms", Kind::Number),
    ("packing_ms", Kind::Number),
    ("bytes", Kind::Number),
    ("console_left", Kind::Number),
    ("errors_left", Kind::Number),
    ("network_left", Kind::Number),
];
const STOP: &[(&str, Kind)] = &[("reason", Kind::Words), ("status", Kind::Number)];
const PAGE: &[(&str, Kind)] = &[("href", Kind::Words)];
const CONSOLE: &[(&str, Kind)] = &[("level", Kind::Checked), ("text", Kind::Words)];
const NETWORK: &[(&str, Kind)] = &[
    ("method", Kind::Checked),
    ("href", Kind::Words),
    ("status", Kind::Number),
    ("duration_ms", Kind::Number),
    ("bytes", Kind::Number),
    ("kind", Kind::Checked),
];
// What stands for an asset is named by other events too, where nothing is taken out of it.
const ASSET: &[(&str, Kind)] = &[
    ("href", Kind::Checked),
    ("type", Kind::Checked),
    ("data", Kind::Checked),
];
const CANVAS: &[(&str, Kind)] = &[
    ("id", Kind::Number),
    ("type", Kind::Checked),
    ("data", Kind::Checked),
];
/// One whose bytes the server has by this digest.
const NAMED_ASSET: &[(&str, Kind)] = &[
    ("href", Kind::Checked),
    ("type", Kind::Checked),
    ("digest", Kind::Checked),
];
const LEVELS: &[&str] = &["log", "info", "warn", "error", "debug"];
const KINDS: &[&str] = &["fetch", "xhr", "resource"];
/// Longest name of a method.
const METHOD_BYTES: usize = 16;

/// Sanitises the data of a custom event in place; whether it may stay.
pub(super) fn custom(tree: &mut Tree<'_>, data: At) -> bool {
    let tag = tree.member(data, "tag").and_then(|at| tree.text(at));
    let members = match tag {
        Some("hm-cost") => COST,
        Some("hm-stop") => STOP,
        Some("hm-page") => PAGE,
        Some("hm-console") => CONSOLE,
        Some("hm-network") => NETWORK,
        Some("hm-asset") => ASSET,
        Some("hm-canvas") => CANVAS,
        _ => return false,
    };
    let Some(payload) = tree
        .member(data, "payload")
        .filter(|at| matches!(tree.get(*at), Value::Object(_)))
    else {
        return false;
    };
    let stays = match tag {
        Some("hm-console") => {
            shorten(tree, payload, "text", limits::CONSOLE_TEXT_BYTES);
            is_one_of(tree, payload, "level", LEVELS) && has_text(tree, payload, "text")
        }
        Some("hm-network") => {
            shorten(tree, payload, "href", limits::ADDRESS_BYTES);
            is_one_of(tree, payload, "kind", KINDS)
                && is_method(tree, payload)
                && is_web(tree, payload)
        }
        Some("hm-asset") => is_web(tree, payload) && asset::asset(tree, payload),
        Some("hm-canvas") => asset::canvas(tree, payload),
        _ => true,
    };
    let members = match members == ASSET && !has_text(tree, payload, "data") {
        true => NAMED_ASSET,
        false => members,
    };
    keep(tree, payload, members);
    keep(
        tree,
        data,
        &[("tag", Kind::Words), ("payload", Kind::Checked)],
    );
    stays
}

fn shorten(tree: &mut Tree<'_>, payload: At, key: &str, limit: usize) {
    let Some(at) = tree.member(payload, key) else {
        return;
    };
    let short = tree
        .text(at)
        .filter(|text| text.len() > limit)
        .map(|text| cut(text, limit).0);
    if let Some(short) = short {
        tree.set(at, Value::Text(Cow::Owned(short)));
    }
}

fn text_of<'t>(tree: &'t Tree<'_>, payload: At, key: &str) -> Option<&'t str> {
    tree.member(payload, key).and_then(|at| tree.text(at))
}

fn has_text(tree: &Tree<'_>, payload: At, key: &str) -> bool {
    text_of(tree, payload, key).is_some()
}

fn is_one_of(tree: &Tree<'_>, payload: At, key: &str, words: &[&str]) -> bool {
    text_of(tree, payload, key).is_some_and(|word| words.contains(&word))
}

fn is_method(tree: &Tree<'_>, payload: At) -> bool {
    text_of(tree, payload, "method").is_some_and(|method| {
        (1..=METHOD_BYTES).contains(&method.len())
            && method.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

/// Whether the address is one of the web's. It is shown, never asked for.
fn is_web(tree: &Tree<'_>, payload: At) -> bool {
    text_of(tree, payload, "href").is_some_and(|href| {
        href.len() <= limits::ADDRESS_BYTES
            && (href.starts_with("https://") || href.starts_with("http://"))
    })
}
