//! What will be asked of new events: what the dashboard's own screens ask, and what saved insights,
//! goals and segments name. Parts are written with the lanes of these, so that nobody waits until
//! they are made. It is a guess: what is missing in it costs time, and no answer changes.

use hitmetrix_insights::USUAL_PROPERTIES;
use hitmetrix_model::{Dimension, SiteId, limits};
use hitmetrix_store::lanes::AskedColumns;
use serde_json::Value;

use crate::app::App;

/// Key of a condition, fact or series under which a question names a property.
const PROPERTY: &str = "property";

/// Tells the store what will be asked of each site.
pub async fn expect(app: &App) {
    for known in app.sites.all() {
        let site = known.site.id;
        let columns = columns_of(app, site).await;
        app.store.expect_columns(site, columns);
    }
}

async fn columns_of(app: &App, site: SiteId) -> AskedColumns {
    let dimensions = Dimension::ALL.into_iter();
    let mut columns = AskedColumns {
        dimensions: dimensions
            .filter(|dimension| !dimension.is_derived())
            .collect(),
        properties: USUAL_PROPERTIES.map(str::to_owned).into(),
    };
    let saved = app.sites.saved(site);
    let conditions = saved.segments.iter().map(|one| json(&one.conditions));
    let goals = saved.goals.iter().map(|one| json(&one.goal));
    let mut asked: Vec<Value> = conditions.chain(goals).collect();
    match app.settings().insights(site).await {
        Ok(insights) => {
            let in_use = insights.iter().filter(|one| one.archived_at_ms.is_none());
            asked.extend(in_use.map(|one| json(&one.insight.question)));
        }
        Err(error) => tracing::debug!(%error, "lanes of saved insights are made when asked for"),
    }
    for one in &asked {
        add_named(one, &mut columns);
    }
    columns
}

fn json(what: &impl serde::Serialize) -> Value {
    serde_json::to_value(what).unwrap_or_default()
}

/// Adds the properties that a question or a part of one names.
fn add_named(asked: &Value, columns: &mut AskedColumns) {
    match asked {
        Value::Array(all) => all.iter().for_each(|one| add_named(one, columns)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_left = columns.properties.len() < limits::LANES_AHEAD;
                match value {
                    Value::String(property) if name == PROPERTY && is_left => {
                        columns.properties.insert(property.clone());
                    }
                    _ => add_named(value, columns),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_found_wherever_a_question_names_them() {
        let question = serde_json::json!({
            "kind": "trend",
            "filters": [{"any": [{"not": {"property": "plan", "of": "person", "operator": "set"}}]}],
            "trend": {"series": [{"property": "amount"}], "breakdown": [{"property": "size"}]},
            "funnel": {"steps": [{"filters": [{"property": "step", "values": ["property"]}]}]},
        });
        let mut columns = AskedColumns::default();
        add_named(&question, &mut columns);
        let found: Vec<&str> = columns.properties.iter().map(String::as_str).collect();
        assert_eq!(found, ["amount", "plan", "size", "step"]);
    }

    #[test]
    fn of_very_many_properties_some_are_expected() {
        let all: Vec<Value> = (0..limits::LANES_AHEAD + 9)
            .map(|number| serde_json::json!({"property": format!("p{number}")}))
            .collect();
        let mut columns = AskedColumns::default();
        add_named(&Value::Array(all), &mut columns);
        assert_eq!(columns.properties.len(), limits::LANES_AHEAD);
    }
}
