//! How a text says that an asset stood here: U+FDD0, a sign that no text should have, the letter
//! of the kind, and the id in 32 hexadecimal digits. A U+FDD0 that a recording does have becomes
//! two of them, so that nobody can write a reference into a page.

use super::asset::{AssetId, AssetKind};

/// The sign: a code point that Unicode keeps out of texts for good.
pub(super) const SIGN: char = '\u{fdd0}';
/// Bytes of a whole reference.
pub(super) const BYTES: usize = SIGN.len_utf8() + 1 + 32;

/// What comes next in a text that can have references.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text without signs.
    Plain(&'a str),
    /// A sign that was in the text.
    Sign,
    /// An asset.
    Asset(AssetKind, AssetId),
}

/// Whether a text has no sign, so that it is the same with and without references.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(SIGN)
}

/// The text with its signs doubled.
pub(super) fn escape(text: &str) -> String {
    text.replace(SIGN, "\u{fdd0}\u{fdd0}")
}

/// Writes a reference.
pub(super) fn write(kind: AssetKind, id: AssetId, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(SIGN);
    out.push(char::from(kind.letter()));
    for byte in id.0 {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Takes the next part off a text; none at its end. A sign with neither a sign nor a reference
/// behind it is text.
pub(super) fn next<'a>(text: &mut &'a str) -> Option<Part<'a>> {
    let whole = *text;
    if whole.is_empty() {
        return None;
    }
    let Some(rest) = whole.strip_prefix(SIGN) else {
        let (plain, rest) = whole.split_at(whole.find(SIGN).unwrap_or(whole.len()));
        *text = rest;
        return Some(Part::Plain(plain));
    };
    if let Some(rest) = rest.strip_prefix(SIGN) {
        *text = rest;
        return Some(Part::Sign);
    }
    if let Some((kind, id)) = asset(rest) {
        *text = &whole[BYTES..];
        return Some(Part::Asset(kind, id));
    }
    *text = rest;
    Some(Part::Plain(&whole[..SIGN.len_utf8()]))
}

fn asset(text: &str) -> Option<(AssetKind, AssetId)> {
    let bytes = text.as_bytes().get(..33)?;
    let kind = AssetKind::of_letter(bytes[0])?;
    let mut id = [0; 16];
    for (byte, digits) in id.iter_mut().zip(bytes[1..].chunks_exact(2)) {
        *byte = digit(digits[0])? << 4 | digit(digits[1])?;
    }
    Some((kind, AssetId(id)))
}

/// Lower case only, so that a reference has one form.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}
