//! The identity ledger of one site: which visitors are one person, at every version there was.
//!
//! Rules, in the order of the log. The first visitor with a user makes the person, whose key is
//! that visitor's; each further one joins. A visitor that has a user keeps it: another `identify`
//! from the same browser joins nothing, because otherwise two people at one computer would become
//! one for ever. Junk users join nobody. An undo makes the visitor a person of its own again, and
//! an unverified `identify` with the same user, as a page sends it on each load, does not take
//! the undo back. When the first visitor of a person is undone, the next one gives the key.
//!
//! The ledger only grows and remembers since which version each person holds, so that a snapshot
//! can ask at its own version while entries are added.

use std::collections::{BTreeSet, HashMap};

use hitmetrix_model::{IdentityChange, PersonKey, VisitorId, is_junk_user};

use crate::snapshot::Move;

/// Since a version of the ledger, a person.
type Since = (u64, PersonKey);

/// One site's visitors that are not simply persons of their own. Maps hash with random seeds:
/// users are named by whoever sends.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Visitors of each user, in the order in which they joined.
    users: HashMap<String, Vec<VisitorId>>,
    user_of: HashMap<VisitorId, String>,
    /// Undone pairs, which only a verified `identify` joins again.
    undone: HashMap<VisitorId, Vec<String>>,
    /// Persons of the visitors that ever moved, by ascending version.
    history: HashMap<VisitorId, Vec<Since>>,
    /// Who moved when, by ascending version.
    changes: Vec<(u64, VisitorId)>,
}

impl Ledger {
    /// Adds an entry as `version`, which is higher than all before. False when the entry has no
    /// effect and need not be kept.
    pub(crate) fn apply(&mut self, version: u64, change: &IdentityChange) -> bool {
        match change {
            IdentityChange::Identify {
                visitor,
                user,
                unverified,
                ..
            }
            | IdentityChange::Alias {
                visitor,
                user,
                unverified,
                ..
            } => self.identify(version, *visitor, user, *unverified),
            IdentityChange::Undo { visitor, .. } => self.undo(version, *visitor),
        }
    }

    fn identify(&mut self, version: u64, visitor: VisitorId, user: &str, unverified: bool) -> bool {
        let was_undone = self
            .undone
            .get(&visitor)
            .is_some_and(|users| users.iter().any(|known| known == user));
        if is_junk_user(user) || self.user_of.contains_key(&visitor) || (was_undone && unverified) {
            return false;
        }
        let members = self.users.entry(user.to_owned()).or_default();
        members.push(visitor);
        let person = PersonKey::from(members[0]);
        self.user_of.insert(visitor, user.to_owned());
        self.set(version, visitor, person);
        true
    }

    fn undo(&mut self, version: u64, visitor: VisitorId) -> bool {
        let Some(user) = self.user_of.remove(&visitor) else {
            return false;
        };
        let members = self
            .users
            .get_mut(&user)
            .expect("a user has members while one names it");
        members.retain(|member| *member != visitor);
        let rest = members.clone();
        if rest.is_empty() {
            self.users.remove(&user);
        }
        self.undone.entry(visitor).or_default().push(user);
        self.set(version, visitor, PersonKey::from(visitor));
        if let Some(first) = rest.first() {
            for member in &rest {
                self.set(version, *member, PersonKey::from(*first));
            }
        }
        true
    }

    fn set(&mut self, version: u64, visitor: VisitorId, person: PersonKey) {
        if self.person_at(visitor, version) != person {
            self.history
                .entry(visitor)
                .or_default()
                .push((version, person));
            self.changes.push((version, visitor));
        }
    }

    /// The person of a visitor at a version.
    pub(crate) fn person_at(&self, visitor: VisitorId, version: u64) -> PersonKey {
        let Some(history) = self.history.get(&visitor) else {
            return visitor.into();
        };
        let after = history.partition_point(|(since, _)| *since <= version);
        match after {
            0 => visitor.into(),
            _ => history[after - 1].1,
        }
    }

    /// The persons that a visitor ever was of, itself the first.
    pub(crate) fn persons_ever(&self, visitor: VisitorId) -> Vec<PersonKey> {
        let history = self.history.get(&visitor).into_iter().flatten();
        let persons = history.map(|(_, person)| *person);
        std::iter::once(visitor.into()).chain(persons).collect()
    }

    /// The person of a user now.
    pub(crate) fn person_of_user(&self, user: &str) -> Option<PersonKey> {
        self.users
            .get(user)
            .and_then(|members| members.first())
            .map(|first| (*first).into())
    }

    /// Every visitor with an entry that had an effect, some of them more than once.
    pub(crate) fn named(&self) -> impl Iterator<Item = VisitorId> {
        let users = self.user_of.keys().chain(self.undone.keys());
        users.chain(self.history.keys()).copied()
    }

    /// The user of a visitor now.
    pub(crate) fn user_of(&self, visitor: VisitorId) -> Option<&str> {
        self.user_of.get(&visitor).map(String::as_str)
    }

    /// Adds the persons of those among `count` users from number `from` on whom `takes` takes, and
    /// says where to go on. Who is named meanwhile may be missed.
    pub(crate) fn users_from(
        &self,
        (from, count): (usize, usize),
        takes: &dyn Fn(&str) -> bool,
        found: &mut Vec<PersonKey>,
    ) -> Option<usize> {
        let named = self.users.iter().skip(from).take(count);
        let taken = named.filter(|(user, _)| takes(user));
        found.extend(
            taken.filter_map(|(_, members)| members.first().map(|first| PersonKey(first.0))),
        );
        let next = from + count;
        (next < self.users.len()).then_some(next)
    }

    /// The visitors of a person now, in the order in which they joined.
    pub(crate) fn visitors_of(&self, person: PersonKey) -> Vec<VisitorId> {
        let first = VisitorId(person.0);
        let user = self.user_of.get(&first);
        let members = user.and_then(|user| self.users.get(user));
        members.map_or_else(|| vec![first], Clone::clone)
    }

    /// These visitors and all that ever were one person with any of them, ascending.
    pub(crate) fn ever_with(&self, visitors: &[VisitorId]) -> Vec<VisitorId> {
        let persons = |visitor: &VisitorId| {
            let history = self.history.get(visitor).into_iter().flatten();
            history.map(|(_, person)| *person)
        };
        let mut shared: BTreeSet<PersonKey> =
            visitors.iter().map(|first| (*first).into()).collect();
        shared.extend(visitors.iter().flat_map(persons));
        let others = self.history.keys();
        let mut all: Vec<VisitorId> = others
            .filter(|visitor| persons(visitor).any(|person| shared.contains(&person)))
            .copied()
            .chain(shared.iter().map(|person| VisitorId(person.0)))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a visitor has a user.
    pub(crate) fn has_user(&self, visitor: VisitorId) -> bool {
        self.user_of.contains_key(&visitor)
    }

    /// Whether an entry of a visitor ever had an effect.
    pub(crate) fn names(&self, visitor: VisitorId) -> bool {
        self.has_user(visitor)
            || self.undone.contains_key(&visitor)
            || self.history.contains_key(&visitor)
    }

    /// Moves between two versions of the visitors that `has` knows, by visitor.
    pub(crate) fn moves(
        &self,
        since: u64,
        until: u64,
        has: impl Fn(VisitorId) -> bool,
    ) -> Vec<Move> {
        let from = self
            .changes
            .partition_point(|(version, _)| *version <= since);
        let to = self
            .changes
            .partition_point(|(version, _)| *version <= until);
        let mut visitors: Vec<VisitorId> = self.changes[from..to.max(from)]
            .iter()
            .map(|(_, visitor)| *visitor)
            .collect();
        visitors.sort_unstable();
        visitors.dedup();
        visitors
            .into_iter()
            .map(|visitor| Move {
                visitor,
                from: self.person_at(visitor, since),
                to: self.person_at(visitor, until),
            })
            .filter(|moved| moved.from != moved.to && has(moved.visitor))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identify(visitor: u128, user: &str) -> IdentityChange {
        IdentityChange::Identify {
            visitor: VisitorId(visitor),
            user: user.to_owned(),
            time_ms: 0,
            unverified: true,
        }
    }

    fn undo(visitor: u128) -> IdentityChange {
        IdentityChange::Undo {
            visitor: VisitorId(visitor),
            time_ms: 0,
        }
    }

    fn ledger(changes: &[IdentityChange]) -> Ledger {
        let mut ledger = Ledger::default();
        for (index, change) in changes.iter().enumerate() {
            ledger.apply(index as u64 + 1, change);
        }
        ledger
    }

    fn person(ledger: &Ledger, visitor: u128, version: u64) -> u128 {
        ledger.person_at(VisitorId(visitor), version).0
    }

    #[test]
    fn first_identify_moves_nothing_and_the_second_visitor_joins() {
        let ledger = ledger(&[identify(7, "ada"), identify(3, "ada"), identify(9, "bob")]);
        assert_eq!(
            [7, 3, 9].map(|visitor| person(&ledger, visitor, 3)),
            [7, 7, 9]
        );
        assert_eq!(
            person(&ledger, 3, 1),
            3,
            "an older version sees the older person"
        );
        assert_eq!(ledger.person_of_user("ada"), Some(PersonKey(7)));
        let moved = Move {
            visitor: VisitorId(3),
            from: PersonKey(3),
            to: PersonKey(7),
        };
        assert_eq!(ledger.moves(0, 3, |_| true), [moved]);
        assert_eq!(ledger.moves(1, 2, |_| true), [moved]);
        assert!(ledger.moves(2, 3, |_| true).is_empty());
        assert!(ledger.moves(0, 3, |_| false).is_empty());
    }

    #[test]
    fn junk_users_and_second_users_of_a_browser_join_nobody() {
        let mut ledger = ledger(&[identify(1, "ada"), identify(2, "bob")]);
        assert!(!ledger.apply(3, &identify(1, "null")));
        assert!(!ledger.apply(3, &identify(1, "bob")));
        assert!(!ledger.apply(3, &identify(1, "ada")));
        assert_eq!([1, 2].map(|visitor| person(&ledger, visitor, 9)), [1, 2]);
    }

    #[test]
    fn undo_holds_against_pages_that_identify_on_every_load() {
        let mut ledger = ledger(&[identify(1, "ada"), identify(2, "ada"), undo(2)]);
        assert_eq!(
            [1, 2, 3].map(|version| person(&ledger, 2, version)),
            [2, 1, 2]
        );
        assert!(!ledger.apply(4, &identify(2, "ada")));
        let verified = IdentityChange::Identify {
            visitor: VisitorId(2),
            user: "ada".to_owned(),
            time_ms: 0,
            unverified: false,
        };
        assert!(ledger.apply(5, &verified));
        assert_eq!(person(&ledger, 2, 5), 1);
        assert!(!ledger.apply(6, &undo(77)), "nothing to take back");
    }

    #[test]
    fn next_visitor_gives_the_key_when_the_first_is_undone() {
        let ledger = ledger(&[
            identify(1, "a"),
            identify(2, "a"),
            identify(3, "a"),
            undo(1),
        ]);
        assert_eq!(
            [1, 2, 3].map(|visitor| person(&ledger, visitor, 4)),
            [1, 2, 2]
        );
        assert_eq!(ledger.person_of_user("a"), Some(PersonKey(2)));
        let moves = ledger.moves(3, 4, |_| true);
        assert_eq!(moves.len(), 2);
    }

    #[test]
    fn there_and_back_is_no_move() {
        let ledger = ledger(&[identify(1, "a"), identify(2, "a"), undo(2)]);
        assert!(ledger.moves(1, 3, |_| true).is_empty());
        assert_eq!(ledger.moves(2, 3, |_| true).len(), 1);
    }
}
