//! Runs: sorting, merging, files.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use hitmetrix_model::{Dimension, PersonKey};
use proptest::prelude::*;

use super::name_rows::{NAMES_KEPT, WRITTEN_EVENTS};
use super::samples::{MONDAY_MS, event};
use super::stored::LaneFolder;
use super::*;
use crate::StoredEvent;

/// Every row of a run, with all that lanes tell of it.
fn rows_of(run: &Run) -> Vec<String> {
    let mut rows = Vec::new();
    for (person, span) in run.persons().iter().zip(run.offsets().windows(2)) {
        for row in span[0] as usize..span[1] as usize {
            let texts: Vec<&str> = Dimension::ALL
                .into_iter()
                .filter(|dimension| !dimension.is_derived())
                .map(|dimension| run.column(dimension).unwrap().get(row))
                .collect();
            rows.push(format!(
                "{person} {} {} {} {} {} {} {texts:?}",
                run.start_ms() + i64::from(run.times()[row]),
                run.windows().unwrap().get(row),
                run.sequences().unwrap()[row],
                run.sessions().unwrap().get(row),
                run.visitors().unwrap().get(row),
                run.engaged_ms().unwrap()[row],
            ));
        }
    }
    rows
}

fn some_rows() -> Vec<StoredEvent> {
    (0..600u128)
        .map(|n| {
            event(
                n % 300,
                MONDAY_MS + (n as i64 * 7919) % 600_000_000,
                n / 3,
                n as u32 % 5,
            )
        })
        .collect()
}

#[test]
fn run_is_sorted_by_person_time_window_sequence() {
    let run = Run::from_rows(
        2,
        vec![
            event(9, MONDAY_MS + 5, 1, 0),
            event(3, MONDAY_MS + 7, 2, 1),
            event(3, MONDAY_MS + 7, 2, 0),
            event(3, MONDAY_MS + 7, 1, 9),
            event(3, MONDAY_MS + 6, 8, 2),
        ],
    );
    assert_eq!(run.shard(), 2);
    assert_eq!(run.persons(), [3, 9]);
    assert_eq!(run.offsets(), [0, 4, 5]);
    assert_eq!(run.sequences().unwrap(), [2, 9, 0, 1, 0]);
    assert_eq!(run.times(), [1, 2, 2, 2, 0]);
    assert_eq!(run.start_ms(), MONDAY_MS + 5);
    assert_eq!(run.span_ms(), (MONDAY_MS + 5, MONDAY_MS + 7));
    assert_eq!(run.engaged_ms().unwrap(), [1500, 0, 0, 0, 0]);
    assert_eq!(run.visitors().unwrap().get(4), 9);
    assert_eq!(run.column(Dimension::Event).unwrap().get(0), "page_leave");
    assert_eq!(run.column(Dimension::Country).unwrap().get(0), "FR");
    assert!(matches!(
        run.column(Dimension::EntryPage),
        Err(LaneError::Derived { .. })
    ));
}

#[test]
fn empty_run_has_no_persons_and_one_offset() {
    let run = Run::from_rows(0, Vec::new());
    assert!(run.is_empty());
    assert!(run.persons().is_empty());
    assert_eq!(run.offsets(), [0]);
    assert_eq!(run.span_ms(), (0, -1));
    assert!(run.column(Dimension::Page).unwrap().texts.is_empty());
}

#[test]
fn codes_are_as_narrow_as_the_dictionary_allows() {
    let run = Run::from_rows(0, some_rows());
    assert!(matches!(
        run.column(Dimension::Country).unwrap().codes,
        Codes::U8(_)
    ));
    assert!(matches!(run.visitors().unwrap().codes, Codes::U16(_)));
    let many = (0..70_000u128).map(|n| event(n, MONDAY_MS, n, 0)).collect();
    assert!(matches!(
        Run::from_rows(0, many).visitors().unwrap().codes,
        Codes::U32(_)
    ));
}

#[test]
fn shards_are_even_and_never_change() {
    let mut counts = [0u32; SHARDS as usize];
    for person in 0..4000u128 {
        counts[usize::from(shard_of(PersonKey(person)))] += 1;
    }
    assert!(counts.iter().all(|&count| count > 900), "{counts:?}");
    let shards = [1, 2, 3, u128::MAX, 1 << 77].map(|person| shard_of(PersonKey(person)));
    assert_eq!(
        shards,
        [1, 2, 1, 3, 0],
        "a changed shard_of would lose persons"
    );
}

#[test]
fn lanes_read_back_from_files_are_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().join("a"),
        part: [7; 16],
    };
    let run = Run::from_rows(1, some_rows());
    lanes.create().unwrap();
    lanes.write_base(&run).unwrap();
    lanes.write_texts(&run, &Dimension::ALL).unwrap();
    let mut mapped = lanes.open_run(1, None).unwrap();
    for dimension in Dimension::ALL
        .into_iter()
        .filter(|dimension| !dimension.is_derived())
    {
        mapped.columns[dimension as usize] =
            lanes.open_text(dimension, mapped.len()).unwrap().into();
    }
    let (base, rows) = (&mut mapped.base, run.len());
    base.sequences = lanes
        .open_numbers(NumberLane::Sequences, rows)
        .unwrap()
        .into();
    base.engaged_ms = lanes
        .open_numbers(NumberLane::EngagedMs, rows)
        .unwrap()
        .into();
    base.windows = lanes.open_ids(IdsLane::Windows, rows).unwrap().into();
    base.sessions = lanes.open_ids(IdsLane::Sessions, rows).unwrap().into();
    base.visitors = lanes.open_ids(IdsLane::Visitors, rows).unwrap().into();
    assert_eq!(rows_of(&mapped), rows_of(&run));
    assert_eq!(
        (mapped.start_ms(), mapped.span_ms()),
        (run.start_ms(), run.span_ms())
    );
    assert!(lanes.verify().is_empty());
}

#[test]
fn every_flipped_byte_of_a_lane_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().to_owned(),
        part: [7; 16],
    };
    let run = Run::from_rows(1, some_rows()[..20].to_vec());
    lanes.write_texts(&run, &[Dimension::Page]).unwrap();
    let path = folder.path().join("text_page.lane");
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x10;
        std::fs::write(&path, broken).unwrap();
        assert!(lanes.open_text(Dimension::Page, 20).is_err(), "byte {at}");
    }
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(
            lanes.open_text(Dimension::Page, 20).is_err(),
            "cut at {length}"
        );
    }
}

#[test]
fn lane_of_another_part_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().to_owned(),
        part: [7; 16],
    };
    lanes.write_base(&Run::from_rows(1, some_rows())).unwrap();
    let other = LaneFolder {
        part: [8; 16],
        ..lanes
    };
    assert!(matches!(
        other.open_run(1, None),
        Err(LaneError::Corrupt { .. })
    ));
}

#[test]
fn a_lane_that_cannot_be_put_in_its_place_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().to_owned(),
        part: [7; 16],
    };
    std::fs::create_dir(lanes.path("text_page")).unwrap();
    let run = Run::from_rows(1, some_rows());
    assert!(lanes.write_texts(&run, &[Dimension::Page]).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Makes sessions, and is so slow that others ask meanwhile.
struct Slow {
    made: Arc<AtomicUsize>,
}

impl LaneMaker for Slow {
    fn ids(&self, _: &Run, _: IdsLane) -> Result<IdLane, LaneError> {
        self.made.fetch_add(1, Ordering::Relaxed);
        for _ in 0..10_000 {
            std::thread::yield_now();
        }
        let made = Run::from_rows(1, some_rows());
        Ok(made.base.sessions.into_inner().unwrap())
    }

    fn numbers(&self, _: &Run, _: NumberLane) -> Result<Narrow<u32>, LaneError> {
        panic!("nobody asks for it")
    }

    fn text_lane(&self, _: &Run, _: Dimension) -> Result<TextLane, LaneError> {
        panic!("nobody asks for it")
    }

    fn property_names(&self, _: &Run) -> Result<PropertyNames, LaneError> {
        panic!("nobody asks for it")
    }

    fn property_lane(&self, _: &Run, _: &str) -> Result<TextLane, LaneError> {
        panic!("nobody asks for it")
    }

    fn properties(
        &self,
        _: &Run,
        _: Option<&PropertyNames>,
        _: &[&str],
    ) -> Result<PropertyLanes, LaneError> {
        panic!("nobody asks for it")
    }

    fn name_rows(&self, _: &Run, _: RowsOf) -> Result<NameRows, LaneError> {
        panic!("nobody asks for it")
    }
}

#[test]
fn a_lane_that_several_ask_for_at_once_is_made_once() {
    let made = Arc::new(AtomicUsize::new(0));
    let mut run = Run::from_rows(1, some_rows());
    run.base.sessions = OnceLock::new();
    run.maker = Some(Box::new(Slow {
        made: Arc::clone(&made),
    }));
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| assert_eq!(run.sessions().unwrap().codes.len(), run.len()));
        }
    });
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

/// A run with as many events of each name as told.
fn run_of_names(names: &[(String, usize)]) -> Run {
    let mut rows = Vec::new();
    for (name, events) in names {
        for _ in 0..*events {
            let number = rows.len() as u32;
            let mut row = event(u128::from(number % 50), MONDAY_MS, 0, number);
            row.event.name.clone_from(name);
            rows.push(row);
        }
    }
    Run::from_rows(1, rows)
}

fn rows_of_name(run: &Run, name: &str) -> RowsOf {
    let names = run.column(Dimension::Event).unwrap();
    let code = names.texts.iter().position(|known| known == name);
    RowsOf::Name(code.unwrap() as u32)
}

#[test]
fn names_with_few_events_leave_no_lanes_behind() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().join("a"),
        part: [7; 16],
    };
    let names = [
        ("many", 20_000),
        ("enough", WRITTEN_EVENTS),
        ("few", WRITTEN_EVENTS - 1),
        ("one", 1),
    ];
    let run = run_of_names(&names.map(|(name, events)| (name.to_owned(), events)));
    for (name, events) in names {
        let rows = lanes.name_rows(&run, rows_of_name(&run, name)).unwrap();
        assert_eq!(rows.people().0.len(), events);
    }
    let files = std::fs::read_dir(&lanes.folder).unwrap();
    assert_eq!(files.count(), 2);
    assert!(lanes.verify().is_empty());
}

#[test]
fn rows_of_the_name_asked_for_last_are_at_hand() {
    let names = (0..=NAMES_KEPT).map(|name| (name.to_string(), 1));
    let run = run_of_names(&names.collect::<Vec<_>>());
    let rows = |name: usize| run.name_rows(rows_of_name(&run, &name.to_string()));
    for name in 0..=NAMES_KEPT {
        assert_eq!(rows(name).unwrap().people().0.len(), 1);
    }
    let last = rows(NAMES_KEPT).unwrap();
    assert!(Arc::ptr_eq(&last, &rows(NAMES_KEPT).unwrap()));
}

proptest! {
    #[test]
    fn any_split_into_runs_merges_to_the_same_run(
        order in Just((0..120usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in proptest::collection::vec(0..120usize, 0..6),
    ) {
        let rows = some_rows();
        let shuffled: Vec<StoredEvent> = order.iter().map(|&index| rows[index].clone()).collect();
        let mut cuts = cuts;
        cuts.extend([0, shuffled.len()]);
        cuts.sort_unstable();
        let runs: Vec<Arc<Run>> = cuts
            .windows(2)
            .map(|pair| Arc::new(Run::from_rows(0, shuffled[pair[0]..pair[1]].to_vec())))
            .collect();
        let merged = merge(0, &runs).unwrap();
        let whole = Run::from_rows(0, shuffled);
        prop_assert_eq!(rows_of(&merged), rows_of(&whole));
        prop_assert_eq!(merged.persons(), whole.persons());
        prop_assert_eq!(merged.span_ms(), whole.span_ms());
    }
}
