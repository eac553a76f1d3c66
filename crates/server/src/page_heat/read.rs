//! From the events of a recording to what they tell of its pages: where the pointer was, and what
//! was in view while the visitor attended.
//!
//! Attention is what the tracker's engaged time is too: the time between two things that the
//! visitor did, of which no more than half a minute counts. Pure; events that cannot be read are
//! passed over.

use std::collections::BTreeMap;

use hitmetrix_ingest::address;
use hitmetrix_model::page_heat::{COLUMNS, PageHeat, ROW_PX, ROWS, RowView, WINDOW_PX};
use hitmetrix_model::{Rules, WindowId};
use serde::Deserialize;
use serde_json::Value;

/// A pause counts no longer than this.
const ATTENTION_MS: i64 = 30_000;
/// So long after it came up a page mostly has all that it shows at first.
const SETTLED_MS: i64 = 3000;
/// So long before its address an app may already show its next page.
const CHANGING_MS: i64 = 100;
/// Larger numbers of pixels are not of a page that somebody saw.
const PX_MAX: f64 = 1e6;

/// A recorder event, as far as it is looked at.
#[derive(Deserialize)]
struct Recorded {
    #[serde(rename = "type")]
    kind: u8,
    timestamp: i64,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    source: Option<u8>,
    id: Option<i64>,
    y: Option<f64>,
    width: Option<f64>,
    height: Option<f64>,
    href: Option<String>,
    positions: Vec<Position>,
    #[serde(rename = "initialOffset")]
    offset: Option<Offset>,
    /// Only its id is looked at; the rest of a snapshot is passed over as it is read.
    node: Option<Root>,
    tag: Option<String>,
    payload: Value,
}

#[derive(Deserialize)]
struct Position {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
struct Offset {
    #[serde(default)]
    top: f64,
}

#[derive(Deserialize)]
struct Root {
    id: i64,
}

/// What a session tells of a page.
#[derive(Debug, Default)]
pub struct ToldOfPage {
    /// Pointer and attention.
    pub heat: PageHeat,
    /// The page load in which it is to be seen best.
    pub window: WindowId,
    /// When it came up in that.
    pub from_ms: i64,
    /// When it had settled there, or was about to be left.
    pub at_ms: i64,
}

/// One page load on its way.
#[derive(Debug)]
struct View {
    window: WindowId,
    page: String,
    width: f64,
    height: f64,
    scroll: f64,
    /// The document's id among the recorder's nodes.
    document: i64,
    /// Until when attention was counted.
    counted_ms: i64,
    /// The last event of any kind.
    last_ms: i64,
    /// Since when the page is to be seen; none before the first snapshot.
    shown_ms: Option<i64>,
}

/// Pages of one session, read chunk by chunk.
#[derive(Debug)]
pub struct Reader<'r> {
    rules: &'r Rules,
    views: BTreeMap<WindowId, View>,
    pages: BTreeMap<String, ToldOfPage>,
}

impl<'r> Reader<'r> {
    /// Nothing read yet; the rules say what of an address is its page.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            views: BTreeMap::new(),
            pages: BTreeMap::new(),
        }
    }

    /// Reads the next chunks of a window, which began on a page.
    pub fn chunk(&mut self, window: WindowId, page: &str, lines: &[u8]) {
        // Where something is missing before them, the page is told by them alone.
        if let Some(view) = self.views.get_mut(&window) {
            view.turn(page, view.last_ms, &mut self.pages);
        }
        for line in lines.split(|byte| *byte == b'\n') {
            let Ok(event) = serde_json::from_slice::<Recorded>(line) else {
                continue;
            };
            let Self {
                rules,
                views,
                pages,
            } = self;
            let view = views.entry(window).or_insert_with(|| View {
                window,
                page: page.to_owned(),
                width: 0.0,
                height: 0.0,
                scroll: 0.0,
                document: 1,
                counted_ms: event.timestamp,
                last_ms: event.timestamp,
                shown_ms: None,
            });
            view.step(event, rules, pages);
        }
    }

    /// What came out, by page; pages of which nothing is known are left out.
    #[must_use]
    pub fn finish(mut self) -> BTreeMap<String, ToldOfPage> {
        for view in self.views.values_mut() {
            view.attend(view.last_ms, &mut self.pages);
            view.note_view(view.last_ms, &mut self.pages);
        }
        self.pages
            .retain(|_, told| told.at_ms > 0 || !told.heat.rows.is_empty());
        for ToldOfPage { heat, .. } in self.pages.values_mut() {
            heat.sessions = 1;
            for row in &mut heat.rows {
                row.sessions = u64::from(row.ms > 0);
            }
            // A session has one window, the one it saw the page with most.
            let most = heat
                .windows
                .iter()
                .max_by_key(|(height, times)| (**times, **height));
            let height = most.map(|(height, _)| *height);
            heat.windows = height.map(|height| (height, 1)).into_iter().collect();
        }
        self.pages
    }
}

impl View {
    fn step(&mut self, event: Recorded, rules: &Rules, pages: &mut BTreeMap<String, ToldOfPage>) {
        let (time_ms, data) = (event.timestamp, event.data);
        self.last_ms = self.last_ms.max(time_ms);
        match event.kind {
            // A full snapshot: the page is as it is from here on.
            2 => {
                self.document = data.node.map_or(self.document, |root| root.id);
                self.scroll = data.offset.map_or(0.0, |offset| pixels(offset.top));
                self.shown_ms = self.shown_ms.or(Some(time_ms));
                self.note_window(pages);
            }
            4 => {
                self.attend(time_ms, pages);
                self.width = data.width.map_or(self.width, pixels);
                self.height = data.height.map_or(self.height, pixels);
                if let Some(kept) = data.href.and_then(|href| address::keep(&href, rules)) {
                    self.turn(&kept.path, time_ms, pages);
                }
            }
            5 if data.tag.as_deref() == Some("hm-page") => {
                self.attend(time_ms, pages);
                let href = data.payload["href"].as_str();
                if let Some(kept) = href.and_then(|href| address::keep(href, rules)) {
                    self.turn(&kept.path, time_ms, pages);
                    self.note_window(pages);
                }
            }
            3 => self.act(data, time_ms, pages),
            _ => {}
        }
    }

    /// Something that the visitor did.
    fn act(&mut self, data: Data, time_ms: i64, pages: &mut BTreeMap<String, ToldOfPage>) {
        match data.source {
            Some(1 | 6 | 12) => {
                self.attend(time_ms, pages);
                let heat = &mut pages.entry(self.page.clone()).or_default().heat;
                for Position { x, y } in data.positions {
                    if let Some(place) = self.place(x, y) {
                        *heat.moves.entry(place).or_default() += 1;
                    }
                }
            }
            Some(2 | 5) => self.attend(time_ms, pages),
            Some(3) => {
                self.attend(time_ms, pages);
                if data.id == Some(self.document) {
                    self.scroll = data.y.map_or(self.scroll, pixels);
                }
            }
            Some(4) => {
                self.attend(time_ms, pages);
                self.width = data.width.map_or(self.width, pixels);
                self.height = data.height.map_or(self.height, pixels);
                self.note_window(pages);
            }
            _ => {}
        }
    }

    /// Another page from here on, where it is another one.
    fn turn(&mut self, page: &str, at_ms: i64, pages: &mut BTreeMap<String, ToldOfPage>) {
        if page.is_empty() || page == self.page {
            return;
        }
        self.note_view(at_ms.saturating_sub(CHANGING_MS), pages);
        self.page = page.to_owned();
        self.scroll = 0.0;
        self.shown_ms = self.shown_ms.map(|_| at_ms);
    }

    /// Notes where the page was to be seen until a time, where that is better than what is known:
    /// a longer look, or a later one.
    fn note_view(&self, until_ms: i64, pages: &mut BTreeMap<String, ToldOfPage>) {
        let (Some(from_ms), false) = (self.shown_ms, self.page.is_empty()) else {
            return;
        };
        let at_ms = until_ms.clamp(from_ms, from_ms.saturating_add(SETTLED_MS));
        let told = pages.entry(self.page.clone()).or_default();
        let known = (told.at_ms.saturating_sub(told.from_ms), told.at_ms);
        if (at_ms.saturating_sub(from_ms), at_ms) > known {
            (told.window, told.from_ms, told.at_ms) = (self.window, from_ms, at_ms);
        }
    }

    fn note_window(&self, pages: &mut BTreeMap<String, ToldOfPage>) {
        if self.height > 0.0 {
            let height = (self.height / f64::from(WINDOW_PX)).round() as u16;
            let heat = &mut pages.entry(self.page.clone()).or_default().heat;
            *heat.windows.entry(height).or_default() += 1;
        }
    }

    /// Counts what was in view since the last time that was counted.
    fn attend(&mut self, until_ms: i64, pages: &mut BTreeMap<String, ToldOfPage>) {
        let ms = until_ms.saturating_sub(self.counted_ms).min(ATTENTION_MS);
        if ms <= 0 {
            return;
        }
        self.counted_ms = until_ms;
        if self.height <= 0.0 || self.page.is_empty() {
            return;
        }
        let heat = &mut pages.entry(self.page.clone()).or_default().heat;
        let (from, to) = (row_of(self.scroll), row_of(self.scroll + self.height - 1.0));
        if heat.rows.len() <= usize::from(to) {
            heat.rows.resize(usize::from(to) + 1, RowView::default());
        }
        for row in &mut heat.rows[usize::from(from)..=usize::from(to)] {
            row.ms += ms as u64;
        }
    }

    /// The row and column of a place in the window.
    fn place(&self, x: f64, y: f64) -> Option<(u16, u8)> {
        if self.width <= 0.0 || !(0.0..=self.width).contains(&x) || !(0.0..=PX_MAX).contains(&y) {
            return None;
        }
        let column = (x / self.width * f64::from(COLUMNS)) as u8;
        Some((row_of(self.scroll + y), column.min(COLUMNS - 1)))
    }
}

fn row_of(y: f64) -> u16 {
    ((y.max(0.0) / f64::from(ROW_PX)) as u16).min(ROWS - 1)
}

/// A length that a page may have.
fn pixels(number: f64) -> f64 {
    if number.is_finite() {
        number.clamp(0.0, PX_MAX)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const W: WindowId = WindowId(1);

    fn lines(events: &[Value]) -> Vec<u8> {
        let lines = events.iter().map(|event| format!("{event}\n"));
        lines.collect::<String>().into_bytes()
    }

    fn meta(at: i64, path: &str) -> Value {
        let href = format!("https://shop.test{path}");
        json!({"type": 4, "timestamp": at, "data": {"href": href, "width": 1000, "height": 600}})
    }

    fn snapshot(at: i64, top: i64) -> Value {
        json!({"type": 2, "timestamp": at, "data": {
            "node": {"type": 0, "id": 9, "childNodes": [{"type": 2, "id": 10}]},
            "initialOffset": {"left": 0, "top": top}
        }})
    }

    fn act(at: i64, data: Value) -> Value {
        json!({"type": 3, "timestamp": at, "data": data})
    }

    fn read(events: &[Value]) -> BTreeMap<String, ToldOfPage> {
        let rules = Rules::default();
        let mut reader = Reader::new(&rules);
        reader.chunk(W, "/a", &lines(events));
        reader.finish()
    }

    /// Milliseconds in view of the rows of a page.
    fn seen(pages: &BTreeMap<String, ToldOfPage>, page: &str) -> Vec<(usize, u64)> {
        let rows = pages[page].heat.rows.iter().enumerate();
        rows.filter(|(_, row)| row.ms > 0)
            .map(|(at, row)| (at, row.ms))
            .collect()
    }

    #[test]
    fn what_is_in_view_counts_until_it_is_scrolled_away() {
        let scroll = |at, y: i64| act(at, json!({"source": 3, "id": 9, "x": 0, "y": y}));
        let pages = read(&[
            meta(0, "/a"),
            snapshot(0, 0),
            scroll(4000, 300),
            // A list within the page that was scrolled is not the page.
            act(5000, json!({"source": 3, "id": 77, "x": 0, "y": 4000})),
            act(6000, json!({"source": 2, "id": 10, "type": 2})),
        ]);
        let seen = seen(&pages, "/a");
        let ms = |row: usize| seen.iter().find(|one| one.0 == row).map(|one| one.1);
        // The window shows 600 px: rows 0 to 11, then 6 to 17.
        assert_eq!((ms(0), ms(5)), (Some(4000), Some(4000)));
        assert_eq!((ms(6), ms(11)), (Some(6000), Some(6000)));
        assert_eq!((ms(12), ms(17), ms(18)), (Some(2000), Some(2000), None));
        let heat = &pages["/a"].heat;
        assert_eq!((heat.sessions, heat.rows[17].sessions), (1, 1));
        assert_eq!(heat.window_px_median(), Some(600));
    }

    #[test]
    fn a_pause_counts_half_a_minute_and_what_changes_by_itself_is_no_attention() {
        let pages = read(&[
            meta(0, "/a"),
            snapshot(0, 0),
            act(1000, json!({"source": 2, "id": 10, "type": 2})),
            act(20_000, json!({"source": 0, "texts": [], "adds": []})),
            act(100_000, json!({"source": 5, "id": 10, "text": "*"})),
            act(101_000, json!({"source": 0, "texts": [], "adds": []})),
        ]);
        assert_eq!(seen(&pages, "/a")[0], (0, 1000 + 30_000 + 1000));
    }

    #[test]
    fn the_pointer_is_told_by_share_of_the_width_and_by_row_of_the_page() {
        let at = |x: f64, y: f64| json!({"x": x, "y": y, "id": 10, "timeOffset": 0});
        let positions = [
            at(0.0, 0.0),
            at(999.0, 599.0),
            at(1000.0, 10.0),
            at(1200.0, 10.0),
            at(-3.0, 9.0),
        ];
        let pages = read(&[
            meta(0, "/a"),
            snapshot(0, 1000),
            act(500, json!({"source": 1, "positions": positions})),
            act(600, json!({"source": 6, "positions": [at(501.0, 49.0)]})),
        ]);
        let moves: Vec<((u16, u8), u64)> = pages["/a"].heat.moves.clone().into_iter().collect();
        assert_eq!(
            moves,
            [((20, 0), 1), ((20, 25), 1), ((20, 49), 1), ((31, 49), 1)]
        );
    }

    #[test]
    fn pages_of_an_app_are_told_apart_and_begin_at_their_top() {
        let turn = json!({"type": 5, "timestamp": 3000, "data": {
            "tag": "hm-page", "payload": {"href": "https://shop.test/b?x=1"}
        }});
        let pages = read(&[
            meta(0, "/a"),
            snapshot(0, 500),
            turn,
            act(5000, json!({"source": 2, "id": 10, "type": 2})),
        ]);
        assert_eq!(seen(&pages, "/a")[0], (10, 3000));
        assert_eq!(seen(&pages, "/b")[0], (0, 2000));
        assert_eq!(pages["/b"].heat.window_px_median(), Some(600));
    }

    #[test]
    fn a_page_is_to_be_seen_where_it_was_looked_at_longest_and_had_settled() {
        let turn = |at: i64, path: &str| {
            let href = format!("https://shop.test{path}");
            json!({"type": 5, "timestamp": at, "data": {"tag": "hm-page", "payload": {"href": href}}})
        };
        let pages = read(&[
            meta(0, "/a"),
            turn(5, "/before"),
            turn(9, "/a"),
            snapshot(10, 0),
            turn(500, "/b"),
            turn(9000, "/a"),
            turn(13_000, "/c"),
            turn(14_000, "/b"),
            act(14_200, json!({"source": 2, "id": 10, "type": 2})),
        ]);
        let of = |page: &str| {
            let told = &pages[page];
            (told.window, told.from_ms, told.at_ms)
        };
        assert_eq!(of("/a"), (W, 9000, 12_000), "not the half second before");
        assert_eq!(of("/b"), (W, 500, 3500), "not the last moment");
        assert_eq!(
            of("/c"),
            (W, 13_000, 13_900),
            "until it was about to be left"
        );
        assert_eq!(
            pages["/before"].at_ms, 0,
            "there is no picture before the first snapshot"
        );
    }

    #[test]
    fn after_a_hole_the_page_is_the_one_that_the_next_chunk_began_on() {
        let rules = Rules::default();
        let mut reader = Reader::new(&rules);
        reader.chunk(W, "/a", &lines(&[meta(0, "/a"), snapshot(0, 500)]));
        let act = |at: i64| act(at, json!({"source": 2, "id": 10, "type": 2}));
        reader.chunk(W, "/b", &lines(&[act(2000), act(3000)]));
        let pages = reader.finish();
        assert_eq!(seen(&pages, "/b")[0], (0, 3000));
        assert!(!pages.contains_key("/a") || pages["/a"].heat.rows.is_empty());
    }

    #[test]
    fn windows_are_read_side_by_side_and_hostile_lines_are_passed_over() {
        let rules = Rules::default();
        let mut reader = Reader::new(&rules);
        reader.chunk(W, "/a", &lines(&[meta(0, "/a"), snapshot(0, 0)]));
        reader.chunk(
            WindowId(2),
            "/a",
            &lines(&[meta(100, "/a"), snapshot(100, 0)]),
        );
        let odd = [
            json!({"type": 3, "timestamp": 200, "data": {"source": 4, "width": -5, "height": 1e300}}),
            json!({"type": 3, "timestamp": "soon"}),
            json!({"type": 2, "timestamp": 250, "data": {"node": "x"}}),
            json!({"type": 3, "timestamp": i64::MAX, "data": {"source": 2}}),
            json!([1, 2]),
        ];
        reader.chunk(W, "/a", &lines(&odd));
        reader.chunk(WindowId(2), "/a", b"not json\n{}\n\xff\n");
        let act = act(1100, json!({"source": 2, "id": 10, "type": 2}));
        reader.chunk(WindowId(2), "/a", &lines(&[act]));
        let pages = reader.finish();
        assert_eq!(pages["/a"].heat.rows.len(), usize::from(ROWS));
        assert_eq!(pages["/a"].heat.rows[0].ms, 200 + 1000 + 30_000);
        assert_eq!(pages["/a"].heat.sessions, 1, "two windows of one session");
    }
}
