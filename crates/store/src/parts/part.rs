//! One part of the catalog's list, with the files behind it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hitmetrix_model::{Dimension, SiteId};

use super::PartError;
use super::checked::CheckedFile;
use super::external::ExternalLane;
use super::maker::{Maker, Together};
use super::read::{RowReader, external_ids};
use super::row_lanes::{RowLanes, place_of};
use super::write::WrittenPart;
use crate::StoredEvent;
use crate::catalog::PartRow;
use crate::lanes::{AskedColumns, LaneError, LaneFolder, Run};
use crate::paths::{PartName, Paths};
use crate::snapshot::Move;

/// Lanes that nearly every question reads: written when a part is sealed. The others are made
/// when they are first asked for.
const HOT: [Dimension; 4] = [
    Dimension::Event,
    Dimension::Page,
    Dimension::Bot,
    Dimension::Channel,
];

/// The files of a part. They are deleted with the last reader, when the part is dead.
#[derive(Debug)]
pub(super) struct PartFile {
    row: PartRow,
    path: PathBuf,
    pub(super) lanes: LaneFolder,
    dead: AtomicBool,
}

impl PartFile {
    /// What the catalog knows of it.
    pub(super) fn row(&self) -> &PartRow {
        &self.row
    }

    pub(super) fn open(&self) -> Result<CheckedFile, PartError> {
        CheckedFile::open(&self.path, self.row.bytes, &self.row.block_checksums).map_err(|source| {
            PartError::File {
                path: self.path.clone(),
                source,
            }
        })
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.dead.load(Ordering::Acquire) {
            return;
        }
        // What cannot be deleted now is found as an orphan when the store is opened next.
        let removed = std::fs::remove_file(&self.path);
        let lanes = std::fs::remove_dir_all(&self.lanes.folder);
        tracing::debug!(
            part = self.row.id,
            file = removed.is_ok(),
            lanes = lanes.is_ok(),
            "part deleted"
        );
    }
}

/// A part, its run once somebody asked for it, and what a question needs beside it.
#[derive(Debug)]
pub(crate) struct Part {
    file: Arc<PartFile>,
    run: OnceLock<Arc<Run>>,
    making: Mutex<()>,
    reading: Mutex<()>,
    /// What had lanes when it was looked for the first time.
    asked: OnceLock<AskedColumns>,
    external: OnceLock<ExternalLane>,
    /// Visitors that moved, and the ledger version up to which that is known.
    moves: Mutex<(u64, Arc<Vec<Move>>)>,
}

impl Part {
    /// The part of a row of the catalog. Touches no file.
    pub(crate) fn new(row: PartRow, paths: &Paths) -> Self {
        let name = PartName {
            id: row.id,
            site: row.site,
            week_ms: row.week_ms,
            shard: row.shard,
        };
        let lanes = LaneFolder {
            folder: paths.lanes_of(row.id),
            part: row.id.to_be_bytes(),
        };
        let moves = Mutex::new((row.identity_version, Arc::default()));
        let path = paths.part(&name);
        let file = Arc::new(PartFile {
            row,
            path,
            lanes,
            dead: AtomicBool::new(false),
        });
        Self {
            file,
            run: OnceLock::new(),
            making: Mutex::new(()),
            reading: Mutex::new(()),
            asked: OnceLock::new(),
            external: OnceLock::new(),
            moves,
        }
    }

    /// What the catalog knows of it.
    pub(crate) fn row(&self) -> &PartRow {
        &self.file.row
    }

    /// The site.
    pub(crate) fn site(&self) -> SiteId {
        self.file.row.site
    }

    /// Its file.
    pub(crate) fn path(&self) -> &PathBuf {
        &self.file.path
    }

    /// Its lanes.
    pub(crate) fn lanes(&self) -> &LaneFolder {
        &self.file.lanes
    }

    /// Says that the catalog names it: its files stay.
    pub(crate) fn name(&self) {
        self.file.dead.store(false, Ordering::Release);
    }

    /// Says that the catalog names it no more, or not yet: its files go with the last reader.
    pub(crate) fn bury(&self) {
        self.file.dead.store(true, Ordering::Release);
    }

    /// Writes the lanes of a part that was just made. Lanes are a cache: a failure costs time.
    pub(crate) fn write_lanes(&self, written: &WrittenPart) -> Result<(), LaneError> {
        let lanes = &self.file.lanes;
        lanes.create()?;
        lanes.write_base(&written.run)?;
        let mut dimensions = BTreeSet::from(HOT);
        dimensions.extend(&written.asked.dimensions);
        let dimensions: Vec<Dimension> = dimensions.into_iter().collect();
        lanes.write_texts(&written.run, &dimensions)?;
        if let Some(made) = &written.properties {
            lanes.write_property_names(&written.run, &made.names)?;
            for (name, codes, texts) in made.lanes() {
                lanes.write_property(&written.run, name, (&codes, texts))?;
            }
        }
        if !written.external_ids.is_empty() {
            ExternalLane::write(lanes, &written.external_ids)?;
        }
        Ok(())
    }

    /// The columns that somebody asked for here, since the start or before.
    pub(crate) fn asked(&self) -> AskedColumns {
        let before = self.asked.get_or_init(|| self.file.lanes.asked());
        let mut asked = before.clone();
        if let Some(run) = self.run.get() {
            asked.add(run.asked());
        }
        asked
    }

    /// Whether its lanes are mapped.
    pub(crate) fn has_run(&self) -> bool {
        self.run.get().is_some()
    }

    /// Its lanes, mapped; made anew when they are missing or broken.
    pub(crate) fn run(&self) -> Result<Arc<Run>, PartError> {
        if let Some(run) = self.run.get() {
            return Ok(Arc::clone(run));
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = self.run.get() {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(match self.mapped() {
            Ok(run) => run,
            Err(error) => {
                tracing::info!(part = self.file.row.id, %error, "lanes are made anew");
                self.remade()?
            }
        });
        Ok(Arc::clone(self.run.get_or_init(|| run)))
    }

    fn mapped(&self) -> Result<Run, LaneError> {
        let row = &self.file.row;
        let run = self
            .file
            .lanes
            .open_run(row.shard, Some(Box::new(self.maker())))?;
        if run.len() as u64 != row.rows {
            return Err(LaneError::Corrupt {
                path: self.file.lanes.folder.clone(),
                what: "it has another number of rows than its part",
            });
        }
        Ok(run)
    }

    pub(super) fn maker(&self) -> Maker {
        Maker {
            file: Arc::clone(&self.file),
            together: Together::DEFAULT,
        }
    }

    /// Makes all lanes from the part. When they cannot be written, they stay in memory.
    fn remade(&self) -> Result<Run, PartError> {
        let mut run = self.maker().run()?;
        let lanes = &self.file.lanes;
        let written = lanes
            .create()
            .and_then(|()| lanes.write_base(&run))
            .and_then(|()| lanes.write_texts(&run, &HOT))
            .and_then(|()| self.mapped());
        Ok(written.unwrap_or_else(|_| {
            run.maker = Some(Box::new(self.maker()));
            run
        }))
    }

    /// All its rows, in its order.
    pub(crate) fn rows(&self) -> Result<RowReader, PartError> {
        RowReader::all(self.file.open()?)
    }

    /// Some of its rows, by ascending number.
    pub(crate) fn some_rows(&self, rows: &[usize]) -> Result<RowReader, PartError> {
        RowReader::some(self.file.open()?, rows)
    }

    /// Visits some of its rows, by ascending number, as [`Self::some_rows`] gives them: what lanes
    /// have comes from these, and only the rest from the file.
    pub(crate) fn look_up(
        &self,
        rows: &[usize],
        mut visit: impl FnMut(StoredEvent),
    ) -> Result<(), PartError> {
        let run = self.run()?;
        let lanes = RowLanes::of(&run)?;
        let mut read = RowReader::some_without(self.file.open()?, rows, lanes.spared())?;
        for &row in rows {
            let mut event = read.next().ok_or(PartError::Column {
                name: "received_at",
            })??;
            lanes.tell(&mut event, row);
            visit(event);
        }
        Ok(())
    }

    /// The rows of whoever has a row, in the order of time.
    pub(crate) fn stretch_of(&self, row: usize) -> Result<Range<usize>, PartError> {
        let run = self.run()?;
        let place = place_of(run.offsets(), row);
        let at = |place: usize| run.offsets()[place] as usize;
        Ok(at(place)..at(place + 1))
    }

    /// To be held while rows of it are read that are kept.
    pub(crate) fn reading(&self) -> MutexGuard<'_, ()> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the catalog names it no more, or not yet.
    pub(crate) fn is_dead(&self) -> bool {
        self.file.dead.load(Ordering::Acquire)
    }

    /// Whether it has an event with this outside id.
    pub(crate) fn has_external(&self, id: u128) -> Result<bool, PartError> {
        if self.file.row.external_ids == 0 {
            return Ok(false);
        }
        if let Some(lane) = self.external.get() {
            return Ok(lane.contains(id));
        }
        let lane = match ExternalLane::open(&self.file.lanes) {
            Ok(lane) => lane,
            Err(_) => ExternalLane::make(&self.file.lanes, external_ids(self.file.open()?)?),
        };
        Ok(self.external.get_or_init(|| lane).contains(id))
    }

    /// The visitors that moved since it was sorted, at `version` of the ledger. `since` gives
    /// the moves of a run from one version to another.
    pub(crate) fn moves(
        &self,
        version: u64,
        since: impl FnOnce(u64) -> Vec<Move>,
    ) -> Arc<Vec<Move>> {
        let mut known = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != version {
            *known = (version, Arc::new(since(self.file.row.identity_version)));
        }
        Arc::clone(&known.1)
    }

    /// BLAKE3 of the file as it lies there.
    pub(crate) fn checksum_on_disk(&self) -> std::io::Result<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(std::fs::File::open(&self.file.path)?)?;
        Ok(*hasher.finalize().as_bytes())
    }
}
