//! What recordings tell of a page beyond events: where the pointer was, and what was in view for
//! how long. A sum without anybody in it: such sums add up, over sessions and over days.
//!
//! Places are pixels of the page from its top, because recordings do not tell how high a page is;
//! across, they are shares of the window's width. One bytes format, with a version, for the catalog.

use std::collections::BTreeMap;

/// Height of a row, in CSS pixels of the page.
pub const ROW_PX: u32 = 50;
/// Rows that are told apart; what is further down the page is in the last.
pub const ROWS: u16 = 400;
/// Columns, each an equal share of the window's width.
pub const COLUMNS: u8 = 50;
/// Heights of windows are told apart by so many pixels.
pub const WINDOW_PX: u32 = 20;

const VERSION: u8 = 1;

/// What was in view in one row of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowView {
    /// Time in view, all sessions together, milliseconds.
    pub ms: u64,
    /// Sessions that had it in view.
    pub sessions: u64,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageHeat {
    /// Sessions that it is the sum of.
    pub sessions: u64,
    /// By height of the window, in steps of [`WINDOW_PX`], how many sessions had such a one.
    pub windows: BTreeMap<u16, u64>,
    /// By row; rows that nobody saw at the end are left out.
    pub rows: Vec<RowView>,
    /// By row and column, how often the pointer was there when the recorder looked.
    pub moves: BTreeMap<(u16, u8), u64>,
}

impl PageHeat {
    /// Adds another sum.
    pub fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        for (height, sessions) in &other.windows {
            *self.windows.entry(*height).or_default() += sessions;
        }
        if self.rows.len() < other.rows.len() {
            self.rows.resize(other.rows.len(), RowView::default());
        }
        for (row, from) in self.rows.iter_mut().zip(&other.rows) {
            row.ms += from.ms;
            row.sessions += from.sessions;
        }
        for (place, count) in &other.moves {
            *self.moves.entry(*place).or_default() += count;
        }
    }

    /// Takes out what was added before; never less than nothing.
    pub fn subtract(&mut self, other: &Self) {
        self.sessions = self.sessions.saturating_sub(other.sessions);
        take(&mut self.windows, &other.windows);
        take(&mut self.moves, &other.moves);
        for (row, from) in self.rows.iter_mut().zip(&other.rows) {
            row.ms = row.ms.saturating_sub(from.ms);
            row.sessions = row.sessions.saturating_sub(from.sessions);
        }
        while self.rows.last() == Some(&RowView::default()) {
            self.rows.pop();
        }
    }

    /// The middle height of the windows, in pixels; none of no session.
    #[must_use]
    pub fn window_px_median(&self) -> Option<u32> {
        let all: u64 = self.windows.values().sum();
        let mut left = all.div_ceil(2);
        for (height, sessions) in &self.windows {
            left = left.saturating_sub(*sessions);
            if left == 0 && all > 0 {
                return Some(u32::from(*height) * WINDOW_PX);
            }
        }
        None
    }

    /// As bytes: a version, then numbers of 7 bits a byte, the low ones first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let mut put = |number: u64| write(&mut bytes, number);
        put(self.sessions);
        put(self.windows.len() as u64);
        for (height, sessions) in &self.windows {
            put(u64::from(*height));
            put(*sessions);
        }
        put(self.rows.len() as u64);
        for row in &self.rows {
            put(row.ms);
            put(row.sessions);
        }
        put(self.moves.len() as u64);
        for ((row, column), count) in &self.moves {
            put(u64::from(*row));
            put(u64::from(*column));
            put(*count);
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; none where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, mut rest) = bytes.split_first()? else {
            return None;
        };
        let mut heat = Self {
            sessions: read(&mut rest)?,
            ..Self::default()
        };
        for _ in 0..read(&mut rest)? {
            let height = u16::try_from(read(&mut rest)?).ok()?;
            heat.windows.insert(height, read(&mut rest)?);
        }
        for _ in 0..read(&mut rest)?.min(u64::from(ROWS)) {
            heat.rows.push(RowView {
                ms: read(&mut rest)?,
                sessions: read(&mut rest)?,
            });
        }
        for _ in 0..read(&mut rest)? {
            let row = u16::try_from(read(&mut rest)?).ok()?;
            let column = u8::try_from(read(&mut rest)?).ok()?;
            heat.moves.insert((row, column), read(&mut rest)?);
        }
        rest.is_empty().then_some(heat)
    }
}

fn take<K: Ord>(from: &mut BTreeMap<K, u64>, other: &BTreeMap<K, u64>) {
    for (key, count) in other {
        if let Some(known) = from.get_mut(key) {
            *known = known.saturating_sub(*count);
        }
    }
    from.retain(|_, count| *count > 0);
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heat(seed: u64) -> PageHeat {
        let row = |row: u64| RowView {
            ms: seed * 1000 + row,
            sessions: 1 + seed % 2,
        };
        PageHeat {
            sessions: 1,
            windows: BTreeMap::from([(40 + (seed % 3) as u16, 1)]),
            rows: (0..5 + seed % 4).map(row).collect(),
            moves: BTreeMap::from([((seed as u16 % 400, 7), seed + 1), ((3, 49), 300)]),
        }
    }

    #[test]
    fn sums_survive_their_bytes() {
        let mut sum = PageHeat::default();
        for seed in 0..200 {
            sum.add(&heat(seed));
            assert_eq!(PageHeat::from_bytes(&sum.to_bytes()).as_ref(), Some(&sum));
        }
        let mut large = sum.clone();
        large.sessions = u64::MAX;
        assert_eq!(PageHeat::from_bytes(&large.to_bytes()), Some(large));
    }

    #[test]
    fn other_bytes_are_none() {
        let bytes = heat(3).to_bytes();
        for cut in 0..bytes.len() {
            assert_eq!(PageHeat::from_bytes(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(PageHeat::from_bytes(&[&bytes[..], &[0]].concat()), None);
        let mut newer = bytes;
        newer[0] = 2;
        assert_eq!(PageHeat::from_bytes(&newer), None);
    }

    #[test]
    fn what_was_added_can_be_taken_out_again() {
        let (first, second) = (heat(1), heat(6));
        let mut sum = first.clone();
        sum.add(&second);
        sum.subtract(&second);
        assert_eq!(sum, first);
        sum.subtract(&first);
        assert_eq!(sum, PageHeat::default());
        sum.subtract(&first);
        assert_eq!(sum, PageHeat::default(), "never less than nothing");
    }

    #[test]
    fn the_middle_window_is_that_of_half_the_sessions() {
        let of = |windows: &[(u16, u64)]| PageHeat {
            windows: windows.iter().copied().collect(),
            ..PageHeat::default()
        };
        assert_eq!(of(&[]).window_px_median(), None);
        assert_eq!(of(&[(40, 1)]).window_px_median(), Some(800));
        assert_eq!(
            of(&[(30, 2), (40, 1), (50, 2)]).window_px_median(),
            Some(800)
        );
        assert_eq!(of(&[(30, 3), (50, 2)]).window_px_median(), Some(600));
    }
}
