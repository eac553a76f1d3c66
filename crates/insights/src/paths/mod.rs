//! Paths: what follows what within sessions.
//!
//! A session's events become steps (`steps`), its steps a path (`walk`), and paths are counted as
//! a whole (`sequences`) or from each step to the next (`edges`). What exactly is counted stands
//! in docs/concepts/paths.md.

mod edges;
mod quick;
mod sequences;
mod steps;
mod walk;

use std::borrow::Cow;

use hitmetrix_model::{
    Answer, Cell, CellAddress, Dimension, EventSelection, PathRows, PathSteps, Paths, Unit, limits,
};

use crate::AskError;
use crate::columns::Column;
use crate::marks::WantSlots;
use crate::people::{number_key, text_key, unknown_column};
use crate::query::{Prepared, Query, Scanned, column};

use edges::{EdgeCounts, Edges, Names, Nodes};
use quick::Quick;
use sequences::{Codes, Counted, Key, Sequences, bits, is_packed, records_max};
use steps::{Grouping, Steps};
use walk::{Anchor, Shape, WalkWork, Walker};

/// Steps of a path when the question names no number.
const DEPTH: u32 = 5;
/// Names at a position when the question names no limit.
const NAMES: u32 = 10;
/// Paths when the question names no limit.
const SEQUENCES: u32 = 20;
/// Between the steps of a path.
const ARROW: &str = " → ";

/// What stands ready before the first timeline.
struct Compiled<'q> {
    prepared: &'q Prepared<'q>,
    steps: Steps,
    shape: Shape,
    walker: Walker<'q>,
    limit: usize,
    bytes_max: usize,
}

/// What is done with the compiled question.
enum Wanted<'c> {
    Answer,
    People(&'c CellAddress, u32),
}

/// The answer to a question of kind `paths`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    answer_within(query, limits::QUESTION_BYTES)
}

/// The same, within so much memory for whole paths.
pub(crate) fn answer_within(query: &Query<'_>, bytes_max: usize) -> Result<Answer, AskError> {
    run(query, &Wanted::Answer, bytes_max)
}

/// Who stands behind a cell of it.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    if !matches!(cell.column.as_str(), "sessions" | "persons" | "share") {
        return Err(unknown_column(cell, &["sessions", "persons"]));
    }
    run(query, &Wanted::People(cell, limit), limits::QUESTION_BYTES)
}

fn run(query: &Query<'_>, wanted: &Wanted<'_>, bytes_max: usize) -> Result<Answer, AskError> {
    let without = Paths::default();
    let spec = query.question.paths.as_ref().unwrap_or(&without);
    let grouping = Grouping::of(spec)?;
    let limit = checked_limit(query, spec)?;
    let (depth, anchor) = (checked_depth(spec)?, checked_anchor(spec, &grouping)?);
    let mut reading = query.wanted();
    let (events, dimension) = match spec.steps {
        PathSteps::Pages => (vec!["pageview".to_owned()], Dimension::Page),
        PathSteps::Events => (Vec::new(), Dimension::Event),
    };
    let selection = EventSelection {
        label: None,
        events,
        filters: spec.filters.clone(),
    };
    reading.selection(&selection, "paths")?;
    let lane = reading.needs.lane(Column::Dimension(dimension));
    let prepared = query.prepare(reading)?;
    let steps = Steps::of(&prepared.columns.dictionaries[lane], &grouping, query.meter)?;
    let shape = Shape {
        anchor: match anchor {
            None => Anchor::Start,
            // A step that nothing is has a code that no event has.
            Some((at, name)) => at(steps.code(name).unwrap_or(u32::MAX)),
        },
        depth,
        collapse: spec.collapse,
    };
    let marker = prepared.marker(query.period(), WantSlots::Yes);
    let walker = Walker::new(query, (&prepared, marker, lane), (&steps, shape));
    let compiled = Compiled {
        prepared: &prepared,
        steps,
        shape,
        walker,
        limit,
        bytes_max,
    };
    match spec.rows {
        PathRows::Edges => compiled.of_edges(query, wanted),
        PathRows::Sequences => {
            let bits = bits(compiled.steps.len());
            if is_packed(depth, bits) {
                compiled.of_sequences::<u64>(query, wanted, bits)
            } else {
                compiled.of_sequences::<Codes>(query, wanted, bits)
            }
        }
    }
}

fn checked_depth(spec: &Paths) -> Result<usize, AskError> {
    let depth = spec.depth.unwrap_or(DEPTH);
    if (2..=limits::PATH_DEPTH as u32).contains(&depth) {
        return Ok(depth as usize);
    }
    Err(AskError::OutOfBounds {
        given: depth.into(),
        least: 2,
        most: limits::PATH_DEPTH as i64,
    }
    .at("paths.depth"))
}

fn checked_limit(query: &Query<'_>, spec: &Paths) -> Result<usize, AskError> {
    let limit = query.question.limit;
    if spec.rows == PathRows::Sequences {
        return Ok(limit.unwrap_or(SEQUENCES) as usize);
    }
    let limit = limit.unwrap_or(NAMES);
    if limit as usize > limits::PATH_NAMES {
        return Err(AskError::OutOfBounds {
            given: limit.into(),
            least: 0,
            most: limits::PATH_NAMES as i64,
        }
        .at("limit"));
    }
    Ok(limit as usize)
}

/// How a step anchors paths, and its name.
type Anchored<'q> = (fn(u32) -> Anchor, &'q str);

/// The one step that paths are about, if there is one.
fn checked_anchor<'q>(
    spec: &'q Paths,
    grouping: &Grouping<'_>,
) -> Result<Option<Anchored<'q>>, AskError> {
    let contradiction = |why, field: &str| Err(AskError::Contradiction { why }.at(field));
    let from = spec.from.as_deref();
    let (to, through) = (spec.to.as_deref(), spec.through.as_deref());
    let given: [(&str, Option<Anchored<'q>>); 3] = [
        ("paths.from", from.map(|name| (Anchor::From as _, name))),
        ("paths.to", to.map(|name| (Anchor::To as _, name))),
        (
            "paths.through",
            through.map(|name| (Anchor::Through as _, name)),
        ),
    ];
    let mut given = given
        .into_iter()
        .filter_map(|(field, anchored)| Some((field, anchored?)));
    let Some((field, (anchor, name))) = given.next() else {
        return Ok(None);
    };
    if let Some((field, _)) = given.next() {
        let why = "paths are from, to or through one step; leave the others out";
        return contradiction(why, field);
    }
    match grouping.step(name) {
        Some(Cow::Borrowed(step)) if step == name => Ok(Some((anchor, name))),
        Some(_) => {
            let why = "a group takes this step in; name the group";
            contradiction(why, field)
        }
        None => {
            let why = "this step is left out of all paths; name another, or take it out of \
                       `exclude`";
            contradiction(why, field)
        }
    }
}

fn share(of: u64, whole: u64) -> Cell {
    match whole {
        0 => Cell::MISSING,
        whole => Cell::Number(of as f64 / whole as f64),
    }
}

impl Compiled<'_> {
    fn scanned(&self, rows: u64, walk: &WalkWork) -> Scanned<'_> {
        Scanned {
            rows,
            left_out: walk.marks.left_out,
            missing: &self.prepared.columns.missing,
        }
    }

    fn of_edges(&self, query: &Query<'_>, wanted: &Wanted<'_>) -> Result<Answer, AskError> {
        let nodes = Nodes {
            walker: &self.walker,
            depth: self.shape.depth,
            steps: self.steps.len(),
        };
        nodes.check(query.meter.threads())?;
        let (counts, rows) = self.walker.fold(query, self.prepared, &nodes)?;
        let names = Names::of(&counts, &self.steps, self.limit);
        drop(counts);
        let watched = match wanted {
            Wanted::Answer => None,
            Wanted::People(cell, _) => Some(self.watched_edge(&names, cell)?),
        };
        let edges = Edges {
            walker: &self.walker,
            shape: self.shape,
            names: &names,
            watched,
        };
        let (counts, _): (EdgeCounts, _) = self.walker.fold(query, self.prepared, &edges)?;
        let scanned = self.scanned(rows, &counts.walk);
        if let Wanted::People(_, limit) = wanted {
            return Ok(counts.people.answer(query, scanned, *limit));
        }
        let mut answer = query.answer(scanned);
        answer.columns = vec![
            column("step", Unit::Count),
            column("source", Unit::Text),
            column("target", Unit::Text),
            column("sessions", Unit::Count),
            column("persons", Unit::Count),
            column("share", Unit::Share),
        ];
        let rows = counts.rows(&names).into_iter().map(|row| {
            vec![
                Cell::Count(row.position as i64 + 1),
                Cell::Text(row.source.to_owned()),
                Cell::Text(row.target.to_owned()),
                Cell::Count(row.sessions as i64),
                Cell::Count(row.persons as i64),
                share(row.sessions, row.of),
            ]
        });
        answer.rows = rows.collect();
        answer.rows_total = answer.rows.len() as u64;
        Ok(answer)
    }

    fn watched_edge(&self, names: &Names, cell: &CellAddress) -> Result<edges::Edge, AskError> {
        let row_key = |column: &str| AskError::RowKey {
            column: column.to_owned(),
        };
        let step = number_key(cell, "step")?;
        if step < 1 || step >= self.shape.depth as i64 {
            return Err(row_key("step"));
        }
        let position = step as usize - 1;
        let place = |position: usize, column: &str| {
            names
                .place(position, text_key(cell, column)?)
                .ok_or_else(|| row_key(column))
        };
        Ok((
            position,
            place(position, "source")?,
            place(position + 1, "target")?,
        ))
    }

    fn of_sequences<K: Key>(
        &self,
        query: &Query<'_>,
        wanted: &Wanted<'_>,
        bits: u32,
    ) -> Result<Answer, AskError> {
        let watched = match wanted {
            Wanted::Answer => None,
            Wanted::People(cell, _) => Some(K::pack(self.watched_path(cell)?.into_iter(), bits)),
        };
        let sequences = Sequences {
            walker: &self.walker,
            bits,
            watched,
            quick: Quick::new(&self.walker, &self.prepared.columns.runs, bits),
            records_max: records_max::<K>(self.bytes_max) / query.meter.threads().max(1),
        };
        let (counted, rows) = self.walker.fold(query, self.prepared, &sequences)?;
        let counted: Counted<K> = counted.whole()?;
        let scanned = self.scanned(rows, &counted.walk);
        if let Wanted::People(_, limit) = wanted {
            return Ok(counted.people.answer(query, scanned, *limit));
        }
        let mut answer = query.answer(scanned);
        answer.columns = vec![
            column("path", Unit::Text),
            column("sessions", Unit::Count),
            column("persons", Unit::Count),
            column("share", Unit::Share),
        ];
        let largest = counted.largest((&self.steps, bits), self.limit, query.meter)?;
        let rows = largest.rows.into_iter().map(|row| {
            vec![
                Cell::Text(row.path),
                Cell::Count(row.sessions.into()),
                Cell::Count(row.persons.into()),
                share(row.sessions.into(), counted.sessions),
            ]
        });
        answer.rows = rows.collect();
        answer.rows_total = largest.different;
        Ok(answer)
    }

    /// The codes of the path that a cell's row names.
    fn watched_path(&self, cell: &CellAddress) -> Result<Vec<u32>, AskError> {
        let path = text_key(cell, "path")?;
        let codes = path.split(ARROW).map(|name| self.steps.code(name));
        codes
            .collect::<Option<Vec<u32>>>()
            .filter(|codes| codes.len() <= self.shape.depth)
            .ok_or_else(|| AskError::RowKey {
                column: "path".to_owned(),
            })
    }
}
