//! Browser, system and kind of device. Families and versions come from the patterns of uap-core
//! (data/user_agents.json), the kind of device from a few words that need no pattern per model.
//! Client hints, where a browser sends them, say it better and win.

use ua_parser::{Regexes, os, user_agent};

use crate::ClientHints;
use crate::bots::Bots;

const PATTERNS: &str = include_str!("../data/user_agents.json");
/// Longest name of a browser or system that is kept.
const NAME_BYTES_MAX: usize = 64;

/// The compiled patterns.
pub(crate) struct Matchers {
    browsers: user_agent::Extractor<'static>,
    systems: os::Extractor<'static>,
}

impl Matchers {
    pub(crate) fn build() -> Self {
        let patterns: Regexes<'static> =
            serde_json::from_str(PATTERNS).expect("a test reads the vendored patterns");
        let browsers = patterns
            .user_agent_parsers
            .into_iter()
            .try_fold(user_agent::Builder::new(), user_agent::Builder::push)
            .ok()
            .and_then(|builder| builder.build().ok())
            .expect("a test compiles the vendored patterns");
        let systems = patterns
            .os_parsers
            .into_iter()
            .try_fold(os::Builder::new(), os::Builder::push)
            .ok()
            .and_then(|builder| builder.build().ok())
            .expect("a test compiles the vendored patterns");
        Self { browsers, systems }
    }
}

/// What a user agent says. Unknown facts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// Browser family, as `Chrome`.
    pub browser: String,
    /// Its version, at most two numbers.
    pub browser_version: String,
    /// Operating system, as `macOS`.
    pub system: String,
    /// Its version, at most two numbers.
    pub system_version: String,
    /// `desktop`, `phone`, `tablet`, `tv`, or empty.
    pub device: String,
    /// The pattern that makes it a bot; empty for people.
    pub bot: String,
    /// True for a browser without a screen, as programs drive it.
    pub headless: bool,
}

impl Agent {
    pub(crate) fn read(text: &str, matchers: &Matchers, bots: &Bots) -> Self {
        // A browser without a screen is that browser, driven; whether it counts is the site's
        // choice, so it is told apart from bots before the list is asked.
        let headless = text.contains("HeadlessChrome");
        let text = &text.replace("HeadlessChrome", "Chrome");
        let mut agent = Self {
            bot: bots.pattern_of(text).to_owned(),
            headless,
            ..Self::default()
        };
        if let Some(found) = matchers.browsers.extract(text) {
            agent.browser = browser_family(&found.family);
            agent.browser_version = version(found.major, found.minor);
        }
        if let Some(found) = matchers.systems.extract(text) {
            agent.system = system_family(&found.os);
            agent.system_version = version(found.major.as_deref(), found.minor.as_deref());
        }
        agent.device = device(text, &agent.system).to_owned();
        agent
    }

    /// The same with what the client hints say better.
    #[must_use]
    pub fn with_hints(&self, hints: &ClientHints<'_>) -> Self {
        let mut agent = self.clone();
        if let Some((brand, major)) = main_brand(hints.brands) {
            agent.headless |= brand == "HeadlessChrome";
            let family = brand_family(&brand);
            if family != agent.browser {
                agent.browser_version = String::new();
            }
            if !agent.browser_version.starts_with(&major) {
                agent.browser_version.clone_from(&major);
            }
            agent.browser = family;
        }
        let platform = hints.platform.trim().trim_matches('"');
        if !platform.is_empty() && platform != "Unknown" {
            let system = system_family(platform);
            if system != agent.system {
                agent.system_version = String::new();
            }
            agent.system = system;
        }
        let platform_version = hints.platform_version.trim().trim_matches('"');
        if !platform_version.is_empty() {
            agent.system_version = platform_release(&agent.system, platform_version);
        }
        if hints.mobile.trim() == "?1" && agent.device == "desktop" {
            "phone".clone_into(&mut agent.device);
        }
        agent
    }
}

/// The brand that is neither the engine nor the made-up one, with its major version.
fn main_brand(brands: &str) -> Option<(String, String)> {
    let mut engine = None;
    for entry in brands.split(',').take(16) {
        let mut parts = entry.split(';');
        let name = parts.next()?.trim().trim_matches('"');
        let version = parts.find_map(|part| part.trim().strip_prefix("v="));
        let major = numbers(version.unwrap_or("").trim_matches('"'), 1);
        let is_made_up = name.to_ascii_lowercase().contains("not") && name.contains("rand");
        if name.is_empty() || is_made_up {
            continue;
        }
        let brand = (crate::text::cut(name, NAME_BYTES_MAX).0, major);
        if name == "Chromium" {
            engine = Some(brand);
        } else {
            return Some(brand);
        }
    }
    engine
}

fn brand_family(brand: &str) -> String {
    match brand {
        "Google Chrome" | "HeadlessChrome" => "Chrome",
        "Microsoft Edge" | "Microsoft Edge WebView2" => "Edge",
        "Android WebView" => "Chrome WebView",
        "Opera GX" => "Opera",
        other => other,
    }
    .to_owned()
}

/// Windows tells its release only by the platform's version: 13 and above is Windows 11.
fn platform_release(system: &str, version: &str) -> String {
    if system != "Windows" {
        return numbers(version, 2);
    }
    match numbers(version, 1).parse::<u32>() {
        Ok(13..) => "11".to_owned(),
        Ok(1..) => "10".to_owned(),
        _ => String::new(),
    }
}

fn browser_family(family: &str) -> String {
    let family = match family {
        "Other" => "",
        "Chrome Mobile" | "Chrome Mobile iOS" | "HeadlessChrome" => "Chrome",
        "Chrome Mobile WebView" => "Chrome WebView",
        "Mobile Safari" => "Safari",
        "Mobile Safari UI/WKWebView" => "Safari WebView",
        "Firefox Mobile" | "Firefox iOS" => "Firefox",
        "Edge Mobile" => "Edge",
        "Opera Mobile" => "Opera",
        "IE Mobile" => "IE",
        other => other,
    };
    crate::text::cut(family, NAME_BYTES_MAX).0
}

fn system_family(system: &str) -> String {
    let system = match system {
        "Other" => "",
        "Mac OS X" | "Mac OS" => "macOS",
        "Chrome OS" | "Chromium OS" => "ChromeOS",
        "Ubuntu" | "Debian" | "Fedora" | "Red Hat" | "SUSE" | "Arch Linux" | "CentOS"
        | "Gentoo" | "Linux Mint" | "Mandriva" | "Slackware" => "Linux",
        other => other,
    };
    crate::text::cut(system, NAME_BYTES_MAX).0
}

fn version(major: Option<&str>, minor: Option<&str>) -> String {
    let major = major.unwrap_or("");
    let text = match minor {
        Some(minor) if !minor.is_empty() => format!("{major}.{minor}"),
        _ => major.to_owned(),
    };
    crate::text::cut(&text, 16).0
}

/// At most `count` numbers of a version with points.
fn numbers(version: &str, count: usize) -> String {
    let kept: Vec<&str> = version
        .split('.')
        .take(count)
        .take_while(|part| {
            (1..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        })
        .collect();
    kept.join(".")
}

fn device(text: &str, system: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&[
        "SmartTV",
        "SMART-TV",
        "Smart-TV",
        "AppleTV",
        "Apple TV",
        "GoogleTV",
        "Google TV",
        "BRAVIA",
        "CrKey",
        "Roku",
        "Web0S",
        "webOS.TV",
        "HbbTV",
        "AFTB",
        "AFTT",
        "AFTS",
        "AFTM",
        "Android TV",
        "NetCast",
        "PlayStation",
        "Xbox",
        "Nintendo",
    ]) {
        return "tv";
    }
    let is_android = text.contains("Android");
    if has(&["iPad", "Tablet", "PlayBook", "Kindle", "Silk/"])
        || (is_android && !text.contains("Mobile"))
    {
        return "tablet";
    }
    if has(&[
        "iPhone",
        "iPod",
        "Mobile",
        "Windows Phone",
        "BlackBerry",
        "Opera Mini",
        "Symbian",
    ]) {
        return "phone";
    }
    if matches!(
        system,
        "Windows" | "macOS" | "Linux" | "ChromeOS" | "FreeBSD" | "OpenBSD"
    ) {
        return "desktop";
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lookups;

    fn read(text: &str) -> String {
        let agent = Lookups::new().agent(text);
        format!(
            "{} {} / {} {} / {}",
            agent.browser, agent.browser_version, agent.system, agent.system_version, agent.device
        )
    }

    #[test]
    fn common_browsers_are_read() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
                "Chrome 130.0 / Windows 10 / desktop",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "Edge 130.0 / Windows 10 / desktop",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
                "Safari 17.4 / macOS 10.15 / desktop",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
                "Safari 17.4 / iOS 17.4 / phone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
                "Chrome 130.0 / Android 14 / phone",
            ),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
                "Firefox 130.0 / Linux  / desktop",
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Safari/537.36",
                "Samsung Internet 23.0 / Android 13 / tablet",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
                "Chrome 130.0 / Linux  / desktop",
            ),
            ("", "  /   / "),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn hints_win_over_the_user_agent() {
        let lookups = Lookups::new();
        let agent = lookups.agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36");
        let hints = ClientHints {
            brands: r#""Chromium";v="130", "Brave";v="130", "Not?A_Brand";v="99""#,
            mobile: "?0",
            platform: "\"Windows\"",
            platform_version: "\"15.0.0\"",
        };
        let agent = agent.with_hints(&hints);
        assert_eq!(
            (agent.browser.as_str(), agent.browser_version.as_str()),
            ("Brave", "130")
        );
        assert_eq!(
            (agent.system.as_str(), agent.system_version.as_str()),
            ("Windows", "11")
        );
        let hostile = ClientHints {
            brands: ";;;,\"\";v=x,\"Not/A)Brand\"",
            ..ClientHints::default()
        };
        assert_eq!(agent.with_hints(&hostile).browser, "Brave");
    }

    #[test]
    fn headless_is_no_bot_by_itself_but_told() {
        let agent = Lookups::new().agent("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36");
        assert!(agent.headless);
        assert_eq!(agent.bot, "");
    }
}
