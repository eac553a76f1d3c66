//! Pictures that a page named by their digest, because the server has them: which these are, and
//! how their bytes come into the lines; and those that a page sent itself. A line that says one is
//! `{"type":5,"data":{"tag":"hm-asset","payload":{"href":…,"type":…,"digest":…}},…}` and becomes
//! the same with `data`, as if the page had sent it: of the kind that its bytes have, whatever the
//! line says.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hitmetrix_model::limits;

use super::asset::{AssetDigest, picture_digest};
use super::picture::kind_of_text;
use crate::{At, Tree, Value, write};

const TAG: &str = "hm-asset";
const DIGEST: &str = "digest";
const DATA: &str = "data";
/// So many are looked for in one chunk; whoever names more gets boxes for the rest.
const NAMED_MAX: usize = 100;

/// The digests that stand in the lines of a chunk instead of pictures: the first hundred.
#[must_use]
pub fn named_pictures(lines: &[u8]) -> BTreeSet<AssetDigest> {
    let named = lines
        .split_inclusive(|byte| *byte == b'\n')
        .filter_map(of_line);
    named.map(|(_, _, digest)| digest).take(NAMED_MAX).collect()
}

/// The pictures that stand in the lines of a chunk, as text, by their digests: the first hundred.
#[must_use]
pub fn brought_pictures(lines: &[u8]) -> BTreeMap<AssetDigest, Arc<[u8]>> {
    let brought = lines.split(|byte| *byte == b'\n').filter_map(|line| {
        let tree = tree_with(line, DATA)?;
        let data = tree.member(tree.root(), "data")?;
        let text = tree.text(taken_along(&tree, data, DATA)?)?;
        Some((picture_digest(text.as_bytes()), Arc::from(text.as_bytes())))
    });
    brought.take(NAMED_MAX).collect()
}

/// The lines with the pictures that `lookup` knows, a hundred at most and no more bytes than a chunk
/// may have; the others stay named: a short line must not become a large one without an end.
pub fn put_pictures(
    lines: &[u8],
    lookup: &mut dyn FnMut(AssetDigest) -> Option<Arc<[u8]>>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.len());
    let mut room = limits::CHUNK_DECODED_BYTES;
    let mut left = NAMED_MAX;
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let named = if left > 0 { of_line(line) } else { None };
        let found = named.and_then(|(tree, payload, digest)| {
            let bytes = lookup(digest).filter(|bytes| bytes.len() <= room)?;
            left -= 1;
            room -= bytes.len();
            let text = String::from_utf8(bytes.to_vec()).ok()?;
            let kind = kind_of_text(&text)?;
            Some((tree, payload, (kind, text)))
        });
        let Some((mut tree, payload, picture)) = found else {
            out.extend_from_slice(line);
            continue;
        };
        put(&mut tree, payload, picture);
        write(&tree, &mut out);
        if line.ends_with(b"\n") {
            out.push(b'\n');
        }
    }
    out
}

fn put(tree: &mut Tree<'_>, payload: At, (kind, text): (&'static str, String)) {
    let Value::Object(members) = tree.get(payload) else {
        return;
    };
    let mut members = members.clone();
    for (key, at) in &mut members {
        if key == DIGEST {
            *key = Cow::Borrowed(DATA);
            tree.set(*at, Value::Text(Cow::Owned(text)));
            break;
        }
    }
    tree.set(payload, Value::Object(members));
    if let Some(at) = tree.member(payload, "type") {
        tree.set(at, Value::Text(Cow::Borrowed(kind)));
    }
}

/// The tree of a line that names a picture, with where it does.
fn of_line(line: &[u8]) -> Option<(Tree<'_>, At, AssetDigest)> {
    let tree = tree_with(line.strip_suffix(b"\n").unwrap_or(line), DIGEST)?;
    let data = tree.member(tree.root(), "data")?;
    let digest = tree.text(taken_along(&tree, data, DIGEST)?)?;
    let digest = read_digest(digest)?;
    let payload = tree.member(data, "payload")?;
    Some((tree, payload, digest))
}

/// The tree of a line that may be about a picture and have this member. Sanitised lines are canonical:
/// nothing is parsed that cannot be one.
fn tree_with<'a>(line: &'a [u8], member: &str) -> Option<Tree<'a>> {
    let text = std::str::from_utf8(line).ok()?;
    let may_be = text.contains("\"hm-asset\"") && text.contains(&format!("\"{member}\":\""));
    may_be.then(|| Tree::parse(text).ok())?
}

/// A member of what was taken along, when that is what the data of an event are.
pub(super) fn taken_along(tree: &Tree<'_>, data: At, member: &str) -> Option<At> {
    let tag = tree.member(data, "tag")?;
    if tree.text(tag)? != TAG {
        return None;
    }
    tree.member(tree.member(data, "payload")?, member)
}

/// Reads a digest: 32 lower-case hexadecimal digits.
#[must_use]
pub fn read_digest(text: &str) -> Option<AssetDigest> {
    let digits = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if text.len() != 32 || !text.as_bytes().iter().all(digits) {
        return None;
    }
    Some(u128::from_str_radix(text, 16).ok()?.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetId, AssetKind, put_assets, take_assets};

    const KEY: [u8; 32] = [7; 32];

    fn line(member: &str, value: &str) -> String {
        format!(
            "{{\"type\":5,\"data\":{{\"tag\":\"hm-asset\",\"payload\":{{\"href\":\"https://a.example/~k\",\
             \"type\":\"image/png\",\"{member}\":\"{value}\"}}}},\"timestamp\":5}}\n"
        )
    }

    #[test]
    fn a_named_picture_becomes_the_line_that_the_page_would_have_sent() {
        let text = "iVBORw0KGgo".repeat(60);
        let sent = line("data", &text);
        let taken = take_assets(sent.as_bytes(), &KEY).unwrap();
        let [asset] = &taken.assets[..] else {
            panic!("one picture, not {}", taken.assets.len());
        };
        assert_eq!(asset.kind, AssetKind::Picture);
        let (back, lost) =
            put_assets(&taken.lines, &mut |_| Some(Arc::from(text.as_bytes()))).unwrap();
        assert_eq!((back, lost), (sent.clone().into_bytes(), 0));

        let digest = digest_of(&text);
        let named = line("digest", &digest) + "{\"type\":4}\n";
        let digests = named_pictures(named.as_bytes());
        let expected = read_digest(&digest).unwrap();
        assert_eq!(digests, BTreeSet::from([expected]));
        assert_eq!(AssetId::of_digest(expected, &KEY), asset.id);
        let put = put_pictures(named.as_bytes(), &mut |asked| {
            (asked == expected).then(|| Arc::from(text.as_bytes()))
        });
        assert_eq!(String::from_utf8(put).unwrap(), sent + "{\"type\":4}\n");
        // What the line says it is does not count.
        let called = named.replace("image/png", "image/svg+xml");
        let put = put_pictures(called.as_bytes(), &mut |_| Some(Arc::from(text.as_bytes())));
        assert!(put.starts_with(line("data", &text).as_bytes()));
        // What is no picture is not put in.
        assert_eq!(
            put_pictures(named.as_bytes(), &mut |_| Some(Arc::from(&b"PGh0bWw+"[..]))),
            named.as_bytes()
        );
        // One that is not known stays named.
        assert_eq!(
            put_pictures(named.as_bytes(), &mut |_| None),
            named.as_bytes()
        );
    }

    #[test]
    fn what_a_page_sent_is_found_by_its_digest() {
        let (a, b) = ("iVBORw0KGgo".repeat(60), "iVBORw0KGgoA".repeat(60));
        let lines = line("data", &a) + &line("digest", &digest_of(&a)) + &line("data", &b);
        let brought = brought_pictures(lines.as_bytes());
        let expected = [a, b].map(|text| {
            let bytes: Arc<[u8]> = Arc::from(text.as_bytes());
            (picture_digest(&bytes), bytes)
        });
        assert_eq!(brought, BTreeMap::from(expected));
        let other = lines.replace("hm-asset", "hm-page");
        assert_eq!(brought_pictures(other.as_bytes()), BTreeMap::new());
    }

    #[test]
    fn digests_are_those_that_browsers_compute() {
        // The first half of what FIPS 180-4 gives for "abc".
        assert_eq!(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223");
    }

    #[test]
    fn what_is_put_in_has_an_end() {
        let named = line("digest", &"0".repeat(32));
        let picture: Arc<[u8]> = Arc::from("iVBORw0KGgo".repeat(60).as_bytes());
        let many = named.repeat(1000);
        let put = put_pictures(many.as_bytes(), &mut |_| Some(Arc::clone(&picture)));
        assert!(put.len() <= many.len() + NAMED_MAX * picture.len());
        let large = "iVBORw0KGgoA".repeat(limits::CHUNK_DECODED_BYTES / 24);
        let large: Arc<[u8]> = Arc::from(large.as_bytes());
        let put = put_pictures(many.as_bytes(), &mut |_| Some(Arc::clone(&large)));
        assert!(put.len() <= many.len() + limits::CHUNK_DECODED_BYTES);
    }

    #[test]
    fn nothing_else_names_a_picture() {
        for other in [
            line("digest", "00"),
            line("digest", &"0".repeat(31)),
            line("digest", &"G".repeat(32)),
            line("digest", &"A".repeat(32)),
            line("digest", &"0".repeat(32)).replace("hm-asset", "hm-page"),
            line("digest", &"0".repeat(32)).replace("5}", "5"),
        ] {
            assert_eq!(named_pictures(other.as_bytes()), BTreeSet::new(), "{other}");
        }
    }

    fn digest_of(text: &str) -> String {
        let digest = u128::from_be_bytes(picture_digest(text.as_bytes()));
        format!("{digest:032x}")
    }
}
