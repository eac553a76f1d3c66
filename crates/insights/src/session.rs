//! Sessions as a state inside the fold: their facts from their events, and which of them count.
//!
//! A session's facts come from all its events within the scanned span, which reaches a day over
//! both ends of the period; the filters on events do not change them. A session counts when it
//! starts in the period, passes the filters on facts of the session, and has an event that passes
//! the filters on facts of the event.

use hitmetrix_model::{Dimension, ResolvedPeriod, SessionNumber};

use crate::columns::{Column, Dictionary, Needs, QueryRun, UNKNOWN};
use crate::condition::{Compiler, Filters, InSession, Leaves, Node, Surroundings};
use crate::names::Kind;
use crate::persons::PersonSet;
use crate::signals::{SignalPlan, Signals};
use crate::timeline::{Slots, Timeline};

/// A session of one pageview that was looked at for longer did not bounce.
pub(crate) const BOUNCE_ENGAGED_MS: u64 = 10_000;
/// Channel and source of a session whose events tell none.
pub(crate) const DIRECT: &str = "Direct";
/// Slot of events that are left out.
pub(crate) const NO_SESSION: u32 = u32::MAX;

/// Where a fact of the session is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// The first event with a value.
    First,
    /// The arrival: the first event with a channel.
    Arrival,
    /// The first pageview with a path, or the consent that carries the page on; else the first
    /// event with one.
    Entry,
    /// The last pageview with a path, else the last event with one.
    Exit,
}

/// One fact of the session that a query wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    dimension: Dimension,
    taken: Taken,
    pub(crate) lane: usize,
}

/// Which facts of sessions a query wants, and by which it keeps or drops them.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionPlan {
    pub(crate) facts: Vec<Fact>,
    channel_lane: Option<usize>,
    /// Channel and source, and the code of [`DIRECT`] in their dictionaries.
    defaults: Vec<(usize, u32)>,
    /// Which leaves on texts of the session every counted session passes.
    pub(crate) tests: Vec<usize>,
    /// What else every counted event passes.
    pub(crate) nested: Option<Node>,
    /// The leaves of all conditions.
    pub(crate) leaves: Leaves,
    /// Where signals of frustration are found, when they are wanted.
    pub(crate) signals: Option<SignalPlan>,
}

impl SessionPlan {
    /// The place of a fact, which is wanted from now on.
    pub(crate) fn want(&mut self, dimension: Dimension, needs: &mut Needs) -> usize {
        if let Some(known) = self
            .facts
            .iter()
            .position(|fact| fact.dimension == dimension)
        {
            return known;
        }
        let (taken, column) = match dimension {
            Dimension::EntryPage => (Taken::Entry, Dimension::Page),
            Dimension::ExitPage => (Taken::Exit, Dimension::Page),
            Dimension::Referrer
            | Dimension::Channel
            | Dimension::Source
            | Dimension::Medium
            | Dimension::Campaign
            | Dimension::Term
            | Dimension::Content => {
                self.channel_lane = Some(needs.lane(Column::Dimension(Dimension::Channel)));
                (Taken::Arrival, dimension)
            }
            _ => (Taken::First, dimension),
        };
        let column = Column::Dimension(column);
        self.facts.push(Fact {
            dimension,
            taken,
            lane: needs.lane(column),
        });
        self.facts.len() - 1
    }

    /// Wants the facts that conditions look at.
    pub(crate) fn want_compared(&mut self, compiler: &Compiler, needs: &mut Needs) {
        for (dimension, _) in &compiler.sessions {
            self.want(*dimension, needs);
        }
        if compiler
            .numbers
            .iter()
            .any(|(number, _)| number.is_signal())
        {
            self.want_signals(needs);
        }
    }

    /// Wants the signals of frustration of each session.
    pub(crate) fn want_signals(&mut self, needs: &mut Needs) {
        if self.signals.is_none() {
            self.signals = Some(SignalPlan::want(needs));
        }
    }

    /// Compiles conditions and defaults against the query's dictionaries.
    pub(crate) fn compile(
        &mut self,
        (compiler, filters): (&Compiler, &Filters),
        persons: Vec<PersonSet>,
        dictionaries: &mut [Dictionary<'_>],
    ) {
        self.compile_facts(dictionaries);
        for (dimension, matcher) in &compiler.sessions {
            let place = self
                .facts
                .iter()
                .position(|fact| fact.dimension == *dimension);
            let place = place.expect("compared facts are wanted before they are compiled");
            let takes = dictionaries[self.facts[place].lane].matches(matcher);
            self.leaves.sessions.push((place, takes));
        }
        self.leaves.numbers.clone_from(&compiler.numbers);
        self.leaves.persons = persons;
        self.leaves.session_has.clone_from(&compiler.session_has);
        self.tests.clone_from(&filters.of_session);
        self.nested.clone_from(&filters.nested);
    }

    /// Compiles the defaults of facts, where there are no conditions.
    pub(crate) fn compile_facts(&mut self, dictionaries: &mut [Dictionary<'_>]) {
        if let Some(signals) = &mut self.signals {
            signals.compile(dictionaries);
        }
        for (place, fact) in self.facts.iter().enumerate() {
            if matches!(fact.dimension, Dimension::Channel | Dimension::Source) {
                self.defaults
                    .push((place, dictionaries[fact.lane].code_of(DIRECT)));
            }
        }
    }

    /// The text of a fact.
    pub(crate) fn text<'d>(
        &self,
        place: usize,
        code: u32,
        dictionaries: &'d [Dictionary<'_>],
    ) -> &'d str {
        dictionaries[self.facts[place].lane].text(code)
    }
}

/// What the fold keeps of one session.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionState {
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) engaged_ms: u64,
    pub(crate) pageviews: u32,
    pub(crate) events: u32,
    pub(crate) errors: u32,
    pub(crate) rage_clicks: u32,
    /// Run and row of the first event.
    first_at: (u32, u32),
    /// Run and row of the last pageview; of the last event while there is none.
    pub(crate) page_at: (u32, u32),
    has_own_event: bool,
    has_arrival: bool,
    /// An event passed all filters on events.
    passed: bool,
    /// It passed all filters on facts of the session.
    pub(crate) kept: bool,
    has_entry: bool,
    exit_is_pageview: bool,
}

impl SessionState {
    /// One pageview, less than 10 s engaged, no event of the site's own.
    pub(crate) fn bounced(&self) -> bool {
        self.pageviews == 1 && self.engaged_ms < BOUNCE_ENGAGED_MS && !self.has_own_event
    }

    /// One of its numbers; the signals are told apart, see [`InSession::number`].
    pub(crate) fn number(&self, number: SessionNumber) -> f64 {
        match number {
            SessionNumber::DurationMs => (self.end_ms - self.start_ms) as f64,
            SessionNumber::EngagedMs => self.engaged_ms as f64,
            SessionNumber::Pageviews => f64::from(self.pageviews),
            SessionNumber::Events => f64::from(self.events),
            SessionNumber::Errors => f64::from(self.errors),
            SessionNumber::RageClicks => f64::from(self.rage_clicks),
            SessionNumber::DeadClicks
            | SessionNumber::ErrorClicks
            | SessionNumber::Thrashes
            | SessionNumber::UTurns
            | SessionNumber::SlowPages => 0.0,
        }
    }

    /// Whether it counts in a period.
    pub(crate) fn counts_in(&self, period: ResolvedPeriod) -> bool {
        self.kept && self.passed && (period.from_ms..period.to_ms).contains(&self.start_ms)
    }

    /// The id, looked up where the session began: only lists need it.
    pub(crate) fn session(&self, runs: &[QueryRun<'_>]) -> u128 {
        let (run, row) = self.first_at;
        runs[run as usize].sessions.get(row as usize)
    }

    /// The visitor.
    pub(crate) fn visitor(&self, runs: &[QueryRun<'_>]) -> u128 {
        let (run, row) = self.first_at;
        runs[run as usize].visitors.get(row as usize)
    }

    #[inline]
    fn step(&mut self, run: &QueryRun<'_>, kind: Kind, at: (u32, u32)) {
        let row = at.1 as usize;
        self.end_ms = run.time_ms(row);
        if kind == Kind::Pageview || self.pageviews == 0 {
            self.page_at = at;
        }
        match kind {
            Kind::Pageview => self.pageviews += 1,
            Kind::Measurement => self.engaged_ms += u64::from(run.engaged_ms[row]),
            Kind::Error => self.errors += 1,
            Kind::RageClick => self.rage_clicks += 1,
            Kind::Own => self.has_own_event = true,
            Kind::Consent | Kind::Click | Kind::DeadClick | Kind::Thrash | Kind::Given => {}
        }
        self.events += u32::from(kind != Kind::Measurement);
        self.passed = self.passed || run.passes(row);
    }

    #[inline]
    fn take_facts(
        &mut self,
        facts: &mut [u32],
        run: &QueryRun<'_>,
        (row, kind): (usize, Kind),
        plan: &SessionPlan,
    ) {
        let arrives = !self.has_arrival
            && plan
                .channel_lane
                .is_some_and(|lane| run.lanes[lane].get(row) != UNKNOWN);
        self.has_arrival |= arrives;
        let is_pageview = kind == Kind::Pageview;
        let is_entry = is_pageview || kind == Kind::Consent;
        for (fact, value) in plan.facts.iter().zip(facts) {
            match fact.taken {
                Taken::First => {
                    if *value == UNKNOWN {
                        *value = run.lanes[fact.lane].get(row);
                    }
                }
                Taken::Arrival => {
                    if arrives {
                        *value = run.lanes[fact.lane].get(row);
                    }
                }
                Taken::Entry => {
                    let first = *value == UNKNOWN || (is_entry && !self.has_entry);
                    let page = run.lanes[fact.lane].get(row);
                    if first && page != UNKNOWN {
                        *value = page;
                        self.has_entry = is_entry;
                    }
                }
                Taken::Exit => {
                    let page = run.lanes[fact.lane].get(row);
                    if page != UNKNOWN && (is_pageview || !self.exit_is_pageview) {
                        *value = page;
                        self.exit_is_pageview = is_pageview;
                    }
                }
            }
        }
    }
}

/// One person's sessions; one table per thread.
#[derive(Debug, Default)]
pub(crate) struct SessionTable {
    pub(crate) states: Vec<SessionState>,
    /// As many codes per session as the plan has facts.
    facts: Vec<u32>,
    slots: Slots,
    /// The session of each event of the timeline, in its order.
    pub(crate) slot_of_event: Vec<u32>,
    /// Which sets the person is in.
    pub(crate) person: Vec<bool>,
    /// As many per session as there are conditions on its events.
    has: Vec<bool>,
    /// Whether each event passes the nested filters; empty when there are none.
    nested: Vec<bool>,
    /// One per session; empty when nobody wants them.
    signals: Vec<Signals>,
}

impl SessionTable {
    /// The code of a session's fact.
    #[inline]
    pub(crate) fn fact(&self, plan: &SessionPlan, slot: usize, place: usize) -> u32 {
        self.facts[slot * plan.facts.len() + place]
    }

    /// The codes of a session's facts.
    #[inline]
    pub(crate) fn facts(&self, plan: &SessionPlan, slot: usize) -> &[u32] {
        let count = plan.facts.len();
        &self.facts[slot * count..(slot + 1) * count]
    }

    /// A session as a whole.
    #[inline]
    pub(crate) fn session(&self, plan: &SessionPlan, slot: usize) -> InSession<'_> {
        let count = plan.leaves.session_has.len();
        InSession {
            state: &self.states[slot],
            facts: self.facts(plan, slot),
            has: &self.has[slot * count..(slot + 1) * count],
            signals: self.signals(slot),
        }
    }

    /// The signals of a session, when they are wanted.
    #[inline]
    pub(crate) fn signals(&self, slot: usize) -> Option<&Signals> {
        self.signals.get(slot)
    }

    /// Whether an event, by its place in the timeline, passes the nested filters.
    #[inline]
    pub(crate) fn passes_nested(&self, place: usize) -> bool {
        self.nested.get(place).copied().unwrap_or(true)
    }

    /// Steps through a person's timeline and leaves the sessions with their facts.
    pub(crate) fn fill(&mut self, person: u128, timeline: &Timeline<'_>, plan: &SessionPlan) {
        self.states.clear();
        self.facts.clear();
        self.slots.clear();
        self.slot_of_event.clear();
        self.nested.clear();
        plan.leaves.person(person, &mut self.person);
        let one_run = timeline.is_of_one_run();
        for stretch in timeline.stretches {
            self.slot_of_event
                .reserve((stretch.to - stretch.from) as usize);
            let run = &timeline.runs[stretch.run as usize];
            // An event mostly is of the same session as the one before.
            let (mut last_code, mut slot) = (NO_SESSION, NO_SESSION);
            for row in stretch.from..stretch.to {
                if run.is_left_out(row as usize) {
                    self.slot_of_event.push(NO_SESSION);
                    continue;
                }
                let code = run.sessions.codes.get(row as usize);
                if code != last_code || slot == NO_SESSION {
                    // Within one run the code stands for the id and saves looking it up.
                    slot = self.slots.of(if one_run {
                        u128::from(code)
                    } else {
                        run.sessions.ids[code as usize]
                    });
                    last_code = code;
                }
                if slot as usize == self.states.len() {
                    self.begin(run, (stretch.run, row), plan);
                }
                self.slot_of_event.push(slot);
                let kind = run.kind(row as usize);
                let state = &mut self.states[slot as usize];
                state.step(run, kind, (stretch.run, row));
                if !plan.facts.is_empty() {
                    let count = plan.facts.len();
                    let from = slot as usize * count;
                    let facts = &mut self.facts[from..from + count];
                    state.take_facts(facts, run, (row as usize, kind), plan);
                }
            }
        }
        self.settle(plan);
        self.look_for_signals(timeline, plan);
        self.look_for_events(timeline, plan);
        if let Some(nested) = &plan.nested {
            self.pass_nested(nested, timeline, plan);
        }
    }

    /// Finds the signals of all sessions, when they are wanted.
    fn look_for_signals(&mut self, timeline: &Timeline<'_>, plan: &SessionPlan) {
        self.signals.clear();
        let Some(signals) = &plan.signals else {
            return;
        };
        self.signals.resize(self.states.len(), Signals::default());
        for ((run, row), &slot) in timeline.rows().zip(&self.slot_of_event) {
            if slot != NO_SESSION {
                let event = (&timeline.runs[run as usize], row as usize);
                self.signals[slot as usize].step(event, signals);
            }
        }
    }

    /// Finds out for each session whether one of its events passes, condition by condition: a later
    /// one may ask for what an earlier one found.
    fn look_for_events(&mut self, timeline: &Timeline<'_>, plan: &SessionPlan) {
        let count = plan.leaves.session_has.len();
        self.has.clear();
        self.has.resize(self.states.len() * count, false);
        for (leaf, condition) in plan.leaves.session_has.iter().enumerate() {
            for ((run, row), &slot) in timeline.rows().zip(&self.slot_of_event) {
                if slot == NO_SESSION || self.has[slot as usize * count + leaf] {
                    continue;
                }
                let at = Surroundings {
                    run: &timeline.runs[run as usize],
                    row: row as usize,
                    session: Some(self.session(plan, slot as usize)),
                    person: &self.person,
                };
                if plan.leaves.holds(condition, &at) {
                    self.has[slot as usize * count + leaf] = true;
                }
            }
        }
    }

    /// Holds the nested filters against each event, now that its session is known as a whole.
    fn pass_nested(&mut self, nested: &Node, timeline: &Timeline<'_>, plan: &SessionPlan) {
        for state in &mut self.states {
            state.passed = false;
        }
        for ((run, row), &slot) in timeline.rows().zip(&self.slot_of_event) {
            if slot == NO_SESSION {
                self.nested.push(false);
                continue;
            }
            let (run, row, slot) = (&timeline.runs[run as usize], row as usize, slot as usize);
            let at = Surroundings {
                run,
                row,
                session: Some(self.session(plan, slot)),
                person: &self.person,
            };
            let passes = plan.leaves.holds(nested, &at);
            self.nested.push(passes);
            if passes && run.passes(row) {
                self.states[slot].passed = true;
            }
        }
    }

    fn begin(&mut self, run: &QueryRun<'_>, at: (u32, u32), plan: &SessionPlan) {
        self.states.push(SessionState {
            start_ms: run.time_ms(at.1 as usize),
            first_at: at,
            ..SessionState::default()
        });
        self.facts
            .resize(self.states.len() * plan.facts.len(), UNKNOWN);
    }

    /// Fills in the defaults and holds the sessions against the filters.
    fn settle(&mut self, plan: &SessionPlan) {
        let count = plan.facts.len();
        for (slot, state) in self.states.iter_mut().enumerate() {
            let facts = &mut self.facts[slot * count..(slot + 1) * count];
            for &(place, direct) in &plan.defaults {
                if facts[place] == UNKNOWN {
                    facts[place] = direct;
                }
            }
            state.kept = plan.tests.iter().all(|&leaf| {
                let (place, takes) = &plan.leaves.sessions[leaf];
                takes[facts[*place] as usize]
            });
        }
    }
}
