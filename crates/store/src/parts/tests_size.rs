//! How many bytes an event takes in a part: visits of random people, as the benchmark makes them.

use hitmetrix_model::{PersonKey, SessionId, Value, VisitorId, WindowId};

use super::write::FileWriter;
use crate::StoredEvent;
use crate::lanes::samples::{MONDAY_MS, event};

const ROWS: usize = 60_000;
const WEEK_MS: u64 = 7 * 24 * 3600 * 1000;
/// What the four ids of such events take at least: 16 bytes for each person, visitor, session
/// and window that is another than in the row before.
const ID_BYTES: f64 = 16.0 * (2.0 / 16.0 + 2.0 / 8.0);

/// And all other columns: deltas for times and pages of 20,000 rows took 8.6.
const OTHER_BYTES_MAX: f64 = 7.7;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn id(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    /// Below `limit`, small ones more often.
    fn skewed(&mut self, limit: u64) -> u64 {
        let most = self.below(limit) + 1;
        self.below(most)
    }
}

/// Each person has two visits, each visit eight events some seconds apart, sent together.
fn rows() -> Vec<StoredEvent> {
    let mut random = Random(1);
    let mut rows = Vec::with_capacity(ROWS);
    while rows.len() < ROWS {
        let person = random.id();
        for _ in 0..2 {
            let (session, start) = (random.id(), random.below(WEEK_MS) as i64);
            let mut time_ms = MONDAY_MS + start;
            let first = rows.len();
            for sequence in 0..8 {
                let mut row = event(0, time_ms, 0, sequence);
                row.person = PersonKey(person);
                row.sender.visitor = VisitorId(person);
                row.sender.session = SessionId(session);
                row.sender.window = WindowId(session);
                row.event.page.path = format!("/product/{}", random.skewed(2000));
                row.event.name = format!("name_{}", random.skewed(40));
                if random.below(8) == 0 {
                    let value = Value::Number(random.below(20_000) as f64 / 100.0);
                    row.event.properties.insert("value".to_owned(), value);
                }
                rows.push(row);
                time_ms += 1 + random.below(80_000) as i64;
            }
            for row in &mut rows[first..] {
                row.received_at_ms = time_ms + 200;
            }
        }
    }
    rows.sort_by(StoredEvent::order);
    rows
}

#[test]
fn an_event_takes_few_bytes_beside_its_random_ids() {
    let rows = rows();
    let mut file = FileWriter::new(1).unwrap();
    for row in &rows {
        file.push(row.by_ref()).unwrap();
    }
    let bytes = file.finish().unwrap().len() as f64 / rows.len() as f64;
    assert!(
        bytes - ID_BYTES < OTHER_BYTES_MAX,
        "{bytes:.2} bytes an event, {ID_BYTES} of them ids"
    );
}
