//! The demo shop: a small real shop on a port of its own, so of another origin, like any
//! customer's site. Served while there is no site but the demo site, or with `--demo`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use hitmetrix_model::{Chunk, ChunkRow, SiteId, SiteSettings};
use hitmetrix_store::settings::{KnownAnnotation, KnownGoal, KnownSite, NewSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::sites::blank;
use crate::api::users_of::users_of;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::demo_data::{DAY_MS, DAYS, Demo, annotations, goals, recorded, survey};
use crate::problem::Problem;
use crate::static_files;

/// Name of the built-in site.
const NAME: &str = "Demo shop";
/// Where its pages may be opened from.
const DOMAINS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The demo site.
#[must_use]
pub fn site(app: &App) -> Option<Arc<KnownSite>> {
    app.sites.all().into_iter().find(|known| known.site.demo)
}

/// Whether the shop is to be served now.
#[must_use]
pub fn is_wanted(app: &App) -> bool {
    site(app).is_some() && (app.config.demo || app.sites.all().iter().all(|known| known.site.demo))
}

/// Address of the shop while it is served.
#[must_use]
pub fn address(app: &App) -> Option<String> {
    let is_served = app.demo_served.load(std::sync::atomic::Ordering::Relaxed) && is_wanted(app);
    is_served.then(|| format!("http://{}", app.config.demo_listen))
}

/// Makes the demo site at the first start, or when `--demo` asks for it again; whether it did.
/// Automated browsers count there, because the shop is what browser tests drive.
///
/// # Errors
/// When the database fails.
pub async fn make_site(app: &App) -> Result<bool, Problem> {
    if site(app).is_some() || !(app.config.demo || app.sites.all().is_empty()) {
        return Ok(false);
    }
    let new = NewSite {
        name: NAME.to_owned(),
        domains: DOMAINS.map(str::to_owned).to_vec(),
        demo: true,
        settings: SiteSettings {
            count_automated: true,
            ..SiteSettings::default()
        },
        ..blank(app)
    };
    app.settings().create_site(new).await?;
    app.settings_changed().await?;
    Ok(true)
}

/// What was put into the demo site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Filled {
    /// Days, the last of which is today.
    pub days: i64,
    /// Events that are stored now.
    pub events: u64,
    /// Events that had been put in before.
    pub duplicates: u64,
    /// Recordings that are stored now.
    pub recordings: u64,
}

/// Fills the demo site with made-up visits, so many times as the shop has, and saves its goals, annotations and survey; what is there
/// already stays.
///
/// # Errors
/// When the store fails; what was put in so far stays, and doing it again goes on.
pub async fn fill(app: &App, site: SiteId, times: u32) -> Result<Filled, Problem> {
    let mut filled = Filled {
        days: DAYS,
        events: 0,
        duplicates: 0,
        recordings: 0,
    };
    let demo = Demo {
        site,
        host: DOMAINS[0],
        lookups: &app.lookups,
        now_ms: app.now_ms(),
        times,
    };
    for mut batch in demo.batches() {
        // Filling may take long: what comes now is not old enough to be sealed by itself.
        batch.received_at_ms = app.now_ms();
        let receipt = app.store.append(batch).await?;
        filled.events += u64::from(receipt.accepted);
        filled.duplicates += u64::from(receipt.duplicates);
        if app.store.wants_seal() {
            app.seal().await?;
        }
    }
    tell_recorded(app, demo, &mut filled).await?;
    save_goals(app, site).await?;
    save_annotations(app, site).await?;
    save_survey(app, site).await?;
    tracing::info!(
        site = site.0,
        events = filled.events,
        recordings = filled.recordings,
        "demo site filled"
    );
    Ok(filled)
}

/// Stores what is not there of the recorded visits.
async fn tell_recorded(app: &App, demo: Demo<'_>, filled: &mut Filled) -> Result<(), Problem> {
    let Some(known) = app
        .sites
        .all()
        .into_iter()
        .find(|one| one.site.id == demo.site)
    else {
        return Ok(());
    };
    // What would go again at the next cleaning is not stored first.
    let days = i64::from(known.site.settings.recording_days);
    let kept_from_ms = demo.now_ms - days * DAY_MS;
    let is_over = |chunk: &Chunk| chunk.facts.last_ms < kept_from_ms;
    for told in recorded(demo, &known.site) {
        for batch in told.batches {
            let receipt = app.store.append(batch).await?;
            filled.events += u64::from(receipt.accepted);
            filled.duplicates += u64::from(receipt.duplicates);
            if app.store.wants_seal() {
                app.seal().await?;
            }
        }
        if told.chunks.iter().all(is_over) {
            continue;
        }
        let recording = app.store.recording(demo.site, told.session).await?;
        let there = recording.map_or(Vec::new(), |(_, chunks)| chunks);
        filled.recordings += u64::from(there.is_empty() && !told.chunks.is_empty());
        for chunk in told.chunks {
            let (window, sequence) = (chunk.facts.window, chunk.facts.sequence);
            let holds = |row: &ChunkRow| {
                row.window == window && (row.sequence..=row.last_sequence).contains(&sequence)
            };
            if !there.iter().any(holds) {
                app.store.append_chunk(chunk).await?;
            }
        }
    }
    Ok(())
}

/// Saves those of the demo's goals that the site does not have, also not archived. One whose name
/// somebody gave to another meanwhile is left out.
async fn save_goals(app: &App, site: SiteId) -> Result<(), Problem> {
    let _saving = app.segment_changes.lock().await;
    let there = app.settings().goals(site).await?;
    let is_there = |goal: &KnownGoal| {
        there.iter().any(|one| {
            let has_name = one.archived_at_ms.is_none() && one.goal.label == goal.goal.label;
            one.id == goal.id || has_name
        })
    };
    for goal in goals(app.now_ms()).iter().filter(|goal| !is_there(goal)) {
        app.settings().create_goal(site, goal).await?;
    }
    Ok(app.settings_changed().await?)
}

async fn save_annotations(app: &App, site: SiteId) -> Result<(), Problem> {
    for KnownAnnotation {
        id,
        annotation,
        created,
        ..
    } in annotations(app.now_ms())
    {
        if app.settings().annotation(site, &id).await?.is_none() {
            app.settings()
                .create_annotation(site, (&id, &annotation), &created)
                .await?;
        }
    }
    Ok(())
}

/// Saves the demo's survey, unless the site has it or another of its name.
async fn save_survey(app: &App, site: SiteId) -> Result<(), Problem> {
    let survey = survey(app.now_ms());
    let there = app.settings().surveys(site).await?;
    let is_there = there.iter().any(|one| {
        let has_name = one.archived_at_ms.is_none() && one.name == survey.name;
        one.id == survey.id || has_name
    });
    if !is_there {
        app.settings().create_survey(site, &survey).await?;
    }
    Ok(())
}

/// Takes out again what filling the demo site saved, but for what else uses it.
///
/// # Errors
/// When the database fails.
pub async fn remove_saved(app: &App, access: &SiteAccess) -> Result<(), Problem> {
    let _saving = app.segment_changes.lock().await;
    for KnownAnnotation { id, .. } in annotations(app.now_ms()) {
        if app.settings().annotation(access.id(), &id).await?.is_some() {
            app.settings().remove_annotation(access.id(), &id).await?;
        }
    }
    let survey = survey(app.now_ms()).id;
    let surveys = app.settings().surveys(access.id()).await?;
    if surveys.iter().any(|one| one.id == survey) {
        app.settings().remove_survey(access.id(), &survey).await?;
    }
    let there = app.settings().goals(access.id()).await?;
    for goal in goals(app.now_ms()) {
        let is_there = there.iter().any(|one| one.id == goal.id);
        if is_there && users_of(app, access, &goal.id).await?.is_empty() {
            app.settings().remove_goal(access.id(), &goal.id).await?;
        }
    }
    Ok(app.settings_changed().await?)
}

/// Fills the demo site that was just made, while the server runs.
pub async fn fill_new(app: Arc<App>) {
    let Some(known) = site(&app) else { return };
    if let Err(problem) = fill(&app, known.site.id, 1).await {
        tracing::warn!(problem = problem.detail(), "the demo site is not filled");
    }
}

/// The shop's own router.
pub fn router(app: &Arc<App>) -> Router {
    Router::new().fallback(serve).with_state(Arc::clone(app))
}

async fn serve(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::not_found("route").into_response();
    }
    let Some(site) = site(&app).filter(|_| is_wanted(&app)) else {
        return Problem::not_found("demo shop any more; start with --demo to have it back")
            .into_response();
    };
    let wanted = request.uri().path().trim_matches('/');
    let (status, path, file) = page(&app, wanted);
    let Some(file) = file else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the demo shop is not built; run cargo xtask run\n",
        )
            .into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, static_files::media_type(&path)),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let bytes = if is_text(&path) {
        String::from_utf8_lossy(&file)
            .replace("{{HITMETRIX_ORIGIN}}", &app.config.origin())
            .replace("{{HITMETRIX_KEY}}", &site.site.key)
            .into_bytes()
    } else {
        file.into_owned()
    };
    (status, headers, bytes).into_response()
}

/// The file for a path of the shop: itself, the page of that name, a product's page, or the
/// error page.
fn page(app: &App, wanted: &str) -> (StatusCode, String, Option<static_files::File>) {
    let mut candidates = vec![
        format!("demo-shop/{wanted}"),
        format!("demo-shop/{wanted}.html"),
    ];
    if wanted.is_empty() {
        candidates = vec!["demo-shop/index.html".to_owned()];
    } else if wanted
        .strip_prefix("product/")
        .is_some_and(|slug| !slug.contains('/'))
    {
        candidates.push("demo-shop/product.html".to_owned());
    }
    for path in candidates {
        if let Some(file) = static_files::find(app, &path) {
            return (StatusCode::OK, path, Some(file));
        }
    }
    let path = "demo-shop/error.html".to_owned();
    let file = static_files::find(app, &path);
    (StatusCode::NOT_FOUND, path, file)
}

fn is_text(path: &str) -> bool {
    [".html", ".js", ".css", ".json", ".svg"]
        .iter()
        .any(|end| path.ends_with(end))
}
