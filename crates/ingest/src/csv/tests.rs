//! Tables as shops and spreadsheets write them.

use hitmetrix_model::{Event, IdentityChange, Site, SiteId, SiteSettings, Value};
use proptest::prelude::*;

use super::numbers::Decimal;
use super::times::Times;
use super::*;
use crate::Lookups;

fn mapping(map: &[(&str, &str)], set: &[(&str, &str)]) -> Mapping {
    let owned = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    Mapping {
        map: owned(map),
        set: owned(set),
        ..Mapping::default()
    }
}

fn orders() -> Mapping {
    mapping(
        &[("visitor", "customer"), ("time", "date")],
        &[("event", "purchase")],
    )
}

/// Imports pieces of a file, with a resume between any two of them.
fn import_pieces(
    mapping: &Mapping,
    pieces: &[&[u8]],
) -> Result<(Vec<Event>, Imported), MappingError> {
    let site = Site {
        id: SiteId(3),
        name: "Shop".to_owned(),
        domains: vec!["shop.example".to_owned()],
        key: "k".to_owned(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    };
    let lookups = Lookups::new();
    let facts = ImportFacts {
        site: &site,
        secret: &[0; 32],
        received_at_ms: 9,
        lookups: &lookups,
    };
    let mut state = State::new(mapping.clone());
    let mut all = Imported::default();
    for (index, piece) in pieces.iter().enumerate() {
        let text = serde_json::to_string(&state).unwrap();
        let mut importer = Importer::new(facts, serde_json::from_str(&text).unwrap())?;
        importer.push(piece)?;
        if index + 1 == pieces.len() {
            importer.finish()?;
        }
        let imported = importer.take();
        all.batches.extend(imported.batches);
        all.rejected.extend(imported.rejected);
        state = importer.into_state();
    }
    let events = all
        .batches
        .iter()
        .flat_map(|batch| batch.events.clone())
        .collect();
    Ok((events, all))
}

fn import(mapping: &Mapping, text: impl AsRef<[u8]>) -> (Vec<Event>, Imported) {
    import_pieces(mapping, &[text.as_ref()]).unwrap()
}

fn refusal(mapping: &Mapping, text: &str) -> String {
    import_pieces(mapping, &[text.as_bytes()])
        .unwrap_err()
        .to_string()
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn told(imported: &Imported) -> Vec<(u32, &str, &str)> {
    let rows = imported.rejected.iter();
    rows.map(|row| (row.line, row.code.as_str(), row.field.as_str()))
        .collect()
}

#[test]
fn columns_become_fields_and_what_is_left_becomes_properties() {
    let mut wanted = mapping(
        &[
            ("person", "customer"),
            ("time", "date"),
            ("id", "order"),
            ("url", "page"),
            ("property.value", "amount"),
        ],
        &[("event", "purchase"), ("property.currency", "EUR")],
    );
    let table = "order,customer,date,amount,page,zip,sku,note,empty,gone\n\
                 A-1,17,2026-01-31 12:00:00,29.50,/thanks?x=1,01067,1234567890123456,\"two, words\",,NULL\n";
    let (events, imported) = import(&wanted, table);
    assert_eq!(imported.rejected, []);
    let event = &events[0];
    assert_eq!(
        (event.name.as_str(), event.time_ms),
        ("purchase", 1_769_860_800_000)
    );
    assert_eq!(event.page.path, "/thanks");
    assert_eq!(event.external, Some(ids::named_event(SiteId(3), "A-1")));
    let properties: Vec<(&str, &Value)> = event
        .properties
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    assert_eq!(
        properties,
        [
            ("currency", &text("EUR")),
            ("note", &text("two, words")),
            ("sku", &text("1234567890123456")),
            ("value", &Value::Number(29.5)),
            ("zip", &text("01067")),
        ]
    );
    assert!(matches!(
        &imported.batches[0].identities[..],
        [IdentityChange::Identify { user, unverified: false, .. }] if user == "17"
    ));
    wanted.only_mapped = true;
    let names: Vec<String> = import(&wanted, table).0[0]
        .properties
        .keys()
        .cloned()
        .collect();
    assert_eq!(names, ["currency", "value"]);
}

#[test]
fn columns_without_header_are_named_by_number() {
    let wanted = Mapping {
        header: false,
        delimiter: "space".to_owned(),
        time_format: "%Y%m%d".to_owned(),
        ..mapping(
            &[("visitor", "1"), ("time", "#3"), ("property.value", "5")],
            &[("event", "purchase")],
        )
    };
    let (events, imported) = import(
        &wanted,
        " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\n 00004 19970118\n",
    );
    assert_eq!(told(&imported), [(3, "wrong_columns", "line")]);
    let times: Vec<i64> = events.iter().map(|event| event.time_ms).collect();
    assert_eq!(times, [852_076_800_000, 853_545_600_000]);
    assert_eq!(events[0].properties.len(), 1);
    assert_eq!(events[0].properties["value"], Value::Number(29.33));
    assert_eq!(
        imported.batches[0].senders[0].visitor,
        ids::named_visitor(SiteId(3), "00004")
    );
}

#[test]
fn times_are_read_as_they_are_written() {
    let read = |format: &str, zone: &str, text: &str| Times::new(format, zone).unwrap().read(text);
    let noon = Some(1_769_860_800_000);
    for (format, zone, text) in [
        ("iso", "UTC", "2026-01-31T12:00:00Z"),
        ("iso", "Asia/Tokyo", "2026-01-31 13:00:00+01:00"),
        ("iso", "Europe/Berlin", "2026-01-31 13:00"),
        ("epoch-s", "Asia/Tokyo", "1769860800"),
        ("epoch-s", "UTC", "1769860800.0001"),
        ("epoch-ms", "UTC", "1769860800000"),
        ("%d.%m.%Y %H:%M", "Europe/Berlin", "31.01.2026 13:00"),
        ("%m/%d/%Y %I:%M %p", "UTC", "1/31/2026 12:00 PM"),
        ("%d/%b/%Y:%H:%M:%S %z", "UTC", "31/Jan/2026:07:00:00 -0500"),
        ("%s", "Asia/Tokyo", "1769860800"),
    ] {
        assert_eq!(read(format, zone, text), noon, "{format} {zone} {text}");
    }
    assert_eq!(
        read("iso", "Europe/Berlin", "2026-01-31"),
        Some(1_769_814_000_000)
    );
    for (format, text) in [
        ("iso", "31.01.2026"),
        ("iso", "1769860800"),
        ("epoch-s", "NaN"),
        ("epoch-s", "1769860800000"),
        ("%Y%m%d", "19971332"),
        ("%Y%m%d", "19970101x"),
    ] {
        assert_eq!(read(format, "UTC", text), None, "{format} {text}");
    }
    for format in ["rfc3339", "%H:%M", "%Y", "%!"] {
        assert!(Times::new(format, "UTC").is_err(), "{format}");
    }
}

#[test]
fn only_what_cannot_be_an_id_is_found_to_be_a_number() {
    let point = Decimal::Point;
    for (text, number) in [("0", 0.0), ("-12", -12.0), ("29.33", 29.33), ("0.5", 0.5)] {
        assert_eq!(point.found(text), Some(number), "{text}");
        assert_eq!(point.wanted(text), Some(number), "{text}");
    }
    for text in [
        "",
        "-",
        "007",
        "1,234",
        "1e5",
        "+5",
        ".5",
        "5.",
        "1234567890123456",
        "0x1",
        "inf",
    ] {
        assert_eq!(point.found(text), None, "{text}");
    }
    for (text, number) in [
        ("+5", 5.0),
        ("007", 7.0),
        (".5", 0.5),
        ("1,234,567.5", 1_234_567.5),
    ] {
        assert_eq!(point.wanted(text), Some(number), "{text}");
    }
    for text in [
        "", ".", "12,34", "1,23,456", "1,234,5", "EUR 5", "5 %", "nan", "1.2.3",
    ] {
        assert_eq!(point.wanted(text), None, "{text}");
    }
    assert_eq!(Decimal::Comma.found("29,33"), Some(29.33));
    assert_eq!(Decimal::Comma.found("29.33"), None);
    assert_eq!(Decimal::Comma.wanted("1.234,5"), Some(1234.5));
}

#[test]
fn number_columns_refuse_what_is_none_and_text_columns_keep_digits() {
    let wanted = Mapping {
        decimal_comma: true,
        number: vec!["amount".to_owned()],
        text: vec!["zip".to_owned()],
        ..orders()
    };
    let (events, imported) = import(
        &wanted,
        "customer;date;amount;zip\na;2026-01-31;1.234,50;10115\nb;2026-01-31;12 EUR;10115\n",
    );
    assert_eq!(told(&imported), [(3, "bad_number", "amount")]);
    assert_eq!(events[0].properties["amount"], Value::Number(1234.5));
    assert_eq!(events[0].properties["zip"], text("10115"));
}

#[test]
fn quotes_marks_and_line_ends_of_all_kinds_are_read() {
    let file = b"\xef\xbb\xbf\r\ncustomer;date;note\r\n\
        a;2026-01-31;\"two\r\nlines; \"\"quoted\"\"\"\r\n\r\n;;\r\n\
        b;2026-01-31;M\xfcller\r\n\
        c;yesterday;x\r\n\
        d;2026-01-31;last";
    let (events, imported) = import(&orders(), file);
    let notes: Vec<&Value> = events
        .iter()
        .map(|event| &event.properties["note"])
        .collect();
    let wanted = [
        text("two\r\nlines; \"quoted\""),
        text("M\u{fffd}ller"),
        text("last"),
    ];
    assert_eq!(notes, wanted.iter().collect::<Vec<_>>());
    assert_eq!(told(&imported), [(8, "bad_time", "time, column date")]);
    assert_eq!(
        events[2].sequence, 9,
        "lines are counted as an editor counts them"
    );
}

#[test]
fn stray_quote_costs_its_own_line_only() {
    for broken in [
        "a,2026-01-31,\"open",
        "a,2026-01-31,\"2\" pipe\"",
        "a,2026-01-31,\"x\"y",
    ] {
        let file =
            format!("customer,date,note\n{broken}\nb,2026-01-31,\"good\"\nc,2026-01-31,good\n");
        let (events, imported) = import(&orders(), &file);
        assert_eq!(told(&imported), [(2, "bad_quote", "line")], "{broken}");
        assert_eq!(events.len(), 2, "{broken}");
    }
    let endless = format!(
        "customer,date,note\na,2026-01-31,\"open\n{}",
        "b,2026-01-31,good\n".repeat(20_000)
    );
    let (events, imported) = import(&orders(), &endless);
    assert_eq!(told(&imported), [(2, "line_too_long", "line")]);
    assert_eq!(events.len(), 20_000);
}

#[test]
fn mapping_that_does_not_fit_is_refused_with_the_way_out() {
    let table = "Customer ID,date,amount,amount\n";
    let with = |map: &[(&str, &str)]| mapping(map, &[("event", "x")]);
    let fitting = [("visitor", "Customer ID"), ("time", "date")];
    for (wanted, words) in [
        (
            with(&[("vistor", "date")]),
            "no field vistor (did you mean visitor?); fields are",
        ),
        (
            with(&[("visitor", "customer_id")]),
            "did you mean Customer ID?",
        ),
        (
            with(&[("visitor", "#9")]),
            "its columns are Customer ID, date, amount, amount",
        ),
        (
            with(&[("visitor", "amount")]),
            "names amount 2 times; say which one by its number, as #3",
        ),
        (
            with(&[("visitor", "#1")]),
            "nothing gives time; add --map time=COLUMN",
        ),
        (with(&[("time", "date")]), "nothing gives visitor"),
        (with(&fitting), "two columns become the property amount"),
        (
            with(&[&fitting[..], &[("event", "date")]].concat()),
            "both a column and a constant",
        ),
        (
            Mapping {
                time_zone: "Mars".to_owned(),
                ..with(&fitting)
            },
            "no time zone Mars",
        ),
        (
            Mapping {
                time_format: "YYYY".to_owned(),
                ..with(&fitting)
            },
            "YYYY is no pattern",
        ),
        (
            Mapping {
                delimiter: "||".to_owned(),
                ..with(&fitting)
            },
            "|| is no delimiter",
        ),
        (
            Mapping {
                number: vec!["amont".to_owned()],
                ..with(&fitting)
            },
            "did you mean amount?",
        ),
        (
            mapping(&[("visitor", "#1")], &[("event", "x"), ("time", "now")]),
            "is no time like",
        ),
    ] {
        let refused = refusal(&wanted, table);
        assert!(refused.contains(words), "{refused}");
    }
    let many: Vec<String> = (0..300).map(|number| format!("c{number}")).collect();
    let refused = refusal(&with(&[("visitor", "c1"), ("time", "c2")]), &many.join(","));
    assert!(
        refused.contains("298 columns become properties"),
        "{refused}"
    );
    let utf16 = import_pieces(&orders(), &[b"\xff\xfec\0"]).unwrap_err();
    assert_eq!(utf16, MappingError::Utf16);
}

#[test]
fn equal_lines_count_apart_and_one_table_may_be_two_kinds_of_events() {
    let table = "customer,date\na,2026-01-31\na,2026-01-31\n";
    let external = |mapping: &Mapping| -> Vec<_> {
        let events = import(mapping, table).0;
        events.iter().map(|event| event.external).collect()
    };
    let first = external(&orders());
    assert_ne!(first[0], first[1]);
    assert_eq!(first, external(&orders()));
    let mut signup = orders();
    signup.set.insert("event".to_owned(), "signup".to_owned());
    assert_ne!(first, external(&signup));
}

#[test]
fn persons_that_are_placeholders_are_refused_by_column() {
    let wanted = mapping(
        &[("person", "customer"), ("time", "date")],
        &[("event", "x")],
    );
    let (events, imported) = import(&wanted, "customer,date\nguest,2026-01-31\n,2026-01-31\n");
    assert!(events.is_empty());
    assert_eq!(
        told(&imported),
        [
            (2, "junk_user", "person, column customer"),
            (3, "missing_field", "visitor")
        ]
    );
}

/// A cell, quoted as RFC 4180 says.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn quoting_round_trips_however_the_file_is_cut(
        cells in prop::collection::vec("[ -~äß€\t\r\n\",;]{0,12}", 1..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut file = format!("customer,date,note{line_end}");
        for cell in &cells {
            file.push_str(&format!("a,2026-01-31,{}{line_end}", quoted(&format!("<{cell}>"))));
        }
        let mut wanted = orders();
        wanted.text = vec!["note".to_owned()];
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(file.len())).collect();
        places.extend([0, file.len()]);
        places.sort_unstable();
        let bytes = file.as_bytes();
        let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let (events, imported) = import_pieces(&wanted, &pieces).unwrap();
        prop_assert_eq!(imported.rejected, []);
        let notes: Vec<Value> = events.iter().map(|event| event.properties["note"].clone()).collect();
        let expected: Vec<Value> = cells.iter().map(|cell| text(&format!("<{cell}>"))).collect();
        prop_assert_eq!(notes, expected);
    }

    #[test]
    fn no_bytes_panic_and_cuts_change_nothing(
        bytes in prop::collection::vec(prop::sample::select(b"a1,;\t\"\r\n \xff".to_vec()), 0..80),
        cut in any::<prop::sample::Index>(),
        delimiter in prop::sample::select(vec!["auto", "comma", "space"]),
    ) {
        let mut wanted = mapping(&[("visitor", "#1")], &[("event", "x"), ("time", "2026-01-31")]);
        wanted.header = false;
        wanted.delimiter = delimiter.to_owned();
        // Senders are numbered anew in each batch.
        let outcome = |pieces: &[&[u8]]| {
            let (events, imported) = import_pieces(&wanted, pieces).map_err(|error| error.to_string())?;
            let ids: Vec<_> = events.iter().map(|event| (event.external, event.sequence)).collect();
            Ok::<_, String>((ids, imported.rejected))
        };
        let (first, second) = bytes.split_at(cut.index(bytes.len() + 1));
        prop_assert_eq!(outcome(&[&bytes]), outcome(&[first, second]));
    }
}
