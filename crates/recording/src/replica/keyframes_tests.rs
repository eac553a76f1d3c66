//! When a window has keyframes, and where.

use serde_json::{Value, json};

use super::tests::{incremental, snapshot};
use super::{KEYFRAME_TAG, Keyframes};

/// Lines at a time: `s` a snapshot with its size before it, `m` a change, `p` a pointer.
fn lines(kind: char, time_ms: i64) -> String {
    let text = json!([{"id": 4, "value": format!("at {time_ms} {}", "x".repeat(200))}]);
    let change = json!({"source": 0, "texts": text, "adds": [], "removes": [], "attributes": []});
    let at = json!([{"x": 1, "y": time_ms, "id": 4, "timeOffset": 0}]);
    let all = match kind {
        's' => snapshot(json!([])),
        'm' => vec![incremental(change)],
        _ => vec![incremental(json!({"source": 1, "positions": at}))],
    };
    all.into_iter()
        .map(|mut event| {
            event["timestamp"] = json!(time_ms);
            let (kind, data) = (&event["type"], &event["data"]);
            format!(r#"{{"type":{kind},"data":{data},"timestamp":{time_ms}}}"#) + "\n"
        })
        .collect()
}

/// A segment of one chunk: what happens at which second.
fn segment(events: &[(char, i64)]) -> Vec<Vec<u8>> {
    let all = events
        .iter()
        .map(|(kind, seconds)| lines(*kind, seconds * 1000));
    vec![all.collect::<String>().into_bytes()]
}

/// Which segments have a keyframe, and at what second.
fn places(segments: &[&[(char, i64)]]) -> Vec<(usize, i64)> {
    let mut keyframes = Keyframes::default();
    let made = segments.iter().enumerate().filter_map(|(index, events)| {
        let made = keyframes.before(&segment(events))?;
        let remark: Value =
            serde_json::from_slice(made.split(|byte| *byte == b'\n').next()?).unwrap();
        Some((index, remark["timestamp"].as_i64()? / 1000))
    });
    made.collect()
}

#[test]
fn a_keyframe_comes_before_the_segment_after_a_minute_in_which_something_changed() {
    assert_eq!(
        places(&[
            &[('s', 0), ('m', 10), ('p', 59)],
            &[('p', 60)],
            &[('m', 121)],
            &[('p', 180)]
        ]),
        [(1, 60), (3, 180)]
    );
}

#[test]
fn there_is_none_where_nothing_changed_or_too_little_time_passed() {
    assert_eq!(places(&[&[('s', 0)], &[('p', 100)], &[('p', 200)]]), []);
    assert_eq!(
        places(&[
            &[('s', 0), ('m', 1)],
            &[('m', 20)],
            &[('m', 44)],
            &[('m', 46)]
        ]),
        [(3, 46)]
    );
    assert_eq!(places(&[&[('m', 0)], &[('m', 100)], &[('m', 200)]]), []);
}

#[test]
fn many_changes_in_a_short_time_are_worth_one_too() {
    let mut keyframes = Keyframes::default();
    assert_eq!(keyframes.before(&segment(&[('s', 0)])), None);
    let much: String = (0..3000).map(|at| lines('m', at)).collect();
    assert_eq!(keyframes.before(&[much.into_bytes()]), None);
    assert!(keyframes.before(&segment(&[('p', 5)])).is_some());
}

#[test]
fn a_snapshot_of_the_recorder_is_as_good() {
    assert_eq!(
        places(&[&[('s', 0), ('m', 10)], &[('s', 100)], &[('p', 200)]]),
        []
    );
    // One that comes a little later in the first chunk, too.
    assert_eq!(
        places(&[&[('s', 0), ('m', 10)], &[('p', 99), ('s', 100)]]),
        []
    );
}

#[test]
fn times_that_step_back_are_held() {
    assert_eq!(places(&[&[('s', 0), ('m', 65)], &[('p', 50)]]), [(1, 65)]);
}

/// Keyframes of a page with a text of so many bytes in its body, which is told first.
fn of_large_page(bytes: usize) -> Keyframes {
    let page = json!([{"type": 3, "id": 5, "textContent": "x".repeat(bytes)}]);
    let events = snapshot(page).into_iter().map(|event| {
        let (kind, data) = (&event["type"], &event["data"]);
        format!("{{\"type\":{kind},\"data\":{data},\"timestamp\":0}}\n")
    });
    let mut keyframes = Keyframes::default();
    let first = events.collect::<String>().into_bytes();
    assert_eq!(keyframes.before(&[first]), None);
    keyframes
}

/// A change beside the large text.
fn change_beside(seconds: i64) -> Vec<Vec<u8>> {
    let line = lines('m', seconds * 1000).replace(r#""id":4,"value""#, r#""id":2,"value""#);
    vec![line.into_bytes()]
}

#[test]
fn a_page_that_changes_little_has_few() {
    let mut keyframes = of_large_page(30_000);
    let minutes = (1..=21).filter(|minute| keyframes.before(&change_beside(60 * minute)).is_some());
    assert_eq!(minutes.collect::<Vec<_>>(), [5, 10, 15, 20]);
}

#[test]
fn keyframes_of_a_large_page_do_not_grow_without_bound() {
    let mut keyframes = of_large_page(1 << 20);
    let days = (1..=40).filter(|day| keyframes.before(&change_beside(86_400 * day)).is_some());
    assert_eq!(days.count(), 8);
}

#[test]
fn a_large_page_that_changes_much_has_them_to_the_end() {
    let mut keyframes = of_large_page(1 << 20);
    let text = format!(r#""id":5,"value":"{}"#, "x".repeat(1 << 20));
    let made = (1..=80).filter(|minute| {
        let line = lines('m', minute * 60_000).replace(r#""id":4,"value":""#, &text);
        keyframes.before(&[line.into_bytes()]).is_some()
    });
    // None before the first change.
    assert_eq!(made.collect::<Vec<_>>(), (2..=80).collect::<Vec<_>>());
}

#[test]
fn lines_that_are_no_events_do_no_harm() {
    let mut keyframes = Keyframes::default();
    keyframes.before(&segment(&[('s', 0), ('m', 10)]));
    let mut next = segment(&[('p', 61)]);
    next[0].splice(0..0, *b"\nnot json\n\xff\xfe\n{}\n");
    assert!(keyframes.before(&next).is_some());
    assert_eq!(
        Keyframes::default().before(&[b"\xff\xfe\n{}".to_vec(), Vec::new()]),
        None
    );
    assert_eq!(Keyframes::default().before(&[]), None);
}

#[test]
fn a_keyframe_begins_with_a_remark_on_how_many_lines_are_made() {
    let mut keyframes = Keyframes::default();
    keyframes.before(&segment(&[('s', 0), ('p', 5), ('m', 10)]));
    let made = keyframes.before(&segment(&[('p', 61)])).unwrap();
    let made = String::from_utf8(made).unwrap();
    let events: Vec<Value> = made
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let remark = json!({"tag": KEYFRAME_TAG, "payload": {"lines": events.len() - 1}});
    assert_eq!(events[0]["data"], remark);
    let kinds: Vec<i64> = events
        .iter()
        .map(|event| event["type"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, [5, 4, 2, 3]);
    assert!(events.iter().all(|event| event["timestamp"] == 61_000));
    assert!(made.ends_with('\n') && events[2].to_string().contains("at 10000"));
}

#[test]
fn a_page_that_outgrew_its_limits_has_none_until_its_next_snapshot() {
    let text = "x".repeat(4 << 20);
    let adds: Vec<Value> = (0..20)
        .map(|id| json!({"parentId": 4, "nextId": null, "node": {"type": 3, "id": 100 + id, "textContent": text}}))
        .collect();
    let large = json!({"source": 0, "texts": [], "adds": adds, "removes": [], "attributes": []});
    let large = format!(r#"{{"type":3,"data":{large},"timestamp":20000}}"#);
    let mut keyframes = Keyframes::default();
    keyframes.before(&segment(&[('s', 0), ('m', 10)]));
    keyframes.before(&[large.into_bytes()]);
    assert_eq!(keyframes.before(&segment(&[('m', 61)])), None);
    assert_eq!(keyframes.before(&segment(&[('m', 200)])), None);
    keyframes.before(&segment(&[('s', 300), ('m', 310)]));
    assert!(keyframes.before(&segment(&[('p', 370)])).is_some());
}
