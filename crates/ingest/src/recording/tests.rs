//! What passes, what does not, and that nothing ever breaks.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

pub(super) fn clean(event: &Value) -> Option<Value> {
    let line = event.to_string();
    match sanitise(line.as_bytes(), 0) {
        Ok(out) => Some(serde_json::from_slice(&out.lines).unwrap()),
        Err(_) => None,
    }
}

fn snapshot_of(nodes: Value) -> Value {
    json!({"type": 2, "timestamp": 1000, "data": {
        "node": {"type": 0, "id": 1, "childNodes": nodes}, "initialOffset": {"left": 0, "top": 0}}})
}

fn element(tag: &str, attributes: Value, children: Value) -> Value {
    json!({"type": 2, "id": 7, "tagName": tag, "attributes": attributes, "childNodes": children})
}

fn text(content: &str) -> Value {
    json!({"type": 3, "id": 9, "textContent": content})
}

fn mutation(adds: Value, attributes: Value) -> Value {
    json!({"type": 3, "timestamp": 1000, "data": {"source": 0, "texts": [], "removes": [],
        "adds": adds, "attributes": attributes}})
}

#[test]
fn facts_are_of_the_events_that_are_kept() {
    let lines = [
        json!({"type": 4, "timestamp": 2000, "data": {"href": "https://a.example/x/y?z#q", "width": 10, "height": 20}}),
        snapshot_of(json!([])),
        json!({"type": 6, "timestamp": 1, "data": {"plugin": "x"}}),
        json!({"type": 3, "timestamp": 3000.7, "data": {"source": 3, "id": 1, "x": 0, "y": 5}}),
    ];
    let body = lines.map(|line| line.to_string()).join("\n") + "\nnot json\n\n";
    let out = sanitise(body.as_bytes(), 500).unwrap();
    assert_eq!((out.first_ms, out.last_ms), (1500, 3500));
    assert_eq!((out.events, out.dropped, out.snapshot), (3, 2, true));
    assert_eq!(out.path.as_deref(), Some("/x/y"));
    assert_eq!(out.lines.iter().filter(|byte| **byte == b'\n').count(), 3);
    assert_eq!(sanitise(&out.lines, 0).unwrap().lines, out.lines);
}

#[test]
fn a_chunk_without_events_is_refused() {
    assert_eq!(sanitise(b"", 0), Err(RecordingError::NoEvents { lines: 0 }));
    assert_eq!(
        sanitise(b"{}\n[]\n7", 0),
        Err(RecordingError::NoEvents { lines: 3 })
    );
    assert_eq!(
        RecordingError::NoEvents { lines: 3 }.kind(),
        ErrorKind::Invalid
    );
}

#[test]
fn kinds_that_are_not_named_are_dropped() {
    for data in [
        json!({"source": 9, "id": 1, "type": 0, "commands": []}),
        json!({"source": 10, "family": "x", "fontSource": "url(x)"}),
        json!({"source": 11, "level": "log", "payload": ["secret"]}),
        json!({"source": 99}),
        json!({"source": "0"}),
        json!([]),
        json!(null),
    ] {
        assert_eq!(
            clean(&json!({"type": 3, "timestamp": 1, "data": data})),
            None
        );
    }
    for kind in [6, 7, 8, 9, -1] {
        let event = json!({"type": kind, "timestamp": 1, "data": {"payload": "secret"}});
        assert_eq!(clean(&event), None);
    }
}

#[test]
fn depth_texts_and_nodes_have_limits() {
    let deep = |levels: usize| {
        let mut line = String::from(r#"{"type":2,"timestamp":1,"data":{"node":"#);
        for id in 0..levels {
            write!(
                line,
                r#"{{"type":2,"id":{id},"tagName":"b","attributes":{{}},"childNodes":["#
            )
            .unwrap();
        }
        line.push_str(&"]}".repeat(levels));
        line + "}}"
    };
    assert!(sanitise(deep(limits::RECORDING_DEPTH).as_bytes(), 0).is_ok());
    let over = Err(RecordingError::Depth {
        limit: limits::RECORDING_DEPTH,
    });
    assert_eq!(
        sanitise(deep(limits::RECORDING_DEPTH + 1).as_bytes(), 0),
        over
    );
    assert_eq!(sanitise(deep(100_000).as_bytes(), 0), over);
    assert_eq!(sanitise("[".repeat(1_000_000).as_bytes(), 0), over);

    let long = snapshot_of(json!([text(
        &"a ".repeat(limits::RECORDING_TEXT_BYTES / 2 + 1)
    )]));
    assert!(matches!(
        sanitise(long.to_string().as_bytes(), 0),
        Err(RecordingError::Text {
            limit: limits::RECORDING_TEXT_BYTES,
            ..
        })
    ));

    let node = r#"{"type":3,"id":2,"textContent":""}"#;
    let wide = |count: usize| {
        let nodes = vec![node; count].join(",");
        format!(
            r#"{{"type":2,"timestamp":1,"data":{{"node":{{"type":0,"id":1,"childNodes":[{nodes}]}}}}}}"#
        )
    };
    assert!(sanitise(wide(limits::SNAPSHOT_NODES - 1).as_bytes(), 0).is_ok());
    assert_eq!(
        sanitise(wide(limits::SNAPSHOT_NODES).as_bytes(), 0),
        Err(RecordingError::Nodes {
            limit: limits::SNAPSHOT_NODES
        })
    );
    let values = format!("[{}0]", "0,".repeat(3_000_000));
    assert!(matches!(
        sanitise(values.as_bytes(), 0),
        Err(RecordingError::Values { .. })
    ));
}

#[test]
fn the_second_pass_removes_what_looks_like_a_secret() {
    let secrets = [
        "4111 1111 1111 1111",
        "jane.doe@example.com",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "Authorization: Bearer abcdefghijklmnop0123456789XYZ",
    ];
    for secret in secrets {
        let said = format!("before {secret} after");
        let events = [
            snapshot_of(json!([element(
                "p",
                json!({"title": said}),
                json!([text(&said)])
            )])),
            json!({"type": 3, "timestamp": 1, "data": {"source": 5, "id": 1, "text": said, "isChecked": false}}),
            json!({"type": 3, "timestamp": 1, "data": {"source": 0, "adds": [], "removes": [],
                "texts": [{"id": 3, "value": said}], "attributes": [{"id": 4, "attributes": {"alt": said}}]}}),
        ];
        for event in events {
            let out = clean(&event).unwrap().to_string();
            assert!(!out.contains(&secret[secret.len() - 12..]), "{out}");
            assert!(out.contains("before") && out.contains("after"), "{out}");
        }
    }
}

#[test]
fn the_second_pass_sees_texts_that_stand_in_several_nodes() {
    let part = |id: i64, content: &str| json!({"type": 3, "id": id, "textContent": content});
    let span = |id: i64, children: Value| json!({"type": 2, "id": id, "tagName": "span", "attributes": {}, "childNodes": children});
    let texts = |event: &Value| -> Vec<String> {
        let json = event.to_string();
        json.split(r#""textContent":""#)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let lines = [
        (
            vec!["write to ", "ada", "@example.org", " now"],
            vec!["write to ", "[email]", "", " now"],
        ),
        (
            vec!["4111 ", "1111 ", "1111 ", "1111"],
            vec!["[card]", "", "", ""],
        ),
        (
            vec!["no 7, 41111", "11111111111, 3"],
            vec!["no 7, [card]", ", 3"],
        ),
        (vec!["token=", "abc"], vec!["token=", "[secret]"]),
        (vec!["Buy ", "2"], vec!["Buy ", "2"]),
    ];
    for (given, expected) in lines {
        let spans: Vec<Value> = (10..)
            .step_by(2)
            .zip(&given)
            .map(|(id, content)| span(id, json!([part(id + 1, content)])))
            .collect();
        let page = clean(&snapshot_of(json!([element("p", json!({}), json!(spans))]))).unwrap();
        assert_eq!(texts(&page), expected);
        // In a mutation each node comes by itself, here the last one first, texts before spans.
        let mut adds: Vec<Value> = Vec::new();
        for (index, content) in given.iter().enumerate().rev() {
            let id = 10 + 2 * i64::try_from(index).unwrap();
            let next = if index + 1 == given.len() {
                json!(null)
            } else {
                json!(id + 2)
            };
            adds.push(json!({"parentId": id, "nextId": null, "node": part(id + 1, content)}));
            adds.push(json!({"parentId": 5, "nextId": next, "node": span(id, json!([]))}));
        }
        let mut shown = texts(&clean(&mutation(json!(adds), json!([]))).unwrap());
        shown.reverse();
        assert_eq!(shown, expected);
    }
    // Cells of a table are numbers of their own.
    let cells =
        ["4111", "1111", "1111", "1111"].map(|cell| element("td", json!({}), json!([text(cell)])));
    let table = snapshot_of(json!([element("tr", json!({}), json!(cells))]));
    assert_eq!(
        texts(&clean(&table).unwrap()),
        ["4111", "1111", "1111", "1111"]
    );
}

#[test]
fn the_second_pass_sees_texts_in_styles_and_leaves_pictures() {
    let secret = "ada@example.org";
    let picture = r#"url("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")"#;
    let style = format!(r#"/* {secret} */ a::before{{content:"{secret}";background:{picture}}}"#);
    let rule = json!({"rule": style, "index": 0});
    let data = |more: Value| json!({"type": 3, "timestamp": 1, "data": more});
    let events = [
        snapshot_of(json!([element(
            "style",
            json!({"_cssText": style}),
            json!([])
        )])),
        snapshot_of(json!([element("style", json!({}), json!([text(&style)]))])),
        snapshot_of(json!([element("p", json!({"style": style}), json!([]))])),
        mutation(
            json!([]),
            json!([{"id": 1, "attributes": {"style": {"content": format!("'{secret}' {picture}")}}}]),
        ),
        data(json!({"source": 8, "id": 1, "adds": [rule]})),
        data(json!({"source": 8, "styleId": 1, "replace": style})),
        data(
            json!({"source": 13, "id": 1, "index": [0], "set": {"property": "content", "value": format!("'{secret}' {picture}"), "priority": ""}}),
        ),
        data(
            json!({"source": 15, "id": 1, "styleIds": [1], "styles": [{"styleId": 1, "rules": [rule]}]}),
        ),
    ];
    for event in events {
        let kept = clean(&event).unwrap().to_string();
        assert!(!kept.contains(secret) && kept.contains("[email]"), "{kept}");
        assert!(kept.contains("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), "{kept}");
    }
}

#[test]
fn values_of_password_and_hidden_fields_are_removed() {
    for kind in ["password", "hidden", "PASSWORD"] {
        let out = clean(&snapshot_of(json!([element(
            "input",
            json!({"type": kind, "value": "hunter2"}),
            json!([])
        )])));
        assert!(!out.unwrap().to_string().contains("hunter2"));
    }
}

/// What must not be found anywhere in what comes out, lower case.
const ACTIVE_PARTS: &[&str] = &[
    "alert",
    "javascript:",
    "vbscript:",
    "\"script\"",
    "\"onerror\"",
    "\"onload\"",
    "srcdoc",
    "\"object\"",
    "\"embed\"",
    "\"base\"",
    "\"meta\"",
    "http-equiv",
    "data:text",
    "\"noscript\"",
    "\"animate\"",
    "\"set\"",
    "formaction",
    "evil.example",
];

fn assert_inert(event: &Value) {
    let Some(out) = clean(event) else {
        return;
    };
    let lower = out.to_string().to_lowercase();
    for part in ACTIVE_PARTS {
        assert!(!lower.contains(part), "{part} is left of {event}: {out}");
    }
}

#[test]
fn nothing_active_is_left_of_hostile_elements() {
    let tags = [
        "script",
        "SCRIPT",
        "noscript",
        "object",
        "embed",
        "base",
        "meta",
        "animate",
        "set",
        "svg:script",
        "applet",
        "frame",
        "frameset",
        "portal",
        "a b",
        "img onerror=alert(1)",
        "<script>",
        "",
        "script\u{0}",
    ];
    for tag in tags {
        for (attributes, children) in [
            (
                json!({"src": "//evil.example/x", "onerror": "alert(1)"}),
                json!([text("alert(1)")]),
            ),
            (
                json!({"http-equiv": "refresh", "content": "0;url=javascript:alert(1)"}),
                json!([]),
            ),
            (
                json!({"attributeName": "href", "to": "javascript:alert(1)", "values": "javascript:alert(1)"}),
                json!([]),
            ),
        ] {
            let hostile = element(tag, attributes, children);
            assert_inert(&snapshot_of(json!([hostile.clone()])));
            assert_inert(&mutation(
                json!([{"parentId": 1, "nextId": null, "node": hostile}]),
                json!([]),
            ));
        }
    }
}

#[test]
fn nothing_active_is_left_of_hostile_attributes() {
    let values = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " \tjava\nscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "vbscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,YWxlcnQ=alert",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "https://evil.example/x.png",
        "//evil.example/x",
        "blob:https://evil.example/alert",
        "data:,alert(1)",
        "file:///alert",
    ];
    let names = [
        "src",
        "srcset",
        "poster",
        "data",
        "xlink:href",
        "background",
        "action",
        "formaction",
        "ping",
        "srcdoc",
        "onerror",
        "ONLOAD",
        "onmouseover",
        "style\u{0}x",
        "content",
        "lowsrc",
        "dynsrc",
        "codebase",
        "manifest",
        "cite",
        "longdesc",
        "rr_dataURL",
        "rr_src",
        "imagesrcset",
        "xml:base",
    ];
    for tag in [
        "img", "iframe", "svg", "video", "input", "form", "use", "link", "body", "x-y", "button",
    ] {
        for name in names {
            for value in values {
                assert_inert(&snapshot_of(json!([element(
                    tag,
                    json!({name: value}),
                    json!([])
                )])));
                assert_inert(&mutation(
                    json!([]),
                    json!([{"id": 2, "attributes": {name: value}}]),
                ));
            }
        }
        let hrefs = values
            .iter()
            .filter(|value| !value.starts_with("https:") && !value.starts_with("//"));
        for value in hrefs {
            assert_inert(&snapshot_of(json!([element(
                tag,
                json!({"href": value}),
                json!([])
            )])));
        }
    }
}

#[test]
fn nothing_active_is_left_of_hostile_styles() {
    for css in [
        "a{background:url(javascript:alert(1))}",
        "a{width:expression(alert(1))}",
        "a{-moz-binding:url(data:text/xml,alert)}",
        "a{background:URL(JAVAjavascript:SCRIPT:alert(1))}",
    ] {
        let parts = ["javascript:", "expression(", "-moz-binding", "data:text"];
        for event in [
            snapshot_of(json!([element(
                "style",
                json!({"_cssText": css}),
                json!([])
            )])),
            snapshot_of(json!([element("style", json!({}), json!([text(css)]))])),
            snapshot_of(json!([element("p", json!({"style": css}), json!([]))])),
            mutation(
                json!([{"parentId": 1, "nextId": null,
                    "node": {"type": 3, "id": 9, "textContent": css, "isStyle": true}}]),
                json!([]),
            ),
            mutation(
                json!([]),
                json!([{"id": 1, "attributes": {"style": {"background": css, "color": [css, "important"]}}}]),
            ),
            json!({"type": 3, "timestamp": 1, "data": {"source": 8, "id": 1, "adds": [{"rule": css, "index": 0}]}}),
            json!({"type": 3, "timestamp": 1, "data": {"source": 8, "id": 1, "replaceSync": css}}),
            json!({"type": 3, "timestamp": 1, "data": {"source": 13, "id": 1, "index": [0], "set": {"property": "x", "value": css}}}),
            json!({"type": 3, "timestamp": 1, "data": {"source": 15, "id": 1, "styleIds": [1],
                "styles": [{"styleId": 1, "rules": [{"rule": css, "index": 0}]}]}}),
        ] {
            let out = clean(&event).unwrap().to_string().to_lowercase();
            assert!(parts.iter().all(|part| !out.contains(*part)), "{out}");
        }
    }
}

#[test]
fn a_dropped_element_keeps_its_place() {
    let out = clean(&snapshot_of(json!([element(
        "script",
        json!({"src": "x"}),
        json!([text("x")])
    )])))
    .unwrap();
    let node = &out["data"]["node"]["childNodes"][0];
    assert_eq!(node["id"], 7);
    assert_eq!(node["tagName"], "template");
    assert_eq!(node["childNodes"], json!([]));
}

#[test]
fn recordings_of_rrweb_itself_pass() {
    let inputs = std::env::var("HITMETRIX_TEST_INPUTS").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/inputs").to_owned()
    });
    let Ok(folder) = std::fs::read_dir(format!("{inputs}/rrweb")) else {
        println!("skipped: no rrweb recordings in {inputs}; set HITMETRIX_TEST_INPUTS");
        return;
    };
    let mut files = 0;
    for file in folder {
        let events: Vec<Value> =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let body: Vec<String> = events.iter().map(Value::to_string).collect();
        let out = sanitise(body.join("\n").as_bytes(), 0).unwrap();
        assert_eq!((out.dropped, out.events as usize), (0, events.len()));
        assert!(out.snapshot);
        assert_eq!(sanitise(&out.lines, 0).unwrap().lines, out.lines);
        let ids = |events: &[Value]| {
            let all = serde_json::to_string(events).unwrap();
            all.matches("\"id\":").count()
        };
        let after: Vec<Value> = out
            .lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        // Only what stood in active elements is gone.
        assert!(ids(&after) * 10 >= ids(&events) * 8);
        files += 1;
    }
    assert!(files >= 13);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..20).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "script",
            "javascript:alert(1)",
            "style",
            "input",
            "a",
            "jane@doe.example",
            "#document",
            "4111 1111 1111 1111",
            "url(x)",
            "Bearer abcdefghijklmnopqrstuvwxyz012345",
            "password: hunter2",
        ])
        .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "type",
        "data",
        "timestamp",
        "source",
        "node",
        "id",
        "childNodes",
        "tagName",
        "attributes",
        "texts",
        "adds",
        "removes",
        "value",
        "text",
        "textContent",
        "style",
        "href",
        "src",
        "onclick",
        "rule",
        "index",
        "set",
        "property",
        "styles",
        "rules",
        "styleId",
        "positions",
        "ranges",
        "payload",
        "tag",
        "_cssText",
    ]);
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn a_secret_is_found_wherever_it_is_cut(cuts in proptest::collection::vec(0_usize..60, 0..6)) {
        let said = "pay with 4111 1111 1111 1111, tell ada@example.org of it";
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(said.len())).collect();
        cuts.extend([0, said.len()]);
        cuts.sort_unstable();
        let parts: Vec<Value> = cuts.windows(2).map(|cut| text(&said[cut[0]..cut[1]])).collect();
        let event = clean(&snapshot_of(json!([element("p", json!({}), json!(parts))]))).unwrap();
        let nodes = event["data"]["node"]["childNodes"][0]["childNodes"].as_array().unwrap();
        let shown: String = nodes.iter().map(|node| node["textContent"].as_str().unwrap()).collect();
        prop_assert_eq!(shown, "pay with [card], tell [email] of it");
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = sanitise(&bytes, 0);
    }

    #[test]
    fn what_comes_out_comes_out_again(
        kind in 0..6_i64, source in 0..17_i64, mut data in any_json(), node in any_json(), offset in any::<i64>()
    ) {
        if let Value::Object(members) = &mut data {
            members.insert("source".to_owned(), json!(source));
            members.insert("node".to_owned(), node.clone());
            for key in ["texts", "attributes", "removes"] {
                members.entry(key).or_insert_with(|| json!([]));
            }
            members.insert("adds".to_owned(), json!([{"parentId": 1, "nextId": null, "node": node}]));
        }
        let event = json!({"type": kind, "timestamp": 5, "data": data});
        if let Ok(out) = sanitise(event.to_string().as_bytes(), offset) {
            let again = sanitise(&out.lines, 0).unwrap();
            prop_assert_eq!(String::from_utf8(again.lines).unwrap(), String::from_utf8(out.lines).unwrap());
        }
    }
}

#[test]
fn what_no_browser_would_build_is_not_kept() {
    let inner = json!({"type": 0, "id": 2, "childNodes": [text("inner")]});
    let kind = json!({"type": 1, "id": 3, "name": "html", "publicId": "", "systemId": ""});
    let host = |tag: &str| {
        json!({"type": 2, "id": 8, "tagName": tag, "attributes": {}, "childNodes": [],
            "isShadowHost": true, "isCustom": true})
    };
    let body = element(
        "body",
        json!({}),
        json!([inner, kind, host("img"), host("div"), host("x-y")]),
    );
    let out = clean(&snapshot_of(json!([kind, inner, body]))).unwrap();
    let document = &out["data"]["node"]["childNodes"];
    assert_eq!(document.as_array().unwrap().len(), 2, "{document}");
    let children = document[1]["childNodes"].as_array().unwrap();
    let marks = |node: &Value| (node["isShadowHost"] == true, node["isCustom"] == true);
    let marks: Vec<(bool, bool)> = children.iter().map(marks).collect();
    assert_eq!(marks, [(false, false), (true, false), (true, true)]);
    // A frame's document comes as an addition to it.
    let added = json!([{"parentId": 7, "nextId": null, "node": inner}]);
    let out = clean(&mutation(added, json!([]))).unwrap();
    assert_eq!(out["data"]["adds"][0]["node"]["type"], 0);
    for data in [
        json!({"source": 1, "positions": []}),
        json!({"source": 6, "positions": [7]}),
        json!({"source": 15, "id": 1, "styleIds": 7}),
        json!({"source": 15, "id": 1, "styles": []}),
    ] {
        let event = json!({"type": 3, "timestamp": 1, "data": data});
        assert_eq!(clean(&event), None, "{event}");
    }
}
