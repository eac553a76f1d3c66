//! Style sheets that pages of a site need not send again: what one is called by a page that shows
//! it, and what then takes its place in the lines. It is the JSON that the page would have sent, so
//! that lines with it are the same as if it had: of a style element or a link the text with its
//! quotes, of an adopted sheet the list of its rules.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::asset::{AssetId, AssetKind};
use crate::write::text;

const DIGEST_BYTES: usize = 15;

/// What a page names a sheet by: the first 15 bytes of the SHA-256 of its JSON, which browsers can
/// compute; on the wire as 20 digits of base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SheetDigest([u8; DIGEST_BYTES]);

impl SheetDigest {
    /// Digits on the wire.
    pub const DIGITS: usize = DIGEST_BYTES / 3 * 4;

    /// The digest of a sheet's JSON.
    #[must_use]
    pub fn of(json: &[u8]) -> Self {
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&Sha256::digest(json)[..DIGEST_BYTES]);
        Self(digest)
    }

    /// Reads one as it stands on the wire; none for anything else.
    #[must_use]
    pub fn read(digits: &str) -> Option<Self> {
        if digits.len() != Self::DIGITS {
            return None;
        }
        let bytes = STANDARD_NO_PAD.decode(digits).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// As it stands on the wire.
    #[must_use]
    pub fn digits(self) -> String {
        STANDARD_NO_PAD.encode(self.0)
    }
}

/// The JSON of the sheet that an asset is; none for what is no sheet. Assets do not say what they
/// are, but their names do, under the key that they were named with.
#[must_use]
pub fn sheet_json(asset: AssetId, bytes: &[u8], key: &[u8; 32]) -> Option<Vec<u8>> {
    if AssetId::of(AssetKind::Rules, bytes, key) == asset {
        return Some(bytes.to_vec());
    }
    if AssetId::of(AssetKind::Sheet, bytes, key) != asset {
        return None;
    }
    let mut json = Vec::with_capacity(bytes.len() + 2);
    text(std::str::from_utf8(bytes).ok()?, &mut json);
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take_assets;

    const KEY: [u8; 32] = [7; 32];

    /// The sheets of these lines, as pages would name them.
    fn sheets(lines: &str) -> Vec<String> {
        let taken = take_assets(lines.as_bytes(), &KEY).unwrap();
        let json = |asset: &crate::Asset| sheet_json(asset.id, &asset.bytes, &KEY);
        let found = taken.assets.iter().filter_map(json);
        found.map(|json| String::from_utf8(json).unwrap()).collect()
    }

    #[test]
    fn a_sheet_is_the_json_that_the_page_sent() {
        let text = format!(r#""a{{content:\"\\201c\"}}{}""#, "b{c:d}".repeat(200));
        let link = format!(
            r#"{{"type":2,"data":{{"node":{{"type":2,"tagName":"link","attributes":{{"_cssText":{text}}},"childNodes":[],"id":2}}}},"timestamp":5}}"#
        );
        assert_eq!(sheets(&link), [text]);
        let rules = (0..90).map(|at| format!(r#"{{"rule":"a {{ b: c }}","index":{at}}}"#));
        let rules = format!("[{}]", rules.collect::<Vec<_>>().join(","));
        let adopted = format!(
            r#"{{"type":3,"data":{{"source":15,"id":1,"styles":[{{"styleId":1,"rules":{rules}}}],"styleIds":[1]}},"timestamp":5}}"#
        );
        assert_eq!(sheets(&adopted), [rules]);
        // Other assets are none, whatever their bytes say.
        let path = "M1 1".repeat(200);
        let drawing = format!(
            r#"{{"type":2,"data":{{"node":{{"type":2,"tagName":"path","attributes":{{"d":"{path}"}},"childNodes":[],"id":2}}}},"timestamp":5}}"#
        );
        assert_eq!(
            take_assets(drawing.as_bytes(), &KEY).unwrap().assets.len(),
            1
        );
        assert_eq!(sheets(&drawing), Vec::<String>::new());
    }

    #[test]
    fn digests_are_those_that_browsers_compute() {
        // The first 15 bytes of what FIPS 180-4 gives for "abc".
        let digest = SheetDigest::of(b"abc");
        assert_eq!(digest.digits(), "ungWv48Bz+pBQUDeXa4i");
        assert_eq!(SheetDigest::read("ungWv48Bz+pBQUDeXa4i"), Some(digest));
        for other in [
            "",
            "ungWv48Bz+pBQUDeXa4",
            "ungWv48Bz+pBQUDeXa4i=",
            "ungWv48Bz-pBQUDeXa4i",
        ] {
            assert_eq!(SheetDigest::read(other), None, "{other}");
        }
    }
}
