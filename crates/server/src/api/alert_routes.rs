//! The part of the route table about alerts, and boards that are sent by mail.

use axum::http::Method;
use axum::routing::{delete, get, post, put};
use hitmetrix_store::settings::KnownAlert;

use super::examples_of_settings as bodies;
use super::route::Route;
use super::routes::{EDIT, VIEW};
use super::{alert_preview, alerts, board_mails, examples, saved};
use crate::audit::Action;

/// Their routes, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = of_alerts();
    routes.extend(of_one());
    routes.extend(of_board_mails());
    routes
}

fn of_alerts() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/alerts"),
            VIEW,
            "Alerts of the site by name, archived ones too.",
            get(alerts::list),
        )
        .gives::<alerts::AlertList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/alerts"),
            EDIT,
            "Save an alert on a saved insight; secrets of its webhooks are told once.",
            post(alerts::create),
        )
        .audits(Action::AlertSaved)
        .takes::<alerts::AlertDraft>()
        .examples(examples::ALERTS)
        .makes::<alerts::AlertSaved>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/alerts/preview"),
            VIEW,
            "What an alert would have done in the last weeks.",
            post(alert_preview::preview),
        )
        .unaudited("a question changes nothing")
        .takes::<alert_preview::PreviewDraft>()
        .examples(examples::ALERT_PREVIEWS)
        .gives::<alert_preview::AlertPreview>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/alerts/{alert}"),
            VIEW,
            "One alert.",
            get(saved::get::<KnownAlert>),
        )
        .gives::<alerts::AlertRow>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/alerts/{alert}"),
            EDIT,
            "Put an alert in the place of another; it is checked anew.",
            put(alerts::change),
        )
        .audits(Action::AlertSaved)
        .takes::<alerts::AlertDraft>()
        .examples(examples::ALERTS)
        .gives::<alerts::AlertSaved>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/alerts/{alert}"),
            EDIT,
            "Remove an archived alert for good, with its log.",
            delete(saved::remove::<KnownAlert>),
        )
        .audits(Action::AlertRemoved),
    ]
}

fn of_one() -> Vec<Route> {
    vec![
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/alerts/{alert}/archived"),
            EDIT,
            "Archive an alert: it is not checked any more, and its name is free.",
            put(saved::archive::<KnownAlert>),
        )
        .audits(Action::AlertArchived),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/alerts/{alert}/archived",
            ),
            EDIT,
            "Bring an archived alert back.",
            delete(saved::bring_back::<KnownAlert>),
        )
        .audits(Action::AlertArchived),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/alerts/{alert}/muted"),
            EDIT,
            "Have an alert send nothing, until a time or until somebody ends it.",
            put(alerts::mute),
        )
        .audits(Action::AlertMuted)
        .takes::<alerts::MuteDraft>()
        .examples(bodies::MUTES),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/alerts/{alert}/muted"),
            EDIT,
            "Have an alert speak again.",
            delete(alerts::unmute),
        )
        .audits(Action::AlertMuted),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/alerts/{alert}/log"),
            VIEW,
            "What an alert found and sent, the latest first.",
            get(alerts::log),
        )
        .gives::<alerts::AlertLog>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/alerts/{alert}/test"),
            EDIT,
            "Send a message about the last full bucket to every destination, to try them.",
            post(alerts::test),
        )
        .audits(Action::AlertTested)
        .takes_on(),
    ]
}

fn of_board_mails() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/boards/{board}/mail"),
            VIEW,
            "When a board is sent by mail, and what became of the last mails.",
            get(board_mails::get),
        )
        .gives::<board_mails::BoardMailView>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/boards/{board}/mail"),
            EDIT,
            "Have a board be sent by mail, in place of how it was.",
            put(board_mails::set),
        )
        .audits(Action::BoardMailSet)
        .takes::<board_mails::BoardMailDraft>()
        .examples(examples::BOARD_MAILS)
        .gives::<board_mails::BoardMailView>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/boards/{board}/mail"),
            EDIT,
            "End the mails of a board.",
            delete(board_mails::end),
        )
        .audits(Action::BoardMailSet),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/boards/{board}/mail/now"),
            EDIT,
            "Send a board to its recipients now, to try it.",
            post(board_mails::now),
        )
        .audits(Action::BoardMailed)
        .takes_on(),
    ]
}
