//! From events to ways: what each session did in each form, in order.

use hitmetrix_model::Dimension;

use crate::columns::{Column, Dictionary, Needs, UNKNOWN};
use crate::marks::Marked;
use crate::timeline::Timeline;

use super::PAGE;

/// The page of forms that are one form on all pages.
pub(super) const ALL_PAGES: u32 = u32::MAX;

/// Whether a form is told by its place in the page, which on another page is another form.
pub(super) fn has_only_a_place(form: &str) -> bool {
    form == PAGE || form.contains('>')
}

/// A form, by the codes of its name and of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Form {
    pub(super) form: u32,
    pub(super) page: u32,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Entered a field.
    Focus,
    /// Changed a field.
    Change,
    /// Sent the form.
    Submit,
    /// Came to a page.
    View,
    /// Left one, or what was typed there.
    Leave,
    /// The form came into view.
    Show,
    /// An error was shown at a field.
    Error,
}

/// One act. Views and leaves are of no form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) act: Act,
    pub(super) form: Option<Form>,
    pub(super) field: u32,
    /// Of which kind an error is.
    pub(super) kind: u32,
    pub(super) page: u32,
    pub(super) time_ms: i64,
    pub(super) window: u128,
    /// Number of the session among the person's.
    pub(super) slot: u32,
    pub(super) session: u128,
}

impl Step {
    /// Whether the form was seen then: told to be, or used. An error alone says nothing of that,
    /// because scripts ask forms that nobody can see.
    pub(super) const fn is_seen(&self) -> bool {
        self.is_use() || matches!(self.act, Act::Show)
    }

    /// Whether the visitor did something in a form, which what the page shows is not.
    pub(super) const fn is_use(&self) -> bool {
        matches!(self.act, Act::Focus | Act::Change | Act::Submit)
    }
}

/// Reads steps from marked events.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Lanes.
    pub(super) form: usize,
    pub(super) field: usize,
    pub(super) kind: usize,
    pub(super) page: usize,
    /// By code of the form whether it has only a place.
    placed: Vec<bool>,
}

impl Reader {
    /// A reader whose columns are read from now on. They are not what the asker names: a site
    /// without forms has none of them.
    pub(super) fn wanted(needs: &mut Needs) -> Self {
        Self {
            form: needs.lane(Column::Property("form".to_owned())),
            field: needs.lane(Column::Property("field".to_owned())),
            kind: needs.lane(Column::Property("kind".to_owned())),
            page: needs.lane(Column::Dimension(Dimension::Page)),
            placed: Vec::new(),
        }
    }

    /// The same once the texts are known.
    pub(super) fn with(mut self, dictionaries: &[Dictionary<'_>]) -> Self {
        let forms = &dictionaries[self.form];
        let codes = 0..forms.len() as u32;
        self.placed = codes
            .map(|code| has_only_a_place(forms.text(code)))
            .collect();
        self
    }

    /// The steps of a person, session by session, each in the order of time.
    pub(super) fn read(&self, steps: &mut Vec<Step>, timeline: &Timeline<'_>, marked: &[Marked]) {
        const ACTS: [Act; 7] = [
            Act::Focus,
            Act::Change,
            Act::Submit,
            Act::View,
            Act::Leave,
            Act::Show,
            Act::Error,
        ];
        steps.clear();
        for one in marked {
            let (run, row) = (&timeline.runs[one.run as usize], one.row as usize);
            let act = ACTS[one.marks.trailing_zeros() as usize];
            let page = run.lanes[self.page].get(row);
            let form = match act {
                Act::View | Act::Leave => None,
                _ => match run.lanes[self.form].get(row) {
                    UNKNOWN => continue,
                    form if self.placed[form as usize] => Some(Form { form, page }),
                    form => Some(Form {
                        form,
                        page: ALL_PAGES,
                    }),
                },
            };
            steps.push(Step {
                act,
                form,
                field: run.lanes[self.field].get(row),
                kind: run.lanes[self.kind].get(row),
                page,
                time_ms: one.time_ms,
                window: run.windows.get(row),
                slot: one.slot,
                session: one.session(timeline.runs),
            });
        }
        steps.sort_by_key(|step| step.slot);
    }
}

/// The steps of one session after the other.
pub(super) fn sessions(steps: &[Step]) -> impl Iterator<Item = &[Step]> {
    steps.chunk_by(|left, right| left.slot == right.slot)
}

/// How a session went through one form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) form: Form,
    pub(super) first_ms: i64,
    /// When a field was entered or changed last.
    pub(super) touched_ms: i64,
    /// Which; none when it was only sent.
    pub(super) last_field: Option<u32>,
    /// When it was sent last.
    pub(super) sent_ms: Option<i64>,
    /// A field was touched after that.
    pub(super) came_back: bool,
}

impl Way {
    /// A way that begins now.
    pub(super) const fn new(form: Form, time_ms: i64) -> Self {
        Self {
            form,
            first_ms: time_ms,
            touched_ms: time_ms,
            last_field: None,
            sent_ms: None,
            came_back: false,
        }
    }

    /// Goes on.
    pub(super) fn step(&mut self, step: &Step) {
        match step.act {
            Act::Focus | Act::Change => {
                self.touched_ms = step.time_ms;
                self.last_field = Some(step.field);
                self.came_back = self.sent_ms.is_some();
            }
            Act::Submit => {
                self.sent_ms = Some(step.time_ms);
                self.came_back = false;
            }
            Act::View | Act::Leave | Act::Show | Act::Error => {}
        }
    }

    /// Whether the form was sent and no field was touched afterwards.
    pub(super) fn is_done(&self) -> bool {
        self.sent_ms.is_some() && !self.came_back
    }

    /// Whether it was begun and not sent, and nothing happened for so long that it will not be.
    pub(super) fn is_left(&self, closed_before_ms: i64) -> bool {
        self.sent_ms.is_none() && self.touched_ms < closed_before_ms
    }
}

/// Leaves a session's ways in `ways`, in the order in which the forms were begun.
pub(super) fn ways_of(ways: &mut Vec<Way>, session: &[Step]) {
    ways.clear();
    for step in session.iter().filter(|step| step.is_use()) {
        let Some(form) = step.form else { continue };
        let place = ways.iter().position(|way| way.form == form);
        let place = place.unwrap_or_else(|| {
            ways.push(Way::new(form, step.time_ms));
            ways.len() - 1
        });
        ways[place].step(step);
    }
}
