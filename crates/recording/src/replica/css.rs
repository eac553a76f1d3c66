//! Where the rules of a style text begin and end. Nothing more is known of CSS here: what is between
//! the braces is a browser's business.

/// The rules at the top of a text, one by one; a last one without its end is one too.
pub(super) fn top_rules(css: &str) -> impl Iterator<Item = &str> {
    let mut rest = css;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return None;
        }
        let (rule, behind) = trimmed.split_at(rule_length(trimmed));
        rest = behind;
        Some(rule)
    })
}

/// Bytes of the first rule.
fn rule_length(css: &str) -> usize {
    let bytes = css.as_bytes();
    let is_at_rule = bytes.first() == Some(&b'@');
    // Closing brackets that are still to come, the outermost first.
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' | b'\'' => at += string_length(&bytes[at..]) - 1,
            b'/' if bytes[at..].starts_with(b"/*") => at += comment_length(&css[at..]) - 1,
            b'(' => open.push(b')'),
            b'[' => open.push(b']'),
            b'{' => open.push(b'}'),
            b';' if open.is_empty() && is_at_rule => return at + 1,
            closing @ (b')' | b']' | b'}') if open.last() == Some(closing) => {
                open.pop();
                if *closing == b'}' && open.is_empty() {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    css.len()
}

/// Bytes of a string with its quotes. One that does not end ends with its line.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if *byte == bytes[0] => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn comment_length(css: &str) -> usize {
    const HEAD: usize = "/*".len();
    css[HEAD..]
        .find("*/")
        .map_or(css.len(), |end| HEAD + end + HEAD)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::top_rules;

    #[test]
    fn rules_end_where_browsers_end_them() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            (" a{b:c} d{}\n", &["a{b:c}", "d{}"]),
            ("@import url(x;y); a{}", &["@import url(x;y);", "a{}"]),
            ("@media x{a{}b{}}c{}", &["@media x{a{}b{}}", "c{}"]),
            (r#"a{b:"}"}c{d:'\'}'}"#, &[r#"a{b:"}"}"#, r#"c{d:'\'}'}"#]),
            ("/* } */a{/*}*/}b{}", &["/* } */a{/*}*/}", "b{}"]),
            (r"a\}b{} c{}", &[r"a\}b{}", "c{}"]),
            ("a[b='{']{}c{", &["a[b='{']{}", "c{"]),
            ("a{b:'x\n}c{}", &["a{b:'x\n}", "c{}"]),
        ];
        for (css, expected) in cases {
            assert_eq!(top_rules(css).collect::<Vec<_>>(), expected, "{css}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(css in r#"([a-c{}()@;"'\\/* \n]|\PC){0,60}"#) {
            let all: String = top_rules(&css).collect();
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeezed(&all), squeezed(&css));
        }
    }
}
