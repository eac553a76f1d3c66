//! Cells of an answer as people and spreadsheets read them.

use hitmetrix_model::{Cell, Unit};

use super::table::TableCell;

/// A cell for a terminal: durations in seconds, shares in percent, times in words.
pub fn for_table(cell: &Cell, unit: Unit) -> TableCell {
    let number = |text: String| TableCell {
        text,
        is_number: true,
    };
    match (cell, unit) {
        (Cell::Missing(_), _) => number("–".to_owned()),
        (Cell::Text(text), _) => TableCell::text(printable(text)),
        (Cell::Boolean(boolean), _) => TableCell::text(if *boolean { "yes" } else { "no" }),
        (Cell::Count(ms), Unit::TimeMs) => TableCell::text(time(*ms)),
        (Cell::Count(count), Unit::Ms) => number(format!("{:.1} s", *count as f64 / 1000.0)),
        (Cell::Number(share), Unit::Share) => number(format!("{:.1} %", share * 100.0)),
        (Cell::Number(ms), Unit::Ms) => number(format!("{:.1} s", ms / 1000.0)),
        (Cell::Count(count), _) => number(count.to_string()),
        (Cell::Number(value), _) => number(format!("{value:.2}")),
    }
}

/// A cell for CSV: times as RFC 3339, numbers as they are, words guarded.
pub fn for_csv(cell: &Cell, unit: Unit) -> String {
    match (cell, unit) {
        (Cell::Missing(_), _) => String::new(),
        (Cell::Text(text), _) => csv_text(text),
        (Cell::Boolean(boolean), _) => boolean.to_string(),
        (Cell::Count(ms), Unit::TimeMs) => time(*ms),
        (Cell::Count(count), _) => count.to_string(),
        (Cell::Number(value), _) => value.to_string(),
    }
}

/// A text in quotes. One that a spreadsheet would take for a formula gets an apostrophe before
/// it, also behind leading space or in full-width characters: what visitors send must not run on
/// the desk of who reads it.
pub fn csv_text(text: &str) -> String {
    let begins = text
        .trim_start_matches([' ', '\u{a0}', '%', '"', '\''])
        .chars()
        .next();
    let is_formula = begins.is_some_and(|first| "=+-@\t\r\n＝＋－＠".contains(first))
        || text.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A time as RFC 3339 in UTC.
pub fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string())
}

/// A text without what would move a terminal's cursor or change its colours.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_csv_cell_begins_like_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "％", "%=1", "＝1", "\n@", "\"=1",
        ] {
            let cell = csv_text(text);
            let inner = cell.trim_matches('"');
            let first = inner.trim_start().chars().next().unwrap_or('x');
            assert!(
                !"=+-@\t\r\n＝＋－＠".contains(first),
                "{text:?} became {cell}"
            );
        }
        assert_eq!(csv_text("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(csv_text("plain"), "\"plain\"");
    }

    #[test]
    fn terminal_never_sees_control_characters() {
        assert!(!printable("a\u{1b}[31mb\n").contains('\u{1b}'));
    }
}
