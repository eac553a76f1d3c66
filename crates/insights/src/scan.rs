//! Finds the rows of a run whose code is one of a few, 64 at a time: the loop that skips over most
//! events of most questions.
//!
//! Codes are compared in plain loops over small arrays, which the compiler turns into vector
//! instructions, and the outcomes become the bits of a word; so nothing branches per event, and
//! only rows that are found cost more than a fraction of a nanosecond.

use hitmetrix_store::lanes::Codes;

/// Codes compared one by one up to so many; more are looked up in a table.
const COMPARED: usize = 8;
/// Rows at a time: the bits of a word.
const BLOCK: usize = 64;

/// Which codes of a lane are looked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    codes: Vec<u32>,
    /// One for wanted codes, else zero.
    table: Vec<u8>,
}

impl Wanted {
    /// The codes that are true.
    pub(crate) fn of(wanted: &[bool]) -> Self {
        let codes = (0..wanted.len() as u32).filter(|&code| wanted[code as usize]);
        Self {
            codes: codes.collect(),
            table: wanted.iter().map(|&wanted| u8::from(wanted)).collect(),
        }
    }

    /// Whether no row can be found.
    pub(crate) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// For up to 64 rows from `row` on, a bit each.
    #[inline]
    pub(crate) fn bits(&self, codes: &Codes<'_>, row: usize, rows: usize) -> u64 {
        match codes {
            Codes::U8(codes) => self.bits_of(&codes[row..row + rows], |code| code as u8),
            Codes::U16(codes) => self.bits_of(&codes[row..row + rows], |code| code as u16),
            Codes::U32(codes) => self.bits_of(&codes[row..row + rows], |code| code),
        }
    }

    #[inline]
    fn bits_of<T: Copy + PartialEq + Into<u32>>(&self, codes: &[T], narrow: fn(u32) -> T) -> u64 {
        let mut flags = [0u8; BLOCK];
        if let Ok(codes) = <&[T; BLOCK]>::try_from(codes)
            && self.codes.len() <= COMPARED
        {
            for &wanted in &self.codes {
                let wanted = narrow(wanted);
                for (flag, code) in flags.iter_mut().zip(codes) {
                    *flag |= u8::from(*code == wanted);
                }
            }
        } else {
            for (flag, &code) in flags.iter_mut().zip(codes) {
                *flag = self.table[code.into() as usize];
            }
        }
        packed(&flags)
    }
}

/// Zeros and ones as bits, the first lowest.
#[inline]
fn packed(flags: &[u8; BLOCK]) -> u64 {
    // The product moves the lowest bit of each byte, without carries, into the top byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut bits = 0;
    for (index, eight) in flags.chunks_exact(8).enumerate() {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(eight);
        let word = u64::from_le_bytes(bytes);
        bits |= (word.wrapping_mul(GATHER) >> 56) << (index * 8);
    }
    bits
}

/// Calls `found` with each row of a range, in order, that has a wanted code in either lane.
#[inline]
pub(crate) fn each(
    lanes: &[(Codes<'_>, &Wanted)],
    (from, to): (usize, usize),
    mut found: impl FnMut(usize),
) {
    let mut row = from;
    while row < to {
        let rows = BLOCK.min(to - row);
        let mut bits = 0;
        for (codes, wanted) in lanes {
            bits |= wanted.bits(codes, row, rows);
        }
        while bits != 0 {
            found(row + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
        row += rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_as_by_a_plain_loop() {
        let mut seed = 7u64;
        let mut dice = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed >> 33
        };
        for wanted_count in [0, 1, 3, 8, 9, 40, 200] {
            let codes: Vec<u8> = (0..1000).map(|_| (dice() % 200) as u8).collect();
            let wide: Vec<u16> = codes.iter().map(|&code| u16::from(code)).collect();
            let widest: Vec<u32> = codes.iter().map(|&code| u32::from(code)).collect();
            let mut flags = vec![false; 200];
            for _ in 0..wanted_count {
                flags[(dice() % 200) as usize] = true;
            }
            let wanted = Wanted::of(&flags);
            for (from, to) in [(0, 1000), (3, 64), (63, 65), (100, 100), (937, 1000)] {
                let plain: Vec<usize> = (from..to)
                    .filter(|&row| flags[usize::from(codes[row])])
                    .collect();
                for lane in [Codes::U8(&codes), Codes::U16(&wide), Codes::U32(&widest)] {
                    let mut found = Vec::new();
                    each(&[(lane, &wanted)], (from, to), |row| found.push(row));
                    assert_eq!(found, plain, "{wanted_count} codes, rows {from} to {to}");
                }
            }
        }
    }
}
