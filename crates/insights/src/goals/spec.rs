//! What a question's goals are, checked and compiled.

use hitmetrix_model::{Condition, Fact, Goal, Goals, Level, Operator, PropertyFilter, limits};

use crate::AskError;
use crate::condition::{Compiler, Names, Selection};
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
    /// Events whose amount is in another currency have no such bit; none where all count.
    pub(super) priced: Option<usize>,
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
    check_time(spec, query.question.interval.is_some())?;
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

/// Goals over time have intervals, and nothing else that divides them.
fn check_time(spec: &Goals, has_interval: bool) -> Result<(), AskError> {
    if has_interval && !spec.over_time {
        let why = "goals have intervals over time only; give `goals.over_time`, or leave it out";
        return Err(AskError::Contradiction { why }.at("interval"));
    }
    if spec.over_time && spec.breakdown.is_some() {
        let why = "goals are divided by time or by a fact; leave one of them out";
        return Err(AskError::Contradiction { why }.at("goals.over_time"));
    }
    Ok(())
}

/// Checks a goal as a question that has it would, but for what only its data can tell. Its
/// segments are resolved already.
///
/// # Errors
/// What is wrong, with its place in the goal.
pub fn check_goal(goal: &Goal) -> Result<(), AskError> {
    let mut compiler = Compiler::default();
    let filters = compiler.filters(&[])?;
    let mut wanted = Wanted::of(compiler, filters);
    one(goal, &mut wanted, "").map(|_| ())
}

fn one(goal: &Goal, wanted: &mut Wanted, field: &str) -> Result<CompiledGoal, AskError> {
    let place = |of: &str| match field {
        "" => of.to_owned(),
        field => format!("{field}.{of}"),
    };
    let contradiction = |why, of: &str| Err(AskError::Contradiction { why }.at(&place(of)));
    if let Some(given) = &goal.goal {
        let given = given.chars().take(100).collect();
        return Err(AskError::UnknownGoal { given }.at(&place("goal")));
    }
    let event = match &goal.event {
        Some(selection) => Some(wanted.selection(selection, &place("event"))?),
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
        .at(&place("sessions")));
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
    let priced = match (&goal.currency, worth) {
        (Some(_), Worth::Nothing) => {
            let why = "a currency is that of a value; give a value, or leave it out";
            return contradiction(why, "currency");
        }
        (Some(given), _)
            if given.len() != 3 || !given.bytes().all(|one| one.is_ascii_uppercase()) =>
        {
            let why = "a currency has three capital letters, as `EUR`";
            return contradiction(why, "currency");
        }
        (Some(given), Worth::Property(_)) => Some(priced_in(given, wanted)?),
        _ => None,
    };
    Ok(CompiledGoal {
        event,
        filters: filters(&goal.filters, wanted, &place("filters"))?,
        sessions: goal.sessions,
        worth,
        priced,
    })
}

/// A bit for the events that say no other currency.
fn priced_in(currency: &str, wanted: &mut Wanted) -> Result<usize, AskError> {
    let says = |operator, values: Vec<String>| {
        Condition::Property(PropertyFilter {
            property: "currency".to_owned(),
            of: Level::Event,
            operator,
            values,
        })
    };
    let any = Condition::Any {
        any: vec![
            says(Operator::Is, vec![currency.to_owned()]),
            says(Operator::NotSet, Vec::new()),
        ],
    };
    let node = wanted.compiler.all(&[any], "currency")?;
    let names = Names::Every;
    wanted.push(Selection { names, node }, "currency")
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
    let node = wanted.compiler.all(conditions, field)?;
    let names = Names::Every;
    wanted.push(Selection { names, node }, field).map(Some)
}
