//! What uses a saved segment or goal, by name: it must not go before them.

use std::convert::Infallible;

use hitmetrix_model::Condition;

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem};

/// Names of the segments, goals, saved insights and boards that use the segment or goal with this
/// id; itself is none of them.
///
/// # Errors
/// When the database fails.
pub async fn users_of(app: &App, access: &SiteAccess, id: &str) -> Result<Vec<String>, Problem> {
    let known = app.sites.saved(access.id());
    let any = |list: &[Condition]| list.iter().any(|one| one.names(id));
    let mut users: Vec<String> = Vec::new();
    for segment in known.segments.iter().filter(|one| one.id != id) {
        if any(&segment.conditions) {
            users.push(format!("`{}`", segment.name));
        }
    }
    for saved in known.goals.iter().filter(|one| one.id != id) {
        let mut goal = saved.goal.clone();
        if uses(|visit| goal.visit_conditions("", visit), &any) {
            users.push(format!("the goal `{}`", goal.label));
        }
    }
    for mut known in app.settings().insights(access.id()).await? {
        let question = &mut known.insight.question;
        let goals = question.goals.iter().flat_map(|goals| &goals.goals);
        let named = goals
            .into_iter()
            .any(|goal| goal.goal.as_deref() == Some(id));
        if named || uses(|visit| question.visit_conditions(visit), &any) {
            users.push(format!("the insight `{}`", known.insight.name));
        }
    }
    for known in app.settings().boards(access.id()).await? {
        if any(&known.board.common.filters) {
            users.push(format!("the board `{}`", known.board.name));
        }
    }
    Ok(users)
}

/// Lets a segment or goal with this id and name go.
///
/// # Errors
/// When something uses it.
pub async fn unused(
    app: &App,
    access: &SiteAccess,
    (what, id, name): (&str, &str, &str),
) -> Result<(), Problem> {
    let users = users_of(app, access, id).await?;
    if users.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!(
            "the {what} `{name}` is used by {}; change or remove them first",
            users.join(", ")
        ),
    ))
}

/// Takes each list of conditions and where it stands.
type Visit<'v> = &'v mut dyn FnMut(&mut Vec<Condition>, &str) -> Result<(), Infallible>;

fn uses(
    visit_all: impl FnOnce(Visit<'_>) -> Result<(), Infallible>,
    any: &dyn Fn(&[Condition]) -> bool,
) -> bool {
    let mut used = false;
    let visited = visit_all(&mut |list, _| {
        used |= any(list);
        Ok(())
    });
    let Ok(()) = visited;
    used
}
