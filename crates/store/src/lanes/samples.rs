//! Events made up for tests.

use hitmetrix_model::{
    Context, Event, Mode, Origin, Page, PersonKey, Properties, Sender, SessionId, Value, VisitorId,
    WindowId,
};
use proptest::prelude::*;

use super::{Run, property_value};
use crate::StoredEvent;

/// Monday, 5 January 2026, 00:00 UTC: the first moment of a period.
pub(crate) const MONDAY_MS: i64 = 1_767_571_200_000;

/// One page view of a visitor that nobody identified.
pub(crate) fn event(visitor: u128, time_ms: i64, window: u128, sequence: u32) -> StoredEvent {
    StoredEvent {
        received_at_ms: time_ms + 20,
        origin: Origin::Browser,
        person: PersonKey(visitor),
        sender: Sender {
            visitor: VisitorId(visitor),
            session: SessionId(visitor * 1000 + window),
            window: WindowId(window),
            mode: Mode::Persistent,
            context: Context {
                country: ["DE", "AT", "", "FR"][(visitor % 4) as usize].to_owned(),
                browser: "Firefox".to_owned(),
                screen_px: [1440, 900],
                ..Context::default()
            },
        },
        event: Event {
            sender: 0,
            name: if sequence % 3 == 2 {
                "page_leave"
            } else {
                "pageview"
            }
            .to_owned(),
            time_ms,
            sequence,
            external: None,
            page: Page {
                host: "shop.example".to_owned(),
                path: format!("/p/{}", (visitor + u128::from(sequence)) % 7),
                query: String::new(),
                title: "Größe & Maß".to_owned(),
            },
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: if sequence == 0 { "Direct" } else { "" }.to_owned(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: if sequence % 3 == 2 {
                Properties::from([("engaged_ms".to_owned(), Value::Number(1500.0))])
            } else {
                Properties::new()
            },
        },
    }
}

/// Properties as senders have them: few names, values of all kinds under each.
pub(crate) fn properties() -> impl Strategy<Value = Properties> {
    let name = prop_oneof![
        Just("plan"),
        Just("value"),
        Just("größe \"x\""),
        Just("../../etc"),
        Just(""),
        Just("at"),
    ];
    let leaf = prop_oneof![
        "[a-c\"\\\\é]{0,2}".prop_map(Value::Text),
        (-3..40i32).prop_map(|number| Value::Number(f64::from(number) / 4.0)),
        any::<bool>().prop_map(Value::Boolean),
        Just(Value::Text("2026-01-31T12:00:00Z".to_owned())),
    ];
    let value = leaf.prop_recursive(1, 3, 3, |inner| {
        proptest::collection::vec(inner, 0..3).prop_map(Value::List)
    });
    proptest::collection::btree_map(name.prop_map(str::to_owned), value, 0..4)
}

/// Events with such properties, in no order, of a few visitors.
pub(crate) fn rows_with_properties(most: usize) -> impl Strategy<Value = Vec<StoredEvent>> {
    let row = (0..9u128, 0..50i64, properties());
    proptest::collection::vec(row, 0..most).prop_map(|rows| {
        let rows = rows.into_iter().zip(0..);
        rows.map(|((visitor, time, properties), sequence)| {
            let mut row = event(visitor, MONDAY_MS + time, visitor * 7, sequence);
            row.event.properties = properties;
            row
        })
        .collect()
    })
}

/// The properties of each row of a run, as its columns tell them.
pub(crate) fn properties_of(run: &Run) -> Vec<Properties> {
    let mut rows = vec![Properties::new(); run.len()];
    for seen in run.property_names().unwrap() {
        let column = run.property(&seen.name).unwrap().expect("it has a name");
        let numbers = run.property_numbers(&seen.name).unwrap().unwrap();
        assert_eq!(numbers.values.len(), column.texts.len());
        let mut count = 0;
        for (index, row) in rows.iter_mut().enumerate() {
            let value = property_value(column.get(index));
            match (&value, numbers.get(index)) {
                (Some(Value::Number(number)), found) => assert_eq!(found, *number),
                (_, found) => assert!(found.is_nan()),
            }
            if let Some(value) = value {
                row.insert(seen.name.clone(), value);
                count += 1;
            }
        }
        assert_eq!(count, seen.rows, "rows of {}", seen.name);
    }
    assert!(run.property("never seen").unwrap().is_none());
    assert!(run.property_numbers("never seen").unwrap().is_none());
    rows
}

/// What [`properties_of`] a run of these rows must be.
pub(crate) fn properties_expected(rows: &[StoredEvent]) -> Vec<Properties> {
    let mut rows: Vec<&StoredEvent> = rows.iter().collect();
    rows.sort_by(|one, other| one.order(other));
    rows.into_iter()
        .map(|row| row.event.properties.clone())
        .collect()
}
