//! The route table: every route of the API, who may use it, what it takes and gives.

use axum::http::Method;
use axum::routing::{delete, get, patch, post, put};
use hitmetrix_model::{Answer, PeopleQuestion, Question, Site};
use hitmetrix_store::settings::{Role, Scope};

use super::examples_of_settings as bodies;
use super::route::Route;
use super::{
    alert_routes, ask, ask_lines, ask_together, audit, demo_data, examples, export, first_user,
    import, installation, live, login, losses, maintenance, marks_routes, me, members, openapi,
    own_password, persons, persons_routes, pictures, properties, recorded_heat, recording_export,
    recording_since, recordings, saved_routes, second_factor, server_events, sessions, shared,
    shares, sites, status, storage, surveys_routes, tokens, users,
};
use crate::audit::Action;
use crate::auth::access::Needs;
use crate::health;

/// Whoever may look at the site.
pub const VIEW: Needs = Needs::Site(Role::Viewer, Scope::Read);
/// Whoever may change what is measured.
pub const EDIT: Needs = Needs::Site(Role::Editor, Scope::Admin);
/// Whoever may change who may.
pub const ADMINISTER: Needs = Needs::Site(Role::Admin, Scope::Admin);
/// Events of servers need a token of their own; among users an admin may try it.
const SEND: Needs = Needs::Site(Role::Admin, Scope::Ingest);

/// Every route, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = account();
    routes.extend(of_site());
    routes.extend(of_questions());
    routes.extend(persons_routes::all());
    routes.extend(saved_routes::all());
    routes.extend(surveys_routes::all());
    routes.extend(alert_routes::all());
    routes.extend(of_recordings());
    routes.extend(marks_routes::all());
    routes.extend(of_shares());
    routes.extend(of_access());
    routes.extend(of_installation());
    routes
}

fn account() -> Vec<Route> {
    vec![
        Route::new(
            (Method::POST, "/api/v1/first-user"),
            Needs::Nothing,
            "Use a one-time link: make the owner, or set a password, and sign in.",
            post(first_user::first_user),
        )
        .audits_sign_in(Action::LinkUsed)
        .takes::<first_user::FirstUser>()
        .examples(bodies::FIRST_USER),
        Route::new(
            (Method::POST, "/api/v1/first-user/look"),
            Needs::Nothing,
            "Whether a one-time link still works, and what for, before anything is typed.",
            post(first_user::look),
        )
        .unaudited("looking at a link changes nothing")
        .takes::<first_user::LinkLook>()
        .examples(bodies::LINK_LOOK)
        .gives::<first_user::LinkFound>(),
        Route::new(
            (Method::POST, "/api/v1/login"),
            Needs::Nothing,
            "Sign in; the answer sets the login cookie.",
            post(login::login),
        )
        .audits_sign_in(Action::SignedIn)
        .takes::<login::Credentials>()
        .examples(bodies::CREDENTIALS),
        Route::new(
            (Method::POST, "/api/v1/logout"),
            Needs::SignedIn,
            "Sign out.",
            post(login::logout),
        )
        .audits(Action::SignedOut),
        Route::new(
            (Method::GET, "/api/v1/me"),
            Needs::SignedIn,
            "Who is signed in, and the sites they may look at.",
            get(me::me),
        )
        .gives::<me::Me>(),
        Route::new(
            (Method::GET, "/api/v1/me/address"),
            Needs::SignedIn,
            "Where the caller is seen to be, to leave out what comes from there.",
            get(me::address),
        )
        .gives::<me::MyAddress>(),
        Route::new(
            (Method::PUT, "/api/v1/me/password"),
            Needs::User,
            "Change one's own password; every other login ends.",
            put(own_password::change),
        )
        .audits(Action::PasswordChanged)
        .takes::<own_password::PasswordChange>()
        .examples(bodies::PASSWORD_CHANGES),
        Route::new(
            (Method::POST, "/api/v1/me/second-factor"),
            Needs::SignedIn,
            "Begin a second factor: the secret for an authenticator app, once.",
            post(second_factor::begin),
        )
        .unaudited("it asks for nothing before it is confirmed")
        .takes::<second_factor::OwnPassword>()
        .examples(bodies::OWN_PASSWORD)
        .gives::<second_factor::NewFactor>(),
        Route::new(
            (Method::POST, "/api/v1/me/second-factor/confirm"),
            Needs::SignedIn,
            "Confirm a second factor with a code; the answer has the recovery codes, once.",
            post(second_factor::confirm),
        )
        .audits(Action::FactorMade)
        .takes::<second_factor::FactorCode>()
        .examples(bodies::FACTOR_CODE)
        .gives::<second_factor::Confirmed>(),
        Route::new(
            (Method::POST, "/api/v1/me/second-factor/recovery-codes"),
            Needs::User,
            "Make one's own recovery codes anew, with password and code; the answer has them, once.",
            post(second_factor::renew_codes),
        )
        .audits(Action::FactorCodesRenewed)
        .takes::<second_factor::PasswordAndCode>()
        .examples(bodies::PASSWORD_AND_CODE)
        .gives::<second_factor::Confirmed>(),
        Route::new(
            (Method::DELETE, "/api/v1/me/second-factor"),
            Needs::User,
            "Remove one's own second factor, with a code of it.",
            delete(second_factor::remove),
        )
        .audits(Action::FactorRemoved)
        .takes::<second_factor::FactorCode>()
        .examples(bodies::FACTOR_CODE),
    ]
}

fn of_site() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites"),
            Needs::User,
            "Sites that the caller may look at.",
            get(sites::list),
        )
        .gives::<sites::SiteList>(),
        Route::new(
            (Method::POST, "/api/v1/sites"),
            Needs::Owner,
            "Make a site.",
            post(sites::create),
        )
        .audits(Action::SiteMade)
        .takes::<sites::SiteDraft>()
        .examples(bodies::SITES)
        .makes::<Site>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}"),
            VIEW,
            "One site.",
            get(sites::get),
        )
        .gives::<Site>(),
        Route::new(
            (Method::PATCH, "/api/v1/sites/{site}"),
            ADMINISTER,
            "Change a site.",
            patch(sites::change),
        )
        .audits(Action::SiteChanged)
        .takes::<sites::SitePatch>()
        .examples(bodies::SITE_PATCHES)
        .gives::<Site>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}"),
            Needs::SiteOwner,
            "Remove a site with all its events and recordings.",
            delete(sites::remove),
        )
        .audits(Action::SiteRemoved)
        .takes::<sites::Confirmation>()
        .examples(bodies::CONFIRMATIONS),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/demo-data"),
            ADMINISTER,
            "Fill the demo site with 90 days of made-up visits.",
            post(demo_data::fill),
        )
        .audits(Action::DemoFilled)
        .params(demo_data::PARAMS)
        .gives::<crate::demo::Filled>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/demo-data"),
            ADMINISTER,
            "Empty the demo site: everything that it has measured and recorded goes.",
            delete(demo_data::empty),
        )
        .audits(Action::DemoEmptied),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/installation"),
            VIEW,
            "What the snippet needs, whether anything came, and what is wrong.",
            get(installation::installation),
        )
        .gives::<installation::Installation>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/losses"),
            VIEW,
            "What the numbers may have missed: lost and refused, by day and reason.",
            get(losses::get),
        )
        .params(losses::PARAMS)
        .gives::<losses::LossFigures>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/live"),
            VIEW,
            "Who is there now, and what happened last.",
            get(live::live),
        )
        .gives::<live::LiveView>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/sessions/{session}"),
            VIEW,
            "One session with its events.",
            get(sessions::session),
        )
        .gives::<sessions::SessionDetail>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/events"),
            SEND,
            "Send events from a server: JSON lines, one event each.",
            post(server_events::receive),
        )
        .unaudited("events are what is measured")
        .takes_other("application/x-ndjson")
        .gives::<server_events::Received>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/export"),
            ADMINISTER,
            "Every event of the site.",
            get(export::export),
        )
        .audits(Action::EventsExported)
        .params(export::PARAMS)
        .gives_other("application/octet-stream"),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/imports/{file}"),
            Needs::SiteControl,
            "How far the import of a file came.",
            get(import::point),
        )
        .gives::<import::Progress>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/imports/{file}"),
            Needs::SiteControl,
            "Import the next lines of a file.",
            post(import::lines),
        )
        .unaudited("pieces of a file of events, which are what is measured")
        .params(import::PARAMS)
        .takes_other("application/octet-stream")
        .gives::<import::Progress>(),
    ]
}

fn of_questions() -> Vec<Route> {
    vec![
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/ask"),
            VIEW,
            "Ask a question.",
            post(ask::ask),
        )
.unaudited("a question changes nothing")
        .takes::<Question>()
        .examples(examples::QUESTIONS)
        .gives::<Answer>()
        .gives_lines(ask_lines::WHAT),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/ask-together"),
            VIEW,
            "Ask several questions at once; those that count the same events are counted in one pass.",
            post(ask_together::ask_together),
        )
        .unaudited("a question changes nothing")
        .takes::<ask_together::QuestionsTogether>()
        .examples(examples::TOGETHER)
        .gives::<ask_together::AnswersTogether>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/people"),
            VIEW,
            "The people behind a cell of a question's answer, with their sessions, the latest first.",
            post(ask::people),
        )
.unaudited("a question changes nothing")
        .takes::<PeopleQuestion>()
        .examples(examples::PEOPLE)
        .gives::<Answer>()
        .gives_lines(ask_lines::WHAT),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/heatmaps/picture"),
            VIEW,
            "Where a page is to be seen in the recordings, as it was last, or last in a time: what heatmaps are drawn on.",
            get(pictures::picture),
        )
        .params(pictures::PARAMS)
        .gives::<pictures::FoundPicture>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/heatmaps/recorded"),
            VIEW,
            "Where the pointer was on a page and what was in view for how long, from recordings.",
            get(recorded_heat::recorded),
        )
        .params(recorded_heat::PARAMS)
        .gives::<recorded_heat::RecordedHeat>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/properties"),
            VIEW,
            "Properties that the site's events have, the most frequent first.",
            get(properties::list),
        )
        .gives::<properties::PropertyList>(),
    ]
}

fn of_recordings() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/recordings"),
            VIEW,
            "Recordings, the newest first.",
            get(recordings::list),
        )
        .params(recordings::PARAMS)
        .gives::<recordings::RecordingList>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/recordings/{session}"),
            VIEW,
            "One recording with its chunks.",
            get(recordings::get),
        )
.audits(Action::RecordingWatched)
        .gives::<recordings::RecordingDetail>(),
        Route::new(
            (
                Method::GET,
                "/api/v1/sites/{site}/recordings/{session}/chunks",
            ),
            VIEW,
            "Chunks of a recording that came since, for those who watch a session while it happens.",
            get(recording_since::since),
        )
        .audits(Action::RecordingWatched)
        .params(recording_since::PARAMS)
        .gives::<recording_since::NewChunks>(),
        Route::new(
            (
                Method::GET,
                "/api/v1/sites/{site}/recordings/{session}/chunks/{window}/{sequence}",
            ),
            VIEW,
            "The recorder events of chunks that follow each other, one JSON a line.",
            get(recordings::chunk),
        )
        .audits(Action::RecordingWatched)
        .params(recordings::CHUNK_PARAMS)
        .gives_other("application/x-ndjson"),
        Route::new(
            (
                Method::GET,
                "/api/v1/sites/{site}/recordings/{session}/export",
            ),
            EDIT,
            "One recording as a file.",
            get(recording_export::export),
        )
.audits(Action::RecordingExported)
        .params(recording_export::PARAMS)
        .gives_other("application/octet-stream"),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/recordings/{session}/seen",
            ),
            VIEW,
            "Note that you have seen a recording.",
            put(recordings::see),
        )
.unaudited("opening the recording has left its entry"),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/recordings/{session}/seen",
            ),
            VIEW,
            "Forget that you have seen a recording.",
            delete(recordings::unsee),
        )
.unaudited("a mark in one's own list"),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/recordings/{session}/pin"),
            EDIT,
            "Pin a recording: neither its age nor a full disk takes it away.",
            put(recordings::pin),
        )
.audits(Action::RecordingPinned),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/recordings/{session}/pin",
            ),
            EDIT,
            "Let a pinned recording go like the others.",
            delete(recordings::unpin),
        )
.audits(Action::RecordingPinned),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/storage"),
            VIEW,
            "What the site keeps, what of it goes when, and how much that frees.",
            get(storage::get),
        )
        .params(storage::PARAMS)
        .gives::<storage::StoragePlan>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/persons/{person}/recordings",
            ),
            ADMINISTER,
            "Erase all recordings of a person for good, in restored backups too.",
            delete(persons::erase_recordings),
        )
.audits(Action::PersonRecordingsErased)
        .gives::<persons::ErasedRecordings>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/recordings/{session}"),
            EDIT,
            "Remove a recording.",
            delete(recordings::remove),
        )
.audits(Action::RecordingRemoved),
    ]
}

fn of_shares() -> Vec<Route> {
    vec![
        Route::new(
            (
                Method::GET,
                "/api/v1/sites/{site}/recordings/{session}/shares",
            ),
            EDIT,
            "Links that open a recording without a login, without their secrets.",
            get(shares::list),
        )
        .gives::<shares::ShareList>(),
        Route::new(
            (
                Method::POST,
                "/api/v1/sites/{site}/recordings/{session}/shares",
            ),
            EDIT,
            "Make a link that opens a recording without a login; it is shown once.",
            post(shares::create),
        )
        .audits(Action::ShareMade)
        .takes::<shares::ShareDraft>()
        .examples(examples::SHARES)
        .makes::<shares::NewShare>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/recordings/{session}/shares/{share}",
            ),
            EDIT,
            "Revoke a link; it works no more from this answer on.",
            delete(shares::remove),
        )
        .audits(Action::ShareRevoked),
        Route::new(
            (Method::GET, "/api/v1/shared"),
            Needs::Share,
            "The recording that a link opens.",
            get(shared::shared),
        )
        .audits(Action::ShareOpened)
        .gives::<shared::Shared>(),
        Route::new(
            (Method::GET, "/api/v1/shared/chunks/{window}/{sequence}"),
            Needs::Share,
            "The recorder events of its chunks that follow each other, one JSON a line.",
            get(shared::chunk),
        )
        .audits(Action::ShareOpened)
        .params(recordings::CHUNK_PARAMS)
        .gives_other("application/x-ndjson"),
    ]
}

fn of_access() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/tokens"),
            ADMINISTER,
            "API tokens of the site, without their secrets.",
            get(tokens::list),
        )
        .gives::<tokens::TokenList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/tokens"),
            ADMINISTER,
            "Make an API token; its secret is shown once.",
            post(tokens::create),
        )
        .audits(Action::TokenMade)
        .takes::<tokens::TokenDraft>()
        .examples(bodies::TOKENS)
        .makes::<tokens::NewToken>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/tokens/{token}"),
            ADMINISTER,
            "Remove an API token.",
            delete(tokens::remove),
        )
        .audits(Action::TokenRemoved),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/members"),
            ADMINISTER,
            "Members of the site.",
            get(members::list),
        )
        .gives::<members::MemberList>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/members/{user}"),
            ADMINISTER,
            "Give a user a role on the site.",
            put(members::set),
        )
        .audits(Action::RoleGiven)
        .takes::<members::NewRole>()
        .examples(bodies::ROLES),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/members/{user}"),
            ADMINISTER,
            "Take a user's role on the site away.",
            delete(members::remove),
        )
        .audits(Action::RoleTaken),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/audit"),
            ADMINISTER,
            "Who did what on the site, the newest first, a page at a time.",
            get(audit::of_site),
        )
        .params(audit::PARAMS)
        .gives::<audit::AuditList>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/audit/export"),
            ADMINISTER,
            "Who did what on the site, as a file.",
            get(audit::export_of_site),
        )
        .audits(Action::AuditExported)
        .params(audit::FILE_PARAMS)
        .gives_other("application/octet-stream"),
    ]
}

fn of_installation() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/users"),
            Needs::Owner,
            "All users.",
            get(users::list),
        )
        .gives::<users::UserList>(),
        Route::new(
            (Method::POST, "/api/v1/users"),
            Needs::Owner,
            "Invite a user; the link is to be handed over.",
            post(users::create),
        )
        .audits(Action::UserInvited)
        .takes::<users::Invitation>()
        .examples(bodies::INVITATIONS)
        .makes::<users::OneTimeLink>(),
        Route::new(
            (Method::DELETE, "/api/v1/users/{user}"),
            Needs::Owner,
            "Remove a user.",
            delete(users::remove),
        )
        .audits(Action::UserRemoved),
        Route::new(
            (Method::PUT, "/api/v1/users/{user}/owner"),
            Needs::Owner,
            "Make a user an owner of the installation, by their address.",
            put(users::make_owner),
        )
        .audits(Action::OwnerMade)
        .takes::<users::OwnerConfirmation>()
        .examples(bodies::OWNERS),
        Route::new(
            (Method::DELETE, "/api/v1/users/{user}/owner"),
            Needs::Owner,
            "Make an owner a user like others; never the last one.",
            delete(users::unmake_owner),
        )
        .audits(Action::OwnerUnmade),
        Route::new(
            (Method::POST, "/api/v1/users/{user}/reset"),
            Needs::Owner,
            "Make a one-time link that sets a user's password.",
            post(users::reset),
        )
        .audits(Action::PasswordReset)
        .makes::<users::OneTimeLink>(),
        Route::new(
            (Method::DELETE, "/api/v1/users/{user}/second-factor"),
            Needs::Owner,
            "Reset the second factor of a user who lost phone and recovery codes.",
            delete(second_factor::reset),
        )
        .audits(Action::FactorReset),
        Route::new(
            (Method::GET, "/api/v1/second-factor-rule"),
            Needs::Owner,
            "Whether every user must have a second factor.",
            get(second_factor::rule),
        )
        .gives::<second_factor::FactorRule>(),
        Route::new(
            (Method::PUT, "/api/v1/second-factor-rule"),
            Needs::Owner,
            "Set whether every user must have a second factor.",
            put(second_factor::require),
        )
        .audits(Action::FactorRuleChanged)
        .takes::<second_factor::FactorRule>()
        .examples(bodies::FACTOR_RULES),
        Route::new(
            (Method::GET, "/api/v1/audit"),
            Needs::Owner,
            "Who did what on all sites and around them, the newest first, a page at a time.",
            get(audit::all),
        )
        .params(audit::PARAMS)
        .gives::<audit::AuditList>(),
        Route::new(
            (Method::GET, "/api/v1/audit/export"),
            Needs::Owner,
            "Who did what on all sites and around them, as a file.",
            get(audit::export_all),
        )
        .audits(Action::AuditExported)
        .params(audit::FILE_PARAMS)
        .gives_other("application/octet-stream"),
        Route::new(
            (Method::GET, "/api/v1/status"),
            Needs::Owner,
            "How the server is.",
            get(status::status),
        )
        .gives::<status::Status>(),
        Route::new(
            (Method::POST, "/api/v1/backup"),
            Needs::Control,
            "Write a backup into a folder of the server's machine.",
            post(maintenance::backup),
        )
        .audits(Action::BackupMade)
        .takes::<maintenance::BackupTo>()
        .examples(bodies::BACKUPS),
        Route::new(
            (Method::POST, "/api/v1/seal"),
            Needs::Control,
            "Make parts of everything in the log, and compact them.",
            post(maintenance::seal),
        )
        .audits(Action::Maintained),
        Route::new(
            (Method::POST, "/api/v1/repack"),
            Needs::Control,
            "Put all recordings in order now, also those of sessions that may go on.",
            post(maintenance::repack),
        )
        .audits(Action::Maintained)
        .gives::<maintenance::Repacked>(),
        Route::new(
            (Method::GET, "/api/v1/doctor"),
            Needs::Control,
            "Check everything that is stored.",
            get(maintenance::doctor),
        )
        .gives::<maintenance::Findings>(),
        Route::new(
            (Method::GET, "/api/v1/openapi.json"),
            Needs::Nothing,
            "This document.",
            get(openapi::openapi),
        )
        .gives_other("application/json"),
        Route::new(
            (Method::GET, "/healthz"),
            Needs::Nothing,
            "One word on how the server is; the owner gets the reasons too.",
            get(status::healthz),
        )
        .gives::<health::Report>(),
        Route::new(
            (Method::GET, "/metrics"),
            Needs::Numbers,
            "Numbers about the process, as Prometheus reads them.",
            get(status::metrics),
        )
        .gives_other("text/plain"),
    ]
}
