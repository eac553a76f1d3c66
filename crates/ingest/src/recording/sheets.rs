//! Style sheets that a recorder named instead of sending them, because its site's rules told it that
//! the server has them: in the place of the text of an element's sheet, or of the rules of an
//! adopted one, stands `{"sheet":"…"}`. They are put in before anything else is done with the
//! lines, so that limits, the second pass and all that is stored are as if they had been sent.
//! No text of a page can be such a reference: a text is no object.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use hitmetrix_model::limits;
use hitmetrix_recording::SheetDigest;

use super::RecordingError;

/// What a reference begins and ends with.
const BEGIN: &str = "{\"sheet\":\"";
const END: &str = "\"}";

/// Where a sheet can stand: its key, what JSON of it begins with, and an empty one.
struct Place {
    key: &'static str,
    begin: u8,
    empty: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        key: "\"_cssText\":",
        begin: b'"',
        empty: "\"\"",
    },
    Place {
        key: "\"rules\":",
        begin: b'[',
        empty: "[]",
    },
];

/// Lines in which no sheet is only named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithSheets {
    /// The lines.
    pub lines: Vec<u8>,
    /// Sheets that are not there: each place of one is empty.
    pub unknown: BTreeSet<SheetDigest>,
    /// Bytes that were put in, of each place where a sheet is named.
    pub brought: usize,
}

/// The sheets that stand in the lines of a chunk by their names.
#[must_use]
pub fn named_sheets(lines: &[u8]) -> BTreeSet<SheetDigest> {
    each_line(lines)
        .filter_map(Result::ok)
        .flat_map(references)
        .map(|(_, _, digest)| digest)
        .collect()
}

/// The lines with these sheets, given by their JSON, where their names stand.
///
/// # Errors
/// When that is more than a chunk may have.
pub fn with_sheets(
    lines: &[u8],
    sheets: &HashMap<SheetDigest, Vec<u8>>,
) -> Result<WithSheets, RecordingError> {
    let limit = limits::CHUNK_DECODED_BYTES;
    let mut out = WithSheets {
        lines: Vec::with_capacity(lines.len()),
        unknown: BTreeSet::new(),
        brought: 0,
    };
    for line in each_line(lines) {
        let text = match line {
            Ok(text) => text,
            Err(bytes) => {
                out.lines.extend_from_slice(bytes);
                continue;
            }
        };
        let mut copied = 0;
        for (range, place, digest) in references(text) {
            out.lines
                .extend_from_slice(&text.as_bytes()[copied..range.start]);
            copied = range.end;
            let json = sheets
                .get(&digest)
                .filter(|json| json.first() == Some(&place.begin));
            if json.is_none() {
                out.unknown.insert(digest);
            }
            let json = json.map_or(place.empty.as_bytes(), Vec::as_slice);
            if out.lines.len() + json.len() > limit {
                return Err(RecordingError::Sheets { limit });
            }
            out.lines.extend_from_slice(json);
            out.brought += json.len();
        }
        out.lines.extend_from_slice(&text.as_bytes()[copied..]);
        if out.lines.len() > limit {
            return Err(RecordingError::Sheets { limit });
        }
    }
    Ok(out)
}

/// Lines with their ends; as bytes, where one is no text.
fn each_line(lines: &[u8]) -> impl Iterator<Item = Result<&str, &[u8]>> {
    lines
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| std::str::from_utf8(line).map_err(|_| line))
}

/// Where references stand in a line, in its order. Within a text of JSON no quote stands without a
/// sign before it, so that what looks like one here is one.
fn references(line: &str) -> impl Iterator<Item = (Range<usize>, &'static Place, SheetDigest)> {
    line.match_indices(BEGIN).filter_map(move |(from, _)| {
        let place = PLACES
            .iter()
            .find(|place| line[..from].ends_with(place.key))?;
        let digits = from + BEGIN.len();
        let end = digits + SheetDigest::DIGITS;
        let digest = SheetDigest::read(line.get(digits..end)?)?;
        line[end..]
            .starts_with(END)
            .then_some((from..end + END.len(), place, digest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::sanitise;

    const TEXT: &str = r#""a{content:\"b\"}""#;
    const RULES: &str = r#"[{"rule":"a{b:c}","index":0}]"#;

    fn digest(json: &str) -> String {
        SheetDigest::of(json.as_bytes()).digits()
    }

    fn named(json: &str) -> String {
        format!("{{\"sheet\":\"{}\"}}", digest(json))
    }

    fn known() -> HashMap<SheetDigest, Vec<u8>> {
        let one = |json: &str| (SheetDigest::of(json.as_bytes()), json.as_bytes().to_vec());
        HashMap::from([one(TEXT), one(RULES)])
    }

    /// A page that loads a sheet and adopts one, and changes the first.
    fn lines(text: &str, rules: &str) -> String {
        format!(
            r#"{{"type":2,"data":{{"node":{{"type":0,"childNodes":[{{"type":2,"tagName":"link","attributes":{{"_cssText":{text}}},"childNodes":[],"id":2}}],"id":1}},"initialOffset":{{"left":0,"top":0}}}},"timestamp":5}}
{{"type":3,"data":{{"source":15,"id":1,"styles":[{{"styleId":1,"rules":{rules}}}],"styleIds":[1]}},"timestamp":6}}
{{"type":3,"data":{{"source":0,"texts":[],"attributes":[{{"id":2,"attributes":{{"_cssText":{text}}}}}],"removes":[],"adds":[]}},"timestamp":7}}
"#
        )
    }

    #[test]
    fn lines_that_name_sheets_become_those_that_have_them() {
        let named = lines(&named(TEXT), &named(RULES));
        let digests: BTreeSet<SheetDigest> = known().into_keys().collect();
        assert_eq!(named_sheets(named.as_bytes()), digests);
        let put = with_sheets(named.as_bytes(), &known()).unwrap();
        assert_eq!(String::from_utf8(put.lines).unwrap(), lines(TEXT, RULES));
        assert_eq!(put.unknown, BTreeSet::new());
    }

    #[test]
    fn what_nobody_has_is_empty_and_said() {
        let (text, rules) = (named(TEXT), named(RULES));
        let put = with_sheets(lines(&text, &rules).as_bytes(), &HashMap::new()).unwrap();
        assert_eq!(String::from_utf8(put.lines).unwrap(), lines("\"\"", "[]"));
        assert_eq!(put.unknown, known().into_keys().collect());
        // A text in the place of rules, and rules in that of a text, are none.
        let put = with_sheets(lines(&rules, &text).as_bytes(), &known()).unwrap();
        assert_eq!(String::from_utf8(put.lines).unwrap(), lines("\"\"", "[]"));
        assert_eq!(put.unknown, known().into_keys().collect());
    }

    #[test]
    fn nothing_else_names_a_sheet() {
        let name = named(TEXT);
        let texts = name.replace('"', "\\\"");
        for other in [
            // Texts of a page, whatever they say.
            lines(&format!("\"\\\"_cssText\\\":{texts}\""), "[]"),
            lines("\"\"", "[]").replace("\"\"", &format!("\"{texts}\"")),
            // Other places, and references of another shape.
            lines("\"\"", "[]").replace("\"id\":1", &format!("\"id\":1,\"textContent\":{name}")),
            lines(&name.replace(':', ": "), "[]"),
            lines(&name.replace("\"}", "=\"}"), "[]"),
            lines(&name.replace("\"}", "\",\"a\":1}"), "[]"),
            lines(&name.replace("sheet", "digest"), "[]"),
        ] {
            assert_eq!(named_sheets(other.as_bytes()), BTreeSet::new(), "{other}");
            let put = with_sheets(other.as_bytes(), &known()).unwrap();
            assert_eq!(String::from_utf8(put.lines).unwrap(), other);
            // And none of them gets into what is stored.
            let stored = sanitise(other.as_bytes(), 0).unwrap().lines;
            let stored = String::from_utf8(stored).unwrap();
            assert!(!stored.contains("{\"sheet\""), "{stored}");
        }
        let broken = [b"\xff", name.as_bytes()].concat();
        assert_eq!(with_sheets(&broken, &known()).unwrap().lines, broken);
    }

    #[test]
    fn a_short_chunk_becomes_no_larger_than_any_may_be() {
        let sheet = format!("\"{}\"", "a".repeat(limits::CHUNK_DECODED_BYTES / 8));
        let sheets = HashMap::from([(
            SheetDigest::of(sheet.as_bytes()),
            sheet.clone().into_bytes(),
        )]);
        let line = |count: usize| format!("{{\"_cssText\":{}}}\n", named(&sheet)).repeat(count);
        assert!(with_sheets(line(7).as_bytes(), &sheets).is_ok());
        let over = with_sheets(line(1000).as_bytes(), &sheets);
        assert!(matches!(over, Err(RecordingError::Sheets { .. })));
        let rest = line(7) + &" ".repeat(limits::CHUNK_DECODED_BYTES / 8);
        assert!(with_sheets(rest.as_bytes(), &sheets).is_err());
    }
}
