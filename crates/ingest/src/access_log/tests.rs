//! Lines of access logs, single ones and a real log against counts made without the parser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use hitmetrix_model::{SiteId, SiteSettings};
use proptest::prelude::*;

use super::*;

fn site() -> Site {
    Site {
        id: SiteId(2),
        name: "Log".to_owned(),
        domains: vec!["www.example.org".to_owned()],
        key: "k".to_owned(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    }
}

fn lookups() -> &'static Lookups {
    static LOOKUPS: std::sync::OnceLock<Lookups> = std::sync::OnceLock::new();
    LOOKUPS.get_or_init(Lookups::new)
}

fn import(lines: &[&str], stop_after: usize) -> Imported {
    let site = site();
    let facts = ImportFacts {
        site: &site,
        secret: &[7; 32],
        received_at_ms: 1,
        lookups: lookups(),
    };
    let mut importer = Importer::new(facts, State::default());
    let mut all = Imported::default();
    let add = |all: &mut Imported, part: Imported| {
        all.batches.extend(part.batches);
        all.rejected.extend(part.rejected);
    };
    for (index, line) in lines.iter().enumerate() {
        importer.push(line.as_bytes());
        if (index + 1) % stop_after == 0 {
            add(&mut all, importer.take());
            // As after a restart.
            let state = serde_json::to_string(&importer.state()).unwrap();
            importer = Importer::new(facts, serde_json::from_str(&state).unwrap());
        }
    }
    add(&mut all, importer.finish());
    all
}

fn events(imported: &Imported) -> impl Iterator<Item = (&Sender, &Event)> {
    imported.batches.iter().flat_map(|batch| {
        batch
            .events
            .iter()
            .map(|event| (&batch.senders[event.sender as usize], event))
    })
}

const LINE: &str = r#"203.0.113.9 - - [17/May/2015:10:05:03 +0200] "GET /a?utm_source=n&x=1 HTTP/1.1" 200 312 "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:30.0) Gecko/20100101 Firefox/30.0""#;

#[test]
fn a_page_is_a_request_and_a_pageview_with_ids_of_their_own() {
    let imported = import(&[LINE, LINE], 1);
    let all: Vec<_> = events(&imported).collect();
    let names: Vec<&str> = all.iter().map(|(_, event)| event.name.as_str()).collect();
    assert_eq!(names, ["request", "pageview", "request", "pageview"]);
    let ids: BTreeSet<_> = all.iter().map(|(_, event)| event.external).collect();
    assert_eq!(ids.len(), 4);
    let (sender, view) = all[1];
    assert_eq!(view.time_ms, 1_431_849_903_000);
    assert_eq!(
        (view.page.host.as_str(), view.page.path.as_str()),
        ("www.example.org", "/a")
    );
    assert_eq!(
        (view.page.query.as_str(), view.channel.as_str()),
        ("utm_source=n", "Organic search")
    );
    assert_eq!(
        (
            sender.context.browser.as_str(),
            sender.context.device.as_str()
        ),
        ("Firefox", "desktop")
    );
    assert_eq!(all[0].1.properties["status"], Value::Number(200.0));
    assert!(
        !format!("{imported:?}").contains("203.0.113"),
        "the address goes no further"
    );
}

#[test]
fn assets_errors_and_other_methods_are_no_pages() {
    for (request, status, pages) in [
        ("GET /a.html HTTP/1.0", 200, 1),
        ("GET /style.CSS?v=1 HTTP/1.0", 200, 0),
        ("POST /a HTTP/1.0", 200, 0),
        ("HEAD /a HTTP/1.0", 200, 0),
        ("GET /a HTTP/1.0", 404, 0),
        ("GET /a HTTP/1.0", 304, 1),
        ("GET http://other.example/b?x HTTP/1.0", 200, 1),
        (r"\x16\x03\x01", 400, 0),
        ("-", 408, 0),
    ] {
        let line =
            format!(r#"::1 - - [17/May/2015:10:05:03 +0000] "{request}" {status} - "-" "-""#);
        let imported = import(&[&line], 1);
        assert_eq!(events(&imported).count(), 1 + pages, "{request}");
        let (sender, event) = events(&imported).next().unwrap();
        assert_eq!(sender.context.bot, crate::bots::NO_USER_AGENT);
        let Value::Text(target) = &event.properties["target"] else {
            panic!("{request} has no target");
        };
        assert!(target.starts_with('/'), "{request}");
        // Only pages are among the pages of a site.
        let on = if pages == 1 { target.as_str() } else { "" };
        assert_eq!(event.page.path, on, "{request}");
    }
}

#[test]
fn sessions_are_cut_in_time_order_though_lines_come_out_of_order() {
    let at = |minute: u32, second: u32| {
        format!(
            r#"9.9.9.9 - - [17/May/2015:10:{minute:02}:{second:02} +0000] "GET / HTTP/1.1" 200 1 "-" "x/1""#
        )
    };
    let lines = [at(0, 40), at(0, 5), at(20, 0), at(59, 0)];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let imported = import(&lines, 1);
    let rows: Vec<_> = events(&imported)
        .filter(|(_, event)| event.name == "request")
        .map(|(sender, event)| (event.time_ms, sender.session))
        .collect();
    assert!(rows.is_sorted_by_key(|(time, _)| *time));
    assert_eq!(
        rows[0].1,
        ids::cut_session(
            SiteId(2),
            events(&imported).next().unwrap().0.visitor,
            rows[0].0
        )
    );
    assert_eq!(rows[0].1, rows[2].1);
    assert_ne!(rows[2].1, rows[3].1);
}

#[test]
fn lines_of_another_format_are_told() {
    let imported = import(
        &["nonsense", "a b c", "a - - [x] \"GET / HTTP/1.1\" 200 1"],
        10,
    );
    let rows: Vec<(u32, &str)> = imported
        .rejected
        .iter()
        .map(|row| (row.line, row.field.as_str()))
        .collect();
    assert_eq!(rows, [(1, "address"), (2, "time"), (3, "time")]);
}

/// Counts of the real log, made by splitting lines at spaces and quotes.
#[test]
fn a_real_log_gives_the_counts_of_plain_tools() {
    let inputs = std::env::var("HITMETRIX_TEST_INPUTS").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/inputs"),
        PathBuf::from,
    );
    let path = inputs.join("logs/elastic_apache_10k.log");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: HITMETRIX_TEST_INPUTS has no logs/elastic_apache_10k.log");
        return;
    };
    let lines: Vec<&str> = text.lines().collect();
    let imported = import(&lines, 1_000);
    let mut visitors = BTreeSet::new();
    let mut pages = 0;
    let mut bots = 0;
    for line in &lines {
        let quotes: Vec<&str> = line.split('"').collect();
        let user_agent = quotes.get(5).copied().unwrap_or("-");
        visitors.insert((line.split(' ').next().unwrap(), user_agent));
        let request: Vec<&str> = quotes[1].split(' ').collect();
        let status: u16 = quotes[2].trim().split(' ').next().unwrap().parse().unwrap();
        let path = request
            .get(1)
            .copied()
            .unwrap_or("")
            .split(['?', '#'])
            .next()
            .unwrap();
        let ending = path
            .rsplit('/')
            .next()
            .unwrap()
            .rsplit_once('.')
            .map_or("", |(_, e)| e);
        let asset = ASSET_ENDINGS.contains(&ending.to_lowercase().as_str());
        pages += usize::from(request[0] == "GET" && status < 400 && !asset);
        let folded = user_agent.to_lowercase();
        bots += usize::from(
            ["bot", "spider", "crawl"]
                .iter()
                .any(|word| folded.contains(word)),
        );
    }
    let count = |name: &str| {
        events(&imported)
            .filter(|(_, event)| event.name == name)
            .count()
    };
    let seen: BTreeSet<_> = events(&imported)
        .map(|(sender, _)| sender.visitor)
        .collect();
    assert_eq!(imported.rejected, []);
    assert_eq!(count("request"), lines.len());
    assert_eq!(count("pageview"), pages);
    assert_eq!(seen.len(), visitors.len());
    let ids: BTreeSet<_> = events(&imported).map(|(_, event)| event.external).collect();
    assert_eq!(ids.len(), lines.len() + pages);
    let mut by_pattern: BTreeMap<&str, usize> = BTreeMap::new();
    for (sender, event) in events(&imported).filter(|(_, event)| event.name == "request") {
        if !sender.context.bot.is_empty() {
            *by_pattern.entry(&sender.context.bot).or_default() += 1;
        }
        assert!(event.page.path.len() <= 2048);
    }
    let marked: usize = by_pattern.values().sum();
    println!(
        "requests {} pages {pages} visitors {} with bot, spider or crawl {bots} marked {marked}: {by_pattern:?}",
        lines.len(),
        seen.len()
    );
    assert!(marked >= bots);
    let again = import(&lines, 777);
    let again: BTreeSet<_> = events(&again)
        .map(|(s, event)| (event.external, s.session))
        .collect();
    let first: BTreeSet<_> = events(&imported)
        .map(|(s, event)| (event.external, s.session))
        .collect();
    assert_eq!(
        first, again,
        "cut elsewhere, the same ids and sessions come out"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_and_mutated_lines_never_panic(
        random in "\\PC{0,120}",
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let mut bytes = LINE.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let mutated = String::from_utf8_lossy(&bytes);
        let imported = import(&[&random, &mutated, LINE], 1);
        prop_assert!(events(&imported).count() >= 2);
    }
}
