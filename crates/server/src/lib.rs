//! The server: HTTP, logins, jobs, configuration, the clock and the command line.
//!
//! The last station of the data's way, and the only crate that knows HTTP and reads the clock. It
//! hands bytes to `ingest`, batches to `store`, questions to `insights`, and turns what comes back
//! into answers; it decides who may ask, and holds no data of its own that a restart would lose.

pub mod alerts;
pub mod api;
pub mod app;
pub mod audit;
pub mod auth;
pub mod board_mail;
mod cidr;
pub mod cli;
pub mod client;
pub mod clock;
pub mod collect;
pub mod config;
pub mod connection;
pub mod control;
pub mod counters;
pub mod demo;
mod demo_data;
pub mod egress;
pub mod expected;
pub mod headers;
pub mod health;
mod hosts;
pub mod http;
pub mod jobs;
pub mod page_heat;
pub mod peer;
pub mod problem;
mod public_url;
pub mod questions;
pub mod recipients;
pub mod relief;
pub mod secret;
pub mod serve;
pub mod sites;
pub mod static_files;
mod tag;
pub mod watched;
mod write_limit;

#[cfg(test)]
mod tests;
