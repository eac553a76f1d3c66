//! The nouns of Hitmetrix: ids, events, recordings, questions, units and limits.
//!
//! Everything that two crates must agree on stands here and nowhere else: what an event is once
//! it is valid, what a question and its answer look like, and where the limits are. This crate
//! does no I/O, reads no clock, draws no random number and knows nothing of async.

mod alert;
mod annotation;
mod board;
mod chunk;
mod cohort;
mod currency;
mod dimension;
mod error_kind;
mod event;
mod identity;
mod ids;
pub mod limits;
pub mod page_heat;
mod panel_part;
mod question;
mod recording;
mod rules;
mod site;
mod survey;
mod version;

pub use alert::{
    Alert, AlertAgainst, AlertBucket, AlertCondition, AlertSide, AlertState, AlertWatch,
};
pub use annotation::{Annotation, AnnotationKind};
pub use board::{BOARD_COLUMNS, BoardCommon, Panel, PanelDisplay, PanelPlace, PanelShows};
pub use chunk::{Chunk, ChunkFacts, Piece};
pub use currency::is_currency;
pub use dimension::Dimension;
pub use error_kind::ErrorKind;
pub use event::{Batch, Context, Event, Mode, Origin, Page, Properties, Sender, Value};
pub use identity::{IdentityChange, is_junk_user};
pub use ids::{ExternalId, ParseIdError, PersonKey, SessionId, SiteId, VisitorId, WindowId};
pub use panel_part::PanelPart;
pub use question::{
    Aggregate, Answer, Attribution, Behaviour, Bots, Cell, CellAddress, CohortMode, Column,
    Compare, Condition, Correlation, CountedBy, DimensionFact, Distribution, ErrorGroups,
    ErrorOrder, ErrorsBy, EventSelection, Exclusion, Fact, Filter, Forms, Funnel, FunnelRows,
    FunnelStep, Goal, Goals, Heatmap, HeatmapRows, HeatmapToldBy, Interval, Level, Lifecycle,
    ListedBy, Marked, Measure, Operator, OrderValue, PathRows, PathSteps, Paths, PeopleQuestion,
    Period, PersonList, PersonListQuestion, PersonOrder, PropertyFact, PropertyFilter, Question,
    QuestionKind, RecordingsAsked, ResolvedPeriod, Retention, ReturnOn, Saved, SavedGoal, Segment,
    SegmentOf, Series, SessionFilter, SessionList, SessionNumber, SessionOrder, SessionSignal,
    StepOrder, Stickiness, TrendSeries, Unit, join_places, place_of,
};
pub use recording::{ChunkRow, RecordingGone, RecordingSummary};
pub use rules::{PageRules, RecordAssets, Rules};
pub use site::{Site, SiteSettings};
pub use survey::{
    PageSurvey, SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN, Survey, SurveyDevice, SurveyKind,
    SurveyMoment, SurveyWords,
};
pub use version::{DataVersion, LogPosition};
