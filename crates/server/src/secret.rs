//! Random secrets and their hashes. A secret leaves the server once, when it is made; at rest
//! lies its BLAKE3 hash. Secrets carry 128 or 256 bits of the operating system's randomness, so
//! that a fast hash is enough; passwords, which do not, have `auth::password`.

use std::fmt::Write as _;

use hitmetrix_store::Randomness;
use subtle::ConstantTimeEq;

/// 256 random bits as 64 hexadecimal digits.
#[must_use]
pub fn random_secret(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 32];
    randomness.fill(&mut bytes);
    hex(&bytes)
}

/// 128 random bits as 32 hexadecimal digits: the secret of a link that people pass on.
#[must_use]
pub fn random_pass(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 16];
    randomness.fill(&mut bytes);
    hex(&bytes)
}

/// 64 random bits as 16 hexadecimal digits: a public id.
#[must_use]
pub fn random_id(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes);
    hex(&bytes)
}

/// What is kept of a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

/// Whether the secret has this hash, in a time that does not tell where they differ.
#[must_use]
pub fn matches(secret: &str, expected: &[u8; 32]) -> bool {
    bool::from(hash(secret)[..].ct_eq(&expected[..]))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
    text
}
