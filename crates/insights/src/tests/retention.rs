//! Retention, lifecycle and stickiness on random timelines against an oracle that looks at every
//! person and interval anew.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Bots, Cell, CellAddress, CohortMode, EventSelection, Interval, Lifecycle, Question,
    QuestionKind, ResolvedPeriod, Retention, ReturnOn, Stickiness, Unit,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, cell_of, compared};
use super::funnels::behind;
use super::oracle::{Oracle, within};
use super::samples::{Dice, question, span};
use super::world::{HOUR_MS, World, cases, random_condition, random_selection, world};
use crate::Asked;

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

/// Long before all events.
const LONG_AGO_MS: i64 = -1_000_000_000_000;

struct Case<'a> {
    oracle: Oracle<'a>,
    interval: Interval,
    /// The first instant of each interval, as the answer has them.
    starts: Vec<i64>,
    seed: u64,
}

type Events<'a> = Vec<&'a StoredEvent>;
type Persons<'a> = BTreeMap<u128, Events<'a>>;

impl<'a> Case<'a> {
    fn period(&self) -> ResolvedPeriod {
        self.oracle.period
    }

    /// The period with all time before it.
    fn ever(&self) -> ResolvedPeriod {
        ResolvedPeriod {
            from_ms: LONG_AGO_MS,
            ..self.period()
        }
    }

    /// Events of a selection in a period, by person, in order.
    fn of(&self, selection: &EventSelection, period: ResolvedPeriod) -> Persons<'a> {
        let filters = &self.oracle.question.filters;
        let mut persons: Persons<'a> = BTreeMap::new();
        for event in self.oracle.selected(selection, period, filters) {
            persons.entry(event.person.0).or_default().push(event);
        }
        persons
    }

    fn is_in(&self, event: &StoredEvent, place: usize) -> bool {
        let time_ms = event.event.time_ms;
        within(time_ms, self.period())
            && self.oracle.clock(self.interval, time_ms)
                == self.oracle.clock(self.interval, self.starts[place])
    }

    /// In the rest of the calendar interval before the period.
    fn is_just_before(&self, event: &StoredEvent) -> bool {
        let (time_ms, from_ms) = (event.event.time_ms, self.period().from_ms);
        time_ms < from_ms
            && self.oracle.clock(self.interval, time_ms)
                == self.oracle.clock(self.interval, from_ms - 1)
    }

    fn first_in(&self, events: &[&'a StoredEvent], place: usize) -> Option<&'a StoredEvent> {
        events.iter().find(|one| self.is_in(one, place)).copied()
    }

    fn has_begun(&self, place: usize) -> bool {
        self.starts[place] <= self.oracle.now_ms
    }

    /// A count, missing where the interval has not begun and nothing was counted.
    fn cell(&self, place: usize, behind: &[&StoredEvent]) -> Cell {
        match self.has_begun(place) || !behind.is_empty() {
            true => Cell::Count(behind.len() as i64),
            false => Cell::MISSING,
        }
    }

    /// The events by which persons are in a cell of a retention.
    fn returned(
        &self,
        spec: &Retention,
        (starts, returns): (&Persons<'a>, &Persons<'a>),
        (cohort, distance): (usize, usize),
    ) -> Events<'a> {
        let mut found = Vec::new();
        for (person, events) in starts {
            let start = match spec.mode {
                CohortMode::FirstTime => Some(events[0]).filter(|one| self.is_in(one, cohort)),
                CohortMode::Recurring => self.first_in(events, cohort),
            };
            let Some(start) = start else { continue };
            if distance == 0 {
                found.push(start);
                continue;
            }
            let nothing = Vec::new();
            let returns = returns.get(person).unwrap_or(&nothing);
            let mut places = match spec.on {
                ReturnOn::Exactly => cohort + distance..cohort + distance + 1,
                ReturnOn::OnOrAfter => cohort + distance..self.starts.len(),
            };
            found.extend(places.find_map(|place| self.first_in(returns, place)));
        }
        found
    }

    /// The events by which persons are in a cell of a lifecycle.
    fn phase(&self, active: &Persons<'a>, place: usize, name: &str) -> Events<'a> {
        let mut found = Vec::new();
        for events in active.values() {
            let now = self.first_in(events, place);
            let before: Events<'a> = events
                .iter()
                .filter(|one| match place {
                    0 => self.is_just_before(one),
                    _ => self.is_in(one, place - 1),
                })
                .copied()
                .collect();
            let is_first = now.is_some_and(|now| std::ptr::eq(now, events[0]));
            found.extend(match name {
                "new" => now.filter(|_| is_first),
                "returning" => now.filter(|_| !before.is_empty()),
                "resurrecting" => now.filter(|_| before.is_empty() && !is_first),
                "dormant" => before.last().copied().filter(|_| now.is_none()),
                _ => panic!("a column"),
            });
        }
        found
    }
}

fn rows_behind(events: &[&StoredEvent]) -> BTreeSet<String> {
    let mut first: BTreeMap<(u128, u128), &StoredEvent> = BTreeMap::new();
    for event in events {
        let known = first
            .entry((event.person.0, event.sender.session.0))
            .or_insert(event);
        if event.event.time_ms < known.event.time_ms {
            *known = event;
        }
    }
    let row = |one: &&StoredEvent| {
        format!(
            "\"{}\" \"{}\" {}",
            one.person, one.sender.session, one.event.time_ms
        )
    };
    first.values().map(row).collect()
}

fn random_question(dice: &mut Dice, world: &World, kind: QuestionKind) -> Question {
    let from_ms = world.centre_ms - dice.below(200) as i64 * HOUR_MS / 2;
    let length = dice.pick(&[
        5 * HOUR_MS,
        24 * HOUR_MS,
        7 * 24 * HOUR_MS,
        9 * 24 * HOUR_MS,
    ]);
    let mut asked = question(kind, span(from_ms, from_ms + length));
    asked.time_zone = Some(world.zone.to_owned());
    asked.interval = dice.pick(&[
        None,
        Some(Interval::Hour),
        Some(Interval::Hour),
        Some(Interval::Day),
        Some(Interval::Week),
        Some(Interval::Month),
    ]);
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Include, Bots::Only]);
    asked.filters = (0..dice.below(4) / 2)
        .map(|_| random_condition(dice, 1))
        .collect();
    let selection = |dice: &mut Dice| match dice.below(3) {
        0 => EventSelection::default(),
        1 => EventSelection {
            events: vec![dice.pick(&["pageview", "click", "purchase"]).to_owned()],
            ..EventSelection::default()
        },
        _ => random_selection(dice, 1),
    };
    match kind {
        QuestionKind::Retention => {
            let start = selection(dice);
            let hours = asked.interval == Some(Interval::Hour) && length > 24 * HOUR_MS;
            asked.retention = Some(Retention {
                return_to: match dice.one_in(3) {
                    true => start.clone(),
                    false => selection(dice),
                },
                start,
                mode: dice.pick(&[CohortMode::FirstTime, CohortMode::Recurring]),
                on: dice.pick(&[ReturnOn::Exactly, ReturnOn::OnOrAfter]),
                intervals: (hours || dice.one_in(3)).then(|| 1 + dice.below(12) as u32),
            });
        }
        QuestionKind::Lifecycle => {
            asked.lifecycle = Some(Lifecycle {
                active: selection(dice),
            });
        }
        _ => {
            asked.stickiness = Some(Stickiness {
                active: selection(dice),
            });
        }
    }
    asked
}

/// Holds every cell of an answer, and the people behind some, against what the oracle finds.
fn check_cells<'a>(
    (world, asking, answer): (&World, &Asked<'_>, &Answer),
    dice: &mut Dice,
    expected: &dyn Fn(usize, &str) -> (Cell, Events<'a>),
    seed: u64,
) {
    let chances = 1 + (answer.rows.len() * answer.columns.len()) as u64 / 12;
    for (place, row) in answer.rows.iter().enumerate() {
        for (index, column) in answer.columns.iter().enumerate().skip(1) {
            let (cell, events) = expected(place, &column.name);
            let question = asking.question;
            assert_eq!(
                row[index], cell,
                "seed {seed}, {} of row {place}, {question:#?}",
                column.name
            );
            if events.is_empty() && !dice.one_in(4) || !dice.one_in(chances) {
                continue;
            }
            let address = CellAddress {
                column: column.name.clone(),
                row: BTreeMap::from([(answer.columns[0].name.clone(), row[0].clone())]),
            };
            assert_eq!(
                behind(world, asking, &address),
                rows_behind(&events),
                "seed {seed}, behind {} of row {place}, {question:#?}",
                column.name
            );
        }
    }
}

/// What stands beside the numbers is what the period before says by itself.
fn check_compared(of: (&World, &Question, i64), (dice, seed): (&mut Dice, u64)) {
    let (world, _, now_ms) = of;
    let Some((held, found, earlier)) = compared(of, (dice, seed)) else {
        return;
    };
    let (before_asking, before, _) = answered((world, &earlier, now_ms), (dice, seed));
    let held_asking = Asked {
        question: &held,
        ..before_asking
    };
    let address = |(answer, row): (&Answer, &[Cell]), column: &str| CellAddress {
        column: column.to_owned(),
        row: BTreeMap::from([(answer.columns[0].name.clone(), row[0].clone())]),
    };
    let chances = 1 + (found.rows.len() * found.columns.len()) as u64 / 12;
    for (place, row) in found.rows.iter().enumerate() {
        let same = before.rows.get(place);
        for column in &found.columns {
            let Some(name) = column.name.strip_suffix("_previous") else {
                continue;
            };
            let is_there = before.columns.iter().any(|one| one.name == name);
            let told = cell_of(&found, row, &column.name);
            let expected = match (same.filter(|_| is_there), held.kind) {
                (Some(same), _) => cell_of(&before, same, name).clone(),
                // What has not come of the period before is known by its time.
                (None, _) if column.unit == Unit::TimeMs => continue,
                (None, QuestionKind::Stickiness) => Cell::Count(0),
                (None, _) => Cell::MISSING,
            };
            assert_eq!(
                *told, expected,
                "seed {seed}, {name} of row {place}, {held:#?}"
            );
            let Some(same) = same.filter(|_| is_there && column.unit == Unit::Count) else {
                continue;
            };
            if dice.one_in(chances) {
                assert_eq!(
                    behind(world, &held_asking, &address((&found, row), &column.name)),
                    behind(world, &before_asking, &address((&before, same), name)),
                    "seed {seed}, behind {name} of row {place}, {held:#?}"
                );
            }
        }
    }
}

fn check(seed: u64, kind: QuestionKind) {
    let mut dice = Dice::new(seed ^ 0x2e7e_4710);
    let world = world(&mut dice);
    let asked = random_question(&mut dice, &world, kind);
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    assert_eq!(
        answer.bot_events,
        oracle.bot_events(answer.period),
        "seed {seed}"
    );
    let interval = answer.interval.unwrap();
    assert_eq!(interval, asked.interval.unwrap_or(Interval::Day));
    let case = Case {
        oracle,
        interval,
        starts: answer
            .rows
            .iter()
            .map(|row| match row[0] {
                Cell::Count(start) => start,
                _ => panic!("a start"),
            })
            .collect(),
        seed,
    };
    let all = (&world, &asking, &answer);
    match kind {
        QuestionKind::Retention => check_retention(&case, all, &mut dice),
        QuestionKind::Lifecycle => check_lifecycle(&case, all, &mut dice),
        _ => check_stickiness(case, all, &mut dice),
    }
    check_compared(of, (&mut dice, seed));
}

fn check_retention(case: &Case<'_>, all: (&World, &Asked<'_>, &Answer), dice: &mut Dice) {
    let spec = all.1.question.retention.as_ref().unwrap();
    let period = match spec.mode {
        CohortMode::FirstTime => case.ever(),
        CohortMode::Recurring => case.period(),
    };
    let (starts, returns) = (
        case.of(&spec.start, period),
        case.of(&spec.return_to, period),
    );
    let columns = spec
        .intervals
        .map_or(case.starts.len() + 1, |one| one as usize + 2);
    assert_eq!(all.2.columns.len(), columns, "seed {}", case.seed);
    let expected = |cohort: usize, column: &str| {
        let distance = match column {
            "persons" => 0,
            other => other["interval_".len()..].parse().unwrap(),
        };
        if cohort + distance >= case.starts.len() {
            return (Cell::MISSING, Vec::new());
        }
        let events = case.returned(spec, (&starts, &returns), (cohort, distance));
        (case.cell(cohort + distance, &events), events)
    };
    check_cells(all, dice, &expected, case.seed);
    // A row that names no cohort is all of them.
    let (world, asking, answer) = all;
    let column = dice.pick(&answer.columns[1..]).name;
    let of_all = (0..case.starts.len()).flat_map(|cohort| expected(cohort, &column).1);
    let events: Events<'_> = of_all.collect();
    let row = BTreeMap::new();
    assert_eq!(
        behind(world, asking, &CellAddress { column, row }),
        rows_behind(&events),
        "seed {}, behind all cohorts, {:#?}",
        case.seed,
        asking.question
    );
}

fn check_lifecycle(case: &Case<'_>, all: (&World, &Asked<'_>, &Answer), dice: &mut Dice) {
    let spec = all.1.question.lifecycle.as_ref().unwrap();
    let active = case.of(&spec.active, case.ever());
    let expected = |place: usize, column: &str| {
        if column == "dormant" && !case.has_begun(place) {
            return (Cell::MISSING, Vec::new());
        }
        let events = case.phase(&active, place, column);
        (case.cell(place, &events), events)
    };
    check_cells(all, dice, &expected, case.seed);
}

fn check_stickiness(mut case: Case<'_>, all: (&World, &Asked<'_>, &Answer), dice: &mut Dice) {
    let spec = all.1.question.stickiness.as_ref().unwrap();
    let numbers: Vec<i64> = std::mem::take(&mut case.starts);
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    let active = case.of(&spec.active, case.period());
    // For each person the first event of each interval; intervals are told by the clock.
    let firsts: Vec<Events<'_>> = active
        .values()
        .map(|events| {
            let mut seen = BTreeSet::new();
            let clock = |one: &&StoredEvent| case.oracle.clock(case.interval, one.event.time_ms);
            let first = events.iter().filter(|one| seen.insert(clock(one)));
            first.copied().collect()
        })
        .collect();
    let expected = |place: usize, column: &str| {
        let number = place + 1;
        let is_meant = |one: &&Events<'_>| match column {
            "persons" => one.len() == number,
            _ => one.len() >= number,
        };
        let persons: Vec<_> = firsts.iter().filter(is_meant).collect();
        let cell = Cell::Count(persons.len() as i64);
        (cell, persons.into_iter().flatten().copied().collect())
    };
    check_cells(all, dice, &expected, case.seed);
}

fn seeds(usual: u64) -> impl Iterator<Item = u64> {
    PINNED.into_iter().chain(0..cases(usual))
}

#[test]
fn every_retention_equals_the_oracle_on_random_timelines() {
    seeds(400).for_each(|seed| check(seed, QuestionKind::Retention));
}

#[test]
fn every_lifecycle_equals_the_oracle_on_random_timelines() {
    seeds(400).for_each(|seed| check(seed, QuestionKind::Lifecycle));
}

#[test]
fn every_stickiness_equals_the_oracle_on_random_timelines() {
    seeds(400).for_each(|seed| check(seed, QuestionKind::Stickiness));
}
