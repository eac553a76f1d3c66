//! Segments and saved goals in conditions: each is replaced by what it stands for, before anything
//! is asked.
//!
//! A session is in a segment of sessions when one of its events passes, a person in a segment of
//! persons when one of theirs in the question's period does; both are conditions of their own
//! (`session_has`, `did`), so that nothing behind this file knows of segments, and a kept answer
//! is one to the conditions as they were when it was asked. A session reaches a goal when it has its
//! event and passes its filters, each a `session_has`.

use hitmetrix_model::{
    Behaviour, Condition, Dimension, EventSelection, Filter, Goal, Operator, Question, Saved,
    Segment, SegmentOf, limits,
};

use crate::AskError;
use crate::condition::check_conditions;
use crate::names::MEASUREMENTS;

/// Replaces each segment and goal of a question by its conditions. `{"segment": …}` is an id, or
/// else a name; `{"goal": …}` is an id.
///
/// # Errors
/// When one is not known, uses itself, or they are nested too deep or stand for too much; with
/// its place in the question.
pub fn resolve_segments(question: &mut Question, saved: &Saved) -> Result<(), AskError> {
    if let Some(goals) = &mut question.goals {
        for (index, goal) in goals.goals.iter_mut().enumerate() {
            name_goal(goal, saved)
                .map_err(|error| error.at(&format!("goals.goals[{index}].goal")))?;
        }
    }
    let mut resolving = Resolving::new(saved);
    question.visit_conditions(&mut |conditions, field| resolving.list(conditions, field))
}

/// Puts a saved goal in the place of one that only names it.
fn name_goal(goal: &mut Goal, saved: &Saved) -> Result<(), AskError> {
    let Some(id) = goal.goal.take() else {
        return Ok(());
    };
    let label = std::mem::take(&mut goal.label);
    if *goal != Goal::default() {
        let why = "a saved goal says itself what reaches it; give its id and a label alone";
        return Err(AskError::Contradiction { why });
    }
    let Some(found) = saved.goals.iter().find(|known| known.id == id) else {
        let given = id.chars().take(100).collect();
        return Err(AskError::UnknownGoal { given });
    };
    *goal = Goal {
        label,
        ..found.goal.clone()
    };
    Ok(())
}

/// Replaces each segment and goal of the conditions of a goal by its own. Itself may be among the
/// saved ones, by its id, and then it uses itself in vain.
///
/// # Errors
/// As [`resolve_segments`], with the place in the goal.
pub fn resolve_goal(goal: &mut Goal, id: &str, saved: &Saved) -> Result<(), AskError> {
    let mut resolving = Resolving::new(saved);
    resolving.way.push(Within::goal(id, goal));
    goal.visit_conditions("", &mut |conditions, field| {
        resolving.list(conditions, field)
    })
}

/// Checks a segment as a question that uses it would, but for what only its data can tell.
/// `saved` is all that it may use; itself may be among them, and then it uses itself in vain.
///
/// # Errors
/// What is wrong, with its place, which begins with `conditions`.
pub fn check_segment(segment: &Segment, saved: &Saved) -> Result<(), AskError> {
    let mut resolving = Resolving::new(saved);
    resolving.way.push(Within::segment(segment));
    let mut conditions = segment.conditions.clone();
    resolving.list(&mut conditions, "conditions")?;
    check_conditions(&conditions)?;
    // What it stands for is nested deeper than it is.
    let stands_for = standing_for(segment.of, conditions);
    check_conditions(&[stands_for]).map_err(|error| error.moved_to("conditions"))
}

/// A segment or a goal on the way. Two of a site may have one name, as one does that is archived.
struct Within {
    is_goal: bool,
    id: String,
    name: String,
}

impl Within {
    fn segment(segment: &Segment) -> Self {
        Self {
            is_goal: false,
            id: segment.id.clone(),
            name: segment.name.clone(),
        }
    }

    fn goal(id: &str, goal: &Goal) -> Self {
        Self {
            is_goal: true,
            id: id.to_owned(),
            name: format!("the goal {}", goal.label),
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.is_goal == other.is_goal && self.id == other.id
    }
}

struct Resolving<'s> {
    saved: &'s Saved,
    /// The segments and goals whose conditions are gone through, the outermost first.
    way: Vec<Within>,
    /// How many more conditions may come out of segments.
    left: usize,
}

impl<'s> Resolving<'s> {
    fn new(saved: &'s Saved) -> Self {
        Self {
            saved,
            way: Vec::new(),
            left: limits::SEGMENT_CONDITIONS,
        }
    }

    fn list(&mut self, conditions: &mut [Condition], field: &str) -> Result<(), AskError> {
        for (index, condition) in conditions.iter_mut().enumerate() {
            self.condition(condition, &format!("{field}[{index}]"))?;
        }
        Ok(())
    }

    fn condition(&mut self, condition: &mut Condition, field: &str) -> Result<(), AskError> {
        if !self.way.is_empty() {
            let left = self.left.checked_sub(1);
            self.left = left.ok_or_else(|| AskError::SegmentsTooLarge.at(field))?;
        }
        match condition {
            Condition::Dimension(_) | Condition::Property(_) | Condition::Session(_) => Ok(()),
            Condition::All { all } => self.list(all, &format!("{field}.all")),
            Condition::Any { any } => self.list(any, &format!("{field}.any")),
            Condition::Not { not } => self.condition(not, &format!("{field}.not")),
            Condition::SessionHas { session_has } => {
                self.list(session_has, &format!("{field}.session_has"))
            }
            Condition::Did { did } => did
                .visit_conditions(&format!("{field}.did"), &mut |conditions, field| {
                    self.list(conditions, field)
                }),
            Condition::Segment { segment } => {
                let resolved = self.segment(segment, field)?;
                *condition = resolved;
                Ok(())
            }
            Condition::Goal { goal } => {
                let resolved = self.goal(goal, field)?;
                *condition = resolved;
                Ok(())
            }
        }
    }

    fn segment(&mut self, wanted: &str, field: &str) -> Result<Condition, AskError> {
        let segments = &self.saved.segments;
        let by_id = segments.iter().find(|known| known.id == wanted);
        let by_name = || segments.iter().find(|known| known.name == wanted);
        let Some(segment) = by_id.or_else(by_name) else {
            let given = wanted.chars().take(100).collect();
            return Err(AskError::UnknownSegment { given }.at(field));
        };
        self.enter(Within::segment(segment), field)?;
        let mut conditions = segment.conditions.clone();
        // What is wrong inside a segment is told at the place where the question uses it.
        let resolved = self.list(&mut conditions, "conditions");
        self.way.pop();
        resolved.map_err(|error| error.moved_to(field))?;
        Ok(standing_for(segment.of, conditions))
    }

    fn goal(&mut self, wanted: &str, field: &str) -> Result<Condition, AskError> {
        let found = self.saved.goals.iter().find(|known| known.id == wanted);
        let Some(found) = found else {
            let given = wanted.chars().take(100).collect();
            return Err(AskError::UnknownGoal { given }.at(field));
        };
        let mut goal = found.goal.clone();
        self.enter(Within::goal(&found.id, &goal), field)?;
        let resolved = goal.visit_conditions("", &mut |list, within| self.list(list, within));
        self.way.pop();
        resolved.map_err(|error| error.moved_to(field))?;
        Ok(reaching(goal))
    }

    /// Goes into something saved, unless it is in there already.
    fn enter(&mut self, next: Within, field: &str) -> Result<(), AskError> {
        if let Some(first) = self.way.iter().position(|known| known.is(&next)) {
            let way = self.way[first..].iter().chain([&next]);
            let way: Vec<String> = way.map(|one| format!("`{}`", one.name)).collect();
            let (way, name) = (way.join(" uses "), next.name);
            return Err(AskError::SegmentCycle { name, way }.at(field));
        }
        if self.way.len() >= limits::SEGMENT_DEPTH {
            return Err(AskError::SegmentsTooDeep { name: next.name }.at(field));
        }
        self.way.push(next);
        Ok(())
    }
}

/// The condition that reaching a goal stands for.
fn reaching(goal: Goal) -> Condition {
    let mut all = Vec::with_capacity(2);
    if let Some(EventSelection {
        label: _,
        events,
        filters,
    }) = goal.event
    {
        let named = match events.is_empty() {
            false => (Operator::Is, events),
            true => (Operator::IsNot, MEASUREMENTS.map(str::to_owned).to_vec()),
        };
        let (operator, values) = named;
        let named = Condition::Dimension(Filter {
            dimension: Dimension::Event,
            operator,
            values,
        });
        all.push(Condition::SessionHas {
            session_has: std::iter::once(named).chain(filters).collect(),
        });
    }
    if !goal.filters.is_empty() {
        all.push(Condition::SessionHas {
            session_has: goal.filters,
        });
    }
    Condition::All { all }
}

/// The condition that a segment stands for.
fn standing_for(of: SegmentOf, conditions: Vec<Condition>) -> Condition {
    match of {
        SegmentOf::Sessions => Condition::SessionHas {
            session_has: conditions,
        },
        SegmentOf::Persons => Condition::Did {
            did: Behaviour {
                sequence: vec![EventSelection {
                    filters: conditions,
                    ..EventSelection::default()
                }],
                ..Behaviour::default()
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::SavedGoal;

    use super::*;

    fn segment(name: &str, of: SegmentOf, conditions: &str) -> Segment {
        Segment {
            id: format!("id of {name}"),
            name: name.to_owned(),
            of,
            conditions: serde_json::from_str(conditions).unwrap(),
        }
    }

    fn question(filters: &str) -> Question {
        let text = format!(
            r#"{{"kind":"totals","period":{{"last":"7d"}},"measures":["persons"],"filters":{filters}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn saved(segments: &[Segment]) -> Saved {
        let order = r#"{"label":"cart","event":{"events":["order"],"filters":[{"segment":"cart"}]},
            "filters":[{"session":"pageviews","operator":"greater","values":[2]}]}"#;
        let any = r#"{"label":"any","event":{"filters":[{"goal":"order"}]}}"#;
        let own = r#"{"label":"own","event":{"filters":[{"segment":"round"}]}}"#;
        let goals = [("order", order), ("any", any), ("own", own)];
        let goals = goals.map(|(id, goal)| SavedGoal {
            id: id.to_owned(),
            goal: serde_json::from_str(goal).unwrap(),
        });
        Saved {
            segments: segments.to_vec(),
            goals: goals.to_vec(),
        }
    }

    fn resolved(filters: &str, segments: &[Segment]) -> Result<String, AskError> {
        let mut question = question(filters);
        resolve_segments(&mut question, &saved(segments))?;
        Ok(serde_json::to_string(&question.filters).unwrap())
    }

    const CART: &str = r#"[{"dimension":"page","operator":"is","values":["/cart"]}]"#;

    #[test]
    fn segment_is_replaced_by_what_it_stands_for_wherever_it_stands() {
        let segments = [
            segment("cart", SegmentOf::Sessions, CART),
            segment("buyers", SegmentOf::Persons, r#"[{"segment":"cart"}]"#),
        ];
        let cart = format!(r#"{{"session_has":{CART}}}"#);
        let buyers = format!(r#"{{"did":{{"sequence":[{{"filters":[{cart}]}}]}}}}"#);
        let cases = [
            (r#"[{"segment":"cart"}]"#, format!("[{cart}]")),
            (r#"[{"segment":"id of cart"}]"#, format!("[{cart}]")),
            (
                r#"[{"not":{"any":[{"segment":"buyers"}]}}]"#,
                format!(r#"[{{"not":{{"any":[{buyers}]}}}}]"#),
            ),
            (
                r#"[{"did":{"sequence":[{"events":["order"],"filters":[{"segment":"cart"}]}]}}]"#,
                format!(
                    r#"[{{"did":{{"sequence":[{{"events":["order"],"filters":[{cart}]}}]}}}}]"#
                ),
            ),
        ];
        for (filters, expected) in cases {
            assert_eq!(resolved(filters, &segments).unwrap(), expected, "{filters}");
        }
    }

    #[test]
    fn goal_is_replaced_by_what_reaches_it_also_within_another() {
        let segments = [segment("cart", SegmentOf::Sessions, CART)];
        let order = format!(
            r#"{{"all":[{{"session_has":[{{"dimension":"event","operator":"is","values":["order"]}},{{"session_has":{CART}}}]}},{{"session_has":[{{"session":"pageviews","operator":"greater","values":["2"]}}]}}]}}"#
        );
        let cases = [
            (r#"[{"goal":"order"}]"#, format!("[{order}]")),
            (
                r#"[{"not":{"goal":"order"}}]"#,
                format!(r#"[{{"not":{order}}}]"#),
            ),
            (
                r#"[{"goal":"any"}]"#,
                format!(
                    r#"[{{"all":[{{"session_has":[{{"dimension":"event","operator":"is_not","values":["page_leave","web_vital","form_view"]}},{order}]}}]}}]"#
                ),
            ),
        ];
        for (filters, expected) in cases {
            assert_eq!(resolved(filters, &segments).unwrap(), expected, "{filters}");
        }
    }

    #[test]
    fn goal_of_a_question_that_names_a_saved_one_is_that_one_under_its_own_label() {
        let asked = |goal: &str| {
            let text = format!(
                r#"{{"kind":"goals","period":{{"last":"7d"}},"goals":{{"goals":[{goal}]}}}}"#
            );
            let mut question: Question = serde_json::from_str(&text).unwrap();
            let cart = segment("cart", SegmentOf::Sessions, CART);
            resolve_segments(&mut question, &saved(&[cart]))?;
            Ok::<Goal, AskError>(question.goals.unwrap().goals.remove(0))
        };
        let named = asked(r#"{"label":"mine","goal":"order"}"#).unwrap();
        assert_eq!(named.label, "mine");
        assert_eq!(named.goal, None);
        let filters = serde_json::to_string(&named.event.unwrap().filters).unwrap();
        assert_eq!(filters, format!(r#"[{{"session_has":{CART}}}]"#));
        let gone = asked(r#"{"label":"mine","goal":"gone"}"#).unwrap_err();
        assert_eq!(gone.code(), "unknown_goal");
        assert_eq!(gone.field().unwrap(), "goals.goals[0].goal");
        let both = asked(r#"{"label":"mine","goal":"order","sessions":2}"#).unwrap_err();
        assert_eq!(both.field().unwrap(), "goals.goals[0].goal");
    }

    #[test]
    fn unknown_goals_and_those_that_use_themselves_are_told() {
        let round = segment("round", SegmentOf::Sessions, r#"[{"goal":"own"}]"#);
        let error = |filters: &str| resolved(filters, std::slice::from_ref(&round)).unwrap_err();
        let gone = error(r#"[{"not":{"goal":"gone"}}]"#);
        assert_eq!(gone.code(), "unknown_goal");
        assert_eq!(gone.field().unwrap(), "filters[0].not");
        let cycle = error(r#"[{"goal":"own"}]"#);
        assert_eq!(cycle.code(), "segment_cycle");
        let known = saved(std::slice::from_ref(&round));
        let mut own = known.goals[2].goal.clone();
        let error = resolve_goal(&mut own, "own", &known).unwrap_err();
        assert_eq!(error.code(), "segment_cycle");
        assert_eq!(error.field().unwrap(), "event.filters[0]");
        let error = check_segment(&round, &known).unwrap_err();
        assert_eq!(error.field().unwrap(), "conditions[0]");
    }

    #[test]
    fn one_name_of_two_is_no_cycle() {
        let cart = segment("cart", SegmentOf::Sessions, CART);
        let known = saved(std::slice::from_ref(&cart));
        let mut namesake: Goal =
            serde_json::from_str(r#"{"label":"cart","event":{"filters":[{"goal":"order"}]}}"#)
                .unwrap();
        resolve_goal(&mut namesake, "new", &known).unwrap();
        let named = segment(
            "the goal cart",
            SegmentOf::Sessions,
            r#"[{"goal":"order"}]"#,
        );
        check_segment(&named, &known).unwrap();
        let mut as_saved: Goal =
            serde_json::from_str(r#"{"label":"new","event":{"filters":[{"goal":"order"}]}}"#)
                .unwrap();
        let renamed = resolve_goal(&mut as_saved, "order", &known).unwrap_err();
        assert_eq!(renamed.code(), "segment_cycle", "whatever it is called");
    }

    #[test]
    fn unknown_segments_and_cycles_are_told_where_the_question_uses_them() {
        let segments = [
            segment("a", SegmentOf::Sessions, r#"[{"all":[{"segment":"b"}]}]"#),
            segment("b", SegmentOf::Persons, r#"[{"segment":"a"}]"#),
            segment("c", SegmentOf::Persons, r#"[{"segment":"gone"}]"#),
        ];
        let error = |filters: &str| resolved(filters, &segments).unwrap_err();
        let cycle = error(r#"[{"not":{"segment":"a"}}]"#);
        assert_eq!(cycle.code(), "segment_cycle");
        assert_eq!(cycle.field().unwrap(), "filters[0].not");
        assert!(
            cycle.to_string().contains("`a` uses `b` uses `a`"),
            "{cycle}"
        );
        let gone = error(r#"[{"all":[]},{"segment":"c"}]"#);
        assert_eq!(gone.code(), "unknown_segment");
        assert_eq!(gone.field().unwrap(), "filters[1]");
        let own = check_segment(&segments[1], &saved(&segments)).unwrap_err();
        assert_eq!(own.code(), "segment_cycle");
        assert_eq!(own.field().unwrap(), "conditions[0]");
    }

    #[test]
    fn segment_is_checked_as_a_question_would() {
        let error = |conditions: &str| {
            let segment = segment("a", SegmentOf::Persons, conditions);
            let error = check_segment(&segment, &Saved::default()).unwrap_err();
            let field = error.field().unwrap_or_default().into_owned();
            (error.code(), field)
        };
        let cases = [
            (
                r#"[{"not":{"dimension":"page","operator":"matches","values":["("]}}]"#.to_owned(),
                ("bad_pattern", "conditions[0].not"),
            ),
            (
                r#"[{"did":{"sequence":[]}}]"#.to_owned(),
                ("sequence_length", "conditions[0].did.sequence"),
            ),
            (
                r#"[{"any":[{"did":{"sequence":[{}],"last":"soon"}}]}]"#.to_owned(),
                ("window_not_understood", "conditions[0].any[0].did.last"),
            ),
            (
                r#"[{"did":{"sequence":[{"filters":[{"property":"a","operator":"is"}]}]}}]"#
                    .to_owned(),
                (
                    "filter_without_values",
                    "conditions[0].did.sequence[0].filters[0]",
                ),
            ),
            (
                format!(
                    "[{}{{\"all\":[]}}{}]",
                    "{\"not\":".repeat(20),
                    "}".repeat(20)
                ),
                (
                    "conditions_too_deep",
                    &format!("conditions[0]{}", ".not".repeat(16)),
                ),
            ),
        ];
        for (conditions, (code, field)) in cases {
            assert_eq!(error(&conditions), (code, field.to_owned()), "{conditions}");
        }
    }

    #[test]
    fn neither_depth_nor_breadth_of_segments_is_without_limit() {
        let chain: Vec<Segment> = (0..20)
            .map(|n| {
                let next = format!(r#"[{{"segment":"{}"}}]"#, n + 1);
                segment(&n.to_string(), SegmentOf::Sessions, &next)
            })
            .collect();
        let deep = resolved(r#"[{"segment":"0"}]"#, &chain).unwrap_err();
        assert_eq!(deep.code(), "segments_too_deep");
        let wide: Vec<Segment> = (0..7)
            .map(|n| {
                let next = format!(r#"{{"segment":"{}"}}"#, n + 1);
                let many = format!("[{}]", vec![next; 50].join(","));
                segment(&n.to_string(), SegmentOf::Sessions, &many)
            })
            .chain([segment("7", SegmentOf::Sessions, "[]")])
            .collect();
        let large = resolved(r#"[{"segment":"0"}]"#, &wide).unwrap_err();
        assert_eq!(large.code(), "segments_too_large");
    }
}
