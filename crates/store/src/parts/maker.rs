//! Makes the lanes of a part that nobody asked for before, from its columns.
//!
//! A lane that is there and sound is mapped; else one pass over one column of the part makes it
//! anew. What cannot be written stays in memory: lanes are a cache.

use std::sync::Arc;

use hitmetrix_model::{Dimension, limits};

use super::PartError;
use super::part::PartFile;
use super::read::{RowReader, each_text};
use super::schema::column_of;
use crate::lanes::{
    HeldColumns, IdLane, IdsLane, Interned, LaneError, LaneMaker, NameCounter, NameRows, Narrow,
    NumberLane, PropertyLanes, PropertyLimits, PropertyNames, RowsOf, Run, RunBuilder, TextLane,
};
use crate::property_json::{each_member, name_text};

/// The column of a part that has the properties, as JSON text.
const PROPERTIES: &str = "properties";

/// Makes lanes of a mapped run.
pub(super) struct Maker {
    pub(super) file: Arc<PartFile>,
    pub(super) together: Together,
}

/// How much of properties is collected in one pass over a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Together {
    pub(super) names: usize,
    /// What a single one takes is not limited: it has to be whole.
    pub(super) bytes: usize,
}

impl Together {
    pub(super) const DEFAULT: Self = Self {
        names: limits::LANES_TOGETHER,
        bytes: limits::LANES_TOGETHER_BYTES,
    };
}

impl Maker {
    /// Goes through a text column, which has a text for each row of the run.
    fn each_text(
        &self,
        run: &Run,
        column: &'static str,
        mut visit: impl FnMut(&str),
    ) -> Result<(), PartError> {
        let mut rows = 0;
        each_text(self.file.open()?, column, |text| {
            rows += 1;
            visit(text);
        })?;
        if rows == run.len() {
            Ok(())
        } else {
            Err(PartError::Column { name: column })
        }
    }

    /// Goes through the properties of all rows: `visit` gets name and value as JSON text, `row`
    /// is called behind those of a row.
    fn each_row<S>(
        &self,
        run: &Run,
        state: &mut S,
        mut visit: impl FnMut(&mut S, &str, &str),
        mut row: impl FnMut(&mut S),
    ) -> Result<(), PartError> {
        let mut whole = true;
        self.each_text(run, PROPERTIES, |object| {
            whole &= each_member(object, |name, value| visit(state, name, value)).is_some();
            row(state);
        })?;
        if whole {
            Ok(())
        } else {
            Err(PartError::Column { name: PROPERTIES })
        }
    }

    /// The run as the part has it, in memory.
    pub(super) fn run(&self) -> Result<Run, PartError> {
        let mut builder = RunBuilder::new(self.file.row().shard);
        for row in RowReader::all(self.file.open()?)? {
            builder.push(row?.by_ref());
        }
        Ok(builder.finish())
    }

    /// The same, with its base lanes written; what cannot be written stays in memory.
    fn made_anew(&self, lane: &'static str) -> Result<Run, LaneError> {
        tracing::info!(part = self.file.row().id, lane, "lanes are made anew");
        let run = self.run().map_err(failed(lane))?;
        let lanes = &self.file.lanes;
        if let Err(error) = lanes.create().and_then(|()| lanes.write_base(&run)) {
            tracing::debug!(%error, "lanes stay in memory");
        }
        Ok(run)
    }

    /// The names of all properties, where they are to be counted, and the columns of some by their
    /// names as JSON text, in one pass over the part.
    fn collected(
        &self,
        run: &Run,
        counting: Counting,
        names: &[&str],
    ) -> Result<(Option<PropertyNames>, HeldColumns), PartError> {
        let limits = PropertyLimits {
            held_bytes: match names {
                [_] => usize::MAX,
                _ => self.together.bytes,
            },
            ..PropertyLimits::DEFAULT
        };
        let columns = HeldColumns::new(names.iter().map(|name| name_text(name).into()), limits);
        let counter = match counting {
            Counting::Names => Some(NameCounter::new(PropertyLimits::DEFAULT.names)),
            Counting::Nothing => None,
        };
        let mut state = (counter, columns, 0);
        self.each_row(
            run,
            &mut state,
            |(counter, columns, row), name, value| {
                if let Some(counter) = counter {
                    counter.add(name, value);
                }
                if value != "null" {
                    columns.add(*row, name, value);
                }
            },
            |(_, _, row)| *row += 1,
        )?;
        let (counter, columns, _) = state;
        let names = match counter {
            Some(counter) => Some(
                counter
                    .finish()
                    .ok_or(PartError::Column { name: PROPERTIES })?,
            ),
            None => None,
        };
        Ok((names, columns))
    }

    /// Writes the names of properties.
    fn keep_names(&self, run: &Run, names: &PropertyNames) {
        let lanes = &self.file.lanes;
        let written = lanes
            .create()
            .and_then(|()| lanes.write_property_names(run, names));
        if let Err(error) = written {
            tracing::debug!(%error, "names of properties stay in memory");
        }
    }

    /// Writes the lane of a property and maps it.
    fn keep_property(&self, run: &Run, name: &str, made: TextLane) -> TextLane {
        // A name that no event has leaves no file behind, whoever asks for it.
        if made.column().texts.iter().all(str::is_empty) {
            return made;
        }
        let lanes = &self.file.lanes;
        let written = lanes
            .create()
            .and_then(|()| lanes.write_property(run, name, (&made.codes, &made.texts)))
            .and_then(|()| lanes.open_property(name, run.len()));
        written.unwrap_or(made)
    }
}

/// Whether names are counted while columns are collected.
#[derive(Clone, Copy)]
enum Counting {
    Names,
    Nothing,
}

impl LaneMaker for Maker {
    fn text_lane(&self, run: &Run, dimension: Dimension) -> Result<TextLane, LaneError> {
        let lanes = &self.file.lanes;
        if let Ok(lane) = lanes.open_text(dimension, run.len()) {
            return Ok(lane);
        }
        let column = column_of(dimension).ok_or(LaneError::Derived { dimension })?;
        let mut texts = Interned::<Box<str>>::new();
        self.each_text(run, column, |text| texts.push_text(text))
            .map_err(failed(dimension.name()))?;
        let made = texts.into_texts();
        let written = lanes
            .create()
            .and_then(|()| lanes.write_text(run, dimension, &made))
            .and_then(|()| lanes.open_text(dimension, run.len()));
        Ok(written.unwrap_or(made))
    }

    fn numbers(&self, run: &Run, lane: NumberLane) -> Result<Narrow<u32>, LaneError> {
        let found = self.file.lanes.open_numbers(lane, run.len());
        if let Ok(numbers) = found {
            return Ok(numbers);
        }
        let made = self.made_anew(lane.name())?;
        let cell = match lane {
            NumberLane::Sequences => made.base.sequences,
            NumberLane::EngagedMs => made.base.engaged_ms,
        };
        Ok(cell.into_inner().expect("a run in memory has all lanes"))
    }

    fn ids(&self, run: &Run, lane: IdsLane) -> Result<IdLane, LaneError> {
        let found = self.file.lanes.open_ids(lane, run.len());
        if let Ok(ids) = found {
            return Ok(ids);
        }
        let made = self.made_anew(lane.name())?;
        let cell = match lane {
            IdsLane::Windows => made.base.windows,
            IdsLane::Sessions => made.base.sessions,
            IdsLane::Visitors => made.base.visitors,
        };
        Ok(cell.into_inner().expect("a run in memory has all lanes"))
    }

    fn property_names(&self, run: &Run) -> Result<PropertyNames, LaneError> {
        let lanes = &self.file.lanes;
        if let Ok(names) = lanes.open_property_names() {
            return Ok(names);
        }
        let (names, _) = self
            .collected(run, Counting::Names, &[])
            .map_err(failed(PROPERTIES))?;
        let names = names.expect("they were counted");
        self.keep_names(run, &names);
        Ok(names)
    }

    fn property_lane(&self, run: &Run, name: &str) -> Result<TextLane, LaneError> {
        if let Ok(lane) = self.file.lanes.open_property(name, run.len()) {
            return Ok(lane);
        }
        let (_, columns) = self
            .collected(run, Counting::Nothing, &[name])
            .map_err(failed(PROPERTIES))?;
        let made = columns.into_columns().next();
        let (_, column) = made.expect("one name has one column");
        Ok(self.keep_property(run, name, column.into_lane(run.len())))
    }

    fn properties(
        &self,
        run: &Run,
        known: Option<&PropertyNames>,
        wanted: &[&str],
    ) -> Result<PropertyLanes, LaneError> {
        let lanes = &self.file.lanes;
        let mut found = match known {
            Some(_) => None,
            None => lanes.open_property_names().ok(),
        };
        let names = known.or(found.as_ref());
        let (mut there, mut open) = (Vec::new(), Vec::new());
        for &name in wanted {
            if names.is_some_and(|names| !names.has(name)) {
                continue;
            }
            match lanes.open_property(name, run.len()) {
                Ok(lane) => there.push((name.into(), lane)),
                Err(_) => open.push(name),
            }
        }
        let mut counting = match names {
            Some(_) => Counting::Nothing,
            None => Counting::Names,
        };
        while !open.is_empty() || matches!(counting, Counting::Names) {
            let several: Vec<&str> = open.drain(..self.together.names.min(open.len())).collect();
            let (counted, columns) = self
                .collected(run, counting, &several)
                .map_err(failed(PROPERTIES))?;
            if let Some(names) = counted {
                self.keep_names(run, &names);
                open.retain(|name| names.has(name));
                found = Some(names);
                counting = Counting::Nothing;
            }
            // One after the other: a lane takes as much as the part has rows.
            for (name, column) in columns.into_columns() {
                let name = several.iter().find(|one| *name_text(one) == *name);
                let name = *name.expect("only these were collected");
                let lane = column.into_lane(run.len());
                there.push((name.into(), self.keep_property(run, name, lane)));
            }
        }
        Ok(PropertyLanes {
            names: found,
            lanes: there,
        })
    }

    fn name_rows(&self, run: &Run, wanted: RowsOf) -> Result<NameRows, LaneError> {
        self.file.lanes.name_rows(run, wanted)
    }
}

fn failed(lane: &'static str) -> impl FnOnce(PartError) -> LaneError {
    move |source| LaneError::Part {
        lane,
        source: Box::new(source),
    }
}
