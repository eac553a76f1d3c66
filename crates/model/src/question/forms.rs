//! Forms of pages: which were used, sent and left, and where. What exactly is counted stands in
//! docs/concepts/forms.md.

use serde::{Deserialize, Serialize};

/// A question of kind `forms`. Without `form` the answer has a row per form, with it a row per
/// field of that form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// The form whose fields are wanted, as the rows of forms name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Its page, for a form that has no name but a place in its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}
