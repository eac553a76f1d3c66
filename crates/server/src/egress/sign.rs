//! Signatures of webhooks after the Standard Webhooks specification 1.0 (standardwebhooks.com), for
//! which receivers find libraries in every language: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hitmetrix_store::Randomness;
use ring::hmac;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret of 256 random bits.
#[must_use]
pub fn new_secret(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 32];
    randomness.fill(&mut bytes);
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The header `webhook-signature` of a delivery: its id, its time in seconds, its body.
#[must_use]
pub fn signature(secret: &str, (id, at_s): (&str, i64), body: &str) -> String {
    let text = secret.strip_prefix(PREFIX).unwrap_or(secret);
    let bytes = STANDARD
        .decode(text)
        .unwrap_or_else(|_| text.as_bytes().to_vec());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let tag = hmac::sign(&key, format!("{id}.{at_s}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    #[test]
    fn signature_is_that_of_the_specification() {
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330),
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
