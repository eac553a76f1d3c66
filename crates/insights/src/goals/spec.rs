//! What a question's goals are, checked and compiled.

use hitmetrix_model::{Condition, Fact, Goal, Goals, Level, limits};

use crate::AskError;
use crate::condition::{Names, Selection};
use crate::query::Query;
use crate::wanted::Wanted;

/// Values of a fact that have rows of their own, unless said otherwise.
const TOP: u32 = 10;
/// In how many sessions a person may have to reach a goal.
const SESSIONS_MAX: u32 = 10_000;

/// What reaching a goal is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    Nothing,
    /// Millionths.
    Fixed(i128),
    /// The sum of a property, by its place among the numbers.
    Property(usize),
}

/// One goal. Events and filters are bits of selections.
#[derive(Debug)]
pub(super) struct CompiledGoal {
    pub(super) event: Option<usize>,
    pub(super) filters: Option<usize>,
    pub(super) sessions: Option<u32>,
    pub(super) worth: Worth,
}

/// All goals.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) goals: Vec<CompiledGoal>,
    /// How many values have rows; none without a breakdown.
    pub(super) top: Option<usize>,
}

/// Checks the goals of a question, and says what they read.
pub(super) fn compile<'q>(query: &Query<'q>) -> Result<(&'q Goals, Compiled, Wanted), AskError> {
    let spec = query.question.goals.as_ref().expect("checked before");
    let mut wanted = query.wanted();
    let contradiction = |why, field: &str| Err(AskError::Contradiction { why }.at(field));
    if !(1..=limits::GOALS).contains(&spec.goals.len()) {
        return Err(AskError::OutOfBounds {
            given: spec.goals.len() as i64,
            least: 1,
            most: limits::GOALS as i64,
        }
        .at("goals.goals"));
    }
    let mut goals = Vec::with_capacity(spec.goals.len());
    for (index, goal) in spec.goals.iter().enumerate() {
        let field = format!("goals.goals[{index}]");
        if spec.goals[..index]
            .iter()
            .any(|one| one.label == goal.label)
        {
            let why = "two goals have this label; give each its own";
            return contradiction(why, &format!("{field}.label"));
        }
        goals.push(one(goal, &mut wanted, &field)?);
    }
    if let Some(fact) = &spec.breakdown {
        let is_of_event = match fact {
            Fact::Dimension(fact) => !fact.dimension.is_of_session(),
            Fact::Property(fact) => fact.of == Level::Event,
        };
        if is_of_event {
            let why = "a session has many events and so no one value of this fact; give a fact of \
                       the session, as `entry_page`, or of the person";
            return contradiction(why, "goals.breakdown");
        }
        wanted.fact(fact);
    } else if spec.top.is_some() {
        let why = "`top` is how many values a breakdown has; give a breakdown, or leave it out";
        return contradiction(why, "goals.top");
    }
    let top = spec.top.unwrap_or(TOP);
    if top as usize > limits::ANSWER_ROWS {
        return Err(AskError::TooManyRows { given: top }.at("goals.top"));
    }
    let top = spec.breakdown.as_ref().map(|_| top as usize);
    Ok((spec, Compiled { goals, top }, wanted))
}

fn one(goal: &Goal, wanted: &mut Wanted, field: &str) -> Result<CompiledGoal, AskError> {
    let contradiction = |why, of: &str| {
        let field = format!("{field}.{of}");
        Err(AskError::Contradiction { why }.at(&field))
    };
    let event = match &goal.event {
        Some(selection) => Some(wanted.selection(selection, &format!("{field}.event"))?),
        None => None,
    };
    if let Some(given) = goal.sessions
        && !(1..=SESSIONS_MAX).contains(&given)
    {
        return Err(AskError::OutOfBounds {
            given: given.into(),
            least: 1,
            most: SESSIONS_MAX.into(),
        }
        .at(&format!("{field}.sessions")));
    }
    let worth = match (goal.value_thousandths, &goal.value_property) {
        (Some(_), Some(_)) => {
            let why = "a goal is worth a fixed value or what a property says; leave one out";
            return contradiction(why, "value_property");
        }
        (None, Some(_)) if event.is_none() => {
            let why = "a property is of an event; say which event reaches the goal";
            return contradiction(why, "value_property");
        }
        (None, Some(property)) => Worth::Property(wanted.needs.number(property)),
        (Some(thousandths), None) => Worth::Fixed(i128::from(thousandths) * 1000),
        (None, None) => Worth::Nothing,
    };
    Ok(CompiledGoal {
        event,
        filters: filters(&goal.filters, wanted, field)?,
        sessions: goal.sessions,
        worth,
    })
}

/// A bit for the events that pass a goal's filters; none when there are no filters.
fn filters(
    conditions: &[Condition],
    wanted: &mut Wanted,
    field: &str,
) -> Result<Option<usize>, AskError> {
    if conditions.is_empty() {
        return Ok(None);
    }
    let field = format!("{field}.filters");
    let node = wanted.compiler.all(conditions, &field)?;
    let names = Names::Every;
    wanted.push(Selection { names, node }, &field).map(Some)
}
