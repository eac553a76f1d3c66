//! Segments in questions: each is replaced by what it stands for, before anything is asked.
//!
//! A session is in a segment of sessions when one of its events passes, a person in a segment of
//! persons when one of theirs in the question's period does; both are conditions of their own
//! (`session_has`, `did`), so that nothing behind this file knows of segments, and a kept answer
//! is one to the conditions as they were when it was asked.

use hitmetrix_model::{Behaviour, Condition, EventSelection, Question, Segment, SegmentOf, limits};

use crate::AskError;
use crate::condition::check_conditions;

/// Replaces each segment of a question by its conditions. `{"segment": …}` is an id, or else a
/// name.
///
/// # Errors
/// When one is not known, uses itself, or they are nested too deep or stand for too much; with
/// its place in the question.
pub fn resolve_segments(question: &mut Question, segments: &[Segment]) -> Result<(), AskError> {
    let mut resolving = Resolving::new(segments);
    question.visit_conditions(&mut |conditions, field| resolving.list(conditions, field))
}

/// Checks a segment as a question that uses it would, but for what only its data can tell.
/// `segments` are all that it may use; itself may be among them, and then it uses itself in vain.
///
/// # Errors
/// What is wrong, with its place, which begins with `conditions`.
pub fn check_segment(segment: &Segment, segments: &[Segment]) -> Result<(), AskError> {
    let mut resolving = Resolving::new(segments);
    resolving.way.push(segment.name.clone());
    let mut conditions = segment.conditions.clone();
    resolving.list(&mut conditions, "conditions")?;
    check_conditions(&conditions)?;
    // What it stands for is nested deeper than it is.
    let stands_for = standing_for(segment.of, conditions);
    check_conditions(&[stands_for]).map_err(|error| error.moved_to("conditions"))
}

struct Resolving<'s> {
    segments: &'s [Segment],
    /// Names of the segments whose conditions are gone through, the outermost first.
    way: Vec<String>,
    /// How many more conditions may come out of segments.
    left: usize,
}

impl<'s> Resolving<'s> {
    fn new(segments: &'s [Segment]) -> Self {
        Self {
            segments,
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
        }
    }

    fn segment(&mut self, wanted: &str, field: &str) -> Result<Condition, AskError> {
        let by_id = self.segments.iter().find(|known| known.id == wanted);
        let by_name = || self.segments.iter().find(|known| known.name == wanted);
        let Some(segment) = by_id.or_else(by_name) else {
            let given = wanted.chars().take(100).collect();
            return Err(AskError::UnknownSegment { given }.at(field));
        };
        let name = segment.name.clone();
        if let Some(first) = self.way.iter().position(|known| *known == name) {
            let way = self.way[first..].iter().chain([&name]);
            let way: Vec<String> = way.map(|name| format!("`{name}`")).collect();
            let way = way.join(" uses ");
            return Err(AskError::SegmentCycle { name, way }.at(field));
        }
        if self.way.len() >= limits::SEGMENT_DEPTH {
            return Err(AskError::SegmentsTooDeep { name }.at(field));
        }
        self.way.push(name);
        let mut conditions = segment.conditions.clone();
        // What is wrong inside a segment is told at the place where the question uses it.
        let resolved = self.list(&mut conditions, "conditions");
        self.way.pop();
        resolved.map_err(|error| error.moved_to(field))?;
        Ok(standing_for(segment.of, conditions))
    }
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

    fn resolved(filters: &str, segments: &[Segment]) -> Result<String, AskError> {
        let mut question = question(filters);
        resolve_segments(&mut question, segments)?;
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
        let own = check_segment(&segments[1], &segments).unwrap_err();
        assert_eq!(own.code(), "segment_cycle");
        assert_eq!(own.field().unwrap(), "conditions[0]");
    }

    #[test]
    fn segment_is_checked_as_a_question_would() {
        let error = |conditions: &str| {
            let segment = segment("a", SegmentOf::Persons, conditions);
            let error = check_segment(&segment, &[]).unwrap_err();
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
