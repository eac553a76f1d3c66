//! What `GET /c/{key}` tells a page before anything is captured.

use serde::{Deserialize, Serialize};

use crate::{Mode, PageSurvey};

/// Rules of one site for its pages; cacheable for a minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Version of this object.
    pub v: u8,
    /// Whether sessions are recorded at all.
    pub record: bool,
    /// Share of sessions to record, 0 to 1; decided from the session before anything is captured.
    pub sample: f64,
    /// Path patterns (`*` matches any run of characters) on which nothing is sent.
    pub blocked: Vec<String>,
    /// Query keys that may be kept in addresses, beside the built-in ones.
    pub query_keys: Vec<String>,
    /// Whether `#/…` is part of the page's path.
    pub hash_routes: bool,
    /// Whether all text of recorded pages is masked.
    pub mask_text: bool,
    /// Whether Do Not Track counts like Global Privacy Control.
    pub respect_dnt: bool,
    /// Selectors that are masked.
    pub mask: Vec<String>,
    /// Selectors that are not recorded at all.
    pub block: Vec<String>,
    /// Selectors whose plain values and text may be shown.
    pub show: Vec<String>,
    /// Whether recordings have what the page logs, and its errors with the places they came from.
    #[serde(default)]
    pub record_console: bool,
    /// Whether recordings have what the page asked of the network: method, address, status, time
    /// and size; never a body or a header.
    #[serde(default)]
    pub record_network: bool,
    /// Whether recordings have small pictures of what canvases show. Whatever is drawn there is
    /// seen, typed values too; what is masked or left out is not.
    #[serde(default)]
    pub record_canvas: bool,
    /// Which pictures and web fonts recordings have.
    #[serde(default)]
    pub record_assets: RecordAssets,
}

/// Pictures and web fonts that a page takes along with its recording, out of its own cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordAssets {
    /// None: each stands as a box of its size.
    None,
    /// Those of the page's own origin.
    #[default]
    Own,
    /// Those of other origins too, where these let the page read them.
    All,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            v: 1,
            record: true,
            sample: 1.0,
            blocked: Vec::new(),
            query_keys: Vec::new(),
            hash_routes: false,
            mask_text: false,
            respect_dnt: true,
            mask: Vec::new(),
            block: Vec::new(),
            show: Vec::new(),
            record_console: false,
            record_network: false,
            record_canvas: false,
            record_assets: RecordAssets::Own,
        }
    }
}

/// What `GET /c/{key}` answers: the rules, and what else of the settings a page goes by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PageRules {
    /// The rules.
    #[serde(flatten)]
    pub rules: Rules,
    /// Idle time that ends a session.
    pub session_idle_ms: u32,
    /// The mode of every page, whatever its tag or a consent says; left out when the tag decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The site's active surveys; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surveys: Vec<PageSurvey>,
    /// Style sheets that recordings of the site share, each by the digest of its JSON: a recorder that
    /// shows one may name it instead of sending it. Left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<String>,
}
