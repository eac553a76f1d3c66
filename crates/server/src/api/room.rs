//! Room for one more of what there may be so many of.

use crate::problem::{Code, Problem};

/// Lets one more be made.
///
/// # Errors
/// When there are as many as there may be; it says what has how many, and the way out.
pub fn room(
    (there, most): (usize, usize),
    (what, things): (&str, &str),
    way_out: &str,
) -> Result<(), Problem> {
    if there < most {
        return Ok(());
    }
    let why = format!("{what} has {there} {things}, the limit is {most}; {way_out}");
    Err(Problem::new(Code::Conflict, why))
}
