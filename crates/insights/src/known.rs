//! Names of properties: one that no event, person or account has, but for one of nearly the same
//! name, is a slip of the pen, and an empty answer would hide it. A name that is like no other
//! simply was not seen yet and counts nothing.
//!
//! The question's runs are looked at after their columns were read, so that for a known name this
//! is one search in a sorted list; all names of the site are only gathered for an unknown one.

use hitmetrix_model::Level;
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::Run;
use strsim::osa_distance;

use crate::columns::QueryRun;
use crate::engine::go_on;
use crate::{AskError, Meter};

/// Most edits between a slip and what was meant; two letters in the wrong order are one.
const EDITS_MAX: usize = 2;
/// Letters of a name for each edit: short names differ by little and are right all the same, as
/// `amount` and `account`.
const LETTERS_PER_EDIT: usize = 4;
/// Near names that are looked for among what was told: each costs a lane of every part, and
/// strangers send as many as they like.
const NEAR_TOLD: usize = 16;

/// Refuses names of event properties that look like slips. Each name comes with its place in the
/// question, which may be empty.
pub(crate) fn check(
    snapshot: &Snapshot,
    runs: &[QueryRun<'_>],
    named: &[(String, String)],
) -> Result<(), AskError> {
    // Gathered from all runs, so at most once.
    let mut gathered = None;
    for (name, field) in named {
        if is_seen(snapshot, runs, name) {
            continue;
        }
        let known = gathered.get_or_insert_with(|| snapshot.properties());
        if known.iter().any(|seen| seen.name == *name) {
            continue;
        }
        let Some(nearest) = nearest(name, known.iter().map(|seen| seen.name.as_str())) else {
            continue;
        };
        let error = unknown(Level::Event, name, nearest);
        return Err(if field.is_empty() {
            error
        } else {
            error.at(field)
        });
    }
    Ok(())
}

/// Refuses the name of a property of persons or accounts, which nobody was told to have, when it
/// looks like a slip. The runs are those with events that tell of them, which are marked; what else
/// has a property of that name does not matter.
pub(crate) fn check_told(
    (snapshot, meter): (&Snapshot, &dyn Meter),
    runs: &[QueryRun<'_>],
    (of, name): (Level, &str),
) -> Result<(), AskError> {
    if is_told(snapshot, runs, name) || runs.iter().any(|run| lacks(snapshot, run, name)) {
        return Ok(());
    }
    if runs.is_empty() {
        return Ok(());
    }
    let seen = snapshot.properties();
    let mut near = near(name, seen.iter().map(|seen| seen.name.as_str()));
    near.sort_unstable();
    for (_, nearest) in near.into_iter().take(NEAR_TOLD) {
        go_on(meter)?;
        if nearest != name && is_told(snapshot, runs, nearest) {
            return Err(unknown(of, name, nearest));
        }
    }
    Ok(())
}

/// Whether a marked event has a property.
fn is_told(snapshot: &Snapshot, runs: &[QueryRun<'_>], name: &str) -> bool {
    runs.iter().any(|run| {
        let Ok(Some(column)) = snapshot.runs[run.index].property(name) else {
            return false;
        };
        let is_set = |row| !column.get(row).is_empty();
        let is_marked = |row| run.marks[run.names.get(row) as usize] != 0;
        (0..run.times.len()).any(|row| is_marked(row) && is_set(row))
    })
}

fn lacks(snapshot: &Snapshot, run: &QueryRun<'_>, name: &str) -> bool {
    let lacks = snapshot.runs[run.index].property_lacks(name);
    lacks.is_ok_and(|lacks| lacks > 0)
}

fn unknown(of: Level, given: &str, nearest: &str) -> AskError {
    AskError::UnknownProperty {
        of,
        given: given.chars().take(100).collect(),
        nearest: nearest.to_owned(),
    }
}

fn is_seen(snapshot: &Snapshot, runs: &[QueryRun<'_>], name: &str) -> bool {
    runs.iter().any(|run| {
        let run = &snapshot.runs[run.index];
        let seen = run.property_names().unwrap_or_default();
        let is_named = seen.binary_search_by(|seen| seen.name.as_str().cmp(name));
        is_named.is_ok() || may_be_rare(run, name)
    })
}

/// Whether a name that is not among those of a run is or may be one of those it left out.
fn may_be_rare(run: &Run, name: &str) -> bool {
    let left_out = run.properties_left_out().unwrap_or_default();
    left_out.names > 0
        && (run.property_lacks(name).unwrap_or(0) > 0
            || run.property(name).is_ok_and(|found| found.is_some()))
}

/// The known name that was probably meant.
fn nearest<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let nearest = near(given, known).into_iter().min();
    nearest.map(|(_, known)| known)
}

/// Known names that may have been meant, each with how many edits it is away.
fn near<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> Vec<(usize, &'k str)> {
    let letters = given.chars().count();
    let most = EDITS_MAX.min(letters / LETTERS_PER_EDIT);
    known
        .filter(|known| known.chars().count().abs_diff(letters) <= most)
        .map(|known| (osa_distance(given, known), known))
        .filter(|(distance, _)| *distance <= most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let known = ["amount", "currency", "id", "plan"];
        let near = |given| nearest(given, known.into_iter());
        assert_eq!(near("amuont"), Some("amount"), "a swap is one edit");
        assert_eq!(
            near("amuot"),
            None,
            "two edits are too many for five letters"
        );
        assert_eq!(near("amout"), Some("amount"));
        assert_eq!(near("curency"), Some("currency"));
        assert_eq!(near("currrenzy"), Some("currency"));
        assert_eq!(near("account"), None);
        assert_eq!(near("ip"), None);
        assert_eq!(near("Plan"), Some("plan"));
    }
}
