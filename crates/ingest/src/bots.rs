//! Bots by user agent. A vendored list of patterns (data/bots.txt) names them; whatever else has
//! `bot`, `spider` or `crawl` in it is one too. The pattern that matched is kept, so that a report
//! can say why somebody was left out.

use regex::{RegexSet, RegexSetBuilder};

/// Kept as the reason when no pattern of the list matched.
pub const GENERAL: &str = "bot|spider|crawl";
/// Kept as the reason when a browser or a log line came without user agent.
pub const NO_USER_AGENT: &str = "no user agent";
/// Kept as the reason when a program drives the browser.
pub const AUTOMATED: &str = "automated browser";

/// Kept as the reason when the sender's address is one of those that the site leaves out.
pub const OWN: &str = "own traffic";

const LIST: &str = include_str!("../data/bots.txt");
/// Bytes that the compiled list may take.
const COMPILED_BYTES_MAX: usize = 64 << 20;

/// The compiled list.
pub(crate) struct Bots {
    set: RegexSet,
    patterns: Vec<&'static str>,
}

impl Bots {
    pub(crate) fn build() -> Self {
        let patterns: Vec<&'static str> = LIST.lines().filter(|line| !line.is_empty()).collect();
        let set = RegexSetBuilder::new(&patterns)
            .size_limit(COMPILED_BYTES_MAX)
            .build()
            .expect("a test compiles the vendored list");
        Self { set, patterns }
    }

    /// The first pattern that the user agent matches; empty for people.
    pub(crate) fn pattern_of(&self, user_agent: &str) -> &'static str {
        if let Some(index) = self.set.matches(user_agent).iter().next() {
            return self.patterns[index];
        }
        let folded = user_agent.to_ascii_lowercase();
        if GENERAL.split('|').any(|word| folded.contains(word)) {
            return GENERAL;
        }
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_pattern_that_matched() {
        let bots = Bots::build();
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                "Googlebot\\/",
            ),
            ("Some-Unheard-Of SPIDER 9", GENERAL),
            ("curl/8.1", "^curl"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
                "",
            ),
            ("", ""),
        ] {
            assert_eq!(bots.pattern_of(user_agent), expected, "{user_agent}");
        }
    }
}
