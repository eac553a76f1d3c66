//! How many messages people of a site may have sent by hand, and boards on their days: nobody makes
//! the owner's mail server write to the world.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{SiteId, limits};

use crate::problem::{Code, Problem};

const HOUR_MS: i64 = 3_600_000;

/// Messages of the running hour by site.
#[derive(Debug, Default)]
pub struct Budget {
    of: Mutex<HashMap<SiteId, (i64, usize)>>,
}

impl Budget {
    /// Takes so many messages.
    ///
    /// # Errors
    /// When there are not as many left in this hour.
    pub fn take(&self, site: SiteId, messages: usize, now_ms: i64) -> Result<(), Problem> {
        let hour = now_ms.div_euclid(HOUR_MS);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = of.entry(site).or_insert((hour, 0));
        if spent.0 != hour {
            *spent = (hour, 0);
        }
        if spent.1 + messages > limits::SITE_MESSAGES_HOUR {
            let why = format!(
                "the site has sent {} messages in this hour, boards and tests of alerts, and {messages} more are over its \
                 limit of {}; try again in the next hour",
                spent.1,
                limits::SITE_MESSAGES_HOUR
            );
            let left_ms = (hour + 1) * HOUR_MS - now_ms;
            let seconds = u64::try_from(left_ms / 1000 + 1).unwrap_or(1);
            return Err(Problem::new(Code::TooMany, why).retry_after(seconds));
        }
        spent.1 += messages;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_sites_count_apart() {
        let budget = Budget::default();
        let (one, two) = (SiteId(1), SiteId(2));
        assert!(budget.take(one, limits::SITE_MESSAGES_HOUR, 0).is_ok());
        assert!(budget.take(one, 1, HOUR_MS - 1).is_err());
        assert!(budget.take(two, 1, HOUR_MS - 1).is_ok());
        assert!(budget.take(one, 1, HOUR_MS).is_ok());
    }
}
