//! Texts in which `*` stands for any run of characters, as `/product/*`: how groups of pages are
//! named. They match as a whole, letter by letter.

/// A text in which `*` stands for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard {
    first: String,
    /// What follows each `*`.
    rest: Vec<String>,
}

impl Wildcard {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut pieces = pattern.split('*').map(str::to_owned);
        Self {
            first: pieces.next().unwrap_or_default(),
            rest: pieces.collect(),
        }
    }

    /// Whether a text matches; takes time in proportion to it, because the leftmost place of a
    /// piece leaves most to the next one.
    pub(crate) fn takes(&self, text: &str) -> bool {
        let Some((last, between)) = self.rest.split_last() else {
            return text == self.first;
        };
        let Some(mut left) = text.strip_prefix(self.first.as_str()) else {
            return false;
        };
        let Some(inner) = left.strip_suffix(last.as_str()) else {
            return false;
        };
        left = inner;
        between.iter().all(|piece| match left.find(piece.as_str()) {
            Some(at) => {
                left = &left[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        let cases = [
            ("/product/*", "/product/", true),
            ("/product/*", "/product/7/red", true),
            ("/product/*", "/product", false),
            ("*", "/", true),
            ("*/edit", "/a/edit", true),
            ("*/edit", "/a/edit/", false),
            ("/a*b*c", "/abc", true),
            ("/a*b*c", "/a-b-b-c", true),
            ("/a*b*c", "/acb", false),
            // Both ends need letters of their own.
            ("/aa*aa", "/aaa", false),
            ("/aa*aa", "/aaaa", true),
            ("/ä*", "/äß", true),
            ("/a", "/a", true),
            ("/a", "/ab", false),
            ("**", "", true),
            ("a**b", "ab", true),
        ];
        for (pattern, text, takes) in cases {
            assert_eq!(
                Wildcard::new(pattern).takes(text),
                takes,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_takes_linear_time() {
        let pattern = Wildcard::new(&"a*".repeat(2000));
        let text = "a".repeat(8000) + "b";
        assert!(pattern.takes(&text));
        assert!(!Wildcard::new(&("a*".repeat(2000) + "c")).takes(&text));
    }
}
