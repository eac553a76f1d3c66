//! Merges the properties of runs in memory: costs what the values cost, not rows times names.
//!
//! A property that one run has a column of and another one left out has a column afterwards that
//! is not whole, and says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::LaneError;
use super::columns::Texts;
use super::properties::{
    PropertiesLeftOut, PropertyKinds, PropertySeen, RunProperties, SparseColumn,
};
use super::property_build::{OTHER_VALUE, PropertyLimits, PropertyTexts, take_rarest};
use super::run::Run;

/// Where a value comes from: row of the merged run, source, code there.
type Place = (u32, u32, u32);

/// A row that goes into another run.
const ELSEWHERE: u32 = u32::MAX;

/// The properties of a run whose rows come from `(source, row of the source)`, in order. Rows of
/// the sources that are not among them go elsewhere.
///
/// # Errors
/// When a column of a part's run cannot be read; runs in memory never fail.
pub(super) fn merged_properties(
    runs: &[Arc<Run>],
    rows: impl Iterator<Item = (u32, u32)>,
    limits: PropertyLimits,
) -> Result<RunProperties, LaneError> {
    let (names, left_out) = merged_names(runs, limits)?;
    if names.is_empty() {
        return Ok(RunProperties::in_memory(Vec::new(), left_out));
    }
    let mut new_rows: Vec<Vec<u32>> = runs.iter().map(|run| vec![ELSEWHERE; run.len()]).collect();
    for ((source, row), new) in rows.zip(0..) {
        new_rows[source as usize][row as usize] = new;
    }
    let mut columns = Vec::with_capacity(names.len());
    for mut seen in names {
        let column = merged_column(runs, &new_rows, &seen.name, limits)?;
        seen.rows = column.rows.len() as u64;
        // What became `(other)` may have been of any kind that was seen.
        if column.texts.iter().all(|text| text != OTHER_VALUE) {
            let kinds = column.texts.iter().map(PropertyKinds::of);
            seen.kinds = kinds.fold(PropertyKinds::default(), PropertyKinds::or);
        }
        if seen.rows > 0 {
            columns.push((seen, column));
        }
    }
    Ok(RunProperties::in_memory(columns, left_out))
}

/// The names of all runs, ascending, within the limit.
fn merged_names(
    runs: &[Arc<Run>],
    limits: PropertyLimits,
) -> Result<(Vec<PropertySeen>, PropertiesLeftOut), LaneError> {
    let mut left_out = PropertiesLeftOut::default();
    let mut known: BTreeMap<&str, (u64, PropertyKinds)> = BTreeMap::new();
    for run in runs {
        let names = run.run_properties()?.names();
        left_out.add(names.left_out);
        for seen in &names.seen {
            let (rows, kinds) = known.entry(&seen.name).or_default();
            *rows += seen.rows;
            *kinds = kinds.or(seen.kinds);
        }
    }
    let seen = |(name, (rows, kinds)): (&str, _)| PropertySeen {
        name: name.to_owned(),
        rows,
        kinds,
    };
    let mut names: Vec<PropertySeen> = known.into_iter().map(seen).collect();
    let (rarest, beyond) = take_rarest(&mut names, limits.names, |seen| (seen.rows, &seen.name));
    if !rarest.is_empty() {
        // They are in the order of their rows now.
        left_out.add(beyond);
        names.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    }
    Ok((names, left_out))
}

fn merged_column(
    runs: &[Arc<Run>],
    new_rows: &[Vec<u32>],
    name: &str,
    limits: PropertyLimits,
) -> Result<SparseColumn, LaneError> {
    let mut places: Vec<Place> = Vec::new();
    let mut sources: Vec<Option<&Texts>> = Vec::with_capacity(runs.len());
    let mut lacks = 0;
    for ((run, new_rows), source) in runs.iter().zip(new_rows).zip(0..) {
        sources.push(push_places(&mut places, run, new_rows, name, source)?);
        // Asked afterwards, since a part was looked into only then.
        lacks += run.property_lacks(name)?;
    }
    // Those of one source mostly ascend already: a stable sort finds such stretches.
    places.sort();
    let mut merged = PropertyTexts::new(limits);
    let mut new_codes: Vec<Vec<u32>> = sources
        .iter()
        .map(|texts| vec![u32::MAX; texts.map_or(0, Texts::len)])
        .collect();
    let mut rows = Vec::with_capacity(places.len());
    for (row, source, code) in places {
        let new = &mut new_codes[source as usize][code as usize];
        if *new == u32::MAX {
            let texts = sources[source as usize].expect("its source has the property");
            *new = merged.code_of(texts.get(code));
        }
        rows.push(row);
        merged.push_code(*new);
    }
    let mut column = merged.into_sparse(rows);
    column.lacks = lacks;
    Ok(column)
}

/// Adds the values that a run has of a property, and gives their dictionary.
fn push_places<'a>(
    places: &mut Vec<Place>,
    run: &'a Run,
    new_rows: &[u32],
    name: &str,
    source: u32,
) -> Result<Option<&'a Texts>, LaneError> {
    if let Some(column) = run.run_properties()?.sparse(name) {
        let values = column.rows.iter().zip(&column.codes);
        let places_of = values.map(|(&row, &code)| (new_rows[row as usize], source, code));
        places.extend(places_of.filter(|place| place.0 != ELSEWHERE));
        return Ok(Some(&column.texts));
    }
    let Some(column) = run.property(name)? else {
        return Ok(None);
    };
    let set: Vec<bool> = column.texts.iter().map(|text| !text.is_empty()).collect();
    for (row, &new) in new_rows.iter().enumerate() {
        let code = column.codes.get(row);
        if new != ELSEWHERE && set[code as usize] {
            places.push((new, source, code));
        }
    }
    Ok(Some(column.texts))
}
