//! Who is looked for: by an id, by the site's own name of the user, by a property or the account.

use hitmetrix_model::{Level, VisitorId, limits};
use hitmetrix_store::lanes::property_value;

use super::told::{Lookup, needs_of, selections};
use super::{NO_SLOTS, no_plan};
use crate::AskError;
use crate::columns::{EventRules, MATCHED_AT_ONCE, prepare};
use crate::engine::{Rows, Scope, fold, go_on};
use crate::marks::Marker;
use crate::matcher::text_of;
use crate::persons::{ACCOUNT, EVER, PersonSet, ever, keep_marked};
use crate::query::Query;

/// Properties that `identify` brought are called so.
const TRAITS: &str = "traits.";

/// Whether a text is in another one, in any case; the empty one is in all.
pub(super) fn is_in(text: &str, whole: &str) -> bool {
    let text = text.trim();
    text.is_empty() || whole.to_lowercase().contains(&text.to_lowercase())
}

/// The persons who are found by a text; all when it is empty.
pub(super) fn persons(query: &Query<'_>, text: &str) -> Result<PersonSet, AskError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(PersonSet::everybody());
    }
    if let Ok(id) = text.to_lowercase().parse::<VisitorId>() {
        return Ok(PersonSet::of([query.snapshot.person_of_visitor(id).0]));
    }
    let most = limits::PERSON_SEARCH_USERS;
    let named = query
        .snapshot
        .persons_of_users(&|user| is_in(text, user), most);
    if named.len() > most {
        let why = "the search finds more persons than can be told; give more of the name";
        return Err(AskError::Contradiction { why }.at("list.search"));
    }
    let mut found: Vec<u128> = named.into_iter().map(|person| person.0).collect();
    found.extend(by_properties(query, text)?);
    Ok(PersonSet::of(found))
}

/// Who has the text in the account or in a property, as it is today.
fn by_properties(query: &Query<'_>, text: &str) -> Result<Vec<u128>, AskError> {
    let mut seen = query.snapshot.properties();
    seen.retain(|seen| seen.name.starts_with(TRAITS) || seen.name == "user");
    seen.sort_by(|left, right| (right.rows, &left.name).cmp(&(left.rows, &right.name)));
    seen.truncate(limits::PERSON_SEARCH_PROPERTIES);
    let mut named = vec![(Level::Account, ACCOUNT)];
    named.extend(seen.iter().map(|seen| (Level::Person, seen.name.as_str())));
    let (needs, lanes) = needs_of(&named);
    let selections = selections();
    let rules = EventRules {
        selections: &selections,
        ..EventRules::of_bots(query.question.bots)
    };
    let mut columns = prepare((query.snapshot, query.meter), EVER, &needs, &rules)?;
    query.note(&columns.missing);
    keep_marked(&mut columns);
    let mut takes = Vec::with_capacity(lanes.len());
    for &(_, lane) in &lanes {
        let dictionary = &columns.dictionaries[lane];
        let mut of_lane = Vec::with_capacity(dictionary.len());
        for code in 0..dictionary.len() as u32 {
            if (code as usize).is_multiple_of(MATCHED_AT_ONCE) {
                go_on(query.meter)?;
            }
            let value = property_value(dictionary.text(code));
            of_lane.push(value.is_some_and(|value| is_in(text, &text_of(&value))));
        }
        takes.push(of_lane);
    }
    let plan = no_plan();
    let lookup = Lookup {
        marker: Marker::new(&plan, &selections, ever(), NO_SLOTS),
        lanes: &lanes,
        rows: Rows::Relevant,
        takes: Some(&takes),
    };
    let scope = Scope {
        snapshot: query.snapshot,
        runs: &columns.runs,
        span_ms: EVER,
        only: None,
        as_sorted: None,
        meter: query.meter,
    };
    Ok(fold(&scope, &lookup)?.result.persons)
}
