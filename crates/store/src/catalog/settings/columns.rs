//! What stands in a column, as what it is. What no version of this program writes there comes of a
//! newer one or of damage, and is told as that.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::SettingsError;

/// A value that is stored as JSON. One that is whole and not understood is of a version that knows
/// more: this one reads all that earlier ones wrote.
pub(super) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, SettingsError> {
    serde_json::from_str(text).map_err(|source| match source.classify() {
        Category::Data => SettingsError::Newer { what, source },
        Category::Io | Category::Syntax | Category::Eof => {
            SettingsError::Unreadable { what, source }
        }
    })
}

/// The one of these that is stored under this name.
pub(super) fn named<T: Copy>(
    (what, word): (&'static str, &str),
    all: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'static str,
) -> Result<T, SettingsError> {
    let known = all.into_iter().find(|known| name(*known) == word);
    known.ok_or_else(|| SettingsError::UnknownWord {
        what,
        word: word.to_owned(),
    })
}

/// Bytes that are always so many, as those of a hash.
pub(super) fn whole<const LENGTH: usize>(
    what: &'static str,
    bytes: &[u8],
) -> Result<[u8; LENGTH], SettingsError> {
    bytes.try_into().map_err(|_| SettingsError::UnknownWord {
        what,
        word: "of another length".to_owned(),
    })
}
