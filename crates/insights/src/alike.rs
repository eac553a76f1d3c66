//! What stays the same of a text that programs write: messages of errors and addresses of scripts
//! differ in numbers, ids and builds from one time to the next. Texts are alike when what is left
//! of them is equal. What exactly is taken out stands in docs/concepts/errors.md.
//!
//! Written by hand and not as expressions: it runs over every different message of a site, and it
//! has to be the same when it is done twice, because what is shown to people comes back as a value
//! of a condition.

/// Stands for what was taken out.
const GAP: char = '…';
/// Longer quoted texts are somebody's words, shorter ones without a blank are names.
const QUOTED_NAME_CHARS: usize = 60;
/// Browsers put these before messages, and not all do.
const PREFIXES: [&str; 2] = ["Uncaught (in promise) ", "Uncaught "];
/// How long the mark of a build in the name of a script is: bundlers agree.
const BUILD_CHARS: usize = 8;
const SCRIPTS: [&str; 4] = [".js", ".mjs", ".cjs", ".css"];

/// The text without what changes.
pub(crate) fn alike(text: &str) -> String {
    let mut left = once(text);
    // Where something went, quotes and words may begin elsewhere. Each time less is left.
    loop {
        let less = once(&left);
        if less == left {
            return left;
        }
        left = less;
    }
}

fn once(text: &str) -> String {
    let mut text = text.trim();
    while let Some(rest) = PREFIXES.iter().find_map(|one| text.strip_prefix(one)) {
        text = rest.trim_start();
    }
    let without_builds = without_builds(&text.chars().collect::<Vec<_>>());
    let mut out = String::with_capacity(text.len());
    scan(&without_builds, &mut out);
    out
}

/// The marks of builds in names of scripts are taken out first: they may have any letter.
fn without_builds(text: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    for (at, &one) in text.iter().enumerate() {
        if one == '.' && is_script_end(&text[at..]) {
            let kept = out.len().saturating_sub(BUILD_CHARS);
            let is_marked = kept > 0 && matches!(out[kept - 1], '-' | '.');
            let build = &out[kept..];
            let is_build = build
                .iter()
                .all(|&one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_'))
                && !build.iter().all(char::is_ascii_lowercase);
            if is_marked && is_build {
                out.truncate(kept);
                out.push(GAP);
            }
        }
        out.push(one);
    }
    out
}

fn is_script_end(text: &[char]) -> bool {
    SCRIPTS.iter().any(|end| {
        let length = end.len();
        text.len() >= length
            && text[..length].iter().copied().eq(end.chars())
            && text.get(length).is_none_or(|&next| !is_of_word(next))
    })
}

fn scan(text: &[char], out: &mut String) {
    let mut at = 0;
    while at < text.len() {
        let one = text[at];
        if one.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            at += 1;
        } else if let Some(length) = uuid_at(text, at) {
            out.push(GAP);
            at += length;
        } else if is_of_word(one) {
            let end = (at..text.len()).find(|&next| !is_of_word(text[next]));
            let end = end.unwrap_or(text.len());
            at = match text[at].is_ascii_digit() {
                true => {
                    out.push(GAP);
                    end_of_number(text, end)
                }
                false => {
                    push_word(&text[at..end], out);
                    end
                }
            };
        } else if let Some(end) = end_of_quote(text, at) {
            out.push(one);
            let quoted = &text[at + 1..end];
            let is_name =
                quoted.len() <= QUOTED_NAME_CHARS && !quoted.iter().any(|one| one.is_whitespace());
            match is_name {
                true => scan(quoted, out),
                false => out.push(GAP),
            }
            out.push(text[end]);
            at = end + 1;
        } else {
            out.push(one);
            at += 1;
        }
    }
}

fn is_of_word(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '$')
}

/// Where a number, a time or a version ends whose first digits end at `end`.
fn end_of_number(text: &[char], mut end: usize) -> usize {
    let is_digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    while end < text.len() && matches!(text[end], '.' | ',' | ':' | '-') && is_digit(end + 1) {
        end += 1;
        while end < text.len() && is_of_word(text[end]) {
            end += 1;
        }
    }
    end
}

/// A word that begins with no digit: as it is, without its long numbers, or taken out as an id.
fn push_word(word: &[char], out: &mut String) {
    let has_digit = word.iter().any(char::is_ascii_digit);
    let is_hex = word.iter().all(char::is_ascii_hexdigit);
    let changes = |pair: &&[char]| pair[0].is_ascii_digit() != pair[1].is_ascii_digit();
    let changes = word.windows(2).filter(changes).count();
    let is_id =
        (is_hex && word.len() >= 6) || (changes >= 3 && word.len() >= 8) || word.len() >= 24;
    if has_digit && is_id {
        out.push(GAP);
        return;
    }
    let mut runs = word.chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit());
    for run in runs.by_ref() {
        match run[0].is_ascii_digit() && run.len() >= 3 {
            true => out.push(GAP),
            false => out.extend(run),
        }
    }
}

/// Where a quoted text ends that begins at `at`. An apostrophe within a word begins none.
fn end_of_quote(text: &[char], at: usize) -> Option<usize> {
    let closing = match text[at] {
        quote @ ('"' | '\'' | '`') => quote,
        '“' => '”',
        _ => return None,
    };
    if at > 0 && is_of_word(text[at - 1]) {
        return None;
    }
    let ends = |&end: &usize| {
        text[end] == closing && text.get(end + 1).is_none_or(|&next| !is_of_word(next))
    };
    (at + 1..text.len()).find(ends)
}

/// The length of a UUID that begins here.
fn uuid_at(text: &[char], at: usize) -> Option<usize> {
    const LENGTH: usize = 36;
    let is_dash = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    let uuid = text.get(at..at + LENGTH)?;
    let is_one = uuid
        .iter()
        .enumerate()
        .all(|(place, one)| match is_dash(place) {
            true => *one == '-',
            false => one.is_ascii_hexdigit(),
        });
    let is_whole = (at == 0 || !is_of_word(text[at - 1]))
        && text.get(at + LENGTH).is_none_or(|&next| !is_of_word(next));
    (is_one && is_whole).then_some(LENGTH)
}

#[cfg(test)]
mod tests {
    use super::alike;
    use crate::tests::samples::Dice;

    #[test]
    fn numbers_ids_and_builds_are_taken_out() {
        let check = |text: &str, left: &str| assert_eq!(alike(text), left, "{text}");
        check("", "");
        check("pay is not a function", "pay is not a function");
        check("Uncaught TypeError: x is null", "TypeError: x is null");
        check("Uncaught (in promise) Error: 404", "Error: …");
        check("timeout of 3000ms exceeded", "timeout of … exceeded");
        check("at 2026-11-04T10:11:12.123Z, 1,000.5", "at …, …");
        check("order 17 of 3", "order … of …");
        check(
            "utf8, h1 and md5 stay; sha256 is cut",
            "utf8, h1 and md5 stay; sha… is cut",
        );
        check("item-12 and item1234", "item-… and item…");
        check(
            "user 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed is gone",
            "user … is gone",
        );
        check("token a1b2c3d4e5", "token …");
        check(
            "deadbeef is a word of letters",
            "deadbeef is a word of letters",
        );
        check("a\n  b", "a b");
    }

    #[test]
    fn quoted_names_stay_and_quoted_words_do_not() {
        let check = |text: &str, left: &str| assert_eq!(alike(text), left, "{text}");
        check(
            "Cannot read properties of undefined (reading 'price')",
            "Cannot read properties of undefined (reading 'price')",
        );
        check(
            "'#item-12' is not a selector",
            "'#item-…' is not a selector",
        );
        check(
            "token 'T', \"The page c\"... here",
            "token 'T', \"…\"... here",
        );
        check("I can't, he won't", "I can't, he won't");
        check("“Ada Lovelace” said", "“…” said");
        check("it's 'open", "it's 'open");
    }

    #[test]
    fn scripts_are_alike_from_build_to_build() {
        let check = |text: &str, left: &str| assert_eq!(alike(text), left, "{text}");
        check("/app.3f9c2b1a.js", "/app.….js");
        check("/assets/index-BX2k9dQ1.js", "/assets/index-….js");
        check("/assets/index-DxYkQwEr.js", "/assets/index-….js");
        check("/assets/index-B_x-9dQ1.js", "/assets/index-….js");
        check("/assets/index-BX2k9dQ1.json", "/assets/index-….json");
        check("/js/checkout-validation.js", "/js/checkout-validation.js");
        check("/js/main-checkout.js", "/js/main-checkout.js");
        check("/shop.js", "/shop.js");
        check(
            "https://cdn.test/v1.2.3/lib.js",
            "https://cdn.test/v1.…/lib.js",
        );
    }

    #[test]
    fn what_is_left_is_left_as_it_is() {
        const PIECES: [&str; 24] = [
            "a",
            "x1",
            "123",
            "9",
            "deadbe",
            "f0",
            "-",
            ".",
            "'",
            "\"",
            " ",
            "…",
            ":",
            "_",
            "$",
            "Z",
            ".js",
            "é",
            "“",
            "”",
            "12b",
            "xyz",
            "\n",
            "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        ];
        for seed in 0..20_000 {
            let mut dice = Dice::new(seed);
            let count = dice.below(14);
            let text: String = (0..count).map(|_| dice.pick(&PIECES)).collect();
            let once = alike(&text);
            assert_eq!(alike(&once), once, "seed {seed}: {text:?}");
        }
    }
}
