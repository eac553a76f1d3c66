//! The part of the route table about persons and accounts.

use axum::http::Method;
use axum::routing::{delete, get, post};
use hitmetrix_model::{Answer, PersonListQuestion};

use super::examples_of_settings as bodies;
use super::route::Route;
use super::routes::{ADMINISTER, EDIT, VIEW};
use super::{ask, ask_lines, examples, person_erase, person_export, person_profile, persons};
use crate::audit::Action;

/// Their routes, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Route> {
    vec![
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/persons"),
            VIEW,
            "List persons or accounts: who counts in a period, in an order, a page at a time.",
            post(ask::persons),
        )
.unaudited("a question changes nothing")
        .takes::<PersonListQuestion>()
        .examples(examples::PERSONS)
        .gives::<Answer>()
        .gives_lines(ask_lines::WHAT),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/persons/{person}"),
            VIEW,
            "Who a person is, what the site said of them, and when that changed. The person is named \
             by its user, its key or one of its visitors.",
            get(person_profile::profile),
        )
        .gives::<person_profile::PersonProfile>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/persons/{person}"),
            ADMINISTER,
            "Erase a person for good, in restored backups too: events, recordings, notes, and who \
             they were.",
            delete(person_erase::erase),
        )
.audits(Action::PersonErased)
        .takes::<person_erase::EraseConfirmation>()
        .examples(examples::ERASURES)
        .gives::<person_erase::ErasedPerson>()
        .gives_lines(person_erase::WHAT),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/persons/{person}/events"),
            VIEW,
            "Everything that a person did, the newest first, a page at a time.",
            get(person_profile::events),
        )
        .params(person_profile::PARAMS)
        .gives::<person_profile::PersonEvents>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/persons/{person}/export"),
            ADMINISTER,
            "Everything that is known of a person: identities, events, and recordings as rrweb events.",
            get(person_export::export),
        )
.audits(Action::PersonExported)
        .gives_other("application/x-ndjson"),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/persons/{person}/ledger"),
            VIEW,
            "How a person came to be: every identify, alias and undo. The person is named by its \
             user, its key or one of its visitors.",
            get(persons::ledger),
        )
        .gives::<persons::PersonLedger>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/persons/{person}/undo"),
            EDIT,
            "Make a visitor of a person a person of its own again.",
            post(persons::undo),
        )
.audits(Action::PersonTakenApart)
        .takes::<persons::Undo>()
        .examples(bodies::UNDOS),
    ]
}
