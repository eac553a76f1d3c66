//! The salts under which cookieless visitors are hashed: random, one per UTC day, in a file of mode
//! 0600 that no backup holds. A new one comes at midnight; the one before stays for 30 minutes, so
//! that a visit over midnight is one visit, and is then overwritten and gone. Without the salt
//! nobody, the owner included, can tell which address a stored visitor had.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hitmetrix_ingest::ids::Salt;
use hitmetrix_store::Randomness;

use super::quota::DAY_MS;

/// How long the salt of the day before is kept.
pub(super) const GRACE_MS: i64 = 30 * 60 * 1000;
/// Bytes of one salt in the file: its day and itself.
const RECORD_BYTES: usize = 8 + 32;

/// The salt of one UTC day.
#[derive(Clone, Copy, PartialEq, Eq)]
struct DaySalt {
    day: i64,
    salt: Salt,
}

/// The salts that count at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Current {
    /// The salt of the day.
    pub(super) today: Salt,
    /// The salt of the day before, in the first 30 minutes of the day.
    pub(super) yesterday: Option<Salt>,
}

/// Keeper of the salts.
pub(super) struct Salts {
    path: PathBuf,
    randomness: Arc<dyn Randomness>,
    /// Newest last; nothing until first asked for.
    kept: Mutex<Option<Vec<DaySalt>>>,
}

impl Salts {
    pub(super) fn new(path: PathBuf, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            path,
            randomness,
            kept: Mutex::new(None),
        }
    }

    /// The salts that count now. Makes today's when there is none, and destroys what is over.
    ///
    /// # Errors
    /// When the file cannot be written; a visitor that would change with a restart is not given.
    pub(super) fn current(&self, now_ms: i64) -> std::io::Result<Current> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut salts = match kept.take() {
            Some(salts) => salts,
            None => self.read()?,
        };
        let changed = self.settle(&mut salts, now_ms);
        let written = if changed { self.write(&salts) } else { Ok(()) };
        if written.is_ok() {
            *kept = Some(salts.clone());
        }
        written?;
        let day = now_ms.div_euclid(DAY_MS);
        let of = |day: i64| {
            salts
                .iter()
                .find(|salt| salt.day == day)
                .map(|salt| salt.salt)
        };
        Ok(Current {
            today: of(day).unwrap_or_default(),
            yesterday: of(day - 1),
        })
    }

    /// Drops salts that are over and makes today's; whether something changed.
    fn settle(&self, salts: &mut Vec<DaySalt>, now_ms: i64) -> bool {
        let day = now_ms.div_euclid(DAY_MS);
        let in_grace = now_ms.rem_euclid(DAY_MS) < GRACE_MS;
        let before = salts.len();
        salts.retain(|salt| salt.day == day || (in_grace && salt.day == day - 1));
        let mut changed = salts.len() != before;
        if !salts.iter().any(|salt| salt.day == day) {
            let mut salt = [0; 32];
            self.randomness.fill(&mut salt);
            salts.push(DaySalt { day, salt });
            changed = true;
        }
        changed
    }

    fn read(&self) -> std::io::Result<Vec<DaySalt>> {
        let mut bytes = Vec::new();
        match File::open(&self.path) {
            Ok(file) => file.take(4 * RECORD_BYTES as u64).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let (records, _) = bytes.as_chunks::<RECORD_BYTES>();
        Ok(records
            .iter()
            .map(|record| {
                let mut day = [0; 8];
                let mut salt = [0; 32];
                day.copy_from_slice(&record[..8]);
                salt.copy_from_slice(&record[8..]);
                DaySalt {
                    day: i64::from_le_bytes(day),
                    salt,
                }
            })
            .filter(|record| record.salt != [0; 32])
            .collect())
    }

    /// Overwrites the file in place, so that an old salt's bytes are not left in a freed block.
    fn write(&self, salts: &[DaySalt]) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(2 * RECORD_BYTES);
        for salt in salts {
            bytes.extend_from_slice(&salt.day.to_le_bytes());
            bytes.extend_from_slice(&salt.salt);
        }
        bytes.resize(2 * RECORD_BYTES, 0);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.path)?;
        file.write_all(&bytes)?;
        file.sync_all()
    }
}

impl std::fmt::Debug for Salts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Salts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    /// Gives 1s, then 2s, and so on.
    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    #[test]
    fn salt_lives_a_day_and_is_destroyed_half_an_hour_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let randomness: Arc<dyn Randomness> = Arc::new(Counting::default());
        let salts = Salts::new(path.clone(), Arc::clone(&randomness));
        let first = salts.current(5).unwrap();
        assert_eq!((first.today, first.yesterday), ([1; 32], None));
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = Salts::new(path.clone(), Arc::clone(&randomness));
        assert!(
            again.current(DAY_MS - 1).unwrap() == first,
            "it outlives a restart"
        );
        let night = again.current(DAY_MS).unwrap();
        assert_eq!((night.today, night.yesterday), ([2; 32], Some([1; 32])));
        let later = again.current(DAY_MS + GRACE_MS).unwrap();
        assert_eq!((later.today, later.yesterday), ([2; 32], None));
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            !bytes.windows(32).any(|window| window == [1; 32]),
            "the old salt is overwritten"
        );
    }

    #[test]
    fn without_a_file_there_is_no_salt() {
        let salts = Salts::new(
            PathBuf::from("/nonexistent/salts"),
            Arc::new(Counting::default()),
        );
        assert!(salts.current(0).is_err());
    }
}
