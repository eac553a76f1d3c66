//! Runs to lane files and back: one file a lane, in the folder of the part.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use hitmetrix_model::Dimension;

use super::LaneError;
use super::columns::{CodeLane, IdLane, TextLane, Texts};
use super::file::{LaneFile, LaneHeader, Section};
use super::narrow::Narrow;
use super::run::{AskedColumns, BaseLanes, IdsLane, LaneMaker, NumberLane, Run};

/// Files of the lanes that are mapped with their run.
const PERSONS: &str = "persons";
const TIMES: &str = "times";

/// The lanes of one part: where they lie and which part they must name.
#[derive(Debug, Clone)]
pub(crate) struct LaneFolder {
    pub(crate) folder: PathBuf,
    pub(crate) part: [u8; 16],
}

impl LaneFolder {
    /// The file of a lane.
    pub(crate) fn path(&self, lane: &str) -> PathBuf {
        self.folder.join(format!("{lane}.lane"))
    }

    fn text_path(&self, dimension: Dimension) -> PathBuf {
        self.path(&format!("text_{}", dimension.name()))
    }

    /// Makes the folder, if it is not there.
    pub(crate) fn create(&self) -> Result<(), LaneError> {
        std::fs::create_dir_all(&self.folder).map_err(|source| LaneError::Io {
            path: self.folder.clone(),
            source,
        })
    }

    /// Writes the lanes that every run has from the beginning.
    pub(crate) fn write_base(&self, run: &Run) -> Result<(), LaneError> {
        let header = self.header(run);
        let numbers = |bytes| [Section { width: 4, bytes }];
        let persons = [
            Section {
                width: 16,
                bytes: run.base.persons.as_bytes(),
            },
            Section {
                width: 4,
                bytes: run.base.offsets.as_bytes(),
            },
        ];
        LaneFile::write(&self.path(PERSONS), &header, &persons)?;
        let times = numbers(run.base.times.as_bytes());
        LaneFile::write(&self.path(TIMES), &header, &times)?;
        for lane in NumberLane::ALL {
            let sections = numbers(run.number_lane(lane)?.as_bytes());
            LaneFile::write(&self.path(lane.name()), &header, &sections)?;
        }
        for lane in IdsLane::ALL {
            let sections = id_sections(run.id_lane(lane)?);
            LaneFile::write(&self.path(lane.name()), &header, &sections)?;
        }
        Ok(())
    }

    /// Writes one text lane.
    pub(crate) fn write_text(
        &self,
        run: &Run,
        dimension: Dimension,
        lane: &TextLane,
    ) -> Result<(), LaneError> {
        let sections = text_sections(&lane.codes, &lane.texts);
        LaneFile::write(&self.text_path(dimension), &self.header(run), &sections)
    }

    /// Writes the text lanes that the run has in memory and that `wanted` names.
    pub(crate) fn write_texts(&self, run: &Run, wanted: &[Dimension]) -> Result<(), LaneError> {
        for &dimension in wanted {
            if let Some(lane) = run.columns[dimension as usize].get() {
                self.write_text(run, dimension, lane)?;
            }
        }
        Ok(())
    }

    /// Maps who and when; the other base lanes when they are asked for.
    pub(crate) fn open_run(
        &self,
        shard: u16,
        maker: Option<Box<dyn LaneMaker>>,
    ) -> Result<Run, LaneError> {
        let times = self.open(TIMES)?;
        let header = times.header();
        let persons = self.open(PERSONS)?;
        let base = BaseLanes {
            persons: persons.narrow(0)?,
            offsets: persons.narrow(1)?,
            times: times.narrow(0)?,
            sequences: OnceLock::new(),
            windows: OnceLock::new(),
            sessions: OnceLock::new(),
            visitors: OnceLock::new(),
            engaged_ms: OnceLock::new(),
        };
        let (offsets, rows) = (base.offsets.as_slice(), header.rows as usize);
        let fits = offsets.len() == base.persons.as_slice().len() + 1
            && offsets.last().map(|&last| last as usize) == Some(rows)
            && offsets.is_sorted()
            && base.times.as_slice().len() == rows;
        if !fits {
            return Err(times.corrupt("the lanes of the part do not fit together"));
        }
        Ok(Run {
            shard,
            start_ms: header.start_ms,
            span_ms: header.span_ms,
            base,
            columns: std::array::from_fn(|_| OnceLock::new()),
            properties: OnceLock::new(),
            making: Mutex::default(),
            visitors_sorted: OnceLock::new(),
            quarter_counts: OnceLock::new(),
            name_rows: Mutex::default(),
            maker,
        })
    }

    /// Maps a base lane with numbers, of `rows` rows.
    pub(crate) fn open_numbers(
        &self,
        lane: NumberLane,
        rows: usize,
    ) -> Result<Narrow<u32>, LaneError> {
        let file = self.open(lane.name())?;
        let numbers: Narrow<u32> = file.narrow(0)?;
        match numbers.as_slice().len() == rows {
            true => Ok(numbers),
            false => Err(file.corrupt("it has another number of rows than its part")),
        }
    }

    /// Maps a base lane with ids, of `rows` rows.
    pub(crate) fn open_ids(&self, lane: IdsLane, rows: usize) -> Result<IdLane, LaneError> {
        let file = self.open(lane.name())?;
        let lane = IdLane {
            codes: open_codes(&file)?,
            ids: file.narrow(1)?,
        };
        if lane.codes.codes().len() != rows || !lane.codes.fits(lane.ids.as_slice().len()) {
            return Err(file.corrupt("its codes do not fit its ids or its part"));
        }
        Ok(lane)
    }

    /// Maps one text lane of `rows` rows.
    pub(crate) fn open_text(
        &self,
        dimension: Dimension,
        rows: usize,
    ) -> Result<TextLane, LaneError> {
        let file = LaneFile::open(&self.text_path(dimension), self.part)?;
        open_texts(&file, rows)
    }

    /// The columns that have a lane here: somebody asked for them once.
    pub(crate) fn asked(&self) -> AskedColumns {
        let mut asked = AskedColumns::default();
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return asked;
        };
        let files: HashSet<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        let dimensions = Dimension::ALL.into_iter();
        let there = dimensions.filter(|dimension| files.contains(&self.text_path(*dimension)));
        asked.dimensions.extend(there);
        let names = self.open_property_names();
        let names = names.into_iter().flat_map(|names| names.seen);
        let names = names.map(|seen| seen.name);
        let there = names.filter(|name| files.contains(&self.property_path(name)));
        asked.properties.extend(there);
        asked
    }

    /// Verifies every lane that is there; the findings by path.
    pub(crate) fn verify(&self) -> Vec<LaneError> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        paths
            .filter(|path| is_lane(path))
            .filter_map(|path| LaneFile::open(&path, self.part).err())
            .collect()
    }

    /// Deletes a lane that [`Self::verify`] found broken.
    pub(crate) fn remove(&self, broken: &LaneError) -> bool {
        match broken {
            LaneError::Corrupt { path, .. } => std::fs::remove_file(path).is_ok(),
            _ => false,
        }
    }

    fn open(&self, lane: &str) -> Result<LaneFile, LaneError> {
        LaneFile::open(&self.path(lane), self.part)
    }

    pub(super) fn header(&self, run: &Run) -> LaneHeader {
        LaneHeader {
            part: self.part,
            rows: run.len() as u64,
            start_ms: run.start_ms,
            span_ms: run.span_ms,
        }
    }
}

fn is_lane(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "lane")
}

fn code_section(codes: &CodeLane) -> Section<'_> {
    let width = match codes {
        CodeLane::U8(_) => 1,
        CodeLane::U16(_) => 2,
        CodeLane::U32(_) => 4,
    };
    Section {
        width,
        bytes: codes.bytes(),
    }
}

/// Codes, and ends and bytes of the dictionary.
pub(super) fn text_sections<'a>(codes: &'a CodeLane, texts: &'a Texts) -> Vec<Section<'a>> {
    let [offsets, bytes] = texts.sections();
    vec![
        code_section(codes),
        Section {
            width: 4,
            bytes: offsets,
        },
        Section { width: 1, bytes },
    ]
}

fn id_sections(lane: &IdLane) -> Vec<Section<'_>> {
    vec![
        code_section(&lane.codes),
        Section {
            width: 16,
            bytes: lane.ids.as_bytes(),
        },
    ]
}

fn open_codes(file: &LaneFile) -> Result<CodeLane, LaneError> {
    Ok(match file.width(0) {
        Some(1) => CodeLane::U8(file.narrow(0)?),
        Some(2) => CodeLane::U16(file.narrow(0)?),
        _ => CodeLane::U32(file.narrow(0)?),
    })
}

/// The text lane that the first three sections of a file are, of `rows` rows.
pub(super) fn open_texts(file: &LaneFile, rows: usize) -> Result<TextLane, LaneError> {
    let codes = open_codes(file)?;
    let texts = Texts::checked(file.narrow(1)?, file.narrow(2)?)
        .ok_or_else(|| file.corrupt("its texts do not fit together"))?;
    if codes.codes().len() != rows || !codes.fits(texts.len()) {
        return Err(file.corrupt("its codes do not fit its texts"));
    }
    Ok(TextLane { codes, texts })
}
