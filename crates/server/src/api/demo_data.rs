//! The made-up visits of the demo site: put in, and taken out again with everything else that the
//! site has. No other site takes them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::limits;
use serde::Deserialize;

use super::body::Params;
use super::route::Param;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::demo::{self, Filled};
use crate::problem::Problem;

/// Parameters of filling.
pub const PARAMS: &[Param] = &[Param {
    name: "times",
    doc: "So many times as many visits as the demo shop has, at most 500; 1 when absent.",
}];

/// How much is made.
#[derive(Deserialize)]
pub struct Amount {
    times: Option<u32>,
}

/// Fills the demo site. Doing it again adds only what has become past meanwhile.
///
/// # Errors
/// When the site is not the demo site, or the store fails.
pub async fn fill(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(amount): Params<Amount>,
) -> Result<Json<Filled>, Problem> {
    demo_only(&access)?;
    let times = amount.times.unwrap_or(1);
    if !(1..=limits::DEMO_TIMES).contains(&times) {
        return Err(Problem::invalid(format!(
            "times `{times}` is not from 1 to {}, the limit DEMO_TIMES",
            limits::DEMO_TIMES
        )));
    }
    demo::fill(&app, access.id(), times).await.map(Json)
}

/// Empties the demo site.
///
/// # Errors
/// When the site is not the demo site, or the store fails; doing it again goes on.
pub async fn empty(State(app): State<Arc<App>>, access: SiteAccess) -> Result<StatusCode, Problem> {
    demo_only(&access)?;
    app.store.erase_site(access.id()).await?;
    demo::remove_saved(&app, &access).await?;
    tracing::info!(site = access.id().0, "demo site emptied");
    Ok(StatusCode::NO_CONTENT)
}

fn demo_only(access: &SiteAccess) -> Result<(), Problem> {
    if access.site().demo {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "site `{}` is not the demo site, and only that takes made-up visits; start with --demo to \
         have one",
        access.site().name
    )))
}
