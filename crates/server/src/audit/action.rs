//! Everything that the audit log knows to tell. A route of the table names one of these; a word of
//! its own it cannot make up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal;)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Action {
            /// Every action, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable word, as it is stored and told.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// In words.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

actions! {
    /// Signed in.
    SignedIn = "signed_in";
    /// The password was right, and a code of the second factor was asked for.
    CodeAsked = "code_asked";
    /// A sign-in that failed.
    SignInFailed = "sign_in_failed";
    /// Signed out.
    SignedOut = "signed_out";
    /// A one-time link was used: the owner made, or a password set.
    LinkUsed = "link_used";
    /// A second factor was made.
    FactorMade = "factor_made";
    /// One's own second factor was removed.
    FactorRemoved = "factor_removed";
    /// One's own recovery codes were made anew.
    FactorCodesRenewed = "factor_codes_renewed";
    /// Another user's second factor was reset.
    FactorReset = "factor_reset";
    /// Whether everybody must have a second factor was changed.
    FactorRuleChanged = "factor_rule_changed";
    /// A user was invited.
    UserInvited = "user_invited";
    /// A user was removed.
    UserRemoved = "user_removed";
    /// A user was made an owner.
    OwnerMade = "owner_made";
    /// An owner was made a user like others.
    OwnerUnmade = "owner_unmade";
    /// One's own password was changed.
    PasswordChanged = "password_changed";
    /// A link that sets a user's password was made.
    PasswordReset = "password_reset";
    /// A user got a role on a site.
    RoleGiven = "role_given";
    /// A user's role on a site was taken away.
    RoleTaken = "role_taken";
    /// An API token was made.
    TokenMade = "token_made";
    /// An API token was removed.
    TokenRemoved = "token_removed";
    /// A site was made.
    SiteMade = "site_made";
    /// A site, its rules or its retention was changed.
    SiteChanged = "site_changed";
    /// A site was removed with all its data.
    SiteRemoved = "site_removed";
    /// The demo site was filled.
    DemoFilled = "demo_filled";
    /// The demo site was emptied.
    DemoEmptied = "demo_emptied";
    /// A segment was saved.
    SegmentSaved = "segment_saved";
    /// A segment was archived or brought back.
    SegmentArchived = "segment_archived";
    /// A segment was removed.
    SegmentRemoved = "segment_removed";
    /// An insight was saved.
    InsightSaved = "insight_saved";
    /// An insight was archived or brought back.
    InsightArchived = "insight_archived";
    /// An insight was removed.
    InsightRemoved = "insight_removed";
    /// A board was saved.
    BoardSaved = "board_saved";
    /// A board was archived or brought back.
    BoardArchived = "board_archived";
    /// A board was removed.
    BoardRemoved = "board_removed";
    /// A goal was saved.
    GoalSaved = "goal_saved";
    /// A goal was archived or brought back.
    GoalArchived = "goal_archived";
    /// A goal was removed.
    GoalRemoved = "goal_removed";
    /// An annotation was saved.
    AnnotationSaved = "annotation_saved";
    /// An annotation was removed.
    AnnotationRemoved = "annotation_removed";
    /// A survey was saved.
    SurveySaved = "survey_saved";
    /// A survey was switched on or paused.
    SurveySwitched = "survey_switched";
    /// A survey was archived or brought back.
    SurveyArchived = "survey_archived";
    /// A survey was removed.
    SurveyRemoved = "survey_removed";
    /// An alert was saved.
    AlertSaved = "alert_saved";
    /// An alert was archived or brought back.
    AlertArchived = "alert_archived";
    /// An alert was muted, or speaks again.
    AlertMuted = "alert_muted";
    /// An alert's destinations were tried.
    AlertTested = "alert_tested";
    /// An alert was removed with its log.
    AlertRemoved = "alert_removed";
    /// The mails of a board were set or ended.
    BoardMailSet = "board_mail_set";
    /// A board was sent by mail on request.
    BoardMailed = "board_mailed";
    /// A link to a recording or a board was made.
    ShareMade = "share_made";
    /// A link to a recording or a board was revoked.
    ShareRevoked = "share_revoked";
    /// A link to a recording or a board was opened.
    ShareOpened = "share_opened";
    /// The password of a link to a board was given.
    ShareUnlocked = "share_unlocked";
    /// A recording was opened to watch it.
    RecordingWatched = "recording_watched";
    /// A recording was taken out as a file.
    RecordingExported = "recording_exported";
    /// A recording was pinned, or let go.
    RecordingPinned = "recording_pinned";
    /// A recording was removed.
    RecordingRemoved = "recording_removed";
    /// Events and recordings went that are older than the site keeps them.
    DataExpired = "data_expired";
    /// A note on a recording was written, changed, removed or brought back.
    NoteChanged = "note_changed";
    /// A tag was put on a recording, or taken off.
    TagChanged = "tag_changed";
    /// A collection was made, changed or removed.
    CollectionChanged = "collection_changed";
    /// A person's data was taken out.
    PersonExported = "person_exported";
    /// A person was erased for good.
    PersonErased = "person_erased";
    /// A person's recordings were erased for good.
    PersonRecordingsErased = "person_recordings_erased";
    /// A visitor was taken apart from a person.
    PersonTakenApart = "person_taken_apart";
    /// The events of a site were taken out.
    EventsExported = "events_exported";
    /// The audit log was taken out.
    AuditExported = "audit_exported";
    /// A backup was written, with or without keys.
    BackupMade = "backup_made";
    /// Parts or recordings were put in order by hand.
    Maintained = "maintained";
}

impl Action {
    /// Whether one such deed is made of many requests, of which the first of an hour is told.
    #[must_use]
    pub const fn is_of_many_requests(self) -> bool {
        matches!(self, Self::RecordingWatched | Self::ShareOpened)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_action_has_its_own_word_and_says_it_in_json() {
        let words: BTreeSet<&str> = Action::ALL.iter().map(|action| action.word()).collect();
        assert_eq!(words.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.word());
        }
    }
}
