//! What the targets share: a site, and the limits that no accepted event may be over.

use hitmetrix_model::limits::{
    ADDRESS_BYTES, EVENT_PROPERTIES, NAME_BYTES, TEXT_BYTES, TITLE_BYTES,
};
use hitmetrix_model::{Event, Site, SiteId, SiteSettings, Value};

/// A site with default settings.
pub fn site() -> Site {
    Site {
        id: SiteId(1),
        name: "Shop".to_owned(),
        domains: vec!["shop.example".to_owned()],
        key: "key".to_owned(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    }
}

/// Panics when an event is over a limit.
pub fn check(event: &Event) {
    assert!(!event.name.is_empty() && event.name.len() <= NAME_BYTES);
    assert!(event.page.path.len() <= ADDRESS_BYTES && event.page.query.len() <= ADDRESS_BYTES);
    assert!(event.page.title.len() <= TITLE_BYTES);
    assert!(event.properties.len() <= EVENT_PROPERTIES);
    for (name, value) in &event.properties {
        assert!(!name.is_empty() && name.len() <= NAME_BYTES);
        check_value(value);
    }
}

fn check_value(value: &Value) {
    match value {
        Value::Text(text) => assert!(text.len() <= TEXT_BYTES),
        Value::Number(number) => assert!(number.is_finite()),
        Value::List(items) => items.iter().for_each(check_value),
        Value::Boolean(_) => {}
    }
}
