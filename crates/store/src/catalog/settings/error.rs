//! What can go wrong with settings, each cause with what the caller does about it.

use hitmetrix_model::ErrorKind;

/// A setting could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The database failed.
    #[error("the settings database failed")]
    Database(#[from] sqlx::Error),
    /// A stored JSON value cannot be read.
    #[error("stored {what} cannot be read; restore the database from a backup")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
    /// A stored value is whole, and has something that this version does not know.
    #[error(
        "stored {what} have something that this version of hitmetrix does not know ({source}): a \
         newer version wrote them; use that version again, or restore a backup from before it"
    )]
    Newer {
        /// Which value.
        what: &'static str,
        /// What is not known.
        source: serde_json::Error,
    },
    /// A stored word is none of those that it may be.
    #[error("stored {what} is `{word}`, which this version does not know; upgrade hitmetrix")]
    UnknownWord {
        /// Which value.
        what: &'static str,
        /// The word.
        word: String,
    },
    /// An id that somebody gave is that of something else.
    #[error("the id `{id}` cannot be used; leave it out for a new one")]
    IdTaken {
        /// The id.
        id: String,
    },
    /// Two of one kind that are not archived may not have one name.
    #[error("{what} named `{name}` exists already; choose another name")]
    NameTaken {
        /// What has it, with its article.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Somebody else changed it meanwhile.
    #[error(
        "the {what} was changed meanwhile: it is at version {found}, this is a change of version {given}; read it again"
    )]
    Outdated {
        /// What was to be changed.
        what: &'static str,
        /// The version that the change is of.
        given: i64,
        /// The version that is there.
        found: i64,
    },
    /// Two users may not have one address.
    #[error("a user with this e-mail address exists already")]
    EmailTaken,
    /// The thing is not there, or not on this site.
    #[error("there is no such {what}")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// The installation would be without an owner.
    #[error("this is the last owner; make another user owner first")]
    LastOwner,
}

impl SettingsError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(_) => ErrorKind::Unavailable,
            Self::Unreadable { .. } | Self::UnknownWord { .. } => ErrorKind::Corrupt,
            Self::IdTaken { .. }
            | Self::NameTaken { .. }
            | Self::Outdated { .. }
            | Self::EmailTaken
            | Self::LastOwner
            | Self::Newer { .. } => ErrorKind::Conflict,
            Self::Missing { .. } => ErrorKind::NotFound,
        }
    }

    /// What went wrong with a row that has a name of its own: what it is, with its article, and how
    /// it was to be called.
    pub(super) fn taken(error: sqlx::Error, (what, name): (&'static str, &str)) -> Self {
        if Self::is_taken(&error) {
            let name = name.to_owned();
            return Self::NameTaken { what, name };
        }
        error.into()
    }

    /// True when the database refused a row because another has its unique value.
    pub(super) fn is_taken(error: &sqlx::Error) -> bool {
        error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }
}
