//! The list of forms: who saw, began, sent and left each.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CellAddress, ResolvedPeriod, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::AskError;
use crate::budget::Budget;
use crate::engine::{self, Fold, Order};
use crate::marks::{MarkWork, Marker};
use crate::people::{Contribution, People, unknown_column};
use crate::query::{Query, column, previous_name};
use crate::statistics::median;
use crate::timeline::Timeline;

use super::ways::{self, Act, Form, Step, Way};
use super::{Asked, PAGE, ROWS};

/// Bytes that a form, or a page or field of one, is thought to take.
const FORM_BYTES: usize = 160;
const VALUE_BYTES: usize = 48;

/// By page the forms that were there, each with until when who saw the page counts as one who saw
/// the form.
type OnPages = FxHashMap<u32, Vec<(Form, i64)>>;

/// A column with people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Views,
    Starts,
    Submits,
    Successes,
    Left,
}

impl Of {
    const ALL: [(&'static str, Self); 5] = [
        ("views", Self::Views),
        ("starts", Self::Starts),
        ("submits", Self::Submits),
        ("successes", Self::Successes),
        ("left", Self::Left),
    ];

    /// When a way counts for the column; none when it does not.
    fn at_ms(self, way: &Way, closed_before_ms: i64) -> Option<i64> {
        match self {
            Self::Views | Self::Starts => Some(way.first_ms),
            Self::Submits => way.sent_ms,
            Self::Successes => way.sent_ms.filter(|_| way.is_done()),
            Self::Left => way.is_left(closed_before_ms).then_some(way.touched_ms),
        }
    }
}

#[derive(Debug, Default)]
struct Group {
    starts: u64,
    submits: u64,
    successes: u64,
    left: u64,
    views: u64,
    /// When it was first told that the form came into view.
    shown_ms: Option<i64>,
    /// When it was first touched in a page load that had not told so.
    touched_unseen_ms: Option<i64>,
    /// From the first touch to the last sending.
    times_ms: Vec<i64>,
}

/// The earlier of two times, where there are any.
fn first(one_ms: Option<i64>, other_ms: Option<i64>) -> Option<i64> {
    one_ms.into_iter().chain(other_ms).min()
}

impl Group {
    /// How many sessions a column counts; nothing where a form that cannot be sent has none.
    fn cell(&self, of: Of, form: &str) -> Cell {
        let count = match of {
            Of::Views => self.views,
            Of::Starts => self.starts,
            // What is outside of a form cannot be sent.
            Of::Submits | Of::Successes | Of::Left if form == PAGE => return Cell::MISSING,
            Of::Submits => self.submits,
            Of::Successes => self.successes,
            Of::Left => self.left,
        };
        Cell::Count(count as i64)
    }

    /// Whether views of an earlier period are counted as those of a later one are, so that they can
    /// be held against each other; `tells` whether any were told in it.
    fn is_counted_like(&self, later: &Self, tells: bool) -> bool {
        match self.views {
            0 => tells || later.shown_ms.is_none(),
            _ => self.by_pages_before_ms() == later.by_pages_before_ms(),
        }
    }

    /// Until when a view of its pages counts as a view of the form; none when never.
    ///
    /// A tracker that tells what comes into view tells it before the form is touched. So a touch
    /// without that, before any was told, is from before there were such trackers, and they began
    /// with the first one that told. What none ever tells of, as fields in no form, counts by its
    /// pages always.
    fn by_pages_before_ms(&self) -> Option<i64> {
        let Some(shown_ms) = self.shown_ms else {
            return Some(i64::MAX);
        };
        let unseen_ms = self.touched_unseen_ms;
        unseen_ms
            .is_some_and(|unseen_ms| unseen_ms < shown_ms)
            .then_some(shown_ms)
    }
}

/// One pass over the persons: by their ways, or by the pages they saw.
struct Listing<'q> {
    asked: &'q Asked<'q>,
    marker: Marker<'q>,
    budget: &'q Budget,
    /// Not those of the earlier period, which no answer has.
    keeps_times: bool,
    /// For the pass that counts who saw the forms.
    seen_on: Option<&'q OnPages>,
    watched: Option<(Form, Of)>,
}

#[derive(Debug, Default)]
struct Work {
    marks: MarkWork,
    steps: Vec<Step>,
    ways: Vec<Way>,
    /// Forms that a session saw, each with when.
    seen: Vec<(Form, i64)>,
    /// Forms that a session was told to have seen, by page load.
    shown: FxHashSet<(Form, u128)>,
    /// Page loads of a session whose beginning is known.
    loaded: Vec<u128>,
    places: FxHashMap<Form, u32>,
    groups: Vec<Group>,
    pages: FxHashSet<(Form, u32)>,
    /// Sessions by form and last field.
    left_at: FxHashMap<(u32, u32), u64>,
    people: People,
}

/// The answer without `form`.
pub(super) fn answer(
    query: &Query<'_>,
    asked: &Asked<'_>,
    budget: &Budget,
) -> Result<Answer, AskError> {
    let (work, mut rows_scanned) = count(query, (asked, budget), asked.period)?;
    let before = match query.resolved.previous {
        None => None,
        Some(previous) => {
            let (before, rows) = count(query, (asked, budget), previous)?;
            rows_scanned += rows;
            Some(before)
        }
    };
    let mut answer = query.answer(asked.scanned(rows_scanned, work.marks.left_out));
    fill(&mut answer, (query, asked), (&work, before.as_ref()));
    Ok(answer)
}

/// Counts the forms of a period; how many rows were looked at for it.
fn count(
    query: &Query<'_>,
    (asked, budget): (&Asked<'_>, &Budget),
    period: ResolvedPeriod,
) -> Result<(Work, u64), AskError> {
    let of = (asked, budget, period);
    let (mut work, rows) = fold(query, of, (None, None))?;
    let on = seen_on(&work);
    let (views, more) = fold(query, of, (Some(&on), None))?;
    for (form, place) in &views.places {
        let here = work.places[form];
        work.groups[here as usize].views = views.groups[*place as usize].views;
    }
    Ok((work, rows + more))
}

/// Who stands behind a cell of a form.
pub(super) fn people(
    query: &Query<'_>,
    asked: &Asked<'_>,
    (form, cell): (Form, &CellAddress),
    limit: u32,
) -> Result<Answer, AskError> {
    let previous = query.resolved.previous;
    let of = Of::ALL.into_iter().find_map(|(name, of)| match previous {
        _ if name == cell.column => Some((of, asked.period)),
        Some(previous) if previous_name(name) == cell.column => Some((of, previous)),
        _ => None,
    });
    let Some((of, period)) = of else {
        return Err(unknown_column(cell, &Of::ALL.map(|(name, _)| name)));
    };
    let budget = Budget::default();
    let folded = (asked, &budget, period);
    let mut on = None;
    let mut rows_scanned = 0;
    if of == Of::Views {
        let (work, rows) = fold(query, folded, (None, None))?;
        on = Some(seen_on(&work));
        rows_scanned = rows;
    }
    let watched = Some((form, of));
    let (work, rows) = fold(query, folded, (on.as_ref(), watched))?;
    let scanned = asked.scanned(rows_scanned + rows, work.marks.left_out);
    Ok(work.people.answer(query, scanned, limit))
}

fn fold(
    query: &Query<'_>,
    (asked, budget, period): (&Asked<'_>, &Budget, ResolvedPeriod),
    (seen_on, watched): (Option<&OnPages>, Option<(Form, Of)>),
) -> Result<(Work, u64), AskError> {
    let listing = Listing {
        asked,
        marker: asked.marker(period),
        budget,
        keeps_times: period == asked.period && watched.is_none(),
        seen_on,
        watched,
    };
    let margin_ms = query.margin_of(&listing.marker);
    let folded = query.fold(&asked.prepared, (period, margin_ms), &listing)?;
    budget.check()?;
    Ok((folded.result, folded.rows_scanned))
}

/// The forms that the pages stand for.
fn seen_on(work: &Work) -> OnPages {
    let mut on: OnPages = FxHashMap::default();
    for &(form, page) in &work.pages {
        let group = &work.groups[work.places[&form] as usize];
        if let Some(before_ms) = group.by_pages_before_ms() {
            on.entry(page).or_default().push((form, before_ms));
        }
    }
    on
}

impl Listing<'_> {
    fn place(&self, work: &mut Work, form: Form) -> Option<usize> {
        if let Some(&place) = work.places.get(&form) {
            return Some(place as usize);
        }
        if !self.budget.take(FORM_BYTES) {
            return None;
        }
        let place = work.groups.len();
        work.places.insert(form, place as u32);
        work.groups.push(Group::default());
        Some(place)
    }

    fn page(&self, pages: &mut FxHashSet<(Form, u32)>, page: (Form, u32)) {
        if !pages.contains(&page) && self.budget.take(VALUE_BYTES) {
            pages.insert(page);
        }
    }

    fn field(&self, left_at: &mut FxHashMap<(u32, u32), u64>, at: (u32, u32), sessions: u64) {
        match left_at.get_mut(&at) {
            Some(count) => *count += sessions,
            None if self.budget.take(VALUE_BYTES) => {
                left_at.insert(at, sessions);
            }
            None => {}
        }
    }

    fn time(&self, group: &mut Group, time_ms: i64) {
        if self.budget.take(size_of::<i64>()) {
            group.times_ms.push(time_ms);
        }
    }

    /// Adds how a session went through a form.
    fn add(&self, work: &mut Work, way: &Way) {
        let Some(place) = self.place(work, way.form) else {
            return;
        };
        let group = &mut work.groups[place];
        group.starts += 1;
        group.submits += u64::from(way.sent_ms.is_some());
        group.successes += u64::from(way.is_done());
        if let Some(sent_ms) = way.sent_ms.filter(|_| self.keeps_times) {
            self.time(group, sent_ms - way.first_ms);
        }
        if way.is_left(self.asked.closed_before_ms) {
            group.left += 1;
            if let Some(field) = way.last_field {
                self.field(&mut work.left_at, (place as u32, field), 1);
            }
        }
    }

    /// The forms that a session saw: those it was told to or used, and those its pages stand for.
    fn seen(&self, seen: &mut Vec<(Form, i64)>, session: &[Step]) {
        seen.clear();
        let Some(on) = self.seen_on else { return };
        for step in session {
            let form = step.form.filter(|_| step.is_seen());
            let told = form.map(|form| (form, i64::MAX));
            let forms = match step.act {
                Act::View => on.get(&step.page).map_or(&[][..], Vec::as_slice),
                _ => told.as_slice(),
            };
            for &(form, before_ms) in forms {
                if step.time_ms < before_ms && !seen.iter().any(|(known, _)| *known == form) {
                    seen.push((form, step.time_ms));
                }
            }
        }
    }

    /// Notes which forms there are, on which pages, and whether their views are told. What page
    /// loads that began before the period told of is not known.
    fn note(&self, work: &mut Work, session: &[Step]) {
        let mut shown = std::mem::take(&mut work.shown);
        let mut loaded = std::mem::take(&mut work.loaded);
        shown.clear();
        loaded.clear();
        let of = |step: &Step| step.form.map(|form| (form, step.window));
        let told = session.iter().filter(|step| step.act == Act::Show);
        shown.extend(told.filter_map(of));
        for step in session {
            if step.act == Act::View && !loaded.contains(&step.window) {
                loaded.push(step.window);
            }
            let Some(form) = step.form.filter(|_| step.is_seen()) else {
                continue;
            };
            let Some(place) = self.place(work, form) else {
                break;
            };
            self.page(&mut work.pages, (form, step.page));
            let group = &mut work.groups[place];
            match step.act {
                Act::Show => group.shown_ms = first(group.shown_ms, Some(step.time_ms)),
                Act::Focus | Act::Change
                    if loaded.contains(&step.window) && !shown.contains(&(form, step.window)) =>
                {
                    let touched_ms = Some(step.time_ms);
                    group.touched_unseen_ms = first(group.touched_unseen_ms, touched_ms);
                }
                _ => {}
            }
        }
        work.shown = shown;
        work.loaded = loaded;
    }

    fn session(&self, work: &mut Work, (person, session): (u128, &[Step])) {
        let contribute = |people: &mut People, at_ms: i64| {
            people.add(Contribution {
                at_ms,
                person,
                session: session[0].session,
            });
        };
        if self.seen_on.is_some() {
            let mut seen = std::mem::take(&mut work.seen);
            self.seen(&mut seen, session);
            for &(form, at_ms) in &seen {
                match self.watched {
                    Some((watched, _)) if watched == form => contribute(&mut work.people, at_ms),
                    Some(_) => {}
                    None => {
                        if let Some(place) = self.place(work, form) {
                            work.groups[place].views += 1;
                        }
                    }
                }
            }
            work.seen = seen;
            return;
        }
        let mut ways = std::mem::take(&mut work.ways);
        ways::ways_of(&mut ways, session);
        for way in &ways {
            match self.watched {
                Some((form, of)) if form == way.form => {
                    if let Some(at_ms) = of.at_ms(way, self.asked.closed_before_ms) {
                        contribute(&mut work.people, at_ms);
                    }
                }
                Some(_) => {}
                None => self.add(work, way),
            }
        }
        work.ways = ways;
        if self.watched.is_none() {
            self.note(work, session);
        }
    }
}

impl Fold for Listing<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> engine::Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let mut steps = std::mem::take(&mut work.steps);
        let reader = &self.asked.reader;
        reader.read(&mut steps, timeline, &work.marks.marked);
        for session in ways::sessions(&steps) {
            self.session(work, (person, session));
        }
        work.steps = steps;
    }

    fn merge(&self, into: &mut Work, mut from: Work) {
        let mut places = vec![None; from.groups.len()];
        for (form, place) in std::mem::take(&mut from.places) {
            let Some(here) = self.place(into, form) else {
                continue;
            };
            places[place as usize] = Some(here as u32);
            let group = std::mem::take(&mut from.groups[place as usize]);
            let here = &mut into.groups[here];
            here.starts += group.starts;
            here.submits += group.submits;
            here.successes += group.successes;
            here.left += group.left;
            here.views += group.views;
            here.shown_ms = first(here.shown_ms, group.shown_ms);
            here.touched_unseen_ms = first(here.touched_unseen_ms, group.touched_unseen_ms);
            here.times_ms.extend(group.times_ms);
        }
        for page in from.pages {
            self.page(&mut into.pages, page);
        }
        for ((place, field), sessions) in from.left_at {
            if let Some(here) = places[place as usize] {
                self.field(&mut into.left_at, (here, field), sessions);
            }
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}

fn fill(
    answer: &mut Answer,
    (query, asked): (&Query<'_>, &Asked<'_>),
    (work, before): (&Work, Option<&Work>),
) {
    answer.columns = vec![
        column("form", Unit::Text),
        column("page", Unit::Text),
        column("pages", Unit::Count),
    ];
    for (name, _) in Of::ALL {
        answer.columns.push(column(name, Unit::Count));
        if before.is_some() {
            answer
                .columns
                .push(column(&previous_name(name), Unit::Count));
        }
    }
    answer.columns.extend([
        column("time", Unit::Ms),
        column("left_at", Unit::Text),
        column("left_at_sessions", Unit::Count),
    ]);
    let mut pages: FxHashMap<Form, i64> = FxHashMap::default();
    for (form, _) in &work.pages {
        *pages.entry(*form).or_default() += 1;
    }
    let left_at = left_at(asked, work);
    let mut forms: Vec<(Form, u32)> = work.places.iter().map(|(&form, &at)| (form, at)).collect();
    forms.sort_by_cached_key(|&(form, place)| {
        let group = &work.groups[place as usize];
        (Reverse((group.starts, group.views)), asked.texts(form))
    });
    answer.rows_total = forms.len() as u64;
    let limit = query.question.limit.unwrap_or(ROWS) as usize;
    let nobody = Group::default();
    // A period in which nothing was told, of any form, is from before trackers told.
    let tells = before.is_some_and(|work| work.groups.iter().any(|one| one.shown_ms.is_some()));
    for (form, place) in forms.into_iter().take(limit) {
        let group = &work.groups[place as usize];
        let earlier = before.map(|before| match before.places.get(&form) {
            Some(&place) => &before.groups[place as usize],
            None => &nobody,
        });
        let (name, page) = asked.texts(form);
        let text = |text: &str| Cell::Text(text.to_owned());
        let (left, field) = left_at.get(&place).copied().unwrap_or_default();
        let mut row = vec![
            text(name),
            text(page),
            Cell::Count(pages.get(&form).copied().unwrap_or(0)),
        ];
        for (_, of) in Of::ALL {
            row.push(group.cell(of, name));
            row.extend(earlier.map(|earlier| match of {
                Of::Views if !earlier.is_counted_like(group, tells) => Cell::MISSING,
                _ => earlier.cell(of, name),
            }));
        }
        row.extend([
            median(&group.times_ms),
            text(if name == PAGE { "" } else { field }),
            match name {
                PAGE => Cell::MISSING,
                _ => Cell::Count(left as i64),
            },
        ]);
        answer.rows.push(row);
    }
}

/// By form how many of those who left touched which field last: the field with most.
fn left_at<'a>(asked: &'a Asked<'_>, work: &Work) -> FxHashMap<u32, (u64, &'a str)> {
    let mut left_at: FxHashMap<u32, (u64, &str)> = FxHashMap::default();
    for (&(place, field), &sessions) in &work.left_at {
        let text = asked.field(field);
        let most = left_at.entry(place).or_insert((0, ""));
        if sessions > most.0 || (sessions == most.0 && text < most.1) {
            *most = (sessions, text);
        }
    }
    left_at
}
