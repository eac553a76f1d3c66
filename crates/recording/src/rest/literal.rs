//! Texts that were not seen before, byte by byte: what follows the last bytes, what the last text
//! of the same place had here, and what followed when these bytes came last.

use super::mix::{CONTEXTS, Mixer, hash};
use super::range::Bits;

/// Ends a text; no byte of UTF-8.
const END: u8 = 0xff;
/// Remembered ends of four bytes, as a power of two.
const PLACE_BITS: u32 = 16;
/// A prediction is believed no more for being longer.
const LENGTH_MAX: u32 = 15;
/// First class of the mixer, and how many: by how long the prediction has held.
const CLASS: usize = 32;

/// The bytes of all texts so far, and where to look for what comes next.
#[derive(Clone)]
pub(super) struct Literals {
    history: Vec<u8>,
    /// Place in the history behind the last occurrence of four bytes.
    places: Vec<u32>,
}

/// Where a byte stands, but for the bytes before it.
struct Around {
    field: u32,
    word: u32,
    before: [u8; 6],
}

impl Literals {
    pub(super) fn new() -> Self {
        Self {
            history: vec![0; 8],
            places: vec![0; 1 << PLACE_BITS],
        }
    }

    /// Remembers a text that was not said byte by byte; gives its place.
    pub(super) fn remember(&mut self, text: &str) -> u32 {
        let from = self.history.len() as u32;
        for byte in text.bytes().chain([END]) {
            self.push(byte);
        }
        from
    }

    /// Where the next text will stand.
    pub(super) fn end(&self) -> u32 {
        self.history.len() as u32
    }

    fn push(&mut self, byte: u8) {
        self.history.push(byte);
        self.note();
    }

    /// Place behind the last occurrence of the four bytes at the end, or 0.
    fn found(&self) -> u32 {
        let last = &self.history[self.history.len() - 4..];
        let key = u32::from_le_bytes([last[0], last[1], last[2], last[3]]);
        let place = self.places[(hash(key, 7) >> (32 - PLACE_BITS)) as usize] as usize;
        if place < self.history.len() && place >= 4 && self.history[place - 4..place] == *last {
            place as u32
        } else {
            0
        }
    }

    /// Says or hears a text that stands in `field`; `like` is the place of the text before it in
    /// the same field. None when more than `bytes_max` bytes are heard.
    pub(super) fn text(
        &mut self,
        mixer: &mut Mixer,
        bits: &mut impl Bits,
        (text, field, like, bytes_max): (Option<&str>, u32, u32, usize),
    ) -> Option<Vec<u8>> {
        let mut heard = Vec::new();
        let mut around = Around {
            field,
            word: 0,
            before: [0; 6],
        };
        let (mut place, mut length) = (like, 1);
        let mut said = text.map(|text| text.bytes().chain([END]));
        loop {
            let byte = said.as_mut().and_then(Iterator::next).unwrap_or(END);
            let expected = (place > 0 && (place as usize) < self.history.len())
                .then(|| (self.history[place as usize], length));
            let byte = self.byte(mixer, bits, byte, (&around, expected));
            match expected {
                Some((hit, _)) if hit == byte => {
                    place += 1;
                    length = (length + 1).min(LENGTH_MAX);
                }
                _ => {
                    length = 0;
                    place = if place > 0 { place + 1 } else { 0 };
                }
            }
            if byte == END {
                self.push(END);
                return Some(heard);
            }
            if heard.len() >= bytes_max {
                return None;
            }
            heard.push(byte);
            // What followed these bytes is looked up before this end of theirs is noted.
            self.history.push(byte);
            if length < 4 {
                let found = self.found();
                if found > 0 {
                    (place, length) = (found, length.max(3));
                }
            }
            self.note();
            around.before.rotate_right(1);
            around.before[0] = byte;
            around.word = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => hash(around.word, u32::from(byte)),
                _ => 0,
            };
        }
    }

    /// Remembers the end of the history.
    fn note(&mut self) {
        let last = &self.history[self.history.len() - 4..];
        let key = u32::from_le_bytes([last[0], last[1], last[2], last[3]]);
        self.places[(hash(key, 7) >> (32 - PLACE_BITS)) as usize] = self.history.len() as u32;
    }

    fn byte(
        &self,
        mixer: &mut Mixer,
        bits: &mut impl Bits,
        byte: u8,
        (around, expected): (&Around, Option<(u8, u32)>),
    ) -> u8 {
        let [b1, b2, b3, b4, b5, _] = around.before.map(u32::from);
        let (hit, length) = expected.map_or((0, 0), |(hit, length)| (u32::from(hit), length + 1));
        let contexts: [u32; CONTEXTS] = [
            hash(1, around.field),
            hash(2, b1),
            hash(3, b1 | b2 << 8),
            hash(4, b1 | b2 << 8 | b3 << 16),
            hash(hash(5, b1 | b2 << 8 | b3 << 16 | b4 << 24), b5),
            hash(hash(6, around.word), b1),
            hash(hash(7, around.field), b1 | b2 << 8),
            hash(hash(8, hit), length),
        ];
        let mut node = 1_u32;
        for place in (0..8).rev() {
            // The prediction is of use as long as it fits to the bits so far.
            let fits = length > 0 && (hit | 0x100) >> (place + 1) == node;
            let class = CLASS + if fits { length.min(11) as usize } else { 0 };
            let mut hashes = [0; CONTEXTS];
            for (at, context) in contexts.iter().enumerate() {
                hashes[at] = hash(*context, node);
            }
            if !fits {
                hashes[7] = hash(9, node);
            }
            let bit = mixer.bit(bits, byte >> place & 1 == 1, (class, &hashes));
            node = node << 1 | u32::from(bit);
        }
        (node & 0xff) as u8
    }
}
