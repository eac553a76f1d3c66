//! Whole bodies through the parser: what is taken, what costs only its line, what costs the body,
//! and that nothing random panics or gets past a limit.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hitmetrix_model::limits::*;
use hitmetrix_model::{Rules, Site, SiteSettings, Value};
use proptest::prelude::*;

use super::*;
use crate::{ClientHints, Lookups, Signals};

const NOW: i64 = 1_800_000_000_000;
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const WINDOW: &str = "0000000000000000000000000000000a";
const VISITOR: &str = "0000000000000000000000000000000b";
const SESSION: &str = "0000000000000000000000000000000c";

/// Built once: compiling the patterns without optimisation takes half a second.
fn lookups() -> &'static Lookups {
    static LOOKUPS: std::sync::OnceLock<Lookups> = std::sync::OnceLock::new();
    LOOKUPS.get_or_init(Lookups::new)
}

fn site() -> Site {
    Site {
        id: SiteId(1),
        name: "Shop".to_owned(),
        domains: vec!["shop.example".to_owned()],
        key: "k".to_owned(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    }
}

fn facts<'a>(site: &'a Site, lookups: &'a Lookups) -> Facts<'a> {
    Facts {
        site,
        received_at_ms: NOW,
        user_agent: CHROME,
        hints: ClientHints::default(),
        accept_language: "de-AT,de;q=0.9",
        country: "AT",
        signals: Signals::default(),
        identify_key: None,
        own: false,
        lookups,
    }
}

fn envelope(more: &str) -> String {
    format!(
        r#"{{"v":1,"window":"{WINDOW}","mode":"persistent","visitor":"{VISITOR}","session":"{SESSION}","sent_ms":{NOW}{more}}}"#
    )
}

fn event(sequence: u32, more: &str) -> String {
    format!(
        r#"{{"name":"pageview","sequence":{sequence},"time_ms":{NOW},"url":"https://shop.example/a"{more}}}"#
    )
}

fn body(lines: &[String]) -> Vec<u8> {
    let mut text = envelope("");
    for line in lines {
        text.push('\n');
        text.push_str(line);
    }
    text.into_bytes()
}

fn read(lines: &[String]) -> Inbound {
    read_for(&site(), lines)
}

fn read_for(site: &Site, lines: &[String]) -> Inbound {
    events(&body(lines), &facts(site, lookups())).unwrap()
}

fn codes(inbound: &Inbound) -> Vec<(u32, &str)> {
    inbound
        .rejected
        .iter()
        .map(|row| (row.line, row.code.as_str()))
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_visit_becomes_a_batch() {
    let lines = [
        event(
            0,
            r#","referrer":"https://www.google.com/search?q=x","title":"Hats""#,
        ),
        format!(
            r#"{{"name":"click","sequence":1,"time_ms":{NOW},"url":"https://shop.example/a?utm_source=n&x=1","properties":{{"path":"main>a","x":0.5,"y":0.25,"text":"Buy"}}}}"#
        ),
    ];
    let inbound = read(&lines);
    assert_eq!(codes(&inbound), []);
    let (visitor, session) = inbound.claimed.unwrap();
    let batch = inbound.into_batch(visitor, session);
    let sender = &batch.senders[0];
    assert_eq!(sender.visitor.to_string(), VISITOR);
    assert_eq!(sender.session.to_string(), SESSION);
    assert_eq!(sender.mode, Mode::Persistent);
    assert_eq!(sender.context.language, "de-at");
    assert_eq!(sender.context.device, "desktop");
    assert_eq!(sender.context.bot, "");
    let view = &batch.events[0];
    assert_eq!(
        (view.channel.as_str(), view.source.as_str()),
        ("Organic search", "google")
    );
    assert_eq!(
        (view.referrer_host.as_str(), view.referrer_path.as_str()),
        ("www.google.com", "/search")
    );
    assert_eq!(view.page.title, "Hats");
    let click = &batch.events[1];
    assert_eq!(click.page.query, "utm_source=n");
    assert_eq!(click.channel, "");
    assert_eq!(click.properties["x"], Value::Number(0.5));
}

#[test]
fn gzip_body_reads_the_same() {
    let site = site();
    let plain = body(&[event(0, "")]);
    let facts = facts(&site, lookups());
    assert_eq!(events(&gzip(&plain), &facts), events(&plain, &facts));
}

#[test]
fn a_bad_line_costs_only_itself() {
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    let lines = [
        event(0, ""),
        "{not json".to_owned(),
        event(1, r#","properties":{"a":NaN}"#),
        event(2, r#","properties":{"a":1e999}"#),
        event(3, r#","properties":{"a":1,"a":2}"#),
        event(4, r#","title":7"#),
        deep,
        event(5, r#","properties":{"text":"a\ud800b"}"#),
        "[]".to_owned(),
        event(6, "").replace("shop.example", ""),
        event(7, "").replace("\"sequence\":7", "\"sequence\":-1"),
        event(
            8,
            r#","properties":{"__proto__":{"x":1},"constructor":1,"kept":1}"#,
        ),
    ];
    let inbound = read(&lines);
    assert_eq!(
        codes(&inbound),
        [
            (3, "bad_json"),
            (4, "bad_json"),
            (5, "bad_number"),
            (6, "duplicate_key"),
            (7, "wrong_type"),
            (8, "too_deep"),
            (10, "wrong_type"),
            (11, "bad_url"),
            (12, "out_of_range"),
        ]
    );
    assert_eq!(inbound.events.len(), 3);
    assert_eq!(
        inbound.events[1].properties["text"],
        Value::Text("a\u{fffd}b".to_owned())
    );
    assert_eq!(
        inbound.events[2].properties.keys().collect::<Vec<_>>(),
        ["kept"]
    );
}

#[test]
fn invalid_utf8_is_replaced_and_kept() {
    let site = site();
    let mut bytes = body(&[event(0, r#","title":"Aé""#)]);
    let at = bytes
        .windows(2)
        .position(|pair| pair == "é".as_bytes())
        .unwrap();
    bytes[at] = 0xff;
    let inbound = events(&bytes, &facts(&site, lookups())).unwrap();
    assert!(inbound.events[0].page.title.starts_with("A\u{fffd}"));
}

#[test]
fn times_are_corrected_refused_and_clamped() {
    let site = site();
    let day = 86_400_000;
    let at = |time: i64| {
        format!(
            r#"{{"name":"pageview","sequence":1,"time_ms":{time},"url":"https://shop.example/"}}"#
        )
    };
    // The sender's clock is one day behind.
    let sent = NOW - day;
    let text = [
        envelope("").replace(
            &format!("\"sent_ms\":{NOW}"),
            &format!("\"sent_ms\":{sent},\"lost\":2"),
        ),
        at(sent - 5_000),
        at(sent - 7 * day),
        at(sent - 7 * day - 1),
        at(sent + 3_600_000),
        at(sent + 3_600_001),
    ]
    .join("\n");
    let inbound = events(text.as_bytes(), &facts(&site, lookups())).unwrap();
    let times: Vec<(i64, bool)> = inbound.events.iter().map(|e| (e.time_ms, e.cut)).collect();
    assert_eq!(
        times,
        [
            (NOW - 5_000, false),
            (NOW - 7 * day, false),
            (NOW + 3_600_000, false),
            (NOW, true)
        ]
    );
    assert_eq!(codes(&inbound), [(4, "too_old")]);
    assert_eq!(inbound.lost, 3);
}

#[test]
fn what_browsers_make_long_is_cut_and_marked() {
    let long = "x".repeat(100_000);
    let inbound = read(&[
        event(0, &format!(r#","title":"{long}""#)),
        event(1, "").replace("/a\"", &format!("/{long}\"")),
        event(2, &format!(r#","referrer":"https://news.example/{long}""#)),
        event(
            3,
            &format!(r#","properties":{{"text":"{long}","path":"{long}"}}"#),
        )
        .replace("pageview", "click"),
        event(4, &format!(r#","properties":{{"text":"{long}"}}"#)).replace("pageview", "mine"),
    ]);
    assert_eq!(codes(&inbound), [(6, "text_too_long")]);
    assert!(inbound.events.iter().all(|event| event.cut));
    inbound.events.iter().for_each(assert_within_limits);
}

#[test]
fn events_beyond_the_batch_are_rejected_once() {
    let lines: Vec<String> = (0..600).map(|number| event(number, "")).collect();
    let inbound = read(&lines);
    assert_eq!(inbound.events.len(), BATCH_EVENTS);
    assert_eq!(codes(&inbound), [(502, "too_many_events")]);
}

#[test]
fn envelope_errors_name_the_field() {
    let site = site();
    let facts = facts(&site, lookups());
    for (text, expected) in [
        (String::new(), "bad_envelope"),
        ("{}".to_owned(), "bad_envelope"),
        (
            envelope("").replace("\"v\":1", "\"v\":2"),
            "unknown_version",
        ),
        (envelope("").replace(WINDOW, "zz"), "bad_envelope"),
        (
            envelope("").replace("\"visitor\"", "\"visiter\""),
            "bad_envelope",
        ),
        (
            envelope("").replace(&NOW.to_string(), "\"now\""),
            "bad_envelope",
        ),
        (envelope(r#","lost":-1"#), "bad_envelope"),
    ] {
        let error = events(text.as_bytes(), &facts).unwrap_err();
        assert_eq!(error.code(), expected, "{text}: {error}");
    }
    let error = events(envelope("").replace(WINDOW, "zz").as_bytes(), &facts).unwrap_err();
    assert!(error.to_string().contains("window"), "{error}");
}

#[test]
fn bodies_over_a_limit_are_refused_whole() {
    let site = site();
    let facts = facts(&site, lookups());
    let wire = vec![b' '; EVENTS_WIRE_BYTES + 1];
    assert!(matches!(
        events(&wire, &facts),
        Err(Rejection::WireTooLarge { .. })
    ));
    let bomb = gzip(&vec![b' '; EVENTS_DECODED_BYTES + 1]);
    assert!(matches!(
        events(&bomb, &facts),
        Err(Rejection::DecodedTooLarge { .. })
    ));
}

#[test]
fn refusal_forces_cookieless_and_drops_identities() {
    let mut site = site();
    let lines = [
        event(0, ""),
        event(1, r#","properties":{"user":"17"}"#).replace("pageview", "identify"),
    ];
    let text = body(&lines);
    let gpc = Signals {
        gpc: true,
        dnt: false,
    };
    let dnt = Signals {
        gpc: false,
        dnt: true,
    };
    for (signals, respect_dnt, refused) in
        [(gpc, false, true), (dnt, true, true), (dnt, false, false)]
    {
        site.settings.rules.respect_dnt = respect_dnt;
        let inbound = events(
            &text,
            &Facts {
                signals,
                ..facts(&site, lookups())
            },
        )
        .unwrap();
        assert_eq!(inbound.mode == Mode::Cookieless, refused);
        assert_eq!(inbound.claimed.is_none(), refused);
        assert_eq!(inbound.events.len(), if refused { 1 } else { 2 });
    }
    let by_page = events(
        String::from_utf8(text)
            .unwrap()
            .replacen("\"v\":1", "\"v\":1,\"gpc\":true", 1)
            .as_bytes(),
        &facts(&site, lookups()),
    );
    assert_eq!(by_page.unwrap().claimed, None);
}

#[test]
fn identities_are_checked_and_signed() {
    let mut site = site();
    let identify = |properties: &str| {
        body(&[event(0, &format!(",\"properties\":{properties}")).replace("pageview", "identify")])
    };
    let signed = crate::sign_user(b"secret", "17");
    let signed = format!(r#"{{"user":"17","signature":"{signed}","traits":{{"plan":"pro"}}}}"#);
    let ids = |body: &[u8], site: &Site| {
        let facts = Facts {
            identify_key: Some(b"secret"),
            ..facts(site, lookups())
        };
        let inbound = events(body, &facts).unwrap();
        let unverified: Vec<bool> = inbound.named.iter().map(|named| named.unverified).collect();
        (unverified, inbound)
    };
    let (unverified, inbound) = ids(&identify(&signed), &site);
    assert_eq!(unverified, [false]);
    assert!(!inbound.events[0].properties.contains_key("signature"));
    assert_eq!(
        inbound.events[0].properties["traits.plan"],
        Value::Text("pro".to_owned())
    );
    let (unverified, inbound) = ids(&identify(r#"{"user":17}"#), &site);
    assert_eq!(
        (unverified, inbound.events[0].unverified),
        (vec![true], true)
    );
    let (_, inbound) = ids(&identify(r#"{"user":"17","signature":"00"}"#), &site);
    assert_eq!(codes(&inbound), [(2, "bad_signature")]);
    for junk in ["null", "undefined", "[object Object]", "0", " "] {
        let (_, inbound) = ids(&identify(&format!(r#"{{"user":"{junk}"}}"#)), &site);
        assert_eq!(codes(&inbound), [(2, "junk_user")], "{junk}");
    }
    let nobody = event(0, r#","properties":{"account":null}"#).replace("pageview", "group");
    let junk = event(1, r#","properties":{"account":"undefined"}"#).replace("pageview", "group");
    let (_, inbound) = ids(&body(&[nobody, junk]), &site);
    assert_eq!(codes(&inbound), [(2, "missing_field"), (3, "junk_user")]);
    site.settings.unverified_identify = false;
    let (unverified, inbound) = ids(&identify(r#"{"user":"17"}"#), &site);
    assert_eq!((unverified.len(), inbound.events.len()), (0, 1));
}

#[test]
fn revenue_with_the_public_key_is_unverified() {
    let inbound = read(&[
        event(
            0,
            r#","properties":{"value":9.5,"currency":"EUR","order_id":"7"}"#,
        )
        .replace("pageview", "purchase"),
        event(1, r#","properties":{"colour":"red"}"#).replace("pageview", "purchase"),
        event(
            2,
            r#","properties":{"metric":"LCP","value":900,"rating":"good"}"#,
        )
        .replace("pageview", "web_vital"),
        event(3, r#","properties":{"value":1000000}"#),
        event(4, r#","properties":{"order_id":"8"}"#).replace("pageview", "click"),
    ]);
    let unverified: Vec<bool> = inbound
        .events
        .iter()
        .map(|event| event.unverified)
        .collect();
    assert_eq!(unverified, [true, false, false, true, true]);
}

#[test]
fn secrets_in_what_watchers_collect_are_removed() {
    let inbound = read(&[
        event(0, r#","title":"Mail ada@example.org","properties":{}"#).replace("/a\"", "/u/ada@example.org?token=abc\""),
        event(1, r#","properties":{"message":"card 4111 1111 1111 1111","source":"https://shop.example/x.js?key=1"}"#).replace("pageview", "error"),
        event(2, r#","properties":{"note":"ada@example.org","password":"hunter2"}"#).replace("pageview", "mine"),
    ]);
    let stored = format!("{:?}", &inbound.events[..2]);
    for secret in ["ada@", "4111", "abc", "key=1"] {
        assert!(!stored.contains(secret), "{secret} in {stored}");
    }
    let own = &inbound.events[2].properties;
    assert_eq!(own.keys().collect::<Vec<_>>(), ["note"]);
    assert_eq!(own["note"], Value::Text("ada@example.org".to_owned()));
}

#[test]
fn blocked_pages_are_dropped() {
    let mut site = site();
    site.settings.rules = Rules {
        blocked: vec!["/account/*".to_owned()],
        ..Rules::default()
    };
    let inbound = read_for(
        &site,
        &[event(0, ""), event(1, "").replace("/a\"", "/account/7\"")],
    );
    assert_eq!(
        (inbound.events.len(), codes(&inbound)),
        (1, vec![(3, "blocked_page")])
    );
}

#[test]
fn bots_and_automated_browsers_are_marked() {
    let mut site = site();
    let headless = CHROME.replace("Chrome/", "HeadlessChrome/");
    let bot = |site: &Site, user_agent: &str, more: &str| {
        let text = format!("{}\n{}", envelope(more), event(0, ""));
        let facts = Facts {
            user_agent,
            ..facts(site, lookups())
        };
        events(text.as_bytes(), &facts).unwrap().context.bot
    };
    assert_eq!(bot(&site, CHROME, ""), "");
    assert_eq!(
        bot(&site, CHROME, r#","automated":true"#),
        crate::bots::AUTOMATED
    );
    assert_eq!(bot(&site, &headless, ""), crate::bots::AUTOMATED);
    assert_eq!(bot(&site, "", ""), crate::bots::NO_USER_AGENT);
    assert_eq!(bot(&site, "MySpider", ""), crate::bots::GENERAL);
    site.settings.count_automated = true;
    assert_eq!(bot(&site, &headless, r#","automated":true"#), "");
    assert_eq!(bot(&site, "MySpider", ""), crate::bots::GENERAL);
}

fn chunk_body(more: &str, rest: &str) -> Vec<u8> {
    let envelope = envelope(&format!(
        r#","sequence":0,"recorder":"rrweb-2.1.6/1","url":"https://shop.example/a?x=1"{more}"#
    ));
    format!("{envelope}\n{rest}").into_bytes()
}

#[test]
fn chunks_keep_their_lines_and_pieces_their_bytes() {
    let site = site();
    let facts = facts(&site, lookups());
    let whole = chunk(&gzip(&chunk_body("", "{\"type\":4}\n{\"type\":2}")), &facts).unwrap();
    assert_eq!(whole.bytes, b"{\"type\":4}\n{\"type\":2}");
    assert_eq!((whole.path.as_str(), whole.piece), ("/a", None));
    let mut raw = chunk_body(r#","piece":[1,3]"#, "");
    raw.extend_from_slice(&[0x1f, 0x8b, 0, 255, b'\n', 7]);
    let piece = chunk(&raw, &facts).unwrap();
    assert_eq!(piece.piece, Some(Piece { index: 1, count: 3 }));
    assert_eq!(piece.bytes, [0x1f, 0x8b, 0, 255, b'\n', 7]);
    for (more, code) in [
        (r#","piece":[3,3]"#, "bad_piece"),
        (r#","piece":[0,1]"#, "bad_piece"),
        (r#","piece":[0,1000]"#, "bad_piece"),
        (r#","piece":"x""#, "bad_piece"),
        (r#","gpc":true"#, "recording_refused"),
        (r#","dnt":true"#, "recording_refused"),
    ] {
        assert_eq!(
            chunk(&chunk_body(more, "{}"), &facts).unwrap_err().code(),
            code,
            "{more}"
        );
    }
    assert_eq!(
        chunk(&chunk_body("", ""), &facts).unwrap_err().code(),
        "empty_body"
    );
    assert_eq!(&*joined(&gzip(b"{}")).unwrap(), b"{}");
}

#[test]
fn chunks_of_blocked_pages_are_refused() {
    let mut site = site();
    site.settings.rules.blocked = vec!["/a".to_owned()];
    let refused = chunk(&chunk_body("", "{}"), &facts(&site, lookups()));
    assert_eq!(refused, Err(Rejection::RecordingBlocked));
    site.settings.rules = Rules {
        record: false,
        ..Rules::default()
    };
    let refused = chunk(&chunk_body("", "{}"), &facts(&site, lookups()));
    assert_eq!(refused, Err(Rejection::RecordingBlocked));
}

/// Every limit that an accepted event must keep, whatever came in.
pub(crate) fn assert_within_limits(event: &Event) {
    assert!(!event.name.is_empty() && event.name.len() <= NAME_BYTES);
    assert!(event.page.path.len() <= ADDRESS_BYTES && event.page.query.len() <= ADDRESS_BYTES);
    assert!(event.page.title.len() <= TITLE_BYTES);
    assert!(event.referrer_path.len() <= ADDRESS_BYTES && event.referrer_host.len() <= 253);
    assert!(event.properties.len() <= EVENT_PROPERTIES);
    for (name, value) in &event.properties {
        assert!(!name.is_empty() && name.len() <= NAME_BYTES);
        assert!(!crate::properties::is_private_name(name));
        assert_value(value);
    }
    if let ("click", Some(Value::Text(text))) = (event.name.as_str(), event.properties.get("text"))
    {
        assert!(text.len() <= CLICK_TEXT_BYTES);
    }
    assert!(event.time_ms >= NOW - BROWSER_EVENT_AGE_MS && event.time_ms <= NOW + EVENT_AHEAD_MS);
}

fn assert_value(value: &Value) {
    match value {
        Value::Text(text) => assert!(text.len() <= TEXT_BYTES),
        Value::Number(number) => assert!(number.is_finite()),
        Value::List(items) => items.iter().for_each(assert_value),
        Value::Boolean(_) => {}
    }
}

fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| format!("{value}")),
        "[ -~é😀\\\\]{0,40}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("\"\\ud800\"".to_owned()),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("[a-z_.]{0,8}", inner), 0..5).prop_map(|members| {
                let members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepted_events_are_within_limits(
        name in "(pageview|click|error|identify|mine|[ -~]{0,12})",
        url in "(https?://)?[a-z.@:/?&=#%0-9é]{0,60}",
        referrer in "(https://)?[a-z./?]{0,40}",
        properties in json_value(),
        time in -10_000_000_000_i64..10_000_000_000,
    ) {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let line = format!(
            "{{\"name\":{},\"sequence\":1,\"time_ms\":{},\"url\":{},\"referrer\":{},\"properties\":{}}}",
            quoted(&name), NOW + time, quoted(&url), quoted(&referrer), properties
        );
        let inbound = read(&[line]);
        prop_assert_eq!(inbound.events.len() + inbound.rejected.len(), 1);
        inbound.events.iter().for_each(assert_within_limits);
    }

    #[test]
    fn random_and_mutated_bodies_never_panic(
        random in proptest::collection::vec(any::<u8>(), 0..300),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        packed in any::<bool>(),
    ) {
        let site = site();
            let facts = facts(&site, lookups());
        let _ = events(&random, &facts);
        let _ = chunk(&random, &facts);
        let mut bytes = body(&[event(0, r#","properties":{"a":["\u00e9",1.5e3,{"b":null}]}"#), event(1, "")]);
        if packed {
            bytes = gzip(&bytes);
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(inbound) = events(&bytes, &facts) {
            inbound.events.iter().for_each(assert_within_limits);
        }
        let _ = chunk(&bytes, &facts);
    }
}

/// The fenced examples of the reference page whose fence says this.
fn examples(kind: &str) -> Vec<String> {
    let page = include_str!("../../../../docs/reference/wire.md");
    let fence = format!("```json {kind}\n");
    page.split(&fence)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn examples_of_the_reference_are_taken() {
    let site = site();
    let facts = facts(&site, lookups());
    let envelopes = examples("envelope");
    let lines = examples("event");
    assert_eq!((envelopes.len(), lines.len()), (2, 4));
    let text = format!("{}\n{}", envelopes[0], lines.join("\n"));
    let inbound = events(text.as_bytes(), &facts).unwrap();
    assert_eq!((inbound.events.len(), codes(&inbound)), (4, vec![]));
    assert_eq!((inbound.lost, inbound.mode), (2, Mode::Persistent));
    let text = format!("{}\n{}", envelopes[1], lines.join("\n"));
    let inbound = events(text.as_bytes(), &facts).unwrap();
    assert_eq!(codes(&inbound), [(5, "identity_refused")]);
    let chunks = examples("chunk");
    let pieces: Vec<Option<Piece>> = chunks
        .iter()
        .map(|envelope| {
            chunk(format!("{envelope}\n{{}}").as_bytes(), &facts)
                .unwrap()
                .piece
        })
        .collect();
    assert_eq!(pieces, [None, Some(Piece { index: 0, count: 3 })]);
    let ack: serde_json::Value =
        serde_json::from_str(&examples("acknowledgement of events")[0]).unwrap();
    let told: Vec<Rejected> = serde_json::from_value(ack["rejected"].clone()).unwrap();
    let broken = lines[0].replace("\"url\"", "\"uri\"");
    let filler = [lines[0].as_str(), &lines[1], &lines[2]].join("\n");
    let text = format!("{}\n{filler}\n{broken}", envelopes[0]);
    assert_eq!(events(text.as_bytes(), &facts).unwrap().rejected, told);
}

#[test]
fn every_code_and_private_name_is_in_the_reference() {
    let page = include_str!("../../../../docs/reference/wire.md");
    let sources = concat!(
        include_str!("../event_line.rs"),
        include_str!("../envelope.rs"),
        include_str!("../properties.rs"),
    );
    for part in sources.split("LineError::new(").skip(1) {
        let Some(code) = part.trim_start().strip_prefix('"') else {
            continue;
        };
        let code = code.split('"').next().unwrap();
        assert!(
            page.contains(&format!("`{code}`")),
            "{code} is not in docs/reference/wire.md"
        );
    }
}
