//! Funnel: how many go through steps in order, within a window.
//!
//! For each person (session, account) one attempt counts: the furthest, as `attempt` finds it. Here
//! attempts are added up, by step, by value of a fact and by time, and become rows.

mod accounts;
mod any_order;
mod attempt;
mod quick;
mod rows;

use std::collections::hash_map::Entry;

use hitmetrix_model::{
    Answer, Attribution, CellAddress, Compare, Condition, CountedBy, EventSelection, Fact,
    FunnelRows, Level, ResolvedPeriod, StepOrder, limits,
};
use rustc_hash::FxHashMap;

use crate::AskError;
use crate::buckets::BucketTable;
use crate::budget::{Allowance, Budget};
use crate::condition::Selection;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::people::{Contribution, People, number_key, text_key, unknown_column};
use crate::period::window_ms;
use crate::persons::{self, ACCOUNT, PersonValues};
use crate::query::{Prepared, Query, Scanned};
use crate::timeline::Timeline;
use crate::top;

use accounts::Gathered;
use attempt::{Attempt, Chains, Excluding, STEPS_MAX, Steps};
use quick::{Found, Quick};

/// Window of a funnel that names none.
const WINDOW: &str = "14d";

/// What one value of the fact has gathered.
#[derive(Debug, Clone, Default)]
struct Group {
    steps: Vec<Step>,
    /// By bucket of the attempt's start: entered, converted.
    over_time: Vec<[u64; 2]>,
    /// Time from the first to the last step of each that converted, in milliseconds.
    converted_ms: Vec<i64>,
}

/// What one step has gathered.
#[derive(Debug, Clone, Default)]
struct Step {
    reached: u64,
    /// Time since the step taken before, in milliseconds.
    took_ms: Vec<i64>,
}

/// Which cell's people are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Watched {
    /// The fact's codes; any when none.
    values: Option<Vec<u32>>,
    /// The bucket of the start; any when none.
    bucket: Option<usize>,
    who: Who,
}

/// Whose attempts belong to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Who took a step.
    Took(usize),
    /// Who took the step before and not this one.
    LeftBefore(usize),
    /// Who converted in a class of time, from and to, in milliseconds.
    ConvertedIn((i64, i64)),
}

/// A funnel, compiled.
struct Compiled<'q> {
    steps: Steps,
    by: CountedBy,
    attribution: Attribution,
    prepared: &'q Prepared<'q>,
    fact: Option<usize>,
    marker: Marker<'q>,
    /// The accounts of persons, where accounts are counted.
    accounts: Option<PersonValues>,
    buckets: Option<BucketTable>,
    watched: Option<Watched>,
    /// How long steps took, which neither people nor an earlier period show.
    keeps_times: bool,
    /// Finds attempts straight from the lanes, where that is possible.
    quick: Option<Quick>,
    budget: &'q Budget,
}

/// What attempts add up to.
#[derive(Default)]
struct Tallies {
    groups: FxHashMap<u32, Group>,
    /// What belongs to the group of code 0, where there is no other.
    only: Group,
    people: People,
    allowance: Allowance,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    chains: Chains,
    /// Events of one session.
    of_one: Vec<Marked>,
    tallies: Tallies,
    gathered: Vec<Gathered>,
}

/// The answer to a question of kind `funnel`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    answer_within(query, limits::QUESTION_BYTES)
}

/// The same with so much memory.
pub(crate) fn answer_within(query: &Query<'_>, bytes: usize) -> Result<Answer, AskError> {
    let (spec, steps) = compile(query)?;
    let prepared = prepare(query, &steps)?;
    let buckets = match spec.rows {
        FunnelRows::OverTime => Some(query.resolved.buckets(query.question.interval)?),
        _ if query.question.interval.is_some() => {
            let why = "an interval is for a funnel with `rows`: `over_time`";
            return Err(AskError::Contradiction { why }.at("interval"));
        }
        _ => None,
    };
    let table = buckets
        .as_ref()
        .map(|buckets| BucketTable::new(buckets.starts.clone(), query.period().to_ms));
    let budget = Budget::new(bytes);
    let passes = Passes {
        query,
        prepared: &prepared,
        steps: &steps,
        budget: &budget,
    };
    let folded = passes.run(query.period(), (table, None))?;
    let mut rows_scanned = folded.rows;
    let groups = rows::top(&prepared, folded.work.tallies.groups, spec);
    let before = match query.resolved.previous {
        None => None,
        Some(previous) => {
            let folded = passes.run(previous, (None, None))?;
            rows_scanned += folded.rows;
            let values = folded.work.tallies.groups;
            Some(rows::before(&prepared, values, (spec, &groups)))
        }
    };
    let mut answer = query.answer(Scanned {
        rows: rows_scanned,
        left_out: folded.work.marks.left_out,
        missing: &prepared.columns.missing,
    });
    let rows_total = rows::count(
        spec,
        &groups,
        buckets.as_ref().map(|found| found.starts.len()),
    );
    top::check_rows(rows_total, "funnel.top")?;
    match spec.rows {
        FunnelRows::Steps => rows::steps(&mut answer, spec, (&groups, before.as_deref())),
        FunnelRows::TimeToConvert => rows::time_to_convert(&mut answer, spec, &groups),
        FunnelRows::OverTime => {
            let buckets = buckets.expect("made for these rows");
            answer.interval = Some(buckets.interval);
            rows::over_time(&mut answer, spec, &groups, &buckets.starts);
        }
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of a funnel's answer.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let (spec, steps) = compile(query)?;
    let prepared = prepare(query, &steps)?;
    let budget = Budget::default();
    let passes = Passes {
        query,
        prepared: &prepared,
        steps: &steps,
        budget: &budget,
    };
    let (column, period) = watched_period(query, spec, cell);
    let (mut bucket, mut table) = (None, None);
    if spec.rows == FunnelRows::OverTime {
        let buckets = query.resolved.buckets(query.question.interval)?;
        let start_ms = number_key(cell, "time")?;
        bucket = buckets.starts.iter().position(|&start| start == start_ms);
        if bucket.is_none() {
            let column = "time".to_owned();
            return Err(AskError::RowKey { column });
        }
        table = Some(BucketTable::new(buckets.starts, query.period().to_ms));
    }
    let values = match &spec.breakdown {
        Some(fact) => rows::values_of(&passes, spec, text_key(cell, &fact.column_name())?)?,
        None => None,
    };
    let watched = Watched {
        values,
        bucket,
        who: who(spec, (cell, column))?,
    };
    let folded = passes.run(period, (table, Some(watched)))?;
    let scanned = Scanned {
        rows: folded.rows,
        left_out: folded.work.marks.left_out,
        missing: &prepared.columns.missing,
    };
    Ok(folded.work.tallies.people.answer(query, scanned, limit))
}

/// The column of a cell as it is called without a comparison, and the period that it counts.
fn watched_period<'c>(
    query: &Query<'_>,
    spec: &hitmetrix_model::Funnel,
    cell: &'c CellAddress,
) -> (&'c str, ResolvedPeriod) {
    let column = cell.column.as_str();
    match (query.resolved.previous, rows::compared(spec.by, column)) {
        (Some(previous), Some(now)) => (now, previous),
        _ => (column, query.period()),
    }
}

/// Whose attempts a cell of a column counts.
fn who(
    spec: &hitmetrix_model::Funnel,
    (cell, column): (&CellAddress, &str),
) -> Result<Who, AskError> {
    let last = spec.steps.len() - 1;
    match (spec.rows, column) {
        (FunnelRows::Steps, name) => {
            let step = number_key(cell, "step")?;
            let row_key = || AskError::RowKey {
                column: "step".to_owned(),
            };
            let step = usize::try_from(step - 1).map_err(|_| row_key())?;
            if step > last {
                return Err(row_key());
            }
            match name {
                "dropped" if step > 0 => Ok(Who::LeftBefore(step)),
                "persons" | "sessions" | "accounts" | "share" | "share_of_previous" => {
                    Ok(Who::Took(step))
                }
                _ => Err(unknown_column(cell, &[rows::counted(spec.by), "dropped"])),
            }
        }
        (FunnelRows::OverTime, "entered") => Ok(Who::Took(0)),
        (FunnelRows::OverTime, "converted" | "share") => Ok(Who::Took(last)),
        (FunnelRows::OverTime, _) => Err(unknown_column(cell, &["entered", "converted"])),
        (FunnelRows::TimeToConvert, "converted" | "share") => {
            let from_ms = number_key(cell, "from_time")?;
            Ok(Who::ConvertedIn(rows::class_from(from_ms).ok_or_else(
                || AskError::RowKey {
                    column: "from_time".to_owned(),
                },
            )?))
        }
        (FunnelRows::TimeToConvert, _) => Err(unknown_column(cell, &["converted"])),
    }
}

struct Run {
    work: Work,
    rows: u64,
}

/// Everything that folding a funnel over one period or another needs.
struct Passes<'q> {
    query: &'q Query<'q>,
    prepared: &'q Prepared<'q>,
    steps: &'q Steps,
    budget: &'q Budget,
}

impl Passes<'_> {
    fn run(
        &self,
        period: ResolvedPeriod,
        (buckets, watched): (Option<BucketTable>, Option<Watched>),
    ) -> Result<Run, AskError> {
        let (query, prepared) = (self.query, self.prepared);
        let spec = query.question.funnel.as_ref().expect("checked before");
        let slots = match spec.by {
            CountedBy::Sessions => WantSlots::Yes,
            CountedBy::Persons | CountedBy::Accounts => WantSlots::No,
        };
        let accounts = match spec.by {
            CountedBy::Accounts => Some(persons::values(query, Level::Account, ACCOUNT)?),
            CountedBy::Persons | CountedBy::Sessions => None,
        };
        let marker = prepared.marker(period, slots);
        let compiled = Compiled {
            by: spec.by,
            attribution: spec.attribution,
            prepared,
            fact: (!prepared.facts.is_empty()).then_some(0),
            quick: (spec.by == CountedBy::Persons && marker.is_plain())
                .then(|| Quick::new(self.steps, &prepared.columns.runs, period))
                .flatten(),
            marker,
            accounts,
            buckets,
            keeps_times: period == query.period() && watched.is_none(),
            watched,
            steps: self.steps.clone(),
            budget: self.budget,
        };
        let margin_ms = query.margin_of(&compiled.marker);
        let folded = query.fold(prepared, (period, margin_ms), &compiled)?;
        compiled.budget.check()?;
        let mut work = folded.result;
        compiled.fold_accounts(&mut work);
        let only = std::mem::take(&mut work.tallies.only);
        if !only.steps.is_empty() {
            work.tallies.groups.entry(0).or_default().merge(only);
        }
        compiled.budget.check()?;
        Ok(Run {
            work,
            rows: folded.rows_scanned,
        })
    }
}

/// Checks the funnel of a question.
fn compile<'q>(query: &Query<'q>) -> Result<(&'q hitmetrix_model::Funnel, Steps), AskError> {
    let spec = query.question.funnel.as_ref().expect("checked before");
    let count = spec.steps.len();
    let bounds = |given: usize, least: usize, most: usize, field: &str| {
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let [given, least, most] = [given, least, most].map(|number| number as i64);
        Err(AskError::OutOfBounds { given, least, most }.at(field))
    };
    bounds(count, 2, STEPS_MAX, "funnel.steps")?;
    let exclusions = spec.exclusions.len();
    bounds(
        exclusions,
        0,
        limits::FUNNEL_EXCLUSIONS,
        "funnel.exclusions",
    )?;
    let window = spec.window.as_deref().unwrap_or(WINDOW);
    let window_ms = window_ms(window)
        .map_err(|error| error.at("funnel.window"))?
        .0;
    let contradiction = |why, field: &str| Err(AskError::Contradiction { why }.at(field));
    let optional: Vec<bool> = spec.steps.iter().map(|step| step.optional).collect();
    if optional[0] || optional[count - 1] {
        let why = "the first and the last step cannot be optional; leave the step out";
        return contradiction(why, "funnel.steps");
    }
    if spec.order == StepOrder::Any {
        if optional.contains(&true) {
            let why = "in any order no step is optional; choose `ordered`";
            return contradiction(why, "funnel.steps");
        }
        if spec
            .exclusions
            .iter()
            .any(|one| one.after.or(one.before).is_some())
        {
            let why = "in any order an exclusion is not between given steps; leave `after` and \
                       `before` out";
            return contradiction(why, "funnel.exclusions");
        }
    }
    if spec.rows != FunnelRows::Steps && query.question.compare != Compare::None {
        let why = "a funnel is held against another period by its `steps`; leave `compare` out, or \
                   choose these rows";
        return contradiction(why, "compare");
    }
    if let Attribution::Step(step) = spec.attribution {
        bounds(step as usize, 1, count, "funnel.attribution.step")?;
    }
    let mut excluding = Vec::new();
    for (index, exclusion) in spec.exclusions.iter().enumerate() {
        let after = exclusion.after.unwrap_or(1) as usize;
        let before = exclusion.before.map_or(count, |before| before as usize);
        let field = format!("funnel.exclusions[{index}]");
        bounds(after, 1, count - 1, &format!("{field}.after"))?;
        bounds(before, after + 1, count, &format!("{field}.before"))?;
        excluding.push(Excluding {
            bit: count + index,
            states: after - 1..before - 1,
        });
    }
    let steps = Steps {
        optional,
        order: spec.order,
        window_ms,
        excluding,
    };
    Ok((spec, steps))
}

/// Reads what the funnel looks at. Bits: the steps, then the exclusions, then any event.
fn prepare<'q>(query: &Query<'q>, steps: &Steps) -> Result<Prepared<'q>, AskError> {
    let spec = query.question.funnel.as_ref().expect("checked before");
    let mut wanted = query.wanted();
    let mut select = |events: &[String], filters: &[Condition], field: String| {
        let selection = EventSelection {
            label: None,
            events: events.to_vec(),
            filters: filters.to_vec(),
        };
        wanted.selection(&selection, &field)
    };
    for (index, step) in spec.steps.iter().enumerate() {
        select(
            &step.events,
            &step.filters,
            format!("funnel.steps[{index}]"),
        )?;
    }
    for (index, one) in spec.exclusions.iter().enumerate() {
        let field = format!("funnel.exclusions[{index}]");
        select(&one.events, &one.filters, field)?;
    }
    if steps.order == StepOrder::Strict {
        wanted.push(Selection::ACTS, "funnel.steps")?;
    }
    if let Some(fact) = &spec.breakdown {
        wanted.fact(fact);
    }
    query.prepare(wanted)
}

impl Compiled<'_> {
    /// The values of the fact for each event are known only while the person is there.
    fn code(&self, at: (u128, &Timeline<'_>), work: &MarkWork, marked: &Marked) -> u32 {
        match self.fact {
            None => 0,
            Some(fact) => self.prepared.code(fact, at, (work, marked)),
        }
    }

    /// The place among the attempt's events of the one whose value counts.
    fn attributed(&self, attempt: &Attempt) -> Option<usize> {
        let event = |step: usize| attempt.took(step).then(|| attempt.events[step] as usize);
        match self.attribution {
            Attribution::First => event(0),
            Attribution::Last => event(attempt.depth),
            Attribution::Step(step) => event(step as usize - 1),
        }
    }

    /// What the times of so many steps take.
    fn time_bytes(&self, taken: usize) -> usize {
        match self.keeps_times {
            true => taken * size_of::<i64>(),
            false => 0,
        }
    }

    /// What a value has gathered, with room for so many more steps; none without memory.
    fn group<'t>(
        &self,
        tallies: &'t mut Tallies,
        code: u32,
        taken: usize,
    ) -> Option<&'t mut Group> {
        let entry = tallies.groups.entry(code);
        let mut bytes = self.time_bytes(taken);
        let (steps, buckets) = (self.steps.optional.len(), self.buckets.as_ref());
        let buckets = buckets.map_or(0, BucketTable::len);
        if let Entry::Vacant(_) = entry {
            bytes += size_of::<(u32, Group)>() + steps * size_of::<Step>();
            bytes += buckets * size_of::<[u64; 2]>();
        }
        let has_room = tallies.allowance.take(bytes, self.budget);
        has_room.then(|| {
            entry.or_insert_with(|| Group {
                steps: vec![Step::default(); steps],
                over_time: vec![[0; 2]; buckets],
                converted_ms: Vec::new(),
            })
        })
    }

    /// Adds one attempt; `value` gives the fact's code of an event of it.
    fn add(
        &self,
        tallies: &mut Tallies,
        (attempt, events): (&Attempt, &[Marked]),
        value: impl Fn(usize) -> u32,
        who: impl Fn(usize) -> (u128, u128),
    ) {
        let code = self.attributed(attempt).map_or(0, value);
        let count = self.steps.optional.len();
        let Some(group) = self.group(tallies, code, attempt.depth + 1) else {
            return;
        };
        let start_ms = events[attempt.event(0)].time_ms;
        let mut end_ms = start_ms;
        for (step, time_ms) in attempt.in_order(events) {
            group.steps[step].reached += 1;
            if step > 0 && self.keeps_times {
                group.steps[step].took_ms.push(time_ms - end_ms);
            }
            end_ms = time_ms;
        }
        let converted = attempt.depth == count - 1;
        if converted && self.keeps_times {
            group.converted_ms.push(end_ms - start_ms);
        }
        let bucket = self.buckets.as_ref().map(|buckets| buckets.of(start_ms));
        if let Some(bucket) = bucket {
            group.over_time[bucket][0] += 1;
            group.over_time[bucket][1] += u64::from(converted);
        }
        let Some(watched) = &self.watched else { return };
        let values = watched.values.as_ref();
        if values.is_some_and(|values| values.binary_search(&code).is_err())
            || watched.bucket.is_some_and(|wanted| Some(wanted) != bucket)
        {
            return;
        }
        let event = match watched.who {
            Who::Took(step) => attempt.took(step).then(|| attempt.event(step)),
            // Who leaves an optional step out is not lost.
            Who::LeftBefore(step) => (attempt.depth < step
                && !self.steps.optional[step]
                && self.steps.required_before(step) <= attempt.depth)
                .then(|| attempt.event(attempt.depth)),
            Who::ConvertedIn((from_ms, to_ms)) => (converted
                && (from_ms..to_ms).contains(&(end_ms - start_ms)))
            .then(|| attempt.event(attempt.depth)),
        };
        if let Some(event) = event {
            let (person, session) = who(event);
            tallies.people.add(Contribution {
                at_ms: events[event].time_ms,
                person,
                session,
            });
        }
    }

    /// Adds a person's attempt straight from the lanes; `false` where that is not possible.
    fn quickly(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) -> bool {
        let Some(quick) = &self.quick else {
            return false;
        };
        let Some(found) = quick.find(timeline) else {
            return false;
        };
        work.marks.left_out += found.left_out;
        if found.depth == 0 {
            return true;
        }
        if self.counts_only() {
            return self.count(work, timeline, (quick, &found));
        }
        quick.events(timeline, &found, &mut work.of_one);
        let Some(attempt) = Attempt::through(&work.of_one) else {
            return true;
        };
        let (marks, events) = (&work.marks, &work.of_one);
        self.add(
            &mut work.tallies,
            (&attempt, events),
            |event| self.code((person, timeline), marks, &events[event]),
            |event| (person, events[event].session(timeline.runs)),
        );
        true
    }

    /// Whether nothing of an attempt matters but when its steps were taken.
    fn counts_only(&self) -> bool {
        self.fact.is_none() && self.watched.is_none() && self.buckets.is_none()
    }

    /// As [`Self::add`], where only that matters.
    fn count(&self, work: &mut Work, timeline: &Timeline<'_>, attempt: (&Quick, &Found)) -> bool {
        let (quick, found) = attempt;
        let steps = self.steps.optional.len();
        let tallies = &mut work.tallies;
        let bytes = self.time_bytes(found.depth);
        if !tallies.allowance.take(bytes, self.budget) {
            return true;
        }
        let group = &mut tallies.only;
        if group.steps.is_empty() {
            group.steps.resize(steps, Step::default());
        }
        group.steps[0].reached += 1;
        if found.depth == 1 {
            return true;
        }
        let start_ms = quick.start_ms(found);
        let mut end_ms = start_ms;
        quick.chain(timeline, found, |step, (run, row)| {
            if step > 0 {
                let time_ms = timeline.runs[run as usize].time_ms(row as usize);
                group.steps[step].reached += 1;
                if self.keeps_times {
                    group.steps[step].took_ms.push(time_ms - end_ms);
                    end_ms = time_ms;
                }
            }
        });
        if found.depth == steps && self.keeps_times {
            group.converted_ms.push(end_ms - start_ms);
        }
        true
    }
}

impl Fold for Compiled<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            tallies: Tallies {
                people: People::watching(self.watched.is_some()),
                ..Tallies::default()
            },
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        if self.quickly(work, person, timeline) {
            return;
        }
        self.marker.mark(&mut work.marks, person, timeline);
        let at = (person, timeline);
        if let Some(accounts) = &self.accounts {
            self.gather(work, accounts.code(person), (person, timeline));
            return;
        }
        let (chains, marks) = (&mut work.chains, &mut work.marks);
        let who = |marked: &Marked| (person, marked.session(timeline.runs));
        if self.by == CountedBy::Persons {
            if let Some(attempt) = self.steps.furthest(chains, &marks.marked) {
                self.add(
                    &mut work.tallies,
                    (&attempt, &marks.marked),
                    |event| self.code(at, marks, &marks.marked[event]),
                    |event| who(&marks.marked[event]),
                );
            }
            return;
        }
        // Sessions overlap where two browsers are used at once; within one the order stays.
        marks.marked.sort_by_key(|marked| marked.slot);
        for of_one in marks.marked.chunk_by(|left, right| left.slot == right.slot) {
            work.of_one.clear();
            work.of_one.extend_from_slice(of_one);
            if let Some(attempt) = self.steps.furthest(chains, &work.of_one) {
                self.add(
                    &mut work.tallies,
                    (&attempt, &work.of_one),
                    |event| self.code(at, marks, &work.of_one[event]),
                    |event| who(&work.of_one[event]),
                );
            }
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.tallies.only.merge(from.tallies.only);
        for (code, group) in from.tallies.groups {
            into.tallies.groups.entry(code).or_default().merge(group);
        }
        self.join(&mut into.gathered, from.gathered);
        into.marks.left_out += from.marks.left_out;
        into.tallies.people.merge(from.tallies.people);
    }
}

impl Group {
    fn merge(&mut self, from: Self) {
        if self.steps.is_empty() {
            *self = from;
            return;
        }
        if from.steps.is_empty() {
            return;
        }
        for (into, from) in self.steps.iter_mut().zip(from.steps) {
            into.reached += from.reached;
            into.took_ms.extend(from.took_ms);
        }
        for (into, from) in self.over_time.iter_mut().zip(from.over_time) {
            into[0] += from[0];
            into[1] += from[1];
        }
        self.converted_ms.extend(from.converted_ms);
    }
}

/// The name of the fact's column.
fn fact_column(fact: Option<&Fact>) -> Option<String> {
    fact.map(Fact::column_name)
}
