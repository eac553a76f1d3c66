//! Progress of long work: a bar with rate and time left on a terminal, a plain line every few
//! seconds elsewhere. Written to standard error, so that standard output stays what was asked for.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use crate::clock::Stopwatch;

const BAR_EVERY: Duration = Duration::from_millis(200);
const LINE_EVERY: Duration = Duration::from_secs(10);
const BAR_CELLS: u64 = 30;

/// How far some work has come.
pub struct Progress {
    what: &'static str,
    total: u64,
    already: u64,
    stopwatch: Stopwatch,
    said: Option<Duration>,
    said_end: bool,
    is_terminal: bool,
}

impl Progress {
    /// Begins; `already` of `total` was done before and does not count for the rate.
    pub fn start(what: &'static str, total: u64, already: u64) -> Self {
        Self {
            what,
            total,
            already,
            stopwatch: Stopwatch::start(),
            said: None,
            said_end: false,
            is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// So much is done, of which some say more in words.
    pub fn at(&mut self, done: u64, words: &str) {
        let now = self.stopwatch.elapsed();
        let every = if self.is_terminal {
            BAR_EVERY
        } else {
            LINE_EVERY
        };
        if self.said.is_some_and(|said| now - said < every) {
            return;
        }
        self.said = Some(now);
        self.said_end = done >= self.total;
        self.say(done, words);
    }

    /// It is done.
    pub fn end(&self, words: &str) {
        // A line stays, so that the same one again would be one too many; a bar is drawn over.
        if self.is_terminal || !self.said_end {
            self.say(self.total, words);
        }
        if self.is_terminal {
            let _ = writeln!(std::io::stderr());
        }
    }

    fn say(&self, done: u64, words: &str) {
        let line = line(&Numbers {
            what: self.what,
            done,
            total: self.total,
            already: self.already,
            seconds: self.stopwatch.elapsed().as_secs_f64(),
        });
        let mut err = std::io::stderr();
        let _ = if self.is_terminal {
            let cells = (BAR_CELLS * done)
                .checked_div(self.total)
                .unwrap_or(BAR_CELLS)
                .min(BAR_CELLS);
            let full = "█".repeat(usize::try_from(cells).unwrap_or(0));
            let rest = "░".repeat(usize::try_from(BAR_CELLS - cells).unwrap_or(0));
            write!(err, "\r\x1b[K{full}{rest} {line} {words}").and_then(|()| err.flush())
        } else {
            writeln!(err, "{line} {words}")
        };
    }
}

struct Numbers {
    what: &'static str,
    done: u64,
    total: u64,
    already: u64,
    seconds: f64,
}

fn line(numbers: &Numbers) -> String {
    const MIB: f64 = 1_048_576.0;
    let Numbers {
        what,
        done,
        total,
        already,
        seconds,
    } = *numbers;
    let share = if total == 0 {
        100.0
    } else {
        100.0 * done as f64 / total as f64
    };
    let rate = (done.saturating_sub(already)) as f64 / seconds.max(0.001);
    let left = if rate > 0.0 {
        let left_s = total.saturating_sub(done) as f64 / rate;
        format!("{:.0} s left", left_s.ceil())
    } else {
        "time left unknown".to_owned()
    };
    format!("{what} {share:.0} %, {:.1} MiB/s, {left},", rate / MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_says_share_rate_and_time_left() {
        let numbers = Numbers {
            what: "import",
            done: 3 << 20,
            total: 5 << 20,
            already: 1 << 20,
            seconds: 2.0,
        };
        assert_eq!(line(&numbers), "import 60 %, 1.0 MiB/s, 2 s left,");
    }
}
