//! Events of visitors come newest first, each once, whether they are in parts or in the log.

use hitmetrix_model::VisitorId;

use super::world::{SITE, World, batch, identify};
use crate::store::{EventPlace, Store, VisitorEvents};

async fn pages(store: &Store, visitors: &[u128], limit: usize) -> Vec<EventPlace> {
    let mut wanted = VisitorEvents {
        visitors: visitors.iter().map(|&id| VisitorId(id)).collect(),
        limit,
        ..VisitorEvents::default()
    };
    let mut places = Vec::new();
    loop {
        let page = store
            .events_of_visitors(SITE, wanted.clone())
            .await
            .unwrap();
        assert!(page.len() <= limit);
        assert!(
            page.iter()
                .all(|one| visitors.contains(&one.sender.visitor.0))
        );
        places.extend(page.iter().map(EventPlace::of));
        match page.last() {
            Some(last) if page.len() == limit => wanted.before = Some(EventPlace::of(last)),
            _ => return places,
        }
    }
}

#[tokio::test]
async fn pages_together_have_every_event_once_and_in_order() {
    let world = World::new();
    let store = world.open().await;
    let mut joined = batch(2, 20, 0..5);
    joined.identities = vec![identify(1, "ada"), identify(2, "ada")];
    store.append(joined).await.unwrap();
    store.append(batch(1, 10, 0..7)).await.unwrap();
    store.append(batch(3, 30, 0..4)).await.unwrap();
    store.seal().await.unwrap();
    store.append(batch(1, 11, 0..6)).await.unwrap();
    store.append(batch(3, 31, 0..4)).await.unwrap();
    for limit in [1, 2, 3, 100] {
        let places = pages(&store, &[1, 2], limit).await;
        assert_eq!(places.len(), 18, "limit {limit}");
        assert!(places.is_sorted_by(|one, next| one > next), "limit {limit}");
    }
    let named = |name: &str| VisitorEvents {
        visitors: vec![VisitorId(1)],
        names: vec![name.to_owned()],
        limit: 100,
        ..VisitorEvents::default()
    };
    let of = |wanted| store.events_of_visitors(SITE, wanted);
    let some = of(named("pageview")).await.unwrap();
    assert!(some.iter().all(|one| one.event.name == "pageview"));
    assert!(of(named("nothing")).await.unwrap().is_empty());
    assert_eq!(some[0].person.0, 1);
}
