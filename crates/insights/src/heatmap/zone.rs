//! Zones: what is clicked as one thing. Paths of elements, as the tracker writes them, lead from
//! the outside inwards in steps joined by `>`, and by `>>>` into a shadow root. A click on the
//! picture or the words in a link is a click on the link: the zone of a path ends with its
//! innermost step that is such a control; without one with its outermost drawing, because the lines
//! of a drawing are nothing by themselves; else it is the whole path.

use rustc_hash::FxHashMap;

use crate::columns::Dictionary;
use crate::engine::go_on;
use crate::{AskError, Meter};

/// Elements that react as one.
const CONTROLS: [&str; 5] = ["a", "button", "label", "summary", "select"];
/// An element whose parts are nothing by themselves.
const DRAWING: &str = "svg";
/// Paths between two looks at the meter.
const METER_PATHS: usize = 4096;

/// The zone that a path leads into.
pub(super) fn zone_of(path: &str) -> &str {
    let mut end = path.len();
    let mut drawing = None;
    loop {
        let outside = path[..end].trim_end_matches('>');
        let from = outside.rfind('>').map_or(0, |at| at + 1);
        let step = &outside[from..];
        let tag = step.split(['#', ':']).next().unwrap_or_default();
        if CONTROLS.contains(&tag) {
            return outside;
        }
        if tag == DRAWING {
            drawing = Some(outside);
        }
        if from == 0 {
            return drawing.unwrap_or(path);
        }
        end = from;
    }
}

/// The zones of all paths of a query.
#[derive(Debug)]
pub(super) struct Zones<'d> {
    /// By code of the path.
    of_path: Vec<u32>,
    names: Vec<&'d str>,
}

impl<'d> Zones<'d> {
    pub(super) fn of(paths: &'d Dictionary<'_>, meter: &dyn Meter) -> Result<Self, AskError> {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut zones = Self {
            of_path: Vec::with_capacity(paths.len()),
            names: Vec::new(),
        };
        for path in 0..paths.len() {
            if path % METER_PATHS == 0 {
                go_on(meter)?;
            }
            let name = zone_of(paths.text(path as u32));
            let zone = *known.entry(name).or_insert_with(|| {
                zones.names.push(name);
                zones.names.len() as u32 - 1
            });
            zones.of_path.push(zone);
        }
        Ok(zones)
    }

    /// The zone of a path, by its code.
    #[inline]
    pub(super) fn zone(&self, path: u32) -> u32 {
        self.of_path[path as usize]
    }

    pub(super) fn name(&self, zone: u32) -> &'d str {
        self.names[zone as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::zone_of;

    #[test]
    fn what_stands_in_a_control_is_the_control() {
        let cases = [
            ("button#buy>span>b", "button#buy"),
            (
                "html>body>a:nth-of-type(2)>img",
                "html>body>a:nth-of-type(2)",
            ),
            (
                "main#shop>ul>li:nth-of-type(3)>a",
                "main#shop>ul>li:nth-of-type(3)>a",
            ),
            ("html>body>main>p>i", "html>body>main>p>i"),
            // The innermost one reacts.
            (
                "label>button:nth-of-type(1)>svg>path",
                "label>button:nth-of-type(1)",
            ),
            ("html>body>shop-card>>>a>slot", "html>body>shop-card>>>a"),
            ("html>body>a>shop-card>>>p", "html>body>a"),
            ("select#size>option:nth-of-type(2)", "select#size"),
            // Parts of a drawing are the drawing, but for a link in it.
            ("div#picture>svg>path:nth-of-type(2)", "div#picture>svg"),
            ("div#picture>svg>g>svg>path", "div#picture>svg"),
            ("div#map>svg>a>path", "div#map>svg>a"),
            ("div#map>svg", "div#map>svg"),
            // Names that only begin like one.
            ("html>body>article>p", "html>body>article>p"),
            ("a-card>b", "a-card>b"),
            ("div#a>p", "div#a>p"),
            ("a", "a"),
            ("", ""),
            (">", ">"),
            ("a>", "a"),
            ("x>>>>", "x>>>>"),
        ];
        for (path, zone) in cases {
            assert_eq!(zone_of(path), zone, "{path}");
        }
    }
}
