//! Any order of arrival with duplicates, any seals, compactions, restarts and lost lanes in
//! between: the same rows.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hitmetrix_model::Batch;
use proptest::prelude::*;

use super::world::{DAY_MS, World, batch, identify, seen};
use crate::identities::Ledger;

#[derive(Debug, Clone)]
enum Step {
    /// Sends a batch, of those that may come once or again.
    Send(usize),
    Identify(u128, u8),
    Undo(u128),
    Look,
    Seal,
    Compact,
    Restart,
    LoseLanes,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0..40usize).prop_map(Step::Send),
        3 => (0..12u128, 0..4u8).prop_map(|(visitor, user)| Step::Identify(visitor, user)),
        1 => (0..12u128).prop_map(Step::Undo),
        3 => Just(Step::Look),
        3 => Just(Step::Seal),
        2 => Just(Step::Compact),
        1 => Just(Step::Restart),
        1 => Just(Step::LoseLanes),
    ]
}

/// Batches that overlap: of three neighbours two share sequences of one window.
fn some_batch(index: usize) -> Batch {
    let (visitor, window) = ((index as u128 * 5) % 12, index as u128 / 3);
    let start = (index as u32 % 3) * 4;
    batch(visitor % 3 + (window % 4) * 3, window, start..start + 7)
}

/// What must be seen: each (window, sequence) once, as it came first.
#[derive(Default)]
struct Oracle {
    events: BTreeMap<(u128, u32), (u128, String)>,
    ledger: Ledger,
    version: u64,
}

impl Oracle {
    fn send(&mut self, batch: &Batch) {
        let sender = &batch.senders[0];
        for event in &batch.events {
            let engaged = if event.name == "page_leave" { 1500 } else { 0 };
            let rest = format!(
                "{} {} {} {} {} {engaged} {} {}",
                sender.visitor.0,
                event.time_ms,
                sender.window.0,
                event.sequence,
                sender.session.0,
                event.page.path,
                sender.context.country
            );
            self.events
                .entry((sender.window.0, event.sequence))
                .or_insert((sender.visitor.0, rest));
        }
        for change in &batch.identities {
            if self.ledger.apply(self.version + 1, change) {
                self.version += 1;
            }
        }
    }

    fn rows(&self) -> Vec<String> {
        let mut rows: Vec<String> = self
            .events
            .values()
            .map(|(visitor, rest)| {
                let visitor = hitmetrix_model::VisitorId(*visitor);
                format!("{} {rest}", self.ledger.person_at(visitor, self.version).0)
            })
            .collect();
        rows.sort();
        rows
    }
}

async fn run(steps: Vec<Step>) {
    let world = World::new();
    let mut store = world.open().await;
    let mut oracle = Oracle::default();
    for (index, step) in (0u32..).zip(steps) {
        match step {
            Step::Send(index) => {
                let batch = some_batch(index);
                oracle.send(&batch);
                store.append(batch).await.unwrap();
            }
            Step::Identify(visitor, user) => {
                let mut batch = batch(visitor, 1000 + visitor, index..index + 1);
                batch.identities = vec![identify(visitor, &format!("user {user}"))];
                oracle.send(&batch);
                store.append(batch).await.unwrap();
            }
            Step::Undo(visitor) => {
                let mut batch = batch(visitor, 1000 + visitor, index..index + 1);
                batch.identities = vec![hitmetrix_model::IdentityChange::Undo {
                    visitor: hitmetrix_model::VisitorId(visitor),
                    time_ms: 0,
                }];
                oracle.send(&batch);
                store.append(batch).await.unwrap();
            }
            Step::Look => assert_eq!(seen(&store), oracle.rows()),
            Step::Seal => {
                store.seal().await.unwrap();
                assert_eq!(seen(&store), oracle.rows());
            }
            Step::Compact => {
                store.compact().await.unwrap();
                assert_eq!(seen(&store), oracle.rows());
            }
            Step::Restart => store = world.reopen(store).await,
            Step::LoseLanes => {
                let lanes = world.data().join("lanes");
                std::fs::remove_dir_all(&lanes).unwrap();
                std::fs::create_dir(&lanes).unwrap();
            }
        }
    }
    assert_eq!(seen(&store), oracle.rows());
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), oracle.rows());
    // Weeks are over: compaction merges what it can.
    world.clock.0.fetch_add(60 * DAY_MS, Ordering::Relaxed);
    store.seal().await.unwrap();
    store.compact().await.unwrap();
    assert_eq!(seen(&store), oracle.rows());
    let snapshot = store.snapshot(super::world::SITE).unwrap();
    assert!(
        (0..snapshot.runs.len()).all(|run| snapshot.moves(run).is_empty()),
        "all is settled"
    );
    assert!(snapshot.runs.len() <= 4 * 4, "one part a week and shard");
    assert!(store.doctor().await.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_when_the_rows_are_the_same(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(steps));
    }
}
