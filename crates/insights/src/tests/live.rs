//! The live view and a session's facts.

use std::sync::Arc;

use hitmetrix_model::{PersonKey, SessionId, SiteId, VisitorId};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Move, Snapshot};

use super::samples::{event, page_leave, snapshot};
use crate::{live, session_facts};

const NOW_MS: i64 = 1_790_000_000_000;
const MINUTE_MS: i64 = 60_000;

#[test]
fn live_shows_who_was_there_in_the_last_five_minutes() {
    let mut first = event(1, NOW_MS - 40 * MINUTE_MS, "pageview", "/");
    first.event.channel = "Email".to_owned();
    first.event.source = "letter".to_owned();
    first.sender.context.country = "AT".to_owned();
    let mut here = event(1, NOW_MS - MINUTE_MS, "pageview", "/cart");
    here.event.page.title = "Cart".to_owned();
    let mut bot = event(4, NOW_MS, "pageview", "/");
    bot.sender.context.bot = "Googlebot".to_owned();
    let events = [
        first,
        here,
        event(2, NOW_MS - 20 * MINUTE_MS, "click", "/"),
        event(3, NOW_MS - 50 * MINUTE_MS, "click", "/"),
        page_leave(1, NOW_MS, "/cart", 500),
        bot,
    ];
    let live = live(&snapshot(&events), NOW_MS);
    assert_eq!(live.people_now, 1);
    let [session] = &live.sessions[..] else {
        panic!("one session: {:?}", live.sessions)
    };
    assert_eq!(
        (session.page.as_str(), session.source.as_str()),
        ("/cart", "letter")
    );
    assert_eq!(session.title, "Cart");
    assert_eq!(
        (session.country.as_str(), session.channel.as_str()),
        ("AT", "Email")
    );
    assert_eq!((session.pageviews, session.events), (2, 2));
    assert_eq!(
        (session.started_ms, session.last_ms),
        (NOW_MS - 40 * MINUTE_MS, NOW_MS)
    );
    let recent: Vec<&str> = live
        .recent
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(recent, ["pageview", "click"]);
    assert_eq!(live.recent[0].text, "Cart");
}

#[test]
fn live_keeps_the_newest_hundred_events() {
    let events: Vec<_> = (0..250)
        .map(|number| event(number % 7, NOW_MS - number as i64, "click", "/"))
        .collect();
    let live = live(&snapshot(&events), NOW_MS);
    let times: Vec<i64> = live.recent.iter().map(|event| event.time_ms).collect();
    assert_eq!(times, (0..100).map(|ago| NOW_MS - ago).collect::<Vec<_>>());
    assert_eq!(live.people_now, 7);
}

#[test]
fn a_session_is_found_over_several_runs_with_all_its_events() {
    const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
    let mut events = Vec::new();
    for number in 0..40u32 {
        let mut stored = event(
            u128::from(number % 4),
            i64::from(number) * DAY_MS,
            "pageview",
            "/",
        );
        stored.event.page.path = format!("/{number}");
        events.push(stored);
    }
    let mut runs = Vec::new();
    for week in events.chunks(7) {
        for person in 0..4 {
            let of_person = week
                .iter()
                .filter(|one| one.person == PersonKey(person))
                .cloned();
            runs.push(Arc::new(Run::from_rows(
                shard_of(PersonKey(person)),
                of_person.collect(),
            )));
        }
    }
    let snapshot = Snapshot::of_runs(SiteId(1), runs);
    let facts = session_facts(&snapshot, SessionId(2)).unwrap().unwrap();
    assert_eq!(
        (facts.entry_page.as_str(), facts.exit_page.as_str()),
        ("/2", "/38")
    );
    assert_eq!(
        (facts.started_ms, facts.ended_ms),
        (2 * DAY_MS, 38 * DAY_MS)
    );
    assert_eq!(facts.pageviews, 10);
}

#[test]
fn a_session_is_found_by_by_its_id_also_after_its_visitor_moved() {
    let mut events = vec![
        event(5, 1000, "pageview", "/in"),
        event(5, 2000, "purchase", "/in"),
        event(5, 3000, "pageview", "/out"),
        page_leave(5, 4000, "/out", 700),
    ];
    events[0].sender.session = SessionId(77);
    for event in &mut events[1..] {
        event.sender.session = SessionId(77);
    }
    let run = Run::from_rows(shard_of(PersonKey(5)), events);
    let snapshot = Snapshot::of_runs(SiteId(1), vec![Arc::new(run)]);
    let facts = session_facts(&snapshot, SessionId(77)).unwrap().unwrap();
    assert_eq!((facts.person, facts.visitor), (PersonKey(5), VisitorId(5)));
    assert_eq!(
        (facts.entry_page.as_str(), facts.exit_page.as_str()),
        ("/in", "/out")
    );
    assert_eq!(
        (facts.pageviews, facts.events, facts.engaged_ms),
        (2, 3, 700)
    );
    assert_eq!((facts.channel.as_str(), facts.bounced), ("Direct", false));
    let moved = Move {
        visitor: VisitorId(5),
        from: PersonKey(5),
        to: PersonKey(9),
    };
    let snapshot = snapshot.with_moves(0, vec![moved]);
    assert_eq!(
        session_facts(&snapshot, SessionId(77))
            .unwrap()
            .unwrap()
            .person,
        PersonKey(9)
    );
    assert!(session_facts(&snapshot, SessionId(78)).unwrap().is_none());
}
