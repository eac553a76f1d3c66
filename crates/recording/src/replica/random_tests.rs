//! Any events in any order: nothing breaks, a keyframe is the state, and a plain tree agrees.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{element, incremental, keyframe_of, replica_of, snapshot};
use super::{Keyframes, Replica};

/// Ids of few nodes, so that events meet; some of nodes that are not there.
fn id() -> impl Strategy<Value = i64> {
    prop_oneof![Just(-1), Just(0), 1..30_i64]
}

fn tag() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "div", "p", "iframe", "style", "textarea", "input", "html", "x-y", "img", "link", "video",
    ])
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "a",
        "b{}",
        "a{} /* rr_split */ b{}",
        "top: 1px",
        "\"\\\n\u{1}é",
    ])
    .prop_map(str::to_owned)
}

fn attributes() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "class",
        "style",
        "value",
        "_cssText",
        "rr_width",
        "rr_scrollTop",
        "rr_mediaState",
        "open",
    ]);
    let value = prop_oneof![
        word().prop_map(Value::from),
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(7.5)),
        word().prop_map(|word| json!({"top": word, "left": false, "right": [word, "important"]})),
    ];
    prop::collection::vec((name, value), 0..4).prop_map(|all| {
        all.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    })
}

fn node() -> impl Strategy<Value = Value> {
    let leaf = (id(), 0..7_i64, tag(), attributes(), word(), any::<[bool; 4]>()).prop_map(
        |(id, kind, tag, attributes, word, [shadow, host, style, quirks])| {
            json!({"type": kind, "id": id, "tagName": tag, "attributes": attributes, "textContent": word,
                "isShadow": shadow, "isShadowHost": host, "isStyle": style, "childNodes": [],
                "compatMode": if quirks { "BackCompat" } else { "" }})
        },
    );
    leaf.prop_recursive(4, 16, 4, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..4)).prop_map(|(mut node, children)| {
            node["childNodes"] = json!(children);
            node
        })
    })
}

fn index() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..6_i64).prop_map(Value::from),
        prop::collection::vec(0..4_i64, 0..4).prop_map(Value::from),
        Just(json!(-3)),
        Just(json!(null)),
    ]
}

fn mutation() -> impl Strategy<Value = Value> {
    let add = (id(), id(), id(), node()).prop_map(
        |(parent, previous, next, node)| json!({"parentId": parent, "previousId": previous, "nextId": if next == 0 { json!(null) } else { json!(next) }, "node": node}),
    );
    let remove = (id(), id(), any::<bool>())
        .prop_map(|(parent, id, shadow)| json!({"parentId": parent, "id": id, "isShadow": shadow}));
    let text = (id(), word()).prop_map(|(id, value)| json!({"id": id, "value": value}));
    let attribute = (id(), attributes()).prop_map(|(id, of)| json!({"id": id, "attributes": of}));
    (
        prop::collection::vec(add, 0..6),
        prop::collection::vec(remove, 0..3),
        prop::collection::vec(text, 0..3),
        prop::collection::vec(attribute, 0..3),
    )
        .prop_map(|(adds, removes, texts, attributes)| {
            json!({"source": 0, "adds": adds, "removes": removes, "texts": texts, "attributes": attributes})
        })
}

fn event() -> impl Strategy<Value = Value> {
    let rules = || {
        prop::collection::vec(
            (word(), index()).prop_map(|(rule, index)| json!({"rule": rule, "index": index})),
            0..4,
        )
    };
    let data = prop_oneof![
        6 => mutation(),
        1 => (id(), id(), rules(), rules(), any::<bool>()).prop_map(|(id, sheet, adds, removes, replace)| {
            let mut data = json!({"source": 8, "id": id, "styleId": sheet, "adds": adds, "removes": removes});
            if replace {
                data["replaceSync"] = json!("x{} y{}");
            }
            data
        }),
        1 => (id(), id(), index(), word()).prop_map(|(id, sheet, index, word)| json!({"source": 13, "id": id,
            "styleId": sheet, "index": index, "set": {"property": "top", "value": word}, "remove": {"property": word}})),
        1 => (id(), id(), rules()).prop_map(|(id, sheet, rules)| json!({"source": 15, "id": id,
            "styles": [{"styleId": sheet, "rules": rules}], "styleIds": [sheet, 1, 2]})),
        1 => (id(), word()).prop_map(|(id, word)| json!({"source": 5, "id": id, "text": word, "isChecked": true})),
        1 => (id(), 0..90_i64).prop_map(|(id, y)| json!({"source": 3, "id": id, "x": 0, "y": y})),
        1 => (id(), 0..12_i64).prop_map(|(id, kind)| json!({"source": 2, "type": kind, "id": id, "x": 1, "y": 2})),
        1 => (id(), 0..5_i64).prop_map(|(id, kind)| json!({"source": 7, "type": kind, "id": id, "currentTime": 1})),
        1 => (id(), prop::sample::select(vec![1, 6, 12])).prop_map(|(id, source)| json!({"source": source,
            "positions": [{"x": 1, "y": 2, "id": id, "timeOffset": 0}]})),
    ];
    data.prop_map(incremental)
}

fn page() -> impl Strategy<Value = Vec<Value>> {
    let body = prop::collection::vec(node(), 0..5);
    (body, prop::collection::vec(event(), 0..25))
        .prop_map(|(body, events)| [snapshot(json!(body)), events].concat())
}

proptest! {
    #[test]
    fn a_keyframe_leads_to_the_state_that_it_was_made_of(events in page()) {
        let replica = replica_of(&events);
        let first = replica.keyframe(9000).expect("there is a page");
        let mut again = Replica::new();
        for line in std::str::from_utf8(&first).unwrap().lines() {
            again.apply(line).unwrap();
        }
        let second = again.keyframe(9000).expect("there is a page");
        prop_assert_eq!(
            String::from_utf8(first).unwrap(),
            String::from_utf8(second).unwrap()
        );
    }

    #[test]
    fn lines_of_any_kind_break_nothing(lines in r#"(\{"type":[0-9],"timestamp":[0-9]{1,3},"data":\{"source":[0-9]{1,2}(,"(id|adds|index)":(\[\]|\{\}|null|-?[0-9]{1,18}|"")){0,3}\}\}|\PC{0,40})(\n\PC{0,20}){0,3}"#) {
        let mut replica = replica_of(&snapshot(json!([])));
        for line in lines.lines() {
            let _ = replica.apply(line);
            if replica.is_loaded() {
                prop_assert!(replica.keyframe(0).is_some_and(|lines| lines.ends_with(b"\n")));
            }
        }
        prop_assert_eq!(Keyframes::default().before(&[lines.into_bytes()]), None);
    }

    #[test]
    fn a_plain_tree_agrees(steps in prop::collection::vec((0..4, any::<[u16; 3]>()), 0..120)) {
        let mut plain = Plain { id: 4, children: Vec::new() };
        let mut events = snapshot(json!([]));
        let mut next_id = 100;
        for (kind, [one, two, three]) in steps {
            let count = plain.count();
            let (path, other) = (usize::from(one) % count, usize::from(two) % count);
            let mut removes = Vec::new();
            let mut adds = Vec::new();
            if kind == 0 && path > 0 {
                let (parent, gone) = plain.take(path);
                removes.push(json!({"parentId": parent, "id": gone.id}));
            } else if kind == 1 && path > 0 {
                // A move: out of its place with all it holds, and in again elsewhere.
                let (parent, moved) = plain.take(path);
                removes.push(json!({"parentId": parent, "id": moved.id}));
                let place = other % plain.count();
                plain.put(place, usize::from(three), moved, &mut adds);
            } else {
                next_id += 1;
                let new = Plain { id: next_id, children: Vec::new() };
                plain.put(other, usize::from(three), new, &mut adds);
            }
            events.push(incremental(json!({"source": 0, "texts": [], "attributes": [], "removes": removes, "adds": adds})));
        }
        let found = keyframe_of(&replica_of(&events));
        let body = &found[1]["data"]["node"]["childNodes"][1]["childNodes"][0];
        prop_assert_eq!(&ids(body), &plain.ids());
    }
}

fn ids(node: &Value) -> Value {
    let children = node["childNodes"].as_array().unwrap();
    json!([node["id"], children.iter().map(ids).collect::<Vec<_>>()])
}

/// A tree as plain as can be.
struct Plain {
    id: i64,
    children: Vec<Plain>,
}

impl Plain {
    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// Takes out the node at a place in document order; with the id of its parent.
    fn take(&mut self, place: usize) -> (i64, Self) {
        let mut before = 1;
        for index in 0..self.children.len() {
            let count = self.children[index].count();
            if place == before {
                return (self.id, self.children.remove(index));
            }
            if place < before + count {
                return self.children[index].take(place - before);
            }
            before += count;
        }
        unreachable!("the place is within the tree")
    }

    /// Puts a node among the children of the one at a place, and says so as the recorder does.
    fn put(&mut self, place: usize, index: usize, new: Self, adds: &mut Vec<Value>) {
        if place == 0 {
            let index = index % (self.children.len() + 1);
            let next = self.children.get(index).map(|next| next.id);
            new.say(self.id, next, adds);
            self.children.insert(index, new);
            return;
        }
        let mut before = 1;
        for child in &mut self.children {
            let count = child.count();
            if place < before + count {
                return child.put(place - before, index, new, adds);
            }
            before += count;
        }
    }

    fn say(&self, parent: i64, next: Option<i64>, adds: &mut Vec<Value>) {
        adds.push(json!({"parentId": parent, "nextId": next, "node": element(self.id, "div", json!({}), json!([]))}));
        let mut next = None;
        for child in self.children.iter().rev() {
            child.say(self.id, next, adds);
            next = Some(child.id);
        }
    }

    fn ids(&self) -> Value {
        json!([
            self.id,
            self.children.iter().map(Self::ids).collect::<Vec<_>>()
        ])
    }
}
