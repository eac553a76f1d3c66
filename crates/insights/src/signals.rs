//! Signals of frustration in a session, from the events that the tracker sends: how many of each,
//! when the first was, and on which page. What they are stands in docs/concepts/frustration.md.
//!
//! They are looked for in a pass of its own over a person's events, and only where a question asks
//! for them, so that nobody else reads pages and measurements.

use hitmetrix_model::{SessionNumber, SessionSignal as Signal};

use crate::columns::{Column, Dictionary, Needs, QueryRun, UNKNOWN};
use crate::names::Kind;

/// An error this long after a click is the click's.
const ERROR_AFTER_MS: i64 = 1000;
/// A page left sooner than this for the one before is a u-turn.
const U_TURN_MS: i64 = 10_000;
/// Largest Contentful Paint beyond which a page is slow: what web.dev calls poor.
const SLOW_PAGE_MS: f64 = 4000.0;
/// Of each kind of signal so many make a session worth watching; further ones add nothing.
const COUNTED_MAX: u32 = 5;
/// Whole engaged minutes that count, a point each.
const MINUTES_MAX: u64 = 5;

/// What one signal adds to what is worth watching.
const fn points(signal: Signal) -> u32 {
    match signal {
        Signal::RageClick => 8,
        Signal::ErrorClick => 6,
        Signal::Error | Signal::DeadClick => 3,
        Signal::Thrash | Signal::UTurn | Signal::SlowPage => 2,
    }
}

/// Which lanes signals are found in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignalPlan {
    /// Of the pages.
    pub(crate) page: usize,
    metric: usize,
    value: usize,
    /// The code of the metric that tells slow pages.
    slow: u32,
}

impl SignalPlan {
    pub(crate) fn want(needs: &mut Needs) -> Self {
        Self {
            page: needs.lane(Column::Dimension(hitmetrix_model::Dimension::Page)),
            metric: needs.lane(Column::Property("metric".to_owned())),
            value: needs.number("value"),
            slow: UNKNOWN,
        }
    }

    pub(crate) fn compile(&mut self, dictionaries: &mut [Dictionary<'_>]) {
        self.slow = dictionaries[self.metric].code_of("LCP");
    }
}

/// All signals of one kind in a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) count: u32,
    /// When the first was.
    pub(crate) first_ms: i64,
    /// The code of its page.
    pub(crate) page: u32,
    /// Whether another was on another page.
    pub(crate) elsewhere: bool,
}

/// The signals of one session.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    noted: [Noted; Signal::ALL.len()],
    /// Time and page of the last click that no error followed yet.
    click: Option<(i64, u32)>,
    /// The page now, when it was entered, and the one before.
    page: u32,
    entered_ms: i64,
    before: u32,
}

impl Signals {
    /// Looks at the next event of the session.
    pub(crate) fn step(&mut self, (run, row): (&QueryRun<'_>, usize), plan: &SignalPlan) {
        let time_ms = run.time_ms(row);
        let page = run.lanes[plan.page].get(row);
        match run.kind(row) {
            Kind::RageClick => self.note(Signal::RageClick, time_ms, page),
            Kind::DeadClick => self.note(Signal::DeadClick, time_ms, page),
            Kind::Thrash => self.note(Signal::Thrash, time_ms, page),
            Kind::Click => self.click = Some((time_ms, page)),
            Kind::Error => self.error(time_ms, page),
            Kind::Pageview if page != UNKNOWN => self.enter(time_ms, page),
            Kind::Measurement => {
                let is_slow = run.lanes[plan.metric].get(row) == plan.slow
                    && run
                        .number(plan.value, row)
                        .is_some_and(|value| value > SLOW_PAGE_MS);
                if is_slow {
                    // Browsers tell it when the page is left; it was slow when it was entered.
                    let here = page == self.page && page != UNKNOWN;
                    let at_ms = if here { self.entered_ms } else { time_ms };
                    self.note(Signal::SlowPage, at_ms, page);
                }
            }
            _ => {}
        }
    }

    fn error(&mut self, time_ms: i64, page: u32) {
        self.note(Signal::Error, time_ms, page);
        if let Some((clicked_ms, page)) = self.click.take()
            && time_ms - clicked_ms <= ERROR_AFTER_MS
        {
            self.note(Signal::ErrorClick, clicked_ms, page);
        }
    }

    /// Pageviews of one page after the other are one stay.
    fn enter(&mut self, time_ms: i64, page: u32) {
        if page == self.page {
            return;
        }
        if page == self.before && time_ms - self.entered_ms < U_TURN_MS {
            self.note(Signal::UTurn, time_ms, self.page);
        }
        self.before = self.page;
        self.page = page;
        self.entered_ms = time_ms;
    }

    fn note(&mut self, signal: Signal, time_ms: i64, page: u32) {
        let noted = &mut self.noted[signal as usize];
        if noted.count == 0 {
            noted.first_ms = time_ms;
            noted.page = page;
        }
        noted.elsewhere |= noted.page != page;
        noted.count += 1;
    }

    /// All signals of a kind.
    pub(crate) fn of(&self, signal: Signal) -> Noted {
        self.noted[signal as usize]
    }

    /// One of the session's numbers; none when it is not one of signals.
    pub(crate) fn number(&self, number: SessionNumber) -> Option<u32> {
        let signal = match number {
            SessionNumber::DeadClicks => Signal::DeadClick,
            SessionNumber::ErrorClicks => Signal::ErrorClick,
            SessionNumber::Thrashes => Signal::Thrash,
            SessionNumber::UTurns => Signal::UTurn,
            SessionNumber::SlowPages => Signal::SlowPage,
            _ => return None,
        };
        Some(self.of(signal).count)
    }

    fn points(&self, signal: Signal) -> u32 {
        points(signal) * self.of(signal).count.min(COUNTED_MAX)
    }

    /// How much the session is worth watching.
    pub(crate) fn worth(&self, engaged_ms: u64) -> i64 {
        let points: u32 = Signal::ALL.iter().map(|&one| self.points(one)).sum();
        i64::from(points) + (engaged_ms / 60_000).min(MINUTES_MAX) as i64
    }

    /// The signal that adds most to that: of some where the session has one of them, else of all.
    pub(crate) fn strongest(&self, of: &[Signal]) -> Option<(Signal, Noted)> {
        let of_these = |wanted: &dyn Fn(&Signal) -> bool| {
            let mut strongest: Option<Signal> = None;
            for signal in Signal::ALL.into_iter().filter(wanted) {
                let least = strongest.map_or(0, |known| self.points(known));
                if self.points(signal) > least {
                    strongest = Some(signal);
                }
            }
            strongest
        };
        let strongest = of_these(&|signal| of.contains(signal)).or_else(|| of_these(&|_| true));
        strongest.map(|signal| (signal, self.of(signal)))
    }
}
