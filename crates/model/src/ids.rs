//! Ids. Random ids are 128 bits, written as 32 lower-case hexadecimal digits everywhere a person
//! or another program sees them; in parts they are 16 big-endian bytes, so that byte order is
//! number order.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseIdError {
    /// Length of the refused text in bytes; the text itself is not kept.
    pub length_bytes: usize,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "id has {} bytes or other characters; it must be 32 hexadecimal digits",
            self.length_bytes
        )
    }
}

impl std::error::Error for ParseIdError {}

macro_rules! id128 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u128);

        impl $name {
            /// The id as it stands in parts: 16 big-endian bytes.
            #[must_use]
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }

            /// Reads what [`Self::to_bytes`] wrote.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({:032x})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let refused = ParseIdError { length_bytes: text.len() };
                if !digits {
                    return Err(refused);
                }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| refused)
            }
        }

        // Human-readable formats carry the hexadecimal text, binary ones the number.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    text.parse().map_err(D::Error::custom)
                } else {
                    u128::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}

id128!(
    /// One browser or device: random when persistent, a daily keyed hash when cookieless.
    VisitorId
);
id128!(
    /// One human. The number is that of the person's first visitor.
    PersonKey
);
id128!(
    /// One visitor's events with no gap over the site's idle limit. Never changes.
    SessionId
);
id128!(
    /// One page load in one tab.
    WindowId
);
id128!(
    /// What makes an event from another system or an import count once.
    ExternalId
);

impl From<VisitorId> for PersonKey {
    /// A visitor that nobody identified is a person of its own.
    fn from(visitor: VisitorId) -> Self {
        Self(visitor.0)
    }
}

/// A site of this installation: a small number given by the catalog, never given twice.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct SiteId(pub u32);

impl fmt::Display for SiteId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_text_is_32_lower_case_digits_and_reads_back() {
        let id = SessionId(0xab);
        assert_eq!(id.to_string(), "000000000000000000000000000000ab");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn id_of_another_length_or_alphabet_is_refused() {
        for text in [
            "",
            "ab",
            "+00000000000000000000000000000ab",
            "0000000000000000000000000000zzzz",
        ] {
            assert!(text.parse::<SessionId>().is_err(), "{text}");
        }
    }

    #[test]
    fn byte_order_is_number_order() {
        assert!(VisitorId(1).to_bytes() < VisitorId(256).to_bytes());
    }
}
