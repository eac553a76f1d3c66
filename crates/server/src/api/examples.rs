//! Bodies as they may be sent, for the OpenAPI document: one question of each kind, and what
//! stands beside questions.

use super::route::Example;

/// Questions, at least one of each kind.
pub const QUESTIONS: &[Example] = &[
    (
        "Persons and sessions of last week, held against the one before",
        r#"{"kind": "totals", "period": {"last": "7d"}, "compare": "previous",
            "measures": ["persons", "sessions", "bounce_rate"]}"#,
    ),
    (
        "Purchases and their value a day",
        r#"{"kind": "trend", "period": {"last": "30d"}, "interval": "day", "trend": {
            "series": [
                {"label": "purchases", "events": ["purchase"]},
                {"label": "value", "events": ["purchase"], "aggregate": "sum", "property": "value"}
            ],
            "formulas": ["B / A"], "breakdown": [{"dimension": "channel"}]
        }}"#,
    ),
    (
        "Pages by persons, of visitors from Austria on phones",
        r#"{"kind": "breakdown", "period": {"from": "2026-01-01", "to": "2026-01-31"},
            "measures": ["persons", "pageviews"], "dimension": "page", "limit": 20, "filters": [
                {"dimension": "country", "operator": "is", "values": ["AT"]},
                {"dimension": "device", "operator": "is", "values": ["phone"]}
            ]}"#,
    ),
    (
        "Sessions that saw the prices, had an error, and are of nobody who ever bought",
        r#"{"kind": "sessions", "period": {"last": "7d"}, "filters": [
            {"session_has": [{"dimension": "page", "operator": "starts", "values": ["/prices"]}]},
            {"session": "errors", "operator": "greater", "values": [0]},
            {"not": {"did": {"sequence": [{"events": ["purchase"]}], "last": "1y"}}}
        ]}"#,
    ),
    (
        "From the product to the purchase within a week, by channel",
        r#"{"kind": "funnel", "period": {"last": "30d"}, "funnel": {
            "steps": [
                {"label": "product", "events": ["pageview"], "filters": [
                    {"dimension": "page", "operator": "starts", "values": ["/product/"]}
                ]},
                {"events": ["add_to_cart"]},
                {"events": ["purchase"]}
            ],
            "window": "7d", "breakdown": {"dimension": "channel"}
        }}"#,
    ),
    (
        "Who comes back, week by week, held against the twelve weeks before",
        r#"{"kind": "retention", "period": {"last": "12w"}, "interval": "week",
            "compare": "previous", "retention": {
            "start": {"events": ["sign_up"]}, "mode": "first_time", "on": "on_or_after"
        }}"#,
    ),
    (
        "What people do after the start page",
        r#"{"kind": "paths", "period": {"last": "7d"}, "paths": {
            "from": "/", "depth": 4, "groups": ["/product/*"], "collapse": true
        }}"#,
    ),
    (
        "New, returning and dormant persons a week, held against the year before",
        r#"{"kind": "lifecycle", "period": {"last": "12w"}, "interval": "week", "compare": "year"}"#,
    ),
    (
        "On how many days of the month persons were active",
        r#"{"kind": "stickiness", "period": {"last": "30d"}, "interval": "day"}"#,
    ),
    (
        "Goals by source",
        r#"{"kind": "goals", "period": {"last": "30d"}, "goals": {
            "goals": [
                {"label": "enquiry", "event": {"events": ["form_submit"]}, "value_thousandths": 50000},
                {"label": "long visit", "filters": [
                    {"session": "duration_ms", "operator": "greater", "values": [180000]}
                ]}
            ],
            "breakdown": {"dimension": "source"}
        }}"#,
    ),
    (
        "How many sessions of each source reach a saved goal",
        r#"{"kind": "goals", "period": {"last": "30d"}, "goals": {
            "goals": [{"label": "Order", "goal": "c0ffee0000000001"}],
            "breakdown": {"dimension": "source"}
        }}"#,
    ),
    (
        "How many of a day's sessions order",
        r#"{"kind": "goals", "period": {"last": "30d"}, "interval": "day", "goals": {
            "goals": [{"label": "order", "event": {"events": ["order"]}}], "over_time": true
        }}"#,
    ),
    (
        "How order values are distributed",
        r#"{"kind": "distribution", "period": {"last": "30d"}, "distribution": {
            "fact": {"property": "value"}, "events": {"events": ["purchase"]}, "classes": 20
        }}"#,
    ),
    (
        "What tells buyers from others",
        r#"{"kind": "correlation", "period": {"last": "30d"}, "correlation": {
            "goal": {"events": ["purchase"]},
            "facts": [{"dimension": "channel"}, {"property": "plan", "of": "person"}]
        }}"#,
    ),
    (
        "Errors of pages, the newest first",
        r#"{"kind": "errors", "period": {"last": "7d"}, "errors": {"order": "newest"}, "limit": 50}"#,
    ),
    (
        "Forms that were used",
        r#"{"kind": "forms", "period": {"last": "30d"}}"#,
    ),
    (
        "The fields of a form, and after which people leave",
        r#"{"kind": "forms", "period": {"last": "30d"}, "forms": {"form": "checkout"}}"#,
    ),
    (
        "Web vitals by page over the whole period",
        r#"{"kind": "trend", "period": {"last": "30d"}, "compare": "previous", "trend": {
            "series": [{
                "label": "LCP", "events": ["web_vital"], "aggregate": "p75", "property": "value",
                "filters": [{"property": "metric", "operator": "is", "values": ["LCP"]}]
            }],
            "breakdown": [{"dimension": "page"}], "top": 20, "whole": true
        }}"#,
    ),
    (
        "What buyers click on the pages of products, on phones",
        r#"{"kind": "heatmap", "period": {"last": "30d"}, "limit": 50, "filters": [
                {"dimension": "device", "operator": "is", "values": ["phone"]},
                {"session_has": [{"dimension": "event", "operator": "is", "values": ["purchase"]}]}
            ],
            "heatmap": {"pages": ["/product/*"], "rows": "zones"}}"#,
    ),
    (
        "Persons a day who are in a saved segment",
        r#"{"kind": "trend", "period": {"last": "30d"}, "measures": ["persons"],
            "filters": [{"segment": "Buyers"}]}"#,
    ),
];

/// Questions for the people behind a cell.
pub const PEOPLE: &[Example] = &[
    (
        "Who is behind the persons of the cart's row",
        r#"{"question": {"kind": "breakdown", "period": {"last": "7d"}, "measures": ["persons"],
            "dimension": "page"},
        "cell": {"column": "persons", "row": {"page": "/cart"}}, "limit": 50}"#,
    ),
    (
        "Ten recordings that stand for all who left before the order",
        r#"{"question": {"kind": "funnel", "period": {"last": "30d"}, "funnel": {"steps": [
            {"events": ["add_to_cart"]}, {"events": ["order"]}]}},
        "cell": {"column": "dropped", "row": {"step": 2}},
        "sessions": {"order": "representative", "recordings": "recorded"}}"#,
    ),
];

/// Segments to be saved.
pub const SEGMENTS: &[Example] = &[
    (
        "Sessions with a full cart from which nothing was bought",
        r#"{"name": "Abandoned carts", "of": "sessions", "conditions": [
            {"dimension": "event", "operator": "is", "values": ["add_to_cart"]},
            {"not": {"session_has": [
                {"dimension": "event", "operator": "is", "values": ["purchase"]}
            ]}}
        ]}"#,
    ),
    (
        "Persons on a paid plan who came through a newsletter",
        r#"{"name": "Newsletter customers", "of": "persons", "conditions": [
            {"property": "plan", "of": "person", "operator": "is_not", "values": ["free", ""]},
            {"dimension": "medium", "operator": "is", "values": ["email"]}
        ]}"#,
    ),
];

/// Insights to be saved.
pub const INSIGHTS: &[Example] = &[
    (
        "Purchases a day, as Explore has them",
        r#"{"name": "Purchases", "description": "Paid, by day.",
            "address": "series=purchase~do!count",
            "question": {"kind": "trend", "period": {"last": "30d"}, "trend": {"series": [
                {"events": ["purchase"], "aggregate": "count"}
            ]}}}"#,
    ),
    (
        "A breakdown that only programs and boards show",
        r#"{"name": "Pages of newsletter readers", "question": {
            "kind": "breakdown", "period": {"last": "7d"}, "measures": ["persons"],
            "dimension": "page", "filters": [
                {"dimension": "medium", "operator": "is", "values": ["email"]}
            ]}}"#,
    ),
];

/// Lists of persons and accounts.
pub const PERSONS: &[Example] = &[
    (
        "Customers by what they ordered in the last 90 days, with their plan",
        r#"{"question": {"kind": "sessions", "period": {"last": "90d"}, "limit": 50},
            "list": {"order": "value", "properties": ["traits.plan"],
                "value": {"event": "purchase", "property": "value"}}}"#,
    ),
    (
        "Somebody by an e-mail address",
        r#"{"question": {"kind": "sessions", "period": {"last": "1y"}},
            "list": {"search": "ada@example.org"}}"#,
    ),
    (
        "Accounts that had errors, the second page of those with most people",
        r#"{"question": {"kind": "sessions", "period": {"last": "30d"}, "limit": 100, "filters": [
                {"session": "errors", "operator": "greater", "values": [0]}
            ]},
            "list": {"by": "accounts", "order": "persons", "offset": 100}}"#,
    ),
];

/// Erasures of a person.
pub const ERASURES: &[Example] = &[("The person, named again", r#"{"name": "ada@example.org"}"#)];

/// Boards to be saved.
pub const BOARDS: &[Example] = &[(
    "Two numbers, a text and a saved insight, all over the last 30 days",
    r#"{"name": "Sales", "common": {"period": {"last": "30d"}, "compare": "previous",
            "filters": [{"dimension": "country", "operator": "is", "values": ["AT", "DE"]}]},
        "panels": [
            {"id": "a", "place": {"x": 0, "y": 0, "width": 3, "height": 3},
             "shows": {"measure": "persons"}},
            {"id": "b", "place": {"x": 3, "y": 0, "width": 3, "height": 3},
             "shows": {"measure": "sessions"}},
            {"id": "c", "title": "Read this first", "place": {"x": 6, "y": 0, "width": 6, "height": 3},
             "shows": {"text": "The plan: https://example.org/plan"}},
            {"id": "d", "place": {"x": 0, "y": 3, "width": 12, "height": 7},
             "shows": {"insight": "c0ffee0000000001", "display": "chart"}}
        ]}"#,
)];

/// Links to be made to a recording.
pub const SHARES: &[Example] = &[
    ("A link that works for a week", "{}"),
    (
        "A link for a month that says nothing of who it was",
        r#"{"days": 30, "hide_person": true}"#,
    ),
];

/// Notes to be made on a recording.
pub const NOTES: &[Example] = &[(
    "What happened at a moment",
    r#"{"time_ms": 1795723200000, "text": "Pays twice, because nothing says that it worked"}"#,
)];

/// Collections to be made.
pub const COLLECTIONS: &[Example] =
    &[("A list for a meeting", r#"{"name": "Checkout, November"}"#)];

/// Annotations to be made.
pub const ANNOTATIONS: &[Example] = &[
    (
        "A release, now",
        r#"{"kind": "release", "text": "Version 2.4"}"#,
    ),
    (
        "A week of advertising",
        r#"{"kind": "campaign", "text": "Autumn sale", "from_ms": 1789941600000,
            "to_ms": 1790546400000}"#,
    ),
];

/// Alerts to be saved.
pub const ALERTS: &[Example] = &[
    (
        "Less than 100 sessions a day, by mail",
        r#"{"name": "Too quiet", "watch": {"insight": "3f0c9a1b2d4e5f60", "column": "sessions",
            "condition": {"kind": "threshold", "side": "below", "value": 100}},
            "emails": ["shop@example.org"]}"#,
    ),
    (
        "Conversion falls by a fifth against the week before, by webhook",
        r#"{"name": "Checkout", "watch": {"insight": "3f0c9a1b2d4e5f60", "column": "share",
            "condition": {"kind": "change", "side": "below", "percent": 20,
                "against": "week_before"}},
            "cool_down_hours": 48, "webhooks": ["https://hooks.example.org/alerts"]}"#,
    ),
    (
        "Anything unusual for the hour",
        r#"{"name": "Errors", "watch": {"insight": "3f0c9a1b2d4e5f60", "column": "A",
            "bucket": "hour", "condition": {"kind": "anomaly", "side": "above"}},
            "every_minutes": 15, "emails": ["dev@example.org"]}"#,
    ),
];

/// Alerts that are thought about.
pub const ALERT_PREVIEWS: &[Example] = &[(
    "How often sessions were unusual",
    r#"{"watch": {"insight": "3f0c9a1b2d4e5f60", "column": "",
        "condition": {"kind": "anomaly"}}}"#,
)];

/// Boards by mail.
pub const BOARD_MAILS: &[Example] = &[(
    "Each Monday at eight",
    r#"{"recipients": ["shop@example.org"], "day": "monday", "hour": 8}"#,
)];

/// Goals to be saved.
pub const GOALS: &[Example] = &[
    (
        "An order, worth what it says",
        r#"{"name": "Order", "event": {"events": ["order"]}, "value_property": "value",
            "currency": "EUR", "on_overview": true}"#,
    ),
    (
        "The page after the enquiry, worth 50",
        r#"{"name": "Enquiry", "event": {"events": ["pageview"], "filters": [
                {"dimension": "page", "operator": "starts", "values": ["/thanks"]}]},
            "value_thousandths": 50000}"#,
    ),
    (
        "A visit of three minutes by somebody who came three times",
        r#"{"name": "Interested", "filters": [
                {"session": "duration_ms", "operator": "greater", "values": [180000]}],
            "sessions": 3}"#,
    ),
];

/// Links to boards to be made.
pub const BOARD_SHARES: &[Example] = &[
    (
        "For a customer, for two months, with a password",
        r#"{"name": "Boats Ltd", "days": 60, "password": "three plain words", "period_days": 90,
            "annotations": true}"#,
    ),
    (
        "For a page of the company's own",
        r#"{"name": "Intranet", "days": 366, "origins": ["https://intranet.example.org"]}"#,
    ),
];

/// Questions that are asked at once.
pub const TOGETHER: &[Example] = &[(
    "The numbers of the last thirty days, and where their visitors came from",
    r#"{"questions": [
        {"kind": "totals", "period": {"last": "30d"}, "measures": ["persons", "sessions"]},
        {"kind": "breakdown", "period": {"last": "30d"}, "measures": ["sessions", "bounce_rate"],
         "dimension": "channel"}
    ]}"#,
)];

/// What readers of a board ask.
pub const SHARED_ASKS: &[Example] = &[
    (
        "A panel as it was saved",
        r#"{"panel": "p1", "part": "answer"}"#,
    ),
    (
        "The number of a panel, for the last week",
        r#"{"panel": "p2", "part": "number", "period": {"last": "7d"}}"#,
    ),
];

/// Surveys to be saved.
pub const SURVEYS: &[Example] = &[
    (
        "Five stars and a comment, after an order",
        r#"{"name": "After the order", "survey": {"kind": "rating", "moment": {"event": "order"},
            "words": {"question": "How easy was it to order?", "follow_up": "What should we improve?",
                "low": "Very hard", "high": "Very easy"}}}"#,
    ),
    (
        "Net promoter score, of a quarter of the visitors who stay a minute",
        r#"{"name": "NPS", "survey": {"kind": "nps", "moment": {"seconds": 60}, "share_percent": 25,
            "words": {"question": "How likely are you to recommend us?", "follow_up": "Why?"}}}"#,
    ),
    (
        "One question to those who leave a product, on computers",
        r#"{"name": "Leaving", "survey": {"kind": "choice", "moment": "exit", "pages": ["/product/*"],
            "devices": ["desktop"], "choices": ["Price", "Delivery", "Just looking"],
            "words": {"question": "What keeps you from ordering?"}}}"#,
    ),
    (
        "A tab at the edge of every page",
        r#"{"name": "Tab", "survey": {"kind": "text", "moment": "tab", "language": "de",
            "words": {"question": "Was fehlt Ihnen?", "tab": "Feedback"}}}"#,
    ),
];

/// Answers to a survey.
pub const SURVEY_ANSWERS: &[Example] = &[(
    "Comments of the last month with low scores that speak of vouchers",
    r#"{"period": {"last": "30d"}, "commented": true, "scores": [1, 2], "find": "voucher"}"#,
)];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hitmetrix_insights::check_conditions;
    use hitmetrix_model::{PeopleQuestion, PersonListQuestion, Question};

    use super::*;
    use crate::api::alert_preview::PreviewDraft;
    use crate::api::alerts::AlertDraft;
    use crate::api::annotations::AnnotationDraft;
    use crate::api::ask_together::QuestionsTogether;
    use crate::api::board_mails::BoardMailDraft;
    use crate::api::board_shares::BoardShareDraft;
    use crate::api::boards::BoardDraft;
    use crate::api::collections::CollectionDraft;
    use crate::api::goals::GoalDraft;
    use crate::api::insights::InsightDraft;
    use crate::api::notes::NoteDraft;
    use crate::api::person_erase::EraseConfirmation;
    use crate::api::segments::SegmentDraft;
    use crate::api::shared_board::SharedAsk;
    use crate::api::shares::ShareDraft;
    use crate::api::survey_answers::AnswersAsked;
    use crate::api::surveys::SurveyDraft;

    #[test]
    fn every_example_is_what_its_route_takes() {
        let mut kinds = BTreeSet::new();
        for (summary, body) in QUESTIONS {
            let question: Question =
                serde_json::from_str(body).unwrap_or_else(|error| panic!("{summary}: {error}"));
            kinds.insert(question.kind.name());
            let mut copy = question.clone();
            let checked = copy.visit_conditions(&mut |conditions, _| {
                conditions.retain(|one| !matches!(one, hitmetrix_model::Condition::Segment { .. }));
                check_conditions(conditions)
            });
            checked.unwrap_or_else(|error| panic!("{summary}: {error}"));
        }
        assert_eq!(kinds.len(), 15, "one of each kind: {kinds:?}");
        for (_, body) in TOGETHER {
            let _: QuestionsTogether = serde_json::from_str(body).unwrap();
        }
        for (_, body) in PEOPLE {
            let _: PeopleQuestion = serde_json::from_str(body).unwrap();
        }
        for (_, body) in SEGMENTS {
            let _: SegmentDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in INSIGHTS {
            let _: InsightDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in PERSONS {
            let _: PersonListQuestion = serde_json::from_str(body).unwrap();
        }
        for (_, body) in ERASURES {
            let _: EraseConfirmation = serde_json::from_str(body).unwrap();
        }
        for (_, body) in BOARDS {
            let _: BoardDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in NOTES {
            let _: NoteDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in COLLECTIONS {
            let _: CollectionDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in BOARD_SHARES {
            let _: BoardShareDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in SHARED_ASKS {
            let _: SharedAsk = serde_json::from_str(body).unwrap();
        }
        for (_, body) in SHARES {
            let _: ShareDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in ANNOTATIONS {
            let _: AnnotationDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in ALERTS {
            let _: AlertDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in ALERT_PREVIEWS {
            let _: PreviewDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in BOARD_MAILS {
            let _: BoardMailDraft = serde_json::from_str(body).unwrap();
        }
        for (_, body) in GOALS {
            let _: GoalDraft = serde_json::from_str(body).unwrap();
        }
        for (summary, body) in SURVEYS {
            let draft: SurveyDraft =
                serde_json::from_str(body).unwrap_or_else(|error| panic!("{summary}: {error}"));
            crate::api::surveys::checked(draft)
                .unwrap_or_else(|error| panic!("{summary}: {error:?}"));
        }
        for (_, body) in SURVEY_ANSWERS {
            let _: AnswersAsked = serde_json::from_str(body).unwrap();
        }
    }
}
