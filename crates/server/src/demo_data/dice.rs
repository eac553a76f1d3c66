//! Numbers by chance that are the same each time: the demo data tells the same stories to everybody.

/// SplitMix64 (Steele, Lea and Flood 2014): small, seeded, good enough for made-up visits.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most - least + 1).unwrap_or(1);
        least + i64::try_from(self.next() % width).unwrap_or(0)
    }

    /// One of them, by weight; the weights need not add up to anything.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [(f64, T)]) -> &'a T {
        let all: f64 = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.share() * all;
        for (weight, one) in of {
            left -= weight;
            if left < 0.0 {
                return one;
            }
        }
        &of.last().expect("there is something to pick from").1
    }

    /// Around `median`, mostly within a factor of two, never below half of it: how long things take.
    pub fn around(&mut self, median: f64) -> f64 {
        let sum: f64 = (0..4).map(|_| self.share()).sum();
        median * 2_f64.powf((sum - 2.0) * 1.2).max(0.5)
    }
}
