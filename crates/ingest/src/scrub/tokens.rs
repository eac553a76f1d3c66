//! Words that nobody wrote: web tokens, keys with a known beginning, private keys, random runs.

use super::{Found, SECRET, TOKEN_WORD_MIN, is_word_byte};

/// Shortest run of one alphabet that is taken for a random token.
const RUN_MIN: usize = 24;
/// Shortest run of hexadecimal digits that is taken for a token.
const HEX_RUN_MIN: usize = 32;
/// Shortest run of Base64 with its own signs that is taken for a token.
const BASE64_RUN_MIN: usize = 32;
/// Letters of one case in a row that make a word; random runs of Base64 have few such rows.
const LOWER_ROW_MAX: usize = 5;
/// How a key in this form begins.
pub(super) const KEY_BEGINS: &str = "-----BEGIN ";
const PREFIXES: &[&str] = &[
    "sk_live_",
    "sk_test_",
    "pk_live_",
    "rk_live_",
    "sk-proj-",
    "sk-ant-",
    "whsec_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "dop_v1_",
    "shpat_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "xoxr-",
    "SG.",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29",
    "eyJ",
];

/// Finds them.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    find_words(text, found);
    find_base64(text, found);
}

/// Finds private keys in the form of RFC 7468, up to their end.
pub(super) fn find_keys(text: &str, found: &mut Vec<Found>) {
    for (at, mark) in text.match_indices(KEY_BEGINS) {
        let from = at + mark.len();
        let rest = &text[from..];
        let kind = rest.split("-----").next().unwrap_or_default();
        if kind.ends_with("PRIVATE KEY") {
            let end = rest
                .find("-----END ")
                .map_or(text.len(), |length| from + length);
            found.push((at..end, SECRET));
        }
    }
}

/// Web tokens, and words that carry a known prefix of keys or look random.
fn find_words(text: &str, found: &mut Vec<Found>) {
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
        let dotted = word.contains('.') && (word.starts_with("eyJ") || word.starts_with("SG."));
        if dotted && length >= 20 {
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
    if word.len() >= 20 && PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
        return true;
    }
    word.split(['-', '_']).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let hex = run.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex && run.len() >= HEX_RUN_MIN && digits < run.len() {
            return true;
        }
        run.len() >= RUN_MIN
            && digits >= 2
            && run.bytes().any(|byte| byte.is_ascii_uppercase())
            && run.bytes().any(|byte| byte.is_ascii_lowercase())
    })
}

/// Runs of Base64 with `+` and `/` in them, as secret keys have them. A path has such signs too,
/// but is made of words.
fn find_base64(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let mut at = 0;
    while at < bytes.len() {
        if !is_sign(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_sign(bytes[at]) {
            at += 1;
        }
        while at < bytes.len() && bytes[at] == b'=' && at - start >= BASE64_RUN_MIN {
            at += 1;
        }
        if is_random(&bytes[start..at]) {
            found.push((start..at, SECRET));
        }
    }
}

fn is_random(run: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| run.iter().filter(|byte| is(byte)).count();
    let longest_row = run
        .split(|byte| !byte.is_ascii_lowercase())
        .map(<[u8]>::len)
        .max();
    run.len() >= BASE64_RUN_MIN
        && count(u8::is_ascii_digit) >= 1
        && count(u8::is_ascii_uppercase) >= 5
        && count(u8::is_ascii_lowercase) >= 5
        && longest_row.is_some_and(|length| length <= LOWER_ROW_MAX)
}
