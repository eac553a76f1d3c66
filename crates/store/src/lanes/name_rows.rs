//! Rows by name: the events of one name of a run side by side, as the place of their person and
//! their time. A question about few names, and nothing but who and when, reads 8 bytes for each of
//! their events and not one of the others.
//!
//! A lane a name, made from the lanes of the run when a question first asks for it. People and
//! bots are apart, because most questions leave bots out. Names are chosen by strangers, so those
//! with few events have no lane: their rows are soon made again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hitmetrix_model::Dimension;

use super::LaneError;
use super::file::{LaneFile, Section};
use super::narrow::Narrow;
use super::run::Run;
use super::stored::LaneFolder;

/// Names whose rows a run keeps at hand; with one more it begins anew.
pub(super) const NAMES_KEPT: usize = 64;
/// Events of a name from which on its lane is written: a block of a disk. So lanes take at most
/// twice what their rows take, however many names there are.
pub(super) const WRITTEN_EVENTS: usize = 512;

/// Events by person and time.
#[derive(Debug)]
struct Rows {
    places: Narrow<u32>,
    times: Narrow<u32>,
}

/// The events of one name, or all that bots sent.
#[derive(Debug)]
pub struct NameRows {
    people: Rows,
    bots: Rows,
}

/// What rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowsOf {
    /// Events of a name, by its code.
    Name(u32),
    /// All events that bots sent.
    Bots,
}

/// Those that a run has at hand.
pub(crate) type KeptRows = Mutex<BTreeMap<RowsOf, Arc<NameRows>>>;

impl NameRows {
    /// Events of people: the places of their persons in [`Run::persons`], ascending, and their
    /// times as [`Run::times`] has them, ascending for each person.
    #[must_use]
    pub fn people(&self) -> (&[u32], &[u32]) {
        self.people.slices()
    }

    /// The same of bots.
    #[must_use]
    pub fn bots(&self) -> (&[u32], &[u32]) {
        self.bots.slices()
    }

    fn of(run: &Run, wanted: RowsOf) -> Result<Self, LaneError> {
        let (names, bots) = (run.column(Dimension::Event)?, run.column(Dimension::Bot)?);
        let is_bot: Vec<bool> = bots.texts.iter().map(|bot| !bot.is_empty()).collect();
        let mut found: [(Vec<u32>, Vec<u32>); 2] = Default::default();
        let times = run.times();
        for (place, rows) in run.offsets().windows(2).enumerate() {
            for row in rows[0] as usize..rows[1] as usize {
                let bot = is_bot[bots.codes.get(row) as usize];
                let takes = match wanted {
                    RowsOf::Name(code) => names.codes.get(row) == code,
                    RowsOf::Bots => bot,
                };
                if takes {
                    let (places, of_times) = &mut found[usize::from(bot)];
                    places.push(place as u32);
                    of_times.push(times[row]);
                }
            }
        }
        let [people, bots] = found.map(|(places, times)| Rows {
            places: places.into(),
            times: times.into(),
        });
        Ok(Self { people, bots })
    }

    /// How many events.
    fn len(&self) -> usize {
        self.people().0.len() + self.bots().0.len()
    }

    fn fits(&self, run: &Run) -> bool {
        let persons = run.persons().len();
        [&self.people, &self.bots].iter().all(|rows| {
            let (places, times) = rows.slices();
            places.len() == times.len()
                && places.is_sorted()
                && places.last().is_none_or(|&last| (last as usize) < persons)
        })
    }
}

impl Rows {
    fn slices(&self) -> (&[u32], &[u32]) {
        (self.places.as_slice(), self.times.as_slice())
    }
}

impl RowsOf {
    fn lane(self) -> String {
        match self {
            Self::Name(code) => format!("rows_{code}"),
            Self::Bots => "rows_bots".to_owned(),
        }
    }
}

impl LaneFolder {
    /// Maps rows of a run, or makes them.
    pub(crate) fn name_rows(&self, run: &Run, wanted: RowsOf) -> Result<NameRows, LaneError> {
        if let Ok(rows) = self.open_name_rows(run, wanted) {
            return Ok(rows);
        }
        let made = NameRows::of(run, wanted)?;
        if made.len() < WRITTEN_EVENTS {
            return Ok(made);
        }
        let sections = [&made.people, &made.bots].map(|rows| {
            [&rows.places, &rows.times].map(|numbers| Section {
                width: 4,
                bytes: numbers.as_bytes(),
            })
        });
        let path = self.path(&wanted.lane());
        let written = self
            .create()
            .and_then(|()| LaneFile::write(&path, &self.header(run), sections.as_flattened()))
            .and_then(|()| self.open_name_rows(run, wanted));
        Ok(written.unwrap_or(made))
    }

    fn open_name_rows(&self, run: &Run, wanted: RowsOf) -> Result<NameRows, LaneError> {
        let file = LaneFile::open(&self.path(&wanted.lane()), self.part)?;
        let rows = |section: usize| {
            Ok::<_, LaneError>(Rows {
                places: file.narrow(section)?,
                times: file.narrow(section + 1)?,
            })
        };
        let rows = NameRows {
            people: rows(0)?,
            bots: rows(2)?,
        };
        match rows.fits(run) {
            true => Ok(rows),
            false => Err(file.corrupt("its rows do not fit the run")),
        }
    }
}

impl Run {
    /// Its rows of a name, or of bots.
    ///
    /// # Errors
    /// When a lane cannot be read.
    pub fn name_rows(&self, wanted: RowsOf) -> Result<Arc<NameRows>, LaneError> {
        let kept = || {
            self.name_rows
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(rows) = kept().get(&wanted) {
            return Ok(Arc::clone(rows));
        }
        // What the rows are made of; asked for before others have to wait.
        self.column(Dimension::Event)?;
        self.column(Dimension::Bot)?;
        let _making = self.making();
        if let Some(rows) = kept().get(&wanted) {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(match &self.maker {
            Some(maker) => maker.name_rows(self, wanted)?,
            None => NameRows::of(self, wanted)?,
        });
        let mut kept = kept();
        if kept.len() >= NAMES_KEPT {
            kept.clear();
        }
        kept.insert(wanted, Arc::clone(&rows));
        Ok(rows)
    }
}
