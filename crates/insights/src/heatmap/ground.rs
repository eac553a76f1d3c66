//! What every heatmap looks at: pageviews, clicks, rage and dead clicks and what is told when a
//! page is left, on the pages that are meant, each with its session.

use hitmetrix_model::{Condition, Dimension, Filter, Heatmap, Operator, ResolvedPeriod};

use crate::AskError;
use crate::budget::Budget;
use crate::columns::{Column, Dictionary, Needs, QueryRun};
use crate::condition::{Names, Node, Selection};
use crate::engine::{Order, go_on};
use crate::marks::{MarkWork, Marker, WantSlots};
use crate::people::Contribution;
use crate::query::{Prepared, Query, Scanned};
use crate::timeline::Timeline;
use crate::wildcard::Wildcard;

/// What an event is to a heatmap; in this order its selections have their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Pageview,
    Click,
    RageClick,
    DeadClick,
    PageLeave,
}

const ACTS: [(Act, &str); 5] = [
    (Act::Pageview, "pageview"),
    (Act::Click, "click"),
    (Act::RageClick, "rage_click"),
    (Act::DeadClick, "dead_click"),
    (Act::PageLeave, "page_leave"),
];

/// What stands for any run of characters in the pattern of a page.
const EVERYTHING: char = '*';
/// Pages between two looks at the meter.
const METER_PAGES: usize = 1024;

/// Clicks, rage clicks and dead clicks.
pub(super) type Counts = [u64; 3];

/// Adds counts to others.
pub(super) fn add(into: &mut Counts, from: &Counts) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += from;
    }
}

impl Act {
    /// Its place in [`Counts`], for clicks.
    pub(super) const fn click(self) -> Option<usize> {
        match self {
            Self::Click => Some(0),
            Self::RageClick => Some(1),
            Self::DeadClick => Some(2),
            Self::Pageview | Self::PageLeave => None,
        }
    }
}

/// The acts of sessions by which they were on a page.
pub(super) const PRESENCE: &[Act] = &[Act::Pageview, Act::Click, Act::RageClick, Act::DeadClick];

/// The columns of [`Counts`].
pub(super) const CLICKS: [&str; 3] = ["clicks", "rage_clicks", "dead_clicks"];

/// One event on a meant page.
#[derive(Clone, Copy)]
pub(super) struct At<'t> {
    pub(super) act: Act,
    pub(super) time_ms: i64,
    /// The number of its session among the person's.
    pub(super) slot: u32,
    /// The code of its page.
    pub(super) page: u32,
    pub(super) run: &'t QueryRun<'t>,
    pub(super) row: usize,
}

impl At<'_> {
    /// The query's code in a lane.
    #[inline]
    pub(super) fn code(&self, lane: usize) -> u32 {
        self.run.lanes[lane].get(self.row)
    }

    /// As one of the people behind a cell.
    pub(super) fn contribution(&self, person: u128) -> Contribution {
        Contribution {
            at_ms: self.time_ms,
            person,
            session: self.run.sessions.get(self.row),
        }
    }
}

/// Columns, compiled conditions and meant pages.
pub(super) struct Ground<'q> {
    pub(super) prepared: Prepared<'q>,
    pub(super) budget: Budget,
    /// The lane of the pages.
    pub(super) page: usize,
    /// By code of the page.
    meant: Vec<bool>,
    period: ResolvedPeriod,
}

impl<'q> Ground<'q> {
    /// Reads what is needed for some acts, and what `want` wants beside.
    pub(super) fn new<L>(
        query: &Query<'q>,
        spec: &Heatmap,
        acts: &[Act],
        want: impl FnOnce(&mut Needs) -> L,
    ) -> Result<(Self, L), AskError> {
        let mut wanted = query.wanted();
        let lanes = want(&mut wanted.needs);
        let page = wanted.needs.lane(Column::Dimension(Dimension::Page));
        let node = match told_by_filter(&spec.pages) {
            Some(filter) => wanted
                .compiler
                .all(&[Condition::Dimension(filter)], "heatmap.pages")?,
            None => Node::TRUE,
        };
        for (act, name) in ACTS {
            // What is not wanted keeps its bit, and marks nothing.
            let names = acts.contains(&act).then(|| name.to_owned());
            let selection = Selection {
                names: Names::Of(names.into_iter().collect()),
                node: node.clone(),
            };
            wanted.push(selection, "heatmap")?;
        }
        let prepared = query.prepare(wanted)?;
        let patterns: Vec<Wildcard> = spec.pages.iter().map(|one| Wildcard::new(one)).collect();
        let pages = &prepared.columns.dictionaries[page];
        let mut meant = Vec::with_capacity(pages.len());
        for code in 0..pages.len() {
            if code % METER_PAGES == 0 {
                go_on(query.meter)?;
            }
            let path = pages.text(code as u32);
            // An event without a page is on none, whatever the pattern.
            meant.push(!path.is_empty() && patterns.iter().any(|one| one.takes(path)));
        }
        let ground = Self {
            prepared,
            budget: Budget::default(),
            page,
            meant,
            period: query.period(),
        };
        Ok((ground, lanes))
    }

    /// The dictionary of a lane.
    pub(super) fn dictionary(&self, lane: usize) -> &Dictionary<'q> {
        &self.prepared.columns.dictionaries[lane]
    }

    /// Marks the acts.
    pub(super) fn marker(&self) -> Marker<'_> {
        self.prepared.marker(self.period, WantSlots::Yes)
    }

    /// The events on meant pages of the person who was marked, in the order in which they were.
    #[inline]
    pub(super) fn each<'t>(
        &self,
        marks: &MarkWork,
        timeline: &Timeline<'t>,
        mut with: impl FnMut(At<'t>),
    ) {
        for one in &marks.marked {
            let run = &timeline.runs[one.run as usize];
            let row = one.row as usize;
            let page = run.lanes[self.page].get(row);
            if !self.meant[page as usize] {
                continue;
            }
            let (act, _) = ACTS[one.marks.trailing_zeros() as usize];
            with(At {
                act,
                time_ms: one.time_ms,
                slot: one.slot,
                page,
                run,
                row,
            });
        }
    }

    /// What the answer says beside its rows.
    pub(super) fn scanned(&self, marks: &MarkWork, rows: u64) -> Scanned<'_> {
        Scanned {
            rows,
            left_out: marks.left_out,
            missing: &self.prepared.columns.missing,
        }
    }
}

/// The meant pages as a condition on single events, where one says the same: what is on other pages
/// is not even marked then.
fn told_by_filter(pages: &[String]) -> Option<Filter> {
    let of = |operator, values| Filter {
        dimension: Dimension::Page,
        operator,
        values,
    };
    if pages
        .iter()
        .all(|page| !page.is_empty() && !page.contains(EVERYTHING))
    {
        return Some(of(Operator::Is, pages.to_vec()));
    }
    let prefix = |page: &String| {
        let prefix = page.strip_suffix(EVERYTHING)?;
        (!prefix.is_empty() && !prefix.contains(EVERYTHING)).then(|| prefix.to_owned())
    };
    let prefixes: Option<Vec<String>> = pages.iter().map(prefix).collect();
    prefixes.map(|prefixes| of(Operator::Starts, prefixes))
}

/// In which order a fold that looks at single events needs them.
pub(super) fn any_order(marker: &Marker<'_>) -> Order {
    match marker.uses_table() {
        true => Order::Time,
        false => Order::Any,
    }
}
