//! Event names that mean something to the engine; all others are the site's own.

use hitmetrix_model::{SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN};

/// What an event counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page was shown.
    Pageview,
    /// A number taken by itself, no act of the visitor: left out of the measure `events`.
    Measurement,
    /// An error of the page.
    Error,
    /// Angry clicking.
    RageClick,
    /// A click without effect.
    DeadClick,
    /// The pointer shaken to and fro.
    Thrash,
    /// Any click.
    Click,
    /// The session goes on from one whose visitor was not kept; its page is the entry page of that.
    Consent,
    /// Any other name that the tracker and the imports give.
    Given,
    /// A name of the site's own: who did such a thing did not bounce.
    Own,
}

pub(crate) const MEASUREMENTS: [&str; 3] = ["page_leave", "web_vital", "form_view"];

const GIVEN: [&str; 15] = [
    "alias",
    "download",
    "form_abandon",
    "form_change",
    "form_error",
    "form_focus",
    "form_submit",
    "group",
    "identify",
    "outbound",
    "request",
    SURVEY_ANSWERED,
    SURVEY_DISMISSED,
    SURVEY_SHOWN,
    "",
];

impl Kind {
    /// The kind of a name.
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "pageview" => Self::Pageview,
            "error" => Self::Error,
            "rage_click" => Self::RageClick,
            "dead_click" => Self::DeadClick,
            "thrash" => Self::Thrash,
            "click" => Self::Click,
            "consent" => Self::Consent,
            _ if MEASUREMENTS.contains(&name) => Self::Measurement,
            _ if GIVEN.contains(&name) => Self::Given,
            _ => Self::Own,
        }
    }
}
