//! Routes of what people put on recordings: notes, tags and collections.

use axum::http::Method;
use axum::routing::{delete, get, patch, post, put};

use super::examples_of_settings as bodies;
use super::route::Route;
use super::routes::{EDIT, VIEW};
use super::{collections, examples, notes, tags};
use crate::audit::Action;

/// All of them.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = vec![
        Route::new(
            (
                Method::POST,
                "/api/v1/sites/{site}/recordings/{session}/notes",
            ),
            EDIT,
            "Make a note at a moment of a recording.",
            post(notes::create),
        )
        .audits(Action::NoteChanged)
        .takes::<notes::NoteDraft>()
        .examples(examples::NOTES)
        .makes::<notes::NoteRow>(),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/recordings/{session}/notes/{note}",
            ),
            EDIT,
            "Put other words or another moment into a note of yours; admins into any.",
            put(notes::change),
        )
        .audits(Action::NoteChanged)
        .takes::<notes::NoteDraft>()
        .examples(examples::NOTES)
        .gives::<notes::NoteRow>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/recordings/{session}/notes/{note}",
            ),
            EDIT,
            "Remove a note of yours; admins any. It can be brought back for a day.",
            delete(notes::remove),
        )
        .audits(Action::NoteChanged),
        Route::new(
            (
                Method::POST,
                "/api/v1/sites/{site}/recordings/{session}/notes/{note}/restore",
            ),
            EDIT,
            "Bring a note back that was removed.",
            post(notes::restore),
        )
        .audits(Action::NoteChanged),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/tags"),
            VIEW,
            "Tags of the site's recordings, the most used first.",
            get(tags::list),
        )
        .gives::<tags::TagList>(),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/recordings/{session}/tags/{tag}",
            ),
            EDIT,
            "Tag a recording.",
            put(tags::add),
        )
        .audits(Action::TagChanged),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/recordings/{session}/tags/{tag}",
            ),
            EDIT,
            "Take a tag from a recording.",
            delete(tags::remove),
        )
        .audits(Action::TagChanged),
    ];
    routes.extend(of_collections());
    routes
}

fn of_collections() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/collections"),
            VIEW,
            "Collections of recordings, by name.",
            get(collections::list),
        )
        .gives::<collections::CollectionList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/collections"),
            EDIT,
            "Make a collection.",
            post(collections::create),
        )
        .audits(Action::CollectionChanged)
        .takes::<collections::CollectionDraft>()
        .examples(examples::COLLECTIONS)
        .makes::<collections::CollectionRow>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/collections/{collection}"),
            VIEW,
            "One collection with its sessions, in its order.",
            get(collections::get),
        )
        .gives::<collections::CollectionDetail>(),
        Route::new(
            (
                Method::PATCH,
                "/api/v1/sites/{site}/collections/{collection}",
            ),
            EDIT,
            "Give a collection another name, or its sessions another order.",
            patch(collections::change),
        )
        .audits(Action::CollectionChanged)
        .takes::<collections::CollectionPatch>()
        .examples(bodies::COLLECTION_PATCHES)
        .gives::<collections::CollectionDetail>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/collections/{collection}",
            ),
            EDIT,
            "Remove a collection; its recordings stay.",
            delete(collections::remove),
        )
        .audits(Action::CollectionChanged),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/collections/{collection}/recordings/{session}",
            ),
            EDIT,
            "Put a recording at the end of a collection.",
            put(collections::put_in),
        )
        .audits(Action::CollectionChanged),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/collections/{collection}/recordings/{session}",
            ),
            EDIT,
            "Take a recording out of a collection.",
            delete(collections::take_out),
        )
        .audits(Action::CollectionChanged),
    ]
}
