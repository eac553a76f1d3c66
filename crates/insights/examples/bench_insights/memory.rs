//! What the machine's memory does: how much of it is ours, how fast it is, and how files leave
//! the page cache.

use std::fs::{self, File};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// A value of `/proc/self/status` in bytes; zero where there is no such file.
pub fn resident_bytes(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

/// Has the system forget the contents of all files below a folder; nobody may have them mapped.
pub fn drop_from_cache(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            drop_from_cache(&path);
        } else if let Ok(file) = File::open(&path) {
            let advice = rustix::fs::Advice::DontNeed;
            file.sync_all().unwrap();
            rustix::fs::fadvise(&file, 0, None, advice).unwrap();
        }
    }
}

/// How fast all cores together read memory: a plain sum of many numbers, the best of five.
pub fn bytes_a_second() -> f64 {
    let numbers = vec![1u64; 1 << 26];
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let best = (0..5).map(|_| {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for piece in numbers.chunks(numbers.len().div_ceil(threads)) {
                scope.spawn(move || black_box(piece.iter().sum::<u64>()));
            }
        });
        started.elapsed().as_secs_f64()
    });
    size_of_val(&numbers[..]) as f64 / best.fold(f64::INFINITY, f64::min)
}
