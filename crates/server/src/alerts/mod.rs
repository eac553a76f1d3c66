//! Alerts: a saved insight is asked over time, its last full bucket is judged, and who wants to know
//! is told, once, by mail or webhook.
//!
//! `series` turns an insight into numbers by time, `judge` decides (pure, the formulas stand in
//! docs/concepts/alerts.md), `message` says it, `check` and `send` are the jobs. A check and its
//! messages are written in one transaction, each taken by a claim in SQL, so that neither a restart
//! nor two turns at one time tell anybody twice.

pub mod budget;
mod by_time;
pub mod check;
pub mod judge;
pub mod message;
pub mod send;
pub mod series;
