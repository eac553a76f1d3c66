//! Writes a tree as compact JSON, without recursion.

use crate::tree::{At, Tree, Value};

/// Writes the whole tree.
pub fn write(tree: &Tree<'_>, out: &mut Vec<u8>) {
    write_at(tree, tree.root(), out);
}

/// Writes one value and all it holds.
pub(crate) fn write_at(tree: &Tree<'_>, top: At, out: &mut Vec<u8>) {
    // Containers that are being written, each with the number of its parts already begun.
    let mut open: Vec<(At, usize)> = Vec::new();
    begin(tree, top, &mut open, out);
    while let Some((at, index)) = open.pop() {
        let (part, close) = match tree.get(at) {
            Value::List(items) => (items.get(index).copied(), b']'),
            Value::Object(members) => match members.get(index) {
                Some((key, value)) => {
                    if index > 0 {
                        out.push(b',');
                    }
                    text(key, out);
                    out.push(b':');
                    open.push((at, index + 1));
                    begin(tree, *value, &mut open, out);
                    continue;
                }
                None => (None, b'}'),
            },
            _ => continue,
        };
        match part {
            Some(value) => {
                if index > 0 {
                    out.push(b',');
                }
                open.push((at, index + 1));
                begin(tree, value, &mut open, out);
            }
            None => out.push(close),
        }
    }
}

/// Writes a scalar, or the opening of a container whose parts are then to come.
fn begin(tree: &Tree<'_>, at: At, open: &mut Vec<(At, usize)>, out: &mut Vec<u8>) {
    match tree.get(at) {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Number(digits) => out.extend_from_slice(digits.as_bytes()),
        Value::Text(value) => text(value, out),
        Value::List(_) => {
            out.push(b'[');
            open.push((at, 0));
        }
        Value::Object(_) => {
            out.push(b'{');
            open.push((at, 0));
        }
    }
}

/// Writes a text with its quotes.
pub(crate) fn text(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut plain_from = 0;
    for (at, byte) in value.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1f => b"",
            _ => continue,
        };
        out.extend_from_slice(&value.as_bytes()[plain_from..at]);
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escape);
        }
        plain_from = at + 1;
    }
    out.extend_from_slice(&value.as_bytes()[plain_from..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::write;
    use crate::Tree;

    fn rewritten(text: &str) -> String {
        let tree = Tree::parse(text).expect("it is JSON");
        let mut out = Vec::new();
        write(&tree, &mut out);
        String::from_utf8(out).expect("it is written from texts")
    }

    #[test]
    fn compact_json_comes_out_as_it_went_in() {
        for text in [
            "null",
            "[]",
            "{}",
            r#"[1,-0.5,1e9,true,false,null,"a\"\\\n\u0001é"]"#,
            r#"{"a":{"b":[[],{}]},"a":2}"#,
        ] {
            assert_eq!(rewritten(text), text);
        }
        let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        assert_eq!(rewritten(&deep), deep);
    }

    #[test]
    fn escapes_become_what_they_mean() {
        assert_eq!(
            rewritten(r#" { "A" : "\/\ud83d\ude00\ud800" } "#),
            "{\"A\":\"/😀\u{fffd}\"}"
        );
    }

    proptest! {
        #[test]
        fn any_text_survives(text in ".*") {
            let mut line = Vec::new();
            super::text(&text, &mut line);
            let line = String::from_utf8(line).expect("it is text");
            let tree = Tree::parse(&line).expect("it is JSON");
            prop_assert_eq!(tree.text(tree.root()), Some(text.as_str()));
        }
    }
}
