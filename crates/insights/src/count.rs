//! The fold under totals, trends and breakdowns: counts of events, exact uniques and sessions,
//! all in one group or divided by time or by the values of a dimension; several such divisions in one
//! pass.
//!
//! Exact uniques cost no set: a person is folded once, so a stamp per group says whether the
//! person was counted there; visitors belong to one person and are counted within it.

use hitmetrix_model::{Measure, ResolvedPeriod};
use hitmetrix_store::lanes::Codes;

use crate::buckets::BucketTable;
use crate::columns::{Lane, QueryRun, UNKNOWN};
use crate::counts::Counts;
use crate::engine::{Fold, Order, Rows, UNIT_PERSONS, Units};
use crate::named::{Look, Named, NamedUnit};
use crate::names::Kind;
use crate::session::{NO_SESSION, SessionPlan, SessionState, SessionTable};
use crate::timeline::{Slots, Stretch, Timeline};

/// What the counts are divided by.
#[derive(Debug, Clone)]
pub(crate) enum GroupBy {
    /// One group.
    All,
    /// Buckets of time; sessions by their start.
    Time(BucketTable),
    /// Values of a column of events.
    EventValue { lane: usize, values: usize },
    /// Values of a fact of the session.
    SessionValue { place: usize, values: usize },
}

impl GroupBy {
    fn groups(&self) -> usize {
        match self {
            Self::All => 1,
            Self::Time(table) => table.len(),
            Self::EventValue { values, .. } | Self::SessionValue { values, .. } => *values,
        }
    }
}

/// What is counted, of whom, when.
#[derive(Debug, Clone)]
pub(crate) struct Counting<'q> {
    period: ResolvedPeriod,
    group_by: GroupBy,
    wants: Wants,
    sessions: &'q SessionPlan,
    measurements: Measurements,
    /// Whether an event counts or not by its name alone.
    by_name: bool,
    /// Whether the engine cuts the rows to the period.
    is_cut: bool,
}

/// Countings of the same events in one period, in one pass over the timelines: each person's
/// sessions are made out once for all of them.
#[derive(Debug)]
pub(crate) struct Together<'q> {
    countings: Vec<Counting<'q>>,
    sessions: &'q SessionPlan,
}

/// One thread's counts of all countings, in their order.
#[derive(Debug, Default)]
pub(crate) struct TogetherWork {
    pub(crate) works: Vec<Work>,
    table: SessionTable,
}

/// Which counts the measures need.
#[derive(Debug, Clone, Copy)]
struct Wants {
    persons: bool,
    visitors: bool,
    pageviews: bool,
    events: bool,
    sessions: bool,
    engaged: bool,
    durations: bool,
}

impl Wants {
    fn of(measures: &[Measure]) -> Self {
        Self {
            persons: measures.contains(&Measure::Persons),
            visitors: measures.contains(&Measure::Visitors),
            pageviews: measures.contains(&Measure::Pageviews),
            events: measures.contains(&Measure::Events),
            sessions: measures.iter().any(|measure| measure.is_of_sessions()),
            engaged: measures.contains(&Measure::EngagedTime),
            durations: measures.contains(&Measure::SessionDuration),
        }
    }
}

impl Wants {
    /// Whether it matters what an event is.
    fn kinds(&self) -> bool {
        self.pageviews || self.events
    }

    /// Whether something is counted of single events.
    fn of_events(&self) -> bool {
        self.persons || self.visitors || self.kinds()
    }

    fn only_persons(&self) -> bool {
        let others = self.visitors || self.pageviews || self.events || self.sessions;
        self.persons && !others && !self.engaged
    }
}

/// One event that counts.
struct At<'a> {
    run: &'a QueryRun<'a>,
    row: usize,
    slot: usize,
    table: Known<'a>,
}

/// The person's sessions, where they are made out before events are counted.
type Known<'a> = Option<&'a SessionTable>;

/// Whether `page_leave` and its like count in the measure `events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measurements {
    Count,
    LeaveOut,
}

impl Measurements {
    /// Whether an event of a kind counts in the measure `events`.
    #[inline]
    pub(crate) fn count(self, kind: Kind) -> bool {
        kind != Kind::Measurement || self == Self::Count
    }
}

/// One thread's counts of one counting, and what it reuses from person to person.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) counts: Counts,
    stamps: Vec<u32>,
    person: u32,
    visitors: Slots,
    pairs: Vec<(u32, u32)>,
    /// For each group a bit per person of a unit who was counted in it.
    seen: Vec<u64>,
}

/// Words of a group's bits for the persons of a unit.
const UNIT_WORDS: usize = UNIT_PERSONS as usize / 64;
/// Groups up to which these bits stay in the core's cache.
const UNIT_GROUPS: usize = 1024;

impl<'q> Counting<'q> {
    pub(crate) fn new(
        period: ResolvedPeriod,
        group_by: GroupBy,
        measures: &[Measure],
        sessions: &'q SessionPlan,
    ) -> Self {
        let (wants, measurements) = (Wants::of(measures), Measurements::LeaveOut);
        Self {
            period,
            group_by,
            wants,
            sessions,
            measurements,
            by_name: false,
            is_cut: true,
        }
    }

    /// Says whether an event counts or not by its name alone.
    pub(crate) fn by_name(self, by_name: bool) -> Self {
        Self { by_name, ..self }
    }

    /// Whether measurements count in the measure `events`.
    pub(crate) fn with_measurements(self, measurements: Measurements) -> Self {
        Self {
            measurements,
            ..self
        }
    }

    /// Counts in which nothing was counted yet.
    pub(crate) fn nothing(&self) -> Counts {
        let groups = self.group_by.groups();
        let column = |wanted: bool| vec![0; if wanted { groups } else { 0 }];
        Counts {
            persons: column(self.wants.persons),
            visitors: column(self.wants.visitors),
            pageviews: column(self.wants.pageviews),
            events: column(self.wants.events),
            sessions: column(self.wants.sessions),
            bounced: column(self.wants.sessions),
            session_pageviews: column(self.wants.sessions),
            engaged: Vec::new(),
            durations: Vec::new(),
            left_out: 0,
        }
    }

    /// Into how many groups it counts.
    pub(crate) fn groups(&self) -> usize {
        self.group_by.groups()
    }

    /// What it divides by.
    pub(crate) fn group_by(&self) -> &GroupBy {
        &self.group_by
    }

    /// The lane whose dictionary has the texts of the groups, where these are values.
    pub(crate) fn lane_of_values(&self) -> Option<usize> {
        match self.group_by {
            GroupBy::All | GroupBy::Time(_) => None,
            GroupBy::EventValue { lane, .. } => Some(lane),
            GroupBy::SessionValue { place, .. } => Some(self.sessions.facts[place].lane),
        }
    }

    /// The same over another period.
    pub(crate) fn over(self, period: ResolvedPeriod) -> Self {
        Self { period, ..self }
    }

    /// Whether it needs each person's sessions.
    pub(crate) fn needs_table(&self) -> bool {
        self.wants.sessions
            || !self.sessions.tests.is_empty()
            || self.sessions.nested.is_some()
            || matches!(self.group_by, GroupBy::SessionValue { .. })
    }

    /// Adds one person's events. The loop is made once per way of grouping.
    fn add_events(&self, work: &mut Work, timeline: &Timeline<'_>, sessions: Known<'_>) {
        if !self.wants.of_events() {
            self.leave_out(work, timeline);
            return;
        }
        match &self.group_by {
            GroupBy::All => self.walk(work, timeline, sessions, |_| 0),
            GroupBy::Time(buckets) => {
                self.walk(work, timeline, sessions, |at| {
                    buckets.of(at.run.time_ms(at.row))
                });
            }
            GroupBy::EventValue { lane, .. } if self.stamps_values(timeline) => {
                for stretch in timeline.stretches {
                    let run = &timeline.runs[stretch.run as usize];
                    work.stamp_values(&run.lanes[*lane], *stretch);
                }
            }
            GroupBy::EventValue { lane, .. } => self.walk(work, timeline, sessions, |at| {
                at.run.lanes[*lane].get(at.row) as usize
            }),
            GroupBy::SessionValue { place, .. } => self.walk(work, timeline, sessions, |at| {
                let table = at
                    .table
                    .expect("values of sessions are counted with the sessions");
                table.fact(self.sessions, at.slot, *place) as usize
            }),
        }
        if self.wants.visitors {
            work.count_visitors();
        }
    }

    /// Counts the events that are left out because of who sent them, where nothing else is asked
    /// of single events.
    fn leave_out(&self, work: &mut Work, timeline: &Timeline<'_>) {
        let ResolvedPeriod { from_ms, to_ms } = self.period;
        for stretch in timeline.stretches {
            let run = &timeline.runs[stretch.run as usize];
            let rows = stretch.from as usize..stretch.to as usize;
            if !run.leaves_some_out() || run.takes_all_senders(rows.clone()) {
                continue;
            }
            let left_out = rows.into_iter().filter(|&row| {
                run.is_left_out(row) && (from_ms..to_ms).contains(&run.time_ms(row))
            });
            work.counts.left_out += left_out.count() as u64;
        }
    }

    /// Whether nothing is asked of some rows but whose they are; the engine has cut them to the
    /// period.
    fn counts_only_persons(&self, run: &QueryRun<'_>, stretch: Stretch) -> bool {
        let rows = stretch.from as usize..stretch.to as usize;
        self.is_cut && self.wants.only_persons() && run.counts_all(rows)
    }

    /// Whether nothing is asked of a timeline but the values of its rows.
    fn stamps_values(&self, timeline: &Timeline<'_>) -> bool {
        let of_stretch = |stretch: &Stretch| {
            self.counts_only_persons(&timeline.runs[stretch.run as usize], *stretch)
        };
        !self.needs_table() && timeline.stretches.iter().all(of_stretch)
    }

    #[inline]
    fn walk(
        &self,
        work: &mut Work,
        timeline: &Timeline<'_>,
        table: Known<'_>,
        group_of: impl Fn(&At<'_>) -> usize,
    ) {
        let ResolvedPeriod { from_ms, to_ms } = self.period;
        let one_run = self.wants.visitors && timeline.is_of_one_run();
        let mut event = 0;
        for stretch in timeline.stretches {
            let run = &timeline.runs[stretch.run as usize];
            if table.is_none() && self.counts_only_persons(run, *stretch) {
                // The engine has cut the rows to the period, and nothing else is asked of them.
                for row in stretch.from as usize..stretch.to as usize {
                    let group = group_of(&At {
                        run,
                        row,
                        slot: 0,
                        table: None,
                    });
                    work.stamp(group);
                }
                continue;
            }
            for row in stretch.from as usize..stretch.to as usize {
                let place = event;
                event += 1;
                let time_ms = run.time_ms(row);
                if time_ms < from_ms || time_ms >= to_ms {
                    continue;
                }
                if run.is_left_out(row) {
                    work.counts.left_out += 1;
                    continue;
                }
                if !run.passes(row) {
                    continue;
                }
                let mut slot = 0;
                if let Some(table) = table {
                    slot = table.slot_of_event[place] as usize;
                    if !table.states[slot].kept || !table.passes_nested(place) {
                        continue;
                    }
                }
                let group = group_of(&At {
                    run,
                    row,
                    slot,
                    table,
                });
                self.count(work, run, row, group);
                if self.wants.visitors {
                    work.add_visitor(run, row, group, one_run);
                }
            }
        }
    }

    #[inline]
    fn count(&self, work: &mut Work, run: &QueryRun<'_>, row: usize, group: usize) {
        if self.wants.persons && work.stamps[group] != work.person {
            work.stamps[group] = work.person;
            work.counts.persons[group] += 1;
        }
        self.count_kind(work, run, row, group);
    }

    #[inline]
    fn count_kind(&self, work: &mut Work, run: &QueryRun<'_>, row: usize, group: usize) {
        if self.wants.kinds() {
            let kind = run.kind(row);
            if self.wants.pageviews {
                work.counts.pageviews[group] += u64::from(kind == Kind::Pageview);
            }
            if self.wants.events {
                work.counts.events[group] += u64::from(self.measurements.count(kind));
            }
        }
    }

    /// Adds one person's sessions.
    fn add_sessions(&self, work: &mut Work, timeline: &Timeline<'_>, table: &SessionTable) {
        if let GroupBy::EventValue { lane, .. } = self.group_by {
            self.pair_values(work, timeline, (table, lane));
            for index in 0..work.pairs.len() {
                let (group, slot) = work.pairs[index];
                self.add_session(work, &table.states[slot as usize], group as usize);
            }
            work.pairs.clear();
            return;
        }
        for (slot, state) in table.states.iter().enumerate() {
            if !state.counts_in(self.period) {
                continue;
            }
            let group = match &self.group_by {
                GroupBy::Time(buckets) => buckets.of(state.start_ms),
                GroupBy::SessionValue { place, .. } => {
                    table.fact(self.sessions, slot, *place) as usize
                }
                GroupBy::All | GroupBy::EventValue { .. } => 0,
            };
            self.add_session(work, state, group);
        }
    }

    /// Each value that a counted session has on an event that passes, once.
    fn pair_values(
        &self,
        work: &mut Work,
        timeline: &Timeline<'_>,
        (table, lane): (&SessionTable, usize),
    ) {
        let events = timeline.rows().zip(&table.slot_of_event);
        for (place, ((run, row), &slot)) in events.enumerate() {
            let (run, row) = (&timeline.runs[run as usize], row as usize);
            if slot == NO_SESSION
                || !table.states[slot as usize].counts_in(self.period)
                || !run.passes(row)
                || !table.passes_nested(place)
            {
                continue;
            }
            let pair = (run.lanes[lane].get(row), slot);
            if work.pairs.last() != Some(&pair) {
                work.pairs.push(pair);
            }
        }
        work.pairs.sort_unstable();
        work.pairs.dedup();
    }

    fn add_session(&self, work: &mut Work, state: &SessionState, group: usize) {
        let counts = &mut work.counts;
        counts.sessions[group] += 1;
        counts.bounced[group] += u64::from(state.bounced());
        counts.session_pageviews[group] += u64::from(state.pageviews);
        if self.wants.engaged {
            let engaged_ms = u32::try_from(state.engaged_ms).unwrap_or(u32::MAX);
            counts.engaged.push((group as u32, engaged_ms));
        }
        if self.wants.durations {
            let duration_ms = u32::try_from(state.end_ms - state.start_ms).unwrap_or(u32::MAX);
            counts.durations.push((group as u32, duration_ms));
        }
    }
}

impl Work {
    /// Counts the person in a group, once. Whether a group is new to a person is nothing that a
    /// processor can predict, so there is no branch.
    #[inline(always)]
    fn stamp(&mut self, group: usize) {
        let stamp = &mut self.stamps[group];
        self.counts.persons[group] += u64::from(*stamp != self.person);
        *stamp = self.person;
    }

    /// Counts the person in the groups of some rows' values.
    fn stamp_values(&mut self, lane: &Lane<'_>, stretch: Stretch) {
        let rows = stretch.from as usize..stretch.to as usize;
        match lane.table() {
            (Some(Codes::U8(codes)), groups) => self.stamp_codes(&codes[rows], groups),
            (Some(Codes::U16(codes)), groups) => self.stamp_codes(&codes[rows], groups),
            (Some(Codes::U32(codes)), groups) => self.stamp_codes(&codes[rows], groups),
            (None, _) if rows.is_empty() => {}
            (None, _) => self.stamp(UNKNOWN as usize),
        }
    }

    #[inline(always)]
    fn stamp_codes<T: Copy + Into<u32>>(&mut self, codes: &[T], groups: &[u32]) {
        let person = self.person;
        let (stamps, persons) = (&mut self.stamps[..], &mut self.counts.persons[..]);
        for &code in codes {
            let group = groups[code.into() as usize] as usize;
            let stamp = &mut stamps[group];
            persons[group] += u64::from(*stamp != person);
            *stamp = person;
        }
    }

    fn add_visitor(&mut self, run: &QueryRun<'_>, row: usize, group: usize, one_run: bool) {
        let code = run.visitors.codes.get(row);
        let id = if one_run {
            u128::from(code)
        } else {
            run.visitors.ids[code as usize]
        };
        let pair = (group as u32, self.visitors.of(id));
        if self.pairs.last() != Some(&pair) {
            self.pairs.push(pair);
        }
    }

    fn count_visitors(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        for &(group, _) in &self.pairs {
            self.counts.visitors[group as usize] += 1;
        }
        self.pairs.clear();
        self.visitors.clear();
    }
}

/// Counts the events of a unit.
struct Looking<'w> {
    counting: &'w Counting<'w>,
    counts: &'w mut Counts,
    seen: &'w mut [u64],
}

impl<'g> Look<'g> for Looking<'_> {
    #[inline(always)]
    fn event(&mut self, event: Named<'g>) {
        let group = match &self.counting.group_by {
            GroupBy::Time(table) => table.of(event.time_ms),
            _ => 0,
        };
        if self.counting.wants.persons {
            let (word, bit) = (event.person / 64, event.person % 64);
            let word = &mut self.seen[group * UNIT_WORDS + word];
            self.counts.persons[group] += *word >> bit & 1 ^ 1;
            *word |= 1 << bit;
        }
        if self.counting.wants.kinds() {
            let kind = event.run.kind_of_name(event.name);
            let is_event = self.counting.measurements.count(kind);
            self.counts.add_events(group, (is_event, kind), 1);
        }
    }

    #[inline(always)]
    fn left_out(&mut self, _time_ms: i64) {
        self.counts.left_out += 1;
    }
}

impl Counting<'_> {
    fn begin(&self) -> Work {
        Work {
            counts: self.nothing(),
            stamps: vec![0; self.group_by.groups()],
            ..Work::default()
        }
    }

    /// Adds one person.
    fn person(&self, work: &mut Work, timeline: &Timeline<'_>, table: &SessionTable) {
        work.person += 1;
        let sessions = self.needs_table().then_some(table);
        self.add_events(work, timeline, sessions);
        if self.wants.sessions {
            self.add_sessions(work, timeline, table);
        }
    }

    /// Whether it looks at nothing but events, and has few groups.
    fn is_of_events(&self) -> bool {
        let is_narrow = match &self.group_by {
            GroupBy::All | GroupBy::Time(_) => self.group_by.groups() <= UNIT_GROUPS,
            GroupBy::EventValue { .. } | GroupBy::SessionValue { .. } => false,
        };
        is_narrow && !self.needs_table() && !self.wants.visitors
    }
}

impl<'q> Together<'q> {
    /// Counts these in one pass.
    pub(crate) fn new(countings: Vec<Counting<'q>>, sessions: &'q SessionPlan) -> Self {
        let mut together = Self {
            countings,
            sessions,
        };
        let is_cut = !together.needs_table();
        for counting in &mut together.countings {
            counting.is_cut = is_cut;
        }
        together
    }

    fn needs_table(&self) -> bool {
        self.countings.iter().any(Counting::needs_table)
    }

    /// How far the scan must reach over both ends of the period: no further than the rows are cut
    /// to where nobody looks at their times.
    pub(crate) fn margin_ms(&self, margin_ms: i64) -> i64 {
        if self.needs_table() { margin_ms } else { 0 }
    }
}

impl Fold for Together<'_> {
    type Result = TogetherWork;

    fn order(&self) -> Order {
        if self.needs_table() {
            Order::Time
        } else {
            Order::Any
        }
    }

    fn rows(&self) -> Rows {
        if self.needs_table() {
            Rows::All
        } else {
            Rows::Relevant
        }
    }

    fn begin(&self) -> TogetherWork {
        TogetherWork {
            works: self.countings.iter().map(Counting::begin).collect(),
            table: SessionTable::default(),
        }
    }

    fn person(&self, work: &mut TogetherWork, person: u128, timeline: &Timeline<'_>) {
        let TogetherWork { works, table } = work;
        if self.needs_table() {
            table.fill(person, timeline, self.sessions);
        }
        for (counting, work) in self.countings.iter().zip(works) {
            counting.person(work, timeline, table);
        }
    }

    fn units(&self) -> Units {
        match self.countings.iter().all(Counting::is_of_events) {
            false => Units::Persons,
            true if self.countings.iter().all(|one| one.by_name) => Units::Named,
            true => Units::Events,
        }
    }

    fn named(&self, work: &mut TogetherWork, unit: &NamedUnit<'_>) {
        for (counting, work) in self.countings.iter().zip(&mut work.works) {
            work.seen.clear();
            work.seen.resize(counting.group_by.groups() * UNIT_WORDS, 0);
            unit.each(&mut Looking {
                counting,
                counts: &mut work.counts,
                seen: &mut work.seen,
            });
        }
    }

    fn merge(&self, into: &mut TogetherWork, from: TogetherWork) {
        for (into, from) in into.works.iter_mut().zip(from.works) {
            into.counts.merge(from.counts);
        }
    }
}
