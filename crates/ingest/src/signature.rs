//! The site's signature under the users it identifies: HMAC-SHA256 of the user id under the site's
//! secret, in hexadecimal digits. HMAC-SHA256 and not BLAKE3, because every language that a
//! customer's server is written in has it. RFC 2104, with SHA-256 from `sha2`.

use sha2::{Digest, Sha256};

const BLOCK_BYTES: usize = 64;

/// The signature of a user id, as 64 hexadecimal digits.
#[must_use]
pub fn sign_user(key: &[u8], user: &str) -> String {
    hmac_sha256(key, user.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether this is the user's signature, in a time that does not tell where they differ.
pub(crate) fn is_signed(key: &[u8], user: &str, signature: &str) -> bool {
    let expected = sign_user(key, user);
    let given = signature.to_ascii_lowercase();
    expected.len() == given.len()
        && expected
            .bytes()
            .zip(given.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK_BYTES];
    if key.len() > BLOCK_BYTES {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_4231() {
        // Test cases 2 and 6.
        assert_eq!(
            sign_user(b"Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            sign_user(
                &[0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First"
            ),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn another_key_user_or_length_is_no_signature() {
        let signature = sign_user(b"key", "17");
        assert!(is_signed(b"key", "17", &signature.to_uppercase()));
        assert!(!is_signed(b"key", "18", &signature));
        assert!(!is_signed(b"kez", "17", &signature));
        assert!(!is_signed(b"key", "17", &signature[..63]));
        assert!(!is_signed(b"key", "17", ""));
    }
}
