//! What goes to rest comes back, and nothing private is in what is shared.

use std::collections::HashMap;
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
    let (back, lost) = put_assets(&taken.lines, &mut |id| assets.get(&id).cloned()).unwrap();
    assert_eq!(String::from_utf8(back).unwrap(), lines);
    assert_eq!(lost, 0);
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

#[test]
fn lines_come_back_with_their_base_only() {
    let lines = snapshot("a{}", "hello");
    let base = snapshot("a{}", "");
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

proptest! {
    #[test]
    fn any_bytes_come_back(lines in proptest::collection::vec(any::<u8>(), 0..600)) {
        let packed = pack(&lines, None).unwrap();
        prop_assert_eq!(unpack(&packed, None, LIMIT).unwrap(), lines);
    }

    #[test]
    fn spoiled_bytes_do_no_harm(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut packed = pack(snapshot(&css(), "hello").as_bytes(), None).unwrap();
        *at.get_mut(&mut packed) = with;
        if let Ok(lines) = unpack(&packed, None, 10_000) {
            prop_assert!(lines.len() <= 10_000);
        }
    }
}
