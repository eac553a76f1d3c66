//! Which page a snapshot shows, for the bases: the size of its viewport, in classes, and the line
//! of the snapshot itself. Lines are canonical, as the sanitiser wrote them: their type stands first.

use hitmetrix_recording::Tree;

const META: &[u8] = b"{\"type\":4,";
const SNAPSHOT: &[u8] = b"{\"type\":2,";
/// Widths in CSS pixels at which layouts commonly change; a class lies between two of them.
const WIDTHS: [i64; 6] = [480, 640, 768, 1024, 1280, 1600];

/// The line of the first full snapshot.
pub(crate) fn snapshot_line(lines: &[u8]) -> Option<&[u8]> {
    from_snapshot(lines)?
        .split_inclusive(|byte| *byte == b'\n')
        .next()
}

/// The lines from the first full snapshot on.
pub(crate) fn from_snapshot(lines: &[u8]) -> Option<&[u8]> {
    let mut rest = lines;
    while !rest.starts_with(SNAPSHOT) {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        rest = &rest[end + 1..];
    }
    Some(rest)
}

/// Class of the viewport of the first snapshot in lines, from the size that is told before it.
pub(crate) fn viewport_class(lines: &[u8]) -> Option<u8> {
    let mut class = None;
    for line in lines.split(|byte| *byte == b'\n') {
        if line.starts_with(SNAPSHOT) {
            return class;
        }
        if line.starts_with(META) {
            class = width(line).map(class_of);
        }
    }
    None
}

fn width(line: &[u8]) -> Option<i64> {
    let tree = Tree::parse(std::str::from_utf8(line).ok()?).ok()?;
    let data = tree.member(tree.root(), "data")?;
    tree.whole(tree.member(data, "width")?)
}

fn class_of(width: i64) -> u8 {
    let below = WIDTHS.iter().filter(|edge| **edge <= width).count();
    u8::try_from(below).expect("there are few widths")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_snapshot_has_the_class_of_the_size_before_it() {
        let meta = |width: u32| {
            format!(
                r#"{{"type":4,"data":{{"href":"https://a.example/","width":{width},"height":7}},"timestamp":1}}"#
            )
        };
        let snapshot = r#"{"type":2,"data":{"node":{"type":0,"id":1}},"timestamp":2}"#;
        let class = |lines: &[&str]| viewport_class(lines.join("\n").as_bytes());
        assert_eq!(class(&[&meta(360), snapshot, &meta(1920)]), Some(0));
        assert_eq!(class(&[&meta(360), &meta(1024), snapshot]), Some(4));
        assert_eq!(class(&[&meta(9999), snapshot]), Some(6));
        assert_eq!(class(&[snapshot]), None);
        assert_eq!(class(&[&meta(360)]), None);
        let lines = format!("{}\n{snapshot}\n{snapshot}\n", meta(360));
        let line = snapshot_line(lines.as_bytes()).unwrap();
        assert_eq!(line, format!("{snapshot}\n").as_bytes());
        assert_eq!(snapshot_line(meta(1).as_bytes()), None);
    }
}
