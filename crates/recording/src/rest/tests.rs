//! What goes to rest comes back, and nothing private is in what is shared.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

const KEY: [u8; 32] = [7; 32];
const LIMIT: usize = 1 << 24;

fn css() -> String {
    (0..60)
        .map(|index| format!(".c{index}{{color:red}}"))
        .collect()
}

/// A snapshot line with a style sheet, a text and an input.
fn snapshot(css: &str, said: &str) -> String {
    format!(
        r#"{{"type":2,"data":{{"node":{{"type":0,"id":1,"childNodes":[{{"type":2,"id":2,"tagName":"html","attributes":{{}},"childNodes":[{{"type":2,"id":3,"tagName":"link","attributes":{{"_cssText":"{css}"}},"childNodes":[]}},{{"type":2,"id":4,"tagName":"p","attributes":{{"class":"lead"}},"childNodes":[{{"type":3,"id":5,"textContent":"{said}"}}]}}]}}]}},"initialOffset":{{"left":0,"top":0}}}},"timestamp":1700000000000}}
"#
    )
}

fn there_and_back(lines: &str) -> Taken {
    let taken = take_assets(lines.as_bytes(), &KEY).unwrap();
    let assets: HashMap<AssetId, Arc<[u8]>> = taken
        .assets
        .iter()
        .map(|asset| (asset.id, Arc::from(asset.bytes.as_slice())))
        .collect();
    let mut asked = HashSet::new();
    let mut lookup = |id| {
        asked.insert(id);
        assets.get(&id).cloned()
    };
    let (back, lost) = put_assets(&taken.lines, &mut lookup).unwrap();
    assert_eq!(String::from_utf8(back).unwrap(), lines);
    assert_eq!(lost, 0);
    assert_eq!(
        asset_references(&taken.lines).collect::<HashSet<_>>(),
        asked
    );
    taken
}

#[test]
fn sheets_go_and_come_back_and_texts_stay() {
    let css = css();
    let long = "words ".repeat(200);
    let taken = there_and_back(&snapshot(&css, &long));
    assert_eq!(taken.assets.len(), 1);
    assert_eq!(taken.assets[0].kind, AssetKind::Sheet);
    assert_eq!(taken.assets[0].bytes, css.as_bytes());
    let rest = String::from_utf8(taken.lines).unwrap();
    assert!(rest.contains(&long) && !rest.contains(".c9{"));
}

#[test]
fn a_lost_asset_leaves_nothing_and_is_counted() {
    let taken = take_assets(snapshot(&css(), "hello").as_bytes(), &KEY).unwrap();
    let (back, lost) = put_assets(&taken.lines, &mut |_| None).unwrap();
    assert_eq!(lost, 1);
    assert_eq!(String::from_utf8(back).unwrap(), snapshot("", "hello"));
}

#[test]
fn addresses_go_out_of_styles_and_attributes() {
    let image = format!("data:image/png;base64,{}", "iVBORw0K".repeat(100));
    let font = format!("data:font/woff2;base64,{}", "d09GMgAB".repeat(100));
    let sign = reference::SIGN;
    let line = format!(
        r#"{{"type":3,"data":{{"source":0,"texts":[],"attributes":[{{"id":4,"attributes":{{"src":"{image}","style":{{"background":"url(\"{image}\") {sign}","x":["url({font})","important"]}}}}}}],"removes":[],"adds":[]}},"timestamp":1}}
"#
    );
    let taken = there_and_back(&line);
    let kinds: Vec<AssetKind> = taken.assets.iter().map(|asset| asset.kind).collect();
    assert_eq!(kinds, [AssetKind::Image, AssetKind::Font]);
    assert!(taken.lines.len() < 400);
}

#[test]
fn rules_of_adopted_sheets_go_as_one() {
    let rules: Vec<String> = (0..60)
        .map(|index| format!(r#"{{"rule":".a{index}{{}}","index":{index}}}"#))
        .collect();
    let line = format!(
        r#"{{"type":3,"data":{{"source":15,"id":4,"styles":[{{"styleId":1,"rules":[{}]}}],"styleIds":[1]}},"timestamp":1}}
"#,
        rules.join(",")
    );
    let taken = there_and_back(&line);
    assert_eq!(taken.assets.len(), 1);
    assert_eq!(taken.assets[0].kind, AssetKind::Rules);
}

#[test]
fn nobody_writes_a_reference_into_a_page() {
    let css = css();
    let id = AssetId::of(AssetKind::Sheet, css.as_bytes(), &KEY);
    let mut forged = String::new();
    super::reference::write(AssetKind::Sheet, id, &mut forged);
    let taken = there_and_back(&snapshot(&css, &forged));
    assert_eq!(taken.assets.len(), 1);
}

#[test]
fn equal_bytes_of_sites_with_other_keys_have_other_names() {
    let of = |key| AssetId::of(AssetKind::Sheet, b"a{}", key);
    assert_ne!(of(&[1; 32]), of(&[2; 32]));
}

#[test]
fn a_base_needs_five_and_has_only_what_five_were_shown() {
    let lines: Vec<String> = (0..5)
        .map(|visitor| snapshot("a{}", &format!("Hello visitor {visitor}")))
        .collect();
    let four: Vec<&[u8]> = lines[..4].iter().map(|line| line.as_bytes()).collect();
    assert_eq!(base(&four).unwrap(), None);
    let five: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let base = String::from_utf8(base(&five).unwrap().unwrap()).unwrap();
    assert!(base.contains("lead") && base.contains("a{}"));
    assert!(!base.contains("visitor"));
}

/// A line that adds a menu, whose ids depend on the visitor.
fn menu(first: u32, said: &str) -> String {
    let (second, third) = (first + 1, first + 2);
    format!(
        r#"{{"type":3,"data":{{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{{"parentId":4,"nextId":null,"node":{{"type":2,"id":{first},"tagName":"ul","attributes":{{"class":"menu"}},"childNodes":[{{"type":2,"id":{second},"tagName":"li","attributes":{{"class":"entry"}},"childNodes":[{{"type":3,"id":{third},"textContent":"{said}"}}]}}]}}}}]}},"timestamp":1700000000100}}
"#
    )
}

#[test]
fn a_base_has_what_came_later_alike_with_five() {
    let visits: Vec<String> = (0..6)
        .map(|visitor| {
            let own = menu(90 + visitor, &format!("Signed in as {visitor}"));
            let menu = menu(10 * visitor, "Sign out");
            format!("{}{menu}{own}", snapshot("a{}", "hello"))
        })
        .collect();
    let lines: Vec<&[u8]> = visits.iter().map(|lines| lines.as_bytes()).collect();
    let base = String::from_utf8(base(&lines).unwrap().unwrap()).unwrap();
    assert_eq!(base.matches("Sign out").count(), 1, "{base}");
    assert!(!base.contains("Signed in"), "{base}");
    let with = pack(menu(77, "Sign out").as_bytes(), Some(base.as_bytes())).unwrap();
    let without = pack(menu(77, "Sign out").as_bytes(), None).unwrap();
    assert!(
        with.len() < without.len(),
        "{} {}",
        with.len(),
        without.len()
    );
}

#[test]
fn a_visitor_who_comes_often_is_one_visitor() {
    // The caller gives each visitor once; what one has twice counts once all the same.
    let often = snapshot("a{}", "only mine").repeat(9);
    let mut visits = vec![often];
    visits.extend((0..5).map(|_| snapshot("a{}", "hello")));
    let lines: Vec<&[u8]> = visits.iter().map(|lines| lines.as_bytes()).collect();
    let base = String::from_utf8(base(&lines).unwrap().unwrap()).unwrap();
    assert!(base.contains("hello") && !base.contains("only mine"));
}

#[test]
fn lines_come_back_with_their_base_only() {
    let lines = snapshot(&css(), "hello");
    let base = snapshot(&css(), "");
    let alone = pack(lines.as_bytes(), None).unwrap();
    let packed = pack(lines.as_bytes(), Some(base.as_bytes())).unwrap();
    assert!(packed.len() < alone.len() / 2);
    let back = unpack(&packed, Some(base.as_bytes()), LIMIT).unwrap();
    assert_eq!(String::from_utf8(back).unwrap(), lines);
    assert_eq!(unpack(&packed, None, LIMIT), Err(RestError::NoBase));
    assert_eq!(unpack(&alone, None, LIMIT).unwrap(), lines.as_bytes());
    assert_eq!(
        unpack(&alone, None, 100),
        Err(RestError::TooLarge { limit: 100 })
    );
}

#[test]
fn hearing_stops_at_the_limit() {
    // A header that promises few bytes must not let many through before it is found out.
    let long = snapshot(&css(), &"x".repeat(3000)) + &menu(7, "Sign out").repeat(50);
    let words = snapshot(&css(), "hello");
    let known = menu(7, "Sign out").repeat(50);
    for lines in [long, words, known] {
        let mut encoder = super::range::Encoder::new();
        let mut beside = super::talk::Beside::default();
        let mut talk = super::talk::Talk::new();
        for line in lines.lines() {
            let tree = crate::Tree::parse(line).unwrap();
            let to = (Some(&tree), lines.len());
            assert!(
                talk.line(&mut encoder, to, &mut beside, &mut Vec::new())
                    .unwrap()
            );
        }
        let bits = encoder.finish();
        for end in [10, 100, 400, 1000, 2500] {
            let mut decoder = super::range::Decoder::new(&bits);
            let mut talk = super::talk::Talk::new();
            let mut out = Vec::new();
            beside.at = 0;
            while out.len() < lines.len()
                && talk
                    .line(&mut decoder, (None, end), &mut beside, &mut out)
                    .is_ok()
            {
                out.push(b'\n');
            }
            assert!(out.len() <= end + 60, "{} of {end}", out.len());
        }
    }
}

#[test]
fn recordings_of_rrweb_itself_come_back_small() {
    let inputs = std::env::var("HITMETRIX_TEST_INPUTS").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/inputs").to_owned()
    });
    let Ok(folder) = std::fs::read_dir(format!("{inputs}/rrweb")) else {
        println!("skipped: no rrweb recordings in {inputs}; set HITMETRIX_TEST_INPUTS");
        return;
    };
    let mut files = 0;
    for file in folder {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let events: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
        let lines = lines_of(&events);
        let taken = there_and_back(std::str::from_utf8(&lines).unwrap());
        let packed = pack(&taken.lines, None).unwrap();
        assert_eq!(packed[0], 2);
        assert_eq!(unpack(&packed, None, lines.len()).unwrap(), taken.lines);
        let zstd = zstd::bulk::compress(&taken.lines, 19).unwrap();
        assert!(
            packed.len() * 10 < zstd.len() * 9,
            "{} {}",
            packed.len(),
            zstd.len()
        );
        files += 1;
    }
    assert!(files >= 13);
}

/// Any JSON value, with the keys and texts that recordings have and with others.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Number, Value};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..400).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::from)),
        prop::sample::select(vec![
            "div",
            "btn btn-primary",
            "\u{fdd0}s",
            "",
            "\u{0}\u{1f600}"
        ])
        .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[a-f]{1000,1100}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        prop::sample::select(vec![
            "type",
            "data",
            "timestamp",
            "source",
            "node",
            "id",
            "childNodes",
            "tagName",
            "x",
            "y",
            "attributes",
            "texts",
            "adds",
            "removes",
            "positions",
            "timeOffset",
            "text",
            "rules",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    leaf.prop_recursive(5, 80, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Lines as the sanitiser writes them.
fn lines_of(values: &[serde_json::Value]) -> Vec<u8> {
    let mut lines = Vec::new();
    for value in values {
        let text = value.to_string();
        crate::write(&crate::Tree::parse(&text).unwrap(), &mut lines);
        lines.push(b'\n');
    }
    lines
}

proptest! {
    #[test]
    fn any_bytes_come_back(lines in proptest::collection::vec(any::<u8>(), 0..600)) {
        let packed = pack(&lines, None).unwrap();
        prop_assert_eq!(unpack(&packed, None, LIMIT).unwrap(), lines);
    }

    #[test]
    fn any_lines_come_back_said_token_by_token(
        values in proptest::collection::vec(any_json(), 0..6),
        other in proptest::option::of(any_json()),
    ) {
        let lines = lines_of(&values);
        let base = other.map(|other| lines_of(&[other]));
        let packed = pack(&lines, base.as_deref()).unwrap();
        prop_assert_eq!(packed[0] & 2, 2);
        prop_assert_eq!(unpack(&packed, base.as_deref(), lines.len()).unwrap(), lines.clone());
        let taken = take_assets(&lines, &KEY).unwrap();
        let mut asked = HashSet::new();
        let mut lookup = |id| {
            asked.insert(id);
            let asset = taken.assets.iter().find(|asset| asset.id == id);
            asset.map(|asset| Arc::from(asset.bytes.as_slice()))
        };
        prop_assert_eq!(put_assets(&taken.lines, &mut lookup).unwrap(), (lines, 0));
        let referred: HashSet<AssetId> = asset_references(&taken.lines).collect();
        prop_assert!(referred.is_superset(&asked));
    }

    #[test]
    fn a_base_has_only_texts_of_five_visitors(
        visits in proptest::collection::vec(
            (prop::sample::select(vec!["one", "two", "three"]), proptest::collection::vec((0_u32..99, "[a-d]{1,2}"), 0..12)),
            5..9,
        ),
    ) {
        let lines: Vec<String> = visits
            .iter()
            .map(|(said, menus)| {
                let menus = menus.iter().map(|(first, said)| menu(*first, said));
                snapshot("a{}", said) + &menus.collect::<String>()
            })
            .collect();
        let all: Vec<&[u8]> = lines.iter().map(|lines| lines.as_bytes()).collect();
        let base = String::from_utf8(base(&all).unwrap().unwrap()).unwrap();
        for line in base.lines() {
            let tree = crate::Tree::parse(line).unwrap();
            for at in 0..=tree.root() {
                let Some(text) = tree.text(at).filter(|text| !text.is_empty()) else {
                    continue;
                };
                let quoted = format!("\"{text}\"");
                let visitors = lines.iter().filter(|lines| lines.contains(&quoted)).count();
                prop_assert!(visitors >= VISITORS_MIN, "{text} was shown to {visitors}");
            }
        }
    }

    #[test]
    fn lines_that_are_alike_cost_little(values in proptest::collection::vec(any_json(), 1..4)) {
        let lines = lines_of(&values);
        let packed = pack(&lines, Some(&lines)).unwrap();
        prop_assert!(packed.len() < 60 + lines.len() / 20, "{} of {}", packed.len(), lines.len());
    }

    #[test]
    fn spoiled_bytes_do_no_harm(
        value in any_json(),
        spoils in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let line = lines_of(&[value]);
        for base in [None, Some(&line[..])] {
            let mut packed = pack(&line, base).unwrap();
            for (at, with) in &spoils {
                *at.get_mut(&mut packed) = *with;
            }
            packed.truncate(cut.index(packed.len() * 4).max(1));
            if let Ok(lines) = unpack(&packed, base, 10_000) {
                prop_assert!(lines.len() <= 10_000);
            }
        }
    }

    #[test]
    fn hostile_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for form in 0..4 {
            let packed = [&[form, 0xff, 0xff, 3], &bytes[..]].concat();
            if let Ok(lines) = unpack(&packed, Some(&bytes), 1 << 16) {
                prop_assert!(lines.len() <= 1 << 16);
            }
        }
    }
}
