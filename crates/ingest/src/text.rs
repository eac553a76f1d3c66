//! Cutting texts to a limit, and comparing patterns with `*`.

/// The longest beginning of `text` that has at most `limit` bytes and whole characters; whether
/// something was cut off.
pub(crate) fn cut(text: &str, limit: usize) -> (String, bool) {
    if text.len() <= limit {
        return (text.to_owned(), false);
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (text[..end].to_owned(), true)
}

/// Whether `text` is `pattern`, in which `*` stands for any run of characters. Takes time in
/// proportion to the product of both lengths at worst, and never recurses.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, seen));
            at += 1;
        } else if pattern.get(at) == Some(&text[seen]) {
            at += 1;
            seen += 1;
        } else if let Some((star_at, star_seen)) = star {
            star = Some((star_at, star_seen + 1));
            at = star_at + 1;
            seen = star_seen + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_keeps_whole_characters() {
        assert_eq!(cut("abc", 3), ("abc".to_owned(), false));
        assert_eq!(cut("aé", 2), ("a".to_owned(), true));
        assert_eq!(cut("é", 1), (String::new(), true));
    }

    #[test]
    fn star_stands_for_any_run() {
        for (pattern, text, expected) in [
            ("/account/*", "/account/7", true),
            ("/account/*", "/account", false),
            ("*/secret*", "/a/secret/b", true),
            ("*", "", true),
            ("", "/", false),
            ("/a*b*c", "/axxbxxbc", true),
            ("/a*b*c", "/axxbxxb", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
