//! The bare loops that questions 1 to 3 come down to, over the same lanes: what is left when
//! everything that makes an engine of them (filters, bots, periods, moves) is taken away. They
//! say how far the engine is from what the machine can do, and which part of it costs what.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hitmetrix_model::Dimension;
use hitmetrix_store::lanes::{Codes, Run, SHARDS, TextColumn};

use crate::visits::{DAY_MS, DAYS, SITE};
use crate::{made, memory};

const NAME: &str = "add_to_cart";
const RUNS: usize = 5;

/// Rows of one person in one run.
#[derive(Clone, Copy)]
struct Stretch {
    run: u32,
    from: u32,
    to: u32,
}

/// Persons of a shard over all its runs, with their stretches one behind the other.
struct Directory {
    offsets: Vec<u32>,
    stretches: Vec<Stretch>,
    /// For each run the number of each of its persons among those of the shard.
    ordinals: Vec<Vec<u32>>,
}

/// One run's columns, borrowed.
struct Lanes<'a> {
    names: &'a [u8],
    wanted: u8,
    times: &'a [u32],
    /// Where each person's rows begin.
    offsets: &'a [u32],
    /// Milliseconds from the first day to what the times count from.
    start_ms: i64,
    pages: Codes<'a>,
    /// From the run's codes of pages to those of all.
    page_codes: Vec<u16>,
}

impl Lanes<'_> {
    fn day(&self, row: usize) -> usize {
        ((self.start_ms + i64::from(self.times[row])) / DAY_MS) as usize
    }
}

/// Measures and prints all kernels.
pub async fn kernels(folder: &Path) {
    let store = made::open(folder).await;
    let snapshot = store.snapshot(SITE).unwrap();
    let mut runs = snapshot.runs.clone();
    runs.sort_by_key(|run| (run.shard(), run.span_ms()));
    let events: usize = runs.iter().map(|run| run.len()).sum();
    let mut codes = HashMap::new();
    let shards: Vec<Vec<Lanes<'_>>> = (0..SHARDS)
        .map(|shard| {
            let of_shard = runs.iter().filter(|run| run.shard() == shard);
            of_shard.map(|run| lanes(run, &mut codes)).collect()
        })
        .collect();
    let grouped: Vec<Vec<Arc<Run>>> = (0..SHARDS)
        .map(|shard| {
            let of_shard = runs.iter().filter(|run| run.shard() == shard);
            of_shard.cloned().collect()
        })
        .collect();
    let started = Instant::now();
    let directories: Vec<Directory> = grouped.iter().map(|runs| merged(runs)).collect();
    let made_ms = started.elapsed().as_secs_f64() * 1000.0;
    let persons: usize = directories.iter().map(|one| one.offsets.len() - 1).sum();
    let stretches: usize = directories.iter().map(|one| one.stretches.len()).sum();
    println!("{events} events, {persons} persons, {stretches} stretches of a person in a run");
    println!("a directory of all persons of the runs: made in {made_ms:.0} ms with one core");
    println!("memory: {:.1} GB/s", memory::bytes_a_second() / 1e9);
    let bytes = |bytes_an_event: usize| Some(bytes_an_event * events);
    print("sum of the times", bytes(4), || {
        let sum = |lanes: &Lanes<'_>| lanes.times.iter().map(|&time| u64::from(time)).sum::<u64>();
        each_shard(|shard| shards[shard].iter().map(sum).sum::<u64>()).len()
    });
    print("events per day, run by run", bytes(5), || {
        add(each_shard(|shard| events_per_day(&shards[shard])))
    });
    print("events per day, 64 names at once", bytes(5), || {
        add(each_shard(|shard| events_per_day_masked(&shards[shard])))
    });
    print("persons per day, run by run", bytes(5), || {
        add(each_shard(|shard| {
            persons_per_day_dense(&shards[shard], &directories[shard])
        }))
    });
    print("persons per day, by the directory", bytes(5), || {
        add(each_shard(|shard| {
            persons_per_day(&shards[shard], &directories[shard])
        }))
    });
    print("persons per page, by the directory", bytes(2), || {
        add(each_shard(|shard| {
            persons_per_page(&shards[shard], &directories[shard], codes.len())
        }))
    });
}

fn lanes<'a>(run: &'a Run, codes: &mut HashMap<String, u16>) -> Lanes<'a> {
    let names = run.column(Dimension::Event).unwrap();
    let pages = run.column(Dimension::Page).unwrap();
    let texts = |column: &TextColumn<'a>| -> Vec<&'a str> { column.texts.iter().collect() };
    let wanted = texts(&names).iter().position(|&name| name == NAME);
    let Codes::U8(names) = names.codes else {
        panic!("forty names fit into a byte")
    };
    let page_codes = texts(&pages).into_iter().map(|page| {
        let next = codes.len() as u16;
        *codes.entry(page.to_owned()).or_insert(next)
    });
    Lanes {
        names,
        wanted: wanted.map_or(u8::MAX, |code| code as u8),
        times: run.times(),
        offsets: run.offsets(),
        start_ms: run.start_ms() - crate::FROM_MS,
        page_codes: page_codes.collect(),
        pages: pages.codes,
    }
}

/// Goes through the persons of all runs of a shard by their ids.
fn merged(runs: &[Arc<Run>]) -> Directory {
    let mut directory = Directory {
        offsets: vec![0],
        stretches: Vec::new(),
        ordinals: runs.iter().map(|_| Vec::new()).collect(),
    };
    let mut places = vec![0; runs.len()];
    let key = |run: usize, places: &[usize]| runs[run].persons().get(places[run]).copied();
    while let Some(person) = (0..runs.len()).filter_map(|run| key(run, &places)).min() {
        for run in 0..runs.len() {
            if key(run, &places) == Some(person) {
                let offsets = runs[run].offsets();
                directory.stretches.push(Stretch {
                    run: run as u32,
                    from: offsets[places[run]],
                    to: offsets[places[run] + 1],
                });
                directory.ordinals[run].push(directory.offsets.len() as u32 - 1);
                places[run] += 1;
            }
        }
        directory.offsets.push(directory.stretches.len() as u32);
    }
    directory
}

/// Does something for each shard, with all cores.
fn each_shard<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..usize::from(SHARDS))
            .map(|shard| scope.spawn(move || work(shard)))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.collect()
    })
}

fn add(of_shards: Vec<Vec<u64>>) -> usize {
    of_shards.into_iter().flatten().sum::<u64>() as usize
}

fn events_per_day(runs: &[Lanes<'_>]) -> Vec<u64> {
    let mut days = vec![0; DAYS as usize];
    for run in runs {
        for (row, &name) in run.names.iter().enumerate() {
            if name == run.wanted {
                days[run.day(row)] += 1;
            }
        }
    }
    days
}

/// Rows with the wanted name; one look for 64 names, which the compiler makes vectors of.
fn hits(run: &Lanes<'_>, mut each: impl FnMut(usize)) {
    let mut first = 0;
    for names in run.names.chunks(64) {
        let mut mask = 0u64;
        for (bit, &name) in names.iter().enumerate() {
            mask |= u64::from(name == run.wanted) << bit;
        }
        while mask != 0 {
            each(first + mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
        first += 64;
    }
}

fn events_per_day_masked(runs: &[Lanes<'_>]) -> Vec<u64> {
    let mut days = vec![0; DAYS as usize];
    for run in runs {
        hits(run, |row| days[run.day(row)] += 1);
    }
    days
}

/// Goes through the runs one by one, with a word of days for each person of the shard.
fn persons_per_day_dense(runs: &[Lanes<'_>], directory: &Directory) -> Vec<u64> {
    let mut seen = vec![0u32; directory.offsets.len() - 1];
    for (run, ordinals) in runs.iter().zip(&directory.ordinals) {
        let mut person = 0;
        hits(run, |row| {
            while run.offsets[person + 1] as usize <= row {
                person += 1;
            }
            seen[ordinals[person] as usize] |= 1 << run.day(row);
        });
    }
    let mut days = vec![0; DAYS as usize];
    for seen in seen {
        for (day, count) in days.iter_mut().enumerate() {
            *count += u64::from(seen >> day & 1);
        }
    }
    days
}

fn persons_per_day(runs: &[Lanes<'_>], directory: &Directory) -> Vec<u64> {
    let mut days = vec![0; DAYS as usize];
    for pair in directory.offsets.windows(2) {
        let mut seen = 0u32;
        for stretch in &directory.stretches[pair[0] as usize..pair[1] as usize] {
            let run = &runs[stretch.run as usize];
            for row in stretch.from as usize..stretch.to as usize {
                if run.names[row] == run.wanted {
                    seen |= 1 << run.day(row);
                }
            }
        }
        while seen != 0 {
            days[seen.trailing_zeros() as usize] += 1;
            seen &= seen - 1;
        }
    }
    days
}

fn persons_per_page(runs: &[Lanes<'_>], directory: &Directory, pages: usize) -> Vec<u64> {
    let mut counts = vec![(0u32, 0u32); pages];
    for (person, pair) in directory.offsets.windows(2).enumerate() {
        let person = person as u32 + 1;
        for stretch in &directory.stretches[pair[0] as usize..pair[1] as usize] {
            let run = &runs[stretch.run as usize];
            let Codes::U16(codes) = run.pages else {
                panic!("2,000 pages fit into two bytes")
            };
            for &code in &codes[stretch.from as usize..stretch.to as usize] {
                let (last, count) = &mut counts[usize::from(run.page_codes[usize::from(code)])];
                *count += u32::from(*last != person);
                *last = person;
            }
        }
    }
    counts
        .into_iter()
        .map(|(_, count)| u64::from(count))
        .collect()
}

fn print(what: &str, bytes: Option<usize>, work: impl Fn() -> usize) {
    let mut result = 0;
    let mut times: Vec<f64> = (0..=RUNS)
        .map(|_| {
            let started = Instant::now();
            result = black_box(work());
            started.elapsed().as_secs_f64()
        })
        .skip(1)
        .collect();
    times.sort_by(f64::total_cmp);
    let seconds = times[RUNS / 2];
    let speed = bytes.map_or(String::new(), |bytes| {
        format!("{:.2} GB/s", bytes as f64 / seconds / 1e9)
    });
    println!(
        "{what:42} {:8.1} ms  {speed:12} ({result})",
        seconds * 1000.0
    );
}
