//! Dimensions: what an event or a session can be filtered and broken down by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text column of events, or a fact of a session derived from its events.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Event name.
    Event,
    /// Host of the page.
    Host,
    /// Path of the page.
    Page,
    /// Title of the page.
    Title,
    /// Referrer host of the arrival.
    Referrer,
    /// Channel of the arrival.
    Channel,
    /// Source of the arrival.
    Source,
    /// `utm_medium`.
    Medium,
    /// `utm_campaign`.
    Campaign,
    /// `utm_term`.
    Term,
    /// `utm_content`.
    Content,
    /// Country code.
    Country,
    /// Browser family.
    Browser,
    /// Browser version.
    BrowserVersion,
    /// Operating system.
    System,
    /// Its version.
    SystemVersion,
    /// Kind of device.
    Device,
    /// Language tag.
    Language,
    /// The pattern that marked the sender a bot; empty for people.
    Bot,
    /// First page of the session: derived.
    EntryPage,
    /// Last page of the session: derived.
    ExitPage,
}

impl Dimension {
    /// Every dimension, in a stable order.
    pub const ALL: [Self; 21] = [
        Self::Event,
        Self::Host,
        Self::Page,
        Self::Title,
        Self::Referrer,
        Self::Channel,
        Self::Source,
        Self::Medium,
        Self::Campaign,
        Self::Term,
        Self::Content,
        Self::Country,
        Self::Browser,
        Self::BrowserVersion,
        Self::System,
        Self::SystemVersion,
        Self::Device,
        Self::Language,
        Self::Bot,
        Self::EntryPage,
        Self::ExitPage,
    ];

    /// The name in questions, answers and lane files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Host => "host",
            Self::Page => "page",
            Self::Title => "title",
            Self::Referrer => "referrer",
            Self::Channel => "channel",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Term => "term",
            Self::Content => "content",
            Self::Country => "country",
            Self::Browser => "browser",
            Self::BrowserVersion => "browser_version",
            Self::System => "system",
            Self::SystemVersion => "system_version",
            Self::Device => "device",
            Self::Language => "language",
            Self::Bot => "bot",
            Self::EntryPage => "entry_page",
            Self::ExitPage => "exit_page",
        }
    }

    /// True for facts of a session, the same for all its events: those of the arrival from its
    /// first event with a channel, the sender's from its first event that has one. The others are
    /// facts of the single event.
    #[must_use]
    pub const fn is_of_session(self) -> bool {
        !matches!(self, Self::Event | Self::Host | Self::Page | Self::Title)
    }

    /// True where no column of events exists because it is derived from the session's events.
    #[must_use]
    pub const fn is_derived(self) -> bool {
        matches!(self, Self::EntryPage | Self::ExitPage)
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for dimension in Dimension::ALL {
            let json = serde_json::to_string(&dimension).unwrap();
            assert_eq!(json, format!("\"{}\"", dimension.name()));
        }
    }
}
