//! The second step of a sign-in: a code of the app on the user's phone, each once, or a recovery code.
//! Limited per account and per address by itself: who has the password already must not guess on.

use hitmetrix_store::settings::{SecondFactor, UserId};
use totp_rs::{Builder, Secret, Totp};

use super::attempts::Tried;
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::secret;

/// Recovery codes that a user gets.
pub const RECOVERY_CODES: usize = 10;
const ISSUER: &str = "Hitmetrix";

/// Checks a code that a user gave, and takes it: it is worth nothing afterwards.
///
/// # Errors
/// When it is not right, was taken before, or too many were wrong.
pub async fn take_code(
    app: &App,
    (user, factor): (UserId, &SecondFactor),
    (code, tried): (&str, Tried<'_>),
) -> Result<(), Problem> {
    let now_ms = app.now_ms();
    app.code_attempts.begin(tried, now_ms).map_err(|seconds| {
        Problem::new(
            Code::TooMany,
            format!("too many wrong codes; try again in {seconds} s"),
        )
        .retry_after(seconds)
    })?;
    let code: String = code.chars().filter(|one| !one.is_whitespace()).collect();
    let is_right = match step_of(factor, &code, now_ms)? {
        Some(step) => app.settings().take_step(user, step).await?,
        None => {
            let hash = secret::hash(&plain(&code));
            app.settings().use_recovery_code(user, &hash).await?
        }
    };
    if !is_right {
        return Err(wrong());
    }
    app.code_attempts.succeeded(tried);
    Ok(())
}

/// The time step of a code; none when it is not one of now, a step ago or a step ahead.
///
/// # Errors
/// Never, as long as secrets have 20 bytes.
pub fn step_of(factor: &SecondFactor, code: &str, now_ms: i64) -> Result<Option<i64>, Problem> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let now_s = u64::try_from(now_ms / 1000).unwrap_or(0);
    let step = totp(&factor.secret)?.check(code, now_s);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: &[u8; 20]) -> Result<Totp, Problem> {
    Builder::new()
        .with_secret(Secret::new_stack(*secret))
        .build()
        .map_err(|_| Problem::internal("the secret of a second factor makes no codes"))
}

/// The secret in base 32, as people type it.
#[must_use]
pub fn base32(secret: &[u8; 20]) -> String {
    Secret::new_stack(*secret).to_base32()
}

/// What authenticator apps read out of the picture.
#[must_use]
pub fn address(email: &str, secret: &[u8; 20]) -> String {
    let mut name = String::new();
    for byte in email.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                name.push(char::from(byte));
            }
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    let secret = base32(secret);
    format!("otpauth://totp/{ISSUER}:{name}?secret={secret}&issuer={ISSUER}")
}

/// New recovery codes and what is kept of them.
#[must_use]
pub fn recovery_codes(app: &App) -> (Vec<String>, Vec<[u8; 32]>) {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut hashes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let digits = secret::random_id(&*app.randomness);
        hashes.push(secret::hash(&digits));
        let four: Vec<&str> = (0..4).map(|at| &digits[at * 4..at * 4 + 4]).collect();
        codes.push(four.join("-"));
    }
    (codes, hashes)
}

/// A recovery code without what makes it readable.
fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|one| one.to_ascii_lowercase())
        .collect()
}

/// The code is not right.
#[must_use]
pub fn wrong() -> Problem {
    Problem::new(
        Code::WrongCode,
        "the code is wrong, too old, or was used already; wait for the next one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 20] = *b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let factor = SecondFactor {
            secret: SECRET,
            confirmed: true,
        };
        // Appendix B has eight digits; these are the last six.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = step_of(&factor, code, seconds * 1000).unwrap();
            assert_eq!(step, Some(seconds / 30), "{code}");
            let later = step_of(&factor, code, (seconds + 90) * 1000).unwrap();
            assert_eq!(later, None, "{code}");
        }
        for wrong in ["", "28708", "2870820", "28708a", "000000"] {
            assert_eq!(step_of(&factor, wrong, 59_000).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn secret_is_written_as_rfc_4648_does() {
        assert_eq!(base32(&SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = address("ada+x@example.org", &SECRET);
        assert!(
            address.starts_with("otpauth://totp/Hitmetrix:ada%2Bx@example.org?secret=GEZD"),
            "{address}"
        );
    }

    #[test]
    fn recovery_code_is_read_however_it_is_typed() {
        assert_eq!(plain(" AB12-cd34 - ef56-7890 "), "ab12cd34ef567890");
    }
}
