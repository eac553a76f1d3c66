//! Numbers as tables write them. What is found by itself must not be mistaken: a number with a
//! leading zero or with more digits than a number holds is an id and stays a text.

/// Digits that a number holds exactly.
const DIGITS_MAX: usize = 15;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimal {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

impl Decimal {
    const fn mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    const fn group(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }

    /// A number that cannot be meant as anything else: `-12`, `0.5`; not `007`, `1,234`, `1e5`.
    pub(super) fn found(self, text: &str) -> Option<f64> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = self.parts(digits);
        let is_plain = is_digits(whole)
            && fraction.is_none_or(is_digits)
            && (whole == "0" || !whole.starts_with('0'))
            && whole.len() + fraction.map_or(0, str::len) <= DIGITS_MAX;
        is_plain.then(|| self.parse(text)).flatten()
    }

    /// A number where one is said to be: also `+5`, `007`, `.5` and digits in groups of three.
    pub(super) fn wanted(self, text: &str) -> Option<f64> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = self.parts(digits);
        let mut groups = whole.split(self.group());
        let first = groups.next().unwrap_or("");
        let is_grouped = (1..=3).contains(&first.len())
            && is_digits(first)
            && groups.all(|group| group.len() == 3 && is_digits(group));
        let is_whole = is_grouped || is_digits(whole) || (whole.is_empty() && fraction.is_some());
        (is_whole && fraction.is_none_or(is_digits))
            .then(|| self.parse(text))
            .flatten()
    }

    fn parts(self, digits: &str) -> (&str, Option<&str>) {
        match digits.split_once(self.mark()) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        }
    }

    fn parse(self, text: &str) -> Option<f64> {
        let plain: String = text
            .chars()
            .filter(|character| *character != self.group())
            .map(|character| {
                if character == self.mark() {
                    '.'
                } else {
                    character
                }
            })
            .collect();
        plain.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
