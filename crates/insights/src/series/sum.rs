//! Sums of numbers that do not depend on the order of adding.
//!
//! Threads and runs add in any order, and floating point does not give the same sum then. So whole
//! parts and fractions are added up as integers, which is exact; only the sum becomes a floating
//! point number, rounded to 15 digits: as many as a decimal number keeps through it, so that three
//! times 0.1 is 0.3.

/// Fractions are counted in units of 2^-90.
const FRACTION_BITS: u32 = 90;
/// Numbers beyond 2^90 (1.2e27) count as that: then no number of events makes a sum overflow.
const GREATEST: f64 = (1u128 << 90) as f64;
/// Numbers up to here are exact as 64-bit integers.
const EXACT: f64 = (1u64 << 53) as f64;
/// Digits of a result.
const DIGITS: usize = 15;

/// A sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ExactSum {
    whole: i128,
    fraction: i128,
}

impl ExactSum {
    /// Adds a number.
    #[inline]
    pub(crate) fn add(&mut self, number: f64) {
        let number = number.clamp(-GREATEST, GREATEST);
        let whole = number.trunc();
        self.whole += if whole.abs() <= EXACT {
            i128::from(whole as i64)
        } else {
            whole as i128
        };
        let fraction = number - whole;
        if fraction != 0.0 {
            self.fraction += (fraction * (1u128 << FRACTION_BITS) as f64) as i128;
        }
    }

    /// Adds another sum.
    pub(crate) fn merge(&mut self, other: Self) {
        self.whole += other.whole;
        self.fraction += other.fraction;
    }

    /// The sum, to 15 digits.
    pub(crate) fn value(self) -> f64 {
        let carry = self.fraction >> FRACTION_BITS;
        let mut whole = self.whole + carry;
        let mut fraction = self.fraction - (carry << FRACTION_BITS);
        // Both of one sign, or a small negative sum would lose its digits to the one before.
        if whole < 0 && fraction > 0 {
            whole += 1;
            fraction -= 1 << FRACTION_BITS;
        }
        let sum = whole as f64 + fraction as f64 / (1u128 << FRACTION_BITS) as f64;
        if sum.trunc() == sum && sum.abs() <= EXACT {
            return sum;
        }
        let rounded = format!("{sum:.*e}", DIGITS - 1);
        rounded.parse().unwrap_or(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        numbers.iter().for_each(|&number| sum.add(number));
        sum.value()
    }

    #[test]
    fn decimal_numbers_add_up_as_on_paper() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[0.1, 0.1, 0.1]), 0.3);
        assert_eq!(sum(&[49.9, 49.9, -0.1]), 99.7);
        assert_eq!(sum(&[-0.1]), -0.1);
        assert_eq!(sum(&[0.25, -0.5]), -0.25);
        assert_eq!(sum(&[1e-9, 2e-9]), 3e-9);
        assert_eq!(sum(&[1.7e12, 0.5, -1.7e12]), 0.5);
        assert_eq!(sum(&[EXACT, 2.0]), 9_007_199_254_740_990.0);
    }

    #[test]
    fn what_is_beyond_all_measure_counts_as_the_greatest() {
        assert_eq!(sum(&[f64::MAX, 1.0, -f64::MAX]), 1.0);
        assert_eq!(sum(&[1e300]), 1.23794003928538e27);
    }

    #[test]
    fn the_order_and_the_split_do_not_matter() {
        let numbers: Vec<f64> = (1..2000)
            .map(|n| f64::from(n * 7919 % 1009 - 500) * 0.1 + f64::from(n).powi(4) * 1e-3)
            .collect();
        let forwards = sum(&numbers);
        let mut backwards = numbers.clone();
        backwards.reverse();
        assert_eq!(sum(&backwards).to_bits(), forwards.to_bits());
        let mut whole = ExactSum::default();
        for part in numbers.chunks(37).rev() {
            let mut sum = ExactSum::default();
            part.iter().for_each(|&number| sum.add(number));
            whole.merge(sum);
        }
        assert_eq!(whole.value().to_bits(), forwards.to_bits());
    }
}
