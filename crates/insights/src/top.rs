//! The values of a fact that have rows of their own: the largest, equal ones in the order of their
//! texts; then all others together.
//!
//! Values are texts: codes of the same text are one value. A value may be called as the others
//! are, because the store calls values so of which there are too many: it is one of the others.

use std::borrow::Cow;
use std::cmp::Reverse;

use hitmetrix_model::limits;
use rustc_hash::FxHashMap;

use crate::AskError;

/// What all values without a row of their own are called.
pub(crate) const OTHER: &str = "(other)";

/// A value with its codes, ascending.
pub(crate) type Value = (String, Vec<u32>);

/// The largest values, so many, and then the others, if there are any.
pub(crate) fn largest<'t>(
    sizes: impl Iterator<Item = (u32, u64)>,
    text: impl Fn(u32) -> Cow<'t, str>,
    top: usize,
) -> Vec<Value> {
    let mut by_text: FxHashMap<Cow<'_, str>, (u64, Vec<u32>)> = FxHashMap::default();
    for (code, size) in sizes {
        let (whole, codes) = by_text.entry(text(code)).or_default();
        *whole += size;
        codes.push(code);
    }
    let mut others = by_text.remove(OTHER).map_or_else(Vec::new, |other| other.1);
    let sized = by_text.into_iter();
    let mut sized: Vec<_> = sized
        .map(|(text, (size, codes))| (Reverse(size), text, codes))
        .collect();
    sized.sort_unstable();
    others.extend(sized.iter().skip(top).flat_map(|one| &one.2));
    sized.truncate(top);
    let values = sized.into_iter();
    let mut values: Vec<Value> = values
        .map(|(_, text, codes)| (text.into_owned(), codes))
        .collect();
    if !others.is_empty() {
        values.push((OTHER.to_owned(), others));
    }
    for (_, codes) in &mut values {
        codes.sort_unstable();
    }
    values
}

/// That an answer would not have too many rows: it is refused, never cut.
pub(crate) fn check_rows(given: usize, field: &str) -> Result<(), AskError> {
    if given <= limits::ANSWER_ROWS {
        return Ok(());
    }
    let given = u32::try_from(given).unwrap_or(u32::MAX);
    Err(AskError::TooManyRows { given }.at(field))
}
