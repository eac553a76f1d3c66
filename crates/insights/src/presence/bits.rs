//! One bit per interval: whether a person has an event in it. Persons come by the million, so the
//! words are made once per thread, and mostly there is one.

/// In which intervals a person has events of one selection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    /// Whether there is an event before the first interval; known of the first selection, and
    /// where the fold reaches so far.
    pub(crate) before: bool,
}

impl Bits {
    /// None of so many intervals.
    pub(super) fn of(intervals: usize) -> Self {
        Self {
            words: vec![0; intervals.div_ceil(64).max(1)],
            before: false,
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.words.fill(0);
        self.before = false;
    }

    /// Notes an event in an interval.
    #[inline]
    pub(super) fn set(&mut self, place: usize) {
        self.words[place >> 6] |= 1 << (place & 63);
    }

    /// Notes events in some of the first 64 intervals.
    #[inline]
    pub(super) fn add_word(&mut self, word: u64) {
        self.words[0] |= word;
    }

    /// The bits, 64 intervals a word, the first lowest.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether there is an event in an interval.
    pub(crate) fn has(&self, place: usize) -> bool {
        self.words[place >> 6] >> (place & 63) & 1 == 1
    }

    /// In how many intervals there is an event.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|one| one.count_ones() as usize).sum()
    }

    /// The first interval with an event.
    pub(crate) fn first(&self) -> Option<usize> {
        self.ones(0).next()
    }

    /// The last interval with an event.
    pub(crate) fn last(&self) -> Option<usize> {
        let index = self.words.iter().rposition(|&word| word != 0)?;
        Some(index * 64 + self.words[index].ilog2() as usize)
    }

    /// The intervals with an event, from one on.
    pub(crate) fn ones(&self, from: usize) -> Ones<'_> {
        let words = self.words.get(from >> 6..).unwrap_or_default();
        Ones {
            base: from & !63,
            word: words.first().map_or(0, |word| word & (!0 << (from & 63))),
            rest: words.get(1..).unwrap_or_default(),
        }
    }
}

/// Places of bits, ascending.
#[derive(Debug, Clone)]
pub(crate) struct Ones<'b> {
    base: usize,
    word: u64,
    rest: &'b [u64],
}

impl<'b> Ones<'b> {
    /// Those of one word.
    pub(crate) fn of(word: u64, base: usize) -> Self {
        Self {
            base,
            word,
            rest: &[],
        }
    }
}

impl Iterator for Ones<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            let (&word, rest) = self.rest.split_first()?;
            self.word = word;
            self.rest = rest;
            self.base += 64;
        }
        let place = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(place)
    }
}
