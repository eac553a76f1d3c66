//! Changes of the identity ledger, as they travel in the log beside the events.

use serde::{Deserialize, Serialize};

use crate::VisitorId;

/// One entry of the ledger. The ledger is append-only: an undo is an entry of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentityChange {
    /// The site says that this visitor is its user `user`. The first visitor with a given user
    /// gives the person its key; each further one joins that person.
    Identify {
        /// The visitor.
        visitor: VisitorId,
        /// The site's own name for the human; never a junk id.
        user: String,
        /// Event time, UTC, milliseconds since the epoch.
        time_ms: i64,
        /// True unless it came with a secret token or the site's signature.
        unverified: bool,
    },
    /// Takes back what joined this visitor to a person.
    Undo {
        /// The visitor, from now on a person of its own.
        visitor: VisitorId,
        /// UTC, milliseconds since the epoch.
        time_ms: i64,
    },
    /// As `Identify`, said by an `alias`. Last, because logs name variants by their place.
    Alias {
        /// The visitor.
        visitor: VisitorId,
        /// The site's own name for the human; never a junk id.
        user: String,
        /// Event time, UTC, milliseconds since the epoch.
        time_ms: i64,
        /// True unless it came with a secret token or the site's signature.
        unverified: bool,
    },
}

impl IdentityChange {
    /// Whom it is about.
    #[must_use]
    pub const fn visitor(&self) -> VisitorId {
        match self {
            Self::Identify { visitor, .. }
            | Self::Undo { visitor, .. }
            | Self::Alias { visitor, .. } => *visitor,
        }
    }

    /// When it happened, UTC, milliseconds since the epoch.
    #[must_use]
    pub const fn time_ms(&self) -> i64 {
        match self {
            Self::Identify { time_ms, .. }
            | Self::Undo { time_ms, .. }
            | Self::Alias { time_ms, .. } => *time_ms,
        }
    }

    /// The user it names, and whether anybody could have said so; nothing for an undo.
    #[must_use]
    pub fn named(&self) -> Option<(&str, bool)> {
        match self {
            Self::Identify {
                user, unverified, ..
            }
            | Self::Alias {
                user, unverified, ..
            } => Some((user, *unverified)),
            Self::Undo { .. } => None,
        }
    }

    /// Why it stands in the ledger: `identify`, `alias` or `undo`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Identify { .. } => "identify",
            Self::Alias { .. } => "alias",
            Self::Undo { .. } => "undo",
        }
    }
}

/// True for texts that programs send when they do not know the user. Identifying with one would
/// merge everybody into one person, so it never does.
#[must_use]
pub fn is_junk_user(user: &str) -> bool {
    const JUNK: &[&str] = &[
        "",
        "0",
        "-1",
        "anonymous",
        "guest",
        "distinct_id",
        "distinctid",
        "email",
        "false",
        "id",
        "nan",
        "none",
        "null",
        "nil",
        "not_authenticated",
        "[object object]",
        "true",
        "undefined",
        "unknown",
        "user",
        "user_id",
        "userid",
        "visitor",
        "00000000-0000-0000-0000-000000000000",
    ];
    let folded = user.trim().to_lowercase();
    JUNK.contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_users_are_known_in_any_case_and_spacing() {
        for junk in [
            "",
            " ",
            "null",
            "NULL",
            " Undefined ",
            "0",
            "[object Object]",
        ] {
            assert!(is_junk_user(junk), "{junk:?}");
        }
        assert!(!is_junk_user("17"));
        assert!(!is_junk_user("ada@example.org"));
    }
}
