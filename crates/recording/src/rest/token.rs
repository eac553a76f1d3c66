//! What lines are made of, each as one number, so that two stretches of lines can be compared.

/// A part of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u64);

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A list has no more items.
    End = 0,
    Null = 1,
    False = 2,
    True = 3,
    /// A whole number, as its difference to what was expected.
    Whole = 4,
    /// Any other number, by the number of its digits' text.
    Decimal = 5,
    /// A text that is remembered, by its number.
    Text = 6,
    List = 7,
    /// An object, by the number of its shape.
    Object = 8,
    /// A text that is too long to be remembered.
    Long = 9,
}

/// How many bits a kind takes.
pub(super) const KIND_BITS: u32 = 4;

impl Kind {
    pub(super) fn of(number: u32) -> Option<Self> {
        const ALL: [Kind; 10] = [
            Kind::End,
            Kind::Null,
            Kind::False,
            Kind::True,
            Kind::Whole,
            Kind::Decimal,
            Kind::Text,
            Kind::List,
            Kind::Object,
            Kind::Long,
        ];
        ALL.get(number as usize).copied()
    }

    /// Whether what comes behind it hangs on it.
    pub(super) fn is_structure(self) -> bool {
        matches!(self, Self::End | Self::List | Self::Object)
    }
}

impl Token {
    pub(super) const END: Self = Self::new(Kind::End, 0);

    pub(super) const fn new(kind: Kind, number: u64) -> Self {
        Self(number << KIND_BITS | kind as u64)
    }

    /// A whole number by its difference, which may be below zero.
    pub(super) fn whole(difference: i64) -> Self {
        let folded = (difference << 1) ^ (difference >> 63);
        Self::new(Kind::Whole, folded as u64)
    }

    pub(super) fn kind(self) -> Kind {
        Kind::of((self.0 & 15) as u32).expect("tokens are made of kinds")
    }

    pub(super) fn number(self) -> u64 {
        self.0 >> KIND_BITS
    }

    /// The difference of a whole number.
    pub(super) fn difference(self) -> i64 {
        let folded = self.number();
        (folded >> 1) as i64 ^ -((folded & 1) as i64)
    }

    /// Hash of it.
    pub(super) fn hash(self) -> u32 {
        super::mix::hash(self.0 as u32, (self.0 >> 32) as u32 + 77)
    }
}
