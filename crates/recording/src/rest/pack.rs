//! Packs the lines of one segment and unpacks them.

use super::error::RestError;
use super::frame;

/// First byte: compressed lines.
const LINES: u8 = 0;
/// First byte: compressed lines with a base in view.
const LINES_OF_BASE: u8 = 1;

/// Packs lines: consecutive events of one window, as [`super::take_assets`] left them. With a base,
/// only the same base unpacks them.
///
/// # Errors
/// When the compressor fails.
pub fn pack(lines: &[u8], base: Option<&[u8]>) -> Result<Vec<u8>, RestError> {
    let packed = frame::compress(lines, base.unwrap_or_default())?;
    let mut out = Vec::with_capacity(1 + 5 + packed.len());
    out.push(if base.is_some() { LINES_OF_BASE } else { LINES });
    let mut length = lines.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(&packed);
    Ok(out)
}

/// Gives the lines back, at most `bytes_max` of them; never allocates more than a small multiple
/// of that, whatever the bytes are.
///
/// # Errors
/// When the bytes are not what [`pack`] gave, need a base that is not given, or are over the limit.
/// Another base than the one they were packed against gives an error or other lines: the caller
/// says which one it was.
pub fn unpack(packed: &[u8], base: Option<&[u8]>, bytes_max: usize) -> Result<Vec<u8>, RestError> {
    let spoiled = RestError::Spoiled { what: "no header" };
    let (form, mut rest) = packed.split_first().ok_or(spoiled)?;
    let prefix = match (*form, base) {
        (LINES, _) => &[][..],
        (LINES_OF_BASE, Some(base)) => base,
        (LINES_OF_BASE, None) => return Err(RestError::NoBase),
        _ => return Err(spoiled),
    };
    let mut bytes = 0_usize;
    for shift in (0..35).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(spoiled)?;
        rest = after;
        bytes |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    if bytes > bytes_max {
        return Err(RestError::TooLarge { limit: bytes_max });
    }
    frame::decompress(rest, prefix, bytes)
}
