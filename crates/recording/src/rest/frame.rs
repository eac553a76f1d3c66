//! zstd as it is used here: level 19, one frame, no checksum (what lies on the disk has one), and
//! without the four bytes that every frame begins with.

use std::io::Write as _;

use zstd::zstd_safe::{CCtx, CParameter, DCtx};

use super::error::RestError;

const LEVEL: i32 = 19;
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Bases and segments are far below, and a decoder never needs more than it writes.
const WINDOW_LOG_MAX: u32 = 27;

/// Compresses, with `prefix` in view.
pub(super) fn compress(bytes: &[u8], prefix: &[u8]) -> Result<Vec<u8>, RestError> {
    let failed = |_| RestError::Compress { bytes: bytes.len() };
    let mut context = CCtx::create();
    let reach = (bytes.len() + prefix.len())
        .max(1 << 10)
        .next_power_of_two();
    let window_log = reach.trailing_zeros().min(WINDOW_LOG_MAX);
    for parameter in [
        CParameter::CompressionLevel(LEVEL),
        CParameter::WindowLog(window_log),
        CParameter::ChecksumFlag(false),
        CParameter::DictIdFlag(false),
    ] {
        context.set_parameter(parameter).map_err(failed)?;
    }
    if !prefix.is_empty() {
        context.ref_prefix(prefix).map_err(failed)?;
    }
    let mut out = Vec::with_capacity(zstd::zstd_safe::compress_bound(bytes.len()));
    context.compress2(&mut out, bytes).map_err(failed)?;
    out.drain(..MAGIC.len());
    Ok(out)
}

/// Gives exactly `bytes` bytes back.
pub(super) fn decompress(packed: &[u8], prefix: &[u8], bytes: usize) -> Result<Vec<u8>, RestError> {
    let spoiled = |_| RestError::Spoiled { what: "no frame" };
    let mut frame = Vec::with_capacity(MAGIC.len() + packed.len());
    frame.write_all(&MAGIC).expect("memory takes it");
    frame.extend_from_slice(packed);
    let mut context = DCtx::create();
    if !prefix.is_empty() {
        context.ref_prefix(prefix).map_err(spoiled)?;
    }
    let mut out = Vec::with_capacity(bytes);
    context.decompress(&mut out, &frame).map_err(spoiled)?;
    if out.len() == bytes {
        Ok(out)
    } else {
        Err(RestError::Spoiled {
            what: "frame of another length",
        })
    }
}
