//! Every place of a question where conditions stand.
//!
//! Each struct is taken apart by name and without `..`, so that a new field does not compile
//! before somebody has said whether conditions stand in it.

use super::{
    Behaviour, Condition, Correlation, Distribution, EventSelection, Exclusion, Funnel, FunnelStep,
    Goal, Goals, Lifecycle, Paths, Question, Retention, Series, Stickiness, TrendSeries,
};

/// What is done with a list of conditions; told where it stands, as `funnel.steps[1].filters`.
pub type Visit<'v, E> = &'v mut dyn FnMut(&mut Vec<Condition>, &str) -> Result<(), E>;

impl Question {
    /// Visits every list of conditions, but not those within conditions.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub fn visit_conditions<E>(&mut self, visit: Visit<'_, E>) -> Result<(), E> {
        let Self {
            kind: _,
            period: _,
            time_zone: _,
            compare: _,
            measures: _,
            interval: _,
            dimension: _,
            filters,
            bots: _,
            limit: _,
            trend,
            funnel,
            retention,
            paths,
            lifecycle,
            stickiness,
            goals,
            distribution,
            correlation,
            errors: _,
            forms: _,
            heatmap: _,
            sessions: _,
        } = self;
        visit(filters, "filters")?;
        trend.iter_mut().try_for_each(|one| of_trend(one, visit))?;
        funnel
            .iter_mut()
            .try_for_each(|one| of_funnel(one, visit))?;
        if let Some(Retention {
            start,
            return_to,
            mode: _,
            on: _,
            intervals: _,
        }) = retention
        {
            of_selection(start, "retention.start", visit)?;
            of_selection(return_to, "retention.return", visit)?;
        }
        if let Some(paths) = paths {
            visit(filters_of_paths(paths), "paths.filters")?;
        }
        if let Some(Lifecycle { active }) = lifecycle {
            of_selection(active, "lifecycle.active", visit)?;
        }
        if let Some(Stickiness { active }) = stickiness {
            of_selection(active, "stickiness.active", visit)?;
        }
        goals.iter_mut().try_for_each(|one| of_goals(one, visit))?;
        if let Some(Distribution {
            fact: _,
            events,
            classes: _,
        }) = distribution
        {
            of_selection(events, "distribution.events", visit)?;
        }
        if let Some(Correlation {
            start,
            goal,
            facts: _,
            cases_min: _,
        }) = correlation
        {
            of_selection(start, "correlation.start", visit)?;
            of_selection(goal, "correlation.goal", visit)?;
        }
        Ok(())
    }
}

impl Condition {
    /// Visits the ids or names of all segments that a condition uses.
    pub fn visit_segments(&mut self, visit: &mut dyn FnMut(&mut String)) {
        self.visit_named(&mut |named| {
            if let Self::Segment { segment } = named {
                visit(segment);
            }
        });
    }

    /// Whether it uses the segment or the goal with this id.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        let mut found = false;
        self.clone().visit_named(&mut |named| {
            found |= match named {
                Self::Segment { segment: used } | Self::Goal { goal: used } => used == id,
                _ => false,
            };
        });
        found
    }

    /// Visits all conditions within it that name something saved.
    fn visit_named(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        let mut list = |conditions: &mut Vec<Self>| {
            for one in conditions {
                one.visit_named(visit);
            }
        };
        match self {
            Self::Dimension(_) | Self::Property(_) | Self::Session(_) => {}
            Self::All { all: several }
            | Self::Any { any: several }
            | Self::SessionHas {
                session_has: several,
            } => list(several),
            Self::Not { not } => not.visit_named(visit),
            Self::Did { did } => {
                let visited: Result<(), std::convert::Infallible> =
                    did.visit_conditions("did", &mut |conditions, _| {
                        list(conditions);
                        Ok(())
                    });
                let Ok(()) = visited;
            }
            Self::Segment { .. } | Self::Goal { .. } => visit(self),
        }
    }
}

impl Behaviour {
    /// Visits the conditions of each event of the sequence; `field` is where the behaviour stands.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub fn visit_conditions<E>(&mut self, field: &str, visit: Visit<'_, E>) -> Result<(), E> {
        let Self {
            sequence,
            at_least: _,
            at_most: _,
            last: _,
            within: _,
        } = self;
        for (index, selection) in sequence.iter_mut().enumerate() {
            of_selection(selection, &format!("{field}.sequence[{index}]"), visit)?;
        }
        Ok(())
    }
}

fn of_selection<E>(
    selection: &mut EventSelection,
    field: &str,
    visit: Visit<'_, E>,
) -> Result<(), E> {
    let EventSelection {
        label: _,
        events: _,
        filters,
    } = selection;
    visit(filters, &format!("{field}.filters"))
}

fn of_trend<E>(trend: &mut TrendSeries, visit: Visit<'_, E>) -> Result<(), E> {
    let TrendSeries {
        series,
        formulas: _,
        breakdown: _,
        top: _,
        cumulative: _,
        whole: _,
        moving_average: _,
    } = trend;
    for (index, one) in series.iter_mut().enumerate() {
        let Series {
            label: _,
            events: _,
            filters,
            aggregate: _,
            property: _,
            first_time: _,
        } = one;
        visit(filters, &format!("trend.series[{index}].filters"))?;
    }
    Ok(())
}

fn of_funnel<E>(funnel: &mut Funnel, visit: Visit<'_, E>) -> Result<(), E> {
    let Funnel {
        steps,
        order: _,
        window: _,
        exclusions,
        by: _,
        breakdown: _,
        attribution: _,
        top: _,
        rows: _,
    } = funnel;
    for (index, step) in steps.iter_mut().enumerate() {
        let FunnelStep {
            label: _,
            events: _,
            filters,
            optional: _,
        } = step;
        visit(filters, &format!("funnel.steps[{index}].filters"))?;
    }
    for (index, exclusion) in exclusions.iter_mut().enumerate() {
        let Exclusion {
            events: _,
            filters,
            after: _,
            before: _,
        } = exclusion;
        visit(filters, &format!("funnel.exclusions[{index}].filters"))?;
    }
    Ok(())
}

fn filters_of_paths(paths: &mut Paths) -> &mut Vec<Condition> {
    let Paths {
        steps: _,
        from: _,
        to: _,
        through: _,
        depth: _,
        groups: _,
        exclude: _,
        filters,
        collapse: _,
        rows: _,
    } = paths;
    filters
}

fn of_goals<E>(goals: &mut Goals, visit: Visit<'_, E>) -> Result<(), E> {
    let Goals {
        goals,
        breakdown: _,
        top: _,
        over_time: _,
    } = goals;
    for (index, goal) in goals.iter_mut().enumerate() {
        goal.visit_conditions(&format!("goals.goals[{index}]."), visit)?;
    }
    Ok(())
}

impl Goal {
    /// Visits every list of conditions, but not those within conditions; `within` is where the
    /// goal stands, with a dot, or empty.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub fn visit_conditions<E>(&mut self, within: &str, visit: Visit<'_, E>) -> Result<(), E> {
        let Self {
            label: _,
            goal: _,
            event,
            filters,
            sessions: _,
            value_thousandths: _,
            value_property: _,
            currency: _,
        } = self;
        if let Some(event) = event {
            of_selection(event, &format!("{within}event"), visit)?;
        }
        visit(filters, &format!("{within}filters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_conditions_is_visited_with_its_place() {
        let text = r#"{
            "kind": "totals", "period": {"last": "7d"}, "filters": [{"segment": "s"}],
            "trend": {"series": [{}, {"filters": [{"segment": "s"}]}]},
            "funnel": {
                "steps": [{}, {"filters": [{"segment": "s"}]}],
                "exclusions": [{"filters": [{"segment": "s"}]}]
            },
            "retention": {
                "start": {"filters": [{"segment": "s"}]},
                "return": {"filters": [{"segment": "s"}]}
            },
            "paths": {"filters": [{"segment": "s"}]},
            "lifecycle": {"active": {"filters": [{"segment": "s"}]}},
            "stickiness": {"active": {"filters": [{"segment": "s"}]}},
            "goals": {"goals": [{
                "label": "g", "event": {"filters": [{"segment": "s"}]},
                "filters": [{"segment": "s"}]
            }]},
            "distribution": {
                "fact": {"dimension": "page"}, "events": {"filters": [{"segment": "s"}]}
            },
            "correlation": {
                "start": {"filters": [{"segment": "s"}]},
                "goal": {"filters": [{"segment": "s"}]}
            }
        }"#;
        let mut question: Question = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        let visited: Result<(), ()> = question.visit_conditions(&mut |conditions, field| {
            found.extend(conditions.drain(..).map(|_| field.to_owned()));
            Ok(())
        });
        visited.unwrap();
        assert_eq!(found.len(), text.matches("segment").count());
        assert!(found.contains(&"funnel.exclusions[0].filters".to_owned()));
        assert!(found.contains(&"goals.goals[0].event.filters".to_owned()));
        let left = serde_json::to_string(&question).unwrap();
        assert!(!left.contains("segment"), "{left}");
    }
}
