//! Pictures and fonts that the recorder took along: they stay only if their bytes are what one of
//! a few kinds begins with, whatever the sender calls them, and a drawing only if nothing in it
//! acts, loads or looks like a secret. They are kept under the kind that their bytes have.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hitmetrix_model::limits;
use hitmetrix_recording::{At, Tree, Value, read_digest};
use hitmetrix_recording::{DRAWING, PICTURE_KINDS, picture_kind};

use crate::scrub::find;

/// What a drawing must not have: scripts, handlers, other documents, entities, anything elsewhere.
const ACTIVE: &[&str] = &[
    "<script",
    "<foreignobject",
    "<iframe",
    "<embed",
    "<object",
    "<handler",
    "<listener",
    "<set",
    "<animate",
    "<use",
    "<image",
    "<feimage",
    "<a ",
    "<a>",
    "<!entity",
    "<!attlist",
    "<?xml-stylesheet",
    "javascript:",
    "data:",
    "@import",
    "url(http",
    "url('http",
    "url(\"http",
    "url(//",
    "xlink:href=\"http",
    "href=\"http",
    "href='http",
    "base=",
];

/// What browsers make of a canvas.
const PIXELS: &[&str] = &["image/webp", "image/png", "image/jpeg"];

/// Sanitises the payload of an asset in place; whether it may stay. One that is only named stays
/// under a name that is one and a kind that there is: its bytes were looked at when they came.
pub(super) fn asset(tree: &mut Tree<'_>, payload: At) -> bool {
    let Some(data) = tree.member(payload, "data").and_then(|at| tree.text(at)) else {
        let text = |key: &str| tree.member(payload, key).and_then(|at| tree.text(at));
        return text("digest").is_some_and(|digest| read_digest(digest).is_some())
            && text("type").is_some_and(|kind| PICTURE_KINDS.contains(&kind));
    };
    let kind = decode(data).and_then(|bytes| kind(&bytes));
    set_kind(tree, payload, kind)
}

/// Sanitises the payload of what a canvas showed in place, likewise; only pixels may stay.
pub(super) fn canvas(tree: &mut Tree<'_>, payload: At) -> bool {
    let is_numbered = tree
        .member(payload, "id")
        .is_some_and(|at| matches!(tree.get(at), Value::Number(_)));
    let data = tree.member(payload, "data").and_then(|at| tree.text(at));
    let kind = data
        .and_then(decode)
        .and_then(|bytes| picture_kind(&bytes))
        .filter(|kind| PIXELS.contains(kind));
    is_numbered && set_kind(tree, payload, kind)
}

fn decode(data: &str) -> Option<Vec<u8>> {
    // Four characters stand for three bytes.
    if data.len() / 4 * 3 > limits::ASSET_BYTES + 3 {
        return None;
    }
    let bytes = STANDARD.decode(data).ok()?;
    (bytes.len() <= limits::ASSET_BYTES).then_some(bytes)
}

/// Whether there is a kind, and a member to say it in.
fn set_kind(tree: &mut Tree<'_>, payload: At, kind: Option<&'static str>) -> bool {
    let (Some(kind), Some(at)) = (kind, tree.member(payload, "type")) else {
        return false;
    };
    tree.set(at, Value::Text(Cow::Borrowed(kind)));
    true
}

/// What the bytes are; none for what is no picture and no font, and for a drawing that does more
/// than being looked at.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    picture_kind(bytes).filter(|kind| *kind != DRAWING || is_harmless(bytes))
}

/// Whether nothing in a drawing acts, loads or looks like a secret.
fn is_harmless(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let lower = text.to_ascii_lowercase();
    !ACTIVE.iter().any(|part| lower.contains(part)) && !has_handler(&lower) && find(text).is_empty()
}

/// Whether an attribute begins with `on`.
fn has_handler(lower: &str) -> bool {
    lower.match_indices("on").any(|(place, _)| {
        let before = lower[..place].chars().next_back();
        // First what costs nothing: letters are run through once, whatever stands in them.
        before.is_some_and(|letter| letter.is_whitespace() || "\"'/".contains(letter))
            && lower[place..]
                .trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
                .trim_start()
                .starts_with('=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_that_acts_loads_or_tells_is_none() {
        for inside in [
            "<script>x</script>",
            "<g onload='x'/>",
            "<g\nonclick = \"x\"/>",
            "<foreignObject><p/></foreignObject>",
            "<image href='x.png'/>",
            "<use href='#a'/>",
            "<a href='/x'>x</a>",
            "<style>@import 'x'</style>",
            "<style>g{fill:url(//a.example/x)}</style>",
            "<animate attributeName='href'/>",
            "<text>ada@example.org</text>",
            "<text>4111 1111 1111 1111</text>",
        ] {
            let drawing = format!("<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>");
            assert_eq!(kind(drawing.as_bytes()), None, "{inside}");
            // Also where it begins as a picture of another kind has it further on.
            let called = format!("<!--ftypavif-->{drawing}");
            assert_eq!(kind(called.as_bytes()), None, "{inside}");
        }
        let entity = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>";
        assert_eq!(kind(entity.as_bytes()), None);
        let plain = "<svg><g class='onwards'><path d='M1 1'/></g><text>on = off</text></svg>";
        assert_eq!(kind(plain.as_bytes()), Some(DRAWING));
    }
}
