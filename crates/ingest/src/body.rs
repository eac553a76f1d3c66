//! Bodies before they have lines: the limit on the bytes as they came, gzip told by its magic
//! bytes, and the absolute limit on the unpacked bytes. Unpacking stops at the limit, so that a
//! bomb costs no more memory than the limit itself.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::Rejection;

/// What a body may weigh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// As it came, in bytes.
    pub(crate) wire: usize,
    /// Unpacked, in bytes.
    pub(crate) decoded: usize,
}

/// The plain bytes of a body. One layer of gzip is unpacked, and only its first member; more is
/// not looked into.
///
/// # Errors
/// When it is over a limit or begins like gzip and is not.
pub(crate) fn plain(body: &[u8], caps: Caps) -> Result<Cow<'_, [u8]>, Rejection> {
    if body.len() > caps.wire {
        return Err(Rejection::WireTooLarge {
            bytes: body.len(),
            limit: caps.wire,
        });
    }
    unpacked(body, caps.decoded)
}

/// The plain bytes of what may be gzip.
///
/// # Errors
/// When it is over the limit or begins like gzip and is not.
pub(crate) fn unpacked(body: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, Rejection> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return if body.len() > limit {
            Err(Rejection::DecodedTooLarge { limit })
        } else {
            Ok(Cow::Borrowed(body))
        };
    }
    let mut plain = Vec::with_capacity(body.len().saturating_mul(4).min(limit));
    let mut capped = GzDecoder::new(body).take(limit as u64 + 1);
    capped
        .read_to_end(&mut plain)
        .map_err(|_| Rejection::Gzip)?;
    if plain.len() > limit {
        return Err(Rejection::DecodedTooLarge { limit });
    }
    Ok(Cow::Owned(plain))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    const CAPS: Caps = Caps {
        wire: 4096,
        decoded: 65536,
    };

    #[test]
    fn gzip_is_told_by_its_magic_bytes() {
        assert_eq!(&*plain(b"{}", CAPS).unwrap(), b"{}");
        assert_eq!(&*plain(&gzip(b"{}"), CAPS).unwrap(), b"{}");
    }

    #[test]
    fn limits_hold_for_wire_and_decoded_bytes() {
        let bytes = vec![b'a'; 4097];
        assert_eq!(
            plain(&bytes, CAPS),
            Err(Rejection::WireTooLarge {
                bytes: 4097,
                limit: 4096
            })
        );
        let bomb = gzip(&vec![0; 3_000_000]);
        assert!(bomb.len() < 4096);
        assert_eq!(
            plain(&bomb, CAPS),
            Err(Rejection::DecodedTooLarge { limit: 65536 })
        );
        assert!(plain(&gzip(&vec![0; 65536]), CAPS).is_ok());
    }

    #[test]
    fn broken_gzip_is_refused() {
        let whole = gzip(b"some text that is long enough to be cut in the middle");
        assert_eq!(plain(&whole[..whole.len() / 2], CAPS), Err(Rejection::Gzip));
        assert_eq!(plain(&[0x1f, 0x8b, 0, 0], CAPS), Err(Rejection::Gzip));
    }
}
