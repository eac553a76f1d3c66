//! Erasing: of a visitor who is erased nothing can be found any more, not with their old key either,
//! and not in what older backups bring back; everybody else's recordings play as before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hitmetrix_model::{RecordingGone, SessionId, SiteSettings, VisitorId};

use super::proof;
use super::repacking::{chunk, moves, page, sheet, span};
use super::world::{SITE, World};
use crate::catalog::{AssetHash, Place};
use crate::keys::KeyOwner;
use crate::lanes::samples::MONDAY_MS;
use crate::recordings::blob::Blob;
use crate::settings::{Author, NewSite, Note, Touch};
use crate::store::reading::owner_id;
use crate::store::{Store, StoreConfig};

/// What only the erased visitor's screen showed, in texts, in an address and in a style sheet.
const SECRETS: [&str; 4] = [
    "alma-said-this",
    "alma-typed-that",
    "alma-path",
    "almasheet",
];
/// What somebody noted about her.
const NOTE: &str = "alma pays twice, says she";
const ALMA: VisitorId = VisitorId(1);
/// Her sessions.
const HERS: [u128; 5] = [1, 40, 50, 51, 52];
/// One more of hers, of which there is only why it is there no more.
const DELETED: SessionId = SessionId(53);

/// All that was ever written for one visitor: what must not be found again.
#[derive(Default)]
struct Needles(BTreeSet<Vec<u8>>);

impl Needles {
    /// Takes in a part of something that is long enough to be like nothing else.
    fn add(&mut self, bytes: &[u8]) {
        let from = bytes.len() / 2;
        let length = (bytes.len() - from).min(40);
        assert!(length >= 16);
        self.0.insert(bytes[from..from + length].to_vec());
    }

    /// The encrypted bytes of everything that lies in packs for a visitor now.
    async fn add_stored(&mut self, store: &Store, visitor: VisitorId) {
        let catalog = &store.inner.catalog;
        for row in catalog.recordings_of(SITE, &[visitor]).await.unwrap() {
            for chunk in catalog.chunks(SITE, row.session).await.unwrap() {
                self.add(&store.inner.payload(&chunk.place).unwrap());
            }
        }
        for place in copies_of(store, KeyOwner::Visitor(SITE, visitor)).await {
            self.add(&store.inner.payload(&place).unwrap());
        }
    }

    /// The encrypted bytes of what is in the log for a visitor now.
    fn add_unsealed(&mut self, store: &Store, visitor: VisitorId) {
        for tail in store
            .inner
            .tail_chunks(SITE, |facts| facts.visitor == visitor)
        {
            self.add(&store.inner.log.read_chunk(tail.from).unwrap().bytes);
        }
    }

    /// Those that stand in some file of a folder.
    fn found_in(&self, folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for (path, bytes) in files(folder) {
            for needle in &self.0 {
                if bytes.windows(needle.len()).any(|window| window == needle) {
                    found.push((path.clone(), needle.clone()));
                }
            }
        }
        found
    }
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

/// Names of all assets that the catalog knows.
async fn asset_names(store: &Store) -> BTreeSet<AssetHash> {
    store.inner.catalog.asset_names(SITE).await.unwrap()
}

async fn copies_of(store: &Store, owner: KeyOwner) -> Vec<Place> {
    let names = asset_names(store).await;
    let assets = store.inner.catalog.assets(SITE, &names).await.unwrap();
    let copies = assets.into_values().flat_map(|asset| asset.copies);
    copies
        .filter(|copy| copy.owner == owner_id(owner))
        .map(|copy| copy.place)
        .collect()
}

/// Everything that recordings share, decrypted.
async fn shared(store: &Store) -> Vec<Vec<u8>> {
    let names = asset_names(store).await;
    let assets = store.inner.catalog.assets(SITE, &names).await.unwrap();
    let key = (SITE, KeyOwner::Site(SITE));
    let mut plain = Vec::new();
    for (hash, asset) in assets {
        if let Some(place) = asset.shared {
            plain.push(store.inner.blob(Blob::Asset(hash), key, &place).unwrap());
        }
    }
    for (_, place) in store.inner.catalog.bases(SITE).await.unwrap() {
        plain.push(store.inner.blob(Blob::Base, key, &place).unwrap());
    }
    plain
}

/// The lines of all sessions that are not hers.
async fn others(store: &Store) -> BTreeMap<(u128, u32), Vec<u8>> {
    let mut lines = BTreeMap::new();
    for session in 2..=8 {
        for sequence in 0..2 {
            let one = span(session, session + 100, (sequence, sequence));
            let found = store.chunk(SITE, one).await.unwrap().unwrap();
            lines.insert((session, sequence), found);
        }
    }
    lines
}

async fn visit(store: &Store, session: u128, visitor: VisitorId, own: &str) {
    let window = session + 100;
    let hers = visitor == ALMA;
    let said = if hers { SECRETS[0] } else { "nothing special" };
    let mut lines = page(&sheet("red"), said, MONDAY_MS);
    if !own.is_empty() {
        let own = own.repeat(80);
        lines += &format!(
            r#"{{"type":3,"data":{{"source":8,"id":3,"adds":[{{"rule":".{own}{{}}"}}]}},"timestamp":{MONDAY_MS}}}
"#
        );
    }
    let typed = format!(
        r#"{{"type":3,"data":{{"source":5,"text":"{}","isChecked":false,"id":9}},"timestamp":{MONDAY_MS}}}
"#,
        if hers { SECRETS[1] } else { "typed" }
    );
    for (sequence, lines) in [lines, typed + &moves(MONDAY_MS, 9)]
        .into_iter()
        .enumerate()
    {
        let mut chunk = chunk(session, (window, sequence as u32), lines);
        chunk.facts.visitor = visitor;
        chunk.facts.path = match hers && sequence == 1 {
            true => format!("/{}", SECRETS[2]),
            false => "/".to_owned(),
        };
        store.append_chunk(chunk).await.unwrap();
    }
}

/// Seven visitors and Alma, whose recordings lie in every place where some can lie: shared sheets
/// and a base, segments against it and without, chunks as they came, in a pack and in the log, a
/// copy of the catalog.
async fn filled(world: &World) -> (Store, Needles) {
    let store = world.open().await;
    let mut needles = Needles::default();
    SECRETS.iter().for_each(|secret| {
        needles.0.insert(secret.as_bytes().to_vec());
    });
    visit(&store, 1, ALMA, SECRETS[3]).await;
    for session in 2..=8 {
        // One more has a sheet of his own, so that packs with a copy of hers hold another's too.
        let own = if session == 2 { "borissheet" } else { "" };
        visit(&store, session, VisitorId(session), own).await;
    }
    store.seal().await.unwrap();
    needles.add_stored(&store, ALMA).await;
    let report = store.repack(SITE, 0).await.unwrap();
    assert_eq!((report.bases, report.failed), (1, 0));
    let hers = copies_of(&store, KeyOwner::Visitor(SITE, ALMA)).await;
    let his = copies_of(&store, KeyOwner::Visitor(SITE, VisitorId(2))).await;
    assert_eq!((hers.len(), his.len()), (1, 1));
    assert_eq!(hers[0].pack, his[0].pack);
    assert!(report.assets_shared > 0);
    needles.add_stored(&store, ALMA).await;
    // A segment of hers that was merged with a late chunk since, in a pack that stays for another.
    visit(&store, 40, ALMA, SECRETS[3]).await;
    visit(&store, 41, VisitorId(2), "borisother").await;
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
    needles.add_stored(&store, ALMA).await;
    let mut late = chunk(40, (140, 2), moves(MONDAY_MS, 3));
    late.facts.visitor = ALMA;
    store.append_chunk(late).await.unwrap();
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
    visit(&store, 50, ALMA, SECRETS[3]).await;
    store.seal().await.unwrap();
    needles.add_stored(&store, ALMA).await;
    let copy = store.inner.paths.migrations();
    std::fs::create_dir_all(&copy).unwrap();
    let copy = copy.join("catalog-schema-7.db");
    store.inner.catalog.copy_to(&copy).await.unwrap();
    note(&store).await;
    needles.0.insert(NOTE.as_bytes().to_vec());
    let copy = copy.with_file_name("catalog-schema-10.db");
    store.inner.catalog.copy_to(&copy).await.unwrap();
    // One that somebody deleted: it is known that it was there.
    visit(&store, DELETED.0, ALMA, SECRETS[3]).await;
    assert!(store.remove_recording(SITE, DELETED).await.unwrap());
    let gone = store.recording_gone(SITE, DELETED).await.unwrap();
    assert_eq!(gone, Some(RecordingGone::Deleted));
    visit(&store, 51, ALMA, SECRETS[3]).await;
    needles.add_unsealed(&store, ALMA);
    let key = store.inner.keys.key(KeyOwner::Visitor(SITE, ALMA)).unwrap();
    needles.0.insert(key.bytes().to_vec());
    (store, needles)
}

/// Somebody notes something about one of her recordings.
async fn note(store: &Store) {
    let settings = store.settings();
    let new = NewSite {
        name: "Shop".to_owned(),
        domains: Vec::new(),
        time_zone: "UTC".to_owned(),
        key: "key".to_owned(),
        secret: [7; 32],
        demo: false,
        settings: SiteSettings::default(),
        created_at_ms: 0,
    };
    assert_eq!(settings.create_site(new).await.unwrap().id, SITE);
    let touch = Touch {
        at_ms: MONDAY_MS,
        by: Author::Control,
    };
    let note = Note {
        id: "note".to_owned(),
        session: SessionId(HERS[0]),
        time_ms: MONDAY_MS,
        words: NOTE.to_owned(),
        created: touch.clone(),
        changed: touch,
    };
    settings.create_note(SITE, &note).await.unwrap();
}

fn config(world: &World, folder: &str) -> StoreConfig {
    StoreConfig {
        data: world.folder.path().join(folder),
        ..world.config()
    }
}

async fn nothing_is_left(store: &Store, needles: &Needles, folder: &Path) {
    for session in HERS {
        let found = store.recording(SITE, SessionId(session)).await.unwrap();
        assert!(found.is_none());
    }
    assert_eq!(store.recording_gone(SITE, DELETED).await.unwrap(), None);
    for plain in shared(store).await {
        let text = String::from_utf8_lossy(&plain);
        assert!(
            SECRETS.iter().all(|secret| !text.contains(secret)),
            "{text}"
        );
    }
    assert_eq!(needles.found_in(folder), []);
    // Segments of before their base was made lie in packs that hold other things too.
    let gaps = store.inner.packs_with_gaps(SITE, |_| true).await.unwrap();
    assert_eq!(gaps, Vec::<String>::new());
    assert_eq!(store.doctor().await, []);
}

/// Where things of hers lie, and what the path of such a file has in it.
const PLACES: [(&str, &str); 5] = [
    ("packs", "/recordings/"),
    ("the log", "/log/"),
    ("copies of the catalog", "/migrations/"),
    ("the catalog", "catalog.db"),
    ("the file of keys", "/keys/"),
];

/// What is found at one time, for the tables of the proof.
struct Found {
    /// By PLACES.
    at: [usize; PLACES.len()],
    elsewhere: usize,
    shared: usize,
    shared_with_words: usize,
    others: BTreeMap<(u128, u32), Vec<u8>>,
}

impl Found {
    async fn now(world: &World, store: &Store, needles: &Needles) -> Self {
        let (mut at, mut elsewhere) = ([0; PLACES.len()], 0);
        for (path, _) in needles.found_in(&world.data()) {
            let path = path.to_string_lossy();
            match PLACES.iter().position(|(_, sign)| path.contains(sign)) {
                Some(place) => at[place] += 1,
                None => elsewhere += 1,
            }
        }
        let shared = shared(store).await;
        let has_words = |plain: &&Vec<u8>| {
            let text = String::from_utf8_lossy(plain);
            SECRETS.iter().any(|secret| text.contains(secret))
        };
        Self {
            at,
            elsewhere,
            shared: shared.len(),
            shared_with_words: shared.iter().filter(has_words).count(),
            others: others(store).await,
        }
    }

    /// Tells how it went on from before.
    fn tell(all: &[(&str, Self)]) {
        let numbers = |of: &dyn Fn(&Self) -> usize| -> Vec<usize> {
            all.iter().map(|(_, found)| of(found)).collect()
        };
        let mut rows: Vec<_> = PLACES
            .iter()
            .enumerate()
            .map(|(place, (name, _))| proof::row(name, &numbers(&|found| found.at[place])))
            .collect();
        rows.push(proof::row(
            "other files",
            &numbers(&|found| found.elsewhere),
        ));
        proof::tell("visitor", &rows);
        let before = &all[0].1.others;
        let shared: Vec<_> = all
            .iter()
            .map(|(when, found)| {
                let changed = before
                    .iter()
                    .filter(|(key, lines)| found.others.get(*key) != Some(*lines));
                let numbers = [
                    found.shared,
                    found.shared_with_words,
                    found.others.len(),
                    changed.count(),
                ];
                proof::row(when, &numbers)
            })
            .collect();
        proof::tell("shared", &shared);
    }
}

/// Encrypted pieces, words, and the key that are found in a folder.
fn kinds(needles: &Needles, folder: &Path, key: &[u8]) -> [usize; 3] {
    let found: BTreeSet<Vec<u8>> = needles
        .found_in(folder)
        .into_iter()
        .map(|(_, needle)| needle)
        .collect();
    let is_word = |needle: &[u8]| {
        needle == NOTE.as_bytes() || SECRETS.iter().any(|word| word.as_bytes() == needle)
    };
    let words = found.iter().filter(|needle| is_word(needle)).count();
    let keys = found.iter().filter(|needle| *needle == key).count();
    [found.len() - words - keys, words, keys]
}

#[tokio::test]
async fn nothing_of_an_erased_visitor_is_left_anywhere() {
    let world = World::new();
    let (store, mut needles) = filled(&world).await;
    let folder = |name: &str| world.folder.path().join(name);
    store.backup_keys(&folder("keys-before")).await.unwrap();
    let before = Found::now(&world, &store, &needles).await;
    // The search finds what is there: in packs, log, catalog, its copy and the key file.
    assert!(before.at.iter().all(|found| *found > 0), "{:?}", before.at);
    let playing = before.others.clone();
    let key = store.inner.keys.key(KeyOwner::Visitor(SITE, ALMA)).unwrap();
    let key = key.bytes().to_vec();
    store.backup(&folder("backup")).await.unwrap();
    let old = kinds(&needles, &folder("backup"), &key);
    assert!(
        old[0] > 0 && old[2] == 0,
        "an ordinary backup has no key: {old:?}"
    );
    let mut copies = vec![proof::row("ordinary backup from before", &old)];
    // The backup sealed the log; now there is something of hers in it again.
    visit(&store, 52, ALMA, SECRETS[3]).await;
    needles.add_unsealed(&store, ALMA);

    let report = store.erase_recordings(SITE, &[ALMA]).await.unwrap();
    assert_eq!((report.recordings, report.keys), (5, 1));
    let mut times = vec![("before", before)];
    nothing_is_left(&store, &needles, &world.data()).await;
    times.push(("after erasing", Found::now(&world, &store, &needles).await));
    let store = world.reopen(store).await;
    nothing_is_left(&store, &needles, &world.data()).await;
    times.push((
        "after a restart",
        Found::now(&world, &store, &needles).await,
    ));
    store.repack(SITE, 0).await.unwrap();
    store.tidy_recordings(SITE).await.unwrap();
    nothing_is_left(&store, &needles, &world.data()).await;
    times.push((
        "put in order and tidied",
        Found::now(&world, &store, &needles).await,
    ));
    for (when, found) in &times {
        assert_eq!(found.others, playing, "{when}");
    }
    Found::tell(&times);

    // The backup from before, with the keys and the journal of now, and with the keys of before
    // and the journal of now.
    store.backup_keys(&folder("keys")).await.unwrap();
    assert_eq!(needles.found_in(&folder("keys")), []);
    let now = kinds(&needles, &folder("keys"), &key);
    copies.push(proof::row("backup of keys from after", &now));
    std::fs::copy(
        folder("keys").join("erasures.journal"),
        folder("keys-before").join("erasures.journal"),
    )
    .unwrap();
    for (keys, to, title) in [
        (
            "keys",
            "restored",
            "the backup from before, restored with the keys of after",
        ),
        (
            "keys-before",
            "restored-with-old-keys",
            "the same with the keys of before and the journal of after",
        ),
    ] {
        let keys = folder(keys);
        let report = Store::restore(&folder("backup"), Some(&keys), config(&world, to)).await;
        assert_eq!(report.unwrap().erased_again, 4);
        assert_eq!(needles.found_in(&folder(to)), [], "{to}");
        let restored = Store::open(config(&world, to)).await.unwrap();
        nothing_is_left(&restored, &needles, &folder(to)).await;
        assert_eq!(others(&restored).await, playing);
        copies.push(proof::row(title, &kinds(&needles, &folder(to), &key)));
    }
    proof::tell("copies", &copies);
}

/// Whoever was erased may come again: what is recorded then is not erased by a restore.
#[tokio::test]
async fn what_came_after_an_erasure_stays() {
    let world = World::new();
    let (store, _) = filled(&world).await;
    store.erase_recordings(SITE, &[ALMA]).await.unwrap();
    let mut again = chunk(60, (160, 0), page(&sheet("red"), "here again", MONDAY_MS));
    again.facts.visitor = ALMA;
    again.facts.first_ms = MONDAY_MS + 20 * super::world::DAY_MS;
    again.facts.last_ms = again.facts.first_ms + 1;
    let lines = again.bytes.clone();
    store.append_chunk(again).await.unwrap();
    let folder = |name: &str| world.folder.path().join(name);
    store.backup(&folder("backup")).await.unwrap();
    store.backup_keys(&folder("keys")).await.unwrap();
    let to = config(&world, "restored");
    let report = Store::restore(&folder("backup"), Some(&folder("keys")), to).await;
    assert_eq!(report.unwrap().erased_again, 0);
    let restored = Store::open(config(&world, "restored")).await.unwrap();
    let found = restored.chunk(SITE, span(60, 160, (0, 0))).await.unwrap();
    assert_eq!(found, Some(lines));
}

/// A recording that somebody deleted does not come back with a restore either.
#[tokio::test]
async fn a_deleted_recording_is_deleted_again_by_a_restore() {
    let world = World::new();
    let (store, _) = filled(&world).await;
    let folder = |name: &str| world.folder.path().join(name);
    store.backup(&folder("backup")).await.unwrap();
    assert!(store.remove_recording(SITE, SessionId(3)).await.unwrap());
    store.backup_keys(&folder("keys")).await.unwrap();
    let to = config(&world, "restored");
    let report = Store::restore(&folder("backup"), Some(&folder("keys")), to).await;
    assert_eq!(report.unwrap().erased_again, 1);
    let restored = Store::open(config(&world, "restored")).await.unwrap();
    let gone = restored.recording(SITE, SessionId(3)).await.unwrap();
    assert!(gone.is_none());
    assert_eq!(restored.doctor().await, []);
}

/// An erasure that a crash interrupts is finished when the store is opened next, whether it was one
/// of recordings, or of all of a person and had come no further than to say so.
#[tokio::test]
async fn an_interrupted_erasure_is_finished_at_the_next_start() {
    for erased in [
        crate::erasures::Erased::owner(KeyOwner::Visitor(SITE, ALMA)),
        crate::erasures::Erased::visitor(SITE, ALMA),
    ] {
        let world = World::new();
        let (store, needles) = filled(&world).await;
        let now_ms = world.config().clock.now_ms();
        store.inner.erasures.begin(&[erased], now_ms).unwrap();
        store.seal().await.unwrap();
        let playing = others(&store).await;
        let store = world.reopen(store).await;
        nothing_is_left(&store, &needles, &world.data()).await;
        assert_eq!(others(&store).await, playing);
        assert!(store.inner.erasures.pending().is_empty());
    }
}

/// It takes nothing of who came again meanwhile and is in the log.
#[tokio::test]
async fn who_comes_again_before_an_erasure_is_finished_keeps_what_is_new() {
    let world = World::new();
    let (store, _) = filled(&world).await;
    store.seal().await.unwrap();
    let erased = [crate::erasures::Erased::visitor(SITE, ALMA)];
    let at_ms = MONDAY_MS + 10 * super::world::DAY_MS;
    store.inner.erasures.begin(&erased, at_ms).unwrap();
    let mut again = chunk(60, (160, 0), page(&sheet("red"), "here again", MONDAY_MS));
    again.facts.visitor = ALMA;
    again.facts.first_ms = MONDAY_MS + 20 * super::world::DAY_MS;
    again.facts.last_ms = again.facts.first_ms + 1;
    let lines = again.bytes.clone();
    store.append_chunk(again).await.unwrap();
    let store = world.reopen(store).await;
    assert!(store.inner.erasures.pending().is_empty());
    let found = store.chunk(SITE, span(60, 160, (0, 0))).await.unwrap();
    assert_eq!(found, Some(lines));
}
