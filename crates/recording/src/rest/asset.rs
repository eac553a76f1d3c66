//! What recordings of one site have alike and therefore keep once: style sheets, images, fonts and
//! drawings. Never a text that a page shows.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// What a page names the text of a picture by before it sends it: the first 16 bytes of its
/// SHA-256, which every browser can compute.
pub type AssetDigest = [u8; 16];

/// Name of an asset: the first 16 bytes of a BLAKE3, keyed with the site's key so that nobody who
/// has only the bytes of a public file can tell which sites keep it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssetId(pub [u8; 16]);

impl AssetId {
    /// The id of these bytes; equal bytes of another kind have another id.
    #[must_use]
    pub fn of(kind: AssetKind, bytes: &[u8], key: &[u8; 32]) -> Self {
        if kind == AssetKind::Picture {
            return Self::of_digest(picture_digest(bytes), key);
        }
        Self::named(kind, bytes, key)
    }

    /// The id of a picture with this digest, whose bytes may be elsewhere.
    #[must_use]
    pub fn of_digest(digest: AssetDigest, key: &[u8; 32]) -> Self {
        Self::named(AssetKind::Picture, &digest, key)
    }

    fn named(kind: AssetKind, bytes: &[u8], key: &[u8; 32]) -> Self {
        let mut hash = blake3::Hasher::new_keyed(key);
        hash.update(&[kind.letter()]).update(bytes);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize().as_bytes()[..16]);
        Self(id)
    }
}

/// The digest of a picture's base64 text.
#[must_use]
pub fn picture_digest(bytes: &[u8]) -> AssetDigest {
    let mut digest = AssetDigest::default();
    digest.copy_from_slice(&Sha256::digest(bytes)[..16]);
    digest
}

impl fmt::Debug for AssetId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AssetId(")?;
        for byte in self.0 {
            write!(out, "{byte:02x}")?;
        }
        out.write_str(")")
    }
}

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// The text of a style sheet or of a long rule.
    Sheet,
    /// The rules of an adopted style sheet: JSON as the recorder gives them.
    Rules,
    /// A `data:` address with an image.
    Image,
    /// A `data:` address with a font.
    Font,
    /// Path data or points of an SVG element.
    Drawing,
    /// A picture or font that the recorder took along, as base64. Named by its digest, so that a
    /// page can ask whether it is there.
    Picture,
}

impl AssetKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sheet,
        Self::Rules,
        Self::Image,
        Self::Font,
        Self::Drawing,
        Self::Picture,
    ];

    /// One letter that stands for it, in references and hashes.
    #[must_use]
    pub const fn letter(self) -> u8 {
        match self {
            Self::Sheet => b's',
            Self::Rules => b'r',
            Self::Image => b'i',
            Self::Font => b'f',
            Self::Drawing => b'd',
            Self::Picture => b'p',
        }
    }

    /// The kind of a letter.
    #[must_use]
    pub fn of_letter(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }
}

/// Something that is kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its name.
    pub id: AssetId,
    /// What it is.
    pub kind: AssetKind,
    /// The text that stood in the lines, UTF-8.
    pub bytes: Vec<u8>,
}

/// Lines without their assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The lines, with references.
    pub lines: Vec<u8>,
    /// Each once, in the order of first use.
    pub assets: Vec<Asset>,
}
