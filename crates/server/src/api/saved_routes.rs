//! The part of the route table about what is saved: insights, boards and links to them,
//! goals, segments and annotations.

use axum::http::Method;
use axum::routing::{delete, get, post, put};
use hitmetrix_model::Answer;
use hitmetrix_store::settings::{KnownBoard, KnownGoal, KnownInsight, KnownSegment};

use super::examples_of_settings as bodies;
use super::route::Route;
use super::routes::{EDIT, VIEW};
use super::{
    annotations, board_shares, boards, examples, goals, insights, saved, segments, shared_board,
};
use crate::audit::Action;
use crate::auth::access::Needs;

/// Their routes, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = of_insights();
    routes.extend(of_boards());
    routes.extend(of_board_shares());
    routes.extend(of_goals());
    routes.extend(of_segments());
    routes.extend(of_annotations());
    routes
}

fn of_insights() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/insights"),
            VIEW,
            "Saved insights of the site by name, archived ones too.",
            get(insights::list),
        )
        .gives::<insights::InsightList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/insights"),
            EDIT,
            "Save a question as an insight.",
            post(insights::create),
        )
        .audits(Action::InsightSaved)
        .takes::<insights::InsightDraft>()
        .examples(examples::INSIGHTS)
        .makes::<insights::InsightDetail>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/insights/{insight}"),
            VIEW,
            "One insight with its question.",
            get(saved::get::<KnownInsight>),
        )
        .gives::<insights::InsightDetail>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/insights/{insight}"),
            EDIT,
            "Put an insight in the place of another; boards show the new one.",
            put(insights::change),
        )
        .audits(Action::InsightSaved)
        .takes::<insights::InsightDraft>()
        .examples(examples::INSIGHTS)
        .gives::<insights::InsightDetail>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/insights/{insight}"),
            EDIT,
            "Remove an archived insight that stands on no board, for good.",
            delete(saved::remove::<KnownInsight>),
        )
        .audits(Action::InsightRemoved),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/insights/{insight}/archived",
            ),
            EDIT,
            "Archive an insight: it leaves the lists, stays on its boards, and its name is free.",
            put(saved::archive::<KnownInsight>),
        )
        .audits(Action::InsightArchived),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/insights/{insight}/archived",
            ),
            EDIT,
            "Bring an archived insight back.",
            delete(saved::bring_back::<KnownInsight>),
        )
        .audits(Action::InsightArchived),
    ]
}

fn of_boards() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/boards"),
            VIEW,
            "Boards of the site by name, archived ones too.",
            get(boards::list),
        )
        .gives::<boards::BoardList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/boards"),
            EDIT,
            "Save a board.",
            post(boards::create),
        )
        .audits(Action::BoardSaved)
        .takes::<boards::BoardDraft>()
        .examples(examples::BOARDS)
        .makes::<boards::BoardDetail>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/boards/{board}"),
            VIEW,
            "One board with its panels and the insights that they show.",
            get(saved::get::<KnownBoard>),
        )
        .gives::<boards::BoardDetail>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/boards/{board}"),
            EDIT,
            "Put a board in the place of another; refused when it was changed meanwhile.",
            put(boards::change),
        )
        .audits(Action::BoardSaved)
        .takes::<boards::BoardDraft>()
        .examples(examples::BOARDS)
        .gives::<boards::BoardDetail>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/boards/{board}"),
            EDIT,
            "Remove an archived board for good.",
            delete(saved::remove::<KnownBoard>),
        )
        .audits(Action::BoardRemoved),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/boards/{board}/archived"),
            EDIT,
            "Archive a board: it leaves the lists, and its name is free.",
            put(saved::archive::<KnownBoard>),
        )
        .audits(Action::BoardArchived),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/boards/{board}/archived",
            ),
            EDIT,
            "Bring an archived board back.",
            delete(saved::bring_back::<KnownBoard>),
        )
        .audits(Action::BoardArchived),
    ]
}

fn of_board_shares() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/boards/{board}/shares"),
            EDIT,
            "Links that open a board without a login, without their secrets.",
            get(board_shares::list),
        )
        .gives::<board_shares::BoardShareList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/boards/{board}/shares"),
            EDIT,
            "Make a link that opens a board without a login; it is shown once.",
            post(board_shares::create),
        )
        .audits(Action::ShareMade)
        .takes::<board_shares::BoardShareDraft>()
        .examples(examples::BOARD_SHARES)
        .makes::<board_shares::NewBoardShare>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/boards/{board}/shares/{share}",
            ),
            EDIT,
            "Revoke a link to a board; it works no more from this answer on.",
            delete(board_shares::revoke),
        )
        .audits(Action::ShareRevoked),
        Route::new(
            (Method::POST, "/api/v1/shared/board/unlock"),
            Needs::BoardLink,
            "Give the password of a link to a board.",
            post(shared_board::unlock),
        )
        .audits(Action::ShareUnlocked)
        .takes::<shared_board::LinkPassword>()
        .examples(bodies::LINK_PASSWORDS)
        .gives::<shared_board::Unlocked>(),
        Route::new(
            (Method::GET, "/api/v1/shared/board"),
            Needs::Board,
            "The board that a link opens.",
            get(shared_board::shared),
        )
        .audits(Action::ShareOpened)
        .gives::<shared_board::SharedBoard>(),
        Route::new(
            (Method::GET, "/api/v1/shared/board/now"),
            Needs::Board,
            "The same for a page that has it open; that is no further opening.",
            get(shared_board::now),
        )
        .gives::<shared_board::SharedBoard>(),
        Route::new(
            (Method::POST, "/api/v1/shared/board/ask"),
            Needs::Board,
            "What a panel of that board shows.",
            post(shared_board::ask),
        )
        .unaudited("opening the board has left its entry")
        .takes::<shared_board::SharedAsk>()
        .examples(examples::SHARED_ASKS)
        .gives::<Answer>(),
    ]
}

fn of_goals() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/goals"),
            VIEW,
            "Saved goals of the site by name, archived ones too.",
            get(goals::list),
        )
        .gives::<goals::GoalList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/goals"),
            EDIT,
            "Save a goal.",
            post(goals::create),
        )
        .audits(Action::GoalSaved)
        .takes::<goals::GoalDraft>()
        .examples(examples::GOALS)
        .makes::<goals::GoalRow>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/goals/{goal}"),
            VIEW,
            "One saved goal.",
            get(saved::get::<KnownGoal>),
        )
        .gives::<goals::GoalRow>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/goals/{goal}"),
            EDIT,
            "Put a goal in the place of another; what uses it means the new one.",
            put(goals::change),
        )
        .audits(Action::GoalSaved)
        .takes::<goals::GoalDraft>()
        .examples(examples::GOALS)
        .gives::<goals::GoalRow>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/goals/{goal}"),
            EDIT,
            "Remove an archived goal that nothing uses, for good.",
            delete(saved::remove::<KnownGoal>),
        )
        .audits(Action::GoalRemoved),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/goals/{goal}/archived"),
            EDIT,
            "Archive a goal: it leaves the lists, what uses it still does, and its name is free.",
            put(saved::archive::<KnownGoal>),
        )
        .audits(Action::GoalArchived),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/goals/{goal}/archived"),
            EDIT,
            "Bring an archived goal back.",
            delete(saved::bring_back::<KnownGoal>),
        )
        .audits(Action::GoalArchived),
    ]
}

fn of_segments() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/segments"),
            VIEW,
            "Segments of the site by name, archived ones too.",
            get(segments::list),
        )
        .gives::<segments::SegmentList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/segments"),
            EDIT,
            "Save conditions as a segment.",
            post(segments::create),
        )
        .audits(Action::SegmentSaved)
        .takes::<segments::SegmentDraft>()
        .examples(examples::SEGMENTS)
        .makes::<segments::SegmentRow>(),
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/segments/{segment}"),
            VIEW,
            "One segment, by its id or name.",
            get(saved::get::<KnownSegment>),
        )
        .gives::<segments::SegmentRow>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/segments/{segment}"),
            EDIT,
            "Put a segment in the place of another; whatever uses it has the new conditions.",
            put(segments::change),
        )
        .audits(Action::SegmentSaved)
        .takes::<segments::SegmentDraft>()
        .examples(examples::SEGMENTS)
        .gives::<segments::SegmentRow>(),
        Route::new(
            (Method::DELETE, "/api/v1/sites/{site}/segments/{segment}"),
            EDIT,
            "Remove an archived segment that no other one, no goal, no insight and no board uses, for good.",
            delete(saved::remove::<KnownSegment>),
        )
        .audits(Action::SegmentRemoved),
        Route::new(
            (
                Method::PUT,
                "/api/v1/sites/{site}/segments/{segment}/archived",
            ),
            EDIT,
            "Archive a segment: no picker offers it, what uses it still does, and its name is free.",
            put(saved::archive::<KnownSegment>),
        )
        .audits(Action::SegmentArchived),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/segments/{segment}/archived",
            ),
            EDIT,
            "Bring an archived segment back.",
            delete(saved::bring_back::<KnownSegment>),
        )
        .audits(Action::SegmentArchived),
    ]
}

fn of_annotations() -> Vec<Route> {
    vec![
        Route::new(
            (Method::GET, "/api/v1/sites/{site}/annotations"),
            VIEW,
            "What happened beside the numbers, by time.",
            get(annotations::list),
        )
        .params(annotations::PARAMS)
        .gives::<annotations::AnnotationList>(),
        Route::new(
            (Method::POST, "/api/v1/sites/{site}/annotations"),
            EDIT,
            "Note what happened, as a release from the script that makes it.",
            post(annotations::create),
        )
        .audits(Action::AnnotationSaved)
        .takes::<annotations::AnnotationDraft>()
        .examples(examples::ANNOTATIONS)
        .makes::<annotations::AnnotationRow>(),
        Route::new(
            (Method::PUT, "/api/v1/sites/{site}/annotations/{annotation}"),
            EDIT,
            "Put an annotation in the place of another.",
            put(annotations::change),
        )
        .audits(Action::AnnotationSaved)
        .takes::<annotations::AnnotationDraft>()
        .examples(examples::ANNOTATIONS)
        .gives::<annotations::AnnotationRow>(),
        Route::new(
            (
                Method::DELETE,
                "/api/v1/sites/{site}/annotations/{annotation}",
            ),
            EDIT,
            "Remove an annotation.",
            delete(annotations::remove),
        )
        .audits(Action::AnnotationRemoved),
    ]
}
