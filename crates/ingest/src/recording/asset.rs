//! Pictures and fonts that the recorder took along: they stay only if their bytes are what one of
//! a few kinds begins with, whatever the sender calls them, and a drawing only if nothing in it
//! acts, loads or looks like a secret. Whoever shows one names it by the kind found here.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hitmetrix_model::limits;
use hitmetrix_recording::{At, Tree, Value, read_digest};

use crate::scrub::find;

const SVG: &str = "image/svg+xml";
/// What [`kind`] finds.
const KINDS: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/x-icon",
    SVG,
    "font/woff2",
    "font/woff",
    "font/ttf",
    "font/otf",
];
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

/// Sanitises the payload of an asset in place; whether it may stay. One that is only named stays
/// under a name that is one and a kind that there is: its bytes were looked at when they came.
pub(super) fn asset(tree: &mut Tree<'_>, payload: At) -> bool {
    let Some(data) = tree.member(payload, "data").and_then(|at| tree.text(at)) else {
        let text = |key: &str| tree.member(payload, key).and_then(|at| tree.text(at));
        return text("digest").is_some_and(|digest| read_digest(digest).is_some())
            && text("type").is_some_and(|kind| KINDS.contains(&kind));
    };
    // Four characters stand for three bytes.
    if data.len() / 4 * 3 > limits::ASSET_BYTES + 3 {
        return false;
    }
    let Ok(bytes) = STANDARD.decode(data) else {
        return false;
    };
    if bytes.len() > limits::ASSET_BYTES {
        return false;
    }
    let Some(kind) = kind(&bytes) else {
        return false;
    };
    let Some(at) = tree.member(payload, "type") else {
        return false;
    };
    tree.set(at, Value::Text(Cow::Borrowed(kind)));
    true
}

/// What the bytes are, by what they begin with; none for what is no picture and no font.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let begins = |with: &[u8]| bytes.starts_with(with);
    let at = |place: usize, with: &[u8]| {
        bytes
            .get(place..)
            .is_some_and(|rest| rest.starts_with(with))
    };
    if begins(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if begins(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Some("image/gif")
    } else if begins(b"RIFF") && at(8, b"WEBP") {
        Some("image/webp")
    } else if at(4, b"ftypavif") || at(4, b"ftypavis") {
        Some("image/avif")
    } else if begins(b"\0\0\x01\0") {
        Some("image/x-icon")
    } else if begins(b"wOF2") {
        Some("font/woff2")
    } else if begins(b"wOFF") {
        Some("font/woff")
    } else if begins(b"\0\x01\0\0") || begins(b"true") {
        Some("font/ttf")
    } else if begins(b"OTTO") {
        Some("font/otf")
    } else if is_drawing(bytes) {
        Some(SVG)
    } else {
        None
    }
}

/// Whether this is a drawing in which nothing acts, loads or looks like a secret.
fn is_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let lower = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    let begins =
        lower.starts_with("<svg") || lower.starts_with("<?xml") || lower.starts_with("<!--");
    begins
        && lower.contains("<svg")
        && !ACTIVE.iter().any(|part| lower.contains(part))
        && !has_handler(&lower)
        && find(text).is_empty()
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
    fn pictures_and_fonts_are_known_by_their_bytes() {
        let cases: &[(&[u8], Option<&str>)] = &[
            (b"\x89PNG\r\n\x1a\nrest", Some("image/png")),
            (b"\xff\xd8\xff\xe0rest", Some("image/jpeg")),
            (b"GIF89a....", Some("image/gif")),
            (b"RIFF....WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x20ftypavif", Some("image/avif")),
            (b"\0\0\x01\0\x01\0", Some("image/x-icon")),
            (b"wOF2....", Some("font/woff2")),
            (b"wOFF....", Some("font/woff")),
            (b"\0\x01\0\0\0\x10", Some("font/ttf")),
            (b"OTTO....", Some("font/otf")),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
                Some(SVG),
            ),
            (
                b"<?xml version='1.0'?>\n<svg><g fill='red'/></svg>",
                Some(SVG),
            ),
            (b"", None),
            (b"<html><svg></svg></html>", None),
            (b"RIFF....WAVEfmt ", None),
            (b"MZ\x90\0", None),
            (b"%PDF-1.7", None),
            (b"\0\0\0\x20ftypmp42", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(kind(bytes), *expected, "{}", String::from_utf8_lossy(bytes));
            assert!(expected.is_none_or(|kind| KINDS.contains(&kind)));
        }
    }

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
        }
        let entity = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>";
        assert_eq!(kind(entity.as_bytes()), None);
        let plain = "<svg><g class='onwards'><path d='M1 1'/></g><text>on = off</text></svg>";
        assert_eq!(kind(plain.as_bytes()), Some(SVG));
    }
}
