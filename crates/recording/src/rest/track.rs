//! Looks for where the lines say again what was said before, in them or in the base: the last few
//! tokens are looked up, and what followed them then is expected to follow now.

use super::mix::hash;
use super::token::Token;

/// Remembered ends of stretches, as a power of two.
const PLACE_BITS: u32 = 16;
/// How many tokens are looked up: first the longer stretch.
const LONG: usize = 6;
const SHORT: usize = 3;
/// Misses after which a track is given up.
const MISSES_MAX: u32 = 8;

/// Everything said so far, and where in it the track is.
#[derive(Clone)]
pub(super) struct Track {
    tokens: Vec<Token>,
    long: Vec<u32>,
    short: Vec<u32>,
    /// Next expected token; 0 for none.
    place: usize,
    run: u32,
    misses: u32,
}

impl Track {
    pub(super) fn new() -> Self {
        Self {
            tokens: vec![Token::END; LONG],
            long: vec![0; 1 << PLACE_BITS],
            short: vec![0; 1 << PLACE_BITS],
            place: 0,
            run: 0,
            misses: 0,
        }
    }

    /// The token that is expected.
    pub(super) fn expected(&self) -> Option<Token> {
        (self.place > 0).then(|| self.tokens[self.place])
    }

    /// How well the track has held: at most 63.
    pub(super) fn trust(&self) -> u32 {
        let run = match self.run {
            0..=3 => self.run,
            run => (run.ilog2() + 2).min(15),
        };
        run << 2 | self.misses.min(3)
    }

    /// The last token, or one before it.
    pub(super) fn last(&self, back: usize) -> Token {
        self.tokens[self.tokens.len() - 1 - back]
    }

    /// A token was said.
    pub(super) fn push(&mut self, token: Token) {
        if let Some(expected) = self.expected() {
            if expected == token {
                self.run += 1;
                self.misses = 0;
                self.place += 1;
            } else {
                self.run = 0;
                self.misses += 1;
                let alike = expected.kind() == token.kind() && !token.kind().is_structure();
                self.place = match alike && self.misses < MISSES_MAX {
                    true => self.place + 1,
                    false => 0,
                };
            }
        }
        self.tokens.push(token);
        let (long, short) = (self.key(LONG), self.key(SHORT));
        if self.place == 0 || self.misses > 0 {
            if let Some(found) = self.found(self.long[long], LONG) {
                if found != self.place {
                    (self.place, self.run, self.misses) = (found, 0, 0);
                }
            } else if self.place == 0
                && let Some(found) = self.found(self.short[short], SHORT)
            {
                (self.place, self.run, self.misses) = (found, 0, 1);
            }
        }
        let end = self.tokens.len() as u32;
        self.long[long] = end;
        self.short[short] = end;
    }

    /// A stretch that ends at this place, if it is the same as the last one.
    fn found(&self, place: u32, length: usize) -> Option<usize> {
        let place = place as usize;
        let last = &self.tokens[self.tokens.len() - length..];
        (place >= length && self.tokens[place - length..place] == *last).then_some(place)
    }

    fn key(&self, length: usize) -> usize {
        let last = &self.tokens[self.tokens.len() - length..];
        let mixed = last
            .iter()
            .fold(3, |mixed, token| hash(mixed, token.hash()));
        (mixed >> (32 - PLACE_BITS)) as usize
    }
}
