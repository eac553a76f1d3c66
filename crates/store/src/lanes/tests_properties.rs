//! Columns of properties: equal to the events' own, in memory, merged and in files; bounded.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::{PersonKey, SiteId, Value, VisitorId};
use proptest::prelude::*;

use super::property_build::{OTHER_VALUE, PropertyTexts};
use super::samples::{MONDAY_MS, event, properties_expected, properties_of, rows_with_properties};
use super::*;
use crate::StoredEvent;
use crate::snapshot::{Move, Snapshot};

fn number(number: f64) -> Value {
    Value::Number(number)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A run of one visitor, each event with the given properties.
fn run_of(properties: &[&[(&str, Value)]], limits: PropertyLimits) -> Run {
    let mut builder = RunBuilder::new(0).with_properties(limits);
    for (properties, sequence) in properties.iter().zip(0..) {
        let mut row = event(1, MONDAY_MS, 1, sequence);
        let own = properties.iter().cloned();
        row.event.properties = own.map(|(name, value)| (name.to_owned(), value)).collect();
        builder.push(row.by_ref());
    }
    builder.finish()
}

fn names_of(run: &Run) -> Vec<(&str, u64)> {
    let names = run.property_names().unwrap().iter();
    names.map(|seen| (seen.name.as_str(), seen.rows)).collect()
}

fn texts_of(run: &Run, name: &str) -> Vec<String> {
    let column = run.property(name).unwrap().unwrap();
    (0..run.len())
        .map(|row| column.get(row).to_owned())
        .collect()
}

#[test]
fn entry_of_a_dictionary_is_a_typed_value_and_the_empty_one_is_not_set() {
    assert_eq!(property_value(""), None);
    assert_eq!(property_value(r#""a\"b""#), Some(text("a\"b")));
    assert_eq!(property_value(r#""""#), Some(text("")));
    assert_eq!(property_value("12.5"), Some(number(12.5)));
    assert_eq!(property_value("true"), Some(Value::Boolean(true)));
    let list = Value::List(vec![text("a"), number(1.0)]);
    assert_eq!(property_value(r#"["a",1]"#), Some(list));
}

#[test]
fn kind_of_a_value_is_that_of_its_text() {
    let kinds = |text: &str| {
        let kinds = PropertyKinds::of(text);
        assert_eq!(PropertyKinds::from_bits(kinds.bits()), kinds);
        let named = [
            (kinds.text, "text"),
            (kinds.number, "number"),
            (kinds.boolean, "boolean"),
            (kinds.list, "list"),
            (kinds.time, "time"),
        ];
        let named = named.into_iter().filter(|(has, _)| *has);
        named.map(|(_, name)| name).collect::<Vec<_>>().join(" ")
    };
    for (value, expected) in [
        ("", ""),
        ("null", ""),
        ("12", "number"),
        ("-0.5e-7", "number"),
        ("false", "boolean"),
        (r#"["2026-01-31T12:00:00Z"]"#, "list"),
        (r#""12""#, "text"),
        (r#""""#, "text"),
        (r#""2026-01-31""#, "text"),
        (r#""2026-01-31T12:00:00""#, "text"),
        (r#""2026-13-31T12:00:00Z""#, "text"),
        (r#""2026-01-31T24:00:00Z""#, "text"),
        (r#""2026-01-31T12:00:00.Z""#, "text"),
        (r#""2026-01-31T12:00:00+25:00""#, "text"),
        (r#""2026-01-31T12:00:00Z""#, "time"),
        (r#""2026-01-31t12:00:00.123456z""#, "time"),
        (r#""2026-01-31T12:00:00.5+05:30""#, "time"),
        (r#""2016-12-31T23:59:60-00:00""#, "time"),
    ] {
        assert_eq!(kinds(value), expected, "{value}");
    }
}

#[test]
fn property_that_changed_its_type_keeps_both_and_only_numbers_are_numbers() {
    let run = run_of(
        &[
            &[("size", number(40.0))],
            &[],
            &[("size", text("40"))],
            &[("size", Value::Boolean(true))],
            &[("size", number(-0.5))],
        ],
        PropertyLimits::DEFAULT,
    );
    assert_eq!(texts_of(&run, "size"), ["40", "", "\"40\"", "true", "-0.5"]);
    let numbers = run.property_numbers("size").unwrap().unwrap();
    let numbers: Vec<f64> = (0..5).map(|row| numbers.get(row)).collect();
    assert_eq!((numbers[0], numbers[4]), (40.0, -0.5));
    assert!(numbers[1..4].iter().all(|number| number.is_nan()));
    let [seen] = run.property_names().unwrap() else {
        panic!("one property")
    };
    assert_eq!(seen.rows, 4);
    let kinds = PropertyKinds {
        text: true,
        number: true,
        boolean: true,
        ..PropertyKinds::default()
    };
    assert_eq!(seen.kinds, kinds);
}

#[test]
fn names_beyond_the_limit_are_left_out_whole_by_their_rows() {
    let limits = PropertyLimits {
        names: 2,
        ..PropertyLimits::DEFAULT
    };
    let made_up: Vec<String> = (0..40).map(|n| format!("made up {n:02}")).collect();
    let mut rows: Vec<Vec<(&str, Value)>> = Vec::new();
    for name in &made_up {
        rows.push(vec![(name, number(1.0)), ("plan", text("free"))]);
        rows.push(vec![("plan", text("pro")), ("zone", text("a"))]);
    }
    // Left out once, left out for good, so that no column is half there.
    for _ in 0..200 {
        rows.push(vec![("made up 30", number(2.0))]);
    }
    let rows: Vec<&[(&str, Value)]> = rows.iter().map(Vec::as_slice).collect();
    let run = run_of(&rows, limits);
    assert_eq!(names_of(&run), [("plan", 80), ("zone", 40)]);
    assert!(run.property("made up 30").unwrap().is_none());
    let left_out = run.properties_left_out().unwrap();
    assert_eq!((left_out.names, left_out.rows), (40, 240));
}

#[test]
fn merged_names_keep_the_limit() {
    let limits = PropertyLimits {
        names: 2,
        ..PropertyLimits::DEFAULT
    };
    let a = run_of(&[&[("a", number(1.0)), ("b", number(1.0))]], limits);
    let b = run_of(&[&[("b", number(1.0)), ("c", number(1.0))]], limits);
    let merged = property_merge::merged_properties(
        &[Arc::new(a), Arc::new(b)],
        [(0, 0), (1, 0)].into_iter(),
        limits,
    );
    let names = merged.unwrap();
    let names = names.names();
    let seen: Vec<_> = names.seen.iter().map(|seen| seen.name.as_str()).collect();
    assert_eq!(seen, ["a", "b"]);
    assert_eq!(names.left_out, PropertiesLeftOut { names: 1, rows: 1 });
}

#[test]
fn a_column_that_one_run_left_out_says_after_a_merge_what_it_lacks() {
    let limits = PropertyLimits {
        names: 1,
        ..PropertyLimits::DEFAULT
    };
    let kept = |name| run_of(&[&[(name, number(1.0))]], limits);
    let left_out = run_of(
        &[
            &[("a", number(1.0)), ("coupon", number(2.0))],
            &[("a", number(3.0)), ("coupon", number(4.0))],
            &[("a", number(5.0))],
        ],
        limits,
    );
    assert_eq!(left_out.property_lacks("coupon").unwrap(), 2);
    assert_eq!(left_out.property_lacks("a").unwrap(), 0);
    // Within the limit of a store the merged run has a column of both names.
    let half = merge(0, &[Arc::new(kept("coupon")), Arc::new(left_out)]).unwrap();
    assert_eq!(names_of(&half), [("a", 3), ("coupon", 1)]);
    let lacks = ["a", "coupon", "neither"].map(|name| half.property_lacks(name).unwrap());
    assert_eq!(lacks, [0, 2, 2]);
    let again = merge(0, &[Arc::new(kept("b")), Arc::new(half)]).unwrap();
    let lacks = ["a", "b", "coupon"].map(|name| again.property_lacks(name).unwrap());
    assert_eq!(lacks, [0, 2, 2], "the second run may have had b as well");
    let whole = merge(0, &[Arc::new(kept("a")), Arc::new(kept("coupon"))]).unwrap();
    assert_eq!(whole.property_lacks("coupon").unwrap(), 0);
}

#[test]
fn names_of_a_part_are_counted_in_bounded_memory() {
    let mut counter = NameCounter::new(3);
    for n in 0..10_000 {
        counter.add("\"plan\"", "\"free\"");
        counter.add(&format!("\"made up {n}\""), "1");
        counter.add("\"nothing\"", "null");
    }
    let names = counter.finish().unwrap();
    assert_eq!(names.seen.len(), 3);
    let plan = names.seen.iter().find(|seen| seen.name == "plan").unwrap();
    assert_eq!(plan.rows, 10_000);
    assert_eq!(
        names.left_out,
        PropertiesLeftOut {
            names: 9998,
            rows: 9998
        }
    );
}

#[test]
fn texts_and_lists_beyond_the_limit_are_other_and_numbers_stay_exact() {
    let limits = PropertyLimits {
        values: 2,
        ..PropertyLimits::DEFAULT
    };
    let list = Value::List(vec![number(1.0)]);
    let values = [
        text("a"),
        number(1.0),
        list.clone(),
        text("b"),
        number(2.0),
        text("a"),
        list,
        Value::Boolean(true),
        text("c"),
        text("c"),
        number(3.0),
    ];
    let rows: Vec<[(&str, Value); 1]> = values.into_iter().map(|value| [("p", value)]).collect();
    let rows: Vec<&[(&str, Value)]> = rows.iter().map(|row| &row[..]).collect();
    let run = run_of(&rows, limits);
    let other = OTHER_VALUE;
    assert_eq!(
        texts_of(&run, "p"),
        [
            "\"a\"", "1", "[1]", other, "2", "\"a\"", "[1]", "true", other, other, "3"
        ]
    );
    let bytes = PropertyLimits {
        values_bytes: 7,
        ..PropertyLimits::DEFAULT
    };
    let run = run_of(
        &[
            &[("p", text("abc"))],
            &[("p", text("d"))],
            &[("p", number(1e9))],
        ],
        bytes,
    );
    assert_eq!(texts_of(&run, "p"), ["\"abc\"", other, "1000000000"]);
    assert_eq!(property_value(other), Some(text("(other)")));
}

#[test]
fn a_part_that_is_written_holds_so_much_and_gives_up_what_takes_the_most() {
    let asked: BTreeSet<String> = ["long", "many", "plan"].map(str::to_owned).into();
    let of = |held_bytes| {
        let limits = PropertyLimits {
            held_bytes,
            ..PropertyLimits::DEFAULT
        };
        let mut part = PropertiesOfPart::new(&asked, limits);
        for n in 0..1000 {
            let mut row = vec![("many", number(f64::from(n % 2)))];
            if n % 100 == 0 {
                row.push(("plan", text("free")));
            }
            if n % 10 == 0 {
                row.push(("long", text(&format!("{n} {}", "x".repeat(500)))));
            }
            let row = row.into_iter();
            part.push(&row.map(|(name, value)| (name.to_owned(), value)).collect());
        }
        let made = part.finish().unwrap();
        let lanes = made.lanes();
        let lanes: Vec<(String, Vec<u32>)> = lanes
            .map(|(name, codes, texts)| {
                assert!(texts.len() > 1);
                (
                    name.to_owned(),
                    (0..1000).map(|row| codes.codes().get(row)).collect(),
                )
            })
            .collect();
        (made.names.seen.len(), lanes)
    };
    let (names, whole) = of(1 << 20);
    let kept: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, kept), (3, vec!["long", "many", "plan"]));
    // The long ones take some hundred kilobytes, the many eight.
    assert_eq!(of(50_000), (3, whole[1..].to_vec()));
    assert_eq!(of(4_000), (3, whole[2..].to_vec()));
    assert_eq!(of(10), (3, Vec::new()));
}

#[test]
fn properties_of_a_site_are_those_of_all_its_runs() {
    let limits = PropertyLimits {
        names: 1,
        ..PropertyLimits::DEFAULT
    };
    let runs = [
        run_of(
            &[
                &[("b", number(1.0))],
                &[("b", number(2.0)), ("a", text("x"))],
            ],
            limits,
        ),
        run_of(&[&[("b", text("1"))]], limits),
        run_of(&[&[("a", Value::Boolean(true))]], limits),
        run_of(&[&[]], limits),
    ];
    let snapshot = Snapshot::of_runs(SiteId(1), runs.into_iter().map(Arc::new).collect());
    let boolean = PropertyKinds::of("true");
    let mixed = PropertyKinds::of("1").or(PropertyKinds::of("\"1\""));
    let seen = |name: &str, rows, kinds| PropertySeen {
        name: name.to_owned(),
        rows,
        kinds,
    };
    assert_eq!(
        snapshot.properties(),
        [seen("a", 1, boolean), seen("b", 3, mixed)]
    );
    let left_out = PropertiesLeftOut { names: 1, rows: 1 };
    assert_eq!(snapshot.properties_left_out(), left_out);
}

#[test]
fn events_without_properties_have_no_columns() {
    let run = run_of(&[&[], &[]], PropertyLimits::DEFAULT);
    assert!(run.property_names().unwrap().is_empty());
    assert!(run.property("plan").unwrap().is_none());
    let run = Run::from_rows(0, Vec::new());
    assert!(run.property_names().unwrap().is_empty());
}

#[test]
fn file_of_another_property_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().to_owned(),
        part: [7; 16],
    };
    let run = run_of(&[&[("a", number(1.0))], &[]], PropertyLimits::DEFAULT);
    let mut texts = PropertyTexts::new(PropertyLimits::DEFAULT);
    texts.push("1");
    let lane = texts.into_sparse(vec![0]).into_lane(2);
    lanes
        .write_property(&run, "a", (&lane.codes, &lane.texts))
        .unwrap();
    assert_eq!(lanes.open_property("a", 2).unwrap().column().get(0), "1");
    assert!(lanes.open_property("a", 3).is_err(), "of another run");
    std::fs::rename(lanes.property_path("a"), lanes.property_path("../b")).unwrap();
    assert!(matches!(
        lanes.open_property("../b", 2),
        Err(LaneError::Corrupt { .. })
    ));
    assert_eq!(lanes.property_path("../b").parent(), Some(folder.path()));
    assert!(lanes.verify().is_empty());
}

#[test]
fn names_read_back_from_their_file_are_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let lanes = LaneFolder {
        folder: folder.path().to_owned(),
        part: [7; 16],
    };
    let run = run_of(
        &[
            &[("", number(1.0)), ("ü", text("a"))],
            &[("ü", Value::Boolean(true))],
        ],
        PropertyLimits::DEFAULT,
    );
    for names in [
        run.run_properties().unwrap().names(),
        &PropertyNames::default(),
    ] {
        lanes.write_property_names(&run, names).unwrap();
        assert_eq!(&lanes.open_property_names().unwrap(), names);
    }
}

proptest! {
    #[test]
    fn properties_of_a_run_are_those_of_its_events(rows in rows_with_properties(60)) {
        let run = Run::from_rows(0, rows.clone());
        prop_assert_eq!(properties_of(&run), properties_expected(&rows));
    }

    #[test]
    fn properties_of_merged_runs_are_those_of_their_events(
        rows in rows_with_properties(60),
        cuts in proptest::collection::vec(0..60usize, 0..5),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let runs: Vec<Arc<Run>> = cuts
            .windows(2)
            .map(|pair| Arc::new(Run::from_rows(0, rows[pair[0]..pair[1]].to_vec())))
            .collect();
        let merged = merge(0, &runs).unwrap();
        prop_assert_eq!(properties_of(&merged), properties_expected(&rows));
        let again = merge(0, &[Arc::new(merged), Arc::new(Run::from_rows(0, rows.clone()))]);
        let mut twice = rows.clone();
        twice.extend(rows);
        prop_assert_eq!(properties_of(&again.unwrap()), properties_expected(&twice));
    }

    #[test]
    fn properties_of_settled_rows_are_those_of_their_events(
        rows in rows_with_properties(60),
        to in 0..100u128,
    ) {
        let moved = |from| Move { visitor: VisitorId(from), from: PersonKey(from), to: PersonKey(to) };
        let run = Arc::new(Run::from_rows(0, rows.clone()));
        let moves = vec![moved(2), moved(5)];
        let settled = settle(&[(run, moves)]).unwrap();
        for run in &settled {
            let of_shard = rows.iter().cloned().map(|mut row| {
                if [2, 5].contains(&row.person.0) {
                    row.person = PersonKey(to);
                }
                row
            });
            let of_shard = of_shard.filter(|row| shard_of(row.person) == run.shard());
            let of_shard: Vec<StoredEvent> = of_shard.collect();
            prop_assert_eq!(properties_of(run), properties_expected(&of_shard));
            let alone = Run::from_rows(run.shard(), of_shard);
            prop_assert_eq!(run.property_names().unwrap(), alone.property_names().unwrap());
        }
    }
}
