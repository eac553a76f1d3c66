//! Style text that can do nothing but style: old ways to run script are broken up, and addresses
//! that carry a document instead of an image are emptied. What is left can still name addresses;
//! the player's document loads none of them. Its texts and comments go through the second pass.

use std::borrow::Cow;

use crate::scrub::scrub;
use hitmetrix_recording::{At, Tree, Value};

/// Parts that made some browser run or load something through style text. Compared in lower case.
const ACTIVE: &[&str] = &[
    "javascript:",
    "vbscript:",
    "expression(",
    "-moz-binding",
    "behavior:",
    "data:text",
    "data:application/x-javascript",
    "data:application/javascript",
    "data:application/xhtml",
    "</style",
    "<script",
    "<!--",
];

/// Breaks up what is active in a style text and takes secrets out of its texts; any other value
/// stays as it is.
pub(super) fn sanitise(tree: &mut Tree<'_>, at: At) {
    let Some(text) = tree.text(at) else {
        return;
    };
    let broken = broken_up(text);
    let clean = scrubbed(broken.as_deref().unwrap_or(text)).or(broken);
    if let Some(clean) = clean {
        tree.set(at, Value::Text(Cow::Owned(clean)));
    }
}

/// The text with its strings and comments after the second pass; none when nothing was in them.
/// Addresses are left alone: a picture in one is no word.
fn scrubbed(text: &str) -> Option<String> {
    let mut clean: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(offset) = text[at..].find(['"', '\'', '/', 'u', 'U']) {
        let start = at + offset;
        let rest = &text[start..];
        if rest
            .get(..4)
            .is_some_and(|word| word.eq_ignore_ascii_case("url("))
        {
            at = start + address_length(rest);
            continue;
        }
        let length = match rest.as_bytes()[0] {
            quote @ (b'"' | b'\'') => string_length(rest, quote),
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => {
                at = start + 1;
                continue;
            }
        };
        at = start + length;
        if let Cow::Owned(part) = scrub(&text[start..at]) {
            let out = clean.get_or_insert_default();
            out.push_str(&text[copied..start]);
            out.push_str(&part);
            copied = at;
        }
    }
    clean.map(|clean| clean + &text[copied..])
}

/// Bytes of a string with its quotes; to the end of the text when it does not end.
fn string_length(text: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of `url(…)`.
fn address_length(text: &str) -> usize {
    const HEAD: usize = "url(".len();
    let inner = text[HEAD..].trim_start();
    let from = text.len() - inner.len();
    let from = match inner.bytes().next() {
        Some(quote @ (b'"' | b'\'')) => from + string_length(inner, quote),
        _ => from,
    };
    text[from..]
        .find(')')
        .map_or(text.len(), |end| from + end + 1)
}

/// Whether an active part stands there: a property of that name, not one whose name ends like it, as
/// `scroll-behavior`, without which no reader of sheets would take the others.
fn is_there(lower: &str, at: usize, part: &str) -> bool {
    let in_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let before = lower.as_bytes()[..at].last();
    lower[at..].starts_with(part) && (part != "behavior:" || !before.is_some_and(in_a_name))
}

/// The text with a sign that is in none of them in place of its active parts, so that no two ends
/// can come together to a new one; none when it has none.
fn broken_up(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let first = ACTIVE.iter().filter_map(|part| lower.find(part)).min()?;
    let mut clean = String::with_capacity(text.len());
    clean.push_str(&text[..first]);
    let mut at = first;
    while let Some(next) = text[at..].chars().next() {
        if let Some(part) = ACTIVE.iter().find(|part| is_there(&lower, at, part)) {
            clean.push(char::REPLACEMENT_CHARACTER);
            at += part.len();
        } else {
            clean.push(next);
            at += next.len_utf8();
        }
    }
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::broken_up;

    #[test]
    fn only_a_property_of_that_very_name_goes() {
        let smooth = "a{scroll-behavior:smooth;overscroll-behavior:contain}";
        assert!(broken_up(smooth).is_none_or(|clean| clean == smooth));
        let old = broken_up("a{behavior:url(x.htc)}").unwrap();
        assert!(!old.contains("behavior"), "{old}");
        let both = broken_up("a{scroll-behavior:smooth;behavior:url(x)}").unwrap();
        assert_eq!(both, "a{scroll-behavior:smooth;\u{fffd}url(x)}");
    }
}
