//! Work in the background: sealing the log's tail, compaction, putting recordings in order, reading
//! them for heatmaps, retention, old logins, alerts and their messages, and the probe behind `/healthz`. Each job runs by
//! itself, never twice at one time, and ends when the server stops; one that fails is logged and
//! tried again at its next turn.

use std::sync::Arc;
use std::time::Duration;

use hitmetrix_insights::Asked;
use hitmetrix_model::{Measure, Period, Question, QuestionKind, SiteId, SiteSettings, limits};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::alerts;
use crate::app::App;
use crate::audit::{self, Action};
use crate::board_mail;
use crate::health::{Report, Word};
use crate::page_heat;
use crate::problem::Problem;
use crate::questions::QuestionMeter;
use crate::relief;

/// How often the tail is looked at.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// How often parts are looked at.
const COMPACT_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked for recordings whose session is over.
const REPACK_EVERY: Duration = Duration::from_secs(60);
/// How often what no recording needs any more is looked for.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
/// How often what is too old is removed.
const EXPIRE_EVERY: Duration = Duration::from_secs(600);
/// How often recordings are read for what they tell of pages.
const READ_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether the salt of yesterday is over.
const SALTS_EVERY: Duration = Duration::from_secs(60);
/// How often recordings may give way; several probes lie in between.
const RELIEVE_EVERY: Duration = Duration::from_secs(30);
/// How often the probe runs.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// A probe that takes longer has failed.
const PROBE_MAX: Duration = Duration::from_secs(10);
/// How often it is looked for alerts whose check is due, and for messages.
const ALERTS_EVERY: Duration = Duration::from_secs(3);
/// Days for which it is told what was refused.
const LOSSES_DAYS: i64 = crate::api::losses::DAYS_MAX;
/// How often it is written what was refused.
const LOSSES_EVERY: Duration = Duration::from_secs(30);
/// The site that the probe asks about; the sites of users begin with 1.
const BUILT_IN: SiteId = SiteId(0);
const DAY_MS: i64 = 24 * 3600 * 1000;
/// How long a link to a recording or board is still listed after it ended.
const SHARES_SHOWN_MS: i64 = 30 * DAY_MS;

/// Starts all jobs; they end when `stop` becomes true.
pub fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let shared = || (Arc::clone(app), stop.clone());
    let (job, stop) = shared();
    jobs.spawn(async move { every(SEAL_EVERY, stop, || seal(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(COMPACT_EVERY, stop, || compact(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(REPACK_EVERY, stop, || repack(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(TIDY_EVERY, stop, || tidy(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(EXPIRE_EVERY, stop, || expire(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(RELIEVE_EVERY, stop, || relieve(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(READ_EVERY, stop, || read_recordings(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(PROBE_EVERY, stop, || probe(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(SALTS_EVERY, stop, || salts(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(ALERTS_EVERY, stop, || check_alerts(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(ALERTS_EVERY, stop, || send_messages(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(ALERTS_EVERY, stop, || write_boards(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(LOSSES_EVERY, stop, || keep_losses(&job)).await });
    let (job, stop) = shared();
    jobs.spawn(async move { every(LOSSES_EVERY, stop, || keep_signs(&job)).await });
    // The tables are built beside the first requests, so that neither start nor visitor waits.
    let warmed = Arc::clone(app);
    jobs.spawn_blocking(move || warmed.lookups.warm());
    jobs
}

async fn salts(app: &App) {
    if let Err(error) = app.collect.keep_salts(app.now_ms()) {
        tracing::error!(%error, "salts of cookieless visitors cannot be written");
        app.counters.jobs_failed.add(1);
    }
}

async fn every<F: Future<Output = ()>>(
    period: Duration,
    mut stop: watch::Receiver<bool>,
    job: impl Fn() -> F,
) {
    let mut turns = tokio::time::interval(period);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        job().await;
    }
}

/// Writes what the public endpoints have refused since the last time.
pub async fn keep_losses(app: &App) {
    if let Err(problem) = app.collect.losses.keep(app).await {
        tracing::error!(detail = problem.detail(), "losses cannot be written");
        app.counters.jobs_failed.add(1);
    }
}

/// Writes what pages have asked and sent since the last time.
pub async fn keep_signs(app: &App) {
    if let Err(problem) = app.collect.signs.keep(app).await {
        tracing::error!(
            detail = problem.detail(),
            "signs of installations cannot be written"
        );
        app.counters.jobs_failed.add(1);
    }
}

async fn check_alerts(app: &Arc<App>) {
    if let Err(error) = alerts::check::check_due(app).await {
        failed(app, "checking alerts", &error);
    }
}

/// Counts boards and writes their mails: a job of its own, because no alert waits until they are
/// counted.
async fn write_boards(app: &Arc<App>) {
    if let Err(error) = board_mail::send_due(app).await {
        failed(app, "boards by mail", &error);
    }
}

async fn send_messages(app: &Arc<App>) {
    if let Err(error) = alerts::send::send_due(app).await {
        failed(app, "sending messages", &error);
    }
}

async fn seal(app: &App) {
    if !app.store.wants_seal() {
        return;
    }
    match app.seal().await {
        Ok(report) => {
            app.counters.seals.add(1);
            tracing::info!(?report, "tail sealed");
        }
        Err(error) => failed(app, "seal", &error),
    }
}

async fn compact(app: &App) {
    match app.store.compact().await {
        Ok(report) => tracing::debug!(?report, "parts compacted"),
        Err(error) => failed(app, "compaction", &error),
    }
}

/// Puts recordings in order whose session is over.
async fn repack(app: &App) {
    for known in app.sites.all() {
        let idle_ms = i64::from(known.site.settings.session_idle_ms);
        match app.store.repack(known.site.id, idle_ms).await {
            Ok(report) if report.recordings + report.failed == 0 => {}
            Ok(report) => tracing::info!(site = known.site.id.0, ?report, "recordings repacked"),
            Err(error) => failed(app, "repacking", &error),
        }
    }
}

/// Lets go of what no recording needs any more.
async fn tidy(app: &App) {
    for known in app.sites.all() {
        match app.store.tidy_recordings(known.site.id).await {
            Ok(report) => tracing::debug!(site = known.site.id.0, ?report, "recordings tidied"),
            Err(error) => failed(app, "tidying", &error),
        }
    }
}

async fn read_recordings(app: &App) {
    if let Err(error) = page_heat::read_all(app).await {
        failed(app, "reading recordings", &error);
    }
}

/// Applies retention, and finishes what a stop interrupted.
pub async fn expire(app: &App) {
    for known in app.sites.all() {
        match app.store.expire(&known.site).await {
            Ok(report) => {
                tracing::debug!(site = known.site.id.0, ?report, "retention applied");
                app.told
                    .expired(known.site.id, (report.events, report.recordings));
            }
            Err(error) => failed(app, "retention", &error),
        }
    }
    for site in app.store.sites_with_data() {
        if app.sites.by_id(site).is_some() {
            continue;
        }
        match app.store.erase_site(site).await {
            Ok(()) => tracing::info!(site = site.0, "removed site erased"),
            Err(error) => failed(app, "erasure", &error),
        }
    }
    let now_ms = app.now_ms();
    let idle_days = i64::try_from(app.config.login_idle_days).unwrap_or(i64::MAX);
    let idle_before_ms = now_ms.saturating_sub(idle_days.saturating_mul(DAY_MS));
    if let Err(error) = app
        .settings()
        .remove_old_logins(now_ms, idle_before_ms)
        .await
    {
        failed(app, "old logins", &error);
    }
    let told_ms = now_ms.saturating_sub(LOSSES_DAYS * DAY_MS);
    if let Err(error) = app.settings().remove_old_losses(told_ms).await {
        failed(app, "old losses", &error);
    }
    let before_ms = now_ms.saturating_sub(SHARES_SHOWN_MS);
    if let Err(error) = app.settings().remove_old_shares(before_ms).await {
        failed(app, "old share links", &error);
    }
    if let Err(error) = app.settings().remove_old_board_shares(before_ms).await {
        failed(app, "old links to boards", &error);
    }
    if let Err(error) = audit::tell_left_out(app).await {
        failed(app, "failed sign-ins that were left out", &error);
    }
    if let Err(error) = audit::tell_expired(app).await {
        failed(app, "retention in the audit log", &error);
    }
    let before_ms = now_ms.saturating_sub(i64::from(limits::AUDIT_DAYS) * DAY_MS);
    if let Err(error) = app.settings().remove_old_audit(before_ms).await {
        failed(app, "old entries of the audit log", &error);
    }
    let before_ms = now_ms.saturating_sub(limits::NOTE_BACK_MS);
    if let Err(error) = app.settings().forget_notes(before_ms).await {
        failed(app, "removed notes", &error);
    }
}

/// While the disk is over its mark, recordings give way.
async fn relieve(app: &App) {
    let report = app.health.report();
    let over_bytes = report.map_or(0, |report| {
        report.disk_over_bytes(app.config.disk_mark_percent)
    });
    if over_bytes == 0 {
        return;
    }
    match relief::relieve(app, over_bytes).await {
        Ok(relieved) => {
            for of in relieved {
                tell_relieved(app, of).await;
            }
            // What is still over is seen by the next turn.
            probe(app).await;
        }
        Err(error) => failed(app, "relief", &error),
    }
}

async fn tell_relieved(app: &App, relieved: relief::Relieved) {
    tracing::warn!(
        site = relieved.site.0,
        recordings = relieved.recordings,
        "the disk is over its mark: the oldest recordings were removed"
    );
    let said = format!(
        "the disk is over its mark: the {} oldest",
        relieved.recordings
    );
    let told = (String::new(), said);
    let what = (Action::RecordingRemoved, relieved.site);
    let _ = audit::by_system(app, what, told).await;
}

/// Probes the store and remembers what came out.
pub async fn probe(app: &App) {
    let report = probe_report(app).await;
    if let Some(word) = app.health.set(report.clone()) {
        tracing::info!(word = word.name(), reasons = ?report.reasons, "health");
    }
}

async fn probe_report(app: &App) -> Report {
    let probed_at_ms = app.now_ms();
    let broken = |reason: String| Report {
        word: Word::Unavailable,
        reasons: vec![reason],
        disk_free_bytes: 0,
        disk_total_bytes: 0,
        probed_at_ms,
    };
    let probing = async {
        let found = app.store.probe().await.map_err(|error| error.to_string())?;
        ask_built_in(app).await?;
        Ok(found)
    };
    match tokio::time::timeout(PROBE_MAX, probing).await {
        Err(_) => broken(format!(
            "the probe took longer than {} s",
            PROBE_MAX.as_secs()
        )),
        Ok(Err(reason)) => broken(reason),
        Ok(Ok(found)) => weighed(
            Report {
                word: Word::Ok,
                reasons: Vec::new(),
                disk_free_bytes: found.disk_free_bytes,
                disk_total_bytes: found.disk_total_bytes,
                probed_at_ms,
            },
            app.config.disk_mark_percent,
        ),
    }
}

/// Asks a question the way everybody's are asked, of the built-in site, which has no events.
async fn ask_built_in(app: &App) -> Result<(), String> {
    let (store, now_ms) = (app.store.clone(), app.now_ms());
    let asking = tokio::task::spawn_blocking(move || {
        let question = Question {
            measures: vec![Measure::Events],
            ..Question::new(
                QuestionKind::Totals,
                Period::Span {
                    from_ms: now_ms - DAY_MS,
                    to_ms: now_ms,
                },
            )
        };
        let asked = Asked {
            question: &question,
            site_time_zone: "UTC",
            session_idle_ms: SiteSettings::default().session_idle_ms,
            now_ms,
        };
        let snapshot = store
            .snapshot(BUILT_IN)
            .map_err(|error| error.to_string())?;
        let (meter, _here, _) = QuestionMeter::start();
        hitmetrix_insights::ask(&snapshot, &asked, &meter).map_err(|error| error.to_string())?;
        Ok(())
    });
    asking
        .await
        .map_err(|_| "the probe's question panicked".to_owned())?
}

/// What the disk's numbers mean.
fn weighed(mut report: Report, mark_percent: u64) -> Report {
    let least = limits::DISK_FREE_BYTES;
    if report.disk_free_bytes < least {
        report.word = Word::Unavailable;
        report.reasons.push(format!(
            "the disk is full: {} bytes are free, the least is {least}",
            report.disk_free_bytes
        ));
    } else if report.disk_over_bytes(mark_percent) > 0 {
        let used_percent = report.disk_used_percent();
        report.word = Word::Degraded;
        report.reasons.push(format!(
            "the disk is {used_percent} % full, the mark is {mark_percent} %"
        ));
    }
    report
}

fn failed(app: &App, job: &'static str, error: &dyn std::error::Error) {
    app.counters.jobs_failed.add(1);
    let problem = Problem::from_error(hitmetrix_model::ErrorKind::Internal, error);
    tracing::error!(job, detail = problem.detail(), "background job failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disk_is_fine_then_over_its_mark_then_full() {
        const GIB: u64 = 1 << 30;
        let cases = [
            (50 * GIB, Word::Ok),
            (11 * GIB, Word::Ok),
            (10 * GIB, Word::Degraded),
            (limits::DISK_FREE_BYTES, Word::Degraded),
            (limits::DISK_FREE_BYTES - 1, Word::Unavailable),
        ];
        for (disk_free_bytes, word) in cases {
            let report = Report {
                word: Word::Ok,
                reasons: Vec::new(),
                disk_free_bytes,
                disk_total_bytes: 100 * GIB,
                probed_at_ms: 0,
            };
            let report = weighed(report, 90);
            assert_eq!(report.word, word, "{disk_free_bytes}");
            assert_eq!(report.reasons.is_empty(), word == Word::Ok);
        }
    }
}
