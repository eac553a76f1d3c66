//! Changed rules against a plain list of rules.

use proptest::prelude::*;

use super::live::Declared;
use super::sheet::{Item, Rules};

#[derive(Debug, Clone)]
enum Step {
    Insert(u64),
    Delete(u64),
    Declare(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3, 0_u64..40).prop_map(|(kind, index)| match kind {
        0 => Step::Insert(index),
        1 => Step::Delete(index),
        _ => Step::Declare(index),
    });
    proptest::collection::vec(step, 0..600)
}

/// The rules as a list, of which the text had so many.
fn list_of(rules: &Rules, text: u64) -> Vec<String> {
    let mut of_text = (0..text).map(|index| format!("text {index}"));
    let mut list = Vec::new();
    for item in rules.items() {
        match item {
            Item::Kept(count) => list.extend((0..*count).filter_map(|_| of_text.next())),
            Item::Gone(count) => {
                for _ in 0..*count {
                    of_text.next();
                }
            }
            Item::Changed(_) => list.extend(of_text.next().map(|rule| rule + "!")),
            Item::Added(rule, changes) => {
                let mark = if changes.is_some() { "!" } else { "" };
                list.push(format!("{rule}{mark}"));
            }
        }
    }
    list.extend(of_text);
    list
}

proptest! {
    #[test]
    fn changed_rules_are_those_of_a_list(steps in steps(), is_text in any::<bool>()) {
        const TEXT: u64 = 2000;
        let mut rules = if is_text { Rules::of_text() } else { Rules::empty() };
        let mut list = list_of(&Rules::of_text(), if is_text { TEXT } else { 0 });
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Insert(index) => {
                    let rule = format!("rule {number}");
                    rules.insert(&rule, *index);
                    let index = usize::try_from(*index).unwrap().min(list.len());
                    list.insert(index, rule);
                }
                Step::Delete(index) => {
                    rules.delete(*index);
                    let index = usize::try_from(*index).unwrap();
                    if index < list.len() {
                        list.remove(index);
                    }
                }
                Step::Declare(index) => {
                    rules.declare(&[*index], "top", &Declared::Removed);
                    if let Some(rule) = list.get_mut(usize::try_from(*index).unwrap()) {
                        *rule = format!("{}!", rule.trim_end_matches('!'));
                    }
                }
            }
        }
        prop_assert_eq!(list_of(&rules, if is_text { TEXT } else { 0 }), list);
        let items: usize = rules.items().count();
        prop_assert!(rules.bytes() >= items);
    }
}

#[test]
fn what_is_added_and_taken_away_again_leaves_nothing() {
    let mut rules = Rules::of_text();
    for round in 0..10_000 {
        rules.insert("a{}", round % 7);
        rules.delete(round % 7);
    }
    assert!(rules.items().all(|item| matches!(item, Item::Kept(_))));
    assert!(rules.items().count() <= 8, "{}", rules.items().count());
}

#[test]
fn indexes_of_any_size_do_no_harm() {
    for mut rules in [Rules::of_text(), Rules::empty()] {
        rules.insert("a{}", u64::MAX / 4);
        rules.delete(u64::MAX);
        rules.declare(&[u64::MAX / 8, 3], "top", &Declared::Removed);
        rules.insert_within("b{}", &[1; 100]);
        rules.delete_within(&[]);
        assert!(rules.items().count() < 8);
    }
}
