//! The second pass on recordings and on what watchers collected by themselves: card numbers, bank
//! accounts, e-mail addresses, tokens, keys, names in addresses and what stands behind the words
//! "password" or "Authorization" are taken out of texts, titles, addresses and errors. It only
//! removes, and goes through a text once per kind of secret. What the site itself passes to
//! `track`, `identify` and `group` does not come here.

mod named;
mod tokens;

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of an e-mail address.
pub const EMAIL: &str = "[email]";
/// What stands in place of a card number.
pub const CARD: &str = "[card]";
/// What stands in place of the number of a bank account.
pub const IBAN: &str = "[iban]";
/// What stands in place of a token or a password.
pub const SECRET: &str = "[secret]";

/// Fewest digits of a card number.
const CARD_DIGITS_MIN: usize = 13;
/// Shortest word that is looked at as a token.
const TOKEN_WORD_MIN: usize = 16;
/// Characters on either side of an `@` that are looked at.
const EMAIL_PART_MAX: usize = 256;
/// Fewest and most characters of the number of a bank account.
const ACCOUNT_LENGTH: std::ops::RangeInclusive<usize> = 15..=34;
/// What pages put between the groups of a card's digits.
const GAPS: &[&str] = &[
    " ", "-", ".", "+", "_", "\n", "\t", "  ", " - ", "%20", "\u{a0}", "\u{2007}", "\u{2009}",
    "\u{202f}", "\u{2010}", "\u{2011}", "\u{2013}", "\u{b7}",
];

/// Where something stands that must go, and what comes in its place.
pub type Found = (Range<usize>, &'static str);

/// The text without what looks like a secret.
#[must_use]
pub fn scrub(text: &str) -> Cow<'_, str> {
    let found = find(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut end = 0;
    for (range, mark) in found {
        clean.push_str(&text[end..range.start]);
        clean.push_str(mark);
        end = range.end;
    }
    clean.push_str(&text[end..]);
    Cow::Owned(clean)
}

/// What looks like a secret, in order; no two overlap.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // One look at the bytes tells which searches can find anything at all.
    let seen = Seen::of(text);
    if seen.at_sign {
        find_emails(text, &mut found);
        find_logins(text, &mut found);
    }
    if seen.digits >= CARD_DIGITS_MIN {
        find_cards(text, &mut found);
        find_accounts(text, &mut found);
    }
    if seen.longest_word >= TOKEN_WORD_MIN {
        tokens::find(text, &mut found);
    }
    if text.contains(tokens::KEY_BEGINS) {
        tokens::find_keys(text, &mut found);
    }
    if seen.assignment || seen.longest_word > 5 && text.contains(' ') {
        named::find(text, seen.assignment, &mut found);
    }
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut apart: Vec<Found> = Vec::with_capacity(found.len());
    for (range, mark) in found {
        match apart.last_mut() {
            Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push((range, mark)),
        }
    }
    apart
}

/// What a text has in it.
#[derive(Default)]
struct Seen {
    /// An `@` or its escape.
    at_sign: bool,
    digits: usize,
    /// Bytes of the longest run of letters, digits, `_`, `-` and `.`.
    longest_word: usize,
    /// An `=`, or a `:` that is not that of an address.
    assignment: bool,
}

impl Seen {
    fn of(text: &str) -> Self {
        let mut seen = Self::default();
        let mut word = 0;
        for (at, byte) in text.bytes().enumerate() {
            seen.at_sign |= byte == b'@' || byte == b'%';
            seen.assignment |=
                byte == b'=' || byte == b':' && !text.as_bytes()[at + 1..].starts_with(b"//");
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
fn find_emails(text: &str, found: &mut Vec<Found>) {
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

/// Name and password in an address: what stands before the `@` of its host.
fn find_logins(text: &str, found: &mut Vec<Found>) {
    for (at, mark) in text.match_indices("://") {
        let from = at + mark.len();
        let rest = &text[from..];
        let end = rest
            .find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c))
            .unwrap_or(rest.len());
        if let Some(length) = rest[..end].rfind('@').filter(|length| *length > 0) {
            found.push((from..from + length, SECRET));
        }
    }
}

/// International bank account numbers: two letters, two digits and more, in groups or not, that
/// pass the check of ISO 7064 (MOD 97-10).
fn find_accounts(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let is_start = |at: usize| {
        let [a, b, c, d, ..] = bytes[at..] else {
            return false;
        };
        a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
            && c.is_ascii_digit()
            && d.is_ascii_digit()
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
    };
    let mut at = 0;
    while at < bytes.len() {
        if is_start(at)
            && let Some(end) = account_end(bytes, at)
        {
            found.push((at..end, IBAN));
            at = end;
        } else {
            at += 1;
        }
    }
}

/// Where the longest account number that begins at `start` ends, at the end of a group.
fn account_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut plain: Vec<u8> = Vec::new();
    let mut end = None;
    let mut at = start;
    while at < bytes.len() && plain.len() <= *ACCOUNT_LENGTH.end() {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            plain.push(byte.to_ascii_uppercase());
        } else if !(byte == b' ' || byte == b'-') || bytes[at - 1] == byte {
            break;
        }
        at += 1;
        let group_ends = bytes
            .get(at)
            .is_none_or(|next| !next.is_ascii_alphanumeric());
        if group_ends && byte.is_ascii_alphanumeric() && is_account(&plain) {
            end = Some(at);
        }
    }
    end
}

fn is_account(plain: &[u8]) -> bool {
    if !ACCOUNT_LENGTH.contains(&plain.len()) {
        return false;
    }
    let turned = plain[4..].iter().chain(&plain[..4]);
    let rest = turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    rest == 1
}

/// Groups of digits apart by a space, dash or point, of which some neighbours together are 13 to
/// 19 digits, begin like a card and pass the check digit.
fn find_cards(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            // The digits of an escaped space are none of the card's.
            at += if bytes[at..].starts_with(b"%20") {
                3
            } else {
                1
            };
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        let joined = groups
            .last()
            .is_some_and(|last| GAPS.contains(&&text[last.end..start]));
        if !joined {
            find_cards_in(bytes, &groups, found);
            groups.clear();
        }
        groups.push(start..at);
    }
    find_cards_in(bytes, &groups, found);
}

fn find_cards_in(bytes: &[u8], groups: &[Range<usize>], found: &mut Vec<Found>) {
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

#[cfg(test)]
mod tests;
