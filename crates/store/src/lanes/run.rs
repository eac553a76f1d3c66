//! One sorted run of events as columns: what a fold goes through.

use std::fmt;
use std::sync::{Mutex, OnceLock};

use hitmetrix_model::{Dimension, VisitorId};

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

    /// The names of the part's properties, from their lane or from the part.
    fn property_names(&self, run: &Run) -> Result<PropertyNames, LaneError>;

    /// As [`Self::text_lane`], for a property.
    fn property_lane(&self, run: &Run, name: &str) -> Result<TextLane, LaneError>;

    /// As [`Self::text_lane`], for the rows of a name.
    fn name_rows(&self, run: &Run, wanted: RowsOf) -> Result<NameRows, LaneError>;
}

/// The lanes that every run has from the beginning.
#[derive(Debug)]
pub(crate) struct BaseLanes {
    pub(crate) persons: Narrow<u128>,
    pub(crate) offsets: Narrow<u32>,
    pub(crate) times: Narrow<u32>,
    pub(crate) sequences: Narrow<u32>,
    pub(crate) windows: IdLane,
    pub(crate) sessions: IdLane,
    pub(crate) visitors: IdLane,
    pub(crate) engaged_ms: Narrow<u32>,
}

/// One of [`BaseLanes`], by the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaseLane {
    Persons,
    Times,
    Sequences,
    Windows,
    Sessions,
    Visitors,
    EngagedMs,
}

impl BaseLane {
    pub(crate) const ALL: [Self; 7] = [
        Self::Persons,
        Self::Times,
        Self::Sequences,
        Self::Windows,
        Self::Sessions,
        Self::Visitors,
        Self::EngagedMs,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Times => "times",
            Self::Sequences => "sequences",
            Self::Windows => "windows",
            Self::Sessions => "sessions",
            Self::Visitors => "visitors",
            Self::EngagedMs => "engaged_ms",
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
    /// Held while names or columns of properties are made from a part.
    pub(crate) making: Mutex<()>,
    /// Made when a visitor moved for the first time.
    pub(crate) visitors_sorted: OnceLock<Vec<u128>>,
    /// Made when first asked for; none inside where there are too many names.
    pub(crate) quarter_counts: OnceLock<Option<QuarterCounts>>,
    /// Made when a question about few names first asks.
    pub(crate) name_rows: KeptRows,
    pub(crate) maker: Option<Box<dyn LaneMaker>>,
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

    /// Event times in milliseconds since [`Self::start_ms`].
    #[must_use]
    pub fn times(&self) -> &[u32] {
        self.base.times.as_slice()
    }

    /// Running numbers within the windows.
    #[must_use]
    pub fn sequences(&self) -> &[u32] {
        self.base.sequences.as_slice()
    }

    /// Page loads.
    #[must_use]
    pub fn windows(&self) -> Ids<'_> {
        self.base.windows.ids()
    }

    /// Sessions.
    #[must_use]
    pub fn sessions(&self) -> Ids<'_> {
        self.base.sessions.ids()
    }

    /// Visitors: a person has one or more.
    #[must_use]
    pub fn visitors(&self) -> Ids<'_> {
        self.base.visitors.ids()
    }

    /// Property `engaged_ms` of `page_leave` events, 0 on all others.
    #[must_use]
    pub fn engaged_ms(&self) -> &[u32] {
        self.base.engaged_ms.as_slice()
    }

    /// Whether a visitor has events here.
    pub(crate) fn has_visitor(&self, visitor: VisitorId) -> bool {
        let sorted = self.visitors_sorted.get_or_init(|| {
            let mut ids = self.visitors().ids.to_vec();
            ids.sort_unstable();
            ids
        });
        sorted.binary_search(&visitor.0).is_ok()
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
        let lane = self.maker().text_lane(self, dimension)?;
        Ok(cell.get_or_init(|| lane).column())
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
