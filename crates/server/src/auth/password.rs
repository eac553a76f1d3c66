//! Passwords: argon2id, at most two at once, because each takes 19 MiB and tens of milliseconds
//! of a core that also has to store events.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use hitmetrix_model::limits;
use tokio::sync::Semaphore;

use crate::problem::{Code, Problem};

/// Hashed or verified at one time.
const AT_ONCE: usize = 2;
/// Seconds after which a refused one may try again.
const RETRY_AFTER_S: u64 = 5;
/// Shortest password; length is what counts, so nothing else is asked of it.
pub const CHARACTERS_MIN: usize = 10;
/// Longest password; more would only cost time.
pub const BYTES_MAX: usize = 1024;

/// The hash that unknown accounts are verified against, so that they take as long as known ones.
/// It is that of a random password that was not kept, with the parameters of [`Argon2::default`].
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$7Xdd0QsSNYDzZCkBkBXhXDMTRhqOlqOOHRZV8u5bCrM";

/// Hashes and verifies.
#[derive(Debug)]
pub struct Passwords {
    slots: Semaphore,
    places: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            slots: Semaphore::new(AT_ONCE),
            places: Semaphore::new(limits::PASSWORDS_WAITING),
        }
    }
}

impl Passwords {
    /// The PHC string of a new password.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        let characters = password.chars().count();
        if characters < CHARACTERS_MIN {
            return Err(Problem::invalid(format!(
                "password has {characters} characters, the least is {CHARACTERS_MIN}; \
                 a few words make a good one"
            )));
        }
        if password.len() > BYTES_MAX {
            return Err(Problem::invalid(format!(
                "password has {} bytes, the limit is {BYTES_MAX}",
                password.len()
            )));
        }
        self.in_a_slot(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|_| Problem::internal("argon2 refused its default parameters"))
        })
        .await?
    }

    /// Whether the password is the one of this PHC string; with none (an unknown account) it takes
    /// as long and is false.
    ///
    /// # Errors
    /// When the stored string is broken.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Problem> {
        if password.len() > BYTES_MAX {
            return Ok(false);
        }
        self.in_a_slot(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&stored)
                .map_err(|_| Problem::internal("a stored password hash cannot be read"))?;
            let right = Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok();
            Ok(right && known)
        })
        .await?
    }

    async fn in_a_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let _place = self.places.try_acquire().map_err(|_| {
            Problem::new(
                Code::TooMany,
                format!(
                    "{} sign-ins wait already; try again in {RETRY_AFTER_S} s",
                    limits::PASSWORDS_WAITING
                ),
            )
            .retry_after(RETRY_AFTER_S)
        })?;
        let _slot = self
            .slots
            .acquire()
            .await
            .map_err(|_| Problem::internal("the password slots were closed"))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Problem::internal("hashing a password panicked"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn password_verifies_against_its_own_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords
            .hash("correct horse battery".to_owned())
            .await
            .unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for (password, right) in [("correct horse battery", true), ("correct horse", false)] {
            let verified = passwords
                .verify(password.to_owned(), Some(hash.clone()))
                .await;
            assert_eq!(verified.unwrap(), right, "{password}");
        }
    }

    #[tokio::test]
    async fn unknown_account_is_verified_with_the_same_work() {
        let passwords = Passwords::default();
        assert!(
            !passwords
                .verify("anything at all".to_owned(), None)
                .await
                .unwrap()
        );
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = passwords
            .hash("correct horse battery".to_owned())
            .await
            .unwrap();
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params.to_string(), somebody.params.to_string());
    }

    #[tokio::test]
    async fn sign_ins_beyond_the_waiting_ones_are_refused() {
        let passwords = Passwords::default();
        let _all = passwords.places.try_acquire_many(32).unwrap();
        let refused = passwords.verify("anything".to_owned(), None).await;
        assert_eq!(refused.unwrap_err().code(), Code::TooMany);
    }

    #[tokio::test]
    async fn short_password_is_refused() {
        assert!(Passwords::default().hash("short".to_owned()).await.is_err());
    }
}
