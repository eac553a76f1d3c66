//! Boards by mail: on its day, at its hour in the site's time zone, a board's panels are counted as
//! the board asks them and sent as tables of text. What cannot be counted says so in its place. The
//! mails go the way of alerts' messages, with their attempts and their log.

mod panel;

use std::sync::Arc;

use hitmetrix_model::Panel;
use hitmetrix_store::settings::{
    Board, BoardMail, BoardMailDay, Delivery, DeliveryKind, KnownSite, SettingsError,
};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::app::App;
use crate::audit::{self, Action};
use crate::egress::mail::{Block, Mail};
use crate::questions::Asker;
use crate::recipients::Recipients;
use crate::secret;
use panel::counted;

/// Boards that one turn counts; further ones wait for the next.
const AT_ONCE: u32 = 10;
/// How long counting a board may take before it is due again.
const CLAIM_MS: i64 = 15 * 60_000;
const HOUR_MS: i64 = 3_600_000;
/// Days ahead among which the next is: more than any month has.
const DAYS_AHEAD: i64 = 33;

/// Counts the boards that are due and hands their mails over.
///
/// # Errors
/// When the database fails.
pub async fn send_due(app: &Arc<App>) -> Result<(), SettingsError> {
    for mail in app
        .settings()
        .due_board_mails(app.now_ms(), AT_ONCE)
        .await?
    {
        let until_ms = app.now_ms() + CLAIM_MS;
        if !app.settings().claim_board_mail(&mail, until_ms).await? {
            continue;
        }
        let Some(known) = app.sites.by_id(mail.site) else {
            continue;
        };
        let Some(board) = app.settings().board(mail.site, &mail.board).await? else {
            continue;
        };
        let made_at_ms = app.now_ms();
        let count = mail.recipients.len();
        if let Err(problem) = app.messages.take(mail.site, count, made_at_ms) {
            tracing::warn!(
                board = mail.board,
                why = problem.detail(),
                "board waits an hour"
            );
            let next_ms = (made_at_ms.div_euclid(HOUR_MS) + 1) * HOUR_MS;
            app.settings()
                .board_mailed((&mail.board, until_ms), (&[], made_at_ms), next_ms)
                .await?;
            continue;
        }
        let zone = &known.site.time_zone;
        let next_ms = next_ms((mail.day, mail.hour), zone, made_at_ms);
        let written = write(app, &known, &board.board, Asker::Job).await;
        let deliveries = deliveries(app, &mail, &written).await?;
        let is_written = app
            .settings()
            .board_mailed((&mail.board, until_ms), (&deliveries, made_at_ms), next_ms)
            .await?;
        if is_written {
            let told = (format!("board {}", mail.board), board.board.name);
            audit::by_system(app, (Action::BoardMailed, mail.site), told).await?;
        }
    }
    Ok(())
}

/// A mail to every recipient, due now; not to those who may have none any more.
///
/// # Errors
/// When the database fails.
pub async fn deliveries(
    app: &App,
    schedule: &BoardMail,
    mail: &Mail,
) -> Result<Vec<Delivery>, SettingsError> {
    let may = Recipients::of(app, schedule.site).await?;
    let body = serde_json::to_string(mail).unwrap_or_default();
    let now_ms = app.now_ms();
    let to = |recipient: &String| {
        let id = secret::random_pass(&*app.randomness);
        let by = (DeliveryKind::Board, recipient.clone());
        may.held(Delivery::due(id, now_ms, by, body.clone()))
    };
    Ok(schedule.recipients.iter().map(to).collect())
}

/// The first time after this at which a board is due. An hour that a clock change leaves out is the
/// one after it; one that it repeats is the first.
#[must_use]
pub fn next_ms((day, hour): (BoardMailDay, u8), zone: &str, after_ms: i64) -> i64 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let after = Timestamp::from_millisecond(after_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let today = after.to_zoned(zone.clone()).date();
    let is_day = |date: jiff::civil::Date| match day {
        BoardMailDay::Daily => true,
        BoardMailDay::Weekly(weekday) => {
            date.weekday().to_monday_zero_offset() == i8::try_from(weekday).unwrap_or(0)
        }
        BoardMailDay::Monthly => date.day() == 1,
    };
    let hour = i8::try_from(hour.min(23)).unwrap_or(0);
    (0..=DAYS_AHEAD)
        .filter_map(|ahead| today.checked_add(Span::new().days(ahead)).ok())
        .filter(|date| is_day(*date))
        .filter_map(|date| date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok())
        .map(|at| at.timestamp().as_millisecond())
        .find(|at_ms| *at_ms > after_ms)
        .unwrap_or(i64::MAX)
}

/// A board as a mail.
pub async fn write(app: &Arc<App>, known: &KnownSite, board: &Board, asker: Asker) -> Mail {
    let site = &known.site;
    let mut blocks = Vec::new();
    if !board.description.is_empty() {
        blocks.push(Block::Text(board.description.clone()));
    }
    let link = format!(
        "{}/sites/{}/boards/{}",
        app.config.origin(),
        site.id,
        board.id
    );
    blocks.push(Block::Link(format!("Open “{}”", board.name), link));
    let mut panels: Vec<&Panel> = board.panels.iter().collect();
    panels.sort_by_key(|panel| (panel.place.y, panel.place.x));
    for panel in panels {
        match counted(app, (site.id, asker), (&board.common, panel)).await {
            Ok(of_panel) => blocks.extend(of_panel),
            Err(problem) => {
                if !panel.title.is_empty() {
                    blocks.push(Block::Title(panel.title.clone()));
                }
                blocks.push(Block::Text(format!(
                    "This could not be counted: {}",
                    problem.detail()
                )));
            }
        }
    }
    blocks.push(Block::Text(format!(
        "Times are those of {}. Whoever may edit the site {} can end these mails on the board.",
        site.time_zone, site.name
    )));
    Mail {
        subject: format!("{} ({})", board.name, site.name),
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn next_time_is_on_its_day_and_hour_of_the_sites_zone() {
        let berlin = "Europe/Berlin";
        for (day, hour, after, expected) in [
            ("daily", 8, "2026-11-27T06:59:59Z", "2026-11-27T07:00:00Z"),
            ("daily", 8, "2026-11-27T07:00:00Z", "2026-11-28T07:00:00Z"),
            ("monday", 8, "2026-11-27T07:00:00Z", "2026-11-30T07:00:00Z"),
            ("friday", 8, "2026-11-27T07:00:00Z", "2026-12-04T07:00:00Z"),
            ("monthly", 0, "2026-11-27T07:00:00Z", "2026-11-30T23:00:00Z"),
            // The night in which the clock goes forward has no two o'clock.
            ("daily", 2, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ] {
            let day = BoardMailDay::named(day).unwrap();
            assert_eq!(
                next_ms((day, hour), berlin, ms(after)),
                ms(expected),
                "{after}"
            );
        }
    }
}
