//! What recordings of a site have alike: assets, shared or under a visitor's own key, and bases of
//! pages.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use hitmetrix_model::{SessionId, SiteId, VisitorId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::chunks::{BaseId, CHUNKS, Place, StoredChunk, read_chunk};
use super::packs::{self, PackId, known};
use super::{Catalog, CatalogError, id128, number};

/// A base may be without a segment so long, since it comes before the first of them.
const BASE_UNUSED_MS: i64 = 24 * 3600 * 1000;

/// Number of an asset in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AssetNumber(pub(crate) i64);

/// Keyed hash of an asset.
pub(crate) type AssetHash = [u8; 16];

/// A visitor, or a session of a cookieless one: whose key something lies under.
pub(crate) type OwnerId = [u8; 16];

/// An asset with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssetRow {
    pub(crate) number: AssetNumber,
    /// Where it lies under the site's key.
    pub(crate) shared: Option<Place>,
    /// Those under visitors' own keys.
    pub(crate) copies: Vec<AssetCopy>,
}

/// An asset under a visitor's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssetCopy {
    pub(crate) owner: OwnerId,
    pub(crate) sender: Sender,
    pub(crate) place: Place,
}

/// Who sent something, as far as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sender {
    pub(crate) visitor: VisitorId,
    /// Day since the epoch of a cookieless visitor, who is another one on the next day.
    pub(crate) day: Option<i64>,
}

/// A base as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseRow {
    pub(crate) id: BaseId,
    pub(crate) made_at_ms: i64,
    pub(crate) weight: BaseWeight,
    pub(crate) place: Place,
}

/// How large snapshots are that were packed against a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct BaseWeight {
    /// How many.
    pub(crate) snapshots: u64,
    /// Mean bytes of the first of them.
    pub(crate) first_bytes: u64,
    /// Running mean of the latest.
    pub(crate) recent_bytes: u64,
}

/// A page as bases are made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PageKey {
    pub(crate) path: String,
    /// Class of the viewport; none stands for all of them.
    pub(crate) viewport: Option<u8>,
}

impl PageKey {
    /// The viewport as it stands in rows of bases.
    pub(super) fn viewport_code(&self) -> i64 {
        self.viewport.map_or(-1, i64::from)
    }
}

/// A stored snapshot of a page, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageSnapshot {
    pub(crate) session: SessionId,
    pub(crate) visitor: VisitorId,
    pub(crate) cookieless: bool,
    pub(crate) started_ms: i64,
    pub(crate) chunk: StoredChunk,
}

/// What a sweep found nobody to need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Swept {
    pub(crate) shared: u64,
    pub(crate) copies: u64,
    pub(crate) bases: u64,
}

/// Assets of a site by their hashes, a row for each copy, or one without.
const ASSETS: &str = "SELECT a.id, a.hash, p.name AS pack, a.pack_offset, a.pack_bytes, \
     c.owner, c.visitor, c.day, q.name AS copy_pack, c.pack_offset AS copy_offset, \
     c.pack_bytes AS copy_bytes FROM json_each($2) AS wanted \
     JOIN assets AS a ON a.site = $1 AND a.hash = unhex(wanted.value) \
     LEFT JOIN packs AS p ON p.id = a.pack LEFT JOIN asset_copies AS c ON c.asset = a.id \
     LEFT JOIN packs AS q ON q.id = c.pack";

impl Catalog {
    /// Those of some assets that are known, by hash: in one question, however many are asked for.
    pub(crate) async fn assets(
        &self,
        site: SiteId,
        hashes: &BTreeSet<AssetHash>,
    ) -> Result<HashMap<AssetHash, AssetRow>, CatalogError> {
        let rows = sqlx::query(ASSETS)
            .bind(i64::from(site.0))
            .bind(hex_list(hashes))
            .fetch_all(&self.reader)
            .await?;
        let mut found = HashMap::new();
        for row in &rows {
            let hash = id128(row.try_get("hash")?, "name of an asset")?.to_be_bytes();
            let asset = match found.entry(hash) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(AssetRow {
                    number: AssetNumber(row.try_get("id")?),
                    shared: maybe_place(row)?,
                    copies: Vec::new(),
                }),
            };
            asset.copies.extend(maybe_copy(row)?);
        }
        Ok(found)
    }

    /// Names of all assets of a site.
    #[cfg(test)]
    pub(crate) async fn asset_names(
        &self,
        site: SiteId,
    ) -> Result<BTreeSet<AssetHash>, CatalogError> {
        let rows = sqlx::query("SELECT hash FROM assets WHERE site = $1")
            .bind(i64::from(site.0))
            .fetch_all(&self.reader)
            .await?;
        let name = |row: &SqliteRow| Ok(id128(row.try_get(0)?, "name of an asset")?.to_be_bytes());
        rows.iter().map(name).collect()
    }

    /// All bases of a site and where they lie.
    #[cfg(test)]
    pub(crate) async fn bases(&self, site: SiteId) -> Result<Vec<(BaseId, Place)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT b.id, p.name AS pack, b.pack_offset, b.pack_bytes FROM bases AS b \
             JOIN packs AS p ON p.id = b.pack WHERE b.site = $1",
        )
        .bind(i64::from(site.0))
        .fetch_all(&self.reader)
        .await?;
        let base = |row: &SqliteRow| {
            let place = super::chunks::read_place(row)?;
            Ok((BaseId(row.try_get("id")?), place))
        };
        rows.iter().map(base).collect()
    }

    /// Where a base lies.
    pub(crate) async fn base_place(&self, base: BaseId) -> Result<Option<Place>, CatalogError> {
        let row = sqlx::query(
            "SELECT p.name AS pack, b.pack_offset, b.pack_bytes FROM bases AS b \
             JOIN packs AS p ON p.id = b.pack WHERE b.id = $1",
        )
        .bind(base.0)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| super::chunks::read_place(&row)).transpose()
    }

    /// The latest base of a page.
    pub(crate) async fn base_of_page(
        &self,
        site: SiteId,
        page: &PageKey,
    ) -> Result<Option<BaseRow>, CatalogError> {
        let row = sqlx::query(
            "SELECT b.id, b.made_at_ms, b.snapshots, b.first_bytes, b.recent_bytes, \
             p.name AS pack, b.pack_offset, b.pack_bytes FROM bases AS b \
             JOIN packs AS p ON p.id = b.pack \
             WHERE b.site = $1 AND b.page = $2 AND b.viewport = $3 ORDER BY b.id DESC LIMIT 1",
        )
        .bind(i64::from(site.0))
        .bind(&page.path)
        .bind(page.viewport_code())
        .fetch_optional(&self.reader)
        .await?;
        let read = |row: &SqliteRow| -> Result<BaseRow, CatalogError> {
            Ok(BaseRow {
                id: BaseId(row.try_get("id")?),
                made_at_ms: row.try_get("made_at_ms")?,
                weight: BaseWeight {
                    snapshots: number(row.try_get("snapshots")?, "snapshots of a base")?,
                    first_bytes: number(row.try_get("first_bytes")?, "weight of a base")?,
                    recent_bytes: number(row.try_get("recent_bytes")?, "weight of a base")?,
                },
                place: super::chunks::read_place(row)?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// The latest snapshots of a page, at most `limit`: those without a base, or those packed
    /// against this one.
    pub(crate) async fn snapshots_of_page(
        &self,
        (site, page): (SiteId, &PageKey),
        base: Option<BaseId>,
        limit: u32,
    ) -> Result<Vec<PageSnapshot>, CatalogError> {
        // Paths of later chunks of the segment stand behind the first, a line each.
        let columns = CHUNKS.replacen(
            "SELECT ",
            "SELECT r.session, r.visitor, r.cookieless, r.started_ms, ",
            1,
        );
        let with = match base {
            None => "c.base IS NULL AND $5 IS NULL",
            Some(_) => "c.base = $5",
        };
        let sql = sqlx::AssertSqlSafe(format!(
            "{columns} JOIN recordings AS r ON r.id = c.recording WHERE {with} \
             AND c.viewport IS NOT NULL AND ($2 IS NULL OR c.viewport = $2) AND c.paths >= $3 AND c.paths < $3 || char(11) \
             AND (c.paths = $3 OR substr(c.paths, 1, length($3) + 1) = $3 || char(10)) \
             AND r.site = $1 ORDER BY c.first_ms DESC LIMIT $4"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(page.viewport.map(i64::from))
            .bind(&page.path)
            .bind(i64::from(limit))
            .bind(base.map(|base| base.0))
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(PageSnapshot {
                    session: SessionId(id128(row.try_get("session")?, "session of a snapshot")?),
                    visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a snapshot")?),
                    cookieless: row.try_get::<i64, _>("cookieless")? != 0,
                    started_ms: row.try_get("started_ms")?,
                    chunk: read_chunk(row)?,
                })
            })
            .collect()
    }

    /// The numbers of the assets that a recording's segments name.
    pub(crate) async fn assets_of(
        &self,
        recording: super::RecordingId,
    ) -> Result<BTreeSet<AssetNumber>, CatalogError> {
        let row = sqlx::query("SELECT assets FROM recordings WHERE id = $1")
            .bind(recording.0)
            .fetch_optional(&self.reader)
            .await?;
        let Some(row) = row else {
            return Ok(BTreeSet::new());
        };
        Ok(read_numbers(row.try_get(0)?)?.into_iter().collect())
    }

    /// Recordings that name an asset or a base which lies nowhere, or a place beyond the end of
    /// its pack; a line each.
    pub(crate) async fn dangling(&self) -> Result<Vec<String>, CatalogError> {
        let mut found = Vec::new();
        let places = sqlx::query(
            "SELECT r.session, p.name FROM chunks AS c JOIN recordings AS r ON r.id = c.recording \
             LEFT JOIN packs AS p ON p.id = c.pack \
             WHERE p.id IS NULL OR c.pack_offset + c.pack_bytes > p.bytes \
             OR (c.base IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bases WHERE id = c.base))",
        )
        .fetch_all(&self.reader)
        .await?;
        for row in &places {
            let session = SessionId(id128(row.try_get(0)?, "session of a recording")?);
            found.push(format!(
                "recording {session} names a place or a base that is not there"
            ));
        }
        let lying = sqlx::query(
            "SELECT a.id, a.pack IS NOT NULL, c.owner FROM assets AS a \
             LEFT JOIN asset_copies AS c ON c.asset = a.id",
        )
        .fetch_all(&self.reader)
        .await?;
        let (mut shared, mut owned) = (BTreeSet::new(), BTreeSet::new());
        for row in &lying {
            let asset: i64 = row.try_get(0)?;
            if row.try_get::<i64, _>(1)? != 0 {
                shared.insert(asset);
            }
            if let Some(owner) = row.try_get::<Option<Vec<u8>>, _>(2)? {
                owned.insert((asset, id128(&owner, "owner of an asset")?.to_be_bytes()));
            }
        }
        let recordings = sqlx::query(
            "SELECT session, CASE WHEN cookieless = 0 THEN visitor ELSE session END, assets \
             FROM recordings WHERE assets <> x''",
        )
        .fetch_all(&self.reader)
        .await?;
        for row in &recordings {
            let session = SessionId(id128(row.try_get(0)?, "session of a recording")?);
            let owner = id128(row.try_get(1)?, "owner of an asset")?.to_be_bytes();
            let numbers = read_numbers(row.try_get(2)?)?;
            let is_there = |asset: &AssetNumber| {
                shared.contains(&asset.0) || owned.contains(&(asset.0, owner))
            };
            let missing = numbers.iter().filter(|asset| !is_there(asset)).count();
            if missing > 0 {
                found.push(format!(
                    "recording {session} names {missing} assets that are not there"
                ));
            }
        }
        Ok(found)
    }

    /// Forgets assets and bases that no segment of a site names any more, copies that are shared
    /// by now, and copies whose visitor has no recording left that names them. Packs in which
    /// nothing lies afterwards are named no more; they come back.
    pub(crate) async fn sweep(
        &self,
        site: SiteId,
        now_ms: i64,
    ) -> Result<(Swept, Vec<String>), CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let (named, owned) = named_assets(&mut transaction, site).await?;
        let mut swept = Swept::default();
        let assets = sqlx::query(
            "SELECT a.id, a.pack IS NOT NULL, c.owner FROM assets AS a \
             LEFT JOIN asset_copies AS c ON c.asset = a.id WHERE a.site = $1",
        )
        .bind(i64::from(site.0))
        .fetch_all(&mut *transaction)
        .await?;
        for row in &assets {
            let (asset, shared): (i64, bool) = (row.try_get(0)?, row.try_get::<i64, _>(1)? != 0);
            let Some(owner) = row.try_get::<Option<Vec<u8>>, _>(2)? else {
                continue;
            };
            let owner = id128(&owner, "owner of an asset")?.to_be_bytes();
            if shared || !owned.contains(&(asset, owner)) {
                sqlx::query("DELETE FROM asset_copies WHERE asset = $1 AND owner = $2")
                    .bind(asset)
                    .bind(owner.to_vec())
                    .execute(&mut *transaction)
                    .await?;
                swept.copies += 1;
            }
        }
        for row in &assets {
            let (asset, shared): (i64, bool) = (row.try_get(0)?, row.try_get::<i64, _>(1)? != 0);
            if !named.contains(&asset) {
                let gone = sqlx::query("DELETE FROM assets WHERE id = $1")
                    .bind(asset)
                    .execute(&mut *transaction)
                    .await?;
                swept.shared += u64::from(shared) * gone.rows_affected();
            }
        }
        swept.bases = sqlx::query(
            "DELETE FROM bases WHERE site = $1 AND made_at_ms < $2 \
             AND NOT EXISTS (SELECT 1 FROM chunks WHERE base = bases.id)",
        )
        .bind(i64::from(site.0))
        .bind(now_ms - BASE_UNUSED_MS)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        let gone = packs::drop_unnamed(&mut transaction).await?;
        transaction.commit().await?;
        Ok((swept, gone))
    }
}

/// Assets that recordings of a site name, and with whose recordings each.
async fn named_assets(
    connection: &mut SqliteConnection,
    site: SiteId,
) -> Result<(BTreeSet<i64>, BTreeSet<(i64, OwnerId)>), CatalogError> {
    let rows = sqlx::query(
        "SELECT CASE WHEN cookieless = 0 THEN visitor ELSE session END, assets FROM recordings \
         WHERE site = $1 AND assets <> x''",
    )
    .bind(i64::from(site.0))
    .fetch_all(connection)
    .await?;
    let (mut named, mut owned) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let owner = id128(row.try_get(0)?, "owner of an asset")?.to_be_bytes();
        for asset in read_numbers(row.try_get(1)?)? {
            named.insert(asset.0);
            owned.insert((asset.0, owner));
        }
    }
    Ok((named, owned))
}

fn maybe_place(row: &SqliteRow) -> Result<Option<Place>, CatalogError> {
    match row.try_get::<Option<String>, _>("pack")? {
        Some(_) => super::chunks::read_place(row).map(Some),
        None => Ok(None),
    }
}

/// The copy that a row of [`ASSETS`] tells of.
fn maybe_copy(row: &SqliteRow) -> Result<Option<AssetCopy>, CatalogError> {
    let Some(pack) = row.try_get("copy_pack")? else {
        return Ok(None);
    };
    Ok(Some(AssetCopy {
        owner: id128(row.try_get("owner")?, "owner of an asset")?.to_be_bytes(),
        sender: Sender {
            visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of an asset")?),
            day: row.try_get("day")?,
        },
        place: Place {
            pack,
            offset: number(row.try_get("copy_offset")?, "place of an asset")?,
            bytes: number(row.try_get("copy_bytes")?, "length of an asset")?,
        },
    }))
}

/// Hashes as a JSON list of hexadecimal texts.
fn hex_list(hashes: &BTreeSet<AssetHash>) -> String {
    let hex = |hash: &AssetHash| format!("\"{:032x}\"", u128::from_be_bytes(*hash));
    let all: Vec<String> = hashes.iter().map(hex).collect();
    format!("[{}]", all.join(","))
}

/// Numbers as they stand in a row: differences of ascending ones, as LEB128.
pub(super) fn write_numbers(numbers: &BTreeSet<AssetNumber>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut before = 0;
    for number in numbers {
        let mut step = (number.0 - before) as u64;
        before = number.0;
        while step >= 0x80 {
            bytes.push(step as u8 | 0x80);
            step >>= 7;
        }
        bytes.push(step as u8);
    }
    bytes
}

pub(super) fn read_numbers(bytes: &[u8]) -> Result<Vec<AssetNumber>, CatalogError> {
    let unreadable = CatalogError::Unreadable {
        what: "assets of a recording",
    };
    let (mut numbers, mut last, mut step, mut shift) = (Vec::new(), 0_i64, 0_u64, 0_u32);
    for byte in bytes {
        if shift > 56 {
            return Err(unreadable);
        }
        step |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        last = last.saturating_add_unsigned(step);
        numbers.push(AssetNumber(last));
        (step, shift) = (0, 0);
    }
    if shift == 0 {
        Ok(numbers)
    } else {
        Err(unreadable)
    }
}

/// An asset that a repack brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewAsset {
    pub(crate) hash: AssetHash,
    /// Where it lies under the site's key, when enough visitors sent it.
    pub(crate) shared: Option<Place>,
    /// Where it lies under visitors' keys, when not.
    pub(crate) copies: Vec<AssetCopy>,
}

/// Takes in what a repack found of assets; gives the numbers by hash. One that is shared from now
/// on loses its copies.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    (site, assets): (SiteId, &[NewAsset]),
    packs: &HashMap<String, PackId>,
) -> Result<BTreeMap<AssetHash, AssetNumber>, CatalogError> {
    let mut numbers = BTreeMap::new();
    for asset in assets {
        let row = sqlx::query(
            "INSERT INTO assets (site, hash) VALUES ($1, $2) \
             ON CONFLICT (site, hash) DO UPDATE SET site = excluded.site RETURNING id",
        )
        .bind(i64::from(site.0))
        .bind(asset.hash.to_vec())
        .fetch_one(&mut *connection)
        .await?;
        let id: i64 = row.try_get(0)?;
        numbers.insert(asset.hash, AssetNumber(id));
        if let Some(place) = &asset.shared {
            sqlx::query(
                "UPDATE assets SET pack = $1, pack_offset = $2, pack_bytes = $3 WHERE id = $4",
            )
            .bind(known(packs, place)?.0)
            .bind(place.offset as i64)
            .bind(i64::from(place.bytes))
            .bind(id)
            .execute(&mut *connection)
            .await?;
            sqlx::query("DELETE FROM asset_copies WHERE asset = $1")
                .bind(id)
                .execute(&mut *connection)
                .await?;
        }
        for copy in &asset.copies {
            sqlx::query(
                "INSERT INTO asset_copies (asset, owner, visitor, day, pack, pack_offset, \
                 pack_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id)
            .bind(copy.owner.to_vec())
            .bind(copy.sender.visitor.to_bytes().to_vec())
            .bind(copy.sender.day)
            .bind(known(packs, &copy.place)?.0)
            .bind(copy.place.offset as i64)
            .bind(i64::from(copy.place.bytes))
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(numbers)
}

#[cfg(test)]
#[path = "assets_tests.rs"]
mod tests;
