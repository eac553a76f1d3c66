//! The part of the route table about surveys.

use axum::http::Method;
use axum::routing::{delete, get, post, put};
use hitmetrix_store::settings::KnownSurvey;

use super::route::Route;
use super::routes::{EDIT, VIEW};
use super::{examples, saved, survey_answers, surveys};
use crate::audit::Action;

/// Their routes, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/surveys"),
            VIEW,
            "Surveys of the site by name, archived ones too.",
            get(surveys::list),
        )
        .gives::<surveys::SurveyList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/surveys"),
            EDIT,
            "Save a survey. It is a draft: nobody is asked before it is switched on.",
            post(surveys::create),
        )
        .audits(Action::SurveySaved)
        .takes::<surveys::SurveyDraft>()
        .examples(examples::SURVEYS)
        .makes::<surveys::SurveyRow>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/surveys/{survey}"),
            VIEW,
            "One survey.",
            get(saved::get::<KnownSurvey>),
        )
        .gives::<surveys::SurveyRow>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/surveys/{survey}"),
            EDIT,
            "Put a survey in the place of another; pages have the new one within a minute.",
            put(surveys::change),
        )
        .audits(Action::SurveySaved)
        .takes::<surveys::SurveyDraft>()
        .examples(examples::SURVEYS)
        .gives::<surveys::SurveyRow>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/surveys/{survey}"),
            EDIT,
            "Remove an archived survey for good. Its answers stay: they are events.",
            delete(saved::remove::<KnownSurvey>),
        )
        .audits(Action::SurveyRemoved),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/surveys/{survey}/active"),
            EDIT,
            "Switch a survey on: pages ask within a minute.",
            put(surveys::switch_on),
        )
        .audits(Action::SurveySwitched),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/surveys/{survey}/active",
            ),
            EDIT,
            "Pause a survey: pages stop asking within a minute.",
            delete(surveys::pause),
        )
        .audits(Action::SurveySwitched),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/surveys/{survey}/archived",
            ),
            EDIT,
            "Archive a survey: it is paused, leaves the lists, and its name is free.",
            put(saved::archive::<KnownSurvey>),
        )
        .audits(Action::SurveyArchived),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/surveys/{survey}/archived",
            ),
            EDIT,
            "Bring an archived survey back, paused.",
            delete(saved::bring_back::<KnownSurvey>),
        )
        .audits(Action::SurveyArchived),
        Route::new(
            (
                Method::POST,
                "/api/v1/sites/{site}/surveys/{survey}/answers",
            ),
            VIEW,
            "The answers to a survey one by one, the newest first, a page at a time.",
            post(survey_answers::answers),
        )
        .unaudited("a question changes nothing")
        .takes::<survey_answers::AnswersAsked>()
        .examples(examples::SURVEY_ANSWERS)
        .gives::<survey_answers::AnswerList>(),
    ]
}
