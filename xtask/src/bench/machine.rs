//! The machine that a benchmark ran on, in words for the page that tells of it.

use std::fs;

/// Processor and cores, as `AMD EPYC, 2 cores`.
pub(super) fn processor() -> String {
    let cpu = first_value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cpu}, {cores} cores")
}

/// Memory, as `24 GiB`.
pub(super) fn memory() -> String {
    let memory = first_value("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: f64 = memory
        .split(' ')
        .next()
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0.0);
    format!("{:.0} GiB", kib / (1024.0 * 1024.0))
}

fn first_value(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
