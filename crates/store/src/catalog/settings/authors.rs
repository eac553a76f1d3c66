//! Who made or changed something, and when. An author is stored as a word and not as a reference,
//! so that it stays when the user or token goes.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{SettingsError, UserId};

/// Who did something to a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A user; may be gone by now.
    User(UserId),
    /// An API token, by its public id; may be gone by now.
    Token(String),
    /// The command line.
    Control,
}

impl Author {
    /// As it is stored.
    pub(super) fn word(&self) -> String {
        match self {
            Self::User(user) => format!("user:{}", user.0),
            Self::Token(id) => format!("token:{id}"),
            Self::Control => "control".to_owned(),
        }
    }

    fn from_word(word: &str) -> Result<Self, SettingsError> {
        let unknown = || SettingsError::UnknownWord {
            what: "author of a setting",
            word: word.to_owned(),
        };
        match word.split_once(':') {
            Some(("user", number)) => {
                let number = number.parse().map_err(|_| unknown())?;
                Ok(Self::User(UserId(number)))
            }
            Some(("token", id)) => Ok(Self::Token(id.to_owned())),
            None if word == "control" => Ok(Self::Control),
            _ => Err(unknown()),
        }
    }
}

/// When and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// UTC, milliseconds since the epoch.
    pub at_ms: i64,
    /// Who.
    pub by: Author,
}

/// What stands in the columns `NAME_at_ms` and `NAME_by`.
pub(super) fn read_touch(row: &SqliteRow, name: &str) -> Result<Touch, SettingsError> {
    Ok(Touch {
        at_ms: row.try_get(format!("{name}_at_ms").as_str())?,
        by: Author::from_word(row.try_get(format!("{name}_by").as_str())?)?,
    })
}
