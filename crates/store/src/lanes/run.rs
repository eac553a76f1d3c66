//! One sorted run of events as columns: what a fold goes through.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use hitmetrix_model::{Dimension, PersonKey, VisitorId};

use super::LaneError;
use super::build::RunBuilder;
use super::columns::{IdLane, Ids, TextColumn, TextLane};
use super::name_rows::{KeptRows, NameRows, RowsOf};
use super::narrow::Narrow;
use super::properties::{PropertyNames, RunProperties};
use super::property_build::PropertyLimits;
use super::quarter_counts::QuarterCounts;
use crate::StoredEvent;
use crate::stored_event::{EventRef, sort};

/// Makes, from the part, a lane that nobody asked for before.
pub(crate) trait LaneMaker: Send + Sync {
    /// Maps the lane if it is there and sound, else makes it and maps it.
    fn text_lane(&self, run: &Run, dimension: Dimension) -> Result<TextLane, LaneError>;

    /// As [`Self::text_lane`], for one of the base lanes with numbers.
    fn numbers(&self, run: &Run, lane: NumberLane) -> Result<Narrow<u32>, LaneError>;

    /// As [`Self::text_lane`], for one of the base lanes with ids.
    fn ids(&self, run: &Run, lane: IdsLane) -> Result<IdLane, LaneError>;

    /// The names of the part's properties, from their lane or from the part.
    fn property_names(&self, run: &Run) -> Result<PropertyNames, LaneError>;

    /// As [`Self::text_lane`], for a property.
    fn property_lane(&self, run: &Run, name: &str) -> Result<TextLane, LaneError>;

    /// As [`Self::property_lane`], of several properties, in one pass over the part for several that
    /// have to be made; of `known` names only those. The names too, where they are not known. Columns
    /// that would take too much together are left out.
    fn properties(
        &self,
        run: &Run,
        known: Option<&PropertyNames>,
        wanted: &[&str],
    ) -> Result<PropertyLanes, LaneError>;

    /// As [`Self::text_lane`], for the rows of a name.
    fn name_rows(&self, run: &Run, wanted: RowsOf) -> Result<NameRows, LaneError>;
}

/// Properties of a part.
pub(crate) struct PropertyLanes {
    /// None where they were known.
    pub(crate) names: Option<PropertyNames>,
    /// By name.
    pub(crate) lanes: Vec<(Box<str>, TextLane)>,
}

/// The lanes that are written when a part is made. Who and when nearly every question asks; the
/// others are mapped when the first does.
#[derive(Debug)]
pub(crate) struct BaseLanes {
    pub(crate) persons: Narrow<u128>,
    pub(crate) offsets: Narrow<u32>,
    pub(crate) times: Narrow<u32>,
    pub(crate) sequences: OnceLock<Narrow<u32>>,
    pub(crate) windows: OnceLock<IdLane>,
    pub(crate) sessions: OnceLock<IdLane>,
    pub(crate) visitors: OnceLock<IdLane>,
    pub(crate) engaged_ms: OnceLock<Narrow<u32>>,
}

/// A base lane with numbers that is mapped when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberLane {
    Sequences,
    EngagedMs,
}

/// The same with ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdsLane {
    Windows,
    Sessions,
    Visitors,
}

impl NumberLane {
    pub(crate) const ALL: [Self; 2] = [Self::Sequences, Self::EngagedMs];

    /// Name of the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sequences => "sequences",
            Self::EngagedMs => "engaged_ms",
        }
    }
}

impl IdsLane {
    pub(crate) const ALL: [Self; 3] = [Self::Windows, Self::Sessions, Self::Visitors];

    /// Name of the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Sessions => "sessions",
            Self::Visitors => "visitors",
        }
    }
}

/// One sorted run of events of one site, one shard and one period of 7 days UTC: a part's
/// lanes, mapped, or a piece of the unsealed tail, in memory.
///
/// Rows are ordered by (person, time, window, sequence).
pub struct Run {
    pub(crate) shard: u16,
    pub(crate) start_ms: i64,
    pub(crate) span_ms: (i64, i64),
    pub(crate) base: BaseLanes,
    pub(crate) columns: [OnceLock<TextLane>; Dimension::ALL.len()],
    /// Names and columns of properties; a part's are made when somebody asks.
    pub(crate) properties: OnceLock<RunProperties>,
    /// Held while a lane is mapped or made: who comes second waits, and finds it. So no lane is
    /// made twice at once, and no two write the same file.
    pub(crate) making: Mutex<()>,
    /// Made when a visitor moved for the first time.
    pub(crate) visitors_sorted: OnceLock<Vec<u128>>,
    /// Made when first asked for; none inside where there are too many names.
    pub(crate) quarter_counts: OnceLock<Option<QuarterCounts>>,
    /// Made when a question about few names first asks.
    pub(crate) name_rows: KeptRows,
    pub(crate) maker: Option<Box<dyn LaneMaker>>,
}

/// Columns that somebody asked for, or will.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedColumns {
    /// Those of dimensions.
    pub dimensions: BTreeSet<Dimension>,
    /// Those of properties, by name.
    pub properties: BTreeSet<String>,
}

impl AskedColumns {
    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.dimensions.extend(other.dimensions);
        self.properties.extend(other.properties);
    }
}

impl Run {
    /// A run in memory. Sorts the rows; they must lie within 49 days, as all rows of one period
    /// do, because times are 32-bit offsets.
    ///
    /// # Panics
    /// When the rows span more than `u32::MAX` milliseconds.
    #[must_use]
    pub fn from_rows(shard: u16, rows: Vec<StoredEvent>) -> Self {
        Self::from_refs(shard, rows.iter().map(StoredEvent::by_ref).collect())
    }

    /// As [`Self::from_rows`].
    pub(crate) fn from_refs(shard: u16, mut rows: Vec<EventRef<'_>>) -> Self {
        sort(&mut rows);
        let mut builder = RunBuilder::new(shard).with_properties(PropertyLimits::DEFAULT);
        for row in rows {
            builder.push(row);
        }
        builder.finish()
    }

    /// The shard of all its persons at the time it was sorted.
    #[must_use]
    pub fn shard(&self) -> u16 {
        self.shard
    }

    /// How many events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times().len()
    }

    /// True without events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Times of the first and of the last event, both included; `(0, -1)` without events.
    #[must_use]
    pub fn span_ms(&self) -> (i64, i64) {
        self.span_ms
    }

    /// What [`Self::times`] count from: UTC, milliseconds since the epoch.
    #[must_use]
    pub fn start_ms(&self) -> i64 {
        self.start_ms
    }

    /// The persons under whom the run was sorted, ascending, each once.
    #[must_use]
    pub fn persons(&self) -> &[u128] {
        self.base.persons.as_slice()
    }

    /// Where each person's rows begin: one more than there are persons, the last is [`Self::len`].
    #[must_use]
    pub fn offsets(&self) -> &[u32] {
        self.base.offsets.as_slice()
    }

    /// The rows of a person under whom the run was sorted, in the order of time.
    pub(crate) fn rows_of(&self, person: PersonKey) -> Option<Range<usize>> {
        let place = self.persons().binary_search(&person.0).ok()?;
        let at = |place: usize| self.offsets()[place] as usize;
        Some(at(place)..at(place + 1))
    }

    /// Event times in milliseconds since [`Self::start_ms`].
    #[must_use]
    pub fn times(&self) -> &[u32] {
        self.base.times.as_slice()
    }

    /// Running numbers within the windows.
    ///
    /// # Errors
    /// When the lane can neither be mapped nor made again, as for all lanes below.
    pub fn sequences(&self) -> Result<&[u32], LaneError> {
        self.number_lane(NumberLane::Sequences)
            .map(Narrow::as_slice)
    }

    /// Page loads.
    ///
    /// # Errors
    /// See [`Self::sequences`].
    pub fn windows(&self) -> Result<Ids<'_>, LaneError> {
        self.id_lane(IdsLane::Windows).map(IdLane::ids)
    }

    /// Sessions.
    ///
    /// # Errors
    /// See [`Self::sequences`].
    pub fn sessions(&self) -> Result<Ids<'_>, LaneError> {
        self.id_lane(IdsLane::Sessions).map(IdLane::ids)
    }

    /// Visitors: a person has one or more.
    ///
    /// # Errors
    /// See [`Self::sequences`].
    pub fn visitors(&self) -> Result<Ids<'_>, LaneError> {
        self.id_lane(IdsLane::Visitors).map(IdLane::ids)
    }

    /// Property `engaged_ms` of `page_leave` events, 0 on all others.
    ///
    /// # Errors
    /// See [`Self::sequences`].
    pub fn engaged_ms(&self) -> Result<&[u32], LaneError> {
        self.number_lane(NumberLane::EngagedMs)
            .map(Narrow::as_slice)
    }

    /// One of the lanes with numbers that are not always mapped.
    pub(crate) fn number_lane(&self, lane: NumberLane) -> Result<&Narrow<u32>, LaneError> {
        let cell = match lane {
            NumberLane::Sequences => &self.base.sequences,
            NumberLane::EngagedMs => &self.base.engaged_ms,
        };
        if let Some(numbers) = cell.get() {
            return Ok(numbers);
        }
        let _making = self.making();
        if let Some(numbers) = cell.get() {
            return Ok(numbers);
        }
        let numbers = self.maker().numbers(self, lane)?;
        Ok(cell.get_or_init(|| numbers))
    }

    /// One of the lanes with ids.
    pub(crate) fn id_lane(&self, lane: IdsLane) -> Result<&IdLane, LaneError> {
        let cell = match lane {
            IdsLane::Windows => &self.base.windows,
            IdsLane::Sessions => &self.base.sessions,
            IdsLane::Visitors => &self.base.visitors,
        };
        if let Some(ids) = cell.get() {
            return Ok(ids);
        }
        let _making = self.making();
        if let Some(ids) = cell.get() {
            return Ok(ids);
        }
        let ids = self.maker().ids(self, lane)?;
        Ok(cell.get_or_init(|| ids))
    }

    /// Whether a visitor has events here; also where that cannot be read, because then nothing is
    /// lost by looking.
    pub(crate) fn has_visitor(&self, visitor: VisitorId) -> bool {
        let Ok(visitors) = self.visitors() else {
            return true;
        };
        let sorted = self.visitors_sorted.get_or_init(|| {
            let mut ids = visitors.ids.to_vec();
            ids.sort_unstable();
            ids
        });
        sorted.binary_search(&visitor.0).is_ok()
    }

    /// Whether the column of a dimension is at hand.
    #[must_use]
    pub fn has_column(&self, dimension: Dimension) -> bool {
        self.columns[dimension as usize].get().is_some()
    }

    /// The columns that somebody asked for: those that are at hand.
    pub(crate) fn asked(&self) -> AskedColumns {
        let dimensions = Dimension::ALL.into_iter();
        AskedColumns {
            dimensions: dimensions.filter(|one| self.has_column(*one)).collect(),
            properties: self.asked_properties().into_iter().collect(),
        }
    }

    /// The column of a dimension; made from the part when it is first asked for.
    ///
    /// # Errors
    /// [`LaneError::Derived`] for entry and exit pages, the others when the part cannot be read.
    pub fn column(&self, dimension: Dimension) -> Result<TextColumn<'_>, LaneError> {
        if dimension.is_derived() {
            return Err(LaneError::Derived { dimension });
        }
        let cell = &self.columns[dimension as usize];
        if let Some(lane) = cell.get() {
            return Ok(lane.column());
        }
        let _making = self.making();
        if let Some(lane) = cell.get() {
            return Ok(lane.column());
        }
        let lane = self.maker().text_lane(self, dimension)?;
        Ok(cell.get_or_init(|| lane).column())
    }

    /// To be held while a lane is mapped or made; not while another one is asked for.
    pub(super) fn making(&self) -> MutexGuard<'_, ()> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Run")
            .field("shard", &self.shard)
            .field("len", &self.len())
            .field("span_ms", &self.span_ms)
            .finish_non_exhaustive()
    }
}
