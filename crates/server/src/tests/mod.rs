//! Tests of the whole server in process: a data folder of its own, a clock that stands still, and
//! the same router that listens on the network.

mod access;
mod alert_checks;
mod alert_world;
mod alerts;
mod annotations;
mod answers;
mod audit;
mod board_mails;
mod board_shares;
mod data;
mod demo_shop;
mod goals;
mod harness;
mod headers;
mod heatmaps;
mod installation;
mod listening;
mod marks;
mod persons;
mod recordings;
mod reference;
mod saved;
mod schema;
mod second_factor;
mod segments;
mod shares;
mod sign_in;
mod site_settings;
mod surveys;
mod users;
mod web;
