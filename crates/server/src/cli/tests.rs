//! Commands on a data folder of their own, with the router in this process.

use std::path::Path;

use clap::FromArgMatches;
use tempfile::TempDir;

use super::arguments::{self, Arguments, Command};
use super::{CommandError, execute};
use crate::client::Client;
use crate::config::Config;

/// Runs what could be typed.
async fn run(data: &TempDir, words: &[&str]) -> Result<(), CommandError> {
    let folder = data.path().join("data").display().to_string();
    let words = ["hitmetrix"]
        .iter()
        .chain(words)
        .copied()
        .chain(["--data", &folder]);
    let matches = arguments::command().try_get_matches_from(words).unwrap();
    let parsed = Arguments::from_arg_matches(&matches).unwrap();
    execute(parsed.command, arguments::config(&matches)?).await
}

async fn client(data: &TempDir) -> Client {
    let config = Config::resolve(&|setting| {
        (setting.name == "data").then(|| data.path().join("data").display().to_string())
    });
    Client::open(config.unwrap()).await.unwrap()
}

async fn sites(data: &TempDir) -> serde_json::Value {
    let client = client(data).await;
    let sites: serde_json::Value = client.get("/api/v1/sites").await.unwrap();
    client.close().await.unwrap();
    sites["sites"].clone()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

const LOG: &str = "\
203.0.113.9 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 7697 \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\"
203.0.113.9 - - [17/May/2015:10:05:04 +0000] \"GET /style.css HTTP/1.1\" 200 120 \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\"
198.51.100.4 - - [17/May/2015:10:06:00 +0000] \"GET /about HTTP/1.1\" 200 99 \"-\" \"Googlebot/2.1\"
not a line of a log
";

#[test]
fn command_line_is_consistent() {
    arguments::command().debug_assert();
}

#[test]
fn flags_of_serve_are_the_settings() {
    let words = [
        "hitmetrix",
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:9",
        "--trusted-proxy",
        "10.0.0.0/8",
        "--trusted-proxy",
        "::1",
    ];
    let matches = arguments::command().try_get_matches_from(words).unwrap();
    let config = arguments::config(&matches).unwrap();
    assert!(config.demo);
    assert_eq!(config.listen.port(), 9);
    assert_eq!(config.trusted_proxy.len(), 2);
    let parsed = Arguments::from_arg_matches(&matches).unwrap();
    assert!(matches!(parsed.command, Command::Serve));
}

#[test]
fn flag_goes_before_the_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("hitmetrix.toml");
    write(
        &file,
        "listen = \"127.0.0.1:1\"\ndemo_listen = \"127.0.0.1:2\"\n",
    );
    let file = file.display().to_string();
    let words = [
        "hitmetrix",
        "serve",
        "--config",
        &file,
        "--listen",
        "127.0.0.1:9",
    ];
    let matches = arguments::command().try_get_matches_from(words).unwrap();
    let config = arguments::config(&matches).unwrap();
    assert_eq!((config.listen.port(), config.demo_listen.port()), (9, 2));
}

#[tokio::test]
async fn site_is_added_listed_and_removed() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    assert_eq!(sites(&data).await[0]["name"], "Shop");
    let taken = run(&data, &["site", "add", "Shop", "--domain", "x.org"])
        .await
        .unwrap_err();
    assert!(taken.to_string().contains("conflict"), "{taken}");
    run(&data, &["site", "list"]).await.unwrap();
    run(
        &data,
        &[
            "token", "create", "--site", "Shop", "--name", "t", "--scope", "read",
        ],
    )
    .await
    .unwrap();
    let wrong = run(&data, &["site", "remove", "Shop", "--confirm", "Other"]).await;
    assert!(wrong.is_err());
    run(&data, &["site", "remove", "Shop", "--confirm", "Shop"])
        .await
        .unwrap();
    assert_eq!(sites(&data).await.as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn unknown_site_names_those_there_are() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let question = data.path().join("question.json");
    write(&question, "{}");
    let question = question.display().to_string();
    let error = run(&data, &["ask", &question, "--site", "Shoop"])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Shop"), "{error}");
}

#[tokio::test]
async fn access_log_is_imported_once_and_comes_out_again() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let log = data.path().join("access.log");
    write(&log, LOG);
    let log = log.display().to_string();
    for _ in 0..2 {
        run(&data, &["import", "access-log", &log, "--site", "Shop"])
            .await
            .unwrap();
    }
    let copy = data.path().join("copy.log");
    // Another name and another beginning, so that no resume point fits; the ids still do.
    write(&copy, &format!("\n{LOG}"));
    let copy = copy.display().to_string();
    run(&data, &["import", "access-log", &copy, "--site", "Shop"])
        .await
        .unwrap();
    let out = data.path().join("out.jsonl");
    let out_text = out.display().to_string();
    let export = [
        "export", "--site", "Shop", "--format", "jsonl", "--out", &out_text,
    ];
    run(&data, &export).await.unwrap();
    let lines: Vec<serde_json::Value> = std::fs::read_to_string(&out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = |name: &str| lines.iter().filter(|line| line["event"] == name).count();
    assert_eq!((count("request"), count("pageview")), (3, 2));
    assert!(
        !std::fs::read_to_string(&out)
            .unwrap()
            .contains("203.0.113.9")
    );
    assert!(
        run(&data, &export).await.is_err(),
        "an export never overwrites"
    );
}

#[tokio::test]
async fn import_older_than_the_retention_is_refused_with_the_way_out() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let client = client(&data).await;
    let settings = serde_json::json!({"settings": {"event_days": 30}, "confirm": "Shop"});
    let patch = (axum::http::Method::PATCH, "/api/v1/sites/1");
    client
        .call::<serde_json::Value>(patch, &settings)
        .await
        .unwrap();
    client.close().await.unwrap();
    let log = data.path().join("access.log");
    write(&log, LOG);
    let log = log.display().to_string();
    let error = run(&data, &["import", "access-log", &log, "--site", "Shop"])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("event_days"), "{error}");
}

#[tokio::test]
async fn recordings_of_a_folder_are_imported_once() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let meta = r#"{"type": 4, "timestamp": 5, "data": {"href": "https://shop.example.org/", "width": 8, "height": 6}}"#;
    let picture =
        r#"{"type": 2, "timestamp": 6, "data": {"node": {"type": 0, "id": 1, "childNodes": []}}}"#;
    let list = data.path().join("list.json");
    let object = data.path().join("object.json");
    write(&list, &format!("[\n  {meta},\n  {picture}\n]\n"));
    write(&object, &format!("{{\"events\": [{meta}, {picture}]}}"));
    let files = [&list, &object].map(|path| path.display().to_string());
    let import = ["import", "rrweb", &files[0], &files[1], "--site", "Shop"];
    let refused = run(&data, &import).await.unwrap_err();
    assert!(refused.to_string().contains("--at"), "{refused}");
    for _ in 0..2 {
        run(&data, &[&import[..], &["--at", "now"]].concat())
            .await
            .unwrap();
    }
    let client = client(&data).await;
    let found: serde_json::Value = client.get("/api/v1/sites/1/recordings").await.unwrap();
    client.close().await.unwrap();
    assert_eq!(found["total"], 2, "{found}");
    assert_eq!(found["recordings"][0]["chunks"], 1, "{found}");

    let session = found["recordings"][0]["session"].as_str().unwrap();
    let out = data.path().join("recording.json");
    let path = out.display().to_string();
    let export = [
        "export",
        "recording",
        session,
        "--site",
        "Shop",
        "--out",
        &path,
    ];
    run(&data, &[&export[..], &["--format", "rrweb"]].concat())
        .await
        .unwrap();
    let events: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let kinds: Vec<i64> = events
        .iter()
        .map(|event| event["type"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, [5, 5, 4, 2]);
    assert!(run(&data, &export).await.is_err(), "never overwrites");
    let words = ["hitmetrix", "export", "--site", "Shop"];
    let incomplete = arguments::command().try_get_matches_from(words);
    assert!(incomplete.is_err(), "an export of events needs --out");
}

#[tokio::test]
async fn question_is_answered_as_table_json_and_csv() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let question = data.path().join("question.json");
    write(
        &question,
        "{\"kind\":\"totals\",\"period\":{\"last\":\"7d\"},\"measures\":[\"sessions\"]}",
    );
    let question = question.display().to_string();
    for more in [&[][..], &["--json"], &["--csv"]] {
        let words = [&["ask", &question, "--site", "Shop"], more].concat();
        run(&data, &words).await.unwrap();
    }
}

#[tokio::test]
async fn people_behind_a_cell_are_shown_in_each_form() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let question = data.path().join("question.json");
    write(
        &question,
        r#"{"kind":"breakdown","period":{"last":"7d"},"measures":["persons"],"dimension":"page"}"#,
    );
    let cell = data.path().join("cell.json");
    write(&cell, r#"{"column":"persons","row":{"page":"/cart"}}"#);
    let (question, cell) = (question.display().to_string(), cell.display().to_string());
    let ask = ["people", &question, "--site", "Shop"];
    for more in [
        &["--column", "persons", "--row", "page=/cart"][..],
        &["--column", "persons", "--row", "page=/cart", "--json"],
        &["--cell", &cell, "--csv", "--limit", "5"],
    ] {
        run(&data, &[&ask, more].concat()).await.unwrap();
    }
    let error = run(&data, &ask).await.unwrap_err();
    assert!(error.to_string().contains("--column"), "{error}");
    let error = run(&data, &[&ask[..], &["--column", "horses"]].concat())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("unknown_column"), "{error}");
}

#[tokio::test]
async fn segment_is_added_replaced_used_and_removed() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let file = |name: &str, text: &str| {
        let path = data.path().join(name);
        write(&path, text);
        path.display().to_string()
    };
    let cart = file(
        "cart.json",
        r#"{"dimension":"page","operator":"is","values":["/cart"]}"#,
    );
    let add = ["segment", "add", "Cart", &cart, "--site", "Shop"];
    let add = [&add[..], &["--of", "sessions"]].concat();
    run(&data, &add).await.unwrap();
    let taken = run(&data, &add).await.unwrap_err();
    assert!(taken.to_string().contains("conflict"), "{taken}");
    run(&data, &[&add[..], &["--replace"]].concat())
        .await
        .unwrap();
    let question = file(
        "question.json",
        r#"{"kind":"totals","period":{"last":"7d"},"measures":["persons"],
            "filters":[{"segment":"Cart"}]}"#,
    );
    let ask = ["ask", &question, "--site", "Shop"];
    run(&data, &ask).await.unwrap();
    for more in [&[][..], &["--json"]] {
        let list = ["segment", "list", "--site", "Shop"];
        run(&data, &[&list, more].concat()).await.unwrap();
    }
    let on_cart = |word: &'static str| ["segment", word, "Cart", "--site", "Shop"];
    let in_use = run(&data, &on_cart("remove")).await.unwrap_err();
    assert!(in_use.to_string().contains("archive it first"), "{in_use}");
    run(&data, &on_cart("archive")).await.unwrap();
    // Of two with one name the archived one is meant.
    run(&data, &add).await.unwrap();
    run(&data, &on_cart("remove")).await.unwrap();
    run(&data, &ask).await.unwrap();
    for word in ["archive", "remove"] {
        run(&data, &on_cart(word)).await.unwrap();
    }
    let error = run(&data, &ask).await.unwrap_err();
    assert!(error.to_string().contains("unknown_segment"), "{error}");
    for _ in 0..2 {
        run(&data, &add).await.unwrap();
        run(&data, &on_cart("archive")).await.unwrap();
    }
    let back = [&on_cart("archive")[..], &["--back"]].concat();
    for words in [&on_cart("remove")[..], &back] {
        let several = run(&data, words).await.unwrap_err();
        assert!(several.to_string().contains("give its id"), "{several}");
    }
}

#[tokio::test]
async fn parquet_export_is_a_folder_of_files() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let log = data.path().join("access.log");
    write(&log, LOG);
    let log = log.display().to_string();
    run(&data, &["import", "access-log", &log, "--site", "Shop"])
        .await
        .unwrap();
    let out = data.path().join("parquet");
    let out_text = out.display().to_string();
    run(&data, &["export", "--site", "Shop", "--out", &out_text])
        .await
        .unwrap();
    let file = std::fs::read(out.join("events-00001.parquet")).unwrap();
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
}

#[tokio::test]
async fn events_of_years_come_out_as_parquet() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let file = data.path().join("events.jsonl");
    let line = |year: u16| {
        format!("{{\"event\":\"order\",\"time\":\"{year}-01-31T12:00:00Z\",\"visitor\":\"v\"}}\n")
    };
    write(&file, &[2019, 2022, 2025].map(line).concat());
    let file = file.display().to_string();
    run(&data, &["import", "jsonl", &file, "--site", "Shop"])
        .await
        .unwrap();
    let out = data.path().join("parquet");
    let out_text = out.display().to_string();
    run(&data, &["export", "--site", "Shop", "--out", &out_text])
        .await
        .unwrap();
    let file = std::fs::read(out.join("events-00001.parquet")).unwrap();
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
}

#[tokio::test]
async fn line_that_was_not_whole_at_the_first_import_is_whole_at_the_next() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let line = |n: usize| {
        let time_ms = 1_767_268_800_000 + n;
        format!("{{\"event\":\"order\",\"time\":{time_ms},\"visitor\":\"v-{n}\"}}\n")
    };
    // Longer than what names a file, so that it stays the same one when it grows.
    let whole: String = (0..200).map(line).collect();
    let cut = whole.len() - 20;
    let file = data.path().join("events.jsonl");
    let path = file.display().to_string();
    let import = ["import", "jsonl", path.as_str(), "--site", "Shop"];
    for (length, events) in [(cut, 199), (whole.len() - 1, 200), (whole.len(), 200)] {
        std::fs::write(&file, &whole[..length]).unwrap();
        run(&data, &import).await.unwrap();
        let stored = exported(&data, &length.to_string()).await.len();
        assert_eq!(stored, events, "{length}");
    }
}

const ORDERS: &str = "\
Kunde;Bestellt am;Betrag;PLZ;Notiz
K-1;31.01.2026 13:00;1.234,50;01067;\"zwei
Zeilen\"
K-2;31.01.2026 14:00;12,90;10115;
K-3;gestern;5,00;10115;
";

#[tokio::test]
async fn table_is_imported_by_a_mapping_file_and_flags_and_counts_once() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let table = data.path().join("orders.csv");
    write(&table, ORDERS);
    let mapping = data.path().join("orders.toml");
    write(
        &mapping,
        "decimal_comma = true\ntext = [\"PLZ\"]\ntime_format = \"%d.%m.%Y\"\n\
         [map]\nperson = \"Kunde\"\ntime = \"Bestellt am\"\n\
         [set]\nevent = \"order\"\n",
    );
    let (table, mapping) = (table.display().to_string(), mapping.display().to_string());
    let import = [
        &["import", "csv", &table, "--site", "Shop"][..],
        &["--mapping", &mapping, "--time-zone", "Europe/Berlin"],
        &["--time-format", "%d.%m.%Y %H:%M", "--number", "Betrag"],
        &["--map", "property.value=Betrag", "--set", "event=purchase"],
    ]
    .concat();
    for _ in 0..2 {
        run(&data, &import).await.unwrap();
    }
    // Another beginning, so that no resume point fits; the ids still do.
    let copy = data.path().join("copy.csv");
    write(&copy, &format!("\n{ORDERS}"));
    let copy = copy.display().to_string();
    run(
        &data,
        &[&import[..2], &[copy.as_str()], &import[3..]].concat(),
    )
    .await
    .unwrap();
    let events = exported(&data, "orders").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["event"], "purchase");
    assert_eq!(events[0]["time"], "2026-01-31T12:00:00Z");
    assert_eq!(
        events[0]["properties"],
        serde_json::json!({"Notiz": "zwei\nZeilen", "PLZ": "01067", "value": 1234.5})
    );
}

#[tokio::test]
async fn person_is_shown_and_a_visitor_taken_out_again() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let file = data.path().join("events.jsonl");
    let line = |visitor: u8| {
        format!(
            "{{\"event\":\"identify\",\"time\":{visitor},\"visitor\":\"{visitor:032x}\",\
             \"properties\":{{\"user\":\"ada\"}}}}\n"
        )
    };
    write(&file, &[1, 2].map(line).concat());
    let file = file.display().to_string();
    run(&data, &["import", "jsonl", &file, "--site", "Shop"])
        .await
        .unwrap();
    let show = ["person", "show", "ada", "--site", "Shop"];
    run(&data, &show).await.unwrap();
    run(&data, &[&show[..], &["--json"]].concat())
        .await
        .unwrap();
    let visitor = format!("{:032x}", 2);
    let undo = ["person", "undo", &visitor, "--site", "Shop"];
    run(&data, &undo).await.unwrap();
    let again = run(&data, &undo).await.unwrap_err();
    assert!(again.to_string().contains("nothing to undo"), "{again}");
    let nobody = run(&data, &["person", "show", "eve", "--site", "Shop"]).await;
    assert!(nobody.is_err());
    let erase = ["person", "erase", "ada", "--site", "Shop", "--confirm"];
    let slip = run(&data, &[&erase[..], &["eda"]].concat()).await;
    assert!(
        slip.unwrap_err()
            .to_string()
            .contains("say the person twice")
    );
    run(&data, &show).await.unwrap();
    run(&data, &[&erase[..], &["ada"]].concat()).await.unwrap();
    assert!(run(&data, &show).await.is_err(), "erased");
}

#[tokio::test]
async fn table_whose_columns_do_not_fit_is_refused_before_anything_is_stored() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let table = data.path().join("orders.csv");
    write(&table, ORDERS);
    let table = table.display().to_string();
    let import = ["import", "csv", &table, "--site", "Shop"];
    for (more, words) in [
        (&["--map", "visitor=Kunden"][..], "did you mean Kunde?"),
        (&["--map", "visitor=Kunde"], "--map event=COLUMN"),
        (&["--map", "time=Kunde", "--map", "time=PLZ"], "given twice"),
        (&["--mapping", "nowhere.toml"], "nowhere.toml"),
    ] {
        let error = run(&data, &[&import[..], more].concat()).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(exported(&data, "nothing").await.len(), 0);
}

/// The events that the shop has.
async fn exported(data: &TempDir, name: &str) -> Vec<serde_json::Value> {
    let out = data.path().join(format!("out-{name}.jsonl"));
    let out_text = out.display().to_string();
    let words = ["export", "--site", "Shop", "--format", "jsonl", "--out"];
    run(data, &[&words[..], &[out_text.as_str()]].concat())
        .await
        .unwrap();
    let text = std::fs::read_to_string(out).unwrap();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn nothing_is_done_to_a_folder_that_is_not_there() {
    let data = TempDir::new().unwrap();
    let backup = data.path().join("backup").display().to_string();
    for words in [
        &["backup", &backup][..],
        &["doctor"],
        &["site", "list"],
        &["user", "list"],
        &["repack"],
    ] {
        let error = run(&data, words).await.unwrap_err().to_string();
        assert!(error.contains("--data"), "{words:?}: {error}");
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn backup_comes_back_into_an_empty_folder() {
    let data = TempDir::new().unwrap();
    run(
        &data,
        &["site", "add", "Shop", "--domain", "shop.example.org"],
    )
    .await
    .unwrap();
    let (backup, keys) = (data.path().join("backup"), data.path().join("keys"));
    let (backup, keys) = (backup.display().to_string(), keys.display().to_string());
    run(&data, &["backup", &backup, "--keys", &keys])
        .await
        .unwrap();
    let other = TempDir::new().unwrap();
    run(&other, &["restore", &backup, "--keys", &keys, "--verify"])
        .await
        .unwrap();
    assert_eq!(sites(&other).await[0]["name"], "Shop");
    run(&other, &["doctor"]).await.unwrap();
}
