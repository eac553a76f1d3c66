//! Pictures that a page may name instead of sending them.

use super::*;

const SITE: SiteId = SiteId(3);

async fn catalog(folder: &std::path::Path) -> Catalog {
    Catalog::open(&folder.join("catalog.db"), &folder.join("snapshots"))
        .await
        .unwrap()
}

fn place(offset: u64) -> Place {
    Place {
        pack: "a-pack".to_owned(),
        offset,
        bytes: 7,
    }
}

fn copy(owner: u8, day: Option<i64>) -> AssetCopy {
    AssetCopy {
        owner: [owner; 16],
        sender: Sender {
            visitor: VisitorId(u128::from(owner)),
            day,
        },
        place: place(u64::from(owner)),
    }
}

/// A shared one, one of two visitors, one of nobody, and the first once more of another site.
async fn fill(catalog: &Catalog) {
    let mut writer = catalog.writer.acquire().await.unwrap();
    sqlx::query("INSERT INTO packs (site, name, bytes) VALUES (3, 'a-pack', 1000)")
        .execute(&mut *writer)
        .await
        .unwrap();
    let row = sqlx::query("SELECT id FROM packs")
        .fetch_one(&mut *writer)
        .await
        .unwrap();
    let packs = HashMap::from([("a-pack".to_owned(), PackId(row.try_get(0).unwrap()))]);
    let asset = |hash: u8, shared: Option<Place>, copies: &[AssetCopy]| NewAsset {
        hash: [hash; 16],
        shared,
        copies: copies.to_vec(),
    };
    let mine = [
        asset(1, Some(place(500)), &[]),
        asset(2, None, &[copy(8, None), copy(9, Some(20_000))]),
        asset(3, None, &[]),
    ];
    insert(&mut writer, (SITE, &mine), &packs).await.unwrap();
    let other = [asset(1, None, &[copy(7, None)]), asset(4, None, &[])];
    insert(&mut writer, (SiteId(4), &other), &packs)
        .await
        .unwrap();
}

#[tokio::test]
async fn assets_are_found_with_where_they_lie_whatever_else_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog(folder.path()).await;
    fill(&catalog).await;
    let mut asked: BTreeSet<AssetHash> = (0..5_000_u128).map(|hash| hash.to_be_bytes()).collect();
    asked.extend((0..=255_u8).map(|hash| [hash; 16]));
    let mut found = catalog.assets(SITE, &asked).await.unwrap();
    assert_eq!(found.len(), 3);
    let shared = found.remove(&[1; 16]).unwrap();
    assert_eq!((shared.shared, shared.copies), (Some(place(500)), vec![]));
    let mut owned = found.remove(&[2; 16]).unwrap();
    owned.copies.sort_by_key(|copy| copy.owner);
    assert_eq!(owned.shared, None);
    assert_eq!(owned.copies, [copy(8, None), copy(9, Some(20_000))]);
    let nobodys = found.remove(&[3; 16]).unwrap();
    assert_eq!((nobodys.shared, nobodys.copies), (None, vec![]));

    let none = catalog.assets(SITE, &BTreeSet::new()).await.unwrap();
    assert!(none.is_empty());
    let others = catalog.assets(SiteId(4), &asked).await.unwrap();
    assert_eq!(others[&[1; 16]].copies, [copy(7, None)]);
    assert_eq!(others.len(), 2);
}

/// What is wanted leads, and nothing is gone through for it.
#[tokio::test]
async fn no_asset_is_looked_at_that_was_not_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog(folder.path()).await;
    fill(&catalog).await;
    let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {ASSETS}"));
    let rows = sqlx::query(sql)
        .bind(3_i64)
        .bind("[]")
        .fetch_all(&catalog.reader)
        .await
        .unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let scanned: Vec<&String> = plan.iter().filter(|step| step.contains("SCAN")).collect();
    assert_eq!(scanned, ["SCAN wanted VIRTUAL TABLE INDEX 1:"], "{plan:?}");
}
