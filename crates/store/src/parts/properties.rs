//! Properties as JSON text and back, without loss: what goes into a part comes out of it equal,
//! however often compaction rewrites it.

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
    fn text_that_is_no_object_of_values_is_refused() {
        for text in ["", "[]", "null", r#"{"a":null}"#, r#"{"a":{}}"#] {
            assert_eq!(from_json(text), None, "{text}");
        }
    }
}
