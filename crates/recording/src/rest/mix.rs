//! The chance of the next bit, learnt from the bits before: each of a few contexts remembers what
//! came after it, and a mixer learns which of them to believe (logistic mixing, as the PAQ family
//! of compressors does it). Whole numbers only, so that every machine comes to the same chances.

use super::range::Bits;

/// Most contexts of one bit.
pub(super) const CONTEXTS: usize = 8;
/// Slots of contexts, as a power of two.
const SLOT_BITS: u32 = 18;
/// Sets of weights: classes times buckets of confidence.
const SETS: usize = CLASSES * BUCKETS;
const CLASSES: usize = 48;
const BUCKETS: usize = 4;
/// How quickly the weights follow: fast, because a segment is short.
const RATE: i32 = 44;
/// How often a context counts a bit before it takes new ones no slower.
const COUNT_MAX: u8 = 30;

/// ln(p / (1 - p)) of chances in 4,096ths, times 256.
static STRETCH: [i16; 4096] = stretched();

const fn stretched() -> [i16; 4096] {
    let mut table = [2047; 4096];
    let (mut logit, mut from) = (-2047_i16, 0);
    while logit <= 2047 {
        let chance = squash(logit as i32);
        while from <= chance && from < 4096 {
            table[from as usize] = logit;
            from += 1;
        }
        logit += 1;
    }
    table
}

/// What a context that saw so many bits takes of the distance to a new one is `4 / (4 * seen + 5)`
/// of it; here 2^32 times the reciprocals of the divisors, rounded up: by these a distance is divided
/// without a rest that differs (it has 18 bits, a divisor 7).
static SHARES: [u32; COUNT_MAX as usize + 1] = shares();

const fn shares() -> [u32; COUNT_MAX as usize + 1] {
    let mut table = [0; COUNT_MAX as usize + 1];
    let mut seen = 0;
    while seen < table.len() {
        let divisor = 4 * seen as u64 + 5;
        table[seen] = (1_u64 << 32).div_ceil(divisor) as u32;
        seen += 1;
    }
    table
}

/// 4096 / (1 + e^(-x / 256)), by a table of every 128th, between which it is straight.
const fn squash(logit: i32) -> i32 {
    const TABLE: [i32; 33] = [
        1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994,
        3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
    ];
    // `clamp` is not for constants yet.
    let at = 2048
        + match logit {
            ..-2047 => -2047,
            2048.. => 2047,
            logit => logit,
        };
    let (place, part) = ((at >> 7) as usize, at & 127);
    (TABLE[place] * (128 - part) + TABLE[place + 1] * part + 64) >> 7
}

/// What a context remembers: the chance of a one in 65,536ths, how many bits it saw, and a part of
/// its hash, by which another context that comes to the same place is told.
#[derive(Clone, Copy)]
struct Slot {
    ones: u16,
    seen: u8,
    check: u8,
}

/// All that was learnt.
#[derive(Clone)]
pub(super) struct Mixer {
    slots: Box<[Slot; 1 << SLOT_BITS]>,
    weights: Box<[[i32; CONTEXTS]; SETS]>,
}

/// Which bit it is of what kind of thing; see [`Mixer::bit`].
pub(super) type Class = usize;

/// One hash of two.
pub(super) const fn hash(one: u32, other: u32) -> u32 {
    let mixed = (one ^ other.rotate_left(16)).wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ (mixed >> 15) ^ other).wrapping_mul(0x85eb_ca6b);
    mixed ^ (mixed >> 13)
}

impl Mixer {
    pub(super) fn new() -> Self {
        let empty = Slot {
            ones: 1 << 15,
            seen: 0,
            check: 0,
        };
        Self {
            slots: filled(empty),
            weights: filled([(1 << 16) * 3 / 10; CONTEXTS]),
        }
    }

    /// Says or hears one bit in these contexts, hashes of which the last one is the closest.
    /// `class` names what is mixed alike, below 48.
    pub(super) fn bit<const N: usize>(
        &mut self,
        bits: &mut impl Bits,
        bit: bool,
        (class, contexts): (Class, &[u32; N]),
    ) -> bool {
        const { assert!(N > 0 && N <= CONTEXTS) };
        let mut at = [0_usize; N];
        let mut inputs = [0_i32; N];
        let mut seen = 0;
        for (place, context) in contexts.iter().enumerate() {
            let index = (context >> (32 - SLOT_BITS)) as usize;
            let check = *context as u8;
            let slot = &mut self.slots[index];
            if slot.check != check {
                *slot = Slot {
                    ones: 1 << 15,
                    seen: 0,
                    check,
                };
            }
            at[place] = index;
            inputs[place] = i32::from(STRETCH[usize::from(slot.ones >> 4)]);
            seen = slot.seen;
        }
        let bucket = match seen {
            0 => 0,
            1 => 1,
            2..=5 => 2,
            _ => 3,
        };
        let weights = &mut self.weights[class * BUCKETS + bucket];
        let dot: i64 = inputs
            .iter()
            .zip(weights.iter())
            .map(|(input, weight)| i64::from(*input) * i64::from(*weight))
            .sum();
        let logit = (dot >> 16).clamp(-2047, 2047) as i32;
        let chance = squash(logit);
        // Between the chances that the table knows there are sixteen more at both ends.
        let ones = (chance as u32 * 16 + 8).clamp(24, 65_536 - 24);
        let bit = bits.bit(bit, ones);
        let error = ((i32::from(bit) << 12) - chance) * RATE;
        for (weight, input) in weights.iter_mut().zip(inputs) {
            *weight += (input * error + 0x8000) >> 16;
        }
        for index in at {
            learn(&mut self.slots[index], bit);
        }
        bit
    }
}

/// So many of the same, never on the stack.
fn filled<T: Clone, const N: usize>(with: T) -> Box<[T; N]> {
    let all = vec![with; N].into_boxed_slice();
    all.try_into().ok().expect("a box of N is made of N")
}

/// The first bits count much, later ones less.
fn learn(slot: &mut Slot, bit: bool) {
    let ones = i32::from(slot.ones);
    let distance = if bit { 65_535 - ones } else { ones };
    let share = u64::from(SHARES[usize::from(slot.seen.min(COUNT_MAX))]);
    let step = ((4 * distance as u64 * share) >> 32) as i32;
    let next = if bit { ones + step } else { ones - step };
    slot.ones = next.clamp(32, 65_535 - 32) as u16;
    slot.seen = (slot.seen + 1).min(COUNT_MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_divide_as_divisors_do() {
        for (seen, share) in SHARES.iter().enumerate() {
            let divisor = 4 * seen as u64 + 5;
            for distance in 0..=65_535_u64 {
                let step = (4 * distance * u64::from(*share)) >> 32;
                assert_eq!(step, 4 * distance / divisor, "{distance} of {seen}");
            }
        }
    }
}
