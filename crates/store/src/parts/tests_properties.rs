//! Properties of a part: its lanes say what its events say, whatever becomes of the lanes.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use hitmetrix_model::{Dimension, Properties, Value, limits};
use proptest::prelude::*;

use super::maker::Together;
use super::tests::{put, put_making};
use super::*;
use crate::StoredEvent;
use crate::lanes::samples::{
    MONDAY_MS, event, properties_expected, properties_of, rows_with_properties,
};
use crate::lanes::{AskedColumns, LaneMaker};
use crate::paths::Paths;

fn rows() -> Vec<StoredEvent> {
    let rows = (0..3000u32).map(|n| {
        let mut row = event(u128::from(n / 10), MONDAY_MS, 1, n);
        row.event.properties = match n % 3 {
            0 => Properties::new(),
            1 => Properties::from([("price".to_owned(), Value::Number(f64::from(n) / 8.0))]),
            _ => Properties::from([
                ("plan".to_owned(), Value::Text(format!("p{}", n % 5))),
                ("price".to_owned(), Value::Text("on request".to_owned())),
            ]),
        };
        row
    });
    rows.collect()
}

fn lane_files(part: &Part) -> Vec<PathBuf> {
    let entries = fs::read_dir(&part.lanes().folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let of_properties = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("propert")
    };
    paths.filter(of_properties).collect()
}

#[tokio::test]
async fn lanes_of_properties_may_be_deleted_or_broken_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let rows = rows();
    let expected = properties_expected(&rows);
    let part = put(&paths, &rows).await;
    let run = part.run().unwrap();
    assert_eq!(properties_of(&run), expected);
    assert_eq!(lane_files(&part).len(), 3, "the names and two properties");

    fs::remove_dir_all(&part.lanes().folder).unwrap();
    assert_eq!(properties_of(&run), expected, "what is mapped stays");
    let again = Part::new(part.row().clone(), &paths);
    assert_eq!(properties_of(&again.run().unwrap()), expected);

    for path in lane_files(&again) {
        fs::write(path, b"nonsense").unwrap();
    }
    let again = Part::new(part.row().clone(), &paths);
    assert_eq!(properties_of(&again.run().unwrap()), expected);
    assert!(again.lanes().verify().is_empty(), "made anew");

    let half = &lane_files(&again)[..2];
    half.iter().for_each(|path| fs::remove_file(path).unwrap());
    let again = Part::new(part.row().clone(), &paths);
    assert_eq!(properties_of(&again.run().unwrap()), expected);
}

/// The files of lanes by name, and what is in them.
fn contents(part: &Part) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(&part.lanes().folder).unwrap();
    let files = entries.map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    });
    files.collect()
}

#[tokio::test]
async fn lanes_that_are_written_with_a_part_are_those_that_would_be_made() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rows = rows();
    let later = put(&Paths::new(one.path()), &rows).await;
    for name in ["plan", "price", "never"] {
        let _ = later.run().unwrap().property(name).unwrap();
    }
    for dimension in [Dimension::Title, Dimension::Country] {
        later.run().unwrap().column(dimension).unwrap();
    }
    let asked = later.asked();
    assert_eq!(asked.properties.len(), 2);
    let ahead = AskedColumns {
        dimensions: asked.dimensions.clone(),
        properties: ["never", "plan", "price"].map(str::to_owned).into(),
    };
    let at_once = put_making(&Paths::new(other.path()), &rows, Arc::new(ahead)).await;
    assert_eq!(contents(&at_once), contents(&later));
    assert_eq!(at_once.asked(), asked, "known from its folder");
}

#[tokio::test]
async fn lanes_that_are_made_together_are_those_that_are_made_one_by_one() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rows = rows();
    let each = put(&Paths::new(one.path()), &rows).await;
    for name in ["plan", "price", "never"] {
        let _ = each.run().unwrap().property(name).unwrap();
    }
    let paths = Paths::new(other.path());
    let together = put(&paths, &rows).await;
    let names = ["never", "plan", "price"];
    // What is missing or broken of them is made, whatever is there and known already.
    for gone in [&[][..], &["plan"], &["plan", "price"], &["price"]] {
        let again = Part::new(together.row().clone(), &paths);
        for name in gone {
            fs::write(again.lanes().property_path(name), b"nonsense").unwrap();
        }
        let run = again.run().unwrap();
        assert!(run.waits_for(&names));
        run.make_properties(&names).unwrap();
        assert!(!run.waits_for(&names));
        assert_eq!(properties_of(&run), properties_expected(&rows));
        assert_eq!(contents(&again), contents(&each));
    }
    let run = Part::new(together.row().clone(), &paths).run().unwrap();
    assert_eq!(run.property_names().unwrap().len(), 2, "known before");
    run.make_properties(&["price"]).unwrap();
    assert_eq!(run.asked().properties.len(), 1, "nothing but what is asked");
    fs::remove_file(together.path()).unwrap();
    assert!(run.make_properties(&names).is_ok(), "mapped, not made");
    let lost = Part::new(together.row().clone(), &paths);
    fs::remove_dir_all(&lost.lanes().folder).unwrap();
    assert!(lost.run().is_err());
}

#[tokio::test]
async fn lanes_of_many_properties_are_made_by_several_passes_that_take_so_much() {
    let mut rows = rows();
    for (n, row) in rows.iter_mut().enumerate() {
        let some = (0..20).filter(|name| n % (name + 20) == 0);
        let some = some.map(|name| (format!("some {name:02}"), Value::Number(n as f64)));
        row.event.properties.extend(some);
        let long = format!("{n} {}", "x".repeat(300));
        row.event
            .properties
            .extend([("long".to_owned(), Value::Text(long))]);
    }
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let each = put(&Paths::new(one.path()), &rows).await;
    let expected = properties_expected(&rows);
    assert_eq!(properties_of(&each.run().unwrap()), expected);
    let seen = each.run().unwrap().property_names().unwrap().to_vec();
    let mut names: Vec<&str> = seen.iter().map(|seen| &*seen.name).collect();
    names.extend(["never", "some 07"]);
    assert!(names.len() > 2 * limits::LANES_TOGETHER);

    let paths = Paths::new(other.path());
    let part = put(&paths, &rows).await;
    let made = |together| {
        let _ = fs::remove_dir_all(&part.lanes().folder);
        let again = Part::new(part.row().clone(), &paths);
        let run = again.run().unwrap();
        let mut maker = again.maker();
        maker.together = together;
        let made = maker.properties(&run, None, &names).unwrap();
        assert_eq!(made.names.unwrap().seen, seen);
        let made = made.lanes.into_iter().map(|(name, lane)| {
            let codes = lane.column().codes;
            let codes: Vec<u32> = (0..run.len()).map(|row| codes.get(row)).collect();
            let texts: Vec<String> = lane.column().texts.iter().map(str::to_owned).collect();
            (name.into_string(), (codes, texts))
        });
        let made: BTreeMap<_, _> = made.collect();
        (made, again)
    };
    let (whole, again) = made(Together {
        names: usize::MAX,
        bytes: usize::MAX,
    });
    assert!(seen.iter().all(|seen| whole.contains_key(&seen.name)));
    assert_eq!(contents(&again), contents(&each));
    let (by_three, again) = made(Together {
        names: 3,
        bytes: usize::MAX,
    });
    assert!(
        seen.iter()
            .all(|seen| by_three[&seen.name] == whole[&seen.name])
    );
    assert_eq!(contents(&again), contents(&each));

    // Three thousand long texts are about two million bytes, and all others less than a tenth.
    let (within, again) = made(Together {
        names: usize::MAX,
        bytes: 400_000,
    });
    let given_up = seen.iter().filter(|seen| !within.contains_key(&seen.name));
    let given_up: Vec<&str> = given_up.map(|seen| &*seen.name).collect();
    assert_eq!(given_up, ["long"]);
    assert!(
        within
            .iter()
            .all(|(name, lane)| whole.get(name) == Some(lane))
    );
    assert_eq!(properties_of(&again.run().unwrap()), expected);
    assert_eq!(contents(&again), contents(&each));

    // A single one is whole, whatever it takes.
    let (alone, _) = made(Together { names: 1, bytes: 1 });
    assert!(
        seen.iter()
            .all(|seen| alone[&seen.name] == whole[&seen.name])
    );
    let run = Part::new(part.row().clone(), &paths).run().unwrap();
    run.make_properties(&names).unwrap();
    assert!(!run.waits_for(&names));
    assert_eq!(properties_of(&run), expected);
}

#[tokio::test]
async fn lanes_that_cannot_be_written_stay_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let rows = rows();
    let part = put(&paths, &rows).await;
    let run = part.run().unwrap();
    fs::remove_dir_all(&part.lanes().folder).unwrap();
    fs::write(&part.lanes().folder, b"in the way").unwrap();
    assert_eq!(properties_of(&run), properties_expected(&rows));
    let again = Part::new(part.row().clone(), &paths);
    let run = again.run().unwrap();
    assert_eq!(properties_of(&run), properties_expected(&rows));
}

#[tokio::test]
async fn property_that_a_part_does_not_have_costs_no_look_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let part = put(&paths, &rows()).await;
    assert_eq!(part.run().unwrap().property_names().unwrap().len(), 2);

    fs::remove_file(part.path()).unwrap();
    let again = Part::new(part.row().clone(), &paths);
    let run = again.run().unwrap();
    assert!(run.property("coupon").unwrap().is_none());
    let failed = run.property("plan").unwrap_err();
    assert!(matches!(failed, LaneError::Part { .. }), "{failed}");
}

#[tokio::test]
async fn property_beyond_the_names_of_a_part_is_found_when_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::new(folder.path());
    let mut rows = rows();
    for (n, row) in rows.iter_mut().enumerate().take(200) {
        let names =
            (0..limits::PROPERTY_NAMES).map(|n| (format!("made up {n}"), Value::Boolean(true)));
        row.event.properties = match n {
            50 => Properties::from([("coupon".to_owned(), Value::Number(12.5))]),
            51 => Properties::from([("coupon".to_owned(), Value::Text("spring".to_owned()))]),
            n if n < 4 => names.collect(),
            _ => Properties::new(),
        };
    }
    let part = put(&paths, &rows).await;
    for run in [part.run(), Part::new(part.row().clone(), &paths).run()] {
        let run = run.unwrap();
        let names = run.property_names().unwrap();
        assert!(names.iter().all(|seen| seen.name != "coupon"));
        assert!(run.properties_left_out().unwrap().names > 0);
        let column = run.property("coupon").unwrap().expect("some event has it");
        let set = (0..run.len() as u32).filter_map(|row| {
            let text = column.get(row as usize);
            (!text.is_empty()).then_some((row, text))
        });
        let set: Vec<_> = set.collect();
        assert_eq!(set, [(50, "12.5"), (51, "\"spring\"")]);
        let numbers = run.property_numbers("coupon").unwrap().unwrap();
        assert_eq!(numbers.get(50).to_bits(), 12.5f64.to_bits());
        assert_eq!(run.property_lacks("coupon").unwrap(), 0);
        let files = lane_files(&part).len();
        assert!(run.property("no such thing").unwrap().is_none());
        assert_eq!(run.property_lacks("no such thing").unwrap(), 0);
        assert_eq!(lane_files(&part).len(), files, "made no file");
        for n in 0..70 {
            assert!(run.property(&format!("neither {n}")).unwrap().is_none());
        }
        assert!(run.property_lacks("neither 69").unwrap() > 0);
        assert_eq!(run.property_lacks("neither 1").unwrap(), 0);
        assert!(run.property("coupon").unwrap().is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn properties_of_a_part_are_those_of_its_events(rows in rows_with_properties(40)) {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::new(folder.path());
        let mut rows = rows;
        rows.sort_by(StoredEvent::order);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let part = runtime.block_on(put(&paths, &rows));
        let run = part.run().unwrap();
        prop_assert_eq!(properties_of(&run), properties_expected(&rows));
        let asked = Arc::new(part.asked());
        let other = tempfile::tempdir().unwrap();
        let others = Paths::new(other.path());
        let at_once = runtime.block_on(put_making(&others, &rows, asked));
        prop_assert_eq!(contents(&at_once), contents(&part));
        let again = Part::new(part.row().clone(), &paths);
        prop_assert_eq!(properties_of(&again.run().unwrap()), properties_expected(&rows));
    }
}
