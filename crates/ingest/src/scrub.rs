//! The second pass on what watchers collected by themselves: card numbers, e-mail addresses,
//! tokens and what stands behind the word "password" are taken out of texts, titles, addresses and
//! errors. It only removes, and goes through a text once per kind of secret. What the site itself
//! passes to `track`, `identify` and `group` does not come here.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of an e-mail address.
pub const EMAIL: &str = "[email]";
/// What stands in place of a card number.
pub const CARD: &str = "[card]";
/// What stands in place of a token or a password.
pub const SECRET: &str = "[secret]";

/// Fewest digits of a card number.
const CARD_DIGITS_MIN: usize = 13;
/// Shortest word that is looked at as a token.
const TOKEN_WORD_MIN: usize = 16;
/// Shortest run of one alphabet that is taken for a random token.
const TOKEN_RUN_MIN: usize = 24;
/// Characters on either side of an `@` that are looked at.
const EMAIL_PART_MAX: usize = 256;
/// Shortest run of hexadecimal digits that is taken for a token.
const HEX_RUN_MIN: usize = 32;

/// The text without what looks like a secret.
#[must_use]
pub fn scrub(text: &str) -> Cow<'_, str> {
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    // One look at the bytes tells which searches can find anything at all.
    let seen = Seen::of(text);
    if seen.at_sign {
        find_emails(text, &mut found);
    }
    if seen.digits >= CARD_DIGITS_MIN {
        find_cards(text, &mut found);
    }
    if seen.longest_word >= TOKEN_WORD_MIN {
        find_tokens(text, &mut found);
    }
    if seen.assignment || seen.longest_word > 5 && text.contains(' ') {
        find_named(text, &mut found, &seen);
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut clean = String::with_capacity(text.len());
    let mut end = 0;
    for (range, mark) in found {
        if range.start >= end {
            clean.push_str(&text[end..range.start]);
            clean.push_str(mark);
        }
        end = end.max(range.end);
    }
    clean.push_str(&text[end..]);
    Cow::Owned(clean)
}

/// What a text has in it.
#[derive(Default)]
struct Seen {
    /// An `@` or its escape.
    at_sign: bool,
    digits: usize,
    /// Bytes of the longest run of letters, digits, `_`, `-` and `.`.
    longest_word: usize,
    /// An `=` or `:`.
    assignment: bool,
}

impl Seen {
    fn of(text: &str) -> Self {
        let mut seen = Self::default();
        let mut word = 0;
        for byte in text.bytes() {
            seen.at_sign |= byte == b'@' || byte == b'%';
            seen.assignment |= byte == b'=' || byte == b':';
            seen.digits += usize::from(byte.is_ascii_digit());
            word = if is_word_byte(byte) { word + 1 } else { 0 };
            seen.longest_word = seen.longest_word.max(word);
        }
        seen
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Everything around an `@` (or `%40`) that can be part of an address with a dot in its domain.
fn find_emails(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    let plain = text.match_indices('@').map(|(at, _)| (at, 1));
    let escaped = text.match_indices("%40").map(|(at, _)| (at, 3));
    for (at, length) in plain.chain(escaped) {
        let before = &text[..at];
        let local = before
            .char_indices()
            .rev()
            .take(EMAIL_PART_MAX)
            .take_while(|(_, c)| c.is_alphanumeric() || "._+-%'".contains(*c))
            .last()
            .map_or(at, |(start, _)| start);
        let after = &text[at + length..];
        let domain = after
            .char_indices()
            .take(EMAIL_PART_MAX)
            .take_while(|(_, c)| c.is_alphanumeric() || ".-".contains(*c))
            .last()
            .map_or(0, |(start, c)| start + c.len_utf8());
        let name = after[..domain].trim_matches(['.', '-']);
        let has_ending = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending.len() >= 2);
        if local < at && has_ending {
            found.push((local..at + length + domain, EMAIL));
        }
    }
}

/// Groups of digits apart by one space, dash or point, of which some neighbours together are 13 to
/// 19 digits, begin like a card and pass the check digit.
fn find_cards(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    let bytes = text.as_bytes();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        let gap = groups.last().map_or(usize::MAX, |last| start - last.end);
        let joined = groups.last().is_some_and(|last| {
            (gap == 1 && b" -.+".contains(&bytes[last.end]))
                || (gap == 3 && &bytes[last.end..start] == b"%20")
        });
        if !joined {
            find_cards_in(bytes, &groups, found);
            groups.clear();
        }
        groups.push(start..at);
    }
    find_cards_in(bytes, &groups, found);
}

fn find_cards_in(
    bytes: &[u8],
    groups: &[Range<usize>],
    found: &mut Vec<(Range<usize>, &'static str)>,
) {
    for first in 0..groups.len() {
        let mut digits: Vec<u8> = Vec::with_capacity(20);
        for group in &groups[first..] {
            if digits.len() + group.len() > 19 {
                break;
            }
            digits.extend(bytes[group.clone()].iter().map(|digit| digit - b'0'));
            if is_card(&digits) {
                found.push((groups[first].start..group.end, CARD));
            }
        }
    }
}

/// 13 to 19 digits that begin like a card of a known network and pass Luhn's check.
#[must_use]
pub fn is_card(digits: &[u8]) -> bool {
    if !(CARD_DIGITS_MIN..=19).contains(&digits.len()) {
        return false;
    }
    let four = digits[..4]
        .iter()
        .fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let known = matches!(four,
        4000..=4999 | 5000..=5999 | 2221..=2720 | 3400..=3499 | 3700..=3799 | 3000..=3099
        | 3528..=3589 | 3600..=3699 | 3800..=3999 | 6000..=6999);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit) * 2) {
            (0, double) => double / 2,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    known && sum.is_multiple_of(10)
}

/// Words that are a JWT, carry a known prefix of keys, or look random.
fn find_tokens(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    let is_word = |c: char| u8::try_from(c).is_ok_and(|byte| c.is_ascii() && is_word_byte(byte));
    let mut rest = 0;
    while let Some(offset) = text[rest..].find(is_word) {
        let start = rest + offset;
        let length = text[start..]
            .find(|c| !is_word(c))
            .unwrap_or(text.len() - start);
        let word = &text[start..start + length];
        rest = start + length;
        if length < TOKEN_WORD_MIN {
            continue;
        }
        if word.starts_with("eyJ") && word.contains('.') {
            found.push((start..rest, SECRET));
            continue;
        }
        let mut part_start = start;
        for part in word.split('.') {
            if is_token(part) {
                found.push((part_start..part_start + part.len(), SECRET));
            }
            part_start += part.len() + 1;
        }
    }
}

fn is_token(word: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "whsec_",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "AKIA",
        "ASIA",
        "AIza",
        "ya29",
        "eyJ",
    ];
    if word.len() >= 20 && PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
        return true;
    }
    word.split(['-', '_']).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let hex = run.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex && run.len() >= HEX_RUN_MIN && digits < run.len() {
            return true;
        }
        run.len() >= TOKEN_RUN_MIN
            && digits >= 2
            && run.bytes().any(|byte| byte.is_ascii_uppercase())
            && run.bytes().any(|byte| byte.is_ascii_lowercase())
    })
}

/// What stands behind `password=`, `token:`, `Bearer ` and the like.
fn find_named(text: &str, found: &mut Vec<(Range<usize>, &'static str)>, seen: &Seen) {
    const NAMES: &[&str] = &[
        "password",
        "passwort",
        "passwd",
        "pwd",
        "secret",
        "token",
        "api_key",
        "api-key",
        "apikey",
        "authorization",
        "bearer",
    ];
    // Only ASCII letters change, so that positions stay the same.
    let folded = text.to_ascii_lowercase();
    // Without an `=` or `:` only "Bearer " can name something.
    let names = if seen.assignment {
        NAMES
    } else {
        &NAMES[NAMES.len() - 1..]
    };
    for name in names {
        for (at, _) in folded.match_indices(name) {
            let from = at + name.len();
            let tail = &folded[from..];
            let spaced = tail.trim_start_matches(['"', '\'', ' ', '\\']);
            let value = match (spaced.strip_prefix(['=', ':']), *name) {
                (Some(value), _) => value,
                (None, "bearer") if tail.starts_with(' ') => spaced,
                _ => continue,
            };
            let value = value.trim_start_matches(['"', '\'', ' ', '\\']);
            let start = text.len() - value.len();
            let length = value
                .find(|c: char| c.is_whitespace() || "\"'&,;<>)}]".contains(c))
                .unwrap_or(value.len());
            if length > 0 {
                found.push((start..start + length, SECRET));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed() {
        for (text, expected) in [
            ("write to ada@example.org now", "write to [email] now"),
            ("/u/ada%40example.org/x", "/u/[email]/x"),
            ("jörg.müller@bücher.example!", "[email]!"),
            ("4111 1111 1111 1111 12/30", "[card] 12/30"),
            ("pay 4111111111111111.", "pay [card]."),
            ("no 17 4111-1111-1111-1111", "no 17 [card]"),
            ("3782 822463 10005", "[card]"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF", "[secret]"),
            (
                "/reset/9f86d081884c7d659a2feaa0c55ad015/",
                "/reset/[secret]/",
            ),
            ("key sk_live_abcdefghijklmnop", "key [secret]"),
            (
                "failed: password=hunter2&x=1",
                "failed: password=[secret]&x=1",
            ),
            (
                "Authorization: Bearer abc.def",
                "Authorization: [secret] [secret]",
            ),
            (r#"{"token":"abc"}"#, r#"{"token":"[secret]"}"#),
            ("Zm9vYmFyQmF6MTIzNDU2Nzg5MA", "[secret]"),
        ] {
            assert_eq!(scrub(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "Buy 2 for 1",
            "/orders/123456789012",
            "/how-to-build-a-House-in-10-days-for-Beginners-and-Experts",
            "550e8400-e29b-41d4-a716-446655440000",
            "4111 1111 1111 1112",
            "@media screen",
            "user@localhost",
            "Forgot your password?",
            "2026-11-23 15:30:00.123",
            "",
        ] {
            assert_eq!(scrub(text), text);
        }
    }
}
