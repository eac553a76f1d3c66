//! What comes in about a board, turned into what it must be, or refused with the way out.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::{
    BOARD_COLUMNS, BoardCommon, Condition, Measure, Panel, PanelPlace, PanelShows, Period,
    Question, QuestionKind, limits,
};
use hitmetrix_store::settings::Board;

use super::boards::BoardDraft;
use super::insights::{check_question, name_by_id};
use super::site_input;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

const ID_BYTES_MAX: usize = 16;
const TITLE_CHARACTERS_MAX: usize = 100;

/// A draft as a board with this id and version.
///
/// # Errors
/// When something on it is not as it must be; with its place.
pub async fn checked(
    app: &Arc<App>,
    access: &SiteAccess,
    (id, version): (String, i64),
    draft: BoardDraft,
) -> Result<Board, Problem> {
    let name = site_input::name(&draft.name).map_err(|problem| problem.at("name"))?;
    let description =
        site_input::description(&draft.description).map_err(|problem| problem.at("description"))?;
    let common = common(app, access, draft.common).await?;
    let known = app.settings().insights(access.id()).await?;
    let known: BTreeSet<&str> = known.iter().map(|one| one.insight.id.as_str()).collect();
    panels(&draft.panels, &known)?;
    Ok(Board {
        id,
        name,
        description,
        version,
        common,
        panels: draft.panels,
    })
}

/// What a board asks in common is checked as a question that has only that; segments stand in it
/// by id.
async fn common(
    app: &Arc<App>,
    access: &SiteAccess,
    mut common: BoardCommon,
) -> Result<BoardCommon, Problem> {
    if let Some(index) = common.misfit() {
        return Err(Problem::invalid(
            "a filter of a board is one condition on a dimension or a property, or one \
             segment or goal; save others as a segment",
        )
        .at(format!("common.filters[{index}]")));
    }
    let any = Question {
        measures: vec![Measure::Events],
        ..Question::new(
            QuestionKind::Totals,
            Period::Last {
                last: "7d".to_owned(),
            },
        )
    };
    let question = common.put_on(any);
    check_question(app, access.known(), (&question, "common")).await?;
    let saved = app.sites.saved(access.id());
    for filter in &mut common.filters {
        if let Condition::Segment { segment } = filter {
            name_by_id(segment, &saved.segments);
        }
    }
    Ok(common)
}

fn panels(panels: &[Panel], insights: &BTreeSet<&str>) -> Result<(), Problem> {
    if panels.len() > limits::BOARD_PANELS {
        return Err(Problem::invalid(format!(
            "the board has {} panels, the limit is {}; make another board",
            panels.len(),
            limits::BOARD_PANELS
        ))
        .at("panels"));
    }
    for (index, panel) in panels.iter().enumerate() {
        check_panel(panel, insights).map_err(|(field, what)| {
            Problem::invalid(what).at(format!("panels[{index}].{field}"))
        })?;
        for (before, other) in panels[..index].iter().enumerate() {
            let field = if panel.id == other.id {
                "id"
            } else if panel.place.overlaps(other.place) {
                "place"
            } else {
                continue;
            };
            return Err(Problem::invalid(format!(
                "the panel has its {field} in common with panels[{before}]; give it another"
            ))
            .at(format!("panels[{index}].{field}")));
        }
    }
    Ok(())
}

/// What is wrong with a panel by itself: the field, and how.
fn check_panel(panel: &Panel, insights: &BTreeSet<&str>) -> Result<(), (&'static str, String)> {
    let id = panel.id.as_bytes();
    let is_id = (1..=ID_BYTES_MAX).contains(&id.len())
        && id
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_id {
        let what = format!(
            "the id has {} bytes or other characters; it must be 1 to {ID_BYTES_MAX} lower-case \
             letters and digits",
            id.len()
        );
        return Err(("id", what));
    }
    let characters = panel.title.chars().count();
    if characters > TITLE_CHARACTERS_MAX || panel.title.chars().any(char::is_control) {
        let what = format!(
            "the title has {characters} characters; it may have {TITLE_CHARACTERS_MAX}, none of \
             them a control character"
        );
        return Err(("title", what));
    }
    check_place(panel.place).map_err(|what| ("place", what))?;
    match &panel.shows {
        PanelShows::Measure { .. } => Ok(()),
        PanelShows::Insight { insight, .. } if insights.contains(insight.as_str()) => Ok(()),
        PanelShows::Insight { .. } => Err((
            "shows.insight",
            "there is no such insight; `GET /api/v1/sites/SITE/insights` lists them".to_owned(),
        )),
        PanelShows::Text { text } => {
            let characters = text.chars().count();
            if characters > limits::PANEL_TEXT_CHARACTERS {
                let what = format!(
                    "the text has {characters} characters, the limit is {}; make two panels of it",
                    limits::PANEL_TEXT_CHARACTERS
                );
                return Err(("shows.text", what));
            }
            Ok(())
        }
    }
}

fn check_place(place: PanelPlace) -> Result<(), String> {
    let PanelPlace {
        x,
        y,
        width,
        height,
    } = place;
    let right = u32::from(x) + u32::from(width);
    let bottom = u32::from(y) + u32::from(height);
    if width == 0 || height == 0 {
        return Err("a panel is at least one cell wide and high".to_owned());
    }
    if right > u32::from(BOARD_COLUMNS) {
        return Err(format!(
            "the panel ends after column {right}, the grid has {BOARD_COLUMNS}; move it left or \
             make it narrower"
        ));
    }
    if bottom as usize > limits::BOARD_ROWS {
        return Err(format!(
            "the panel ends after row {bottom}, the limit is {}; move it up",
            limits::BOARD_ROWS
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(text: &str) -> String {
        let list: Vec<Panel> = serde_json::from_str(text).unwrap();
        let refused = panels(&list, &BTreeSet::from(["known"]));
        refused.map_or_else(
            |problem| problem.field().unwrap_or_default().to_owned(),
            |()| String::new(),
        )
    }

    #[test]
    fn panel_that_cannot_stand_there_is_refused_with_its_place() {
        let panel = |id: &str, place: &str, shows: &str| {
            format!(r#"{{"id":"{id}","place":{place},"shows":{shows}}}"#)
        };
        let at = |x: u16, y: u16, width: u16, height: u16| {
            format!(r#"{{"x":{x},"y":{y},"width":{width},"height":{height}}}"#)
        };
        let text = r#"{"text":"x"}"#;
        let first = panel("a", &at(0, 0, 6, 4), text);
        let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(5001));
        let cases = [
            (panel("b", &at(6, 0, 6, 4), text), ""),
            (panel("b", &at(0, 4, 12, 1), r#"{"insight":"known"}"#), ""),
            (
                panel("b", &at(0, 4, 12, 1), r#"{"measure":"sessions"}"#),
                "",
            ),
            (panel("a", &at(6, 0, 6, 4), text), "panels[1].id"),
            (panel("B", &at(6, 0, 6, 4), text), "panels[1].id"),
            (panel("", &at(6, 0, 6, 4), text), "panels[1].id"),
            (panel("b", &at(5, 3, 6, 4), text), "panels[1].place"),
            (panel("b", &at(6, 0, 7, 4), text), "panels[1].place"),
            (panel("b", &at(6, 0, 0, 4), text), "panels[1].place"),
            (panel("b", &at(65535, 0, 65535, 4), text), "panels[1].place"),
            (panel("b", &at(6, 999, 6, 2), text), "panels[1].place"),
            (
                panel("b", &at(6, 0, 6, 4), r#"{"insight":"other"}"#),
                "panels[1].shows.insight",
            ),
            (panel("b", &at(6, 0, 6, 4), &long), "panels[1].shows.text"),
        ];
        for (second, expected) in cases {
            assert_eq!(
                field_of(&format!("[{first},{second}]")),
                expected,
                "{second}"
            );
        }
    }
}
