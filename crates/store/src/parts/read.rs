//! Reads a part: whole rows, some rows, or one column, never more than a batch in memory.

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMillisecondType, UInt16Type, UInt32Type};
use arrow_array::{Array, BooleanArray, FixedSizeBinaryArray, RecordBatch, StringArray};
use hitmetrix_model::{
    Context, Event, ExternalId, Mode, Origin, Page, PersonKey, Properties, Sender, SessionId,
    VisitorId, WindowId,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};

use super::PartError;
use super::checked::CheckedFile;
use super::schema::{FORMAT, FORMAT_KEY, IDS, TEXTS, mode_of, origin_of};
use crate::StoredEvent;
use crate::property_json::from_json;

const BATCH_ROWS: usize = 4096;
/// Columns that are for other readers alone: properties have the same.
const FOR_OTHERS: [&str; 3] = ["engaged_ms", "value", "currency"];

fn builder(file: CheckedFile) -> Result<ParquetRecordBatchReaderBuilder<CheckedFile>, PartError> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new_with_options(file, ArrowReaderOptions::new())?;
    let metadata = builder.metadata().file_metadata().key_value_metadata();
    let format = metadata
        .and_then(|entries| entries.iter().find(|entry| entry.key == FORMAT_KEY))
        .and_then(|entry| entry.value.clone());
    if format.as_deref() != Some(FORMAT) {
        return Err(PartError::Format {
            found: format.unwrap_or_default(),
        });
    }
    Ok(builder.with_batch_size(BATCH_ROWS))
}

/// Columns of a part that are not read, because lanes have the same: a dictionary of ids has to be
/// decoded whole, however few rows are wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Spared {
    /// Those of [`IDS`], times and sequences.
    pub(super) base: bool,
    /// Names of texts.
    pub(super) texts: Vec<&'static str>,
}

impl Spared {
    fn has(&self, name: &str) -> bool {
        let is_base = || {
            let mut ids = IDS.iter().map(|id| id.name);
            ids.any(|id| id == name) || name == "time" || name == "sequence"
        };
        self.texts.contains(&name) || self.base && is_base()
    }

    /// All columns but these.
    fn mask(&self, builder: &ParquetRecordBatchReaderBuilder<CheckedFile>) -> ProjectionMask {
        let fields = builder.schema().fields().iter();
        let kept = fields.map(|field| field.name().as_str());
        let kept = kept.filter(|name| !self.has(name) && !FOR_OTHERS.contains(name));
        ProjectionMask::columns(builder.parquet_schema(), kept)
    }
}

/// Rows of a part, in its order.
pub(crate) struct RowReader {
    batches: ParquetRecordBatchReader,
    rows: std::vec::IntoIter<StoredEvent>,
    spared: Spared,
}

impl RowReader {
    /// All rows.
    pub(crate) fn all(file: CheckedFile) -> Result<Self, PartError> {
        let builder = builder(file)?;
        let mask = Spared::default().mask(&builder);
        Ok(Self {
            batches: builder.with_projection(mask).build()?,
            rows: Vec::new().into_iter(),
            spared: Spared::default(),
        })
    }

    /// Only these rows, ascending; pages without one of them are not decoded.
    pub(crate) fn some(file: CheckedFile, rows: &[usize]) -> Result<Self, PartError> {
        Self::some_without(file, rows, Spared::default())
    }

    /// The same without some columns, which are as in a blank row.
    pub(super) fn some_without(
        file: CheckedFile,
        rows: &[usize],
        spared: Spared,
    ) -> Result<Self, PartError> {
        let builder = builder(file)?.with_row_selection(selection(rows));
        let mask = spared.mask(&builder);
        Ok(Self {
            batches: builder.with_projection(mask).build()?,
            rows: Vec::new().into_iter(),
            spared,
        })
    }
}

impl Iterator for RowReader {
    type Item = Result<StoredEvent, PartError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            let rows = match self.batches.next()? {
                Ok(batch) => rows_of(&batch, &self.spared),
                Err(error) => Err(error.into()),
            };
            match rows {
                Ok(rows) => self.rows = rows.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn selection(rows: &[usize]) -> RowSelection {
    let mut selectors = Vec::new();
    let mut next = 0;
    for &row in rows {
        if row > next {
            selectors.push(RowSelector::skip(row - next));
        }
        selectors.push(RowSelector::select(1));
        next = row + 1;
    }
    RowSelection::from(selectors)
}

/// Goes through one text column of a part.
pub(crate) fn each_text(
    file: CheckedFile,
    column: &'static str,
    mut visit: impl FnMut(&str),
) -> Result<(), PartError> {
    let builder = builder(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let texts = texts(&batch, column)?;
        for row in 0..texts.len() {
            visit(texts.value(row));
        }
    }
    Ok(())
}

/// The outside ids of a part's events, ascending.
pub(crate) fn external_ids(file: CheckedFile) -> Result<Vec<u128>, PartError> {
    let builder = builder(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["external_id"]);
    let mut found = Vec::new();
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let column = ids(&batch, "external_id")?;
        found.extend(
            (0..column.len())
                .filter(|&row| column.is_valid(row))
                .map(|row| id(column, row)),
        );
    }
    found.sort_unstable();
    Ok(found)
}

fn rows_of(batch: &RecordBatch, spared: &Spared) -> Result<Vec<StoredEvent>, PartError> {
    let mut rows: Vec<StoredEvent> = (0..batch.num_rows()).map(|_| blank()).collect();
    if !spared.base {
        base_of(batch, &mut rows)?;
    }
    for text in TEXTS.iter().filter(|text| !spared.has(text.name)) {
        let array = texts(batch, text.name)?;
        for (index, row) in rows.iter_mut().enumerate() {
            (text.set)(row).push_str(array.value(index));
        }
    }
    rest_of(batch, &mut rows)?;
    Ok(rows)
}

/// What stands in base lanes too.
fn base_of(batch: &RecordBatch, rows: &mut [StoredEvent]) -> Result<(), PartError> {
    for column in &IDS {
        let array = ids(batch, column.name)?;
        for (index, row) in rows.iter_mut().enumerate() {
            (column.set)(row, id(array, index));
        }
    }
    let times = times(batch, "time")?;
    let sequences = column(batch, "sequence")?
        .as_primitive_opt::<UInt32Type>()
        .ok_or(PartError::Column { name: "sequence" })?;
    for (index, row) in rows.iter_mut().enumerate() {
        row.event.time_ms = times.value(index);
        row.event.sequence = sequences.value(index);
    }
    Ok(())
}

/// The columns that are neither ids nor plain texts, and in no lane.
fn rest_of(batch: &RecordBatch, rows: &mut [StoredEvent]) -> Result<(), PartError> {
    let receipts = times(batch, "received_at")?;
    let externals = ids(batch, "external_id")?;
    let (origins, modes) = (texts(batch, "origin")?, texts(batch, "mode")?);
    let (widths, heights) = (
        pixels(batch, "screen_width_px")?,
        pixels(batch, "screen_height_px")?,
    );
    let (unverified, cut) = (flags(batch, "unverified")?, flags(batch, "cut")?);
    let properties = texts(batch, "properties")?;
    for (index, row) in rows.iter_mut().enumerate() {
        row.received_at_ms = receipts.value(index);
        row.origin = origin_of(origins.value(index)).ok_or(PartError::Column { name: "origin" })?;
        row.sender.mode = mode_of(modes.value(index)).ok_or(PartError::Column { name: "mode" })?;
        row.sender.context.screen_px = [widths.value(index), heights.value(index)];
        let event = &mut row.event;
        event.external = externals
            .is_valid(index)
            .then(|| ExternalId(id(externals, index)));
        event.unverified = unverified.value(index);
        event.cut = cut.value(index);
        event.properties =
            from_json(properties.value(index)).ok_or(PartError::Column { name: "properties" })?;
    }
    Ok(())
}

type Times = arrow_array::PrimitiveArray<TimestampMillisecondType>;
type Pixels = arrow_array::PrimitiveArray<UInt16Type>;

fn column<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a dyn Array, PartError> {
    batch
        .column_by_name(name)
        .map(|array| &**array)
        .ok_or(PartError::Column { name })
}

fn times<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a Times, PartError> {
    column(batch, name)?
        .as_primitive_opt()
        .ok_or(PartError::Column { name })
}

fn pixels<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a Pixels, PartError> {
    column(batch, name)?
        .as_primitive_opt()
        .ok_or(PartError::Column { name })
}

fn flags<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a BooleanArray, PartError> {
    column(batch, name)?
        .as_boolean_opt()
        .ok_or(PartError::Column { name })
}

fn texts<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a StringArray, PartError> {
    column(batch, name)?
        .as_string_opt()
        .ok_or(PartError::Column { name })
}

fn ids<'a>(
    batch: &'a RecordBatch,
    name: &'static str,
) -> Result<&'a FixedSizeBinaryArray, PartError> {
    column(batch, name)?
        .as_fixed_size_binary_opt()
        .filter(|array| array.value_length() == 16)
        .ok_or(PartError::Column { name })
}

fn id(array: &FixedSizeBinaryArray, row: usize) -> u128 {
    u128::from_be_bytes(array.value(row).try_into().expect("the width was checked"))
}

/// A row before its columns are filled in.
fn blank() -> StoredEvent {
    StoredEvent {
        received_at_ms: 0,
        origin: Origin::Browser,
        person: PersonKey(0),
        sender: Sender {
            visitor: VisitorId(0),
            session: SessionId(0),
            window: WindowId(0),
            mode: Mode::Cookieless,
            context: Context::default(),
        },
        event: Event {
            sender: 0,
            name: String::new(),
            time_ms: 0,
            sequence: 0,
            external: None,
            page: Page::default(),
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: String::new(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: Properties::new(),
        },
    }
}
