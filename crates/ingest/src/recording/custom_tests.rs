//! What our own recorder may say besides what the page does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hitmetrix_model::limits;
use hitmetrix_recording::{AssetDigest, picture_digest};
use serde_json::{Value, json};

use super::sanitise;
use super::tests::clean;

#[test]
fn own_remarks_pass_and_those_of_others_do_not() {
    let cost = json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-cost", "payload": {"events": 3, "total_ms": 4}}});
    assert_eq!(
        clean(&cost),
        Some(json!({"type": 5, "timestamp": 1,
        "data": {"tag": "hm-cost", "payload": {"events": 3, "total_ms": 4}}}))
    );
    let other =
        json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-costs", "payload": {"a": 1}}});
    assert_eq!(clean(&other), None);
    let more =
        json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-cost", "payload": {"html": "<b>"}}});
    assert_eq!(clean(&more).unwrap()["data"]["payload"], json!({}));
}

fn said(tag: &str, payload: &Value) -> Option<Value> {
    let event = json!({"type": 5, "timestamp": 1, "data": {"tag": tag, "payload": payload}});
    clean(&event).map(|event| event["data"]["payload"].clone())
}

#[test]
fn logs_pass_with_their_members_only_and_without_what_looks_secret() {
    let log = json!({"level": "warn", "text": "card 4111 1111 1111 1111 of ada@example.org", "html": "<b>"});
    assert_eq!(
        said("hm-console", &log),
        Some(json!({"level": "warn", "text": "card [card] of [email]"}))
    );
    for wrong in [
        json!({"level": "shout", "text": "x"}),
        json!({"level": "log"}),
        json!({"level": "log", "text": {"toString": "x"}}),
        json!({"level": ["log"], "text": "x"}),
        json!(["log", "x"]),
    ] {
        assert_eq!(said("hm-console", &wrong), None, "{wrong}");
    }
    let long = json!({"level": "log", "text": "é ".repeat(limits::CONSOLE_TEXT_BYTES)});
    let kept = said("hm-console", &long).unwrap();
    assert!(kept["text"].as_str().unwrap().len() <= limits::CONSOLE_TEXT_BYTES);
}

#[test]
fn requests_pass_with_their_figures_and_nothing_that_could_be_asked_for() {
    let request = json!({"method": "GET", "href": "https://a.example/x", "status": 200,
        "duration_ms": 12.5, "bytes": 7, "kind": "fetch"});
    assert_eq!(said("hm-network", &request), Some(request.clone()));
    let with = |key: &str, value: Value| {
        let mut other = request.clone();
        other[key] = value;
        other
    };
    assert_eq!(
        said("hm-network", &with("body", json!("secret"))),
        Some(request.clone())
    );
    assert_eq!(
        said("hm-network", &with("status", json!("200"))).unwrap()["status"],
        Value::Null
    );
    for wrong in [
        with("method", json!("get it")),
        with("method", json!("")),
        with("kind", json!("websocket")),
        with("href", json!("javascript:alert(1)")),
        with("href", json!("data:text/html,x")),
        with("href", json!(7)),
    ] {
        assert_eq!(said("hm-network", &wrong), None, "{wrong}");
    }
}

#[test]
fn of_a_canvas_only_pixels_pass() {
    let png = "iVBORw0KGgoAAAANSUhEUg==";
    let canvas = json!({"id": 7, "type": "text/html", "data": png, "href": "https://a.example/"});
    assert_eq!(
        said("hm-canvas", &canvas),
        Some(json!({"id": 7, "type": "image/png", "data": png}))
    );
    // A drawing, a font, no picture, too much of one.
    let drawing = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjwvc3ZnPg==";
    let large = "iVBORw0KGgoA".repeat(limits::ASSET_BYTES / 9 + 2);
    assert!(
        said(
            "hm-asset",
            &json!({"href": "https://a.example/", "type": "", "data": drawing})
        )
        .is_some()
    );
    for data in [drawing, "d09GMgAAAAA=", "PGh0bWw+PC9odG1sPg==", "?", &large] {
        let mut wrong = canvas.clone();
        wrong["data"] = json!(data);
        assert_eq!(said("hm-canvas", &wrong), None, "{data:.80}");
    }
    for key in ["id", "type", "data"] {
        let mut less = canvas.clone();
        less.as_object_mut().unwrap().remove(key);
        assert_eq!(said("hm-canvas", &less), None, "{key}");
    }
}

#[test]
fn pictures_and_fonts_pass_under_the_kind_that_their_bytes_have() {
    let png = "iVBORw0KGgoAAAANSUhEUg==";
    let asset = json!({"href": "https://a.example/~k3", "type": "text/html", "data": png});
    assert_eq!(
        said("hm-asset", &asset),
        Some(json!({"href": "https://a.example/~k3", "type": "image/png", "data": png}))
    );
    let with = |key: &str, value: Value| {
        let mut other = asset.clone();
        other[key] = value;
        other
    };
    // What looks like a token in it is none.
    let long = json!(format!("iVBORw0KGgoAAAAN{}", "sk4live7Zx9Q".repeat(8)));
    assert_eq!(
        said("hm-asset", &with("data", long.clone())).unwrap()["data"],
        long
    );
    let digest = "0123456789abcdef".repeat(2);
    let named = json!({"href": "https://a.example/~k3", "type": "image/png", "digest": digest});
    assert_eq!(said("hm-asset", &named), Some(named.clone()));
    // Who sends the bytes names nothing.
    let both = with("digest", json!({"card": "4111"}));
    assert_eq!(said("hm-asset", &both), said("hm-asset", &asset));
    for (key, value) in [
        ("digest", json!("0123")),
        ("digest", json!("0123456789ABCDEF".repeat(2))),
        ("digest", json!([digest])),
        ("type", json!("text/html")),
        ("href", json!("data:image/png,")),
    ] {
        let mut wrong = named.clone();
        wrong[key] = value;
        assert_eq!(said("hm-asset", &wrong), None, "{wrong}");
    }
    let large = "iVBORw0KGgoA".repeat(limits::ASSET_BYTES / 9 + 2);
    for wrong in [
        with("href", json!("javascript:x")),
        with("href", json!("https://a.example/".repeat(200))),
        with("data", json!("<html>")),
        with("data", json!("PGh0bWw+PC9odG1sPg==")),
        with("data", json!(large)),
        with("data", json!([1, 2])),
        with("type", Value::Null)
            .as_object()
            .map_or(Value::Null, |all| {
                let mut less = all.clone();
                less.remove("type");
                Value::Object(less)
            }),
    ] {
        assert_eq!(said("hm-asset", &wrong), None, "{:.80}", wrong.to_string());
    }
}

#[test]
fn named_pictures_are_put_in_as_far_as_there_is_room() {
    let text = "iVBORw0KGgoA".repeat(limits::ASSET_BYTES / 12);
    let digest = picture_digest(text.as_bytes());
    let named = |of: AssetDigest| {
        let digest = format!("{:032x}", u128::from_be_bytes(of));
        let payload =
            json!({"href": "https://a.example/~1", "type": "image/png", "digest": digest});
        json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-asset", "payload": payload}})
            .to_string()
            + "\n"
    };
    let other = [7; 16];
    let known = BTreeMap::from([(digest, Arc::from(text.as_bytes()))]);
    let chunk = sanitise((named(digest) + &named(other)).as_bytes(), 0).unwrap();
    assert_eq!(chunk.pictures, BTreeSet::from([digest, other]));
    let whole = chunk.with_pictures(&known);
    assert_eq!(whole.lines.len(), chunk.lines.len() + whole.put);
    assert_eq!(whole.named, BTreeSet::from([other]));
    let sent = sanitise(&whole.lines, 0).unwrap();
    assert_eq!(sent.brought, BTreeSet::from([digest]));
    assert_eq!(sent.lines, whole.lines);

    // However often it is named.
    let many = sanitise(named(digest).repeat(50).as_bytes(), 0).unwrap();
    let whole = many.with_pictures(&known);
    let room = limits::SESSION_PICTURES_BYTES;
    assert!(
        whole.put <= room && whole.put > room - text.len(),
        "{}",
        whole.put
    );
    assert_eq!(whole.named, BTreeSet::from([digest]));
}
