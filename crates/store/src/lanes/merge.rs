//! Merges runs in memory into one, without going back to the events: how the unsealed tail stays
//! a handful of runs however many batches it has.

use std::sync::{Arc, Mutex, OnceLock};

use hitmetrix_model::{Dimension, PersonKey};
use rustc_hash::FxHashMap;

use super::build::{Interned, offset_ms};
use super::columns::{IdLane, TextLane};
use super::narrow::Narrow;
use super::property_build::PropertyLimits;
use super::property_merge::merged_properties;
use super::run::{BaseLanes, Run};
use super::{Ids, LaneError, SHARDS, shard_of};
use crate::snapshot::Move;

/// Where a row of the merged run comes from, behind what it is ordered by.
type Row = (u128, i64, u128, u32, u32, u32);

/// One run with the rows of all `runs`, which are of one shard and one period.
///
/// # Errors
/// When a column of a part's run cannot be read; runs in memory never fail.
pub(crate) fn merge(shard: u16, runs: &[Arc<Run>]) -> Result<Run, LaneError> {
    let mut rows = Vec::with_capacity(runs.iter().map(|run| run.len()).sum());
    for (index, run) in runs.iter().enumerate() {
        push_rows(&mut rows, index, run, &[])?;
    }
    run_of(shard, runs, rows)
}

/// Runs with the rows of all `runs`, of one period and any shards, each row under the person its
/// run's moves give it, and so perhaps in another shard. One run a shard that has rows.
///
/// # Errors
/// As [`merge`].
pub(crate) fn settle(runs: &[(Arc<Run>, Vec<Move>)]) -> Result<Vec<Run>, LaneError> {
    let mut rows = Vec::new();
    for (index, (run, moves)) in runs.iter().enumerate() {
        push_rows(&mut rows, index, run, moves)?;
    }
    let runs: Vec<Arc<Run>> = runs.iter().map(|(run, _)| Arc::clone(run)).collect();
    let mut shards: Vec<Vec<Row>> = (0..SHARDS).map(|_| Vec::new()).collect();
    for row in rows {
        shards[usize::from(shard_of(PersonKey(row.0)))].push(row);
    }
    let with_rows = (0..SHARDS).zip(shards).filter(|(_, rows)| !rows.is_empty());
    with_rows
        .map(|(shard, rows)| run_of(shard, &runs, rows))
        .collect()
}

fn push_rows(
    rows: &mut Vec<Row>,
    index: usize,
    run: &Run,
    moves: &[Move],
) -> Result<(), LaneError> {
    let (windows, times, sequences) = (run.windows()?, run.times(), run.sequences()?);
    let visitors = run.visitors()?;
    let moved: FxHashMap<u128, u128> = moves
        .iter()
        .map(|moved| (moved.visitor.0, moved.to.0))
        .collect();
    for (person, span) in run.persons().iter().zip(run.offsets().windows(2)) {
        for row in span[0]..span[1] {
            let at = row as usize;
            let person = match moved.is_empty() {
                true => *person,
                false => moved.get(&visitors.get(at)).copied().unwrap_or(*person),
            };
            let time_ms = run.start_ms() + i64::from(times[at]);
            rows.push((
                person,
                time_ms,
                windows.get(at),
                sequences[at],
                index as u32,
                row,
            ));
        }
    }
    Ok(())
}

fn run_of(shard: u16, runs: &[Arc<Run>], mut rows: Vec<Row>) -> Result<Run, LaneError> {
    // The inputs are sorted already: a stable sort finds their runs and merges them.
    rows.sort();
    let (mut persons, mut offsets) = (Vec::<u128>::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        if persons.last() != Some(&row.0) {
            persons.push(row.0);
            offsets.push(index as u32);
        }
    }
    offsets.push(rows.len() as u32);
    let first_ms = rows.iter().map(|row| row.1).min();
    let last_ms = rows.iter().map(|row| row.1).max();
    let span_ms = first_ms.zip(last_ms).unwrap_or((0, -1));
    let start_ms = first_ms.unwrap_or(0);
    let times: Vec<u32> = rows.iter().map(|row| offset_ms(row.1, start_ms)).collect();
    let sequences: Vec<u32> = rows.iter().map(|row| row.3).collect();
    let engaged = runs.iter().map(|run| run.engaged_ms());
    let engaged: Vec<&[u32]> = engaged.collect::<Result<_, LaneError>>()?;
    let engaged_ms: Vec<u32> = rows
        .iter()
        .map(|row| engaged[row.4 as usize][row.5 as usize])
        .collect();

    let columns = std::array::from_fn(|_| OnceLock::new());
    for dimension in Dimension::ALL {
        if !dimension.is_derived() {
            // The cells are new, so that none of them can be set already.
            let _ = columns[dimension as usize].set(merged_texts(runs, &rows, dimension)?);
        }
    }
    let places = rows.iter().map(|row| (row.4, row.5));
    let properties = merged_properties(runs, places, PropertyLimits::DEFAULT)?;
    Ok(Run {
        shard,
        start_ms,
        span_ms,
        base: BaseLanes {
            persons: persons.into(),
            offsets: offsets.into(),
            times: times.into(),
            sequences: OnceLock::from(Narrow::from(sequences)),
            windows: merged_ids(runs, &rows, Run::windows)?.into(),
            sessions: merged_ids(runs, &rows, Run::sessions)?.into(),
            visitors: merged_ids(runs, &rows, Run::visitors)?.into(),
            engaged_ms: OnceLock::from(Narrow::from(engaged_ms)),
        },
        columns,
        properties: properties.into(),
        making: Mutex::default(),
        visitors_sorted: OnceLock::new(),
        quarter_counts: OnceLock::new(),
        name_rows: Mutex::default(),
        maker: None,
    })
}

fn merged_ids(
    runs: &[Arc<Run>],
    rows: &[Row],
    column: impl for<'a> Fn(&'a Run) -> Result<Ids<'a>, LaneError>,
) -> Result<IdLane, LaneError> {
    let sources = runs.iter().map(|run| column(run));
    let sources: Vec<Ids<'_>> = sources.collect::<Result<_, LaneError>>()?;
    let mut merged = Interned::<u128>::new();
    let mut new_codes: Vec<Vec<u32>> = sources
        .iter()
        .map(|source| vec![u32::MAX; source.ids.len()])
        .collect();
    for row in rows {
        let (source, codes) = (&sources[row.4 as usize], &mut new_codes[row.4 as usize]);
        let old = source.codes.get(row.5 as usize) as usize;
        if codes[old] == u32::MAX {
            codes[old] = merged.code_of_id(source.ids[old]);
        }
        merged.push_code(codes[old]);
    }
    Ok(merged.into_ids())
}

fn merged_texts(
    runs: &[Arc<Run>],
    rows: &[Row],
    dimension: Dimension,
) -> Result<TextLane, LaneError> {
    let sources = runs
        .iter()
        .map(|run| run.column(dimension))
        .collect::<Result<Vec<_>, LaneError>>()?;
    let mut merged = Interned::<Box<str>>::new();
    let mut new_codes: Vec<Vec<u32>> = sources
        .iter()
        .map(|source| vec![u32::MAX; source.texts.len()])
        .collect();
    for row in rows {
        let (source, codes) = (&sources[row.4 as usize], &mut new_codes[row.4 as usize]);
        let old = source.codes.get(row.5 as usize);
        if codes[old as usize] == u32::MAX {
            codes[old as usize] = merged.code_of_text(source.texts.get(old));
        }
        merged.push_text_code(codes[old as usize]);
    }
    Ok(merged.into_texts())
}
