//! Heatmaps: where on a page visitors click and how far they scroll. What exactly is counted
//! stands in docs/concepts/heatmaps.md.

use serde::{Deserialize, Serialize};

/// Which rows the answer has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HeatmapRows {
    /// One row per zone, the most clicked first, after one of all together. A zone is a link, a
    /// button or the like with all that is in it, or any other element by itself.
    #[default]
    Zones,
    /// One row per place within an element.
    Points,
    /// One row per percent of the page's height: how many sessions saw so much of it.
    Scroll,
    /// One row per page, those of most sessions first, after one of all together.
    Pages,
}

/// What tells elements of a heatmap apart.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HeatmapToldBy {
    /// Their path alone: what stands in one place of pages of one kind is one element.
    #[default]
    Path,
    /// Their path, and the words that were clicked on them: what stood in one place one after
    /// the other are several. A row is then named by `zone` and `text`.
    Words,
}

/// A question of kind `heatmap`. `limit` of the question is, of zones and pages, how many have a
/// row (100 when absent; the other zones are `(other)`), and of points how many rows there are at
/// most (10,000 when absent): where there would be more, places are told less finely.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Heatmap {
    /// 1 to 20 paths of pages, in which `*` stands for any text, as `/product/*`.
    pub pages: Vec<String>,
    /// Which rows.
    #[serde(default)]
    pub rows: HeatmapRows,
    /// What tells elements apart, in the rows `zones` and `points`.
    #[serde(default)]
    pub told_by: HeatmapToldBy,
}
