//! How long links work that open something without a login.

use crate::problem::Problem;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Days that somebody asked for in a field.
///
/// # Errors
/// When they are none, or more than may be.
pub fn days((field, days): (&'static str, u32), max: u32) -> Result<u32, Problem> {
    if days == 0 || days > max {
        let why = format!("{field} is {days}, it must be 1 to {max}");
        return Err(Problem::invalid(why).at(field));
    }
    Ok(days)
}

/// When a link ends that works for so many days from then on.
#[must_use]
pub fn ends_at_ms(from_ms: i64, days: u32) -> i64 {
    from_ms.saturating_add(i64::from(days) * DAY_MS)
}
