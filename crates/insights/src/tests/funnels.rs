//! Funnels on random timelines against an oracle that tries every choice of events, and the worked
//! example of docs/concepts/funnels.md.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Attribution, Bots, Cell, CellAddress, CountedBy, Dimension, EventSelection, Exclusion,
    Fact, Funnel, FunnelRows, FunnelStep, Interval, Level, PropertyFact, Question, QuestionKind,
    StepOrder,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, cell_of, compared, random_question};
use super::oracle::{Oracle, text};
use super::oracle_conditions::window;
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, span, words};
use super::world::{World, cases, random_selection, value, world};
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 1] = [2788];

fn random_funnel(dice: &mut Dice) -> Funnel {
    let order = dice.pick(&[
        StepOrder::Ordered,
        StepOrder::Ordered,
        StepOrder::Strict,
        StepOrder::Any,
    ]);
    let count = 2 + dice.below(3) as usize;
    let mut steps: Vec<FunnelStep> = (0..count)
        .map(|_| {
            let names = ["pageview", "click", "purchase"];
            let mut step = FunnelStep {
                events: vec![value(dice, &names)],
                ..FunnelStep::default()
            };
            // Steps with conditions of their own are rare, so that most funnels are gone through.
            if dice.one_in(4) {
                let selection = random_selection(dice, 1);
                step.events = selection.events;
                step.filters = selection.filters;
            }
            step
        })
        .collect();
    if order != StepOrder::Any {
        for step in &mut steps[1..count - 1] {
            step.optional = dice.one_in(3);
        }
    }
    let exclusions = (0..dice.pick(&[0, 0, 1, 2])).map(|_| {
        let selection = random_selection(dice, 0);
        let after = 1 + dice.below(count as u64 - 1) as u32;
        let before = after + 1 + dice.below((count as u64) - u64::from(after)) as u32;
        let bounded = order != StepOrder::Any && dice.one_in(2);
        Exclusion {
            events: selection.events,
            filters: selection.filters,
            after: bounded.then_some(after),
            before: bounded.then_some(before),
        }
    });
    let exclusions = match order {
        StepOrder::Strict => Vec::new(),
        _ => exclusions.collect(),
    };
    let breakdown = dice.pick(&[
        None,
        Some(Fact::dimension(Dimension::Page)),
        Some(Fact::dimension(Dimension::Source)),
        Some(Fact::Property(PropertyFact {
            property: "plan".to_owned(),
            of: Level::Event,
        })),
        Some(Fact::Property(PropertyFact {
            property: "amount".to_owned(),
            of: Level::Person,
        })),
    ]);
    Funnel {
        steps,
        order,
        window: Some(value(dice, &["10m", "2h", "3d"])),
        exclusions,
        by: dice.pick(&[
            CountedBy::Persons,
            CountedBy::Persons,
            CountedBy::Sessions,
            CountedBy::Accounts,
        ]),
        breakdown,
        attribution: dice.pick(&[Attribution::First, Attribution::Last, Attribution::Step(2)]),
        top: dice.one_in(2).then_some(2),
        rows: dice.pick(&[
            FunnelRows::Steps,
            FunnelRows::Steps,
            FunnelRows::OverTime,
            FunnelRows::TimeToConvert,
        ]),
    }
}

/// An event with the steps and exclusions that it is.
struct Seen<'a> {
    event: &'a StoredEvent,
    steps: Vec<bool>,
    exclusions: Vec<bool>,
}

/// Places of events, by step.
type Chain = Vec<(usize, usize)>;

struct FunnelOracle<'a> {
    oracle: &'a Oracle<'a>,
    spec: &'a Funnel,
}

impl<'a> FunnelOracle<'a> {
    fn selected(
        &self,
        events: &[String],
        filters: &[hitmetrix_model::Condition],
    ) -> Vec<&'a StoredEvent> {
        let selection = EventSelection {
            label: None,
            events: events.to_vec(),
            filters: filters.to_vec(),
        };
        let own = &self.oracle.question.filters;
        self.oracle.selected(&selection, self.oracle.period, own)
    }

    /// Per person, session or account the events that matter, in order.
    fn entities(&self) -> BTreeMap<String, Vec<Seen<'a>>> {
        let same = |list: &[&StoredEvent], one: &StoredEvent| {
            list.iter().any(|other| std::ptr::eq(*other, one))
        };
        let steps: Vec<_> = self
            .spec
            .steps
            .iter()
            .map(|step| self.selected(&step.events, &step.filters))
            .collect();
        let exclusions: Vec<_> = self
            .spec
            .exclusions
            .iter()
            .map(|one| self.selected(&one.events, &one.filters))
            .collect();
        let any = self.selected(&[], &[]);
        let mut entities: BTreeMap<String, Vec<Seen<'a>>> = BTreeMap::new();
        let mut ordered: Vec<&StoredEvent> = self.oracle.events.iter().collect();
        ordered.sort_by_key(|one| {
            (
                one.event.time_ms,
                one.sender.window.0,
                one.event.sequence,
                one.person.0,
            )
        });
        for event in ordered {
            let of_steps: Vec<bool> = steps.iter().map(|list| same(list, event)).collect();
            let of_exclusions: Vec<bool> =
                exclusions.iter().map(|list| same(list, event)).collect();
            let matters = of_steps.contains(&true)
                || of_exclusions.contains(&true)
                || (self.spec.order == StepOrder::Strict && same(&any, event));
            let entity = match self.spec.by {
                CountedBy::Persons => Some(format!("{:?}", event.person)),
                CountedBy::Sessions => {
                    Some(format!("{:?} {:?}", event.person, event.sender.session))
                }
                CountedBy::Accounts => self
                    .oracle
                    .property(event, Level::Account, "account")
                    .map(|value| format!("{value:?}")),
            };
            if let (true, Some(entity)) = (matters, entity) {
                entities.entry(entity).or_default().push(Seen {
                    event,
                    steps: of_steps,
                    exclusions: of_exclusions,
                });
            }
        }
        entities
    }

    /// All chains that begin with the given events.
    fn chains(&self, events: &[Seen<'_>], chain: &Chain, found: &mut Vec<Chain>) {
        found.push(chain.clone());
        let &(step, place) = chain.last().unwrap();
        for next in step + 1..self.spec.steps.len() {
            for (at, seen) in events.iter().enumerate().skip(place + 1) {
                let adjacent = self.spec.order != StepOrder::Strict || at == place + 1;
                let within = seen.event.event.time_ms - events[chain[0].1].event.event.time_ms
                    <= window(self.spec.window.as_ref().unwrap());
                let excluded = (place + 1..at).any(|between| {
                    self.spec.exclusions.iter().enumerate().any(|(index, one)| {
                        let after = one.after.unwrap_or(1) as usize;
                        let before = one.before.unwrap_or(self.spec.steps.len() as u32) as usize;
                        events[between].exclusions[index] && (after..before).contains(&(step + 1))
                    })
                });
                if seen.steps[next] && adjacent && within && !excluded {
                    let mut longer = chain.clone();
                    longer.push((next, at));
                    self.chains(events, &longer, found);
                }
            }
            if !self.spec.steps[next].optional {
                break;
            }
        }
    }

    /// The attempt that counts: furthest, then first to get there, then begun latest, then with
    /// the latest optional steps, then with the earliest events.
    fn attempt(&self, events: &[Seen<'_>]) -> Option<Chain> {
        if self.spec.order == StepOrder::Any {
            return self.attempt_in_any_order(events);
        }
        let mut found = Vec::new();
        for (place, seen) in events.iter().enumerate() {
            if seen.steps[0] {
                self.chains(events, &vec![(0, place)], &mut found);
            }
        }
        found.into_iter().min_by_key(|chain| {
            let &(depth, end) = chain.last().unwrap();
            let from_behind = || chain.iter().rev().skip(1);
            let steps: Vec<i64> = from_behind().map(|one| -(one.0 as i64)).collect();
            let places: Vec<usize> = from_behind().map(|one| one.1).collect();
            let start = chain[0].1 as i64;
            (-(depth as i64), end, -start, steps, places)
        })
    }

    /// How many steps some events take, one event one step, by the theorem of Hall and Ore: of any
    /// steps at most as many are taken as there are events that are one of them.
    fn most(&self, events: &[&Seen<'_>]) -> usize {
        let count = self.spec.steps.len();
        let sizes = (0..1usize << count).map(|steps| {
            let is_one =
                |seen: &&&Seen<'_>| (0..count).any(|k| steps >> k & 1 == 1 && seen.steps[k]);
            count - steps.count_ones() as usize + events.iter().filter(is_one).count()
        });
        sizes.min().unwrap()
    }

    fn attempt_in_any_order(&self, events: &[Seen<'_>]) -> Option<Chain> {
        let window = window(self.spec.window.as_ref().unwrap());
        let mut best: Chain = Vec::new();
        for (end, last) in events.iter().enumerate() {
            let steps_from = |start: usize| -> Vec<usize> {
                let steps = start..=end;
                steps
                    .filter(|&place| events[place].steps.contains(&true))
                    .collect()
            };
            let size = |places: &[usize]| {
                let seen: Vec<&Seen<'_>> = places.iter().map(|&place| &events[place]).collect();
                self.most(&seen)
            };
            let start = (0..=end).rev().find(|&start| {
                let near = last.event.event.time_ms - events[start].event.event.time_ms <= window;
                let excluded = events[start..=end].iter().any(|between| {
                    between.exclusions.contains(&true) && !between.steps.contains(&true)
                });
                near && !excluded && size(&steps_from(start)) > best.len()
            });
            let Some(start) = start else { continue };
            let mut kept: Vec<usize> = Vec::new();
            for place in steps_from(start) {
                kept.push(place);
                if size(&kept) < kept.len() {
                    kept.pop();
                }
            }
            best = kept.into_iter().enumerate().collect();
        }
        (!best.is_empty()).then_some(best)
    }

    fn value(&self, event: &StoredEvent) -> String {
        let written = |value: Option<&hitmetrix_model::Value>| match value {
            None => String::new(),
            Some(value) => crate::matcher::text_of(value).into_owned(),
        };
        match &self.spec.breakdown {
            None => String::new(),
            Some(Fact::Dimension(fact)) if super::oracle::is_of_session(fact.dimension) => {
                let sessions = self.oracle.sessions(self.oracle.period);
                sessions[&(event.person.0, event.sender.session.0)].fact(fact.dimension)
            }
            Some(Fact::Dimension(fact)) => text(event, fact.dimension).to_owned(),
            Some(Fact::Property(fact)) => {
                let found = self
                    .oracle
                    .events
                    .iter()
                    .find(|one| std::ptr::eq(*one, event))
                    .unwrap();
                written(self.oracle.property(found, fact.of, &fact.property))
            }
        }
    }

    /// Value, attempt and events of each that has one.
    fn attempts(&self) -> Vec<(String, Chain, Vec<&'a StoredEvent>)> {
        let mut attempts = Vec::new();
        for events in self.entities().values() {
            let Some(chain) = self.attempt(events) else {
                continue;
            };
            let at = |wanted: usize| {
                chain
                    .iter()
                    .find(|(step, _)| *step == wanted)
                    .map(|one| one.1)
            };
            let place = match self.spec.attribution {
                Attribution::First => Some(chain.iter().map(|one| one.1).min().unwrap()),
                Attribution::Last => Some(chain.last().unwrap().1),
                Attribution::Step(step) => at(step as usize - 1),
            };
            let value = place.map_or(String::new(), |place| self.value(events[place].event));
            attempts.push((value, chain, events.iter().map(|seen| seen.event).collect()));
        }
        if self.spec.breakdown.is_some() {
            let mut sizes: BTreeMap<String, i64> = BTreeMap::new();
            for (value, ..) in &attempts {
                *sizes.entry(value.clone()).or_default() -= 1;
            }
            let mut sized: Vec<(i64, String)> = sizes
                .into_iter()
                .map(|(value, size)| (size, value))
                .collect();
            sized.sort();
            let top: BTreeSet<String> = sized
                .into_iter()
                .take(self.spec.top.unwrap_or(10) as usize)
                .map(|one| one.1)
                .collect();
            for (value, ..) in &mut attempts {
                if !top.contains(value) {
                    *value = "(other)".to_owned();
                }
            }
        }
        attempts
    }
}

fn median(mut values: Vec<i64>) -> String {
    values.sort_unstable();
    match values.len() {
        0 => "-".to_owned(),
        count if count % 2 == 1 => values[count / 2].to_string(),
        count => ((values[count / 2 - 1] + values[count / 2]) as f64 / 2.0).to_string(),
    }
}

fn check_steps(
    answer: &Answer,
    attempts: &[(String, Chain, Vec<&StoredEvent>)],
    spec: &Funnel,
    seed: u64,
) {
    let keys = usize::from(spec.breakdown.is_some());
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for row in &answer.rows {
        let value = match (keys, &row[0]) {
            (1, Cell::Text(value)) => value.clone(),
            _ => String::new(),
        };
        seen.insert(value.clone());
        let Cell::Count(step) = row[keys] else {
            panic!("a step")
        };
        let step = step as usize - 1;
        let of_value: Vec<_> = attempts.iter().filter(|one| one.0 == value).collect();
        let reached = |step: usize| {
            of_value
                .iter()
                .filter(|(_, chain, _)| chain.iter().any(|one| one.0 == step))
                .count() as i64
        };
        let took: Vec<i64> = of_value
            .iter()
            .filter_map(|(_, chain, events)| {
                let place = chain.iter().position(|one| one.0 == step)?;
                let before = chain.get(place.checked_sub(1)?)?;
                Some(events[chain[place].1].event.time_ms - events[before.1].event.time_ms)
            })
            .collect();
        assert_eq!(
            row[keys + 2],
            Cell::Count(reached(step)),
            "seed {seed}, step {step} of {value:?}, {spec:#?}"
        );
        assert_eq!(
            words(&row[keys + 6..keys + 7]),
            median(took),
            "seed {seed}, time of step {step}, {spec:#?}"
        );
        let before = (0..step)
            .rev()
            .find(|&one| !spec.steps[one].optional)
            .unwrap_or(0);
        let dropped = if spec.steps[step].optional {
            0
        } else {
            reached(before) - reached(step)
        };
        assert_eq!(row[keys + 5], Cell::Count(dropped), "seed {seed}");
    }
    let values: BTreeSet<String> = attempts.iter().map(|one| one.0.clone()).collect();
    assert!(
        values.is_subset(&seen),
        "seed {seed}: {values:?} of {seen:?}"
    );
}

/// Who stands behind a cell, as (person, session, time).
pub fn behind(world: &World, asked: &Asked<'_>, cell: &CellAddress) -> BTreeSet<String> {
    let found = people(&world.snapshot, (asked, cell, Some(10_000)), &Threads(2)).unwrap();
    assert_eq!(found.rows_total as usize, found.rows.len());
    found.rows.iter().map(|row| words(&row[..3])).collect()
}

fn check_people(
    world: &World,
    asked: &Asked<'_>,
    answer: &Answer,
    attempts: &[(String, Chain, Vec<&StoredEvent>)],
    seed: u64,
) {
    let spec = asked.question.funnel.as_ref().unwrap();
    let keys = usize::from(spec.breakdown.is_some());
    for row in &answer.rows {
        let Cell::Count(step) = row[keys] else {
            panic!("a step")
        };
        let step = step as usize - 1;
        let mut address = CellAddress {
            column: answer.columns[keys + 2].name.clone(),
            row: BTreeMap::from([("step".to_owned(), row[keys].clone())]),
        };
        if keys == 1 {
            address
                .row
                .insert(answer.columns[0].name.clone(), row[0].clone());
        }
        let value = match (keys, &row[0]) {
            (1, Cell::Text(value)) => value.clone(),
            _ => String::new(),
        };
        let at = |(_, chain, events): &(String, Chain, Vec<&StoredEvent>), wanted: usize| {
            let place = chain.iter().find(|one| one.0 == wanted)?.1;
            let event = events[place];
            Some(format!(
                "\"{}\" \"{}\" {}",
                event.person, event.sender.session, event.event.time_ms
            ))
        };
        let of_value = || attempts.iter().filter(|one| one.0 == value);
        let expected: BTreeSet<String> = of_value().filter_map(|one| at(one, step)).collect();
        assert_eq!(
            behind(world, asked, &address),
            expected,
            "seed {seed}, step {step}"
        );
        if step > 0 {
            let before = (0..step)
                .rev()
                .find(|&one| !spec.steps[one].optional)
                .unwrap_or(0);
            let left = of_value().filter(|one| {
                let depth = one.1.last().unwrap().0;
                !spec.steps[step].optional && depth >= before && depth < step
            });
            let expected: BTreeSet<String> = left
                .filter_map(|one| at(one, one.1.last().unwrap().0))
                .collect();
            address.column = "dropped".to_owned();
            let found = behind(world, asked, &address);
            assert_eq!(found, expected, "seed {seed}, left before {step}");
            let dropped = Cell::Count(found.len() as i64);
            assert_eq!(row[keys + 5], dropped, "seed {seed}, left before {step}");
        }
    }
}

/// What stands beside the numbers of steps is what the period before says by itself.
fn check_compared(of: (&World, &Question, i64), (dice, seed): (&mut Dice, u64)) {
    let (world, _, now_ms) = of;
    let Some((held, found, mut earlier)) = compared(of, (dice, seed)) else {
        return;
    };
    let spec = held.funnel.as_ref().unwrap();
    let counted = match spec.by {
        CountedBy::Persons => "persons",
        CountedBy::Sessions => "sessions",
        CountedBy::Accounts => "accounts",
    };
    // Which values have rows is said by this period, so of the earlier one all are asked for.
    earlier.funnel.as_mut().unwrap().top = Some(1000);
    let (before_asking, before, _) = answered((world, &earlier, now_ms), (dice, seed));
    let held_asking = Asked {
        question: &held,
        ..before_asking
    };
    let fact = spec
        .breakdown
        .as_ref()
        .map(|_| found.columns[0].name.clone());
    let value = |answer: &Answer, row: &[Cell]| match &fact {
        Some(fact) => words(std::slice::from_ref(cell_of(answer, row, fact))),
        None => String::new(),
    };
    let named: BTreeSet<String> = found.rows.iter().map(|row| value(&found, row)).collect();
    for row in &found.rows {
        let (of_value, step) = (value(&found, row), cell_of(&found, row, "step"));
        let is_same = |one: &&Vec<Cell>| {
            let theirs = value(&before, one);
            let is_other = of_value == "\"(other)\"" && !named.contains(&theirs);
            cell_of(&before, one, "step") == step && (theirs == of_value || is_other)
        };
        for column in [counted, "dropped"] {
            let same = before.rows.iter().filter(is_same);
            let counts = same.clone().map(|one| match cell_of(&before, one, column) {
                Cell::Count(count) => *count,
                _ => panic!("a count"),
            });
            let previous = format!("{column}_previous");
            let told = cell_of(&found, row, &previous);
            let sum = counts.sum();
            assert_eq!(*told, Cell::Count(sum), "seed {seed}, {column}, {spec:#?}");
            if column == "dropped" && *step == Cell::Count(1) {
                continue;
            }
            let address = |column: &str, of: &[Cell], answer: &Answer| CellAddress {
                column: column.to_owned(),
                row: fact
                    .iter()
                    .map(|fact| (fact.clone(), cell_of(answer, of, fact).clone()))
                    .chain([("step".to_owned(), step.clone())])
                    .collect(),
            };
            let there = behind(world, &held_asking, &address(&previous, row, &found));
            let expected: BTreeSet<String> = same
                .flat_map(|one| behind(world, &before_asking, &address(column, one, &before)))
                .collect();
            assert_eq!(there, expected, "seed {seed}, {column}, {spec:#?}");
        }
    }
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0xf0_77e1);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Funnel);
    asked.time_zone = Some(world.zone.to_owned());
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Include]);
    asked.funnel = Some(random_funnel(&mut dice));
    let spec = asked.funnel.clone().unwrap();
    if spec.rows == FunnelRows::OverTime {
        asked.interval = Some(Interval::Hour);
    }
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let of_funnel = FunnelOracle {
        oracle: &oracle,
        spec: &spec,
    };
    // The oracle tries every chain: worlds in which these are too many are left to others.
    let most = of_funnel
        .entities()
        .values()
        .map(Vec::len)
        .max()
        .unwrap_or(0);
    if most > 24 {
        return;
    }
    let attempts = of_funnel.attempts();
    match spec.rows {
        FunnelRows::Steps => {
            check_steps(&answer, &attempts, &spec, seed);
            check_people(&world, &asking, &answer, &attempts, seed);
            check_compared(of, (&mut dice, seed));
        }
        FunnelRows::OverTime => {
            let keys = usize::from(spec.breakdown.is_some());
            for row in &answer.rows {
                let Cell::Count(start) = row[0] else {
                    panic!("a time")
                };
                let here: Vec<_> = attempts
                    .iter()
                    .filter(|one| keys == 0 || Cell::Text(one.0.clone()) == row[1])
                    .filter(|(_, chain, events)| {
                        let first = chain.iter().map(|one| one.1).min().unwrap();
                        oracle.clock(Interval::Hour, events[first].event.time_ms)
                            == oracle.clock(Interval::Hour, start)
                    })
                    .collect();
                let converted = here
                    .iter()
                    .filter(|one| one.1.last().unwrap().0 == spec.steps.len() - 1);
                assert_eq!(
                    row[1 + keys],
                    Cell::Count(here.len() as i64),
                    "seed {seed} {spec:#?}"
                );
                assert_eq!(
                    row[2 + keys],
                    Cell::Count(converted.count() as i64),
                    "seed {seed}"
                );
            }
        }
        FunnelRows::TimeToConvert => {
            let converted = attempts
                .iter()
                .filter(|one| one.1.last().unwrap().0 == spec.steps.len() - 1)
                .count();
            let keys = usize::from(spec.breakdown.is_some());
            let counted: i64 = answer
                .rows
                .iter()
                .map(|row| match row[keys + 2] {
                    Cell::Count(count) => count,
                    _ => panic!("a count"),
                })
                .sum();
            assert_eq!(counted, converted as i64, "seed {seed}");
        }
    }
}

#[test]
fn every_funnel_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

/// The worked example of docs/concepts/funnels.md.
#[test]
fn five_persons_give_the_funnel_of_the_documentation() {
    let at = |time: &str| ms(&format!("2026-03-02T{time}:00Z"));
    let shop = |person, time| event(person, at(time), "pageview", "/shop");
    let act = |person, time, name| event(person, at(time), name, "/shop");
    let events = [
        shop(1, "10:00"),
        act(1, "10:05", "add_to_cart"),
        act(1, "10:20", "purchase"),
        shop(2, "11:00"),
        act(2, "11:10", "add_to_cart"),
        act(3, "12:00", "add_to_cart"),
        shop(3, "12:05"),
        shop(4, "09:00"),
        shop(4, "13:00"),
        act(4, "13:01", "add_to_cart"),
        act(4, "13:31", "purchase"),
        act(5, "14:00", "purchase"),
    ];
    let step = |name: &str| FunnelStep {
        events: vec![name.to_owned()],
        ..FunnelStep::default()
    };
    let mut asked = question(QuestionKind::Funnel, days("2026-03-02", "2026-03-02"));
    asked.funnel = Some(Funnel {
        steps: vec![step("pageview"), step("add_to_cart"), step("purchase")],
        window: Some("1d".to_owned()),
        ..Funnel::default()
    });
    let snapshot = snapshot(&events);
    let found = answer(&snapshot, &asked, at("20:00")).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
    assert_eq!(
        rows,
        [
            "1 \"pageview\" 4 1 1 0 - -",
            "2 \"add_to_cart\" 3 0.75 0.75 1 300000 320000",
            "3 \"purchase\" 2 0.5 0.6666666666666666 1 1350000 1350000",
        ]
    );
    let dropped = CellAddress {
        column: "dropped".to_owned(),
        row: BTreeMap::from([("step".to_owned(), Cell::Count(3))]),
    };
    let asking = Asked {
        question: &asked,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms: at("20:00"),
    };
    let left = people(&snapshot, (&asking, &dropped, None), &Threads(1)).unwrap();
    assert_eq!(left.persons_total, Some(1));
    assert_eq!(left.rows[0][2], Cell::Count(at("11:10")));
}

#[test]
fn a_wrong_funnel_is_refused_with_its_place_and_the_way_out() {
    let step = FunnelStep::default();
    let two = Funnel {
        steps: vec![step.clone(), step.clone()],
        ..Funnel::default()
    };
    let cases = [
        (
            Funnel {
                steps: vec![step.clone()],
                ..two.clone()
            },
            "funnel.steps",
        ),
        (
            Funnel {
                steps: vec![step.clone(); 21],
                ..two.clone()
            },
            "funnel.steps",
        ),
        (
            Funnel {
                window: Some("soon".to_owned()),
                ..two.clone()
            },
            "funnel.window",
        ),
        (
            Funnel {
                exclusions: vec![Exclusion {
                    before: Some(3),
                    ..Exclusion::default()
                }],
                ..two.clone()
            },
            "funnel.exclusions[0].before",
        ),
        (
            Funnel {
                attribution: Attribution::Step(3),
                ..two.clone()
            },
            "funnel.attribution.step",
        ),
        (
            Funnel {
                steps: vec![
                    FunnelStep {
                        optional: true,
                        ..step.clone()
                    },
                    step,
                ],
                ..two
            },
            "funnel.steps",
        ),
    ];
    for (funnel, field) in cases {
        let mut asked = question(QuestionKind::Funnel, span(0, 1000));
        asked.funnel = Some(funnel);
        let error = answer(&snapshot(&[]), &asked, 0).unwrap_err();
        assert_eq!(error.field().as_deref(), Some(field), "{error}");
    }
    let asked = question(QuestionKind::Funnel, span(0, 1000));
    let error = answer(&snapshot(&[]), &asked, 0).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("funnel"), "{error}");
}
