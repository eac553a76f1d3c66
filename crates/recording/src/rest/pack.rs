//! Packs the lines of one segment and unpacks them.
//!
//! A packed segment begins with a byte that says its form and the number of bytes that it unpacks
//! to. Form [`TALK`]: bytes of the texts kept beside, packed and plain, these texts, then the bits
//! of [`Talk`]. Form [`PLAIN`]: one frame. Numbers are LEB128. A form with [`OF_BASE`] needs the base.

use std::sync::LazyLock;

use super::error::RestError;
use super::frame;
use super::range::{Decoder, Encoder};
use super::talk::{Beside, Talk};
use crate::Tree;

/// Compressed as they are: what is no canonical JSON, or very much.
const PLAIN: u8 = 0;
/// Said token by token.
const TALK: u8 = 2;
/// Added to the form when a base is in view.
const OF_BASE: u8 = 1;
/// More is compressed as it is, because what is said is learnt, and learning takes its time.
const TALK_BYTES_MAX: usize = 8 << 20;

/// What recordings are like, so that the first event need not be learnt from nothing. A part of
/// the form: another primer is another form.
const PRIMER: &str = include_str!("primer.jsonl");

static PRIMED: LazyLock<Talk> = LazyLock::new(|| {
    let mut talk = Talk::new();
    talk.learn(PRIMER.as_bytes(), false);
    talk
});

/// Packs lines: consecutive events of one window, as [`super::take_assets`] left them. With a base,
/// only the same base unpacks them. Several bases, one behind the other, are one, too: those of the
/// pages of a session that is packed as a whole.
///
/// # Errors
/// When the compressor fails.
pub fn pack(lines: &[u8], base: Option<&[u8]>) -> Result<Vec<u8>, RestError> {
    let of_base = base.map_or(0, |_| OF_BASE);
    if let Some(packed) = talk(lines, base)? {
        return Ok(packed);
    }
    let mut out = vec![PLAIN | of_base];
    number(lines.len(), &mut out);
    out.extend_from_slice(&frame::compress(lines, base.unwrap_or_default())?);
    Ok(out)
}

/// Lines said token by token; none when they cannot be.
fn talk(lines: &[u8], base: Option<&[u8]>) -> Result<Option<Vec<u8>>, RestError> {
    if lines.len() > TALK_BYTES_MAX {
        return Ok(None);
    }
    let mut talk = begin(base);
    let mut encoder = Encoder::new();
    let mut beside = Beside::default();
    let mut heard = Vec::with_capacity(lines.len());
    let mut rest = lines;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let tree = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|line| Tree::parse(line).ok());
        let Some(tree) = tree else {
            return Ok(None);
        };
        talk.line(
            &mut encoder,
            (Some(&tree), lines.len()),
            &mut beside,
            &mut heard,
        )?;
        heard.push(b'\n');
        rest = &rest[end + 1..];
    }
    // The last byte is a line feed, and what was said is what there was.
    if !rest.is_empty() || heard != lines {
        return Ok(None);
    }
    let mut out = vec![TALK | base.map_or(0, |_| OF_BASE)];
    number(lines.len(), &mut out);
    if beside.bytes.is_empty() {
        number(0, &mut out);
    } else {
        let packed = frame::compress(&beside.bytes, base.unwrap_or_default())?;
        number(packed.len(), &mut out);
        number(beside.bytes.len(), &mut out);
        out.extend_from_slice(&packed);
    }
    out.extend_from_slice(&encoder.finish());
    Ok(Some(out))
}

fn begin(base: Option<&[u8]>) -> Talk {
    let mut talk = PRIMED.clone();
    if let Some(base) = base {
        talk.learn(base, true);
    }
    talk
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
    let base = match (form & OF_BASE, base) {
        (0, _) => None,
        (_, None) => return Err(RestError::NoBase),
        (_, base) => base,
    };
    let bytes = take_number(&mut rest).ok_or(spoiled)?;
    if bytes > bytes_max {
        return Err(RestError::TooLarge { limit: bytes_max });
    }
    match form & !OF_BASE {
        PLAIN => frame::decompress(rest, base.unwrap_or_default(), bytes),
        TALK => listen(rest, base, bytes),
        _ => Err(spoiled),
    }
}

fn listen(mut rest: &[u8], base: Option<&[u8]>, bytes: usize) -> Result<Vec<u8>, RestError> {
    let spoiled = RestError::Spoiled { what: "no header" };
    let mut beside = Beside::default();
    let packed = take_number(&mut rest).ok_or(spoiled)?;
    if packed > 0 {
        let plain = take_number(&mut rest).filter(|plain| *plain <= bytes);
        let (frame, after) = rest.split_at_checked(packed).ok_or(spoiled)?;
        let prefix = base.unwrap_or_default();
        beside.bytes = frame::decompress(frame, prefix, plain.ok_or(spoiled)?)?;
        rest = after;
    }
    let mut talk = begin(base);
    let mut decoder = Decoder::new(rest);
    let mut out = Vec::with_capacity(bytes);
    while out.len() < bytes {
        if !talk.line(&mut decoder, (None, bytes), &mut beside, &mut out)? {
            return Err(spoiled);
        }
        out.push(b'\n');
    }
    if out.len() == bytes {
        Ok(out)
    } else {
        Err(RestError::Spoiled {
            what: "other lines",
        })
    }
}

fn number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for shift in (0..35).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
