//! Tables that turn a user agent or a referrer into words, and a bounded memory of user agents
//! already read. One value is made at start and shared; the tables inside are built when first
//! needed, because compiling the patterns takes longer than an idle server should wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hitmetrix_model::limits::USER_AGENT_BYTES;

use crate::bots::Bots;
use crate::channel::{Known, Referrers};
use crate::user_agent::{Agent, Matchers};

/// User agents in each of the two generations of the memory.
const AGENTS_MAX: usize = 2048;

/// The tables. Building all of them takes about 60 ms and 20 MiB in a release build; the numbers
/// are in docs/adr/0004-wire.md.
#[derive(Default)]
pub struct Lookups {
    matchers: OnceLock<Matchers>,
    bots: OnceLock<Bots>,
    referrers: OnceLock<Referrers>,
    /// Guards the two generations; held for a look-up, never while a user agent is read.
    seen: Mutex<Seen>,
}

/// User agents read lately. When the young generation is full it becomes the old one, so that
/// what is used stays and what came once goes.
#[derive(Default)]
struct Seen {
    young: HashMap<String, Arc<Agent>>,
    old: HashMap<String, Arc<Agent>>,
}

impl Seen {
    fn get(&mut self, user_agent: &str) -> Option<Arc<Agent>> {
        if let Some(agent) = self.young.get(user_agent) {
            return Some(Arc::clone(agent));
        }
        let agent = self.old.remove(user_agent)?;
        self.put(user_agent, Arc::clone(&agent));
        Some(agent)
    }

    fn put(&mut self, user_agent: &str, agent: Arc<Agent>) {
        if self.young.len() >= AGENTS_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(user_agent.to_owned(), agent);
    }
}

impl Lookups {
    /// Empty tables; nothing is built yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Builds what is not built yet, so that the first visitor does not wait for it.
    pub fn warm(&self) {
        let _ready = (self.matchers(), self.bots(), self.referrers());
    }

    /// What a user agent says; cut to its limit before it is read.
    #[must_use]
    pub fn agent(&self, user_agent: &str) -> Arc<Agent> {
        let (user_agent, _) = crate::text::cut(user_agent.trim(), USER_AGENT_BYTES);
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = seen().get(&user_agent) {
            return agent;
        }
        let agent = Arc::new(Agent::read(&user_agent, self.matchers(), self.bots()));
        seen().put(&user_agent, Arc::clone(&agent));
        agent
    }

    /// The search engine, social network or AI assistant that owns a host.
    #[must_use]
    pub fn referrer(&self, host: &str) -> Option<Known> {
        self.referrers().find(host)
    }

    fn matchers(&self) -> &Matchers {
        self.matchers.get_or_init(Matchers::build)
    }

    fn bots(&self) -> &Bots {
        self.bots.get_or_init(Bots::build)
    }

    fn referrers(&self) -> &Referrers {
        self.referrers.get_or_init(Referrers::build)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_user_agents_is_bounded() {
        let mut seen = Seen::default();
        let agent = Arc::new(Agent::default());
        for number in 0..10 * AGENTS_MAX {
            seen.put(&number.to_string(), Arc::clone(&agent));
            assert!(
                seen.get("0").is_some(),
                "what is used stays, after {number}"
            );
        }
        assert!(seen.young.len() + seen.old.len() <= 2 * AGENTS_MAX);
    }
}
