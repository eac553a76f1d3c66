//! Forms of random timelines against a plain recount, and who stands behind each cell.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, EventSelection, Forms, Question, QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, cell_of, compared, random_question};
use super::funnels::behind;
use super::oracle::Oracle;
use super::samples::{Dice, Threads, words};
use super::world::{World, cases, world_with};
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

const IDLE_MS: i64 = 30 * 60 * 1000;

/// Makes events of forms of most, by their number.
fn of_forms(stored: &mut StoredEvent) {
    let mixed = stored.event.sequence.wrapping_mul(2_654_435_761) >> 9;
    let text = |of: &[&str], by: u32| Value::Text(of[(mixed / by) as usize % of.len()].to_owned());
    let name = match mixed % 8 {
        0..=2 => "form_focus",
        3 | 4 => "form_change",
        5 => "form_submit",
        6 => "pageview",
        _ if mixed.is_multiple_of(3) => return,
        _ if mixed.is_multiple_of(2) => "form_error",
        _ => "form_view",
    };
    let event = &mut stored.event;
    event.name = name.to_owned();
    if name == "pageview" {
        return;
    }
    // Nobody touches a form of these outside of a page load in which its view was told.
    let form = match name {
        "form_submit" | "form_view" | "form_error" if mixed.is_multiple_of(5) => {
            text(&["told", "html>body>form#told"], 16)
        }
        _ => text(&["pay", "pay", "html>body>form", "page", "news", ""], 8),
    };
    event.properties.insert("form".to_owned(), form);
    if name == "form_error" {
        let kind = text(&["valueMissing", "aria", "", "badInput"], 128);
        event.properties.insert("kind".to_owned(), kind);
    }
    if !matches!(name, "form_submit" | "form_view") && !mixed.is_multiple_of(31) {
        let field = text(&["mail", "card", "zip"], 64);
        event.properties.insert("field".to_owned(), field);
    }
}

fn property(one: &StoredEvent, name: &str) -> String {
    match one.event.properties.get(name) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Name and page of the form of an event; none where it is of no form.
fn form_of(one: &StoredEvent) -> Option<(String, String)> {
    let is_told = ["form_view", "form_error"].contains(&one.event.name.as_str());
    let form = property(one, "form");
    if !(is_use(one) || is_told) || form.is_empty() {
        return None;
    }
    let page = match form == "page" || form.contains('>') {
        true => one.event.page.path.clone(),
        false => String::new(),
    };
    Some((form, page))
}

fn is_use(one: &StoredEvent) -> bool {
    is_touch(one) || one.event.name == "form_submit"
}

/// What an error alone is not.
fn is_seen(one: &StoredEvent) -> bool {
    is_use(one) || one.event.name == "form_view"
}

fn is_touch(one: &StoredEvent) -> bool {
    matches!(one.event.name.as_str(), "form_focus" | "form_change")
}

type Who = (u128, u128);
type Sessions<'a> = BTreeMap<Who, Vec<&'a StoredEvent>>;

fn sessions<'a>(oracle: &Oracle<'a>) -> Sessions<'a> {
    let names = [
        "form_view",
        "form_error",
        "form_focus",
        "form_change",
        "form_submit",
        "pageview",
        "page_leave",
        "form_abandon",
    ];
    let selection = EventSelection {
        events: names.map(str::to_owned).to_vec(),
        ..EventSelection::default()
    };
    let mut all: Sessions<'_> = BTreeMap::new();
    for one in oracle.selected(&selection, oracle.period, &oracle.question.filters) {
        let who = (one.person.0, one.sender.session.0);
        all.entry(who).or_default().push(one);
    }
    all
}

/// What a session did in one form.
struct Done<'a> {
    of: Vec<&'a StoredEvent>,
    all: &'a [&'a StoredEvent],
    closed_ms: i64,
}

impl<'a> Done<'a> {
    fn sent(&self) -> Option<usize> {
        self.of.iter().rposition(|one| !is_touch(one))
    }

    fn last_touch(&self) -> Option<&'a StoredEvent> {
        self.of.iter().rfind(|one| is_touch(one)).copied()
    }

    fn is_left(&self) -> bool {
        let touched = self.last_touch().map(|one| one.event.time_ms);
        self.sent().is_none() && touched.is_some_and(|touched| touched < self.closed_ms)
    }

    fn is_success(&self) -> bool {
        self.sent().is_some_and(|sent| sent + 1 == self.of.len())
    }

    /// Events by field, in the order of their first ones.
    fn fields(&self) -> Vec<(String, Vec<usize>)> {
        let mut fields: Vec<(String, Vec<usize>)> = Vec::new();
        for (place, one) in self.of.iter().enumerate().filter(|(_, one)| is_touch(one)) {
            let name = property(one, "field");
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, places)) => places.push(place),
                None => fields.push((name, vec![place])),
            }
        }
        fields
    }

    fn is_change(&self, place: usize) -> bool {
        self.of[place].event.name == "form_change"
    }

    /// How long the session was in a field, as far as it is known.
    fn time_ms(&self, field: &str) -> Option<i64> {
        let form = form_of(self.of[0]);
        let mut known = None;
        for (place, one) in self.all.iter().enumerate() {
            let is_entry = one.event.name == "form_focus" && form_of(one) == form;
            if !is_entry || property(one, "field") != field {
                continue;
            }
            let (mut changed, mut left) = (None, None);
            for next in &self.all[place + 1..] {
                let of_form = form_of(next) == form;
                let is_here = next.sender.window == one.sender.window;
                let at_ms = next.event.time_ms;
                match next.event.name.as_str() {
                    "form_view" | "form_error" => continue,
                    "form_change" if of_form => {
                        if is_here && property(next, "field") == field {
                            changed = Some(at_ms);
                        }
                        continue;
                    }
                    "form_focus" if of_form => left = is_here.then_some(at_ms),
                    _ if !is_here => continue,
                    name if name.starts_with("form_") && name != "form_abandon" => {
                        if form_of(next).is_none() {
                            continue;
                        }
                        left = Some(at_ms);
                    }
                    _ => left = Some(at_ms),
                }
                break;
            }
            if let Some(end) = changed.or(left) {
                *known.get_or_insert(0) += end - one.event.time_ms;
            }
        }
        known
    }
}

fn done<'a>(
    all: &'a Sessions<'a>,
    form: &(String, String),
    closed_ms: i64,
) -> BTreeMap<Who, Done<'a>> {
    let mut found = BTreeMap::new();
    for (who, events) in all {
        let of: Vec<&StoredEvent> = events
            .iter()
            .copied()
            .filter(|one| is_use(one) && form_of(one).as_ref() == Some(form))
            .collect();
        if !of.is_empty() {
            found.insert(
                *who,
                Done {
                    of,
                    all: events,
                    closed_ms,
                },
            );
        }
    }
    found
}

fn median(mut values: Vec<i64>) -> Cell {
    values.sort_unstable();
    match values.len() {
        0 => Cell::MISSING,
        count => {
            let (low, high) = (values[(count - 1) / 2], values[count / 2]);
            Cell::Number((low as f64 + high as f64) / 2.0)
        }
    }
}

fn count(number: usize) -> Cell {
    Cell::Count(number as i64)
}

/// Until when seeing a page is seeing the form.
fn by_pages_before_ms(all: &Sessions<'_>, form: &(String, String)) -> Option<i64> {
    let is_of = |name: &str, one: &StoredEvent| {
        one.event.name == name && form_of(one).as_ref() == Some(form)
    };
    let told = all.values().flatten().filter(|one| is_of("form_view", one));
    let Some(told_ms) = told.map(|one| one.event.time_ms).min() else {
        return Some(i64::MAX);
    };
    let is_untold = |events: &[&StoredEvent], at: usize| {
        let touch = events[at];
        let here = |one: &&StoredEvent| one.sender.window == touch.sender.window;
        is_touch(touch)
            && form_of(touch).as_ref() == Some(form)
            && touch.event.time_ms < told_ms
            && !events
                .iter()
                .any(|one| here(one) && is_of("form_view", one))
            && (events[..at].iter()).any(|one| here(one) && one.event.name == "pageview")
    };
    let mut sessions = all.values();
    sessions
        .any(|events| (0..events.len()).any(|at| is_untold(events, at)))
        .then_some(told_ms)
}

/// Sessions that saw a form, each with when.
fn views(all: &Sessions<'_>, form: &(String, String)) -> BTreeMap<Who, i64> {
    let of_form = |one: &StoredEvent| is_seen(one) && form_of(one).as_ref() == Some(form);
    let pages: BTreeSet<&str> = (all.values().flatten())
        .filter(|one| of_form(one))
        .map(|one| one.event.page.path.as_str())
        .collect();
    let before_ms = by_pages_before_ms(all, form);
    let counts_at = |page_ms: i64| before_ms.is_some_and(|before_ms| page_ms < before_ms);
    let mut seen = BTreeMap::new();
    for (who, events) in all {
        let first = events.iter().find(|one| {
            let on_page =
                one.event.name == "pageview" && pages.contains(one.event.page.path.as_str());
            (on_page && counts_at(one.event.time_ms)) || of_form(one)
        });
        if let Some(first) = first {
            seen.insert(*who, first.event.time_ms);
        }
    }
    seen
}

fn list(all: &Sessions<'_>, closed_ms: i64) -> Vec<Vec<Cell>> {
    let forms: BTreeSet<_> = all
        .values()
        .flatten()
        .filter(|one| is_seen(one))
        .filter_map(|one| form_of(one))
        .collect();
    let mut sized = Vec::new();
    for form in forms {
        let done = done(all, &form, closed_ms);
        let of = |holds: &dyn Fn(&Done<'_>) -> bool| done.values().filter(|one| holds(one)).count();
        let pages: BTreeSet<&str> = all
            .values()
            .flatten()
            .filter(|one| is_seen(one) && form_of(one).as_ref() == Some(&form))
            .map(|one| one.event.page.path.as_str())
            .collect();
        let times = done.values().filter_map(|one| {
            let sent = one.of[one.sent()?].event.time_ms;
            Some(sent - one.of[0].event.time_ms)
        });
        let mut fields: BTreeMap<String, usize> = BTreeMap::new();
        for one in done.values().filter(|one| one.is_left()) {
            *fields
                .entry(property(one.last_touch().unwrap(), "field"))
                .or_default() += 1;
        }
        let (left_at, at_sessions) = fields
            .iter()
            .rev()
            .max_by_key(|one| one.1)
            .map_or((String::new(), 0), |(field, count)| (field.clone(), *count));
        let is_page = form.0 == "page";
        let sent = |cell: Cell| if is_page { Cell::MISSING } else { cell };
        let seen = views(all, &form).len();
        let row = vec![
            Cell::Text(form.0.clone()),
            Cell::Text(form.1.clone()),
            count(pages.len()),
            count(seen),
            count(done.len()),
            sent(count(of(&|one| one.sent().is_some()))),
            sent(count(of(&|one| one.is_success()))),
            sent(count(of(&|one| one.is_left()))),
            median(times.collect()),
            Cell::Text(if is_page { String::new() } else { left_at }),
            sent(count(at_sessions)),
        ];
        sized.push(((Reverse((done.len(), seen)), form), row));
    }
    sized.sort_by(|left, right| left.0.cmp(&right.0));
    sized.into_iter().map(|one| one.1).collect()
}

/// By field and column the sessions behind it, each with when.
type Behind = BTreeMap<(String, &'static str), BTreeMap<Who, i64>>;

/// The errors that were shown in a form, by session.
type Errors<'a> = BTreeMap<Who, Vec<&'a StoredEvent>>;

fn errors<'a>(all: &'a Sessions<'a>, form: &(String, String)) -> Errors<'a> {
    let mut found = Errors::new();
    for (who, events) in all {
        for one in events.iter().filter(|one| one.event.name == "form_error") {
            if form_of(one).as_ref() == Some(form) {
                found.entry(*who).or_default().push(one);
            }
        }
    }
    found
}

fn fields(
    (done, errors): (&BTreeMap<Who, Done<'_>>, &Errors<'_>),
    is_page: bool,
) -> (Vec<Vec<Cell>>, Behind) {
    let touched = done.values().flat_map(Done::fields).map(|(name, _)| name);
    let wrong = errors.values().flatten().map(|one| property(one, "field"));
    let names: BTreeSet<String> = touched.chain(wrong).collect();
    let (mut rows, mut behind) = (Vec::new(), Behind::new());
    for name in names {
        let (mut places, mut sessions, mut times) = (0, 0, Vec::new());
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        let mut add = |column: &'static str, who: &Who, at_ms: i64| {
            let of_column = behind.entry((name.clone(), column)).or_default();
            of_column.insert(*who, at_ms);
        };
        for (who, shown) in errors {
            let here = shown.iter().filter(|one| property(one, "field") == name);
            for (number, one) in here.enumerate() {
                if number == 0 {
                    add("errors", who, one.event.time_ms);
                }
                *kinds.entry(property(one, "kind")).or_default() += 1;
            }
        }
        for (who, one) in done {
            let fields = one.fields();
            let place = fields.iter().position(|(known, _)| *known == name);
            let touches = place.map_or(&[][..], |place| &fields[place].1);
            let changes: Vec<usize> = touches
                .iter()
                .copied()
                .filter(|&at| one.is_change(at))
                .collect();
            if let Some(sent) = one.sent()
                && changes.is_empty()
            {
                add("blank", who, one.of[sent].event.time_ms);
            }
            let Some(place) = place else { continue };
            places += place + 1;
            sessions += 1;
            times.extend(one.time_ms(&name));
            let first_ms = one.of[touches[0]].event.time_ms;
            add("sessions", who, first_ms);
            if changes.len() > 1 {
                add("refilled", who, first_ms);
            }
            let touched: Vec<&&StoredEvent> = one.of.iter().filter(|one| is_touch(one)).collect();
            let runs =
                touched.chunk_by(|left, right| property(left, "field") == property(right, "field"));
            if runs.filter(|run| property(run[0], "field") == name).count() > 1 {
                add("returned", who, first_ms);
            }
            let first_sent = one.of.iter().position(|one| !is_touch(one));
            let corrected = changes
                .iter()
                .find(|&&at| first_sent.is_some_and(|sent| at > sent));
            if let Some(&at) = corrected {
                add("corrected", who, one.of[at].event.time_ms);
            }
            let last = one.last_touch().unwrap();
            if one.is_left() && property(last, "field") == name {
                add("left", who, last.event.time_ms);
            }
        }
        let of = |column: &'static str| {
            let found = behind.get(&(name.clone(), column));
            count(found.map_or(0, BTreeMap::len))
        };
        let sent = |column| if is_page { Cell::MISSING } else { of(column) };
        let position = places as f64 / f64::from(sessions);
        let usual = kinds.iter().rev().max_by_key(|one| one.1);
        rows.push((
            if sessions == 0 { f64::MAX } else { position },
            vec![
                Cell::Text(name.clone()),
                if sessions == 0 {
                    Cell::MISSING
                } else {
                    Cell::Number(position)
                },
                of("sessions"),
                median(times),
                of("refilled"),
                of("returned"),
                sent("corrected"),
                sent("blank"),
                sent("left"),
                of("errors"),
                count(kinds.values().sum()),
                Cell::Text(usual.map_or(String::new(), |(kind, _)| kind.clone())),
            ],
        ));
    }
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    (rows.into_iter().map(|one| one.1).collect(), behind)
}

fn check_behind(
    (world, asked): (&World, &Asked<'_>),
    (column, row): (&str, &[(&str, String)]),
    expected: &BTreeMap<Who, i64>,
    seed: u64,
) {
    let cell = CellAddress {
        column: column.to_owned(),
        row: row
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Cell::Text(text.clone())))
            .collect(),
    };
    let found = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
    let found: BTreeSet<String> = found.rows.iter().map(|row| words(&row[..3])).collect();
    let expected: BTreeSet<String> = expected
        .iter()
        .map(|((person, session), at)| format!("\"{person:032x}\" \"{session:032x}\" {at}"))
        .collect();
    assert_eq!(found, expected, "seed {seed}, {cell:#?}");
}

fn check_rows(found: &Answer, expected: &[Vec<Cell>], seed: u64) {
    let shown = |rows: &[Vec<Cell>]| {
        let rows: Vec<String> = rows.iter().map(|row| words(row)).collect();
        rows.join("\n")
    };
    assert_eq!(
        shown(&found.rows),
        shown(expected),
        "engine on the left, oracle on the right\nseed {seed}"
    );
    assert_eq!(found.rows_total, expected.len() as u64, "seed {seed}");
    for row in &found.rows {
        assert_eq!(row.len(), found.columns.len(), "seed {seed}");
    }
}

/// What stands beside the numbers of forms is what the period before says by itself.
fn check_compared(
    of: (&World, &Question, i64),
    now: &Sessions<'_>,
    (dice, seed): (&mut Dice, u64),
) {
    let (world, _, now_ms) = of;
    let Some((held, found, earlier)) = compared(of, (dice, seed)) else {
        return;
    };
    let (before_asking, before, oracle) = answered((world, &earlier, now_ms), (dice, seed));
    let then = sessions(&oracle);
    let tells = (then.values().flatten())
        .any(|one| one.event.name == "form_view" && form_of(one).is_some());
    let held_asking = Asked {
        question: &held,
        ..before_asking
    };
    for row in &found.rows {
        let key = ["form", "page"].map(|name| cell_of(&found, row, name).clone());
        let same = before.rows.iter().find(|one| one[..2] == key[..]);
        let Cell::Text(form) = &key[0] else { panic!() };
        let Cell::Text(page) = &key[1] else { panic!() };
        let form = (form.clone(), page.clone());
        let method = by_pages_before_ms(now, &form);
        let is_counted_alike = match same {
            Some(_) => by_pages_before_ms(&then, &form) == method,
            None => tells || method == Some(i64::MAX),
        };
        for column in ["views", "starts", "submits", "successes", "left"] {
            let previous = format!("{column}_previous");
            let told = cell_of(&found, row, &previous);
            let expected = match same {
                _ if column == "views" && !is_counted_alike => Cell::MISSING,
                Some(one) => cell_of(&before, one, column).clone(),
                None if *told == Cell::MISSING => Cell::MISSING,
                None => Cell::Count(0),
            };
            assert_eq!(*told, expected, "seed {seed}, {column} of {key:?}");
            if expected == Cell::MISSING {
                continue;
            }
            let address = |column: &str| CellAddress {
                column: column.to_owned(),
                row: ["form", "page"]
                    .map(str::to_owned)
                    .into_iter()
                    .zip(key.clone())
                    .collect(),
            };
            let there = behind(world, &held_asking, &address(&previous));
            let expected = match same {
                Some(_) => behind(world, &before_asking, &address(column)),
                None => BTreeSet::new(),
            };
            assert_eq!(there, expected, "seed {seed}, {column} of {key:?}");
        }
    }
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0xf0_7215);
    let world = world_with(&mut dice, of_forms);
    let asked = random_question(&mut dice, &world, QuestionKind::Forms);
    let now_ms = world.centre_ms + dice.below(48 * 3600) as i64 * 1000 - 24 * 3_600_000;
    let closed_ms = now_ms - IDLE_MS;
    let of = (&world, &asked, now_ms);
    let (asking, found, oracle) = answered(of, (&mut dice, seed));
    let all = sessions(&oracle);
    let expected = list(&all, closed_ms);
    check_rows(&found, &expected, seed);
    if seed.is_multiple_of(4) {
        check_compared(of, &all, (&mut dice, seed));
    }
    let bots = oracle.bot_events(found.period);
    assert_eq!(found.bot_events, bots, "seed {seed}");

    let forms: BTreeSet<_> = all
        .values()
        .flatten()
        .filter_map(|one| form_of(one))
        .collect();
    for form in forms {
        let done = done(&all, &form, closed_ms);
        let row = [("form", form.0.clone()), ("page", form.1.clone())];
        let at = |of: &dyn Fn(&Done<'_>) -> Option<i64>| -> BTreeMap<Who, i64> {
            let found = done.iter().filter_map(|(who, one)| Some((*who, of(one)?)));
            found.collect()
        };
        let sent_ms = |one: &Done<'_>| Some(one.of[one.sent()?].event.time_ms);
        let touched_ms = |one: &Done<'_>| Some(one.last_touch()?.event.time_ms);
        let columns: [(&str, BTreeMap<Who, i64>); 5] = [
            ("views", views(&all, &form)),
            ("starts", at(&|one| Some(one.of[0].event.time_ms))),
            ("submits", at(&sent_ms)),
            (
                "successes",
                at(&|one| one.is_success().then(|| sent_ms(one))?),
            ),
            ("left", at(&|one| one.is_left().then(|| touched_ms(one))?)),
        ];
        for (column, expected) in columns {
            check_behind((&world, &asking), (column, &row), &expected, seed);
        }
        let has_only_a_place = form.0 == "page" || form.0.contains('>');
        let asked = Question {
            forms: Some(Forms {
                form: Some(form.0.clone()),
                page: has_only_a_place.then(|| form.1.clone()),
            }),
            ..asked.clone()
        };
        let of = (&world, &asked, now_ms);
        let (asking, found, _) = answered(of, (&mut dice, seed));
        let errors = errors(&all, &form);
        let (rows, behind) = fields((&done, &errors), form.0 == "page");
        check_rows(&found, &rows, seed);
        for ((field, column), expected) in &behind {
            let row = [("field", field.clone())];
            check_behind((&world, &asking), (column, &row), expected, seed);
        }
    }
}

#[test]
fn every_form_and_field_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(600)) {
        check(seed);
    }
}
