//! The properties that a site's events have: names and kinds, so that a screen can offer them.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::limits;
use hitmetrix_store::lanes::PropertySeen;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// The properties of a site's events.
#[derive(Serialize, ToSchema)]
pub struct PropertyList {
    /// The most frequent first, equal ones by name.
    properties: Vec<PropertyRow>,
    /// How many there are; more than are listed when they are over the limit of a listing.
    total: usize,
    /// What has no column, and so is not listed, because a site has too many names.
    left_out: LeftOut,
    /// What could not be read, in words; empty when the list is whole.
    missing: Vec<String>,
}

/// One property.
#[derive(Serialize, ToSchema)]
pub struct PropertyRow {
    /// Its name.
    name: String,
    /// How many events have it.
    rows: u64,
    /// `text`, `number`, `boolean`, `time`, `list`: each kind that a value had.
    kinds: Vec<&'static str>,
}

/// Properties without a column. Both are upper bounds.
#[derive(Serialize, ToSchema)]
pub struct LeftOut {
    /// How many names.
    names: u64,
    /// How many values of events they have.
    rows: u64,
}

/// The properties of the site's events.
///
/// # Errors
/// When too many questions are asked, or the store fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<PropertyList>, Problem> {
    // The first look at a new part goes through its properties, which takes as long as a question.
    let slot = app.questions.take().await?;
    let (store, site) = (Arc::clone(&app), access.id());
    let looking = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let snapshot = store.store.snapshot(site)?;
        let left_out = snapshot.properties_left_out();
        Ok(PropertyList {
            missing: snapshot.missing.clone(),
            left_out: LeftOut {
                names: left_out.names,
                rows: left_out.rows,
            },
            ..listed(snapshot.properties())
        })
    });
    let list: Result<PropertyList, hitmetrix_store::StoreError> = looking
        .await
        .map_err(|_| Problem::internal("a listing of properties panicked"))?;
    Ok(Json(list?))
}

fn listed(mut seen: Vec<PropertySeen>) -> PropertyList {
    let total = seen.len();
    seen.sort_by(|left, right| {
        (Reverse(left.rows), &left.name).cmp(&(Reverse(right.rows), &right.name))
    });
    seen.truncate(limits::PROPERTY_LIST);
    let row = |one: PropertySeen| PropertyRow {
        kinds: kinds(&one),
        name: one.name,
        rows: one.rows,
    };
    PropertyList {
        properties: seen.into_iter().map(row).collect(),
        total,
        left_out: LeftOut { names: 0, rows: 0 },
        missing: Vec::new(),
    }
}

fn kinds(seen: &PropertySeen) -> Vec<&'static str> {
    let kinds = [
        (seen.kinds.text, "text"),
        (seen.kinds.number, "number"),
        (seen.kinds.boolean, "boolean"),
        (seen.kinds.time, "time"),
        (seen.kinds.list, "list"),
    ];
    let had = kinds.into_iter().filter(|(had, _)| *had);
    had.map(|(_, kind)| kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listing_is_cut_at_its_limit_and_says_how_many_there_are() {
        let seen = (0..limits::PROPERTY_LIST + 7).map(|number| PropertySeen {
            name: format!("p{number}"),
            rows: number as u64,
            kinds: hitmetrix_store::lanes::PropertyKinds::of("1.5"),
        });
        let list = listed(seen.collect());
        assert_eq!(list.total, limits::PROPERTY_LIST + 7);
        assert_eq!(list.properties.len(), limits::PROPERTY_LIST);
        let first = &list.properties[0];
        assert_eq!(first.rows, limits::PROPERTY_LIST as u64 + 6);
        assert_eq!(first.kinds, ["number"]);
    }
}
