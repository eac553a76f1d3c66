//! Whether a value is what a schema of the OpenAPI document says: as much of JSON Schema as the
//! document uses. A name that the schema does not know is a fault too, since answers are documented
//! whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What of a value does not fit a schema of the document, each with its place; nothing when it fits.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let check = Check { document };
    check.value(schema, value, "$", &mut found);
    found
}

struct Check<'a> {
    document: &'a Value,
}

impl Check<'_> {
    /// The value against the schema, and its names against all that the schema knows.
    fn value(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        self.part(schema, value, place, found);
        let Some(object) = value.as_object() else {
            return;
        };
        let mut known = BTreeSet::new();
        if self.names(schema, &mut known) {
            let unknown = object.keys().filter(|name| !known.contains(name.as_str()));
            found.extend(unknown.map(|name| format!("{place}.{name} is in no schema")));
        }
    }

    /// The value against the schema, which may be one of several that say something of it.
    fn part(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            self.part(self.resolved(reference), value, place, found);
        }
        for part in list(schema, "allOf") {
            self.part(part, value, place, found);
        }
        let choices = list(schema, "oneOf");
        let fits = |choice: &Value| {
            let mut faults = Vec::new();
            self.value(choice, value, place, &mut faults);
            faults.is_empty()
        };
        if !choices.is_empty() && !choices.iter().any(fits) {
            found.push(format!("{place} fits none of {} schemas", choices.len()));
        }
        if !has_type(&schema["type"], value) {
            found.push(format!("{place} is not of type {}", schema["type"]));
        }
        let words = list(schema, "enum");
        if !words.is_empty() && !words.contains(value) {
            found.push(format!("{place} is none of {words:?}"));
        }
        if let Some(values) = value.as_array() {
            for (at, one) in values.iter().enumerate() {
                self.value(&schema["items"], one, &format!("{place}[{at}]"), found);
            }
        }
        if let Some(object) = value.as_object() {
            self.object(schema, object, place, found);
        }
    }

    fn object(
        &self,
        schema: &Value,
        object: &Map<String, Value>,
        place: &str,
        found: &mut Vec<String>,
    ) {
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                found.push(format!("{place}.{name} is missing"));
            }
        }
        for (name, one) in object {
            let known = &schema["properties"][name];
            let schema = if known.is_null() {
                &schema["additionalProperties"]
            } else {
                known
            };
            if schema.is_object() {
                self.value(schema, one, &format!("{place}.{name}"), found);
            }
        }
    }

    /// Adds the names that a schema knows; false when it takes any.
    fn names<'a>(&'a self, schema: &'a Value, known: &mut BTreeSet<&'a str>) -> bool {
        if schema["additionalProperties"].is_object() {
            return false;
        }
        let mut says = false;
        if let Some(reference) = schema["$ref"].as_str() {
            says |= self.names(self.resolved(reference), known);
        }
        for key in ["allOf", "oneOf"] {
            for part in list(schema, key) {
                says |= self.names(part, known);
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            known.extend(properties.keys().map(String::as_str));
            says = true;
        }
        says
    }

    fn resolved(&self, reference: &str) -> &Value {
        let found = self.document.pointer(reference.trim_start_matches('#'));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema[key].as_array().map_or(&[], Vec::as_slice)
}

/// Whether a value has the type, or one of the types; any value has none.
fn has_type(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::Array(some) => some.iter().any(|one| has_type(one, value)),
        Value::String(word) => match word.as_str() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("a schema has the type {other}"),
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_told_with_their_places() {
        let document = json!({"schemas": {
            "Row": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer"}, "word": {"type": "string", "enum": ["a", "b"]},
            }},
            "More": {"allOf": [{"$ref": "#/schemas/Row"}, {"type": "object", "properties": {
                "rows": {"type": "array", "items": {"oneOf": [
                    {"$ref": "#/schemas/Row"}, {"type": "null"},
                ]}},
            }}]},
        }});
        let cases = [
            (json!({"id": 1, "word": "a", "rows": [{"id": 2}, null]}), ""),
            (json!({"id": "1"}), "$.id is not of type \"integer\""),
            (json!({"rows": []}), "$.id is missing"),
            (json!({"id": 1, "colour": 2}), "$.colour is in no schema"),
            (
                json!({"id": 1, "rows": [{"id": 2, "word": "c"}]}),
                "$.rows[0] fits none of 2 schemas",
            ),
        ];
        for (value, expected) in cases {
            let found = faults(&document, &json!({"$ref": "#/schemas/More"}), &value);
            assert_eq!(found.join("; "), expected, "{value}");
        }
    }
}
