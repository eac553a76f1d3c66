//! Changes of a sheet's rules as recorder events: first what was taken away, then what was added,
//! then what changed within rules.

use super::json::Line;
use super::keyframe::Lines;
use super::live::Declared;
use super::sheet::{Changes, Item, Rules};

const RULES: u8 = 8;
const DECLARATION: u8 = 13;

/// The sheet that events are written for: its member and number, as `("id", 7)`.
pub(super) type Sheet = (&'static str, i64);

/// Writes what changed since the text of a sheet was set.
pub(super) fn rules(sheet: Sheet, rules: &Rules, lines: &mut Lines) {
    at_level(sheet, rules, &[], lines);
}

/// Writes the rules of a sheet that has nothing but added ones, and gives what changed within them.
pub(super) fn added(rules: &Rules, line: &mut Line<'_>) {
    let mut index = 0;
    for item in rules.items() {
        if let Item::Added(rule, _) = item {
            line.object(|line| {
                line.with_text("rule", rule);
                line.with_number("index", index);
            });
        }
        index += item.width();
    }
}

/// Writes what changed within the rules of a sheet, which are there already.
pub(super) fn within(sheet: Sheet, rules: &Rules, path: &[u64], lines: &mut Lines) {
    let mut index = 0;
    for item in rules.items() {
        if let Item::Changed(changes) | Item::Added(_, Some(changes)) = item {
            let path = [path, &[index]].concat();
            changes_of(sheet, changes, &path, lines);
        }
        index += item.width();
    }
}

/// The levels are few: deeper changes were not taken.
fn at_level(sheet: Sheet, rules: &Rules, path: &[u64], lines: &mut Lines) {
    let gone = rules.items().any(|item| matches!(item, Item::Gone(_)));
    if gone {
        lines.incremental(RULES, |line| {
            line.with_number(sheet.0, sheet.1);
            line.with_list("removes", |line| {
                let mut index = 0;
                for item in rules.items() {
                    match item {
                        Item::Gone(count) => {
                            for _ in 0..*count {
                                line.object(|line| place(path, index, line));
                            }
                        }
                        Item::Kept(count) => index += count,
                        Item::Changed(_) => index += 1,
                        Item::Added(..) => {}
                    }
                }
            });
        });
    }
    let has_added = rules.items().any(|item| matches!(item, Item::Added(..)));
    if has_added {
        lines.incremental(RULES, |line| {
            line.with_number(sheet.0, sheet.1);
            line.with_list("adds", |line| {
                let mut index = 0;
                for item in rules.items() {
                    if let Item::Added(rule, _) = item {
                        line.object(|line| {
                            line.with_text("rule", rule);
                            place(path, index, line);
                        });
                    }
                    index += item.width();
                }
            });
        });
    }
    within(sheet, rules, path, lines);
}

/// The index of a rule: a number at the top, a path within other rules.
fn place(path: &[u64], index: u64, line: &mut Line<'_>) {
    if path.is_empty() {
        line.with_number("index", index);
    } else {
        line.with_list("index", |line| {
            for place in path.iter().chain(&[index]) {
                line.number(place);
            }
        });
    }
}

fn changes_of(sheet: Sheet, changes: &Changes, path: &[u64], lines: &mut Lines) {
    for (property, to) in changes.declarations.iter() {
        lines.incremental(DECLARATION, |line| {
            line.with_number(sheet.0, sheet.1);
            line.with_list("index", |line| {
                for place in path {
                    line.number(place);
                }
            });
            match to {
                Declared::Set { value, priority } => line.with_object("set", |line| {
                    line.with_text("property", property);
                    line.with_text("value", value);
                    if !priority.is_empty() {
                        line.with_text("priority", priority);
                    }
                }),
                Declared::Removed => {
                    line.with_object("remove", |line| line.with_text("property", property));
                }
            }
        });
    }
    if let Some(inner) = &changes.inner {
        at_level(sheet, inner, path, lines);
    }
}
