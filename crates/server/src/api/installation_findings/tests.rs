//! Each cause, from what the server has seen to the sentence.

use super::*;

const SINCE_MS: i64 = 1_000_000_000;
const NOW_MS: i64 = SINCE_MS + 3600 * 1000;

/// A sign, its word, and how long ago it was seen.
type At<'a> = (Sign, &'a str, i64);

/// Codes and what they affect, for a new site of which these signs were seen so long ago.
fn codes(settings: &SiteSettings, seen: &[At<'_>]) -> Vec<(&'static str, &'static str)> {
    told(settings, seen, (None, None))
        .into_iter()
        .map(|one| (one.code, one.affects))
        .collect()
}

fn told(
    settings: &SiteSettings,
    seen: &[At<'_>],
    (first_event_ms, last_event_ms): (Option<i64>, Option<i64>),
) -> Vec<InstallationFinding> {
    let mut signs = SiteSigns::default();
    let mut seen = seen.to_vec();
    seen.sort_by_key(|(_, _, ago_ms)| std::cmp::Reverse(*ago_ms));
    for (sign, word, ago_ms) in &seen {
        signs.note(*sign, word, NOW_MS - ago_ms);
    }
    findings(&Known {
        signs: &signs,
        since_ms: SINCE_MS,
        resumed_ms: 0,
        now_ms: NOW_MS,
        first_event_ms,
        last_event_ms,
        domains: &["shop.example".to_owned()],
        key: "publickey",
        settings,
        origin: "https://stats.example",
    })
}

#[test]
fn each_station_that_pages_got_to_has_its_cause() {
    let usual = SiteSettings::default();
    let cases: &[(&[At<'_>], &str)] = &[
        (&[], "nothing_asked"),
        (&[(Sign::Tag, "", 60_000)], "tag_only"),
        (&[(Sign::Script, "", 60_000)], "script_only"),
        (
            &[(Sign::TagNone, "", 60_000), (Sign::Script, "", 60_000)],
            "mode_none",
        ),
        (
            &[(Sign::Script, "", 60_000), (Sign::Rules, "", 60_000)],
            "rules_only",
        ),
        (&[(Sign::UnknownKey, "", 60_000)], "unknown_key"),
        (&[(Sign::OtherKey, "", 60_000)], "other_key"),
        (
            &[
                (Sign::Rules, "", 60_000),
                (Sign::EventsRefused, "invalid", 1),
            ],
            "events_refused",
        ),
        (
            &[
                (Sign::Rules, "", 60_000),
                (Sign::EventRefused, "blocked_page", 1),
            ],
            "event_refused",
        ),
        (
            &[(Sign::Rules, "", 60_000), (Sign::EventsLater, "", 1)],
            "too_many",
        ),
        (&[(Sign::Rules, "", 60_000), (Sign::Own, "", 1)], "only_own"),
        (
            &[(Sign::Rules, "", 60_000), (Sign::Automated, "", 1)],
            "only_automated",
        ),
        (
            &[(Sign::Rules, "", 60_000), (Sign::Bot, "", 1)],
            "only_bots",
        ),
    ];
    for (seen, code) in cases {
        assert_eq!(codes(&usual, seen), [(*code, "events")], "{seen:?}");
    }
}

#[test]
fn page_that_has_just_begun_is_given_time() {
    let usual = SiteSettings::default();
    for sign in [Sign::Script, Sign::Rules, Sign::Tag] {
        assert_eq!(codes(&usual, &[(sign, "", 1_000)]), []);
    }
    assert_eq!(codes(&usual, &[(Sign::Counted, "", 1_000)]), []);
}

#[test]
fn claim_of_anybody_hides_no_cause_and_is_forgotten() {
    let usual = SiteSettings::default();
    let all = |seen: &[At<'_>]| {
        let codes = codes(&usual, seen).into_iter();
        codes.map(|(code, _)| code).collect::<Vec<_>>()
    };
    let foreign = |ago_ms| (Sign::ForeignPage, "x", ago_ms);
    let script = (Sign::Script, "", 60_000);
    assert_eq!(all(&[foreign(1)]), ["foreign_page", "nothing_asked"]);
    assert_eq!(all(&[foreign(1), script]), ["foreign_page", "script_only"]);
    assert_eq!(all(&[foreign(TOLD_MS), script]), ["script_only"]);
    assert_eq!(all(&[foreign(TOLD_MS)]), ["nothing_asked"]);
    let key = |ago_ms| (Sign::UnknownKey, "", ago_ms);
    // With the wrong key the page has gone on; a page that came after it has not.
    assert_eq!(all(&[script, key(59_000)]), ["unknown_key"]);
    assert_eq!(all(&[script, key(90_000)]), ["unknown_key", "script_only"]);
    let found = told(&usual, &[key(TOLD_MS)], (None, None));
    assert_eq!(
        found[0].says,
        "No page of shop.example was seen that asked this server for anything for a day."
    );
    assert!(found[0].way_out.contains("Referrer-Policy: no-referrer"));
    assert!(found[0].way_out.starts_with("Open a page"));
}

#[test]
fn tag_that_was_taken_off_is_told_when_the_silence_is_unusual() {
    let usual = SiteSettings::default();
    let days = |sign, days: i64| (sign, "", days * DAY_MS);
    let worked = [days(Sign::Counted, 7), days(Sign::Recorded, 7)];
    let found = told(&usual, &worked, (None, None));
    assert_eq!((found[0].code, found[0].affects), ("silent", "silence"));
    assert_eq!(found[0].says, "No event has counted for 7 days.");
    assert_eq!(found[0].last_ms, Some(NOW_MS - 7 * DAY_MS));
    assert_eq!(found.len(), 1);
    // What pages did meanwhile tells why.
    let with = |more: &[At<'static>]| {
        let seen: Vec<_> = worked.iter().chain(more).copied().collect();
        let codes = codes(&usual, &seen).into_iter();
        codes.map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(with(&[days(Sign::Script, 8)]), ["silent"]);
    assert_eq!(with(&[days(Sign::Script, 1)]), ["silent", "script_only"]);
    assert_eq!(
        with(&[days(Sign::Script, 1), (Sign::UnknownKey, "", 1)]),
        ["silent", "unknown_key"]
    );
    assert_eq!(with(&[days(Sign::Own, 1)]), ["silent", "only_own"]);
    // Where days between two visits are usual, and after a night, it is no silence.
    assert_eq!(
        with(&[days(Sign::Counted, 2), days(Sign::Recorded, 2)]),
        [""; 0]
    );
    assert_eq!(
        codes(
            &usual,
            &[(Sign::Counted, "", DAY_MS - 1), (Sign::Recorded, "", 1)]
        ),
        []
    );
}

#[test]
fn silence_of_a_site_of_before_the_start_is_no_bad_tag() {
    let usual = SiteSettings::default();
    let mut known = Known {
        signs: &SiteSigns::default(),
        since_ms: SINCE_MS,
        resumed_ms: 0,
        now_ms: SINCE_MS + DAY_MS - 1,
        first_event_ms: Some(1),
        last_event_ms: Some(SINCE_MS - 1),
        domains: &[],
        key: "publickey",
        settings: &usual,
        origin: "https://stats.example",
    };
    assert_eq!(findings(&known), []);
    known.now_ms += 1;
    let found = findings(&known);
    assert_eq!((found[0].code, found[0].affects), ("silent", "silence"));
    assert_eq!(found[0].says, "No event has counted for a day.");
    // While the server was away it saw nothing, so that this is no silence yet.
    known.resumed_ms = known.now_ms - 1;
    assert_eq!(findings(&known), []);
    known.resumed_ms = 0;
    // Events of a server of one's own count too.
    known.last_event_ms = Some(known.now_ms - 1);
    assert_eq!(findings(&known), []);
}

#[test]
fn recordings_have_ended_when_many_events_came_without_them() {
    const HOUR_MS: i64 = 3600 * 1000;
    let usual = SiteSettings::default();
    let shared = |sample| {
        let mut settings = SiteSettings::default();
        settings.rules.sample = sample;
        settings
    };
    let recorded = [
        (Sign::Recorder, "", 3 * HOUR_MS),
        (Sign::Recorded, "", 3 * HOUR_MS),
    ];
    let with = |settings: &SiteSettings, more: &[At<'static>]| {
        let seen: Vec<_> = recorded.iter().chain(more).copied().collect();
        let codes = codes(settings, &seen).into_iter();
        codes.map(|(code, _)| code).collect::<Vec<_>>()
    };
    let every = |sign, minutes: i64, bodies: i64| {
        let at = (0..bodies).map(move |body| (sign, "", body * minutes * 60_000));
        at.collect::<Vec<_>>()
    };
    // The next visitor has just come, or was gone at once.
    assert_eq!(with(&usual, &[(Sign::Counted, "", 1)]), [""; 0]);
    assert_eq!(with(&usual, &every(Sign::Counted, 60, 2)), [""; 0]);
    // Others refuse to be recorded.
    assert_eq!(with(&usual, &every(Sign::CountedRefusing, 2, 60)), [""; 0]);
    // Twenty bodies at once are one visit.
    assert_eq!(with(&usual, &every(Sign::Counted, 1, 30)), [""; 0]);
    let many = every(Sign::Counted, 5, 30);
    assert_eq!(with(&usual, &many), ["recorder_stopped"]);
    assert_eq!(with(&shared(0.5), &many), [""; 0]);
    let more = every(Sign::Counted, 1, 100).repeat(4);
    assert_eq!(with(&shared(0.5), &more), ["recorder_stopped"]);
    // What was refused before the last recording is not why.
    let and = |sign, ago_ms| [many.clone(), vec![(sign, "too_large", ago_ms)]].concat();
    let before = and(Sign::OverQuota, 4 * HOUR_MS);
    assert_eq!(with(&usual, &before), ["recorder_stopped"]);
    assert_eq!(with(&usual, &and(Sign::OverQuota, 1)), ["quota"]);
    let refused = and(Sign::RecordingRefused, 1);
    assert_eq!(with(&usual, &refused), ["recording_refused"]);
    let found = told(&usual, &[&recorded[..], &many].concat(), (None, None));
    assert_eq!(found[0].last_ms, Some(NOW_MS - 3 * HOUR_MS));
}

#[test]
fn refusals_of_recordings_of_yesterday_are_forgotten() {
    let usual = SiteSettings::default();
    let counted = (Sign::Counted, "", 60_000);
    for (sign, ago_ms) in [
        (Sign::OverQuota, 15 * 3600 * 1000),
        (Sign::RecordingRefused, TOLD_MS + 1),
    ] {
        let found = codes(&usual, &[(sign, "too_large", ago_ms), counted]);
        assert_eq!(found, [("recorder_missing", "recordings")], "{sign:?}");
    }
    // A small share is met seldom, whether the recorder was loaded or not.
    let mut shared = SiteSettings::default();
    shared.rules.sample = 0.1;
    let seen = [(Sign::Recorder, "", 60_000), counted];
    assert_eq!(codes(&shared, &seen), [("sample", "recordings")]);
    // Who refuses came long ago; the first that does not has just come.
    let seen = [(Sign::CountedRefusing, "", 600_000), (Sign::Counted, "", 1)];
    assert_eq!(codes(&usual, &seen), []);
}

#[test]
fn sentence_names_the_host_and_the_way_out() {
    let usual = SiteSettings::default();
    let seen = [(Sign::ForeignPage, "www.shop.example", 5_000)];
    let found = told(&usual, &seen, (None, None));
    assert_eq!(
        found[0].says,
        "A page on www.shop.example wanted to send, and www.shop.example is none of the site's domains."
    );
    assert!(found[0].way_out.contains("Add www.shop.example"));
    assert_eq!(found[0].last_ms, Some(NOW_MS - 5_000));
    let nameless = told(&usual, &[(Sign::ForeignPage, "", 5_000)], (None, None));
    assert!(nameless[0].says.contains("without an address"));
    // Where the server cannot know the cause it says so.
    let silent = told(&usual, &[(Sign::Script, "", 60_000)], (None, None));
    assert!(silent[0].way_out.starts_with("This server cannot see"));
}

#[test]
fn events_without_recordings_have_their_cause() {
    let counted = (Sign::Counted, "", 60_000);
    let usual = SiteSettings::default();
    let with = |change: fn(&mut SiteSettings)| {
        let mut settings = SiteSettings::default();
        change(&mut settings);
        settings
    };
    let cases: &[(SiteSettings, &[At<'_>], &str)] = &[
        (with(|to| to.rules.record = false), &[], "recording_off"),
        (with(|to| to.rules.sample = 0.0), &[], "sample"),
        (with(|to| to.rules.sample = 0.1), &[], "sample"),
        (usual.clone(), &[(Sign::OverQuota, "", 1)], "quota"),
        (
            usual.clone(),
            &[(Sign::RecordingRefused, "too_large", 1)],
            "recording_refused",
        ),
        (usual.clone(), &[], "recorder_missing"),
        (
            usual.clone(),
            &[(Sign::Recorder, "", 50_000)],
            "recorder_silent",
        ),
    ];
    for (settings, seen, code) in cases {
        let seen: Vec<_> = seen.iter().copied().chain([counted]).collect();
        assert_eq!(codes(settings, &seen), [(*code, "recordings")]);
    }
    let refusing = [(Sign::CountedRefusing, "", 60_000)];
    assert_eq!(codes(&usual, &refusing), [("refusing", "recordings")]);
    // Recorded a moment ago: nothing is missing.
    assert_eq!(codes(&usual, &[counted, (Sign::Recorded, "", 55_000)]), []);
}

#[test]
fn working_site_is_told_only_what_is_wrong_now() {
    let usual = SiteSettings::default();
    let works = [(Sign::Counted, "", 1_000), (Sign::Recorded, "", 1_000)];
    let all = |more: &[At<'static>]| {
        let seen: Vec<_> = works.iter().copied().chain(more.iter().copied()).collect();
        codes(&usual, &seen)
    };
    assert_eq!(all(&[(Sign::Bot, "", 1), (Sign::Own, "", 1)]), []);
    assert_eq!(
        all(&[(Sign::ForeignPage, "new.example", 1)]),
        [("foreign_page", "some_events")]
    );
    assert_eq!(all(&[(Sign::ForeignPage, "x", TOLD_MS + 1)]), []);
    assert_eq!(all(&[(Sign::NameRefused, "", 1)]), []);
}

#[test]
fn cookieless_site_is_told_that_its_pages_name_nobody() {
    let cookieless = SiteSettings {
        mode: Mode::Cookieless,
        ..SiteSettings::default()
    };
    let works = [(Sign::Counted, "", 1_000), (Sign::Recorded, "", 1_000)];
    let with = |ago_ms| {
        let seen: Vec<_> = works
            .iter()
            .copied()
            .chain([(Sign::NameRefused, "", ago_ms)])
            .collect();
        codes(&cookieless, &seen)
    };
    assert_eq!(with(1), [("names_refused", "some_events")]);
    assert_eq!(with(TOLD_MS + 1), []);
}

#[test]
fn restart_of_a_working_site_is_no_silence() {
    let usual = SiteSettings::default();
    let before = (Some(SINCE_MS - 1), Some(SINCE_MS - 1));
    assert_eq!(told(&usual, &[], before), []);
    assert_eq!(told(&usual, &[(Sign::Bot, "", 1)], before), []);
    let foreign = told(&usual, &[(Sign::ForeignPage, "x.example", 1)], before);
    assert_eq!(foreign[0].affects, "some_events");
}
