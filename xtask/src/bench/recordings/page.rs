//! The section of docs/benchmarks.md on recordings: what was recorded, what it takes, what of it is
//! what, and the time it costs.

use std::fmt::Write as _;

use super::{Bytes, LAST, RATIO_MIN, Session, Site, bytes, mean};

/// Which form the ratios are to.
const PLAIN: usize = 2;

/// A figure of a session, and one kind of its bytes.
type Of<'o> = &'o dyn Fn(&Session) -> f64;
type Part<'p> = &'p dyn Fn(&Bytes) -> usize;

/// The section.
pub(super) fn page(sites: &[Site]) -> String {
    let mut text = String::from("## Recordings at rest\n\n");
    let sessions = sites.first().map_or(0, |site| site.sessions.len());
    let _ = writeln!(
        text,
        "Sessions of seeded visitors, {sessions} a site, each in a browser of its own, one after \
         the other as they came; recorded by the product's recorder in Chromium through its \
         server, so masked. A visitor looks at one to four pages on a phone (4 in 10), a tablet (1 \
         in 10) or a desktop: moves in curves, scrolls, swipes, presses, types. Pauses are cut to \
         a tenth; bytes a minute are of the time with the pauses. Every session was packed, \
         unpacked and compared byte for byte. To repeat it: `cargo xtask bench recordings`.\n"
    );
    let _ = writeln!(
        text,
        "Ours is what lies on the disk for a session when it comes: its packed segments (one a \
         page load), the keyframes of page loads longer than a minute, assets and bases that it is the first to need or to share, nonces, tags and \
         heads (52 bytes each), rows of the catalog (100 bytes each). Assets lie with each visitor \
         until five sent the same; a base of a page is made of what its first five visitors were shown. \
         Pictures and fonts are in ours, and in the JSON as Base64; other recorders do not send them, \
         so the ratios are to the JSON without them.\n"
    );
    sizes(&mut text, sites);
    misses(&mut text, sites);
    parts(&mut text, sites);
    minutes(&mut text, sites);
    times(&mut text, sites);
    text
}

/// Of the means over all sites' last sessions.
pub(super) fn ratio_of_all(sites: &[Site]) -> f64 {
    let sum = |of: Of<'_>| -> f64 { sites.iter().map(|site| mean(site.last(), of)).sum() };
    sum(&|one| bytes(one.gzip_plain)) / sum(&|one| bytes(one.ours.total()))
}

fn sizes(text: &mut String, sites: &[Site]) {
    let first = sites.first().map_or(0, |site| site.sessions.len()) + 1 - LAST;
    let last = first + LAST - 1;
    let _ = writeln!(
        text,
        "### Bytes a session\n\n\
         | site | | 1st | 10th | {last}th | mean of {first} to {last} | times smaller than gzip without files | budget | |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---|"
    );
    for site in sites {
        let at = |number: usize, of: Of<'_>| site.sessions.get(number - 1).map_or(0.0, of);
        let forms: [(&str, Of<'_>); 5] = [
            ("JSON", &|one| bytes(one.json)),
            ("JSON, gzip -6", &|one| bytes(one.gzip)),
            ("the same without files", &|one| bytes(one.gzip_plain)),
            ("JSON, zstd -3", &|one| bytes(one.zstd)),
            ("ours", &|one| bytes(one.ours.total())),
        ];
        let gzip = mean(site.last(), forms[PLAIN].1);
        for (place, (form, of)) in forms.iter().enumerate() {
            let name = if place == 0 { site.name.as_str() } else { "" };
            let value = mean(site.last(), of);
            let _ = write!(
                text,
                "| {name} | {form} | {} | {} | {} | {} | {:.1} |",
                grouped(at(1, of)),
                grouped(at(10, of)),
                grouped(at(last, of)),
                grouped(value),
                gzip / value
            );
            let _ = writeln!(
                text,
                "{}",
                if place == forms.len() - 1 {
                    verdict(gzip / value)
                } else {
                    " | |".to_owned()
                }
            );
        }
    }
    let all = ratio_of_all(sites);
    let _ = writeln!(
        text,
        "| **all sites** | ours | | | | | {all:.1} |{}\n",
        verdict(all)
    );
}

/// Where the bytes of the sites are that are over the budget.
fn misses(text: &mut String, sites: &[Site]) {
    for site in sites {
        let of = |of: Of<'_>| mean(site.last(), of);
        let (gzip, ours) = (
            of(&|one| bytes(one.gzip_plain)),
            of(&|one| bytes(one.ours.total())),
        );
        if gzip / ours >= RATIO_MIN {
            continue;
        }
        let events = of(&|one| bytes(one.ours.incremental));
        let _ = writeln!(
            text,
            "{} misses: {} bytes of gzip allow {} a session. Events after the snapshots alone take \
             {}, {:.1} bytes for each of {:.0}; seals and rows of {:.1} page loads take {}; \
             everything else {}. The smaller the pages are, the more of the JSON are such events, \
             of which gzip takes {:.1} bytes each, pages included.\n",
            site.name,
            grouped(gzip),
            grouped(gzip / RATIO_MIN),
            grouped(events),
            events / of(&|one| bytes(one.events)),
            of(&|one| bytes(one.events)),
            of(&|one| bytes(one.windows)),
            grouped(of(&|one| bytes(one.ours.sealed + one.ours.rows))),
            grouped(ours - events - of(&|one| bytes(one.ours.sealed + one.ours.rows))),
            gzip / of(&|one| bytes(one.events)),
        );
    }
}

fn verdict(ratio: f64) -> String {
    match ratio >= RATIO_MIN {
        true => format!(" {RATIO_MIN} | met |"),
        false => format!(" {RATIO_MIN} | missed by {:.1} times |", RATIO_MIN / ratio),
    }
}

fn parts(text: &mut String, sites: &[Site]) {
    let _ = writeln!(
        text,
        "### What it is\n\n\
         Bytes of a session, mean of the last {LAST}; in the end, everything that lies there by all \
         sessions.\n\n\
         | site | | snapshots | keyframes | other events | assets | bases | nonces, tags, heads | rows | together |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    for site in sites {
        let of = |of: Part<'_>| mean(site.last(), |one| bytes(of(&one.ours)));
        #[allow(clippy::cast_precision_loss, reason = "figures for people")]
        let sessions = site.sessions.len().max(1) as f64;
        let in_the_end = |of: Part<'_>| bytes(of(&site.in_the_end)) / sessions;
        row(text, (&site.name, "last"), &of);
        row(text, ("", "in the end"), &in_the_end);
    }
    let _ = writeln!(text);
    for site in sites {
        let _ = writeln!(
            text,
            "- {}: bases {}, shared assets {}.",
            site.name, site.bases, site.shared_assets
        );
    }
    let _ = writeln!(text);
}

fn row(text: &mut String, (site, which): (&str, &str), of: &dyn Fn(Part<'_>) -> f64) {
    let parts: [Part<'_>; 8] = [
        &|one| one.snapshots,
        &|one| one.keyframes,
        &|one| one.incremental,
        &|one| one.assets,
        &|one| one.bases,
        &|one| one.sealed,
        &|one| one.rows,
        &Bytes::total,
    ];
    let _ = write!(text, "| {site} | {which} |");
    for part in parts {
        let _ = write!(text, " {} |", grouped(of(part)));
    }
    let _ = writeln!(text);
}

fn minutes(text: &mut String, sites: &[Site]) {
    let _ = writeln!(
        text,
        "### Bytes a minute\n\n\
         | site | minutes a session | page loads | events | JSON, gzip -6 | JSON, zstd -3 | ours |\n\
         |---|---:|---:|---:|---:|---:|---:|"
    );
    for site in sites {
        let of = |of: Of<'_>| mean(site.last(), of);
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of a visit")]
        let long = of(&|one| one.site_ms as f64) / 60_000.0;
        let _ = writeln!(
            text,
            "| {} | {long:.1} | {:.1} | {:.0} | {} | {} | {} |",
            site.name,
            of(&|one| bytes(one.windows)),
            of(&|one| bytes(one.events)),
            grouped(of(&|one| bytes(one.gzip)) / long),
            grouped(of(&|one| bytes(one.zstd)) / long),
            grouped(of(&|one| bytes(one.ours.total())) / long)
        );
    }
    let _ = writeln!(text);
}

fn times(text: &mut String, sites: &[Site]) {
    let _ = writeln!(
        text,
        "### Time\n\n\
         Milliseconds to take a session's assets out and pack it, and to unpack it and put them \
         back, one core, the fastest of three, mean of all sessions.\n\n\
         | site | pack | unpack |\n|---|---:|---:|"
    );
    for site in sites {
        let _ = writeln!(
            text,
            "| {} | {:.1} | {:.1} |",
            site.name,
            mean(&site.sessions, |one| one.pack_ms),
            mean(&site.sessions, |one| one.unpack_ms)
        );
    }
    let _ = writeln!(text);
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bytes of sessions"
)]
fn grouped(value: f64) -> String {
    let digits = (value.round() as u64).to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
