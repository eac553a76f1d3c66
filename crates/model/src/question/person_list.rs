//! Lists of persons and of accounts: who counts in a period, in which order, with which columns.

use serde::{Deserialize, Serialize};

use super::Question;

/// What a row of the list is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ListedBy {
    /// One person.
    #[default]
    Persons,
    /// One account with the sums of its persons; who has none is in no row.
    Accounts,
}

/// By what the list is ordered. All numbers are those of the period.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonOrder {
    /// Last event.
    #[default]
    LastSeen,
    /// First event of the period.
    FirstSeen,
    /// Persons of an account; of persons no order.
    Persons,
    /// Sessions.
    Sessions,
    /// Events but measurements.
    Events,
    /// `pageview` events.
    Pageviews,
    /// `error` events.
    Errors,
    /// Orders, as `value` says what one is.
    Orders,
    /// Sum of the orders' values.
    Value,
}

/// Which events are orders, and which property says what one is worth.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderValue {
    /// Name of the event, as `purchase`.
    pub event: String,
    /// Its property, as `value`.
    pub property: String,
}

/// How persons are listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonList {
    /// What a row is; a person when absent.
    #[serde(default)]
    pub by: ListedBy,
    /// By what it is ordered; by the last event when absent.
    #[serde(default)]
    pub order: PersonOrder,
    /// The smallest first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ascending: bool,
    /// Rows that are passed over. With the question's limit at most
    /// [`ANSWER_ROWS`](crate::limits::ANSWER_ROWS).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset: u32,
    /// Only who has this text, in any case, in the site's own name of the user, in a property or in
    /// the account, or this id of a person or visitor. Accounts: in the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Properties of the persons, or of the accounts, a column each, at most
    /// [`PERSON_COLUMNS`](crate::limits::PERSON_COLUMNS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// What the columns `orders` and `value` count; empty columns when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<OrderValue>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Who of a site is to be listed: a question of kind `sessions`, which says whose sessions count,
/// and how the list is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonListQuestion {
    /// Period, filters, bots and limit (100 when absent).
    pub question: Question,
    /// How they are listed.
    #[serde(default)]
    pub list: PersonList,
}
