//! Parts: what goes in comes out, what is broken is noticed, lanes may go at any moment.

use std::sync::Arc;

use hitmetrix_model::{Dimension, ExternalId, SiteId};

use super::checked::block_checksums;
use super::*;
use crate::StoredEvent;
use crate::catalog::PartRow;
use crate::lanes::samples::{MONDAY_MS, event};
use crate::lanes::{AskedColumns, RowsOf, Run};
use crate::paths::{PartName, Paths};

fn rows() -> Vec<StoredEvent> {
    let mut rows: Vec<StoredEvent> = (0..20_000u128)
        .map(|n| {
            let mut row = event(
                n % 3000,
                MONDAY_MS + (n as i64 * 7919) % 600_000_000,
                n / 3,
                n as u32 % 5,
            );
            if n % 10 == 0 {
                row.event.external = Some(ExternalId(n * 7));
            }
            row
        })
        .collect();
    rows.sort_by(StoredEvent::order);
    rows
}

pub(super) async fn put(paths: &Paths, rows: &[StoredEvent]) -> Part {
    put_by(paths, rows, PartWriter::new(1, 9).unwrap()).await
}

/// The same with lanes that are asked for.
pub(super) async fn put_making(
    paths: &Paths,
    rows: &[StoredEvent],
    asked: Arc<AskedColumns>,
) -> Part {
    put_by(paths, rows, PartWriter::new(1, 9).unwrap().making(asked)).await
}

async fn put_by(paths: &Paths, rows: &[StoredEvent], mut writer: PartWriter) -> Part {
    for row in rows {
        writer.push(row.by_ref()).unwrap();
    }
    let written = writer.finish().unwrap();
    let name = PartName {
        id: 5,
        site: SiteId(1),
        week_ms: MONDAY_MS,
        shard: 1,
    };
    let (first_ms, last_ms) = written.run.span_ms();
    let row = PartRow {
        id: name.id,
        site: name.site,
        week_ms: name.week_ms,
        shard: name.shard,
        rows: rows.len() as u64,
        bytes: written.file.len() as u64,
        first_ms,
        last_ms,
        external_ids: written.external_ids.len() as u64,
        identity_version: 9,
        created_at_ms: 0,
        checksum: *blake3::hash(&written.file).as_bytes(),
        block_checksums: block_checksums(&written.file),
    };
    PartFiles::local(paths)
        .unwrap()
        .put(&name, written.file.clone())
        .await
        .unwrap();
    let part = Part::new(row, paths);
    part.write_lanes(&written).unwrap();
    part
}

fn texts(part: &Part, dimension: Dimension) -> Vec<String> {
    let run = part.run().unwrap();
    let column = run.column(dimension).unwrap();
    (0..run.len())
        .map(|row| column.get(row).to_owned())
        .collect()
}

#[tokio::test]
async fn part_gives_back_every_row_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let rows = rows();
    let part = put(&paths, &rows).await;
    let read: Vec<StoredEvent> = part.rows().unwrap().map(Result::unwrap).collect();
    assert_eq!(read, rows);
    let some = [0, 3, 4, 11_000, 19_999];
    let read: Vec<StoredEvent> = part.some_rows(&some).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, some.map(|row| rows[row].clone()));
    assert!(part.has_external(70).unwrap());
    assert!(!part.has_external(71).unwrap());
    assert_eq!(part.checksum_on_disk().unwrap(), part.row().checksum);
}

#[tokio::test]
async fn rows_that_lanes_tell_are_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let rows = rows();
    let part = put(&paths, &rows).await;
    let looked_up = |part: &Part, wanted: &[usize]| {
        let mut found = Vec::new();
        part.look_up(wanted, |row| found.push(row)).unwrap();
        found
    };
    let some = [0, 1, 4, 4095, 4096, 11_000, 19_999];
    let expected: Vec<StoredEvent> = some.iter().map(|&row| rows[row].clone()).collect();
    assert_eq!(looked_up(&part, &some), expected, "with few lanes");
    for dimension in Dimension::ALL {
        let _ = part.run().unwrap().column(dimension);
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    assert_eq!(looked_up(&part, &all), rows, "with all lanes");
    for (row, event) in rows.iter().enumerate().step_by(997) {
        let stretch = part.stretch_of(row).unwrap();
        assert!(stretch.contains(&row));
        let is_theirs = |one: &StoredEvent| one.person == event.person;
        assert!(rows[stretch.clone()].iter().all(is_theirs));
        assert_eq!(
            stretch.len(),
            rows.iter().filter(|one| is_theirs(one)).count()
        );
    }
    assert!(part.look_up(&[rows.len()], |_| ()).is_err());
}

#[tokio::test]
async fn lanes_may_be_deleted_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let part = put(&paths, &rows()).await;
    let (pages, countries) = (
        texts(&part, Dimension::Page),
        texts(&part, Dimension::Country),
    );
    let run = part.run().unwrap();

    std::fs::remove_dir_all(&part.lanes().folder).unwrap();
    assert_eq!(texts(&part, Dimension::Page), pages, "what is mapped stays");
    assert_eq!(
        texts(&part, Dimension::Browser).len(),
        pages.len(),
        "what is not is made"
    );
    let again = Part::new(part.row().clone(), &paths);
    assert_eq!(texts(&again, Dimension::Country), countries);
    assert_eq!(again.run().unwrap().times(), run.times());
    assert!(again.has_external(70).unwrap());

    std::fs::write(part.lanes().path("times"), b"nonsense").unwrap();
    std::fs::write(part.lanes().path("text_country"), b"nonsense").unwrap();
    let again = Part::new(part.row().clone(), &paths);
    assert_eq!(texts(&again, Dimension::Country), countries);
    assert_eq!(
        again.run().unwrap().sessions().unwrap().ids.len(),
        run.sessions().unwrap().ids.len()
    );

    // Behind a run that is mapped already, and before anybody asked for the column.
    let late = Part::new(part.row().clone(), &paths).run().unwrap();
    std::fs::remove_dir_all(&part.lanes().folder).unwrap();
    let ids = |run: &Run| {
        let (sessions, windows) = (run.sessions().unwrap(), run.windows().unwrap());
        let rows = (0..run.len()).map(|row| (sessions.get(row), windows.get(row)));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(ids(&late), ids(&run));
    std::fs::write(part.lanes().path("sequences"), b"nonsense").unwrap();
    assert_eq!(late.sequences().unwrap(), run.sequences().unwrap());
    let shown = late.name_rows(RowsOf::Name(0)).unwrap();
    std::fs::remove_dir_all(&part.lanes().folder).unwrap();
    let again = Part::new(part.row().clone(), &paths).run().unwrap();
    assert_eq!(
        again.name_rows(RowsOf::Name(0)).unwrap().people(),
        shown.people()
    );
}

#[tokio::test]
async fn broken_part_is_never_read_as_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let rows = rows()[..200].to_vec();
    let part = put(&paths, &rows).await;
    let whole = std::fs::read(part.path()).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        std::fs::write(part.path(), broken).unwrap();
        let read: Result<Vec<StoredEvent>, _> =
            part.rows().and_then(|rows| rows.collect::<Result<_, _>>());
        assert!(read.is_err(), "byte {at}");
        assert_ne!(part.checksum_on_disk().unwrap(), part.row().checksum);
    }
    std::fs::remove_dir_all(&part.lanes().folder).unwrap();
    assert!(Part::new(part.row().clone(), &paths).run().is_err());
}

#[tokio::test]
async fn buried_part_goes_with_its_last_reader() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let part = Arc::new(put(&paths, &rows()).await);
    let path = part.path().clone();
    let run = part.run().unwrap();
    part.bury();
    drop(part);
    assert!(path.exists(), "a run still reads it");
    assert_eq!(run.column(Dimension::Language).unwrap().codes.len(), 20_000);
    drop(run);
    assert!(!path.exists());
    assert!(!paths.lanes_of(5).exists());
}

#[tokio::test]
async fn files_that_nobody_names_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let part = put(&paths, &rows()[..10]).await;
    assert!(orphans(&paths, |id| id == 5).unwrap().is_empty());
    let found = orphans(&paths, |_| false).unwrap();
    assert_eq!(found, [part.path().clone(), part.lanes().folder.clone()]);
}
