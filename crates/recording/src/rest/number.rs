//! Whole numbers as bits: first how many digits, then the sign, then the digits, each in the
//! contexts that the caller gives.

use super::mix::{Mixer, hash};
use super::range::Bits;

/// Classes of the mixer that one kind of number takes up: how many digits, digits, the sign.
const DIGITS: usize = 0;
const DIGIT: usize = 1;
const SIGN: usize = 2;
/// Digits beyond these are as good as chance.
const DIGITS_LEARNT: u32 = 18;

/// Says or hears a number in these contexts; `class` is the first of three.
pub(super) fn unsigned<const N: usize>(
    mixer: &mut Mixer,
    bits: &mut impl Bits,
    number: u64,
    (class, contexts): (usize, &[u32; N]),
) -> u64 {
    let digits = u64::BITS - number.leading_zeros();
    let digits = symbol(mixer, bits, (digits, 6), (class + DIGITS, contexts));
    let digits = digits.min(u64::BITS - 1);
    if digits < 2 {
        return u64::from(digits);
    }
    let mut heard = 1_u64;
    for place in (0..digits - 1).rev() {
        let known = digits - 1 - place;
        let node = if known < DIGITS_LEARNT {
            hash(heard as u32, digits + 100)
        } else {
            hash(known, digits + 200)
        };
        let bit = number >> place & 1 == 1;
        let bit = one(mixer, bits, bit, (class + DIGIT, contexts, node));
        heard = heard << 1 | u64::from(bit);
    }
    heard
}

/// Says or hears a number that may be below zero.
pub(super) fn signed<const N: usize>(
    mixer: &mut Mixer,
    bits: &mut impl Bits,
    number: i64,
    (class, contexts): (usize, &[u32; N]),
) -> i64 {
    let size = unsigned(mixer, bits, number.unsigned_abs(), (class, contexts));
    if size == 0 {
        return 0;
    }
    let node = hash(size.ilog2(), 300);
    let below = one(mixer, bits, number < 0, (class + SIGN, contexts, node));
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if below { -size } else { size }
}

/// Says or hears one of `2 ^ bits` symbols.
pub(super) fn symbol<const N: usize>(
    mixer: &mut Mixer,
    bits: &mut impl Bits,
    (value, width): (u32, u32),
    (class, contexts): (usize, &[u32; N]),
) -> u32 {
    let mut node = 1;
    for place in (0..width).rev() {
        let bit = value >> place & 1 == 1;
        let bit = one(mixer, bits, bit, (class, contexts, node));
        node = node << 1 | u32::from(bit);
    }
    node - (1 << width)
}

/// One bit at a node of whatever tree the bits are the way through.
pub(super) fn one<const N: usize>(
    mixer: &mut Mixer,
    bits: &mut impl Bits,
    bit: bool,
    (class, contexts, node): (usize, &[u32; N], u32),
) -> bool {
    let mut hashes = [0; N];
    for (place, context) in contexts.iter().enumerate() {
        hashes[place] = hash(hash(*context, node), place as u32 + 1);
    }
    mixer.bit(bits, bit, (class, &hashes))
}
