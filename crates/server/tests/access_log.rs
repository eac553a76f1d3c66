//! A real access log through the real binary: what is imported equals what plain shell tools
//! count in the same file, every crawler is a bot, and a second run doubles nothing.
//!
//! The log is not part of the project (see `real`). Without it the test says so and ends.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::print_stdout,
    reason = "the patterns of bots are listed for whoever reads the run"
)]

mod real;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use real::{hitmetrix, input};

/// Requests, visitors (distinct pairs of address and user agent), pages (GET, status below 400,
/// no asset), and requests whose user agent names itself a robot: one number a line.
const COUNTS: &str = r#"
wc -l < "$LOG"
awk -F'"' '{split($1, part, " "); print part[1] "|" $6}' "$LOG" | sort -u | wc -l
awk '{
  method = substr($6, 2); split($7, address, /[?#]/); count = split(address[1], parts, "/")
  ending = ""; if (match(parts[count], /\.[^.]*$/)) ending = tolower(substr(parts[count], RSTART + 1))
  if (method == "GET" && $9 < 400 && !(ending in asset)) pages++
} END { print pages }
BEGIN {
  split("7z atom avi avif bmp bz2 css csv deb dmg doc docx eot exe flv gif gz ico iso jar jpeg " \
    "jpg js json map mjs mkv mov mp3 mp4 mpeg mpg ogg ogv otf pdf png ppt pptx rar rdf rpm rss " \
    "svg swf tar tgz tif tiff ttf txt wasm wav webm webmanifest webp woff woff2 xls xlsx xml " \
    "xz zip", list, " ")
  for (place in list) asset[list[place]]
}' "$LOG"
awk -F'"' 'tolower($6) ~ /bot|spider|crawl/' "$LOG" | wc -l
"#;

#[test]
fn an_imported_access_log_equals_what_shell_tools_count() {
    let Some(log) = input("logs/elastic_apache_10k.log") else {
        return;
    };
    let [requests, visitors, pages, named] = shell_counts(&log);
    let folder = tempfile::tempdir().unwrap();
    hitmetrix(
        folder.path(),
        &["site", "add", "Logs", "--domain", "logs.test"],
    );
    for _ in 0..2 {
        let file = log.to_str().unwrap();
        hitmetrix(
            folder.path(),
            &["import", "access-log", file, "--site", "Logs"],
        );
        let rows = breakdown(folder.path(), "event", r#""bots": "include""#);
        let row = |name: &str| rows.iter().find(|row| row[0] == name).unwrap();
        assert_eq!(row("request")[1], requests);
        assert_eq!(row("request")[2], visitors);
        assert_eq!(row("pageview")[1], pages);
    }
    let requests_only =
        r#""filters": [{"dimension": "event", "operator": "is", "values": ["request"]}]"#;
    let people = breakdown(folder.path(), "bot", requests_only);
    let only_people: Vec<&Value> = people.iter().map(|row| &row[0]).collect();
    assert_eq!(only_people, [""], "people carry no pattern of a bot");
    let bots = breakdown(
        folder.path(),
        "bot",
        &format!(r#""bots": "only", {requests_only}"#),
    );
    let marked: i64 = bots.iter().map(|row| row[1].as_i64().unwrap()).sum();
    assert!(
        marked >= named,
        "{named} requests name themselves robots, {marked} are marked"
    );
    assert_eq!(people_among_robots(&log), 0);
    println!("{marked} requests of bots, of which {named} say so; the others by pattern:");
    for row in bots {
        println!("  {:>6}  {}", row[1], row[0].as_str().unwrap());
    }
}

/// Imports only the lines whose user agent names itself a robot: what is left as people.
fn people_among_robots(log: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let only = folder.path().join("robots.log");
    let select = r#"awk -F'"' 'tolower($6) ~ /bot|spider|crawl/' "$LOG" > "$ONLY""#;
    let status = Command::new("sh")
        .args(["-c", select])
        .env("LOG", log)
        .env("ONLY", &only)
        .status()
        .unwrap();
    assert!(status.success());
    let data = folder.path();
    hitmetrix(data, &["site", "add", "Logs", "--domain", "logs.test"]);
    let file = only.to_str().unwrap();
    hitmetrix(data, &["import", "access-log", file, "--site", "Logs"]);
    assert!(!breakdown(data, "event", r#""bots": "only""#).is_empty());
    breakdown(data, "event", r#""bots": "exclude""#).len()
}

fn breakdown(data: &Path, dimension: &str, more: &str) -> Vec<Vec<Value>> {
    let question = format!(
        r#"{{"kind": "breakdown", "dimension": "{dimension}", "measures": ["events", "visitors"],
            "period": {{"from": "2015-05-01", "to": "2015-05-31"}}, "time_zone": "UTC",
            "limit": 1000, {more}}}"#
    );
    let file = data.join("question.json");
    std::fs::write(&file, question).unwrap();
    let output = hitmetrix(
        data,
        &["ask", "--site", "Logs", "--json", file.to_str().unwrap()],
    );
    let answer: Value = serde_json::from_str(&output).unwrap();
    serde_json::from_value(answer["rows"].clone()).unwrap()
}

fn shell_counts(log: &Path) -> [i64; 4] {
    let output = Command::new("sh")
        .args(["-c", COUNTS])
        .env("LOG", log)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let counts: Vec<i64> = text
        .lines()
        .map(|line| line.trim().parse().unwrap())
        .collect();
    counts.try_into().unwrap()
}
