//! Elements: what clicks are counted by. Told by their path they are the zones; told by their
//! words, what stood in one place one after the other are several elements.
//!
//! Words of one element change by themselves: counters go up, and what is switched on says how it
//! is switched off. So words are one element's that differ in no letter, unless elements of the
//! same shape elsewhere differ in nothing else (`Size 41`, `Size 42`); and those that were clicked
//! in one place during one load of the page, in at least half of the loads of the rarer ones.

use hitmetrix_model::HeatmapToldBy;
use rustc_hash::FxHashMap;

use super::ground::{At, Counts, Ground, add, any_order};
use super::zone::Zones;
use crate::AskError;
use crate::budget::Allowance;
use crate::columns::{Column, Dictionary, Needs, UNKNOWN};
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker};
use crate::query::Query;
use crate::timeline::Timeline;

/// Who clicks more different words in one place during one page load is at a list that moves.
const WORDS_A_VIEW: usize = 4;
/// Bytes that an entry of a map takes, roughly.
const ENTRY_BYTES: usize = 64;
/// Bytes that a click takes in what is kept of one person, roughly.
const CLICK_BYTES: usize = 128;
/// Clicks of a person for which memory is taken at once.
const CLICKS_AT_ONCE: usize = 1024;

/// The lanes of an element's path and words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    pub(super) path: usize,
    pub(super) text: usize,
}

impl Lanes {
    pub(super) fn want(needs: &mut Needs) -> Self {
        let mut property = |name: &str| needs.lane(Column::Property(name.to_owned()));
        Self {
            path: property("path"),
            text: property("text"),
        }
    }
}

/// A zone and the code of the words on it; none of elements that are told by their path.
type Said = (u32, u32);

/// What clicks are counted by.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) zone: u32,
    /// The code of the words that it is called by: those that most views clicked first, because
    /// others follow from clicks; of equal ones those that were clicked most.
    pub(super) text: u32,
    pub(super) counts: Counts,
}

/// The elements of the meant pages.
#[derive(Debug)]
pub(super) struct Elements {
    told_by: HeatmapToldBy,
    of: FxHashMap<Said, u32>,
    pub(super) all: Vec<Element>,
}

/// Counts what was said.
struct Weighing<'g> {
    ground: &'g Ground<'g>,
    lanes: Lanes,
    zones: &'g Zones<'g>,
    told_by: HeatmapToldBy,
    marker: Marker<'g>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    counts: Counts,
    /// Views of a page in which it was clicked.
    views: u64,
    /// Those in which it was what was clicked first in its place.
    first: u64,
}

#[derive(Default)]
struct Weights {
    marks: MarkWork,
    said: FxHashMap<Said, Weight>,
    /// By zone, and two words on it, the views in which both were clicked.
    together: FxHashMap<(u32, u32, u32), u64>,
    allowance: Allowance,
    /// Clicks of one person that memory was taken for; the lists below keep their room.
    room: usize,
    /// Of the person: the number of each view, which is a page in one page load.
    viewed: FxHashMap<(u128, u32), u32>,
    /// Of the person: view, zone and words of each click.
    clicked: Vec<(u32, u32, u32)>,
    /// Of the person: by view and zone, when it was first clicked, and the words that it had then.
    begun: FxHashMap<(u32, u32), (i64, u32)>,
}

impl Elements {
    /// Finds the elements by weighing what was clicked.
    pub(super) fn new(
        query: &Query<'_>,
        (ground, lanes): (&Ground<'_>, Lanes),
        zones: &Zones<'_>,
        told_by: HeatmapToldBy,
    ) -> Result<Self, AskError> {
        let weighing = Weighing {
            ground,
            lanes,
            zones,
            told_by,
            marker: ground.marker(),
        };
        let margin_ms = query.margin_of(&weighing.marker);
        let folded = query.fold(&ground.prepared, (query.period(), margin_ms), &weighing)?;
        ground.budget.check()?;
        let texts = ground.dictionary(lanes.text);
        // What tells elements apart is written out for each place and its words.
        let bytes = folded.result.said.keys().map(|&(zone, text)| {
            let words = match text {
                UNKNOWN => 0,
                text => texts.text(text).len(),
            };
            2 * (zones.name(zone).len() + words) + ENTRY_BYTES
        });
        ground.budget.take(bytes.sum());
        ground.budget.check()?;
        Ok(Self::of(&folded.result, (zones, texts), told_by))
    }

    fn of(
        weights: &Weights,
        (zones, texts): (&Zones<'_>, &Dictionary<'_>),
        told_by: HeatmapToldBy,
    ) -> Self {
        let mut said: Vec<Said> = weights.said.keys().copied().collect();
        said.sort_unstable();
        let series = Series::of(&said, (zones, texts));
        let mut pairs: FxHashMap<u32, Vec<(u32, u32, u64)>> = FxHashMap::default();
        for (&(zone, left, right), &both) in &weights.together {
            pairs.entry(zone).or_default().push((left, right, both));
        }
        let mut elements = Self {
            told_by,
            of: FxHashMap::default(),
            all: Vec::new(),
        };
        for of_zone in said.chunk_by(|left, right| left.0 == right.0) {
            let zone = of_zone[0].0;
            // What told no words is the only element there is, or one by itself.
            let worded = usize::from(of_zone[0].1 == UNKNOWN);
            let mut joined = Joined::new(of_zone.len());
            let mut keys: FxHashMap<String, usize> = FxHashMap::default();
            for (at, &(_, text)) in of_zone.iter().enumerate().skip(worded) {
                let key = series.key(zones.name(zone), texts.text(text));
                joined.join(*keys.entry(key).or_insert(at), at);
            }
            let at = |text: u32| of_zone.binary_search(&(zone, text)).ok();
            for &(left, right, both) in pairs.get(&zone).map_or(&[][..], Vec::as_slice) {
                let views = |text: u32| weights.said[&(zone, text)].views;
                if let (Some(one), Some(other)) = (at(left), at(right))
                    && 2 * both >= views(left).min(views(right))
                {
                    joined.join(one, other);
                }
            }
            if worded == 1 && of_zone.len() > 1 && joined.is_one_from(1) {
                joined.join(0, 1);
            }
            elements.take(of_zone, &mut joined, (weights, texts));
        }
        elements
    }

    /// Takes the elements of a zone.
    fn take(
        &mut self,
        of_zone: &[Said],
        joined: &mut Joined,
        (weights, texts): (&Weights, &Dictionary<'_>),
    ) {
        let size = |said: &Said| {
            let weight = &weights.said[said];
            (weight.first, weight.counts.iter().sum::<u64>())
        };
        let mut numbers: FxHashMap<usize, u32> = FxHashMap::default();
        for (at, said) in of_zone.iter().enumerate() {
            let number = *numbers.entry(joined.root(at)).or_insert_with(|| {
                self.all.push(Element {
                    zone: said.0,
                    text: said.1,
                    counts: Counts::default(),
                });
                self.all.len() as u32 - 1
            });
            self.of.insert(*said, number);
            let element = &mut self.all[number as usize];
            add(&mut element.counts, &weights.said[said].counts);
            // Of equal ones the first by their letters.
            let named = (element.zone, element.text);
            let is_better = (size(said), std::cmp::Reverse(texts.text(said.1)))
                > (size(&named), std::cmp::Reverse(texts.text(named.1)));
            if element.text == UNKNOWN || said.1 != UNKNOWN && is_better {
                element.text = said.1;
            }
        }
    }

    /// The element of a zone and the words on it.
    #[inline]
    pub(super) fn element(&self, zone: u32, text: u32) -> Option<u32> {
        self.of.get(&said(self.told_by, zone, text)).copied()
    }
}

/// What the words of one shape differ in only by what is no letter, in several places.
struct Series(FxHashMap<(String, String), Place>);

enum Place {
    One(u32),
    Several,
}

impl Series {
    fn of(said: &[Said], (zones, texts): (&Zones<'_>, &Dictionary<'_>)) -> Self {
        let mut series: FxHashMap<(String, String), Place> = FxHashMap::default();
        for &(zone, text) in said.iter().filter(|said| said.1 != UNKNOWN) {
            let kind = (shape_of(zones.name(zone)), letters_of(texts.text(text)));
            let place = series.entry(kind).or_insert(Place::One(zone));
            if !matches!(place, Place::One(known) if *known == zone) {
                *place = Place::Several;
            }
        }
        Self(series)
    }

    /// Words with the same key are those of one element.
    fn key(&self, zone: &str, text: &str) -> String {
        let kind = (shape_of(zone), letters_of(text));
        match self.0.get(&kind) {
            Some(Place::Several) => text.to_lowercase(),
            _ => kind.1,
        }
    }
}

/// A path without the numbers of its steps.
fn shape_of(path: &str) -> String {
    let mut steps = path.split(":nth-of-type(");
    let mut shape = steps.next().unwrap_or_default().to_owned();
    for step in steps {
        shape.push_str(step.split_once(')').map_or("", |(_, rest)| rest));
    }
    shape
}

/// Words without what is no letter, in small letters.
fn letters_of(text: &str) -> String {
    let words = text.split(|each: char| !each.is_alphabetic());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}

/// Which of a list are one.
struct Joined(Vec<usize>);

impl Joined {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.0[left.max(right)] = left.min(right);
    }

    fn is_one_from(&mut self, first: usize) -> bool {
        let root = self.root(first);
        (first..self.0.len()).all(|at| self.root(at) == root)
    }
}

/// What a click is counted under.
#[inline]
fn said(told_by: HeatmapToldBy, zone: u32, text: u32) -> Said {
    match told_by {
        HeatmapToldBy::Path => (zone, UNKNOWN),
        HeatmapToldBy::Words => (zone, text),
    }
}

impl Weighing<'_> {
    fn click(&self, work: &mut Weights, at: &At<'_>, kind: usize) {
        let zone = self.zones.zone(at.code(self.lanes.path));
        let said = said(self.told_by, zone, at.code(self.lanes.text));
        if let Some(weight) = work.said.get_mut(&said) {
            weight.counts[kind] += 1;
        } else if work.allowance.take(ENTRY_BYTES, &self.ground.budget) {
            work.said.entry(said).or_default().counts[kind] += 1;
        }
        if said.1 == UNKNOWN {
            return;
        }
        if work.clicked.len() >= work.room {
            let bytes = CLICKS_AT_ONCE * CLICK_BYTES;
            if !work.allowance.take(bytes, &self.ground.budget) {
                return;
            }
            work.room += CLICKS_AT_ONCE;
        }
        let next = work.viewed.len() as u32;
        let window = at.run.windows.get(at.row);
        let view = *work.viewed.entry((window, at.page)).or_insert(next);
        work.clicked.push((view, said.0, said.1));
        let texts = self.ground.dictionary(self.lanes.text);
        let first = work
            .begun
            .entry((view, said.0))
            .or_insert((at.time_ms, said.1));
        // Of several at one moment the first by their letters.
        if first.0 == at.time_ms && texts.text(said.1) < texts.text(first.1) {
            first.1 = said.1;
        }
    }

    /// Which words the person clicked in one place during one view of a page.
    fn pair(&self, work: &mut Weights) {
        let Weights {
            said,
            together,
            allowance,
            clicked,
            begun,
            ..
        } = work;
        for (&(_, zone), &(_, text)) in &*begun {
            if let Some(weight) = said.get_mut(&(zone, text)) {
                weight.first += 1;
            }
        }
        clicked.sort_unstable();
        clicked.dedup();
        for place in clicked.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            for (at, &(_, zone, text)) in place.iter().enumerate() {
                if let Some(weight) = said.get_mut(&(zone, text)) {
                    weight.views += 1;
                }
                if place.len() > WORDS_A_VIEW {
                    continue;
                }
                for &(_, _, other) in &place[at + 1..] {
                    let pair = (zone, text, other);
                    if let Some(views) = together.get_mut(&pair) {
                        *views += 1;
                    } else if allowance.take(ENTRY_BYTES, &self.ground.budget) {
                        together.insert(pair, 1);
                    }
                }
            }
        }
    }
}

impl Fold for Weighing<'_> {
    type Result = Weights;

    fn order(&self) -> Order {
        match self.told_by {
            HeatmapToldBy::Path => any_order(&self.marker),
            // Page loads are read only where events are wanted in their order.
            HeatmapToldBy::Words => Order::Time,
        }
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Weights {
        Weights::default()
    }

    fn person(&self, work: &mut Weights, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        work.viewed.clear();
        work.clicked.clear();
        work.begun.clear();
        let marks = std::mem::take(&mut work.marks);
        self.ground.each(&marks, timeline, |at| {
            if let Some(kind) = at.act.click() {
                self.click(work, &at, kind);
            }
        });
        work.marks = marks;
        self.pair(work);
    }

    fn merge(&self, into: &mut Weights, from: Weights) {
        for (said, weight) in from.said {
            let into = into.said.entry(said).or_default();
            add(&mut into.counts, &weight.counts);
            into.views += weight.views;
            into.first += weight.first;
        }
        for (pair, views) in from.together {
            *into.together.entry(pair).or_default() += views;
        }
        into.marks.left_out += from.marks.left_out;
    }
}

#[cfg(test)]
mod tests {
    use super::{letters_of, shape_of};

    #[test]
    fn a_shape_is_a_path_without_its_numbers() {
        let path = "ul>li:nth-of-type(3)>a:nth-of-type(12)>b";
        assert_eq!(shape_of(path), "ul>li>a>b");
        assert_eq!(shape_of("main#shop>button"), "main#shop>button");
        assert_eq!(shape_of("a:nth-of-type(2"), "a");
    }

    #[test]
    fn words_are_told_by_their_letters() {
        assert_eq!(letters_of("Cart (3)"), "cart");
        assert_eq!(letters_of("  Über 12\u{a0}Öfen!"), "über öfen");
        assert_eq!(letters_of("€ 12"), "");
    }
}
