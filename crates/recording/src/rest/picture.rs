//! What a picture or font that was taken along is: told by what its bytes begin with, whatever the
//! sender calls it. Every viewer is told this kind, so that nothing is shown as what it is not.
//! Whether a drawing is harmless is for `ingest` to find out, before it is kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The kind of drawings.
pub const DRAWING: &str = "image/svg+xml";

/// What [`picture_kind`] finds.
pub const PICTURE_KINDS: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/x-icon",
    DRAWING,
    "font/woff2",
    "font/woff",
    "font/ttf",
    "font/otf",
];

/// What the bytes are; none for what is no picture and no font.
#[must_use]
pub fn picture_kind(bytes: &[u8]) -> Option<&'static str> {
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
    } else if begins(b"\0") && (at(4, b"ftypavif") || at(4, b"ftypavis")) {
        // The first box is less than 16 MiB long. Without that `<!--ftypavif` would be one.
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
        Some(DRAWING)
    } else {
        None
    }
}

/// The same of bytes as they stand in a recording.
pub(super) fn kind_of_text(text: &str) -> Option<&'static str> {
    picture_kind(&STANDARD.decode(text).ok()?)
}

/// Whether this begins as a drawing does, and has one in it.
fn is_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    (begins("<svg") || begins("<?xml") || begins("<!--"))
        && text.to_ascii_lowercase().contains("<svg")
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
                Some(DRAWING),
            ),
            (
                b"<?xml version='1.0'?>\n<svg><g fill='red'/></svg>",
                Some(DRAWING),
            ),
            (b"<!--ftypavif--><svg><path/></svg>", Some(DRAWING)),
            (b"<!--ftypavis--><SVG><path/></SVG>", Some(DRAWING)),
            (b"", None),
            (b"<html><svg></svg></html>", None),
            (b"RIFF....WAVEfmt ", None),
            (b"MZ\x90\0", None),
            (b"%PDF-1.7", None),
            (b"\0\0\0\x20ftypmp42", None),
            (b"<!--ftypavif-->", None),
        ];
        for (bytes, expected) in cases {
            let name = String::from_utf8_lossy(bytes);
            assert_eq!(picture_kind(bytes), *expected, "{name}");
            assert!(expected.is_none_or(|kind| PICTURE_KINDS.contains(&kind)));
        }
    }
}
