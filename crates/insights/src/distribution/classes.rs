//! Classes of equal width with readable bounds.
//!
//! The width is 1, 2, 2.5 or 5 times a power of ten: the smallest with which the wanted number of
//! classes spans the numbers. Bounds are whole multiples of it, read from their decimal form, so
//! that the number 0.3 as it was sent is exactly the bound 0.3. A class holds its lower bound and
//! not its upper one.

/// Widths, in tenths of a power of ten.
const TENTHS: [i64; 4] = [10, 20, 25, 50];
/// Widths below this share of the largest number are beyond what a number can tell apart.
const FINEST: f64 = 1.0 / (1u64 << 40) as f64;
/// What rounding may add to a span.
const ROUNDING: f64 = 1.0 + 1e-12;

/// Bounds of classes that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Classes {
    /// One more than there are classes.
    bounds: Vec<f64>,
}

/// What is known of the numbers before they are put into classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) least: f64,
    pub(super) greatest: f64,
    /// None has a fraction.
    pub(super) whole: bool,
}

impl Span {
    /// The span of some numbers; none of nothing.
    pub(super) fn of(numbers: impl Iterator<Item = f64>) -> Option<Self> {
        numbers.fold(None, |span: Option<Self>, number| {
            let whole = number.fract() == 0.0;
            Some(span.map_or(
                Self {
                    least: number,
                    greatest: number,
                    whole,
                },
                |span| Self {
                    least: span.least.min(number),
                    greatest: span.greatest.max(number),
                    whole: span.whole && whole,
                },
            ))
        })
    }
}

impl Classes {
    /// About so many classes over a span: mostly fewer, and at most one more.
    pub(super) fn over(span: Span, wanted: u32) -> Self {
        let most = wanted as usize + 1;
        let mut classes = widths(span, wanted).map(|width| Self::as_wide(span, width, most));
        let found = classes.find(|classes| classes.len() <= most);
        found.expect("two classes of the widest span all numbers")
    }

    /// Classes of one width, and not many more than the most.
    fn as_wide(span: Span, (tenths, exponent): (i64, i32), most: usize) -> Self {
        let bound = |place: i64| read(place * tenths, exponent);
        let mut first = (span.least / read(tenths, exponent)).floor() as i64;
        while bound(first) > span.least {
            first -= 1;
        }
        while bound(first + 1) <= span.least && bound(first + 1) < f64::MAX {
            first += 1;
        }
        let mut bounds = vec![bound(first), bound(first + 1)];
        // Near the end of what numbers can be there is no bound beyond the greatest.
        let more = |last: f64| last <= span.greatest && last < f64::MAX;
        while more(bounds[bounds.len() - 1]) && bounds.len() < most + 2 {
            bounds.push(bound(first + bounds.len() as i64));
        }
        Self { bounds }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The class of a number of the span.
    pub(super) fn of(&self, number: f64) -> usize {
        let above = self.bounds.partition_point(|&bound| bound <= number);
        above.clamp(1, self.len()) - 1
    }

    /// Lower and upper bound of a class.
    pub(super) fn bounds(&self, class: usize) -> (f64, f64) {
        (self.bounds[class], self.bounds[class + 1])
    }

    /// The class that begins at a bound, which may have been rounded on its way.
    pub(super) fn from(&self, from: f64) -> Option<usize> {
        let near = (self.bounds[1] - self.bounds[0]) * 1e-6;
        (0..self.len()).find(|&class| (self.bounds[class] - from).abs() <= near)
    }
}

/// Readable widths for a span, ascending: tenths and the power of ten of a tenth.
fn widths(span: Span, wanted: u32) -> impl Iterator<Item = (i64, i32)> {
    let wanted = f64::from(wanted);
    let largest = span.least.abs().max(span.greatest.abs());
    let is_one = span.least == span.greatest;
    let least = match (is_one, span.whole) {
        (true, true) => 1.0,
        // One number alone: a class as wide as its first digit.
        (true, false) => 10f64.powf(largest.max(1e-300).log10().floor()),
        (false, true) => (span.greatest / wanted - span.least / wanted).max(1.0),
        (false, false) => span.greatest / wanted - span.least / wanted,
    };
    let least = least.max(largest * FINEST).clamp(1e-300, 1e308);
    let exponents = least.log10().floor() as i32 - 1..;
    exponents
        .flat_map(|exponent| TENTHS.map(|tenths| (tenths, exponent - 1)))
        // Whole numbers would be unevenly many in classes of 2.5.
        .filter(move |&(tenths, exponent)| !(span.whole && tenths == 25 && exponent < 0))
        .filter(move |&(tenths, exponent)| read(tenths, exponent) * ROUNDING >= least)
}

/// The number nearest to so many times a power of ten.
fn read(times: i64, exponent: i32) -> f64 {
    let number: f64 = format!("{times}e{exponent}")
        .parse()
        .expect("digits and an exponent are a number");
    number.clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(numbers: &[f64], wanted: u32) -> Vec<f64> {
        let classes = Classes::over(Span::of(numbers.iter().copied()).unwrap(), wanted);
        for &number in numbers {
            let (from, to) = classes.bounds(classes.of(number));
            assert!(
                from <= number && (number < to || to == f64::MAX),
                "{number} in {from}..{to}"
            );
        }
        assert!(classes.len() <= wanted as usize + 1, "{:?}", classes.bounds);
        classes.bounds
    }

    #[test]
    fn bounds_are_readable() {
        assert_eq!(
            bounds(&[3.0, 97.0], 5),
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        assert_eq!(
            bounds(&[0.1, 0.8], 7),
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        );
        assert_eq!(bounds(&[0.29, 0.3], 1), [0.29, 0.3, 0.31]);
        assert_eq!(
            bounds(&[-7.5, 12.0], 4),
            [-10.0, -5.0, 0.0, 5.0, 10.0, 15.0]
        );
        assert_eq!(bounds(&[-1.0, 1.5], 1), [-2.5, 0.0, 2.5]);
    }

    #[test]
    fn whole_numbers_have_classes_of_whole_width() {
        assert_eq!(bounds(&[1.0, 4.0], 20), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(bounds(&[0.0, 9.0], 4), [0.0, 5.0, 10.0]);
        assert_eq!(bounds(&[0.0, 90.0], 4), [0.0, 25.0, 50.0, 75.0, 100.0]);
    }

    #[test]
    fn one_number_has_one_class() {
        assert_eq!(bounds(&[7.0], 20), [7.0, 8.0]);
        assert_eq!(bounds(&[49.9], 20), [40.0, 50.0]);
        assert_eq!(bounds(&[0.003], 20), [0.003, 0.004]);
        assert_eq!(bounds(&[0.0], 20), [0.0, 1.0]);
    }

    #[test]
    fn numbers_at_their_ends_have_classes_too() {
        let numbers = [
            0.0,
            5e-324,
            1e-300,
            1e-10,
            1.0,
            1e15,
            1e15 + 1.0,
            1e300,
            f64::MAX,
        ];
        for wanted in [1, 2, 20, 200] {
            for left in numbers {
                for right in numbers {
                    bounds(&[left, right], wanted);
                    bounds(&[-left, right], wanted);
                }
            }
        }
    }
}
