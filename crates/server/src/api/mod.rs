//! The HTTP API under `/api/v1`: one row of the route table per route, and beside it the handlers,
//! one file per noun.
//!
//! The table is the single source for the router, the OpenAPI document and the test that tries
//! every route with every kind of caller. A handler takes the site from `SiteAccess`, never from
//! the request.

pub mod alert_preview;
mod alert_routes;
pub mod alerts;
pub mod annotations;
pub mod ask;
pub mod ask_lines;
pub mod ask_together;
pub mod audit;
pub mod authors;
pub mod board_input;
pub mod board_mails;
pub mod board_shares;
pub mod boards;
pub mod body;
pub mod collections;
pub mod demo_data;
pub mod examples;
mod examples_of_settings;
pub mod export;
pub mod first_user;
pub mod goals;
pub mod import;
mod import_rrweb;
pub mod insights;
pub mod installation;
mod installation_findings;
pub mod live;
pub mod login;
pub mod losses;
pub mod maintenance;
mod marks_routes;
pub mod me;
pub mod members;
pub mod notes;
pub mod openapi;
mod own_password;
mod person_erase;
mod person_export;
mod person_profile;
pub mod persons;
mod persons_routes;
pub mod pictures;
pub mod properties;
pub mod recorded_heat;
pub mod recording_export;
pub mod recording_since;
pub mod recordings;
mod room;
pub mod route;
pub mod routes;
pub mod saved_routes;
pub mod second_factor;
pub mod segments;
pub mod server_events;
pub mod sessions;
pub mod shared;
pub mod shared_board;
pub mod shared_session;
pub mod shares;
pub mod site_input;
mod site_patch;
pub mod sites;
pub mod status;
mod storage;
mod survey_answers;
mod survey_input;
pub mod surveys;
mod surveys_routes;
pub mod tags;
pub mod tokens;
pub mod users;
pub mod users_of;
