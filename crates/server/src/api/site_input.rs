//! What people type about a site, turned into what it must be, or refused with the way out.

use hitmetrix_model::{SiteSettings, is_currency, limits};

use crate::cidr::Cidr;
use crate::problem::Problem;

const NAME_CHARACTERS_MAX: usize = 100;
const DOMAINS_MAX: usize = 100;
const DOMAIN_BYTES_MAX: usize = 253;
const RULES_MAX: usize = 200;
const RULE_BYTES_MAX: usize = 256;
const MINUTE_MS: u32 = 60_000;

/// A name without space around it.
///
/// # Errors
/// When it is empty or too long.
pub fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let characters = text.chars().count();
    if characters == 0 || characters > NAME_CHARACTERS_MAX || text.chars().any(char::is_control) {
        return Err(Problem::invalid(format!(
            "the name has {characters} characters; it must have 1 to {NAME_CHARACTERS_MAX}, \
             none of them a control character"
        )));
    }
    Ok(text.to_owned())
}

/// The name of a group of sites without space around it; empty for none.
///
/// # Errors
/// When it is too long.
pub fn group(text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    name(text).map_err(|problem| problem.at("settings.group"))
}

/// The code of a currency in capital letters; empty for none.
///
/// # Errors
/// When there is no such currency.
pub fn currency(text: &str) -> Result<String, Problem> {
    let code = text.trim().to_ascii_uppercase();
    if code.is_empty() || is_currency(&code) {
        return Ok(code);
    }
    Err(Problem::invalid(format!(
        "`{}` is no currency; write its three letters, as EUR, or nothing for plain numbers",
        text.chars().take(80).collect::<String>()
    ))
    .at("settings.currency"))
}

/// Plain text about something, without space around it; may be empty.
///
/// # Errors
/// When it is too long.
pub fn description(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let characters = text.chars().count();
    let is_plain = text
        .chars()
        .all(|one| !one.is_control() || one == '\n' || one == '\t');
    if characters > limits::DESCRIPTION_CHARACTERS || !is_plain {
        return Err(Problem::invalid(format!(
            "the description has {characters} characters; it may have {}, none of them a control \
             character but the end of a line",
            limits::DESCRIPTION_CHARACTERS
        )));
    }
    Ok(text.to_owned())
}

/// Host names, cut out of what was pasted: scheme, port and path go.
///
/// # Errors
/// When there is none, too many, or one that is no host name.
pub fn domains(texts: &[String]) -> Result<Vec<String>, Problem> {
    if texts.is_empty() || texts.len() > DOMAINS_MAX {
        return Err(Problem::invalid(format!(
            "there are {} domains; a site has 1 to {DOMAINS_MAX}, as shop.example.org",
            texts.len()
        )));
    }
    let mut domains: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        let domain = domain(text)?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    Ok(domains)
}

fn domain(text: &str) -> Result<String, Problem> {
    let refused = || {
        Problem::invalid(format!(
            "`{}` is no host name; write it as shop.example.org or *.example.org",
            text.chars().take(80).collect::<String>()
        ))
    };
    let lower = text.trim().to_ascii_lowercase();
    let rest = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some(inner) = host.strip_prefix('[') {
        let (inner, _) = inner.split_once(']').ok_or_else(refused)?;
        let address: std::net::Ipv6Addr = inner.parse().map_err(|_| refused())?;
        return Ok(format!("[{address}]"));
    }
    let host = host.split(':').next().unwrap_or_default();
    let plain = host.strip_prefix("*.").unwrap_or(host);
    let is_host = !plain.is_empty()
        && host.len() <= DOMAIN_BYTES_MAX
        && plain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    if is_host {
        Ok(host.to_owned())
    } else {
        Err(refused())
    }
}

/// A time zone that is known.
///
/// # Errors
/// When it is not.
pub fn time_zone(text: &str) -> Result<String, Problem> {
    let zone = jiff::tz::TimeZone::get(text.trim()).map_err(|_| {
        Problem::invalid(format!(
            "`{}` is no time zone; write it as Europe/Berlin or UTC",
            text.chars().take(80).collect::<String>()
        ))
    })?;
    Ok(zone.iana_name().unwrap_or(text.trim()).to_owned())
}

/// Checks settings of a site.
///
/// # Errors
/// When one is out of bounds; the message names it.
pub fn settings(settings: &SiteSettings) -> Result<(), Problem> {
    let rules = &settings.rules;
    if !(0.0..=1.0).contains(&rules.sample) {
        return Err(Problem::invalid(format!(
            "rules.sample is {}, it must be 0 to 1",
            rules.sample
        )));
    }
    if !(MINUTE_MS..=24 * 60 * MINUTE_MS).contains(&settings.session_idle_ms) {
        return Err(Problem::invalid(format!(
            "session_idle_ms is {}, it must be one minute to one day",
            settings.session_idle_ms
        )));
    }
    if settings.recording_days == 0 || settings.recording_days > 3650 {
        return Err(Problem::invalid(format!(
            "recording_days is {}, it must be 1 to 3650; rules.record turns recording off",
            settings.recording_days
        )));
    }
    let lists = [
        ("rules.blocked", &rules.blocked),
        ("rules.query_keys", &rules.query_keys),
        ("rules.mask", &rules.mask),
        ("rules.block", &rules.block),
        ("rules.show", &rules.show),
    ];
    for (name, list) in lists {
        if list.len() > RULES_MAX || list.iter().any(|rule| rule.len() > RULE_BYTES_MAX) {
            return Err(Problem::invalid(format!(
                "{name} may have {RULES_MAX} entries of at most {RULE_BYTES_MAX} bytes"
            )));
        }
    }
    excluded_addresses(&settings.excluded_addresses)
}

fn excluded_addresses(ranges: &[String]) -> Result<(), Problem> {
    let place = "settings.excluded_addresses";
    if ranges.len() > limits::EXCLUDED_ADDRESSES {
        return Err(Problem::invalid(format!(
            "there are {} excluded addresses, the limit is {}; write networks, as 198.51.100.0/24",
            ranges.len(),
            limits::EXCLUDED_ADDRESSES
        ))
        .at(place));
    }
    for (at, range) in ranges.iter().enumerate() {
        range.parse::<Cidr>().map_err(|_| {
            Problem::invalid(format!(
                "`{}` is no address and no network; write it as 198.51.100.7, 198.51.100.0/24, \
                 2001:db8::1 or 2001:db8::/32",
                range.chars().take(80).collect::<String>()
            ))
            .at(format!("{place}[{at}]"))
        })?;
    }
    Ok(())
}

/// A lower-case e-mail address.
///
/// # Errors
/// When it has not the form of one.
pub fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_lowercase();
    let has_form = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && text.len() <= 254
    });
    if !has_form
        || text
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(Problem::invalid(
            "this is no e-mail address; write it as ada@example.org",
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_is_cut_out_of_what_was_pasted() {
        let cases = [
            ("shop.example.org", "shop.example.org"),
            (
                " https://Shop.Example.org:8080/path?x#y ",
                "shop.example.org",
            ),
            ("*.example.org", "*.example.org"),
            ("localhost", "localhost"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:80", "[::1]"),
        ];
        for (pasted, expected) in cases {
            assert_eq!(domain(pasted).unwrap(), expected, "{pasted}");
        }
        for pasted in ["", "*", "*.", "a b", "a..b", "-a.b", "x@y", "[zz]", "*.*.a"] {
            assert!(domain(pasted).is_err(), "{pasted}");
        }
    }

    #[test]
    fn currency_is_one_of_its_codes_or_none() {
        for (text, code) in [("", ""), (" eur ", "EUR"), ("JPY", "JPY")] {
            assert_eq!(currency(text).unwrap(), code, "{text}");
        }
        for text in ["€", "EURO", "ABC", "E UR"] {
            let problem = currency(text).unwrap_err();
            assert_eq!(problem.field(), Some("settings.currency"), "{text}");
        }
    }

    #[test]
    fn time_zone_must_be_known() {
        assert_eq!(time_zone("Europe/Berlin").unwrap(), "Europe/Berlin");
        assert!(time_zone("Mars/Olympus").is_err());
    }

    #[test]
    fn email_is_lower_case_and_has_one_at() {
        assert_eq!(email(" Ada@Example.org ").unwrap(), "ada@example.org");
        for text in ["", "ada", "@b", "a@", "a@b@c", "a b@c"] {
            assert!(email(text).is_err(), "{text}");
        }
    }
}
