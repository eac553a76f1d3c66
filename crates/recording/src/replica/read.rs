//! Short ways to the members of a recorded event. What is absent or of another kind is nothing:
//! events come from anywhere, and a member that cannot be read must not cost the rest.

use crate::tree::{At, Tree, Value};

/// A member that is a whole number.
pub(super) fn number(tree: &Tree<'_>, at: At, key: &str) -> Option<i64> {
    tree.member(at, key).and_then(|member| tree.whole(member))
}

/// A member that is a text.
pub(super) fn text<'t>(tree: &'t Tree<'_>, at: At, key: &str) -> Option<&'t str> {
    tree.member(at, key).and_then(|member| tree.text(member))
}

/// Whether a member is `true`.
pub(super) fn is_true(tree: &Tree<'_>, at: At, key: &str) -> bool {
    flag(tree, at, key) == Some(true)
}

/// A member that is `true` or `false`.
pub(super) fn flag(tree: &Tree<'_>, at: At, key: &str) -> Option<bool> {
    match tree.get(tree.member(at, key)?) {
        Value::Boolean(value) => Some(*value),
        _ => None,
    }
}

/// The digits of a member that is a number.
pub(super) fn digits<'t>(tree: &'t Tree<'_>, at: At, key: &str) -> Option<&'t str> {
    match tree.get(tree.member(at, key)?) {
        Value::Number(digits) => Some(digits),
        _ => None,
    }
}

/// A member that is a number, with its fraction.
pub(super) fn fraction(tree: &Tree<'_>, at: At, key: &str) -> Option<f64> {
    digits(tree, at, key)?.parse().ok()
}

/// The items of a member that is a list; none of anything else.
pub(super) fn items<'t>(tree: &'t Tree<'_>, at: At, key: &str) -> &'t [At] {
    tree.member(at, key)
        .and_then(|member| tree.items(member))
        .unwrap_or_default()
}
