//! The goals that the demo site comes with: what a shop would make first. Their ids are fixed, so
//! that filling the site again neither doubles one nor brings an archived one back.

use hitmetrix_model::{
    Condition, Dimension, EventSelection, Filter, Goal, Operator, SessionFilter, SessionNumber,
};
use hitmetrix_store::settings::{Author, KnownGoal, Touch};

/// Longer visits than this are of somebody who looks around, in milliseconds.
const LOOKS_AROUND_MS: i64 = 3 * 60 * 1000;

/// The demo's goals, made by the command line at a time.
#[must_use]
pub fn goals(now_ms: i64) -> Vec<KnownGoal> {
    let touch = Touch {
        at_ms: now_ms,
        by: Author::Control,
    };
    let all = [order(), checkout(), looks_around()];
    let known = all.into_iter().enumerate().map(|(place, goal)| KnownGoal {
        id: format!("{:016x}", 0xde30_0000_0000_0001 + place as u64),
        // What a shop lives by, and what comes before it.
        on_overview: place < 2,
        goal,
        created: touch.clone(),
        changed: touch.clone(),
        archived_at_ms: None,
    });
    known.collect()
}

fn order() -> Goal {
    Goal {
        label: "Order".to_owned(),
        event: Some(EventSelection {
            events: vec!["order".to_owned()],
            ..EventSelection::default()
        }),
        value_property: Some("value".to_owned()),
        currency: Some("EUR".to_owned()),
        ..Goal::default()
    }
}

fn checkout() -> Goal {
    let page = Condition::Dimension(Filter {
        dimension: Dimension::Page,
        operator: Operator::Starts,
        values: vec!["/checkout".to_owned()],
    });
    Goal {
        label: "Checkout begun".to_owned(),
        event: Some(EventSelection {
            label: None,
            events: vec!["pageview".to_owned()],
            filters: vec![page],
        }),
        ..Goal::default()
    }
}

fn looks_around() -> Goal {
    Goal {
        label: "Looks around".to_owned(),
        filters: vec![Condition::Session(SessionFilter {
            session: SessionNumber::DurationMs,
            operator: Operator::Greater,
            values: vec![LOOKS_AROUND_MS.to_string()],
        })],
        ..Goal::default()
    }
}
