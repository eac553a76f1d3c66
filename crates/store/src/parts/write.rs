//! Makes a part: sorted rows in, a Parquet file and its lanes out, a few thousand rows at a time.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, FixedSizeBinaryBuilder, Float64Builder, StringBuilder,
    TimestampMillisecondBuilder, UInt16Builder, UInt32Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use hitmetrix_model::Value;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::PartError;
use super::schema::{
    FORMAT, FORMAT_KEY, IDENTITIES_KEY, IDS, TEXTS, mode_word, origin_word, schema,
};
use crate::lanes::{
    AskedColumns, MadeProperties, PropertiesOfPart, PropertyLimits, Run, RunBuilder,
};
use crate::property_json::to_json;
use crate::stored_event::EventRef;

/// Rows that are collected before they are handed to the encoder.
const BATCH_ROWS: usize = 8192;
/// Rows of a row group: each has dictionaries of its own, so that few large ones repeat little.
const ROW_GROUP_ROWS: usize = 1 << 20;
/// Rows of a page, which is compressed by itself and is what reading one row decodes. A page of
/// times, split into the streams of their bytes, gives zstd whole blocks that are alike.
const PAGE_ROWS: usize = 512 << 10;
/// Bytes of a page before it is compressed, where the rows do not end it earlier.
const PAGE_BYTES: usize = 4 << 20;
/// Random ids only repeat the row before: beyond 20,000 of them zstd finds nothing but loses
/// bytes to larger distances.
const ID_PAGE_BYTES: usize = 20_000 * 16;
/// Beyond it files get smaller by less than they take longer.
const ZSTD_LEVEL: i32 = 6;
/// For ids, where higher levels find matches by chance that take more than they save.
const ZSTD_LEVEL_IDS: i32 = 1;
/// Values that are shared by fewer rows than this holds are written as they are.
const DICTIONARY_BYTES: usize = 4 << 20;

/// A finished part, not yet on disk.
pub(crate) struct WrittenPart {
    /// The Parquet file.
    pub(crate) file: Vec<u8>,
    /// Its lanes, in memory.
    pub(crate) run: Run,
    /// Outside ids of its events, ascending.
    pub(crate) external_ids: Vec<u128>,
    /// Columns whose lanes are written with those that every part has.
    pub(crate) asked: Arc<AskedColumns>,
    /// Those of properties, and the names of all; none where nothing is asked.
    pub(crate) properties: Option<MadeProperties>,
}

/// A part that grows.
pub(crate) struct PartWriter {
    file: FileWriter,
    run: RunBuilder,
    external_ids: Vec<u128>,
    asked: Arc<AskedColumns>,
    properties: Option<PropertiesOfPart>,
}

impl PartWriter {
    /// A part of `shard`, sorted under a version of the ledger.
    pub(crate) fn new(shard: u16, identity_version: u64) -> Result<Self, PartError> {
        Ok(Self {
            file: FileWriter::new(identity_version)?,
            run: RunBuilder::new(shard),
            external_ids: Vec::new(),
            asked: Arc::default(),
            properties: None,
        })
    }

    /// The same with lanes that somebody asked for before: while the rows are at hand they cost little,
    /// and no question waits until they are made from the file.
    pub(crate) fn making(self, asked: Arc<AskedColumns>) -> Self {
        let limits = PropertyLimits::DEFAULT;
        let properties = PropertiesOfPart::new(&asked.properties, limits);
        Self {
            asked,
            properties: Some(properties),
            ..self
        }
    }

    /// Adds the next row in the order of [`crate::StoredEvent::order`].
    pub(crate) fn push(&mut self, row: EventRef<'_>) -> Result<(), PartError> {
        self.file.push(row)?;
        self.run.push(row);
        if let Some(properties) = &mut self.properties {
            properties.push(&row.event.properties);
        }
        self.external_ids.extend(row.event.external.map(|id| id.0));
        Ok(())
    }

    /// Closes the file.
    pub(crate) fn finish(mut self) -> Result<WrittenPart, PartError> {
        self.external_ids.sort_unstable();
        Ok(WrittenPart {
            file: self.file.finish()?,
            run: self.run.finish(),
            external_ids: self.external_ids,
            asked: self.asked,
            properties: self.properties.and_then(PropertiesOfPart::finish),
        })
    }
}

/// A Parquet file that grows. Unlike a part it may hold events of any span of time.
pub(crate) struct FileWriter {
    writer: ArrowWriter<Vec<u8>>,
    columns: Columns,
    rows: usize,
}

impl FileWriter {
    /// A file, sorted under a version of the ledger.
    pub(crate) fn new(identity_version: u64) -> Result<Self, PartError> {
        let properties = writer_properties(identity_version)?;
        Ok(Self {
            writer: ArrowWriter::try_new(Vec::new(), schema(), Some(properties))?,
            columns: Columns::new(),
            rows: 0,
        })
    }

    /// Adds the next row in the order of [`crate::StoredEvent::order`].
    pub(crate) fn push(&mut self, row: EventRef<'_>) -> Result<(), PartError> {
        self.columns.push(row);
        self.rows += 1;
        if self.rows.is_multiple_of(BATCH_ROWS) {
            self.flush()?;
        }
        Ok(())
    }

    /// Closes the file.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, PartError> {
        self.flush()?;
        Ok(self.writer.into_inner()?)
    }

    fn flush(&mut self) -> Result<(), PartError> {
        let batch = self.columns.take()?;
        if batch.num_rows() > 0 {
            self.writer.write(&batch)?;
        }
        Ok(())
    }
}

fn zstd(level: i32) -> Result<Compression, PartError> {
    Ok(Compression::ZSTD(ZstdLevel::try_new(level)?))
}

fn writer_properties(identity_version: u64) -> Result<WriterProperties, PartError> {
    let metadata = vec![
        KeyValue::new(FORMAT_KEY.to_owned(), FORMAT.to_owned()),
        KeyValue::new(IDENTITIES_KEY.to_owned(), identity_version.to_string()),
    ];
    let mut properties = WriterProperties::builder()
        .set_compression(zstd(ZSTD_LEVEL)?)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(metadata));
    // Within a person they ascend and between persons they jump: deltas would be as wide as the
    // jumps, while the upper bytes of neighbours are alike.
    for name in ["time", "sequence"] {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT);
    }
    // The events of a batch share it, so that zstd finds the whole number again.
    let received_at = ColumnPath::from("received_at");
    properties = properties
        .set_column_dictionary_enabled(received_at.clone(), false)
        .set_column_encoding(received_at, Encoding::PLAIN);
    for name in IDS.iter().map(|id| id.name).chain(["external_id"]) {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_compression(column.clone(), zstd(ZSTD_LEVEL_IDS)?)
            .set_column_data_page_size_limit(column, ID_PAGE_BYTES);
    }
    Ok(properties.build())
}

/// Columns of the rows that were not handed to the encoder yet, in the order of [`schema`].
struct Columns {
    ids: [FixedSizeBinaryBuilder; IDS.len()],
    time: TimestampMillisecondBuilder,
    received_at: TimestampMillisecondBuilder,
    sequence: UInt32Builder,
    external_id: FixedSizeBinaryBuilder,
    origin: StringBuilder,
    mode: StringBuilder,
    texts: Vec<StringBuilder>,
    screen_px: [UInt16Builder; 2],
    unverified: BooleanBuilder,
    cut: BooleanBuilder,
    engaged_ms: UInt32Builder,
    value: Float64Builder,
    currency: StringBuilder,
    properties: StringBuilder,
}

impl Columns {
    fn new() -> Self {
        let id = || FixedSizeBinaryBuilder::new(16);
        let time = || TimestampMillisecondBuilder::new().with_timezone("UTC");
        Self {
            ids: std::array::from_fn(|_| id()),
            time: time(),
            received_at: time(),
            sequence: UInt32Builder::new(),
            external_id: id(),
            origin: StringBuilder::new(),
            mode: StringBuilder::new(),
            texts: TEXTS.iter().map(|_| StringBuilder::new()).collect(),
            screen_px: std::array::from_fn(|_| UInt16Builder::new()),
            unverified: BooleanBuilder::new(),
            cut: BooleanBuilder::new(),
            engaged_ms: UInt32Builder::new(),
            value: Float64Builder::new(),
            currency: StringBuilder::new(),
            properties: StringBuilder::new(),
        }
    }

    fn push(&mut self, row: EventRef<'_>) {
        const WIDTH: &str = "ids are 16 bytes";
        for (builder, column) in self.ids.iter_mut().zip(&IDS) {
            builder
                .append_value((column.get)(row).to_be_bytes())
                .expect(WIDTH);
        }
        self.time.append_value(row.event.time_ms);
        self.received_at.append_value(row.received_at_ms);
        self.sequence.append_value(row.event.sequence);
        match row.event.external {
            Some(id) => self.external_id.append_value(id.to_bytes()).expect(WIDTH),
            None => self.external_id.append_null(),
        }
        self.origin.append_value(origin_word(row.origin));
        self.mode.append_value(mode_word(row.sender.mode));
        for (builder, text) in self.texts.iter_mut().zip(TEXTS) {
            builder.append_value((text.get)(row));
        }
        for (builder, pixels) in self.screen_px.iter_mut().zip(row.sender.context.screen_px) {
            builder.append_value(pixels);
        }
        self.unverified.append_value(row.event.unverified);
        self.cut.append_value(row.event.cut);
        let properties = &row.event.properties;
        self.engaged_ms
            .append_option(number(properties.get("engaged_ms")).map(|ms| ms as u32));
        self.value.append_option(number(properties.get("value")));
        self.currency
            .append_option(match properties.get("currency") {
                Some(Value::Text(currency)) => Some(currency),
                _ => None,
            });
        self.properties.append_value(to_json(properties));
    }

    fn take(&mut self) -> Result<RecordBatch, PartError> {
        let mut arrays: Vec<ArrayRef> = self
            .ids
            .iter_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef)
            .collect();
        arrays.push(Arc::new(self.time.finish()));
        arrays.push(Arc::new(self.received_at.finish()));
        arrays.push(Arc::new(self.sequence.finish()));
        arrays.push(Arc::new(self.external_id.finish()));
        arrays.push(Arc::new(self.origin.finish()));
        arrays.push(Arc::new(self.mode.finish()));
        arrays.extend(
            self.texts
                .iter_mut()
                .map(|builder| Arc::new(builder.finish()) as ArrayRef),
        );
        arrays.extend(
            self.screen_px
                .iter_mut()
                .map(|builder| Arc::new(builder.finish()) as ArrayRef),
        );
        arrays.push(Arc::new(self.unverified.finish()));
        arrays.push(Arc::new(self.cut.finish()));
        arrays.push(Arc::new(self.engaged_ms.finish()));
        arrays.push(Arc::new(self.value.finish()));
        arrays.push(Arc::new(self.currency.finish()));
        arrays.push(Arc::new(self.properties.finish()));
        Ok(RecordBatch::try_new(schema(), arrays)?)
    }
}

fn number(value: Option<&Value>) -> Option<f64> {
    match value {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}
