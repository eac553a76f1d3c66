//! One line of an events body: from JSON to an event that keeps every limit, with its time
//! corrected, its address cut to what may be kept, and its arrival named. An error here costs only
//! the line.

use hitmetrix_model::limits::{
    ADDRESS_BYTES, BROWSER_EVENT_AGE_MS, EVENT_AHEAD_MS, EVENT_DEPTH, NAME_BYTES, TEXT_BYTES,
    TITLE_BYTES,
};
use hitmetrix_model::{
    Event, IdentityChange, Mode, Page, Properties, Rules, Value, VisitorId, is_junk_user,
};

use crate::address;
use crate::channel::{self, Arrival};
use crate::envelope::{Fields, missing, whole_u32};
use crate::properties::{self, WATCHED};
use crate::{Facts, LineError, scrub, signature, text};

/// Code of a line that is refused for its age and therefore counted as lost.
pub const TOO_OLD: &str = "too_old";

/// Code of an event that says who somebody is, where nobody may be known.
pub const IDENTITY_REFUSED: &str = "identity_refused";

/// What holds for all lines of one body.
pub(crate) struct Reading<'a> {
    pub(crate) facts: &'a Facts<'a>,
    /// Added to the sender's times: received minus sent.
    pub(crate) shift_ms: i64,
    /// Whether the browser refuses to be tracked.
    pub(crate) is_nameless: bool,
}

/// A user that an event names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// By an `alias`, else by an `identify`.
    pub(crate) is_alias: bool,
    pub(crate) user: String,
    pub(crate) time_ms: i64,
    pub(crate) unverified: bool,
}

impl Named {
    /// The ledger's entry, once the visitor is known.
    pub(crate) fn change(self, visitor: VisitorId) -> IdentityChange {
        let Self {
            is_alias,
            user,
            time_ms,
            unverified,
        } = self;
        if is_alias {
            return IdentityChange::Alias {
                visitor,
                user,
                time_ms,
                unverified,
            };
        }
        IdentityChange::Identify {
            visitor,
            user,
            time_ms,
            unverified,
        }
    }
}

/// An event and the user it names.
pub(crate) type Line = (Event, Option<Named>);

impl Reading<'_> {
    /// Reads one line.
    pub(crate) fn line(&self, line: &str) -> Result<Line, LineError> {
        let mut fields = Fields::read(line, EVENT_DEPTH)?;
        let name = name_of(&mut fields, "name")?;
        let sequence = fields
            .whole("sequence", f64::from(u32::MAX))?
            .map(whole_u32)
            .ok_or_else(|| missing("sequence"))?;
        let sent_ms = fields
            .time_ms("time_ms")?
            .ok_or_else(|| missing("time_ms"))?;
        let (time_ms, clamped) = self.time(sent_ms)?;
        let rules = &self.facts.site.settings.rules;
        let (page, page_cut) = self.page(&mut fields)?;
        let from = if name == "pageview" {
            self.arrival(&mut fields, &page)?
        } else {
            From::default()
        };
        let json = fields.take("properties");
        let watched = WATCHED.contains(&name.as_str());
        let (mut properties, texts_cut) = if watched {
            properties::read_watched(&name, json, rules)?
        } else {
            (properties::read(json)?, false)
        };
        let named = self.named(&name, &mut properties, time_ms)?;
        let unverified = named
            .as_ref()
            .map_or_else(|| is_revenue(&name, &properties), |named| named.unverified);
        let counts = self.facts.site.settings.unverified_identify;
        let event = Event {
            sender: 0,
            name,
            time_ms,
            sequence,
            external: None,
            page,
            referrer_host: from.host,
            referrer_path: from.path,
            channel: from.arrival.channel,
            source: from.arrival.source,
            medium: from.arrival.medium,
            campaign: from.arrival.campaign,
            term: from.arrival.term,
            content: from.arrival.content,
            unverified,
            cut: clamped || page_cut || texts_cut || from.cut,
            properties,
        };
        Ok((event, named.filter(|named| counts || !named.unverified)))
    }

    /// The time by the server's clock, and whether it had to be clamped.
    fn time(&self, sender_ms: i64) -> Result<(i64, bool), LineError> {
        let received_ms = self.facts.received_at_ms;
        let time_ms = sender_ms.saturating_add(self.shift_ms);
        let age_ms = received_ms.saturating_sub(time_ms);
        if age_ms > BROWSER_EVENT_AGE_MS {
            let days = BROWSER_EVENT_AGE_MS / 86_400_000;
            let message = format!("event is older than {days} days, the limit; it counts as lost");
            return Err(LineError::new(TOO_OLD, "time_ms", message));
        }
        if -age_ms > EVENT_AHEAD_MS {
            return Ok((received_ms, true));
        }
        Ok((time_ms, false))
    }

    fn page(&self, fields: &mut Fields<'_>) -> Result<(Page, bool), LineError> {
        let rules = &self.facts.site.settings.rules;
        let url = fields.text("url")?.ok_or_else(|| missing("url"))?;
        let title = fields.text("title")?.unwrap_or_default();
        let kept = address::keep(&url, rules).ok_or_else(|| {
            let message = "url is no absolute http or https address; send location.href";
            LineError::new("bad_url", "url", message)
        })?;
        if address::is_blocked(&kept.path, rules) {
            let message = "the site's rules block this page, so it is not stored";
            return Err(LineError::new("blocked_page", "url", message));
        }
        // A title that is longer than any text is cut first, so that scrubbing stays bounded.
        let (title, overlong) = text::cut(&title, TEXT_BYTES);
        let (title, title_cut) = text::cut(&scrub::scrub(&title), TITLE_BYTES);
        let title = if rules.mask_text {
            String::new()
        } else {
            title
        };
        let page = Page {
            host: kept.host,
            path: kept.path,
            query: kept.query,
            title,
        };
        Ok((page, kept.cut || title_cut || overlong))
    }

    fn arrival(&self, fields: &mut Fields<'_>, page: &Page) -> Result<From, LineError> {
        let referrer = fields.text("referrer")?.unwrap_or_default();
        Ok(From::read(
            &referrer,
            page,
            &self.facts.site.domains,
            self.facts.lookups,
        ))
    }

    /// The user that `identify` and `alias` name; refuses what would merge everybody.
    fn named(
        &self,
        name: &str,
        properties: &mut Properties,
        time_ms: i64,
    ) -> Result<Option<Named>, LineError> {
        if !matches!(name, "identify" | "alias" | "group") {
            return Ok(None);
        }
        if self.is_nameless {
            let message = match self.facts.site.settings.mode {
                Mode::Cookieless => {
                    "the site's privacy mode is cookieless, so pages identify nobody; send `person` \
                     with a secret token from a server, or choose another privacy mode"
                }
                _ => "the browser asks not to be tracked, so it identifies nobody",
            };
            return Err(LineError::new(IDENTITY_REFUSED, "name", message));
        }
        let Some(user) = user_of(name, properties)? else {
            return Ok(None);
        };
        let unverified = match (properties.remove("signature"), self.facts.identify_key) {
            (Some(Value::Text(given)), Some(key)) => {
                if !signature::is_signed(key, &user, &given) {
                    let message = "signature is not that of this user; sign the user's id anew";
                    return Err(LineError::new(
                        "bad_signature",
                        "properties.signature",
                        message,
                    ));
                }
                false
            }
            _ => true,
        };
        Ok(Some(Named {
            is_alias: name == "alias",
            user,
            time_ms,
            unverified,
        }))
    }
}

/// The user that an `identify` or `alias` names; nothing for other events. Refuses what would make
/// everybody one person, or of one account.
pub(crate) fn user_of(
    name: &str,
    properties: &mut Properties,
) -> Result<Option<String>, LineError> {
    if name == "group" {
        let account = text_property(properties, "account")?;
        if is_junk_user(&account) {
            let message = "account is a placeholder such as null; send the account's own id";
            return Err(LineError::new("junk_user", "properties.account", message));
        }
    }
    if !matches!(name, "identify" | "alias") {
        return Ok(None);
    }
    let user = text_property(properties, "user")?;
    if is_junk_user(&user) {
        let message = "user is a placeholder such as null or anonymous; send the user's own id";
        return Err(LineError::new("junk_user", "properties.user", message));
    }
    if user.len() > NAME_BYTES {
        let message = format!("user has {} bytes, the limit is {NAME_BYTES}", user.len());
        return Err(LineError::new("text_too_long", "properties.user", message));
    }
    Ok(Some(user))
}

/// Where a pageview came from.
#[derive(Default)]
pub(crate) struct From {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) arrival: Arrival,
    pub(crate) cut: bool,
}

impl From {
    /// Reads the referrer of a page; one on the site itself is none.
    pub(crate) fn read(
        referrer: &str,
        page: &Page,
        domains: &[String],
        lookups: &crate::Lookups,
    ) -> Self {
        let mut from = Self::default();
        if let Some(parts) = address::split(referrer) {
            let kept = address::keep_parts(&parts, &Rules::default());
            if kept.host != page.host && !address::is_of_site(&kept.host, domains) {
                from.host = kept.host;
                from.path = kept.path;
                from.cut = kept.cut;
            }
        }
        from.arrival = channel::arrival(&page.query, &from.host, lookups);
        if from.arrival.channel.is_empty() {
            from.arrival = Arrival::default();
        }
        debug_assert!(from.path.len() <= ADDRESS_BYTES, "the address rule cuts");
        from
    }
}

/// An event's name, from the field that carries it.
pub(crate) fn name_of(fields: &mut Fields<'_>, field: &str) -> Result<String, LineError> {
    let name = fields.text(field)?.ok_or_else(|| missing(field))?;
    let name = name.trim();
    if name.is_empty() {
        return Err(LineError::new(
            "bad_name",
            field,
            format!("{field} is empty; name the event"),
        ));
    }
    if name.len() > NAME_BYTES {
        let message = format!(
            "{field} has {} bytes, the limit is {NAME_BYTES}",
            name.len()
        );
        return Err(LineError::new("name_too_long", field, message));
    }
    Ok(name.to_owned())
}

/// A property that must be a text or a number and is kept as a text.
fn text_property(properties: &mut Properties, name: &str) -> Result<String, LineError> {
    let text = match properties.get(name) {
        Some(Value::Text(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            let message = format!("{name} must be a text");
            return Err(LineError::new(
                "wrong_type",
                &format!("properties.{name}"),
                message,
            ));
        }
        None => return Err(missing(&format!("properties.{name}"))),
    };
    properties.insert(name.to_owned(), Value::Text(text.clone()));
    Ok(text)
}

/// Whether an event claims that money changed hands, whatever its name.
fn is_revenue(name: &str, properties: &Properties) -> bool {
    (name != "web_vital" && matches!(properties.get("value"), Some(Value::Number(_))))
        || properties.contains_key("currency")
        || properties.contains_key("order_id")
}
