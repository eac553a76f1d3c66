//! What routes answer, for the OpenAPI document: real answers of this server about the demo shop,
//! which a test of all routes asks for (`tests/answers.rs`) and holds against the schemas. Long lists
//! and texts in them are cut. Written anew by `cargo xtask answers` when the API has changed.

use serde_json::{Map, Value, json};

use super::route::Route;

/// By method and path, what was answered to each of a route's bodies, or once.
const RECORDED: &str = include_str!("answers.json");

/// All of them.
#[must_use]
pub fn recorded() -> Map<String, Value> {
    serde_json::from_str(RECORDED).expect("what a test wrote and another read is JSON")
}

/// A route as it is named among them.
#[must_use]
pub fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// The answers of a route as examples of the document; none where there are none.
#[must_use]
pub fn examples(route: &Route, recorded: &Map<String, Value>) -> Option<Value> {
    let answers = recorded.get(&name(route))?.as_array()?;
    let mut examples = Map::new();
    for (index, value) in answers.iter().enumerate() {
        let body = route.examples.get(index).filter(|_| answers.len() > 1);
        let summary = body.map_or("An answer about the demo shop", |(summary, _)| summary);
        let example = json!({"summary": summary, "value": value});
        examples.insert((index + 1).to_string(), example);
    }
    Some(Value::Object(examples))
}
