//! Every path of the data folder, and nothing else of the project knows one.
//!
//! | path | what |
//! |---|---|
//! | `hitmetrix.lock` | held by the one process that owns the folder |
//! | `catalog.db` | SQLite: catalog and settings |
//! | `migrations/` | copies of the catalog before each migration |
//! | `log/` | the log |
//! | `parts/site=N/week=YYYY-MM-DD/shard=K/ID.parquet` | parts, readable by any tool |
//! | `lanes/ID/` | lanes of the part, a cache |
//! | `quarantine/` | damaged stretches of the log |
//! | `recordings/site=N/DAY-ID.pack` | encrypted chunks and segments |
//! | `recordings/site=N/shared-ID.pack` | what recordings have alike, encrypted |
//! | `keys/recordings.keys` | the keys of recordings: in no backup that does not ask for them |
//! | `keys/erasures.journal` | what was erased for good: goes with the keys |

use std::path::{Path, PathBuf};

use hitmetrix_model::{SiteId, limits};

/// Whether this folder is the data folder of a store, or one is just beginning it.
#[must_use]
pub fn is_data_folder(folder: &Path) -> bool {
    let paths = Paths::new(folder);
    paths.catalog().exists() || paths.lock().exists()
}

/// The folder and what is where in it.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    data: PathBuf,
}

impl Paths {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.data.join("hitmetrix.lock")
    }

    pub(crate) fn catalog(&self) -> PathBuf {
        self.data.join("catalog.db")
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.data.join("migrations")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.data.join("log")
    }

    pub(crate) fn parts(&self) -> PathBuf {
        self.data.join("parts")
    }

    pub(crate) fn lanes(&self) -> PathBuf {
        self.data.join("lanes")
    }

    pub(crate) fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }

    /// A pack by its name in the catalog, `site=N/DAY-ID.pack`.
    pub(crate) fn pack(&self, name: &str) -> PathBuf {
        self.recordings().join(name)
    }

    /// The name in the catalog of a file in the recordings folder.
    pub(crate) fn pack_name(&self, path: &Path) -> Option<String> {
        Some(
            path.strip_prefix(self.recordings())
                .ok()?
                .to_str()?
                .to_owned(),
        )
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.data.join("keys").join("recordings.keys")
    }

    pub(crate) fn erasures(&self) -> PathBuf {
        self.data.join("keys").join("erasures.journal")
    }

    /// Damaged stretches of the log, for whoever wants to save what is left of them.
    pub(crate) fn quarantine(&self) -> PathBuf {
        self.data.join("quarantine")
    }

    /// Written and synced by the probe; beside the log, on the same disk.
    pub(crate) fn probe(&self) -> PathBuf {
        self.data.join("probe")
    }

    /// The lanes of one part.
    pub(crate) fn lanes_of(&self, part: u128) -> PathBuf {
        self.lanes().join(format!("{part:032x}"))
    }

    /// The file of a part.
    pub(crate) fn part(&self, part: &PartName) -> PathBuf {
        self.data.join(part.key())
    }
}

/// What the path of a part says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartName {
    pub(crate) id: u128,
    pub(crate) site: SiteId,
    pub(crate) week_ms: i64,
    pub(crate) shard: u16,
}

impl PartName {
    /// The path below the data folder, which is also the name in an object store.
    pub(crate) fn key(&self) -> String {
        format!(
            "parts/site={}/week={}/shard={}/{:032x}.parquet",
            self.site,
            day(self.week_ms),
            self.shard,
            self.id
        )
    }
}

/// The name of a new pack in the catalog.
pub(crate) fn pack_name(site: SiteId, day_ms: i64, id: u128) -> String {
    format!("site={site}/{}-{id:032x}.pack", day(day_ms))
}

/// The day in the name of a pack, as `YYYY-MM-DD`; none of what recordings have alike.
pub(crate) fn day_of_pack(name: &str) -> Option<&str> {
    let file = name.rsplit('/').next()?;
    let (day, _) = file.rsplit_once('-')?;
    (day.len() == "YYYY-MM-DD".len()).then_some(day)
}

/// The name of a new pack of what a site's recordings have alike.
pub(crate) fn shared_pack_name(site: SiteId, id: u128) -> String {
    format!("site={site}/shared-{id:032x}.pack")
}

/// The name of a new pack that holds what lies in another one: of the same site and day.
pub(crate) fn pack_name_beside(pack: &str, id: u128) -> String {
    let day = pack.rsplit_once('-').map_or(pack, |(day, _)| day);
    format!("{day}-{id:032x}.pack")
}

/// Monday, 5 January 1970: where periods are counted from.
const FIRST_MONDAY_MS: i64 = 4 * 24 * 3600 * 1000;

/// Start of the period of 7 days, from Monday UTC, that a time falls into.
pub(crate) fn week_of(time_ms: i64) -> i64 {
    time_ms - (time_ms - FIRST_MONDAY_MS).rem_euclid(limits::PART_SPAN_MS)
}

/// A time's day in UTC as `YYYY-MM-DD`, by Howard Hinnant's `civil_from_days`.
pub(crate) fn day(time_ms: i64) -> String {
    let days = time_ms.div_euclid(24 * 3600 * 1000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_utc() {
        let monday_ms = 1_767_571_200_000;
        assert_eq!(day(monday_ms), "2026-01-05");
        assert_eq!(week_of(monday_ms), monday_ms);
        assert_eq!(week_of(monday_ms - 1), monday_ms - limits::PART_SPAN_MS);
        assert_eq!(week_of(monday_ms + limits::PART_SPAN_MS - 1), monday_ms);
        assert_eq!(day(week_of(-1)), "1969-12-29");
        assert_eq!(day(951_782_400_000), "2000-02-29");
    }

    #[test]
    fn path_of_a_part_says_site_week_and_shard() {
        let name = PartName {
            id: 0xab,
            site: SiteId(7),
            week_ms: 1_767_571_200_000,
            shard: 3,
        };
        let expected =
            "parts/site=7/week=2026-01-05/shard=3/000000000000000000000000000000ab.parquet";
        assert_eq!(name.key(), expected);
    }
}
