//! Which few sessions stand for many: those that the others are most like.
//!
//! Sessions are compared by what somebody who watches them would tell them apart by: what went
//! wrong, where they began and ended, how long and how far they went, on what. Then one is chosen
//! after the other, each time the one that makes the likeness of all to their nearest chosen one
//! grow most (greedy facility location: at least 1 − 1/e of the best possible, Nemhauser, Wolsey
//! and Fisher 1978). Each session is represented by the chosen one that it is most like.

use crate::listing::SessionFacts;

/// What is compared, each as a code: equal or not.
const ALIKE: usize = 6;
/// What each is worth: signal, exit page, entry page, device, source, bounced.
const WORTH: [u32; ALIKE] = [6, 5, 4, 2, 2, 2];
/// What is compared by how far it is apart: duration, pages, engaged time, as powers of two.
const NEAR: usize = 3;
/// Worth when equal; a power of two apart takes one off.
const NEAR_WORTH: u32 = 3;

/// One session as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traits {
    alike: [u32; ALIKE],
    near: [u32; NEAR],
}

/// Gives traits to sessions; texts get numbers in the order in which they come.
#[derive(Debug, Default)]
pub(crate) struct Words(rustc_hash::FxHashMap<String, u32>);

impl Words {
    fn code(&mut self, word: &str) -> u32 {
        if let Some(code) = self.0.get(word) {
            return *code;
        }
        let code = u32::try_from(self.0.len()).expect("there are at most six a session");
        self.0.insert(word.to_owned(), code);
        code
    }

    /// The traits of a session with its strongest signal, empty where it has none.
    pub(crate) fn traits(&mut self, facts: &SessionFacts, signal: &str) -> Traits {
        let seconds = |ms: u64| (ms / 1000 + 1).ilog2();
        let duration_ms = u64::try_from(facts.ended_ms - facts.started_ms).unwrap_or(0);
        Traits {
            alike: [
                self.code(signal),
                self.code(&facts.exit_page),
                self.code(&facts.entry_page),
                self.code(&facts.device),
                self.code(&facts.source),
                u32::from(facts.bounced),
            ],
            near: [
                seconds(duration_ms),
                (facts.pageviews + 1).ilog2(),
                seconds(facts.engaged_ms),
            ],
        }
    }
}

/// How much two sessions are alike; at least 1, so that everybody is represented.
fn likeness(one: &Traits, other: &Traits) -> u32 {
    let mut sum = 1;
    for (place, worth) in WORTH.iter().enumerate() {
        sum += worth * u32::from(one.alike[place] == other.alike[place]);
    }
    for (near, far) in one.near.iter().zip(&other.near) {
        sum += NEAR_WORTH.saturating_sub(near.abs_diff(*far));
    }
    sum
}

/// At most `most` of the sessions, by their places, with how many of `total` each stands for: the
/// one that stands for most first. Fewer where further ones would only be like the first.
pub(crate) fn representatives(sessions: &[Traits], most: usize, total: u64) -> Vec<(usize, u64)> {
    let mut nearest: Vec<(u32, usize)> = vec![(0, 0); sessions.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most {
        let gain = |candidate: &Traits| -> u64 {
            let all = sessions.iter().zip(&nearest);
            all.map(|(one, (best, _))| u64::from(likeness(candidate, one).saturating_sub(*best)))
                .sum()
        };
        let gains = sessions.iter().map(gain).enumerate();
        // Of equal ones the first.
        let Some((place, grows)) = gains.max_by_key(|&(place, gain)| (gain, usize::MAX - place))
        else {
            break;
        };
        if grows == 0 {
            break;
        }
        for (one, best) in sessions.iter().zip(&mut nearest) {
            let near = likeness(&sessions[place], one);
            if near > best.0 {
                *best = (near, chosen.len());
            }
        }
        chosen.push(place);
    }
    let mut stands_for = vec![0_u64; chosen.len()];
    for (_, of) in &nearest {
        if let Some(count) = stands_for.get_mut(*of) {
            *count += 1;
        }
    }
    let mut all: Vec<(usize, u64)> = chosen.into_iter().zip(scaled(&stands_for, total)).collect();
    all.sort_by_key(|&(place, count)| (std::cmp::Reverse(count), place));
    all
}

/// Counts of a sample as counts of all, whole numbers that add up to `total`: the largest
/// remainders are rounded up.
fn scaled(counts: &[u64], total: u64) -> Vec<u64> {
    let sample: u64 = counts.iter().sum();
    if sample == 0 || sample == total {
        return counts.to_vec();
    }
    let wide = |count: u64| u128::from(count) * u128::from(total);
    let whole = |count: u64| u64::try_from(wide(count) / u128::from(sample)).unwrap_or(u64::MAX);
    let mut scaled: Vec<u64> = counts.iter().map(|&count| whole(count)).collect();
    let mut rest = total.saturating_sub(scaled.iter().sum());
    let mut places: Vec<usize> = (0..counts.len()).collect();
    places.sort_by_key(|&place| std::cmp::Reverse(wide(counts[place]) % u128::from(sample)));
    for place in places {
        if rest == 0 {
            break;
        }
        scaled[place] += 1;
        rest -= 1;
    }
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::Dice;
    use crate::tests::world::cases;

    fn any_traits(dice: &mut Dice) -> Traits {
        Traits {
            alike: std::array::from_fn(|_| dice.below(3) as u32),
            near: std::array::from_fn(|_| dice.below(5) as u32),
        }
    }

    /// How much all are like the nearest of some.
    fn covered(sessions: &[Traits], some: &[usize]) -> u32 {
        let of_one = |one: &Traits| {
            let nearest = some.iter().map(|&place| likeness(&sessions[place], one));
            nearest.max().unwrap_or(0)
        };
        sessions.iter().map(of_one).sum()
    }

    /// The most that so many can cover, tried one set after the other.
    fn best_cover(sessions: &[Traits], most: usize) -> u32 {
        let sets = 0_u32..1 << sessions.len();
        let few = sets.filter(|set| set.count_ones() as usize <= most);
        let cover = |set: u32| {
            let places: Vec<usize> = (0..sessions.len())
                .filter(|at| set >> at & 1 == 1)
                .collect();
            covered(sessions, &places)
        };
        few.map(cover).max().unwrap_or(0)
    }

    #[test]
    fn chosen_ones_are_near_the_best_that_could_be_chosen() {
        for seed in 0..cases(300) {
            let mut dice = Dice::new(seed);
            let sessions: Vec<Traits> = (0..dice.below(9)).map(|_| any_traits(&mut dice)).collect();
            let most = dice.below(4) as usize;
            let more = dice.pick(&[0, 0, 1, 4321]);
            let total = sessions.len() as u64 + more;
            let chosen = representatives(&sessions, most, total);
            let places: Vec<usize> = chosen.iter().map(|(place, _)| *place).collect();
            assert!(places.len() <= most, "seed {seed}");
            let (found, best) = (covered(&sessions, &places), best_cover(&sessions, most));
            assert!(
                f64::from(found) >= 0.632 * f64::from(best),
                "seed {seed}: {found} of {best}"
            );
            if most == 1 {
                assert_eq!(found, best, "seed {seed}");
            }
            if most > 0 && !sessions.is_empty() {
                let sum: u64 = chosen.iter().map(|(_, count)| count).sum();
                assert_eq!(sum, total, "seed {seed}");
            }
            assert!(chosen.is_sorted_by_key(|&(_, count)| std::cmp::Reverse(count)));
            for (place, count) in chosen.iter().filter(|_| more == 0) {
                let is_nearest = |one: &&Traits| {
                    let near = likeness(&sessions[*place], one);
                    let others = places.iter();
                    others
                        .clone()
                        .all(|&other| likeness(&sessions[other], one) <= near)
                };
                // Of several nearest ones each session counts for one.
                let at_most = sessions.iter().filter(is_nearest).count() as u64;
                assert!(*count <= at_most, "seed {seed}");
            }
        }
    }

    #[test]
    fn counts_of_a_sample_add_up_to_all() {
        assert_eq!(scaled(&[1, 1, 1], 10), [4, 3, 3]);
        assert_eq!(scaled(&[600, 400], 1_000_000), [600_000, 400_000]);
        assert_eq!(scaled(&[], 7), [0_u64; 0]);
    }
}
