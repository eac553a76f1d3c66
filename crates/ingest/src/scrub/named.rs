//! What stands behind a name that says that it is a secret: `password=`, `token:`, `Bearer `,
//! the headers `Authorization` and `Cookie`.

use super::{Found, SECRET};

/// Names wherever they stand in a word.
const NAMES: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "access-key",
    "private_key",
    "private-key",
    "sessionid",
    "session_id",
    "session-id",
    "sessid",
    "csrf",
    "xsrf",
    "credential",
    "credentials",
];
/// Names that are part of other words, so that they count only where a word begins.
const WHOLE: &[&str] = &["otp", "pin", "cvv", "cvc", "sid", "auth", "jwt"];
/// Schemes of the header `Authorization` that one word follows.
const SCHEMES: &[&str] = &["basic", "bearer", "token", "negotiate", "apikey"];
/// Schemes that a list of words follows, to the end of the line.
const LONG_SCHEMES: &[&str] = &["digest", "hawk", "aws4-hmac-sha256"];

/// Finds it. Without an assignment in the text only "Bearer " can name something.
pub(super) fn find(text: &str, has_assignment: bool, found: &mut Vec<Found>) {
    // Only ASCII letters change, so that positions stay the same.
    let folded = text.to_ascii_lowercase();
    let mut put = |value: &str, length: usize| {
        let start = folded.len() - value.len();
        if length > 0 {
            found.push((start..start + length, SECRET));
        }
    };
    for (at, name) in folded.match_indices("bearer ") {
        let value = unquoted(&folded[at + name.len()..]);
        put(value, word_length(value));
    }
    if !has_assignment {
        return;
    }
    for name in NAMES.iter().chain(WHOLE) {
        for (at, _) in folded.match_indices(name) {
            let inside = folded[..at].ends_with(|c: char| c.is_alphanumeric());
            if inside && WHOLE.contains(name) {
                continue;
            }
            if let Some(value) = assigned(&folded[at + name.len()..]) {
                put(value, word_length(value));
            }
        }
    }
    for (at, name) in folded.match_indices("authorization") {
        if let Some(value) = assigned(&folded[at + name.len()..]) {
            let first = word_length(value);
            let scheme = &value[..first];
            let length = if LONG_SCHEMES.contains(&scheme) {
                line_length(value)
            } else if SCHEMES.contains(&scheme) {
                let credentials = value[first..].trim_start_matches(' ');
                value.len() - credentials.len() + word_length(credentials)
            } else {
                first
            };
            put(value, length);
        }
    }
    for (at, name) in folded.match_indices("cookie") {
        if let Some(value) = assigned(&folded[at + name.len()..]) {
            let length = line_length(value);
            if value[..length].contains('=') {
                put(value, length);
            }
        }
    }
}

/// The value behind `=` or `:`, whatever quotes stand around the two.
fn assigned(tail: &str) -> Option<&str> {
    unquoted(tail).strip_prefix(['=', ':']).map(unquoted)
}

fn unquoted(text: &str) -> &str {
    text.trim_start_matches(['"', '\'', ' ', '\\'])
}

fn word_length(value: &str) -> usize {
    value
        .find(|c: char| c.is_whitespace() || "\"'&,;<>)}]".contains(c))
        .unwrap_or(value.len())
}

fn line_length(value: &str) -> usize {
    value.find(['\n', '\r']).unwrap_or(value.len())
}
