//! Members of objects: which are kept, and what each may be.

use std::borrow::Cow;

use super::style;
use crate::scrub::scrub;
use hitmetrix_recording::{At, Tree, Value};

/// What a member may be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Number,
    Boolean,
    /// Text that goes through the second pass.
    Words,
    /// Style text.
    Style,
    /// A number or null.
    NumberOrNull,
    /// A list of numbers, or one number.
    Numbers,
    /// Looked at already.
    Checked,
}

/// Reduces an object to the members named, those of them that are of their kind.
pub(super) fn keep<'a>(tree: &mut Tree<'a>, at: At, wanted: &[(&'static str, Kind)]) {
    let mut members: Vec<(Cow<'a, str>, At)> = Vec::new();
    for (key, kind) in wanted {
        let Some(member) = tree.member(at, key) else {
            continue;
        };
        if fits(tree, member, *kind) {
            members.push((Cow::Borrowed(key), member));
        }
    }
    tree.set(at, Value::Object(members));
}

fn fits(tree: &mut Tree<'_>, at: At, kind: Kind) -> bool {
    match (kind, tree.get(at)) {
        (Kind::Checked, _)
        | (Kind::Number | Kind::NumberOrNull | Kind::Numbers, Value::Number(_))
        | (Kind::NumberOrNull, Value::Null)
        | (Kind::Boolean, Value::Boolean(_)) => true,
        (Kind::Numbers, Value::List(items)) => {
            let items: Vec<At> = items
                .iter()
                .copied()
                .filter(|item| tree.is_number(*item))
                .collect();
            tree.set(at, Value::List(items));
            true
        }
        (Kind::Words, Value::Text(_)) => {
            words(tree, at);
            true
        }
        (Kind::Style, Value::Text(_)) => {
            style::sanitise(tree, at);
            true
        }
        _ => false,
    }
}

/// The second pass over one text.
pub(super) fn words(tree: &mut Tree<'_>, at: At) {
    if let Value::Text(text) = tree.take(at) {
        let clean = match scrub(&text) {
            Cow::Owned(clean) => Cow::Owned(clean),
            Cow::Borrowed(_) => text,
        };
        tree.set(at, Value::Text(clean));
    }
}

/// Puts a member in place of all that have its name.
pub(super) fn with_member<'a>(tree: &mut Tree<'a>, at: At, key: &'static str, member: At) {
    if let Value::Object(mut members) = tree.take(at) {
        members.retain(|(name, _)| name != key);
        members.push((Cow::Borrowed(key), member));
        tree.set(at, Value::Object(members));
    }
}
