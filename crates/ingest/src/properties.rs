//! Properties of an event: names and values within the limits. Nested objects become names with
//! points, nulls are left out, objects inside lists become their JSON text. What is named like a
//! password or a card is dropped, whoever sent it. What watchers collected is scrubbed as well.

use std::borrow::Cow;

use hitmetrix_model::limits::{
    ADDRESS_BYTES, CLICK_TEXT_BYTES, EVENT_PROPERTIES, NAME_BYTES, SURVEY_COMMENT_CHARACTERS,
    TEXT_BYTES,
};
use hitmetrix_model::{Properties, Rules, SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN, Value};

use crate::LineError;
use crate::json::Json;

/// Names the tracker gives to events; what comes under them was collected, not passed by the site.
pub(crate) const WATCHED: &[&str] = &[
    "pageview",
    "page_leave",
    "consent",
    "click",
    "outbound",
    "download",
    "form_view",
    "form_focus",
    "form_change",
    "form_error",
    "form_submit",
    "form_abandon",
    "error",
    "rage_click",
    "dead_click",
    "thrash",
    "web_vital",
    SURVEY_SHOWN,
    SURVEY_ANSWERED,
    SURVEY_DISMISSED,
];

/// Whether only our own watchers give events this name: their properties are of the page.
#[must_use]
pub fn is_watched(name: &str) -> bool {
    WATCHED.contains(&name)
}

/// Whether a property's name says that its value is a password or belongs to a card or a bank
/// account. Case and everything but letters and digits are ignored; of a name with points each
/// segment counts.
#[must_use]
pub fn is_private_name(name: &str) -> bool {
    const CONTAINED: &[&str] = &[
        "password",
        "passwort",
        "passwd",
        "passphrase",
        "cardnumber",
        "creditcard",
        "ccnumber",
        "cardno",
        "ccnum",
        "securitycode",
        "cardcvc",
        "cardcvv",
    ];
    /// Names that the tracker sends with most events, so that they are not taken apart each time.
    const KNOWN: &[&str] = &[
        "path",
        "x",
        "y",
        "text",
        "href",
        "engaged_ms",
        "scroll_percent",
        "form",
        "field",
        "value",
    ];
    const WHOLE: &[&str] = &[
        "pwd", "pass", "pw", "pan", "cvv", "cvc", "cvv2", "cvc2", "csc", "iban",
    ];
    if KNOWN.contains(&name) {
        return false;
    }
    name.split('.').any(|segment| {
        let plain: String = segment
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        WHOLE.contains(&plain.as_str()) || CONTAINED.iter().any(|word| plain.contains(word))
    })
}

/// Names that mean something else in JavaScript objects; ignored wherever they stand.
fn is_clobbering(name: &str) -> bool {
    matches!(name, "__proto__" | "constructor" | "prototype")
}

/// The properties of an event that the site passed itself.
pub(crate) fn read(json: Json<'_>) -> Result<Properties, LineError> {
    let mut properties = Properties::new();
    match json {
        Json::Null => {}
        Json::Object(members) => add_members("", members, &mut properties)?,
        other => {
            let message = format!("properties are {}; send an object", other.kind());
            return Err(LineError::new("wrong_type", "properties", message));
        }
    }
    Ok(properties)
}

fn add_members(
    prefix: &str,
    members: Vec<(Cow<'_, str>, Json<'_>)>,
    properties: &mut Properties,
) -> Result<(), LineError> {
    for (key, json) in members {
        if is_clobbering(&key) || is_private_name(&key) {
            continue;
        }
        let name = if prefix.is_empty() {
            key.into_owned()
        } else {
            format!("{prefix}.{key}")
        };
        if name.is_empty() {
            return Err(LineError::new(
                "bad_name",
                "properties",
                "a property has no name",
            ));
        }
        if name.len() > NAME_BYTES {
            let message = format!("name has {} bytes, the limit is {NAME_BYTES}", name.len());
            return Err(LineError::new("name_too_long", &name, message));
        }
        let value = match json {
            Json::Null => continue,
            Json::Object(members) => {
                add_members(&name, members, properties)?;
                continue;
            }
            other => value(&name, other)?,
        };
        if properties.contains_key(&name) {
            let message = "comes twice, once as an object with members; rename one";
            return Err(LineError::new("duplicate_key", &name, message));
        }
        properties.insert(name, value);
        if properties.len() > EVENT_PROPERTIES {
            let message = format!("event has more than {EVENT_PROPERTIES} properties; send fewer");
            return Err(LineError::new("too_many_properties", "properties", message));
        }
    }
    Ok(())
}

fn value(name: &str, json: Json<'_>) -> Result<Value, LineError> {
    Ok(match json {
        Json::Text(text) => {
            check_text(name, text.len())?;
            Value::Text(text.into_owned())
        }
        Json::Number(number) => Value::Number(number),
        Json::Boolean(boolean) => Value::Boolean(boolean),
        Json::List(items) => {
            let values: Result<Vec<Value>, LineError> = items
                .into_iter()
                .filter(|item| !matches!(item, Json::Null))
                .map(|item| item_value(name, item))
                .collect();
            let values = values?;
            let bytes: usize = values.iter().map(text_bytes).sum();
            check_text(name, bytes)?;
            Value::List(values)
        }
        nested => item_value(name, nested)?,
    })
}

fn item_value(name: &str, json: Json<'_>) -> Result<Value, LineError> {
    match json {
        Json::Object(_) | Json::List(_) => {
            let mut text = String::new();
            without_private(json).write(&mut text);
            check_text(name, text.len())?;
            Ok(Value::Text(text))
        }
        plain => value(name, plain),
    }
}

fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        _ => 0,
    }
}

fn check_text(name: &str, bytes: usize) -> Result<(), LineError> {
    if bytes > TEXT_BYTES {
        let message = format!("text has {bytes} bytes, the limit is {TEXT_BYTES}; shorten it");
        return Err(LineError::new("text_too_long", name, message));
    }
    Ok(())
}

/// The value without members that are dropped anywhere in it. As deep as the reader allows.
fn without_private(json: Json<'_>) -> Json<'_> {
    match json {
        Json::List(items) => Json::List(items.into_iter().map(without_private).collect()),
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .filter(|(key, _)| !is_clobbering(key) && !is_private_name(key))
                .map(|(key, value)| (key, without_private(value)))
                .collect(),
        ),
        plain => plain,
    }
}

/// The properties of an event that a watcher collected: fields of the wrong type reject it, texts
/// that pages make long are cut, and what looks like a secret goes. Tells whether a text was cut.
pub(crate) fn read_watched(
    name: &str,
    mut json: Json<'_>,
    rules: &Rules,
) -> Result<(Properties, bool), LineError> {
    let mut was_cut = false;
    let mut has_nested = false;
    // Scrubbed already: what stands in place of a secret is no secret a second time.
    let mut plain: Vec<String> = Vec::new();
    if let Json::Object(members) = &mut json {
        for (key, value) in members.iter_mut() {
            has_nested |= matches!(value, Json::Object(_) | Json::List(_));
            if let Json::Text(text) = value {
                let (kept, over) = watched_text(key, text, rules);
                was_cut |= over;
                *text = Cow::Owned(kept);
                plain.push(key.to_string());
            }
            check_watched(name, key, value)?;
        }
        if rules.mask_text {
            members.retain(|(key, _)| key != "text");
        }
    }
    let mut properties = read(json)?;
    if has_nested {
        let nested = properties
            .iter_mut()
            .filter(|(name, _)| !plain.contains(name));
        nested.for_each(|(_, value)| scrub_value(value));
    }
    if let Some(Value::Number(ms)) = properties.get_mut("engaged_ms") {
        *ms = ms.clamp(0.0, 86_400_000.0);
    }
    Ok((properties, was_cut))
}

fn watched_text(key: &str, text: &str, rules: &Rules) -> (String, bool) {
    match key {
        "href" | "source" => {
            let (text, _) = crate::text::cut(text, TEXT_BYTES);
            crate::address::keep_link(&text, rules)
        }
        // The longer text is scrubbed before it is cut, so that no half of a secret stays.
        "text" => crate::text::cut(&scrubbed(text), CLICK_TEXT_BYTES),
        "path" => crate::text::cut(&scrubbed(text), ADDRESS_BYTES),
        "comment" => characters(&scrubbed(text), SURVEY_COMMENT_CHARACTERS),
        _ => crate::text::cut(&scrubbed(text), TEXT_BYTES),
    }
}

/// The first characters of a text; whether something was cut off.
fn characters(text: &str, most: usize) -> (String, bool) {
    let end = text.char_indices().nth(most);
    end.map_or((text.to_owned(), false), |(end, _)| {
        (text[..end].to_owned(), true)
    })
}

fn scrubbed(text: &str) -> String {
    let (text, _) = crate::text::cut(text, TEXT_BYTES);
    crate::scrub::scrub(&text).into_owned()
}

fn scrub_value(value: &mut Value) {
    match value {
        Value::Text(text) => {
            if let Cow::Owned(clean) = crate::scrub::scrub(text) {
                *text = crate::text::cut(&clean, TEXT_BYTES).0;
            }
        }
        Value::List(items) => items.iter_mut().for_each(scrub_value),
        Value::Number(_) | Value::Boolean(_) => {}
    }
}

/// Scores of a survey: of 0 to 10, or of 1 to 5 within those.
const SCORE_MAX: f64 = 10.0;

/// Fields that mean something to reports must be of their kind, and scores such as can be given.
fn check_watched(event: &str, key: &str, value: &Json<'_>) -> Result<(), LineError> {
    let wants_number = matches!(
        (event, key),
        ("page_leave", "engaged_ms" | "scroll_percent")
            | ("click", "x" | "y")
            | ("error", "line" | "column")
            | ("rage_click", "clicks")
            | ("web_vital", "value")
            | (SURVEY_ANSWERED, "score")
    );
    let wants_text = matches!(
        key,
        "path" | "text" | "href" | "form" | "field" | "message" | "source" | "metric" | "rating"
    ) || matches!(
        (event, key),
        ("form_error", "kind")
            | (
                SURVEY_SHOWN | SURVEY_ANSWERED | SURVEY_DISMISSED,
                "survey" | "question" | "comment"
            )
    );
    if let (SURVEY_ANSWERED, "score", Json::Number(score)) = (event, key, value)
        && !((0.0..=SCORE_MAX).contains(score) && score.fract() == 0.0)
    {
        let message = format!("score is {score}; send a whole number from 0 to {SCORE_MAX}");
        return Err(LineError::new("out_of_range", "properties.score", message));
    }
    let is_right = match value {
        Json::Null => true,
        Json::Number(_) => !wants_text,
        Json::Text(_) => !wants_number,
        _ => !wants_text && !wants_number,
    };
    if is_right {
        return Ok(());
    }
    let wanted = if wants_number { "a number" } else { "a text" };
    let message = format!("{key} of {event} is {}; send {wanted}", value.kind());
    Err(LineError::new(
        "wrong_type",
        &format!("properties.{key}"),
        message,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(json: &str) -> Vec<String> {
        let json = crate::json::parse(json, 32).unwrap();
        read(json).unwrap().into_keys().collect()
    }

    #[test]
    fn private_names_are_known_in_any_spelling() {
        for name in [
            "password",
            "Password2",
            "user.passwd",
            "pwd",
            "card_number",
            "ccNumber",
            "credit-card",
            "CVV",
            "cvc",
            "IBAN",
            "new_password_repeat",
        ] {
            assert!(is_private_name(name), "{name}");
        }
        for name in [
            "compass",
            "passenger",
            "card",
            "company",
            "pan_id",
            "cardinality",
            "span",
        ] {
            assert!(!is_private_name(name), "{name}");
        }
    }

    #[test]
    fn objects_are_flattened_and_private_or_clobbering_names_go() {
        assert_eq!(
            names(
                r#"{"a":{"b":{"c":1},"password":"x"},"__proto__":{"d":1},"e":null,"cvv":1,"f":true}"#
            ),
            ["a.b.c", "f"]
        );
    }

    #[test]
    fn objects_in_lists_become_text_without_private_names() {
        let json =
            crate::json::parse(r#"{"items":[{"id":1,"password":"x"},[2],3,null]}"#, 32).unwrap();
        assert_eq!(
            read(json).unwrap()["items"],
            Value::List(vec![
                Value::Text("{\"id\":1}".to_owned()),
                Value::Text("[2]".to_owned()),
                Value::Number(3.0)
            ])
        );
    }

    #[test]
    fn limits_reject_and_name_themselves() {
        let many: Vec<String> = (0..257).map(|n| format!("\"p{n}\":1")).collect();
        for (json, code) in [
            (format!("{{{}}}", many.join(",")), "too_many_properties"),
            (
                format!("{{\"a\":\"{}\"}}", "x".repeat(TEXT_BYTES + 1)),
                "text_too_long",
            ),
            (
                format!("{{\"{}\":1}}", "x".repeat(NAME_BYTES + 1)),
                "name_too_long",
            ),
            ("{\"\":1}".to_owned(), "bad_name"),
            ("{\"a\":{\"b\":1},\"a.b\":2}".to_owned(), "duplicate_key"),
            ("[1]".to_owned(), "wrong_type"),
        ] {
            let json = crate::json::parse(&json, 32).unwrap();
            assert_eq!(read(json).unwrap_err().code, code);
        }
    }

    #[test]
    fn what_is_said_in_a_survey_is_kept_without_secrets_and_its_score_is_a_number() {
        let read = |json: &str| {
            let json = crate::json::parse(json, 32).unwrap();
            read_watched(SURVEY_ANSWERED, json, &Rules::default())
        };
        let said = r#"{"survey":"a1","score":2,"choice":["Price","4111111111111111"],
            "comment":"Not with 4111 1111 1111 1111, token=abcdef, mail ada@example.org, ok?"}"#;
        let (properties, _) = read(said).unwrap();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            properties["comment"],
            text("Not with [card], token=[secret], mail [email], ok?")
        );
        assert_eq!(
            properties["choice"],
            Value::List(vec![text("Price"), text("[card]")])
        );
        for wrong in ["11", "-1", "2.5", "1e300"] {
            let error = read(&format!(r#"{{"score":{wrong}}}"#)).unwrap_err();
            assert_eq!(error.code, "out_of_range", "{wrong}");
        }
        assert!(read(r#"{"score":10}"#).is_ok() && read(r#"{"score":0}"#).is_ok());
        let long = "ä ".repeat(SURVEY_COMMENT_CHARACTERS);
        let (properties, was_cut) = read(&format!(r#"{{"comment":"{long}"}}"#)).unwrap();
        let kept = long.chars().take(SURVEY_COMMENT_CHARACTERS).collect();
        assert_eq!(
            (&properties["comment"], was_cut),
            (&Value::Text(kept), true)
        );
        for wrong in [r#"{"score":"2"}"#, r#"{"comment":7}"#, r#"{"survey":7}"#] {
            assert_eq!(read(wrong).unwrap_err().code, "wrong_type", "{wrong}");
        }
    }

    #[test]
    fn watched_texts_are_cut_and_scrubbed() {
        let json = format!(
            r#"{{"text":"{} ada@example.org","href":"https://a.example/x?token=1","x":0.5}}"#,
            "mail me"
        );
        let json = crate::json::parse(&json, 32).unwrap();
        let (properties, cut) = read_watched("click", json, &Rules::default()).unwrap();
        assert!(!cut);
        assert_eq!(
            properties["text"],
            Value::Text("mail me [email]".to_owned())
        );
        assert_eq!(
            properties["href"],
            Value::Text("https://a.example/x".to_owned())
        );
        let wrong = crate::json::parse(r#"{"x":"1"}"#, 32).unwrap();
        assert_eq!(
            read_watched("click", wrong, &Rules::default())
                .unwrap_err()
                .code,
            "wrong_type"
        );
    }
}
