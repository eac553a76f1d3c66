//! Changes to a site's settings: only what the sender names changes, down to single rules, so that
//! two people who have a form open each keep what they did. Who says how a setting was found is told
//! when somebody else has changed it since. What would erase stored data is told apart.

use hitmetrix_model::SiteSettings;
use serde_json::Value;

use crate::problem::{Code, Problem};

/// The settings with a change in them.
///
/// # Errors
/// When the change names what is no setting, has a value that does not fit, or `was` says of a
/// setting what is true no more.
pub fn merged(
    now: &SiteSettings,
    change: &Value,
    was: Option<&Value>,
) -> Result<SiteSettings, Problem> {
    let then = with(now, change)?;
    let Some(was) = was else {
        return Ok(then);
    };
    // Read and written again, so that the same number is the same however it was written.
    let found = with(now, was)?;
    let json = |settings| serde_json::to_value(settings).unwrap_or_default();
    let states = [json(now), json(&then), json(&found)];
    let mut changed = Vec::new();
    compare([&states[0], &states[1], &states[2]], was, &mut changed);
    let Some(first) = changed.first() else {
        return Ok(then);
    };
    let detail = format!(
        "somebody else has changed {} meanwhile; nothing was saved, look at it as it is now and \
         change it again",
        changed.join(", ")
    );
    Err(Problem::new(Code::Conflict, detail).at(format!("settings.{first}")))
}

/// Whether something that is stored now would go sooner, and for good.
#[must_use]
pub fn keeps_less(before: &SiteSettings, after: &SiteSettings) -> bool {
    let for_ever = |days: u32| if days == 0 { u32::MAX } else { days };
    after.recording_days < before.recording_days
        || for_ever(after.event_days) < for_ever(before.event_days)
        || after.recording_min_ms > before.recording_min_ms
}

/// Settings with a change, as what they must be.
fn with(settings: &SiteSettings, change: &Value) -> Result<SiteSettings, Problem> {
    let mut whole = serde_json::to_value(settings).unwrap_or_default();
    put(&mut whole, change, "settings")?;
    serde_path_to_error::deserialize(whole).map_err(|error| {
        let place = format!("settings.{}", error.path());
        Problem::invalid(format!("{} does not fit: {}", short(&place), error.inner())).at(place)
    })
}

/// Puts a change into settings; objects are merged, everything else takes the place of what was.
fn put(settings: &mut Value, change: &Value, at: &str) -> Result<(), Problem> {
    let (Value::Object(settings), Value::Object(change)) = (settings, change) else {
        let detail = format!("{at} must be an object with the names that change");
        return Err(Problem::invalid(detail).at(at));
    };
    for (name, value) in change {
        let place = format!("{at}.{name}");
        let slot = settings.get_mut(name).ok_or_else(|| unknown(&place))?;
        if slot.is_object() {
            put(slot, value, &place)?;
        } else {
            *slot = value.clone();
        }
    }
    Ok(())
}

/// Names the settings among `named` that are neither as they were found nor as they will be.
fn compare([now, then, found]: [&Value; 3], named: &Value, changed: &mut Vec<String>) {
    let Value::Object(named) = named else {
        return;
    };
    for (name, inner) in named {
        let [now, then, found] = [&now[name], &then[name], &found[name]];
        if now.is_object() {
            let mut within = Vec::new();
            compare([now, then, found], inner, &mut within);
            changed.extend(within.into_iter().map(|rule| format!("{name}.{rule}")));
        } else if now != found && now != then {
            changed.push(name.clone());
        }
    }
}

fn unknown(place: &str) -> Problem {
    let name: String = short(place).chars().take(80).collect();
    Problem::invalid(format!(
        "there is no setting `{name}`; a GET of the site has them all"
    ))
    .at(place)
}

fn short(place: &str) -> &str {
    place.strip_prefix("settings.").unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_named_changes() {
        let mut now = SiteSettings::default();
        now.rules.mask = vec![".name".to_owned()];
        let change = json!({"event_days": 90, "rules": {"record": false}});
        let after = merged(&now, &change, None).unwrap();
        let mut expected = now.clone();
        expected.event_days = 90;
        expected.rules.record = false;
        assert_eq!(after, expected);
        // The whole of it is a change too.
        let whole = serde_json::to_value(&expected).unwrap();
        assert_eq!(merged(&now, &whole, None).unwrap(), expected);
    }

    #[test]
    fn what_somebody_else_changed_meanwhile_is_named() {
        let mut now = SiteSettings::default();
        now.rules.mask = vec![".theirs".to_owned()];
        now.event_days = 30;
        let change = json!({"event_days": 30, "rules": {"mask": [".mine"], "block": [".chat"]}});
        let was = json!({"event_days": 0, "rules": {"mask": [], "block": []}});
        let problem = merged(&now, &change, Some(&was)).unwrap_err();
        assert_eq!(problem.code(), Code::Conflict);
        // Both set the same days: that is no conflict. Nobody else touched the blocked ones.
        assert_eq!(problem.field(), Some("settings.rules.mask"));
        assert!(!problem.detail().contains("block"), "{}", problem.detail());
        let was = json!({"rules": {"mask": [".theirs"], "sample": 1}});
        assert!(merged(&now, &change, Some(&was)).is_ok());
    }

    #[test]
    fn what_is_no_setting_is_refused_by_name() {
        let now = SiteSettings::default();
        let cases = [
            (json!({"horses": 1}), "settings.horses"),
            (json!({"rules": {"maks": []}}), "settings.rules.maks"),
            (json!({"rules": {"mask": "x"}}), "settings.rules.mask"),
            (json!({"event_days": -1}), "settings.event_days"),
            (json!({"event_days": null}), "settings.event_days"),
        ];
        for (change, field) in cases {
            let problem = merged(&now, &change, None).unwrap_err();
            assert_eq!(problem.code(), Code::Invalid, "{change}");
            assert_eq!(problem.field(), Some(field), "{}", problem.detail());
        }
        assert!(merged(&now, &json!([]), None).is_err());
        assert!(merged(&now, &json!({"rules": 1}), None).is_err());
        assert!(merged(&now, &json!({}), Some(&json!({"horses": 1}))).is_err());
    }

    #[test]
    fn keeping_less_is_noticed_in_each_way() {
        let usual = SiteSettings::default();
        let with = |change: Value| merged(&usual, &change, None).unwrap();
        let limited = with(json!({"event_days": 30}));
        assert!(keeps_less(&usual, &limited));
        assert!(!keeps_less(&limited, &usual));
        assert!(keeps_less(&limited, &with(json!({"event_days": 29}))));
        assert!(keeps_less(&usual, &with(json!({"recording_days": 29}))));
        assert!(!keeps_less(&usual, &with(json!({"recording_days": 31}))));
        assert!(keeps_less(&usual, &with(json!({"recording_min_ms": 1}))));
        assert!(!keeps_less(
            &usual,
            &with(json!({"rules": {"record": false}}))
        ));
    }
}
