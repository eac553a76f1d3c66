//! Single sessions with all their facts: what lists, the live view and a session's page show.

use hitmetrix_model::{Bots, Dimension, PersonKey, SessionId, VisitorId};
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::LaneError;
use serde::Serialize;

use crate::columns::{Columns, EventRules, Needs, prepare};
use crate::engine::{Fold, Order, Rows, Scope, fold};
use crate::query::Unmetered;
use crate::session::{SessionPlan, SessionState, SessionTable};
use crate::signals::Signals;
use crate::timeline::Timeline;

/// Everything the engine knows of one session. Unknown texts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SessionFacts {
    /// Its id.
    #[schema(value_type = String)]
    pub session: SessionId,
    /// The browser or device.
    #[schema(value_type = String)]
    pub visitor: VisitorId,
    /// The human.
    #[schema(value_type = String)]
    pub person: PersonKey,
    /// Time of the first event, UTC, milliseconds since the epoch.
    pub started_ms: i64,
    /// Time of the last event.
    pub ended_ms: i64,
    /// Engaged time of all its pages.
    pub engaged_ms: u64,
    /// `pageview` events.
    pub pageviews: u32,
    /// Events but measurements.
    pub events: u32,
    /// `error` events.
    pub errors: u32,
    /// `rage_click` events.
    pub rage_clicks: u32,
    /// One pageview, less than 10 s engaged, no event of the site's own.
    pub bounced: bool,
    /// First page.
    pub entry_page: String,
    /// Last page.
    pub exit_page: String,
    /// Channel of the arrival, else `Direct`.
    pub channel: String,
    /// Source of the arrival, else `Direct`.
    pub source: String,
    /// `utm_medium` of the arrival.
    pub medium: String,
    /// `utm_campaign` of the arrival.
    pub campaign: String,
    /// `utm_term` of the arrival.
    pub term: String,
    /// `utm_content` of the arrival.
    pub content: String,
    /// Host that led here.
    pub referrer: String,
    /// Country code.
    pub country: String,
    /// Browser family.
    pub browser: String,
    /// Its version.
    pub browser_version: String,
    /// Operating system.
    pub system: String,
    /// Its version.
    pub system_version: String,
    /// Kind of device.
    pub device: String,
    /// Language tag.
    pub language: String,
    /// The pattern that marked the sender a bot.
    pub bot: String,
}

/// The plan that wants all facts, in the order in which [`facts_of`] reads them.
pub(crate) fn plan(needs: &mut Needs) -> SessionPlan {
    let mut plan = SessionPlan::default();
    for dimension in Dimension::ALL
        .into_iter()
        .filter(|dimension| dimension.is_of_session())
    {
        plan.want(dimension, needs);
    }
    plan
}

/// One session as the fold found it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) person: u128,
    pub(crate) state: SessionState,
    /// When the plan wants them.
    pub(crate) signals: Option<Signals>,
    codes: Vec<u32>,
}

impl Found {
    pub(crate) fn new(person: u128, slot: usize, table: &SessionTable, plan: &SessionPlan) -> Self {
        let codes = (0..plan.facts.len())
            .map(|place| table.fact(plan, slot, place))
            .collect();
        Self {
            person,
            state: table.states[slot].clone(),
            signals: table.signals(slot).cloned(),
            codes,
        }
    }

    /// The session in words.
    pub(crate) fn facts(&self, plan: &SessionPlan, columns: &Columns<'_>) -> SessionFacts {
        let text = |dimension: Dimension| {
            let of_session = Dimension::ALL.into_iter().filter(|one| one.is_of_session());
            let place = of_session.take_while(|&one| one != dimension).count();
            plan.text(place, self.codes[place], &columns.dictionaries)
                .to_owned()
        };
        let state = &self.state;
        SessionFacts {
            session: SessionId(state.session(&columns.runs)),
            visitor: VisitorId(state.visitor(&columns.runs)),
            person: PersonKey(self.person),
            started_ms: state.start_ms,
            ended_ms: state.end_ms,
            engaged_ms: state.engaged_ms,
            pageviews: state.pageviews,
            events: state.events,
            errors: state.errors,
            rage_clicks: state.rage_clicks,
            bounced: state.bounced(),
            entry_page: text(Dimension::EntryPage),
            exit_page: text(Dimension::ExitPage),
            channel: text(Dimension::Channel),
            source: text(Dimension::Source),
            medium: text(Dimension::Medium),
            campaign: text(Dimension::Campaign),
            term: text(Dimension::Term),
            content: text(Dimension::Content),
            referrer: text(Dimension::Referrer),
            country: text(Dimension::Country),
            browser: text(Dimension::Browser),
            browser_version: text(Dimension::BrowserVersion),
            system: text(Dimension::System),
            system_version: text(Dimension::SystemVersion),
            device: text(Dimension::Device),
            language: text(Dimension::Language),
            bot: text(Dimension::Bot),
        }
    }
}

/// Collects chosen sessions of the persons it is led through.
pub(crate) struct Listing<'q> {
    pub(crate) plan: &'q SessionPlan,
    /// Person and session, ascending.
    pub(crate) chosen: &'q [(u128, u128)],
}

impl Fold for Listing<'_> {
    type Result = (SessionTable, Vec<Found>);

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        Rows::All
    }

    fn begin(&self) -> Self::Result {
        Self::Result::default()
    }

    fn person(&self, (table, found): &mut Self::Result, person: u128, timeline: &Timeline<'_>) {
        table.fill(person, timeline, self.plan);
        for slot in 0..table.states.len() {
            if self
                .chosen
                .binary_search(&(person, table.states[slot].session(timeline.runs)))
                .is_ok()
            {
                found.push(Found::new(person, slot, table, self.plan));
            }
        }
    }

    fn merge(&self, into: &mut Self::Result, from: Self::Result) {
        into.1.extend(from.1);
    }
}

/// The facts of one session over all its events, of bots too; none when the snapshot has no
/// event of it.
///
/// # Errors
/// When a lane can neither be read nor made again.
pub fn session_facts(
    snapshot: &Snapshot,
    session: SessionId,
) -> Result<Option<SessionFacts>, LaneError> {
    let Some((person, span_ms)) = place_of(snapshot, session)? else {
        return Ok(None);
    };
    let mut needs = Needs::default();
    let mut plan = plan(&mut needs);
    let rules = EventRules {
        only: Some(&[person]),
        ..EventRules::of_bots(Bots::Include)
    };
    let mut columns = prepare((snapshot, &Unmetered), span_ms, &needs, &rules)
        .expect("nobody stops an unmetered fold");
    plan.compile_facts(&mut columns.dictionaries);
    let scope = Scope {
        snapshot,
        runs: &columns.runs,
        span_ms,
        only: Some(&[person]),
        as_sorted: None,
        meter: &Unmetered,
    };
    let listing = Listing {
        plan: &plan,
        chosen: &[(person, session.0)],
    };
    let folded = fold(&scope, &listing).expect("nobody stops an unmetered fold");
    let found = folded.result.1.first();
    Ok(found.map(|found| found.facts(&plan, &columns)))
}

/// A person, and from, included, to, excluded.
type Place = (u128, (i64, i64));

/// Whose a session is, and from when to when it has events.
fn place_of(snapshot: &Snapshot, session: SessionId) -> Result<Option<Place>, LaneError> {
    let mut found: Option<Place> = None;
    for (index, run) in snapshot.runs.iter().enumerate() {
        let (sessions, visitors) = (run.sessions()?, run.visitors()?);
        let Some(code) = sessions.ids.iter().position(|&id| id == session.0) else {
            continue;
        };
        let code = code as u32;
        for row in (0..run.len()).filter(|&row| sessions.codes.get(row) == code) {
            let time_ms = run.start_ms() + i64::from(run.times()[row]);
            let (_, span) = found.get_or_insert_with(|| {
                let place = run
                    .offsets()
                    .partition_point(|&offset| offset as usize <= row)
                    - 1;
                let visitor = visitors.get(row);
                let moves = snapshot.moves(index);
                let moved = moves.iter().find(|one| one.visitor.0 == visitor);
                let person = moved.map_or(run.persons()[place], |one| one.to.0);
                (person, (time_ms, time_ms + 1))
            });
            *span = (span.0.min(time_ms), span.1.max(time_ms + 1));
        }
    }
    Ok(found)
}
