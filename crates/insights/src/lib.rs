//! Insights: every question is a fold over people's timelines.
//!
//! A question comes in as plain data together with a snapshot of one site's runs; out comes an
//! answer of columns and rows. On the way: the period becomes instants (`period`), conditions become
//! tables over dictionary codes (`condition`, `matcher`, `columns`) and sets of persons
//! (`persons`), the engine takes each person's events in the order of time through a fold
//! (`engine`, `timeline`), in parallel by ranges of persons, and the insight makes rows of the
//! merged result. There are thirteen, a module each: `totals`, `trend` (with several series in
//! `series`), `breakdown`, `sessions`, `funnel`, `goals`, `paths`, `retention`, `lifecycle` and
//! `stickiness` (on `presence`), `distribution`, `correlation`, `heatmap`. Who stands behind a cell is
//! asked with [`people()`], what happens just now with [`live()`].
//!
//! This crate knows neither HTTP nor SQL nor paths, and reads no clock: now comes with the
//! question, and the time it may take with the meter. Answers are exact, whatever the split into
//! runs and the order of arrival.

mod alike;
mod breakdown;
mod buckets;
mod budget;
mod cache;
mod check;
mod columns;
mod condition;
mod correlation;
mod count;
mod counts;
mod distribution;
mod engine;
mod error;
mod errors;
mod fact;
mod forms;
mod funnel;
mod gather;
mod goals;
mod heatmap;
mod kept;
mod known;
mod lacking;
mod lifecycle;
mod listing;
mod live;
mod marks;
mod matcher;
mod named;
mod names;
mod paths;
mod people;
mod people_of_counts;
mod period;
mod person_list;
mod persons;
mod presence;
mod query;
mod quick;
mod reason;
mod representatives;
mod retention;
mod scan;
mod segments;
mod series;
mod session;
mod sessions;
mod sessions_behind;
mod signals;
mod statistics;
mod stickiness;
#[cfg(test)]
mod tests;
mod timeline;
mod together;
mod top;
mod totals;
mod trend;
mod two_by_two;
mod usual;
mod wanted;
mod wildcard;
mod zone;

pub use cache::AnswerCache;
pub use condition::check_conditions;
pub use engine::go_on;
pub use error::AskError;
pub use goals::check_goal;
pub use listing::{SessionFacts, session_facts};
pub use live::{Live, LiveSession, RecentEvent, live};
pub use people::people;
pub use person_list::person_list;
pub use query::{Asked, Meter, Progress, Unmetered, ask, ask_among, ask_together};
pub use segments::{check_segment, resolve_goal, resolve_segments};
pub use sessions::counted_sessions;
pub use sessions_behind::{Listed, sessions_behind};
pub use usual::USUAL_PROPERTIES;
