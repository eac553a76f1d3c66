//! What a link to a board opens: that board and what its panels ask, for whoever has the link. Site,
//! board and questions come from what is saved; a reader names a panel, and a period where the link
//! lets them. There is no list of persons or sessions among the answers; what a panel's insight is
//! divided by stands in them, be it a property that names people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use hitmetrix_model::{
    Answer, BoardCommon, Measure, Panel, PanelPart, PanelShows, Period, Question, QuestionKind,
};
use hitmetrix_store::settings::{BoardShare, KnownBoard, KnownInsight, KnownSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::answer_of;
use super::boards::{BoardInsight, board_insight};
use super::body::JsonBody;
use super::insights::{check_question, shown_on};
use super::login::too_many_unless;
use super::shared_annotations::{SharedAnnotation, shown};
use crate::app::App;
use crate::auth::access::Caller;
use crate::auth::attempts::Tried;
use crate::auth::subject::Subject;
use crate::auth::unlock;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};

const HOUR_MS: i64 = 3600 * 1000;
/// A day in milliseconds.
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;
const QUARTER_MS: i64 = HOUR_MS / 4;
/// What a reader learns of events that could not be read; which ones, the site's users are told.
const MISSING: &str = "some numbers may be too low";

/// An answer for whoever has a link and for no cache on the way.
type Private<T> = ([(HeaderName, &'static str); 1], Json<T>);

/// The password of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkPassword {
    /// As it was given along with the link.
    password: String,
}

/// The password was right.
#[derive(Serialize, ToSchema)]
pub struct Unlocked {
    /// To be sent with each request, in the header `hitmetrix-unlocked`.
    unlocked: String,
    /// Until when that opens the board, UTC, milliseconds since the epoch.
    ends_at_ms: i64,
}

/// A board as a link shows it.
#[derive(Serialize, ToSchema)]
pub struct SharedBoard {
    /// Name of the site.
    site: String,
    /// Its time zone.
    time_zone: String,
    /// Whether it is the demo site, whose visits are made up.
    demo: bool,
    /// The board's name.
    name: String,
    /// What it is for, in plain text.
    description: String,
    /// Until when the link works, UTC, milliseconds since the epoch.
    ends_at_ms: i64,
    /// So many days before today a period may be chosen in; absent when the board's own is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    period_days: Option<u32>,
    /// What all panels are asked in common.
    common: BoardCommon,
    /// The panels.
    panels: Vec<Panel>,
    /// Each insight that a panel shows, once.
    insights: Vec<BoardInsight>,
    /// What happened beside the numbers, where the link shows it.
    annotations: Vec<SharedAnnotation>,
}

/// What a reader asks: a panel of the board, and a part of it. The question is the saved one; whoever
/// sends filters or a question of their own is refused.
#[derive(Deserialize, ToSchema)]
pub struct SharedAsk {
    /// Id of the panel.
    panel: String,
    /// What of it.
    part: PanelPart,
    /// In place of the board's period, where the link lets its readers choose one.
    period: Option<Period>,
    /// Anything else, which is refused.
    #[serde(flatten)]
    #[schema(ignore)]
    more: BTreeMap<String, serde_json::Value>,
}

/// Takes the password of a link.
///
/// # Errors
/// When it is wrong, or was too often.
pub async fn unlock(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    JsonBody(given): JsonBody<LinkPassword>,
) -> Result<Private<Unlocked>, Problem> {
    let share = share(&subject)?;
    let account = format!("link {}", share.id);
    let tried = Tried {
        account: &account,
        address: address.0,
    };
    if let Some(stored) = &share.password_hash {
        too_many_unless(app.attempts.begin(tried, app.now_ms()))?;
        let stored = Some(stored.clone());
        if !app.passwords.verify(given.password, stored).await? {
            tracing::info!(share = share.id, "wrong password for a link to a board");
            return Err(Problem::new(
                Code::WrongLinkPassword,
                "the password is not the one of this link",
            ));
        }
        app.attempts.succeeded(tried);
    }
    let ends_at_ms = share
        .ends_at_ms
        .min(app.now_ms().saturating_add(unlock::OPEN_MS));
    let unlocked = unlock::text(&app, share, ends_at_ms).ok_or_else(gone)?;
    Ok(private(Unlocked {
        unlocked,
        ends_at_ms,
    }))
}

/// The board that a link opens.
///
/// # Errors
/// When the board is gone.
pub async fn shared(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
) -> Result<Private<SharedBoard>, Problem> {
    let share = share(&subject)?;
    let board = read(&app, share).await?;
    app.settings()
        .open_board_share(&share.id, app.now_ms())
        .await?;
    tracing::info!(site = share.site.0, share = share.id, "shared board opened");
    Ok(private(board))
}

/// The board as it is now, for a page that has it open: that is no further opening.
///
/// # Errors
/// When the board is gone.
pub async fn now(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
) -> Result<Private<SharedBoard>, Problem> {
    let share = share(&subject)?;
    let board = read(&app, share).await?;
    app.settings()
        .look_at_board_share(&share.id, app.now_ms())
        .await?;
    Ok(private(board))
}

async fn read(app: &Arc<App>, share: &BoardShare) -> Result<SharedBoard, Problem> {
    let opened = open(app, share).await?;
    let annotations = shown(app, share, &opened).await?;
    let Opened {
        known,
        board,
        insights,
    } = opened;
    Ok(SharedBoard {
        site: known.site.name.clone(),
        time_zone: known.site.time_zone.clone(),
        demo: known.site.demo,
        name: board.board.name,
        description: board.board.description,
        ends_at_ms: share.ends_at_ms,
        period_days: share.period_days,
        common: board.board.common,
        panels: board.board.panels,
        insights: insights.into_iter().map(board_insight).collect(),
        annotations,
    })
}

/// What a panel of that board shows.
///
/// # Errors
/// When the board has no such panel, or a period, filter or question is asked for that the link does
/// not allow.
pub async fn ask(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    JsonBody(asked): JsonBody<SharedAsk>,
) -> Result<Private<Answer>, Problem> {
    let share = share(&subject)?;
    if let Some(name) = asked.more.keys().next() {
        return Err(refused(format!(
            "a link asks what the panels of its board ask; `{}` is not for its readers to choose",
            name.chars().take(40).collect::<String>()
        )));
    }
    let opened = open(&app, share).await?;
    let mut common = opened.board.board.common.clone();
    if let Some(period) = asked.period {
        check_period(&app, (share, &opened.known), &period).await?;
        common.period = Some(period);
    }
    let question = opened
        .question((&asked.panel, asked.part), &common)
        .ok_or_else(|| {
            refused("the board of this link has no such panel, or no such part of it")
        })?;
    // The place of all readers first: they take one of the places of those who have a login, no more.
    let _place = app.shared_questions.take(&share.id).await?;
    let answer = answer_of(&app, &opened.known, question).await?;
    Ok(private(numbers_alone(answer)))
}

/// A link's board with what it needs.
pub struct Opened {
    /// The site of the board.
    pub known: Arc<KnownSite>,
    /// The board.
    pub board: KnownBoard,
    /// What its panels show.
    pub insights: Vec<KnownInsight>,
}

impl Opened {
    /// What a panel asks; none when there is no such panel or part.
    pub fn question(
        &self,
        (id, part): (&str, PanelPart),
        common: &BoardCommon,
    ) -> Option<Question> {
        let panel = self.board.board.panels.iter().find(|one| one.id == id)?;
        let insight = match &panel.shows {
            PanelShows::Insight { insight, .. } => {
                self.insights.iter().find(|one| one.insight.id == *insight)
            }
            PanelShows::Measure { .. } | PanelShows::Text { .. } => None,
        };
        let saved = insight.map(|known| &known.insight.question);
        part.asked((&panel.shows, saved), common)
    }
}

async fn open(app: &App, share: &BoardShare) -> Result<Opened, Problem> {
    let known = app.sites.by_id(share.site).ok_or_else(gone)?;
    let board = app.settings().board(share.site, &share.board).await?;
    // What is archived is out of use, for readers too; it comes back with its links.
    let board = board
        .filter(|board| board.archived_at_ms.is_none())
        .ok_or_else(gone)?;
    let wanted: BTreeSet<&str> = shown_on(&board.board.panels).collect();
    let mut insights = app.settings().insights(share.site).await?;
    insights.retain(|known| wanted.contains(known.insight.id.as_str()));
    Ok(Opened {
        known,
        board,
        insights,
    })
}

/// Whether the readers of a link may choose a period.
async fn check_period(
    app: &Arc<App>,
    (share, known): (&BoardShare, &Arc<KnownSite>),
    period: &Period,
) -> Result<(), Problem> {
    let days = share
        .period_days
        .ok_or_else(|| refused("this link shows the period of its board and no other"))?;
    if is_thin(period) {
        return Err(refused(
            "a link shows an hour at least, not so many minutes; given as times, it begins and ends \
             on a quarter of an hour",
        ));
    }
    let any = Question {
        measures: vec![Measure::Events],
        ..Question::new(QuestionKind::Totals, period.clone())
    };
    let resolved = check_question(app, known, (&any, "period")).await?.period;
    // The day on which the range begins counts whole, wherever midnight is.
    let range_ms = (i64::from(days) + 1) * DAY_MS;
    // What is compared lies as far before as the period is long, also when that ends in the future.
    let is_long = resolved.to_ms - resolved.from_ms > range_ms;
    if is_long || resolved.from_ms < app.now_ms() - range_ms {
        return Err(refused(format!(
            "this link lets its readers choose a period within the last {days} days"
        )));
    }
    Ok(())
}

/// Whether a period is so short, or its ends so fine, that single visits could be told apart by it.
fn is_thin(period: &Period) -> bool {
    match period {
        Period::Last { last } => last
            .strip_suffix('m')
            .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())),
        Period::Days { .. } => false,
        Period::Span { from_ms, to_ms } => {
            let is_round = |ms: &i64| ms.rem_euclid(QUARTER_MS) == 0;
            !is_round(from_ms) || !is_round(to_ms) || to_ms.saturating_sub(*from_ms) < HOUR_MS
        }
    }
}

/// An answer without what it says of the data that it was counted on: that is of the whole site, of
/// others too, and no panel shows it.
fn numbers_alone(answer: Answer) -> Answer {
    let missing = match answer.missing.is_empty() {
        true => Vec::new(),
        false => vec![MISSING.to_owned()],
    };
    Answer {
        data_version: String::new(),
        rows_scanned: 0,
        bot_events: 0,
        lost_events: 0,
        took_us: 0,
        missing,
        ..answer
    }
}

fn private<T>(body: T) -> Private<T> {
    ([(header::CACHE_CONTROL, "private, no-store")], Json(body))
}

fn share(subject: &Subject) -> Result<&BoardShare, Problem> {
    match subject {
        Subject::Reader(reader) => Ok(&reader.share),
        _ => Err(Problem::internal("a route for links let somebody else in")),
    }
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(Code::Forbidden, detail)
}

fn gone() -> Problem {
    Problem::not_found("board")
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::ResolvedPeriod;

    use super::*;

    #[test]
    fn answer_tells_nothing_of_the_data_that_it_was_counted_on() {
        let counted = Answer {
            columns: Vec::new(),
            rows: vec![Vec::new()],
            rows_total: 1,
            persons_total: None,
            period: ResolvedPeriod {
                from_ms: 0,
                to_ms: DAY_MS,
            },
            previous: None,
            time_zone: "UTC".to_owned(),
            interval: None,
            data_version: "7.12".to_owned(),
            rows_scanned: 4_711,
            bot_events: 12,
            lost_events: 3,
            took_us: 815,
            missing: vec!["sites/1/2026-01.parquet".to_owned(), "another".to_owned()],
        };
        let told = numbers_alone(counted.clone());
        let expected = Answer {
            data_version: String::new(),
            rows_scanned: 0,
            bot_events: 0,
            lost_events: 0,
            took_us: 0,
            missing: vec![MISSING.to_owned()],
            ..counted.clone()
        };
        assert_eq!(told, expected);
        let whole = Answer {
            missing: Vec::new(),
            ..counted
        };
        assert_eq!(numbers_alone(whole).missing, Vec::<String>::new());
    }
}
