//! Columns of codes with the dictionary that they point into.

use super::narrow::Narrow;

/// One code a row, as narrow as the dictionary allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes<'a> {
    /// At most 256 entries.
    U8(&'a [u8]),
    /// At most 65,536 entries.
    U16(&'a [u16]),
    /// More.
    U32(&'a [u32]),
}

impl Default for Codes<'_> {
    /// Of no rows.
    fn default() -> Self {
        Self::U8(&[])
    }
}

impl Codes<'_> {
    /// The code of a row.
    ///
    /// # Panics
    /// When the run has no such row.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => u32::from(codes[row]),
            Self::U16(codes) => u32::from(codes[row]),
            Self::U32(codes) => codes[row],
        }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A column of 128-bit ids: a code a row, and the ids in the order of their codes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids<'a> {
    /// Index into `ids`, one a row.
    pub codes: Codes<'a>,
    /// Each id once, in no particular order.
    pub ids: &'a [u128],
}

impl Ids<'_> {
    /// The id of a row.
    ///
    /// # Panics
    /// When the run has no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> u128 {
        self.ids[self.codes.get(row) as usize]
    }
}

/// A column of texts: a code a row, and the texts in the order of their codes.
#[derive(Debug, Clone, Copy)]
pub struct TextColumn<'a> {
    /// Index into `texts`, one a row.
    pub codes: Codes<'a>,
    /// Each text once.
    pub texts: &'a Texts,
}

impl<'a> TextColumn<'a> {
    /// The text of a row.
    ///
    /// # Panics
    /// When the run has no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> &'a str {
        self.texts.get(self.codes.get(row))
    }
}

/// The dictionary of a text column. Unknown is the empty text and has a code like any other.
#[derive(Debug)]
pub struct Texts {
    /// Ends of the texts in `bytes`; one more than there are texts, the first is zero.
    offsets: Narrow<u32>,
    bytes: Narrow<u8>,
}

impl Texts {
    /// How many different texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.as_slice().len().saturating_sub(1)
    }

    /// True in an empty run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a code.
    ///
    /// # Panics
    /// When the dictionary has no such code.
    #[must_use]
    pub fn get(&self, code: u32) -> &str {
        let offsets = self.offsets.as_slice();
        let code = code as usize;
        let (from, to) = (offsets[code] as usize, offsets[code + 1] as usize);
        std::str::from_utf8(&self.bytes.as_slice()[from..to])
            .expect("texts are checked when they are made or mapped")
    }

    /// All texts in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|code| self.get(code))
    }

    /// A dictionary from its two halves, if they fit together.
    pub(crate) fn checked(offsets: Narrow<u32>, bytes: Narrow<u8>) -> Option<Self> {
        let ends = offsets.as_slice();
        let fits = ends.first() == Some(&0)
            && ends.last().map(|&last| last as usize) == Some(bytes.as_slice().len())
            && ends.is_sorted();
        if !fits {
            return None;
        }
        let texts = bytes.as_slice();
        let all_text = ends
            .windows(2)
            .all(|pair| std::str::from_utf8(&texts[pair[0] as usize..pair[1] as usize]).is_ok());
        all_text.then_some(Self { offsets, bytes })
    }

    /// A dictionary in memory.
    pub(crate) fn from_texts<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut offsets = vec![0u32];
        let mut bytes = Vec::new();
        for text in texts {
            bytes.extend_from_slice(text.as_bytes());
            offsets.push(bytes.len() as u32);
        }
        Self {
            offsets: offsets.into(),
            bytes: bytes.into(),
        }
    }

    pub(crate) fn sections(&self) -> [&[u8]; 2] {
        [self.offsets.as_bytes(), self.bytes.as_bytes()]
    }
}

/// Codes that lie in memory or in a mapped file.
#[derive(Debug)]
pub(crate) enum CodeLane {
    U8(Narrow<u8>),
    U16(Narrow<u16>),
    U32(Narrow<u32>),
}

impl CodeLane {
    /// The narrowest form of `codes` for a dictionary of `entries`.
    pub(crate) fn narrowed(codes: Vec<u32>, entries: usize) -> Self {
        if entries <= 1 << 8 {
            Self::U8(
                codes
                    .into_iter()
                    .map(|code| code as u8)
                    .collect::<Vec<_>>()
                    .into(),
            )
        } else if entries <= 1 << 16 {
            Self::U16(
                codes
                    .into_iter()
                    .map(|code| code as u16)
                    .collect::<Vec<_>>()
                    .into(),
            )
        } else {
            Self::U32(codes.into())
        }
    }

    pub(crate) fn codes(&self) -> Codes<'_> {
        match self {
            Self::U8(codes) => Codes::U8(codes.as_slice()),
            Self::U16(codes) => Codes::U16(codes.as_slice()),
            Self::U32(codes) => Codes::U32(codes.as_slice()),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::U8(codes) => codes.as_bytes(),
            Self::U16(codes) => codes.as_bytes(),
            Self::U32(codes) => codes.as_bytes(),
        }
    }

    /// True when each code points into a dictionary of `entries`.
    pub(crate) fn fits(&self, entries: usize) -> bool {
        match self {
            Self::U8(codes) => codes
                .as_slice()
                .iter()
                .all(|&code| usize::from(code) < entries),
            Self::U16(codes) => codes
                .as_slice()
                .iter()
                .all(|&code| usize::from(code) < entries),
            Self::U32(codes) => codes
                .as_slice()
                .iter()
                .all(|&code| (code as usize) < entries),
        }
    }
}

/// A column of ids with its dictionary.
#[derive(Debug)]
pub(crate) struct IdLane {
    pub(crate) codes: CodeLane,
    pub(crate) ids: Narrow<u128>,
}

impl IdLane {
    pub(crate) fn ids(&self) -> Ids<'_> {
        Ids {
            codes: self.codes.codes(),
            ids: self.ids.as_slice(),
        }
    }
}

/// A column of texts with its dictionary.
#[derive(Debug)]
pub(crate) struct TextLane {
    pub(crate) codes: CodeLane,
    pub(crate) texts: Texts,
}

impl TextLane {
    pub(crate) fn column(&self) -> TextColumn<'_> {
        TextColumn {
            codes: self.codes.codes(),
            texts: &self.texts,
        }
    }
}
