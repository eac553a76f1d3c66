//! The stories of docs/guide/demo.md, found again by counting the made-up events one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hitmetrix_ingest::Lookups;
use hitmetrix_model::{Batch, Event, Sender, SiteId, Value, limits};

use super::{DAY_MS, Demo, RELEASE_DAYS_AGO};

/// 2026-11-26T15:00:00Z, a Thursday.
const NOW_MS: i64 = 1_795_705_200_000;

static MADE: LazyLock<Vec<Batch>> = LazyLock::new(|| make(&Lookups::new()));

fn make(lookups: &Lookups) -> Vec<Batch> {
    let demo = Demo {
        site: SiteId(1),
        host: "localhost",
        lookups,
        now_ms: NOW_MS,
        times: 1,
    };
    demo.batches().collect()
}

/// Each event with its sender.
fn events(batches: &[Batch]) -> impl Iterator<Item = (&Event, &Sender)> {
    batches.iter().flat_map(|batch| {
        batch
            .events
            .iter()
            .map(|event| (event, &batch.senders[event.sender as usize]))
    })
}

fn property<'e>(event: &'e Event, name: &str) -> &'e str {
    match event.properties.get(name) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn released_ms() -> i64 {
    NOW_MS.div_euclid(DAY_MS) * DAY_MS - RELEASE_DAYS_AGO * DAY_MS + 9 * 3_600_000
}

#[test]
fn the_same_day_gives_the_same_visits_and_every_event_counts_once() {
    let batches = &*MADE;
    assert_eq!(*batches, make(&Lookups::new()));
    let mut ids = BTreeSet::new();
    for (event, _) in events(batches) {
        assert!(
            ids.insert(event.external.map(|id| id.0)),
            "twice: {event:?}"
        );
        assert!(event.time_ms < NOW_MS + 3_600_000 && event.time_ms > NOW_MS - 91 * DAY_MS);
    }
    assert!(
        (60_000..260_000).contains(&ids.len()),
        "{} events",
        ids.len()
    );
    assert!(
        batches
            .iter()
            .all(|batch| batch.events.len() <= limits::BATCH_EVENTS)
    );
}

#[test]
fn visits_that_are_made_tomorrow_begin_with_those_of_today() {
    let (today, lookups) = (&*MADE, Lookups::new());
    let demo = Demo {
        site: SiteId(1),
        host: "localhost",
        lookups: &lookups,
        now_ms: NOW_MS + 600_000,
        times: 1,
    };
    let later: BTreeSet<_> = demo
        .batches()
        .flat_map(|batch| batch.events)
        .map(|event| event.external.map(|id| id.0))
        .collect();
    let known = events(today).filter(|(event, _)| later.contains(&event.external.map(|id| id.0)));
    assert_eq!(known.count(), events(today).count());
}

#[test]
fn more_times_have_what_one_has_and_as_much_again() {
    let lookups = Lookups::new();
    let demo = Demo {
        site: SiteId(1),
        host: "localhost",
        lookups: &lookups,
        now_ms: NOW_MS,
        times: 3,
    };
    let batches: Vec<_> = demo.batches().collect();
    let ids: BTreeSet<_> = events(&batches).map(|(event, _)| event.external).collect();
    let count = events(&batches).count();
    assert_eq!(ids.len(), count, "every event has an id of its own");
    let once = events(&MADE).count();
    assert!((once * 5 / 2..once * 7 / 2).contains(&count), "{count}");
    assert!(events(&MADE).all(|(event, _)| ids.contains(&event.external)));
    let last = |batch: &Batch| batch.events.iter().map(|event| event.time_ms).max();
    let begins: Vec<_> = batches.iter().filter_map(last).collect();
    let behind = begins.windows(2).map(|pair| pair[0] - pair[1]).max();
    assert!(behind < Some(2 * DAY_MS), "day after day: {behind:?}");
}

#[test]
fn since_the_release_nobody_pays_in_safari() {
    let batches = &*MADE;
    let mut paid: BTreeMap<(bool, bool), [usize; 2]> = BTreeMap::new();
    for (event, sender) in events(batches) {
        let safari = sender.context.browser.ends_with("Safari");
        let counts = paid
            .entry((safari, event.time_ms >= released_ms()))
            .or_default();
        let page = event.page.path.as_str();
        counts[0] += usize::from(event.name == "pageview" && page == "/checkout-payment");
        counts[1] += usize::from(event.name == "order");
    }
    let share = |safari, after| {
        let [tried, bought] = paid[&(safari, after)];
        assert!(tried > 20, "{tried} tried with {safari}, {after}");
        bought as f64 / tried as f64
    };
    assert!(share(true, true) < 0.2);
    for others in [share(true, false), share(false, false), share(false, true)] {
        assert!(others > 0.95, "{others}");
    }
    let errors =
        events(batches).filter(|(event, _)| property(event, "message").contains("card.scheme"));
    assert!(errors.count() > 20);
}

#[test]
fn the_campaign_brings_nobody_who_buys() {
    let batches = &*MADE;
    let of_campaign: BTreeSet<_> = events(batches)
        .filter(|(event, _)| event.campaign == "autumn-glow")
        .map(|(event, sender)| {
            assert_eq!(event.channel, "Paid social");
            sender.session
        })
        .collect();
    assert_eq!(of_campaign.len(), 25 * 40);
    let bought = |name: &str| {
        let those = events(batches).filter(|(event, _)| event.name == "order");
        let sessions: BTreeSet<_> = those.map(|(_, sender)| sender.session).collect();
        let came = events(batches).filter(|(event, _)| event.source == name);
        let came: BTreeSet<_> = came.map(|(_, sender)| sender.session).collect();
        came.intersection(&sessions).count() as f64 / came.len() as f64
    };
    assert!(bought("facebook") == 0.0);
    assert!(
        bought("newsletter") > 1.5 * bought("google"),
        "{}",
        bought("newsletter")
    );
}

#[test]
fn the_postcode_is_where_people_leave_the_address() {
    let batches = &*MADE;
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let abandoned = events(batches).filter(|(event, _)| event.name == "form_abandon");
    for (event, _) in abandoned {
        *left.entry(property(event, "field")).or_default() += 1;
    }
    let others: usize = left
        .iter()
        .filter(|(field, _)| **field != "zip")
        .map(|(_, count)| count)
        .sum();
    assert!(left["zip"] > 2 * others, "{left:?}");
    let refused: Vec<_> = events(batches)
        .filter(|(event, _)| event.name == "form_error")
        .collect();
    assert!(refused.len() > 2 * left["zip"], "{}", refused.len());
    assert!(
        refused
            .iter()
            .all(|(event, _)| property(event, "field") == "zip")
    );
}

#[test]
fn the_company_comes_back_for_weeks_and_then_buys() {
    let batches = &*MADE;
    let people: BTreeSet<_> = events(batches)
        .filter(|(event, _)| property(event, "account") == "harbour-hotels")
        .map(|(_, sender)| sender.visitor)
        .collect();
    assert_eq!(people.len(), 3);
    let of_company = || events(batches).filter(|(_, sender)| people.contains(&sender.visitor));
    let sessions: BTreeSet<_> = of_company().map(|(_, sender)| sender.session).collect();
    assert_eq!(sessions.len(), 8);
    let orders: Vec<&Event> = of_company()
        .filter(|(event, _)| event.name == "order")
        .map(|(event, _)| event)
        .collect();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].properties["value"], Value::Number(24.0 * 129.0));
    let first_ms = of_company().map(|(event, _)| event.time_ms).min().unwrap();
    assert!(orders[0].time_ms - first_ms > 30 * DAY_MS);
}

#[test]
fn phones_wait_longer_since_the_release() {
    let batches = &*MADE;
    let p75 = |after: bool| {
        let mut waits: Vec<i64> = events(batches)
            .filter(|(event, sender)| {
                let is_paint =
                    property(event, "metric") == "LCP" && sender.context.device == "phone";
                is_paint && (event.time_ms >= released_ms()) == after
            })
            .map(|(event, _)| match event.properties["value"] {
                Value::Number(ms) => ms as i64,
                _ => panic!("a wait is a number"),
            })
            .collect();
        waits.sort_unstable();
        waits[waits.len() * 3 / 4]
    };
    let (before, after) = (p75(false), p75(true));
    assert!(before <= 2800 && after > 3500, "{before} then {after}");
}

#[test]
fn some_customers_order_from_two_browsers() {
    let mut visitors: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for batch in &*MADE {
        for change in &batch.identities {
            if let hitmetrix_model::IdentityChange::Identify { user, visitor, .. } = change {
                visitors.entry(user.clone()).or_default().insert(*visitor);
            }
        }
    }
    let two = visitors
        .values()
        .filter(|of_user| of_user.len() > 1)
        .count();
    assert!(
        visitors.len() > 100 && two > 10,
        "{two} of {}",
        visitors.len()
    );
}

#[test]
fn leavers_of_the_checkout_say_what_does_not_work() {
    let batches = &*MADE;
    let answers: Vec<_> = events(batches)
        .filter(|(event, _)| event.name == "survey_answered")
        .collect();
    assert!(answers.len() > 60, "{} answers", answers.len());
    let broken = |event: &Event| property(event, "choice") == "Something does not work";
    let (mut safari, mut says) = (0, 0);
    for (event, sender) in &answers {
        assert!(event.page.path.starts_with("/checkout"), "{event:?}");
        let is_late = event.time_ms >= released_ms() && event.page.path == "/checkout-payment";
        if is_late && sender.context.browser.ends_with("Safari") {
            safari += 1;
            says += usize::from(broken(event));
        }
    }
    assert!(safari > 10, "{safari} in Safari");
    assert!(2 * says > safari, "{says} of {safari}");
    let survey = super::survey(NOW_MS);
    assert!(!survey.is_asked(), "the shop asks nobody");
    assert!(
        answers
            .iter()
            .all(|(event, _)| property(event, "survey") == survey.id)
    );
}
