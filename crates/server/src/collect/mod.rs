//! The public endpoints: rules, events and recorder chunks, with the site's public key.

use std::sync::Arc;

use axum::Router;

use crate::app::{App, Outside};
use crate::config::Config;

/// What the public endpoints hold in memory.
#[derive(Debug)]
pub struct Collect {}

impl Collect {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(_config: &Config, _outside: &Outside) -> Self {
        Self {}
    }
}

/// The routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}
