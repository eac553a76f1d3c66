//! The worked example of docs/concepts/counting.md: five persons on Monday, 2 March 2026.

use hitmetrix_model::{Dimension, Measure, Question, QuestionKind, SessionId, VisitorId};
use hitmetrix_store::StoredEvent;

use super::samples::{answer, days, event, ms, page_leave, question, snapshot, words};

fn at(day: u32, time: &str) -> i64 {
    ms(&format!("2026-03-{day:02}T{time}:00Z"))
}

fn five_persons() -> Vec<StoredEvent> {
    let mut letter = event(1, at(2, "10:00"), "pageview", "/");
    letter.event.channel = "Email".to_owned();
    letter.event.source = "letter".to_owned();
    let mut phone = [
        event(1, at(2, "20:00"), "pageview", "/shop"),
        page_leave(1, at(2, "20:01"), "/shop", 4_000),
    ];
    for event in &mut phone {
        event.sender.visitor = VisitorId(6);
        event.sender.session = SessionId(6);
    }
    let mut google = event(3, at(2, "12:00"), "pageview", "/");
    google.event.channel = "Organic search".to_owned();
    google.event.source = "google".to_owned();
    let mut bot = event(5, at(2, "03:00"), "pageview", "/");
    bot.sender.context.bot = "Googlebot".to_owned();
    let mut events = vec![
        letter,
        event(1, at(2, "10:01"), "pageview", "/shop"),
        event(1, at(2, "10:02"), "purchase", "/shop"),
        page_leave(1, at(2, "10:03"), "/shop", 90_000),
        event(2, ms("2026-03-01T23:50:00Z"), "pageview", "/"),
        event(2, at(2, "00:10"), "pageview", "/shop"),
        google,
        page_leave(3, at(2, "12:01"), "/", 30_000),
        event(4, at(2, "23:55"), "pageview", "/"),
        event(4, at(3, "00:05"), "pageview", "/shop"),
        page_leave(4, at(3, "00:06"), "/shop", 12_000),
        bot,
    ];
    events.extend(phone);
    events
}

fn rows(asked: &Question) -> Vec<String> {
    let found = answer(&snapshot(&five_persons()), asked, at(9, "12:00")).unwrap();
    assert_eq!(found.bot_events, 1);
    found.rows.iter().map(|row| words(row)).collect()
}

fn monday(kind: QuestionKind) -> Question {
    question(kind, days("2026-03-02", "2026-03-02"))
}

#[test]
fn five_persons_give_the_totals_of_the_documentation() {
    let asked = Question {
        measures: Measure::ALL.to_vec(),
        ..monday(QuestionKind::Totals)
    };
    assert_eq!(rows(&asked), ["4 5 4 6 7 0.25 21000 1.5 120000"]);
}

#[test]
fn five_persons_give_the_breakdowns_of_the_documentation() {
    let mut asked = Question {
        measures: vec![Measure::Sessions],
        dimension: Some(Dimension::Source),
        ..monday(QuestionKind::Breakdown)
    };
    assert_eq!(
        rows(&asked),
        ["\"Direct\" 2", "\"google\" 1", "\"letter\" 1"]
    );
    asked.measures = vec![Measure::Persons, Measure::Sessions];
    asked.dimension = Some(Dimension::Page);
    assert_eq!(rows(&asked), ["\"/\" 3 3", "\"/shop\" 2 3"]);
}
