//! What a replica makes of each kind of event.

use serde_json::{Value, json};

use super::*;

/// Applies events, one every ten milliseconds.
pub(super) fn replica_of(events: &[Value]) -> Replica {
    let mut replica = Replica::new();
    for (index, event) in events.iter().enumerate() {
        let mut event = event.clone();
        if event["timestamp"].is_null() {
            event["timestamp"] = json!(1000 + 10 * index);
        }
        replica.apply(&event.to_string()).unwrap();
    }
    replica
}

/// The events of its keyframe.
pub(super) fn keyframe_of(replica: &Replica) -> Vec<Value> {
    let lines = replica.keyframe(9000).expect("there is a page");
    let lines = String::from_utf8(lines).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn meta() -> Value {
    json!({"type": 4, "data": {"href": "https://a.example/x", "width": 800, "height": 600}})
}

pub(super) fn snapshot(body: Value) -> Vec<Value> {
    let html = json!({"type": 2, "id": 3, "tagName": "html", "attributes": {}, "childNodes": [
        {"type": 2, "id": 4, "tagName": "body", "attributes": {}, "childNodes": body}]});
    let doctype = json!({"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""});
    let node = json!({"type": 0, "id": 1, "childNodes": [doctype, html]});
    let offset = json!({"left": 0, "top": 0});
    vec![
        meta(),
        json!({"type": 2, "data": {"node": node, "initialOffset": offset}}),
    ]
}

pub(super) fn element(id: i64, tag: &str, attributes: Value, children: Value) -> Value {
    json!({"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children})
}

fn text(id: i64, content: &str) -> Value {
    json!({"type": 3, "id": id, "textContent": content})
}

pub(super) fn incremental(data: Value) -> Value {
    json!({"type": 3, "data": data})
}

/// A mutation with one list filled.
fn mutation(list: &str, items: Value) -> Value {
    let mut data = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
    data[list] = items;
    incremental(data)
}

fn add(parent: i64, next: Value, node: Value) -> Value {
    json!({"parentId": parent, "nextId": next, "node": node})
}

/// The page after these events as lines: ids of nodes, indented by what they stand in, with texts.
fn outline(replica: &Replica) -> String {
    fn walk(node: &Value, depth: usize, out: &mut Vec<String>) {
        let shadow = if node["isShadow"] == json!(true) {
            "~"
        } else {
            ""
        };
        let content = node["textContent"].as_str().unwrap_or_default();
        out.push(
            format!("{}{shadow}{} {content}", "-".repeat(depth), node["id"])
                .trim_end()
                .to_owned(),
        );
        for child in node["childNodes"].as_array().into_iter().flatten() {
            walk(child, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    let events = keyframe_of(replica);
    let body = &events[1]["data"]["node"]["childNodes"][1]["childNodes"][0];
    for child in body["childNodes"].as_array().unwrap() {
        walk(child, 0, &mut out);
    }
    out.join(" ")
}

fn outline_of(body: Value, changes: &[Value]) -> String {
    outline(&replica_of(&[snapshot(body).as_slice(), changes].concat()))
}

#[test]
fn a_snapshot_alone_comes_out_as_it_went_in() {
    let body = json!([
        element(5, "p", json!({"class": "a", "hidden": true, "tabindex": 3}), json!([text(6, "words")])),
        {"type": 2, "id": 7, "isShadowHost": true, "tagName": "x-y", "attributes": {}, "childNodes": [
            text(8, "light"),
            {"type": 3, "id": 9, "isShadow": true, "textContent": "shadow"}], "isCustom": true},
        {"type": 5, "id": 10, "textContent": ""},
        {"type": 2, "id": 11, "tagName": "svg", "attributes": {"viewBox": "0 0 1 1"}, "childNodes": [], "isSVG": true},
    ]);
    let given = snapshot(body);
    let found = keyframe_of(&replica_of(&given));
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["data"], given[0]["data"]);
    assert_eq!(found[1]["data"], given[1]["data"]);
    assert!(found.iter().all(|event| event["timestamp"] == 9000));
}

#[test]
fn there_is_no_keyframe_before_the_first_snapshot() {
    assert_eq!(replica_of(&[meta()]).keyframe(1), None);
    assert_eq!(replica_of(&[mutation("adds", json!([]))]).keyframe(1), None);
    let [_, snapshot] = <[Value; 2]>::try_from(snapshot(json!([]))).unwrap();
    assert_eq!(replica_of(&[snapshot]).keyframe(1), None, "without a size");
}

#[test]
fn nodes_are_added_before_their_next_sibling_or_last() {
    let body = json!([text(5, "a"), text(6, "b")]);
    let adds = json!([
        add(4, json!(6), text(7, "between")),
        add(4, json!(null), element(8, "p", json!({}), json!([]))),
        add(8, json!(null), text(9, "in it")),
        add(4, json!(7), text(10, "before that")),
        {"parentId": 4, "previousId": 5, "nextId": null, "node": text(11, "after a")},
    ]);
    assert_eq!(
        outline_of(body, &[mutation("adds", adds)]),
        "5 a 11 after a 10 before that 7 between 6 b 8 -9 in it"
    );
}

#[test]
fn what_comes_before_its_parent_or_sibling_waits_for_it() {
    let adds = json!([
        add(8, json!(null), text(9, "in 8")),
        add(4, json!(10), text(7, "before 10")),
        add(8, json!(9), text(12, "first in 8")),
        add(4, json!(8), text(10, "before 8")),
        add(4, json!(null), element(8, "p", json!({}), json!([]))),
        add(99, json!(null), text(13, "nowhere")),
        add(4, json!(99), text(14, "before nobody")),
    ]);
    assert_eq!(
        outline_of(json!([]), &[mutation("adds", adds)]),
        "7 before 10 10 before 8 8 -12 first in 8 -9 in 8"
    );
}

#[test]
fn siblings_that_old_recorders_did_not_know_are_found_later() {
    let unknown = json!([{"parentId": 4, "previousId": -1, "nextId": -1, "node": text(7, "lost")}]);
    let found = json!([{"parentId": 4, "previousId": 7, "nextId": null, "node": text(8, "found")}]);
    let body = json!([text(5, "a")]);
    let changes = [mutation("adds", unknown), mutation("adds", found)];
    assert_eq!(outline_of(body.clone(), &changes[..1]), "5 a");
    assert_eq!(outline_of(body, &changes), "5 a 7 lost 8 found");
}

#[test]
fn removed_nodes_go_with_all_they_hold() {
    let body = json!([
        element(
            5,
            "p",
            json!({}),
            json!([text(6, "x"), element(7, "b", json!({}), json!([]))])
        ),
        text(8, "stays"),
    ]);
    let remove = |parent: i64, id: i64| json!([{"parentId": parent, "id": id}]);
    let gone = mutation("removes", remove(4, 5));
    assert_eq!(
        outline_of(body.clone(), std::slice::from_ref(&gone)),
        "8 stays"
    );
    // Its ids are free for others, and nothing can be put into it.
    let again = mutation(
        "adds",
        json!([
            add(5, json!(null), text(9, "y")),
            add(4, json!(null), text(7, "z"))
        ]),
    );
    assert_eq!(outline_of(body.clone(), &[gone, again]), "8 stays 7 z");
    // Where it does not stand it cannot be removed.
    let elsewhere = mutation("removes", remove(5, 8));
    assert_eq!(outline_of(body, &[elsewhere]), "5 -6 x -7 8 stays");
}

#[test]
fn a_node_that_is_added_again_has_moved() {
    let body = json!([
        element(5, "p", json!({}), json!([text(6, "x")])),
        element(7, "div", json!({}), json!([]))
    ]);
    let adds = json!([
        add(7, json!(null), element(5, "p", json!({}), json!([]))),
        add(5, json!(null), text(6, "x"))
    ]);
    let late = json!([{"parentId": 4, "id": 5}]);
    let changes = [mutation("adds", adds), mutation("removes", late)];
    assert_eq!(outline_of(body, &changes), "7 -5 --6 x");
}

#[test]
fn a_node_is_never_put_into_itself() {
    let body = json!([element(
        5,
        "p",
        json!({}),
        json!([element(6, "b", json!({}), json!([]))])
    )]);
    let adds = json!([add(6, json!(null), element(5, "p", json!({}), json!([])))]);
    assert_eq!(outline_of(body.clone(), &[mutation("adds", adds)]), "");
    let adds = json!([add(5, json!(null), element(5, "p", json!({}), json!([])))]);
    assert_eq!(outline_of(body, &[mutation("adds", adds)]), "");
}

#[test]
fn shadow_roots_come_with_their_first_child() {
    let body = json!([
        element(5, "div", json!({}), json!([text(6, "light")])),
        element(7, "img", json!({}), json!([]))
    ]);
    let shadow = |id: i64, content: &str| json!({"type": 3, "id": id, "isShadow": true, "textContent": content});
    let adds = mutation(
        "adds",
        json!([
            add(5, json!(null), shadow(8, "one")),
            add(5, json!(8), shadow(9, "two"))
        ]),
    );
    let replica = replica_of(
        &[
            snapshot(body.clone()).as_slice(),
            std::slice::from_ref(&adds),
        ]
        .concat(),
    );
    assert_eq!(outline(&replica), "5 -6 light -~9 two -~8 one 7");
    let host = &keyframe_of(&replica)[1]["data"]["node"]["childNodes"][1]["childNodes"][0]["childNodes"]
        [0];
    assert_eq!(host["isShadowHost"], json!(true));
    let removed = mutation(
        "removes",
        json!([{"parentId": 5, "id": 8, "isShadow": true}]),
    );
    assert_eq!(
        outline_of(body.clone(), &[adds, removed]),
        "5 -6 light -~9 two 7"
    );
    // No browser lets an image have one.
    let refused = mutation(
        "adds",
        json!([
            add(7, json!(null), shadow(8, "one")),
            add(4, json!(null), text(9, "x"))
        ]),
    );
    assert_eq!(outline_of(body, &[refused]), "5 -6 light 7");
}

#[test]
fn texts_and_attributes_change() {
    let body = json!([element(
        5,
        "p",
        json!({"class": "a", "title": "t"}),
        json!([text(6, "x")])
    )]);
    let texts = mutation(
        "texts",
        json!([{"id": 6, "value": "first"}, {"id": 6, "value": "last"}, {"id": 5}]),
    );
    let attributes = mutation(
        "attributes",
        json!([
            {"id": 5, "attributes": {"class": "b", "title": null, "role": "x", "tabindex": 4}},
            {"id": 77, "attributes": {"class": "b"}},
        ]),
    );
    let replica = replica_of(&[snapshot(body).as_slice(), &[texts, attributes]].concat());
    let events = keyframe_of(&replica);
    let p = &events[1]["data"]["node"]["childNodes"][1]["childNodes"][0]["childNodes"][0];
    assert_eq!(p["attributes"], json!({"class": "b", "role": "x"}));
    // The text of an element stands for all it held, under no id of the recording.
    assert_eq!(p["childNodes"][0]["textContent"], "");
    assert!(p["childNodes"][0]["id"].as_i64().unwrap() < 0);
}

/// What a keyframe says after its snapshot.
fn after_snapshot(body: Value, changes: &[Value]) -> Vec<Value> {
    let replica = replica_of(&[snapshot(body).as_slice(), changes].concat());
    let events = keyframe_of(&replica);
    events[2..]
        .iter()
        .map(|event| event["data"].clone())
        .collect()
}

#[test]
fn changed_declarations_follow_their_attribute() {
    let body = json!([element(
        5,
        "p",
        json!({"style": "margin: 1px; left: 2px"}),
        json!([])
    )]);
    let style = |style: Value| {
        mutation(
            "attributes",
            json!([{"id": 5, "attributes": {"style": style}}]),
        )
    };
    let changes = [
        style(json!({"left": "3px", "margin-top": "4px"})),
        style(json!({"left": false, "color": ["red", "important"], "top": ""})),
    ];
    let found = after_snapshot(body.clone(), &changes);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0]["attributes"].to_string(),
        r#"[{"id":5,"attributes":{"style":{"margin-top":"4px","left":false,"color":["red","important"],"top":false}}}]"#
    );
    for whole in [json!("left: 1px"), json!(null)] {
        let found = after_snapshot(
            body.clone(),
            &[changes.as_slice(), &[style(whole)]].concat(),
        );
        assert_eq!(found, Vec::<Value>::new());
    }
}

#[test]
fn scrolls_inputs_and_the_pointer_are_those_of_the_end() {
    let body = json!([
        element(5, "input", json!({}), json!([])),
        element(6, "input", json!({}), json!([]))
    ]);
    let input = |id: i64, text: &str| {
        incremental(json!({"source": 5, "id": id, "text": text, "isChecked": true}))
    };
    let scroll = |id: i64, y: i64| incremental(json!({"source": 3, "id": id, "x": 0, "y": y}));
    let changes = [
        input(6, "one"),
        scroll(1, 40),
        scroll(5, 50),
        input(5, "two"),
        input(6, "three"),
        scroll(5, 0),
        scroll(1, 60.into()),
        incremental(
            json!({"source": 1, "positions": [{"x": 1, "y": 2, "id": 5, "timeOffset": -9}, {"x": 3, "y": 4, "id": 6, "timeOffset": 0}]}),
        ),
        incremental(json!({"source": 4, "width": 320, "height": 200})),
    ];
    let found = after_snapshot(body, &changes);
    assert_eq!(
        found,
        [
            json!({"source": 5, "text": "two", "isChecked": true, "id": 5}),
            json!({"source": 5, "text": "three", "isChecked": true, "id": 6}),
            json!({"source": 3, "id": 1, "x": 0, "y": 60}),
            json!({"source": 1, "positions": [{"x": 3, "y": 4, "id": 6, "timeOffset": 0}]}),
        ]
    );
    let replica = replica_of(&[snapshot(json!([])).as_slice(), &changes[8..]].concat());
    assert_eq!(keyframe_of(&replica)[0]["data"]["width"], 320);
}

#[test]
fn a_finger_that_touches_still_does() {
    let touch =
        |kind: i64| incremental(json!({"source": 2, "type": kind, "id": 4, "x": 7, "y": 8}));
    let positions = json!({"source": 6, "positions": [{"x": 7, "y": 8, "id": 4, "timeOffset": 0}]});
    let start = json!({"source": 2, "type": 7, "id": 4, "x": 7, "y": 8});
    assert_eq!(
        after_snapshot(json!([]), &[touch(7)]),
        [positions.clone(), start]
    );
    assert_eq!(
        after_snapshot(json!([]), &[touch(7), touch(9)]),
        [positions]
    );
}

#[test]
fn a_video_that_plays_has_gone_on() {
    let body = json!([element(
        5,
        "video",
        json!({"rr_mediaState": "played", "rr_mediaCurrentTime": 2.5}),
        json!([])
    )]);
    // The snapshot came at 1.010 s, the keyframe at 9 s.
    assert_eq!(
        after_snapshot(body.clone(), &[]),
        [json!({"source": 7, "type": 0, "id": 5, "currentTime": 10.49})]
    );
    let rate =
        incremental(json!({"source": 7, "id": 5, "type": 4, "playbackRate": 2, "currentTime": 1}));
    assert_eq!(
        after_snapshot(body.clone(), &[rate]),
        [json!({"source": 7, "type": 0, "id": 5, "currentTime": 16.96, "playbackRate": 2})]
    );
    let paused = incremental(json!({"source": 7, "id": 5, "type": 1, "muted": true}));
    assert_eq!(
        after_snapshot(body, &[paused]),
        [json!({"source": 7, "type": 1, "id": 5, "currentTime": 2.5, "muted": true})]
    );
}

#[test]
fn a_canvas_shows_its_last_picture() {
    let canvas = |id: i64| element(id, "canvas", json!({}), json!([]));
    let body = json!([canvas(5), element(6, "p", json!({}), json!([])), canvas(7)]);
    let drawn = |id: i64, data: &str| json!({"tag": "hm-canvas", "payload": {"id": id, "type": "image/webp", "data": data}});
    let said = |id: i64, data: &str| json!({"type": 5, "data": drawn(id, data)});
    let gone = mutation("removes", json!([{"parentId": 4, "id": 7}]));
    let changes = [
        said(5, "aa"),
        said(6, "bb"),
        said(7, "cc"),
        said(5, "dd"),
        gone,
    ];
    assert_eq!(after_snapshot(body, &changes), [drawn(5, "dd")]);
}

#[test]
fn frames_are_attached_after_the_page_outer_ones_first() {
    let frame = |id: i64| element(id, "iframe", json!({}), json!([]));
    let document = |id: i64, children: Value| {
        json!({"type": 0, "id": id, "childNodes": [
        {"type": 2, "id": id + 1, "rootId": id, "tagName": "html", "attributes": {}, "childNodes": children}]})
    };
    let attach =
        |parent: i64, node: Value| mutation("adds", json!([add(parent, json!(null), node)]));
    let body = json!([frame(5)]);
    let inner = attach(13, document(20, json!([])));
    let outer = attach(
        5,
        document(
            10,
            json!([{"type": 2, "id": 13, "rootId": 10, "tagName": "iframe", "attributes": {}, "childNodes": []}]),
        ),
    );
    // The inner one is told of before there is a frame for it.
    let found = after_snapshot(body.clone(), &[inner, outer.clone()]);
    let parents: Vec<_> = found
        .iter()
        .map(|data| data["adds"][0]["parentId"].clone())
        .collect();
    assert_eq!(parents, [5, 13]);
    assert_eq!(found[1]["adds"][0]["node"], document(20, json!([])));
    assert_eq!(found[1]["isAttachIframe"], json!(true));
    // Another document takes the place of the first, with all that was in it.
    let found = after_snapshot(body, &[outer, attach(5, document(30, json!([])))]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["adds"][0]["node"]["id"], 30);
}

#[test]
fn the_text_of_a_sheet_goes_into_its_texts_with_their_first_change() {
    let sheet = element(
        5,
        "style",
        json!({"_cssText": "a{}/* rr_split */b{}", "media": "all"}),
        json!([text(6, ""), text(7, "")]),
    );
    let style = |changes: &[Value]| {
        let replica = replica_of(&[snapshot(json!([sheet])).as_slice(), changes].concat());
        keyframe_of(&replica)[1]["data"]["node"]["childNodes"][1]["childNodes"][0]["childNodes"][0]
            .clone()
    };
    assert_eq!(style(&[]), sheet);
    let rule = incremental(json!({"source": 8, "id": 5, "adds": [{"rule": "c{}", "index": 2}]}));
    let change = mutation("texts", json!([{"id": 7, "value": "d{}"}]));
    let found = style(&[rule.clone(), change.clone()]);
    assert_eq!(found["attributes"], json!({"media": "all"}));
    assert_eq!(
        found["childNodes"][0],
        json!({"type": 3, "id": 6, "textContent": "a{}", "isStyle": true})
    );
    assert_eq!(
        found["childNodes"][1],
        json!({"type": 3, "id": 7, "textContent": "d{}", "isStyle": true})
    );
    // What a script added is lost with it, as in a browser.
    assert_eq!(
        after_snapshot(json!([sheet]), std::slice::from_ref(&rule)).len(),
        1
    );
    assert_eq!(
        after_snapshot(json!([sheet]), &[rule, change]),
        Vec::<Value>::new()
    );
}

#[test]
fn rules_and_adopted_sheets_come_before_what_changes_the_tree() {
    let body = json!([
        element(
            5,
            "style",
            json!({"_cssText": "a{} @media all{b{}}"}),
            json!([])
        ),
        element(6, "p", json!({"style": "top: 1px"}), json!([]))
    ]);
    let changes = [
        mutation(
            "attributes",
            json!([{"id": 6, "attributes": {"style": {"top": "2px"}}}]),
        ),
        incremental(
            json!({"source": 8, "id": 5, "adds": [{"rule": "c{}", "index": 0}, {"rule": "d{}", "index": [2, 0]}], "removes": [{"index": 1}]}),
        ),
        incremental(
            json!({"source": 13, "id": 5, "index": [0], "set": {"property": "color", "value": "red", "priority": "important"}}),
        ),
        incremental(json!({"source": 13, "id": 5, "index": [1, 1], "remove": {"property": "top"}})),
        incremental(
            json!({"source": 15, "id": 1, "styles": [{"styleId": 1, "rules": [{"rule": "e{}", "index": 0}]}, {"styleId": 2, "rules": [{"rule": "f{}", "index": 0}]}], "styleIds": [2]}),
        ),
        incremental(json!({"source": 8, "styleId": 2, "replaceSync": "g{} h{}"})),
        incremental(json!({"source": 8, "styleId": 2, "removes": [{"index": 0}]})),
        incremental(
            json!({"source": 13, "styleId": 2, "index": [0], "set": {"property": "left", "value": "1px"}}),
        ),
    ];
    let found = after_snapshot(body, &changes);
    assert_eq!(
        found,
        [
            json!({"source": 15, "id": 1, "styles": [{"styleId": 2, "rules": [{"rule": "h{}", "index": 0}]}], "styleIds": [2]}),
            json!({"source": 13, "styleId": 2, "index": [0], "set": {"property": "left", "value": "1px"}}),
            json!({"source": 8, "id": 5, "removes": [{"index": 0}]}),
            json!({"source": 8, "id": 5, "adds": [{"rule": "c{}", "index": 0}]}),
            json!({"source": 13, "id": 5, "index": [0], "set": {"property": "color", "value": "red", "priority": "important"}}),
            json!({"source": 8, "id": 5, "adds": [{"rule": "d{}", "index": [1, 0]}]}),
            json!({"source": 13, "id": 5, "index": [1, 1], "remove": {"property": "top"}}),
            // Nobody has the first sheet, but somebody may adopt it again.
            json!({"source": 15, "id": 1, "styles": [{"styleId": 1, "rules": [{"rule": "e{}", "index": 0}]}], "styleIds": [1]}),
            json!({"source": 15, "id": 1, "styles": [], "styleIds": [2]}),
            json!({"source": 0, "texts": [], "attributes": [{"id": 6, "attributes": {"style": {"top": "2px"}}}], "removes": [], "adds": []}),
        ]
    );
}

#[test]
fn a_sheet_stays_with_its_document_wherever_the_element_goes_that_adopted_it_first() {
    let host = |root: Value| {
        let mut host = element(5, "div", json!({}), json!([]));
        host["isShadowHost"] = json!(true);
        host["rootId"] = root;
        host
    };
    let inside = |root: Value| {
        let mut inside = element(6, "p", json!({}), json!([]));
        inside["isShadow"] = json!(true);
        inside["rootId"] = root;
        inside
    };
    let body = json!([element(7, "iframe", json!({}), json!([]))]);
    let inner = json!({"type": 0, "id": 10, "childNodes": [
        {"type": 2, "id": 11, "rootId": 10, "tagName": "html", "attributes": {}, "childNodes": []}]});
    let adopted = |host: i64, id: i64| json!({"source": 15, "id": host, "styles": [{"styleId": id, "rules": [{"rule": "a{}", "index": 0}]}], "styleIds": [id]});
    let none = |host: i64| json!({"source": 15, "id": host, "styles": [], "styleIds": []});
    let changes = [
        mutation("adds", json!([add(7, json!(null), inner)])),
        mutation(
            "adds",
            json!([
                add(4, json!(null), host(json!(null))),
                add(5, json!(null), inside(json!(null)))
            ]),
        ),
        incremental(adopted(5, 1)),
        mutation("removes", json!([{"parentId": 4, "id": 5}])),
        mutation(
            "adds",
            json!([
                add(11, json!(null), host(json!(10))),
                add(5, json!(null), inside(json!(10)))
            ]),
        ),
        incremental(adopted(5, 2)),
        incremental(none(5)),
    ];
    let found = after_snapshot(body, &changes);
    let sheets: Vec<&Value> = found.iter().filter(|data| data["source"] == 15).collect();
    assert_eq!(
        sheets,
        [&adopted(1, 1), &none(1), &adopted(10, 2), &none(10)]
    );
}

#[test]
fn fields_with_their_value_in_their_text_keep_one_of_them() {
    let body = json!([element(
        5,
        "textarea",
        json!({"value": "a"}),
        json!([text(6, "old")])
    )]);
    assert_eq!(outline_of(body.clone(), &[]), "5");
    let typed = mutation(
        "attributes",
        json!([{"id": 5, "attributes": {"value": "b"}}]),
    );
    let replica = replica_of(&[snapshot(body.clone()).as_slice(), &[typed]].concat());
    assert!(
        String::from_utf8(replica.keyframe(1).unwrap())
            .unwrap()
            .contains(r#""value":"b""#)
    );
    let added = mutation("adds", json!([add(5, json!(null), text(7, "c"))]));
    assert_eq!(outline_of(body, &[added.clone(), added]), "5 -7 c");
}

#[test]
fn another_html_element_takes_the_place_of_the_first() {
    let html = element(9, "html", json!({"lang": "de"}), json!([]));
    let again = element(10, "div", json!({}), json!([]));
    let changes = [
        mutation("adds", json!([add(1, json!(null), html)])),
        // A document holds no second element and no text.
        mutation("adds", json!([add(1, json!(null), again)])),
        mutation("adds", json!([add(1, json!(null), text(11, "x"))])),
    ];
    let replica = replica_of(&[snapshot(json!([])).as_slice(), &changes].concat());
    let document = keyframe_of(&replica)[1]["data"]["node"]["childNodes"].clone();
    assert_eq!(document.as_array().unwrap().len(), 2);
    assert_eq!(document[1]["id"], 9);
}

#[test]
fn the_address_is_the_last_one() {
    let page =
        json!({"type": 5, "data": {"tag": "hm-page", "payload": {"href": "https://a.example/y"}}});
    let replica = replica_of(&[snapshot(json!([])).as_slice(), &[page]].concat());
    assert_eq!(
        keyframe_of(&replica)[0]["data"]["href"],
        "https://a.example/y"
    );
}

#[test]
fn beyond_the_limit_on_nodes_it_waits_for_the_next_snapshot() {
    let mut replica = replica_of(&snapshot(json!([])));
    let count = hitmetrix_model::limits::SNAPSHOT_NODES;
    let mut found = Ok(None);
    for round in 0..=count / 1000 {
        let adds: Vec<String> = (0..1000)
            .map(|index| 100 + 1000 * round + index)
            .map(|id| format!(r#"{{"parentId":4,"nextId":null,"node":{{"type":3,"id":{id},"textContent":""}}}}"#))
            .collect();
        let line = format!(
            r#"{{"type":3,"timestamp":2000,"data":{{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{}]}}}}"#,
            adds.join(",")
        );
        found = replica.apply(&line);
        if found.is_err() {
            break;
        }
    }
    assert_eq!(found, Err(ReplicaError::Nodes { limit: count }));
    assert!(!replica.is_loaded());
    assert_eq!(replica.keyframe(1), None);
    for event in snapshot(json!([])) {
        let mut event = event;
        event["timestamp"] = json!(3000);
        replica.apply(&event.to_string()).unwrap();
    }
    assert!(replica.is_loaded());
}

#[test]
fn a_page_deeper_than_players_take_has_no_keyframe() {
    let depth = i64::try_from(hitmetrix_model::limits::RECORDING_DEPTH).unwrap();
    let chain = |levels: i64| {
        let adds: Vec<Value> = (0..levels)
            .map(|level| {
                add(
                    if level == 0 { 4 } else { 100 + level },
                    json!(null),
                    element(101 + level, "b", json!({}), json!([])),
                )
            })
            .collect();
        replica_of(
            &[
                snapshot(json!([])).as_slice(),
                &[mutation("adds", json!(adds))],
            ]
            .concat(),
        )
    };
    // The document, its element and the body are levels too.
    assert!(chain(depth - 3).keyframe(1).is_some());
    assert_eq!(chain(depth - 2).keyframe(1), None);
    assert_eq!(chain(20_000).keyframe(1), None);
}
