//! Arithmetic coding of single bits, each with the chance that it is a one: the coder that LZMA
//! uses, without the byte at its beginning that is always zero and with what need not be written
//! left out at its end.

/// Says bits or hears them, so that what is said of a bit stands once for both.
pub(super) trait Bits {
    /// Takes `bit` and gives it back, or gives the next one that was said. `ones` is the chance of
    /// a one in 65,536ths, at least 1 and at most 65,535.
    fn bit(&mut self, bit: bool, ones: u32) -> bool;
}

/// The range is never below this between two bits.
const RANGE_MIN: u32 = 1 << 24;

/// Nobody hears it: what it is told is learnt only.
pub(super) struct Silent;

impl Bits for Silent {
    fn bit(&mut self, bit: bool, _ones: u32) -> bool {
        bit
    }
}

/// Says bits.
pub(super) struct Encoder {
    low: u64,
    range: u32,
    out: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self {
            low: 0,
            range: u32::MAX,
            out: Vec::new(),
        }
    }

    /// A byte is ready; what was written before may still grow by one.
    fn shift(&mut self) {
        if self.low > u64::from(u32::MAX) {
            for byte in self.out.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
        self.out.push((self.low >> 24) as u8);
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    /// The bytes; those that a decoder takes for zero when they are missing are left out.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // Any number from low to below low + range will do: the one with the most zeros at its end.
        for zeros in (0..32).rev() {
            let unit = 1_u64 << zeros;
            let number = self.low.div_ceil(unit) * unit;
            if number < self.low + u64::from(self.range) {
                self.low = number;
                break;
            }
        }
        for _ in 0..4 {
            self.shift();
        }
        while self.out.last() == Some(&0) {
            self.out.pop();
        }
        self.out
    }
}

impl Bits for Encoder {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a share of a range is below it"
    )]
    fn bit(&mut self, bit: bool, ones: u32) -> bool {
        let bound = ((u64::from(self.range) * u64::from(ones)) >> 16) as u32;
        if bit {
            self.range = bound;
        } else {
            self.low += u64::from(bound);
            self.range -= bound;
        }
        while self.range < RANGE_MIN {
            self.range <<= 8;
            self.shift();
        }
        bit
    }
}

/// Hears what an [`Encoder`] said.
pub(super) struct Decoder<'a> {
    code: u32,
    range: u32,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self {
            code: 0,
            range: u32::MAX,
            bytes,
            at: 0,
        };
        for _ in 0..4 {
            decoder.shift();
        }
        decoder
    }

    fn shift(&mut self) {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        self.code = self.code << 8 | u32::from(byte);
    }
}

impl Bits for Decoder<'_> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a share of a range is below it"
    )]
    fn bit(&mut self, _bit: bool, ones: u32) -> bool {
        let bound = ((u64::from(self.range) * u64::from(ones)) >> 16) as u32;
        let bit = self.code < bound;
        if bit {
            self.range = bound;
        } else {
            // Spoiled bytes can be anything; they must not overflow.
            self.code = self.code.wrapping_sub(bound);
            self.range -= bound;
        }
        while self.range < RANGE_MIN {
            self.range <<= 8;
            self.shift();
        }
        bit
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_come_back(said in proptest::collection::vec((any::<bool>(), 1_u32..65_536), 0..2000)) {
            let mut encoder = Encoder::new();
            for (bit, ones) in &said {
                encoder.bit(*bit, *ones);
            }
            let bytes = encoder.finish();
            let mut decoder = Decoder::new(&bytes);
            for (bit, ones) in &said {
                prop_assert_eq!(decoder.bit(false, *ones), *bit);
            }
        }
    }
}
