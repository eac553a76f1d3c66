//! The OpenAPI document, made from the route table. `hitmetrix openapi` prints it; it is checked
//! in as docs/reference/openapi.json, so that a change of the API is a visible difference.

use axum::http::{HeaderName, header};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::answers;
use super::route::{Content, Route, Schemas};
use super::routes;
use crate::auth::access::Needs;
use crate::collect;
use crate::problem::ProblemDocument;

/// Serves the document.
pub async fn openapi() -> ([(HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "application/json")], text())
}

/// The document as it is checked in.
#[must_use]
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document())
        .expect("a document of texts and objects is always JSON");
    text.push('\n');
    text
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    schemas.push((
        ProblemDocument::name().into_owned(),
        ProblemDocument::schema(),
    ));
    for json in collect::wire_types() {
        (json.collect)(&mut schemas);
    }
    let recorded = answers::recorded();
    let mut paths = Map::new();
    for route in routes::all() {
        for content in [route.takes, route.gives] {
            if let Content::Json(json) = content {
                (json.collect)(&mut schemas);
            }
        }
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[route.method.as_str().to_lowercase()] = operation(&route, &recorded);
    }
    schemas.sort_by(|left, right| left.0.cmp(&right.0));
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name, with_null(json!(schema))))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hitmetrix",
            "description": "User behavior analytics & recording. Times are UTC milliseconds since \
                the epoch, ids 32 hexadecimal digits. Errors are problem documents (RFC 9457); \
                their codes stand in docs/reference/errors.md.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "login": {"type": "apiKey", "in": "cookie", "name": crate::auth::cookie::NAME},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    })
}

/// A schema in which what is nothing has its type: for a unit only `default` is said, which any
/// value fits.
fn with_null(schema: Value) -> Value {
    match schema {
        Value::Object(object)
            if object.len() == 1 && object.get("default") == Some(&Value::Null) =>
        {
            json!({"type": "null"})
        }
        Value::Object(object) => {
            let entries = object.into_iter();
            Value::Object(entries.map(|(name, one)| (name, with_null(one))).collect())
        }
        Value::Array(values) => values.into_iter().map(with_null).collect(),
        other => other,
    }
}

fn operation(route: &Route, recorded: &Map<String, Value>) -> Value {
    let path_params = route.path_params().map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    let query_params = route.params.iter().map(|param| {
        json!({
            "name": param.name, "in": "query", "required": false,
            "description": param.doc, "schema": {"type": "string"},
        })
    });
    let parameters: Vec<Value> = path_params.chain(query_params).collect();
    let mut operation = json!({
        "summary": route.summary,
        "description": who(route.needs),
        "operationId": operation_id(route),
        "parameters": parameters,
        "responses": {
            (route.success): answer(route, recorded),
            "default": {
                "description": "A problem",
                "content": {"application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                }},
            },
        },
    });
    if let Some(what) = route.gives_lines {
        operation["responses"][route.success]["content"]["application/x-ndjson"] =
            json!({"schema": {"type": "string", "description": what}});
    }
    if let Some(mut content) = media(route.takes) {
        for (index, (summary, body)) in route.examples.iter().enumerate() {
            let body: Value = serde_json::from_str(body).expect("examples are JSON");
            content["application/json"]["examples"][format!("{}", index + 1)] =
                json!({"summary": summary, "value": body});
        }
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    if route.needs != Needs::Nothing {
        operation["security"] = json!([{"login": []}, {"token": []}]);
    }
    operation
}

fn answer(route: &Route, recorded: &Map<String, Value>) -> Value {
    let Some(mut content) = media(route.gives) else {
        return json!({"description": "Done"});
    };
    let examples = answers::examples(route, recorded);
    for media in content
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if let Some(examples) = &examples {
            media["examples"] = examples.clone();
        }
    }
    json!({"description": "Done", "content": content})
}

fn media(content: Content) -> Option<Value> {
    match content {
        Content::Nothing => None,
        Content::Json(json) => Some(json!({"application/json": {"schema": (json.reference)()}})),
        Content::Other(media) => Some(json!({(media): {"schema": {"type": "string"}}})),
    }
}

fn operation_id(route: &Route) -> String {
    let mut id = route.method.as_str().to_lowercase();
    for part in route.path.trim_start_matches("/api/v1").split('/') {
        let part = part.trim_matches(['{', '}']);
        if !part.is_empty() {
            id.push('_');
            id.push_str(&part.replace(['-', '.'], "_"));
        }
    }
    id
}

fn who(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "Anybody.".to_owned(),
        Needs::User => "Anybody who is signed in.".to_owned(),
        Needs::SignedIn => {
            "Anybody who is signed in, also before they have made a second factor that they must \
             have."
                .to_owned()
        }
        Needs::Owner | Needs::SiteOwner => "The owner of the installation.".to_owned(),
        Needs::Control | Needs::SiteControl => {
            "The command line, over the control socket in the data folder.".to_owned()
        }
        Needs::Share => "Whoever has a link to a recording: its pass as a bearer token.".to_owned(),
        Needs::BoardLink => "Whoever has a link to a board: its pass as a bearer token.".to_owned(),
        Needs::Board => {
            "Whoever has a link to a board, and has given its password if it has one.".to_owned()
        }
        Needs::Numbers => "The owner, or a token with the scope read or admin.".to_owned(),
        Needs::Site(role, scope) => format!(
            "The role {} or more on the site, or its token with the scope {} or admin.",
            role.name(),
            scope.name()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = document();
        let text = document.to_string();
        let mut references: Vec<&str> = text.split("\"$ref\":\"#").skip(1).collect();
        references.sort_unstable();
        for rest in references {
            let path = rest.split('"').next().unwrap();
            assert!(document.pointer(path).is_some(), "{path} is not there");
        }
    }
    #[test]
    fn every_body_of_json_has_an_example_that_its_schema_knows() {
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let json = &operation["requestBody"]["content"]["application/json"];
                let Some(reference) = json["schema"]["$ref"].as_str() else {
                    continue;
                };
                let examples = json["examples"].as_object();
                let examples = examples.unwrap_or_else(|| panic!("{method} {path}: no example"));
                let schema = document.pointer(&reference[1..]).unwrap();
                let Some(known) = schema["properties"].as_object() else {
                    continue;
                };
                for example in examples.values() {
                    let given = example["value"].as_object().unwrap();
                    for name in given.keys() {
                        assert!(known.contains_key(name), "{method} {path}: {name}");
                    }
                    for name in schema["required"].as_array().into_iter().flatten() {
                        let name = name.as_str().unwrap();
                        assert!(given.contains_key(name), "{method} {path}: without {name}");
                    }
                }
            }
        }
    }
}
