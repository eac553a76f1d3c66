//! Each cause, from what the server has seen to the sentence.

use super::*;

const SINCE_MS: i64 = 1_000_000_000;
const NOW_MS: i64 = SINCE_MS + 3600 * 1000;

/// Codes and what they affect, for a new site of which these signs were seen so long ago.
fn codes(settings: &SiteSettings, seen: &[(Sign, &str, i64)]) -> Vec<(&'static str, &'static str)> {
    told(settings, seen, (None, None))
        .into_iter()
        .map(|one| (one.code, one.affects))
        .collect()
}

fn told(
    settings: &SiteSettings,
    seen: &[(Sign, &str, i64)],
    (first_event_ms, last_event_ms): (Option<i64>, Option<i64>),
) -> Vec<InstallationFinding> {
    let mut signs = SiteSigns::default();
    for (sign, word, ago_ms) in seen {
        signs.note(*sign, word, NOW_MS - ago_ms);
    }
    findings(&Known {
        signs: &signs,
        since_ms: SINCE_MS,
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
    let cases: &[(&[(Sign, &str, i64)], &str)] = &[
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
        (&[(Sign::ForeignPage, "x.example", 60_000)], "foreign_page"),
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
    let cases: &[(SiteSettings, &[(Sign, &str, i64)], &str)] = &[
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
    let all = |more: &[(Sign, &'static str, i64)]| {
        let seen: Vec<_> = works.iter().copied().chain(more.iter().copied()).collect();
        codes(&usual, &seen)
    };
    assert_eq!(all(&[(Sign::Bot, "", 1), (Sign::Own, "", 1)]), []);
    assert_eq!(
        all(&[(Sign::ForeignPage, "new.example", 1)]),
        [("foreign_page", "some_events")]
    );
    assert_eq!(all(&[(Sign::ForeignPage, "x", TOLD_MS + 1)]), []);
    assert_eq!(all(&[(Sign::EventRefused, "identity_refused", 1)]), []);
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
