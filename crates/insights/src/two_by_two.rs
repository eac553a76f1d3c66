//! Tables of two by two: how two yes-or-no facts of the same cases hang together, and how sure that
//! is. Pure formulas, each with its source; they know nothing of persons or events.

use std::f64::consts::PI;

/// Quantile of the normal distribution that leaves 2.5 % on each side.
const Z_95: f64 = 1.959_963_984_540_054;
/// Below this expected count the chi-square distribution is too rough.
const EXPECTED_MIN: f64 = 5.0;
/// Tables that are as likely as the observed one but for rounding count as such.
const AS_LIKELY: f64 = 1.0 + 1e-7;

/// How many cases of each combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TwoByTwo {
    pub(crate) with_yes: u64,
    pub(crate) with_no: u64,
    pub(crate) without_yes: u64,
    pub(crate) without_no: u64,
}

/// An odds ratio with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Odds {
    pub(crate) ratio: f64,
    /// Lower and upper end of the 95 % interval.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl TwoByTwo {
    /// Cases with the fact.
    pub(crate) fn with(self) -> u64 {
        self.with_yes + self.with_no
    }

    /// Cases without the fact.
    pub(crate) fn without(self) -> u64 {
        self.without_yes + self.without_no
    }

    fn cells(self) -> [f64; 4] {
        [
            self.with_yes as f64,
            self.with_no as f64,
            self.without_yes as f64,
            self.without_no as f64,
        ]
    }

    /// The odds ratio and its interval by the logarithm's standard error (B. Woolf, "On estimating
    /// the relation between blood group and disease", Annals of Human Genetics 19, 1955). Where a
    /// cell is zero, one half is added to each (J. B. S. Haldane, Annals of Human Genetics 20, 1956;
    /// F. J. Anscombe, Biometrika 43, 1956).
    pub(crate) fn odds(self) -> Odds {
        let mut cells = self.cells();
        if cells.contains(&0.0) {
            cells = cells.map(|cell| cell + 0.5);
        }
        let [a, b, c, d] = cells;
        let logarithm = (a * d / (b * c)).ln();
        let error = cells.iter().map(|cell| 1.0 / cell).sum::<f64>().sqrt();
        Odds {
            ratio: logarithm.exp(),
            low: (logarithm - Z_95 * error).exp(),
            high: (logarithm + Z_95 * error).exp(),
        }
    }

    /// How likely a table at least as uneven is, both ways, if the two facts have nothing to do
    /// with each other: by the chi-square distribution with Yates's correction, and by Fisher's
    /// exact test where an expected count is below five.
    pub(crate) fn p_value(self) -> f64 {
        let [a, b, c, d] = self.cells();
        let whole = a + b + c + d;
        let (rows, columns) = ([a + b, c + d], [a + c, b + d]);
        if whole == 0.0 {
            return 1.0;
        }
        let least = rows[0].min(rows[1]) * columns[0].min(columns[1]) / whole;
        if least < EXPECTED_MIN {
            return self.fisher();
        }
        // F. Yates, Supplement to the Journal of the Royal Statistical Society 1, 1934.
        let uneven = ((a * d - b * c).abs() - whole / 2.0).max(0.0);
        let chi_square = uneven / rows[0] * uneven / rows[1] * whole / columns[0] / columns[1];
        chi_square_tail(chi_square)
    }

    /// Fisher's exact test, two-sided: all tables with the same sums that are at most as likely as
    /// this one. Likelihoods are had from each other by their ratios, beginning with this table,
    /// so that no factorial is needed (R. A. Fisher, Statistical Methods for Research Workers,
    /// section 21.02; the two-sided sum as in R's `fisher.test`).
    fn fisher(self) -> f64 {
        let [a, b, c, d] = self.cells();
        let (mut as_unlikely, mut all) = (1.0, 1.0);
        let mut add = |likelihood: f64| {
            all += likelihood;
            if likelihood <= AS_LIKELY {
                as_unlikely += likelihood;
            }
        };
        let (mut likelihood, mut moved) = (1.0, 0.0);
        while moved < b.min(c) {
            likelihood *= (b - moved) * (c - moved) / ((a + moved + 1.0) * (d + moved + 1.0));
            add(likelihood);
            moved += 1.0;
        }
        (likelihood, moved) = (1.0, 0.0);
        while moved < a.min(d) {
            likelihood *= (a - moved) * (d - moved) / ((b + moved + 1.0) * (c + moved + 1.0));
            add(likelihood);
            moved += 1.0;
        }
        as_unlikely / all
    }
}

/// How likely chi-square with one degree of freedom is at least so large: it is the square of a
/// normal number.
fn chi_square_tail(chi_square: f64) -> f64 {
    erfc((chi_square / 2.0).sqrt())
}

/// The complementary error function of a number from 0 up, to about 13 digits: below 2 by the
/// series 7.1.6, else by the continued fraction 7.1.14 of M. Abramowitz and I. A. Stegun, Handbook
/// of Mathematical Functions, 1964.
pub(crate) fn erfc(x: f64) -> f64 {
    if x < 2.0 {
        let (mut term, mut sum, mut odd) = (x, x, 1.0);
        while term > sum * f64::EPSILON / 4.0 {
            odd += 2.0;
            term *= 2.0 * x * x / odd;
            sum += term;
        }
        return 1.0 - 2.0 / PI.sqrt() * (-x * x).exp() * sum;
    }
    let mut fraction = x;
    for step in (1..=120).rev() {
        fraction = x + f64::from(step) / 2.0 / fraction;
    }
    (-x * x).exp() / (PI.sqrt() * fraction)
}

/// The values of p when as many tables were looked at: at most the share `x` of those at or below
/// `x` are chance (Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57,
/// 1995). In the order given.
pub(crate) fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_unstable_by(|&left, &right| p_values[left].total_cmp(&p_values[right]));
    let mut found = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (place, &index) in order.iter().enumerate().rev() {
        least = least.min(p_values[index] * p_values.len() as f64 / (place + 1) as f64);
        found[index] = least;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table([with_yes, with_no, without_yes, without_no]: [u64; 4]) -> TwoByTwo {
        TwoByTwo {
            with_yes,
            with_no,
            without_yes,
            without_no,
        }
    }

    fn close(found: f64, known: f64) {
        assert!(
            (found - known).abs() <= known.abs() * 1e-11,
            "{found} is not {known}"
        );
    }

    /// Known values: Python's `math.erfc`.
    #[test]
    fn error_function_equals_known_values() {
        for (x, known) in [
            (0.0, 1.0),
            (0.1, 0.887_537_083_981_715_2),
            (0.5, 0.479_500_122_186_953_5),
            (1.0, 0.157_299_207_050_285_13),
            (1.5, 0.033_894_853_524_689_274),
            (1.9999, 0.004_679_802_092_970_608),
            (2.0, 0.004_677_734_981_047_265),
            (2.0001, 0.004_675_668_695_803_339_4),
            (3.0, 2.209_049_699_858_543_8e-5),
            (5.0, 1.537_459_794_428_035_1e-12),
            (10.0, 2.088_487_583_762_545e-45),
            (20.0, 5.395_865_611_607_9e-176),
        ] {
            close(erfc(x), known);
        }
        close(chi_square_tail(3.841_458_820_694_124), 0.05);
    }

    /// Known values: SciPy 1.17, `fisher_exact`; the first is Fisher's lady tasting tea.
    #[test]
    fn few_cases_have_the_exact_test() {
        for (cells, known) in [
            ([3, 1, 1, 3], 0.485_714_285_714_285_65),
            ([10, 2, 3, 15], 0.000_536_724_119_143_435_7),
            ([0, 9, 4, 7], 0.094_117_647_058_823_54),
            ([1, 999, 30, 40], 8.676_394_731_249_04e-38),
            ([2, 0, 0, 2], 1.0 / 3.0),
            ([0, 50, 0, 60], 1.0),
        ] {
            close(table(cells).fisher(), known);
        }
        assert_eq!(table([0, 0, 0, 0]).p_value(), 1.0);
        assert_eq!(table([3, 1, 1, 3]).p_value(), table([3, 1, 1, 3]).fisher());
    }

    /// Known values: SciPy 1.17, `chi2_contingency` with correction.
    #[test]
    fn many_cases_have_chi_square() {
        for (cells, known) in [
            ([30, 70, 20, 180], 2.470_655_850_059_123e-5),
            ([400, 600, 350, 650], 0.023_622_558_830_357_47),
            ([1000, 9000, 2000, 8000], 4.158_987_693_481_413e-87),
            ([49, 51, 50, 50], 1.0),
        ] {
            close(table(cells).p_value(), known);
        }
    }

    /// Known values: SciPy 1.17, `odds_ratio` of kind `sample`.
    #[test]
    fn odds_have_their_interval() {
        let odds = table([30, 70, 20, 180]).odds();
        close(odds.ratio, 3.857_142_857_142_857);
        close(odds.low, 2.055_194_585_870_15);
        close(odds.high, 7.238_998_741_381_538);
        close(table([3, 0, 1, 4]).odds().ratio, 3.5 * 4.5 / (0.5 * 1.5));
        assert!(table([1 << 40, 0, 0, 1 << 40]).odds().high.is_finite());
    }

    /// Known values: SciPy 1.17, `false_discovery_control`.
    #[test]
    fn many_looks_are_corrected_for() {
        let found = adjusted(&[0.01, 0.04, 0.03, 0.5, 0.005]);
        for (found, known) in found.into_iter().zip([0.025, 0.05, 0.05, 0.5, 0.025]) {
            close(found, known);
        }
        assert_eq!(adjusted(&[]), [0.0; 0]);
        assert_eq!(adjusted(&[0.9, 0.8]), [0.9, 0.9]);
    }
}
