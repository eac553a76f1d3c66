//! Tests of the crate as a whole: random timelines against a brute-force oracle, periods and
//! clock changes by hand, and what questions are refused with.

mod asking;
mod by_name;
mod concepts;
mod conditions;
mod correlations;
mod distributions;
mod errors;
mod few_forms;
mod forms;
mod funnel_limits;
mod funnel_steps;
mod funnels;
mod goals;
mod heatmap_words;
mod heatmaps;
mod live;
mod oracle;
mod oracle_conditions;
mod oracle_lists;
mod paths;
mod people;
mod periods;
mod person_lists;
mod questions;
mod random;
mod retention;
mod retention_examples;
pub mod samples;
mod series;
mod series_examples;
mod session_lists;
pub mod world;
