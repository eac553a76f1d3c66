//! Makes the lanes of a part that nobody asked for before, from its columns.
//!
//! A lane that is there and sound is mapped; else one pass over one column of the part makes it
//! anew. What cannot be written stays in memory: lanes are a cache.

use std::sync::Arc;

use hitmetrix_model::Dimension;

use super::PartError;
use super::part::PartFile;
use super::read::{RowReader, each_text};
use super::schema::column_of;
use crate::lanes::{
    IdLane, IdsLane, Interned, LaneError, LaneMaker, NameCounter, NameRows, Narrow, NumberLane,
    PropertyLimits, PropertyNames, PropertyTexts, RowsOf, Run, RunBuilder, TextLane,
};
use crate::property_json::{each_member, name_text};

/// The column of a part that has the properties, as JSON text.
const PROPERTIES: &str = "properties";

/// Makes lanes of a mapped run.
pub(super) struct Maker {
    pub(super) file: Arc<PartFile>,
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

    fn counted_names(&self, run: &Run) -> Result<PropertyNames, PartError> {
        let mut counter = NameCounter::new(PropertyLimits::DEFAULT.names);
        self.each_row(run, &mut counter, NameCounter::add, |_| ())?;
        counter
            .finish()
            .ok_or(PartError::Column { name: PROPERTIES })
    }

    fn collected_values(&self, run: &Run, name: &str) -> Result<TextLane, PartError> {
        let wanted = name_text(name);
        let mut state = (PropertyTexts::new(PropertyLimits::DEFAULT), String::new());
        self.each_row(
            run,
            &mut state,
            |(_, found), name, value| {
                if name == wanted && value != "null" {
                    found.push_str(value);
                }
            },
            |(texts, found)| {
                texts.push(found);
                found.clear();
            },
        )?;
        Ok(state.0.into_lane())
    }
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
        let names = self.counted_names(run).map_err(failed(PROPERTIES))?;
        let written = lanes
            .create()
            .and_then(|()| lanes.write_property_names(run, &names));
        if let Err(error) = written {
            tracing::debug!(%error, "names of properties stay in memory");
        }
        Ok(names)
    }

    fn property_lane(&self, run: &Run, name: &str) -> Result<TextLane, LaneError> {
        let lanes = &self.file.lanes;
        if let Ok(lane) = lanes.open_property(name, run.len()) {
            return Ok(lane);
        }
        let made = self
            .collected_values(run, name)
            .map_err(failed(PROPERTIES))?;
        // A name that no event has leaves no file behind, whoever asks for it.
        if made.column().texts.iter().all(str::is_empty) {
            return Ok(made);
        }
        let written = lanes
            .create()
            .and_then(|()| lanes.write_property(run, name, &made))
            .and_then(|()| lanes.open_property(name, run.len()));
        Ok(written.unwrap_or(made))
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
