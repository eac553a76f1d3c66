//! When a window has keyframes, and where.

use serde_json::{Value, json};

use super::tests::{incremental, snapshot};
use super::{KEYFRAME_TAG, Keyframe, ReplicaError, keyframes};

/// Lines at times in seconds: `s` a snapshot with its size before it, `m` a change, `p` a pointer.
fn window(events: &[(char, i64)]) -> String {
    let mut lines = String::new();
    for (kind, seconds) in events {
        let text = json!([{"id": 4, "value": format!("at {seconds}")}]);
        let change =
            json!({"source": 0, "texts": text, "adds": [], "removes": [], "attributes": []});
        let at = json!([{"x": 1, "y": seconds, "id": 4, "timeOffset": 0}]);
        let all = match kind {
            's' => snapshot(json!([])),
            'm' => vec![incremental(change)],
            _ => vec![incremental(json!({"source": 1, "positions": at}))],
        };
        for mut event in all {
            event["timestamp"] = json!(seconds * 1000);
            lines.push_str(&format!("{event}\n"));
        }
    }
    lines
}

fn places(events: &[(char, i64)]) -> Vec<(usize, i64)> {
    let found = keyframes(window(events).as_bytes(), 60_000).unwrap();
    found
        .iter()
        .map(|keyframe| (keyframe.before_line, keyframe.time_ms / 1000))
        .collect()
}

#[test]
fn a_keyframe_comes_with_the_first_line_after_a_minute_in_which_something_changed() {
    // A snapshot is two lines.
    assert_eq!(
        places(&[('s', 0), ('m', 10), ('p', 59), ('p', 60), ('p', 61)]),
        [(4, 60)]
    );
    assert_eq!(
        places(&[
            ('s', 0),
            ('m', 1),
            ('m', 70),
            ('m', 80),
            ('m', 130),
            ('p', 500)
        ]),
        [(3, 70), (5, 130), (6, 500)]
    );
}

#[test]
fn there_is_none_where_nothing_changed() {
    assert_eq!(places(&[('s', 0), ('p', 100), ('p', 200)]), []);
    assert_eq!(
        places(&[('s', 0), ('m', 10), ('p', 100), ('p', 200), ('p', 300)]),
        [(3, 100)]
    );
    assert_eq!(places(&[('m', 0), ('m', 100), ('m', 200)]), []);
}

#[test]
fn a_snapshot_of_the_recorder_is_as_good() {
    assert_eq!(
        places(&[('s', 0), ('m', 10), ('s', 100), ('p', 150), ('p', 200)]),
        []
    );
    assert_eq!(
        places(&[
            ('s', 0),
            ('m', 50),
            ('s', 55),
            ('m', 70),
            ('p', 110),
            ('p', 115)
        ]),
        [(7, 115)]
    );
}

#[test]
fn times_that_step_back_are_held() {
    assert_eq!(
        places(&[('s', 0), ('m', 65), ('p', 50), ('p', 70)]),
        [(3, 65)]
    );
}

#[test]
fn lines_that_are_no_events_count_as_lines() {
    let lines = window(&[('s', 0), ('m', 10)]) + "\nnot json\n\u{e9}\n" + &window(&[('p', 61)]);
    let found = keyframes(lines.as_bytes(), 60_000).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].before_line, 6);
    assert!(lines.lines().nth(6).unwrap().contains("positions"));
    assert_eq!(keyframes(b"\xff\xfe\n{}", 0), Ok(Vec::new()));
}

#[test]
fn a_keyframe_begins_with_a_remark_on_how_many_lines_are_made() {
    let lines = window(&[('s', 0), ('p', 5), ('m', 10), ('p', 61)]);
    let Keyframe { lines, .. } = keyframes(lines.as_bytes(), 60_000).unwrap().remove(0);
    let lines = String::from_utf8(lines).unwrap();
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        events[0]["data"],
        json!({"tag": KEYFRAME_TAG, "payload": {"lines": events.len() - 1}})
    );
    assert_eq!(
        events
            .iter()
            .map(|event| event["type"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [5, 4, 2, 3]
    );
    assert!(events.iter().all(|event| event["timestamp"] == 61_000));
    assert!(lines.ends_with('\n') && events[2].to_string().contains("at 10"));
}

#[test]
fn of_very_many_bytes_every_second_one_goes() {
    let page = json!([{"type": 3, "id": 5, "textContent": "x".repeat(3 << 20)}]);
    let mut lines = String::new();
    for mut event in snapshot(page) {
        event["timestamp"] = json!(0);
        lines.push_str(&format!("{event}\n"));
    }
    for seconds in 1..40 {
        lines.push_str(&window(&[('m', 60 * seconds)]));
    }
    // The body's text changed, so that it holds the long one no more.
    let lines = lines.replace(r#""id":4,"value""#, r#""id":2,"value""#);
    let found = keyframes(lines.as_bytes(), 60_000).unwrap();
    let bytes: usize = found.iter().map(|keyframe| keyframe.lines.len()).sum();
    assert!((32 << 20..=64 << 20).contains(&bytes), "{bytes}");
    let times: Vec<i64> = found
        .iter()
        .map(|keyframe| keyframe.time_ms / 60_000)
        .collect();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] == 2),
        "{times:?}"
    );
}

#[test]
fn a_page_that_outgrew_its_limits_says_so_when_there_is_none() {
    let text = "x".repeat(4 << 20);
    let adds: Vec<Value> = (0..20)
        .map(|id| json!({"parentId": 4, "nextId": null, "node": {"type": 3, "id": 100 + id, "textContent": text}}))
        .collect();
    let mut large = incremental(
        json!({"source": 0, "texts": [], "adds": adds, "removes": [], "attributes": []}),
    );
    large["timestamp"] = json!(20_000);
    let lines =
        window(&[('s', 0), ('m', 10)]) + &format!("{large}\n") + &window(&[('m', 61), ('m', 200)]);
    assert!(matches!(
        keyframes(lines.as_bytes(), 60_000),
        Err(ReplicaError::Bytes { .. })
    ));
    let again = lines + &window(&[('s', 300), ('m', 310), ('p', 370)]);
    assert_eq!(keyframes(again.as_bytes(), 60_000).unwrap().len(), 1);
}
