//! Properties as JSON text and back, without loss: what goes into a part comes out of it equal,
//! however often compaction rewrites it.
//!
//! Parts keep all properties of an event as one object; lanes keep single values, as the same
//! text that stands for them in that object.

use std::borrow::Cow;

use hitmetrix_model::{Properties, Value};
use serde_json::{Map, Number, Value as Json};

/// Whole numbers up to here are written without a fraction, as a person would.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A JSON object.
pub(crate) fn to_json(properties: &Properties) -> String {
    if properties.is_empty() {
        return "{}".to_owned();
    }
    let object: Map<String, Json> = properties
        .iter()
        .map(|(name, value)| (name.clone(), json_of(value)))
        .collect();
    Json::Object(object).to_string()
}

/// What [`to_json`] wrote; none when it is something else.
pub(crate) fn from_json(text: &str) -> Option<Properties> {
    if text == "{}" {
        return Some(Properties::new());
    }
    let Json::Object(object) = serde_json::from_str(text).ok()? else {
        return None;
    };
    object
        .into_iter()
        .map(|(name, json)| Some((name, value_of(json)?)))
        .collect()
}

/// One value as it stands in what [`to_json`] writes.
pub(crate) fn value_text(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Boolean(true) => "true".into(),
        Value::Boolean(false) => "false".into(),
        // Without the copy that a JSON value of it would be.
        Value::Text(text) => serde_json::to_string(text)
            .expect("a text is always JSON")
            .into(),
        Value::Number(_) | Value::List(_) => json_of(value).to_string().into(),
    }
}

/// The value of what [`value_text`] wrote; none when it is something else.
pub(crate) fn value_of_text(text: &str) -> Option<Value> {
    value_of(serde_json::from_str(text).ok()?)
}

/// A name as it stands in what [`to_json`] writes.
pub(crate) fn name_text(name: &str) -> String {
    serde_json::to_string(name).expect("a text is always JSON")
}

/// The name of what [`name_text`] wrote.
pub(crate) fn name_of_text(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Goes through the members of what [`to_json`] wrote: name and value, both as they stand there.
/// Nothing is made of them, so that a column of a million objects is read at the speed of
/// memory. None when the text is something else; it is not checked further than needed for that.
pub(crate) fn each_member<'a>(
    object: &'a str,
    mut visit: impl FnMut(&'a str, &'a str),
) -> Option<()> {
    let mut rest = object.strip_prefix('{')?.strip_suffix('}')?;
    while !rest.is_empty() {
        let (name, behind) = rest.split_at(string_end(rest)?);
        let behind = behind.strip_prefix(':')?;
        let (value, behind) = behind.split_at(value_end(behind)?);
        visit(name, value);
        rest = match behind.strip_prefix(',') {
            Some(next) => next,
            None if behind.is_empty() => behind,
            None => return None,
        };
    }
    Some(())
}

/// Where the JSON string ends that `text` begins with.
fn string_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Where the value ends that `text` begins with.
fn value_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes.first()? {
        b'"' => string_end(text),
        b'[' => list_end(text),
        b',' => None,
        _ => Some(
            bytes
                .iter()
                .position(|&byte| byte == b',')
                .unwrap_or(bytes.len()),
        ),
    }
}

/// Where the list ends that `text` begins with.
fn list_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0);
    loop {
        match bytes.get(at)? {
            b'"' => at += string_end(&text[at..])?,
            b'[' => (at, depth) = (at + 1, depth + 1),
            b']' if depth == 1 => return Some(at + 1),
            b']' => (at, depth) = (at + 1, depth - 1),
            _ => at += 1,
        }
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Number(number) => {
            let whole = number.fract() == 0.0
                && number.abs() < WHOLE_MAX
                && (*number != 0.0 || number.is_sign_positive());
            if whole {
                Json::Number(Number::from(*number as i64))
            } else {
                Number::from_f64(*number).map_or(Json::Null, Json::Number)
            }
        }
        Value::Boolean(flag) => Json::Bool(*flag),
        Value::List(values) => Json::Array(values.iter().map(json_of).collect()),
    }
}

fn value_of(json: Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::Text(text)),
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::Bool(flag) => Some(Value::Boolean(flag)),
        Json::Array(values) => values
            .into_iter()
            .map(value_of)
            .collect::<Option<Vec<_>>>()
            .map(Value::List),
        Json::Null | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            ".{0,12}".prop_map(Value::Text),
            proptest::num::f64::NORMAL.prop_map(Value::Number),
            (-1e6..1e6f64).prop_map(|number| Value::Number(number.round())),
            any::<bool>().prop_map(Value::Boolean),
        ];
        leaf.prop_recursive(2, 8, 4, |inner| {
            proptest::collection::vec(inner, 0..4).prop_map(Value::List)
        })
    }

    proptest! {
        #[test]
        fn properties_survive_json(
            properties in proptest::collection::btree_map(".{0,8}", value(), 0..6),
        ) {
            prop_assert_eq!(from_json(&to_json(&properties)), Some(properties));
        }

        #[test]
        fn members_are_the_properties(
            properties in proptest::collection::btree_map(".{0,8}", value(), 0..6),
        ) {
            let object = to_json(&properties);
            let mut members = Properties::new();
            let whole = each_member(&object, |name, text| {
                let value = value_of_text(text).unwrap();
                assert_eq!(value_text(&value), text);
                members.insert(name_of_text(name).unwrap(), value);
            });
            prop_assert_eq!(whole, Some(()));
            prop_assert_eq!(members, properties);
        }

        #[test]
        fn members_of_anything_end(text in "[{}\\[\\]\",:a\\\\é0]{0,16}") {
            let _ = each_member(&text, |_, _| ());
        }
    }

    #[test]
    fn whole_numbers_are_written_whole() {
        let properties = Properties::from([
            ("a".to_owned(), Value::Number(1500.0)),
            ("b".to_owned(), Value::Number(-0.0)),
            ("c".to_owned(), Value::Number(0.25)),
        ]);
        assert_eq!(to_json(&properties), r#"{"a":1500,"b":-0.0,"c":0.25}"#);
    }

    #[test]
    fn members_of_a_torn_object_are_refused() {
        for text in [
            "",
            "{",
            r#"{"a"}"#,
            r#"{"a":[1}"#,
            r#"{"a":"b}"#,
            r#"{"a":"b"c}"#,
            "{,}",
        ] {
            assert_eq!(each_member(text, |_, _| ()), None, "{text}");
        }
    }

    #[test]
    fn text_that_is_no_object_of_values_is_refused() {
        for text in ["", "[]", "null", r#"{"a":null}"#, r#"{"a":{}}"#] {
            assert_eq!(from_json(text), None, "{text}");
        }
    }
}
