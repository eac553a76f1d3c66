//! The section on erasing and retention: the rows that the store's tests told, table by table.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::step::Failure;

/// A row of a table, as a test tells it.
#[derive(Debug, Deserialize)]
struct Told {
    table: String,
    cells: Vec<String>,
}

/// A table of the section: its name for the tests, what stands before it, its columns.
struct Table {
    name: &'static str,
    before: &'static str,
    columns: &'static [&'static str],
}

const TABLES: [Table; 5] = [
    Table {
        name: "visitor",
        before: "## A visitor's recordings\n\nThe test `nothing_of_an_erased_visitor_is_left_anywhere`: \
            eight visitors, one of whom is erased. Her recordings lie wherever recordings can: in packs as \
            they came and put in order, against a shared base and without, with style sheets of her own and \
            shared ones, in the log, in the catalog and in copies of it. What is searched for, in every file \
            of the data folder: words that only her screen showed, what somebody noted about her, pieces of \
            40 bytes of everything that was ever written encrypted for her, and her key. That the search finds \
            them is the column before.",
        columns: &[
            "where",
            "found before",
            "after erasing",
            "after a restart",
            "put in order and tidied",
        ],
    },
    Table {
        name: "shared",
        before: "What recordings share is decrypted and searched for her words; everybody else's recordings \
            are read before and after.",
        columns: &[
            "when",
            "shared things",
            "with a word of hers",
            "lines of others",
            "of them changed",
        ],
    },
    Table {
        name: "copies",
        before: "What is found of hers in backups and what they bring back. A backup from before the erasure \
            still has her bytes; nobody reads them without the key, which is in no ordinary backup. The words \
            in it are addresses of pages and notes, which lie in its catalog.",
        columns: &["copy", "encrypted pieces", "words", "key"],
    },
    Table {
        name: "person",
        before: "## A person\n\nThe test `nothing_of_a_person_is_left_and_all_of_the_others`: a person on two \
            devices, in parts of several weeks, in the log and in the ledger of identities, and three others. \
            Every file of the data folder is searched for what their events said and for their user id.",
        columns: &["when", "files", "found", "events of others"],
    },
    Table {
        name: "retention",
        before: "## Retention\n\nThe tests `pinned_recordings_stay_and_the_bytes_of_the_others_leave_the_disk` \
            and `what_is_past_retention_leaves_a_pack_that_pinned_recordings_keep`: bytes of all files of a \
            site's recordings. What the plan said is what the settings show before it goes.",
        columns: &[
            "what happened",
            "recordings that went",
            "the plan said, bytes",
            "on the disk before, bytes",
            "after, bytes",
            "still named, bytes",
        ],
    },
];

/// The section, of what the tests told line by line.
pub(super) fn page(lines: &str) -> Result<String, Failure> {
    let told: Vec<Told> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let mut text = String::from(
        "# What is left of what went: the proof\n\n\
         Written by `cargo xtask proof erasing`, tests of the store; do not edit. \
         [How recordings are stored](concepts/storing.md) says what must happen.\n",
    );
    for Table {
        name,
        before,
        columns,
    } in TABLES
    {
        let rows: Vec<&Told> = told.iter().filter(|row| row.table == name).collect();
        if rows.is_empty() {
            return Err(Failure::new(format!("no test told anything of `{name}`")));
        }
        let _ = writeln!(text, "\n{before}\n\n| {} |", columns.join(" | "));
        let _ = writeln!(text, "|---{}|", "|--:".repeat(columns.len() - 1));
        for row in rows {
            if row.cells.len() != columns.len() {
                return Err(Failure::new(format!(
                    "a row of `{name}` has {} cells, not {}",
                    row.cells.len(),
                    columns.len()
                )));
            }
            let _ = writeln!(text, "| {} |", row.cells.join(" | "));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{TABLES, page};

    fn line(table: &str, cells: usize) -> String {
        serde_json::json!({ "table": table, "cells": vec!["1"; cells] }).to_string()
    }

    #[test]
    fn every_table_must_have_been_told_of() {
        let all: Vec<String> = TABLES
            .iter()
            .map(|table| line(table.name, table.columns.len()))
            .collect();
        let text = page(&all.join("\n")).unwrap();
        assert!(text.contains("| 1 | 1 | 1 | 1 |\n"), "{text}");
        let failure = page(&all[1..].join("\n")).unwrap_err().to_string();
        assert!(failure.contains("visitor"), "{failure}");
        let short = all.join("\n") + "\n" + &line("person", 1);
        assert!(page(&short).is_err());
    }
}
