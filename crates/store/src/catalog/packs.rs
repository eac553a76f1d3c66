//! Packs: the files that hold what recordings are made of. A pack is there as long as a row of
//! `packs` names it, and that row as long as anything lies in it.

use std::collections::{BTreeSet, HashMap};

use hitmetrix_model::SiteId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::chunks::{Place, read_place};
use super::{Catalog, CatalogError, number};

/// Number of a pack in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PackId(pub(crate) i64);

/// A pack that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewPack {
    pub(crate) site: SiteId,
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

/// How much of a pack is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackUse {
    pub(crate) name: String,
    /// Length of the file.
    pub(crate) bytes: u64,
    /// Bytes of what is named in it.
    pub(crate) named_bytes: u64,
    /// Whether chunks lie in it as they came: these leave it by themselves.
    pub(crate) loose: bool,
}

/// The tables that name what lies in packs.
const TABLES: [&str; 4] = ["chunks", "assets", "asset_copies", "bases"];

impl Catalog {
    /// Names of all packs.
    pub(crate) async fn packs(&self) -> Result<Vec<String>, CatalogError> {
        let rows = sqlx::query("SELECT name FROM packs ORDER BY name")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// What is named in a pack, by offset, and whose it is.
    pub(crate) async fn entries_of_pack(
        &self,
        pack: &str,
    ) -> Result<(SiteId, Vec<Place>), CatalogError> {
        let site = sqlx::query("SELECT site FROM packs WHERE name = $1")
            .bind(pack)
            .fetch_optional(&self.reader)
            .await?;
        let Some(site) = site else {
            return Ok((SiteId(0), Vec::new()));
        };
        let mut places = Vec::new();
        for table in TABLES {
            let sql = sqlx::AssertSqlSafe(format!(
                "SELECT p.name AS pack, x.pack_offset, x.pack_bytes FROM {table} AS x \
                 JOIN packs AS p ON p.id = x.pack WHERE p.name = $1"
            ));
            let rows = sqlx::query(sql).bind(pack).fetch_all(&self.reader).await?;
            for row in &rows {
                places.push(read_place(row)?);
            }
        }
        places.sort();
        Ok((SiteId(number(site.try_get(0)?, "site of a pack")?), places))
    }

    /// Says that what lay in some packs lies in another one: old places and new offsets. The old
    /// packs are named no more.
    pub(crate) async fn move_entries(
        &self,
        new: &NewPack,
        moved: &[(Place, u64)],
    ) -> Result<Vec<String>, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let to = insert(&mut transaction, new).await?;
        let mut from = BTreeSet::new();
        for (place, offset) in moved {
            let old = id_of(&mut transaction, &place.pack).await?;
            from.insert(old);
            for table in TABLES {
                let sql = sqlx::AssertSqlSafe(format!(
                    "UPDATE {table} SET pack = $1, pack_offset = $2 \
                     WHERE pack = $3 AND pack_offset = $4"
                ));
                sqlx::query(sql)
                    .bind(to.0)
                    .bind(*offset as i64)
                    .bind(old.0)
                    .bind(place.offset as i64)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        let gone = drop_unnamed(&mut transaction).await?;
        transaction.commit().await?;
        Ok(gone)
    }

    /// Forgets packs in which nothing lies; their names.
    pub(crate) async fn drop_unnamed_packs(&self) -> Result<Vec<String>, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let gone = drop_unnamed(&mut transaction).await?;
        transaction.commit().await?;
        Ok(gone)
    }

    /// How much of each of a site's packs is needed, by name.
    pub(crate) async fn pack_uses(&self, site: SiteId) -> Result<Vec<PackUse>, CatalogError> {
        let rows = sqlx::query(uses("p.site = $1"))
            .bind(i64::from(site.0))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_use).collect()
    }

    /// How much of one pack is needed, if it is named.
    pub(crate) async fn pack_use(&self, name: &str) -> Result<Option<PackUse>, CatalogError> {
        let row = sqlx::query(uses("p.name = $1"))
            .bind(name)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(read_use).transpose()
    }
}

fn uses(which: &'static str) -> sqlx::AssertSqlSafe<String> {
    let named = TABLES.map(|table| {
        format!("(SELECT COALESCE(SUM(pack_bytes), 0) FROM {table} WHERE pack = p.id)")
    });
    sqlx::AssertSqlSafe(format!(
        "SELECT p.name, p.bytes, {}, \
         EXISTS (SELECT 1 FROM chunks WHERE pack = p.id AND form = 0) \
         FROM packs AS p WHERE {which} ORDER BY p.name",
        named.join(" + ")
    ))
}

fn read_use(row: &SqliteRow) -> Result<PackUse, CatalogError> {
    Ok(PackUse {
        name: row.try_get(0)?,
        bytes: number(row.try_get(1)?, "length of a pack")?,
        named_bytes: number(row.try_get(2)?, "bytes in a pack")?,
        loose: row.try_get::<i64, _>(3)? != 0,
    })
}

/// Takes in a pack that is on the disk.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    pack: &NewPack,
) -> Result<PackId, CatalogError> {
    let row = sqlx::query("INSERT INTO packs (site, name, bytes) VALUES ($1, $2, $3) RETURNING id")
        .bind(i64::from(pack.site.0))
        .bind(&pack.name)
        .bind(pack.bytes as i64)
        .fetch_one(connection)
        .await?;
    Ok(PackId(row.try_get(0)?))
}

/// Takes in several, and gives their numbers by name.
pub(super) async fn insert_all(
    connection: &mut SqliteConnection,
    packs: &[NewPack],
) -> Result<HashMap<String, PackId>, CatalogError> {
    let mut numbers = HashMap::new();
    for pack in packs {
        numbers.insert(pack.name.clone(), insert(&mut *connection, pack).await?);
    }
    Ok(numbers)
}

async fn id_of(connection: &mut SqliteConnection, name: &str) -> Result<PackId, CatalogError> {
    let row = sqlx::query("SELECT id FROM packs WHERE name = $1")
        .bind(name)
        .fetch_one(connection)
        .await?;
    Ok(PackId(row.try_get(0)?))
}

/// The names of packs.
pub(super) async fn names(
    connection: &mut SqliteConnection,
    packs: &BTreeSet<PackId>,
) -> Result<Vec<String>, CatalogError> {
    let mut names = Vec::new();
    for pack in packs {
        let row = sqlx::query("SELECT name FROM packs WHERE id = $1")
            .bind(pack.0)
            .fetch_one(&mut *connection)
            .await?;
        names.push(row.try_get(0)?);
    }
    Ok(names)
}

/// Forgets packs in which nothing lies; their files may go once this is committed.
pub(super) async fn drop_unnamed(
    connection: &mut SqliteConnection,
) -> Result<Vec<String>, CatalogError> {
    let rows = sqlx::query(
        "DELETE FROM packs WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE pack = packs.id) \
         AND NOT EXISTS (SELECT 1 FROM assets WHERE pack = packs.id) \
         AND NOT EXISTS (SELECT 1 FROM asset_copies WHERE pack = packs.id) \
         AND NOT EXISTS (SELECT 1 FROM bases WHERE pack = packs.id) RETURNING name",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The number of a pack that the same transaction took in.
pub(super) fn known(
    packs: &HashMap<String, PackId>,
    place: &Place,
) -> Result<PackId, CatalogError> {
    let pack = packs.get(&place.pack).copied();
    pack.ok_or(CatalogError::Unreadable {
        what: "pack of a segment",
    })
}
