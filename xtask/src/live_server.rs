//! A real server process on a data folder of its own, for benchmarks and for the crash test.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::step::{self, Failure};

/// Longest wait for a server to answer.
const START_SECONDS_MAX: u64 = 60;

/// A data folder with a site that may be written to from `http://bench.test`.
pub struct DataFolder {
    pub path: PathBuf,
    pub site: String,
    pub key: String,
    binary: PathBuf,
}

/// A running server; killed when dropped.
pub struct LiveServer {
    child: Child,
    pub address: String,
    /// From the start of the process to the first answer.
    pub start_ms: f64,
}

/// Origin that the site of a [`DataFolder`] accepts.
pub const ORIGIN: &str = "http://bench.test";

impl DataFolder {
    /// Makes an empty folder under target/ and a site in it.
    pub fn create(name: &str, profile: &str) -> Result<Self, Failure> {
        let path = step::target().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path)?;
        let mut folder = Self {
            path,
            site: "bench".to_owned(),
            key: String::new(),
            binary: step::binary(profile),
        };
        folder.command(&["site", "add", "bench", "--domain", "bench.test"])?;
        let sites = folder.command(&["site", "list", "--json"])?;
        let sites: serde_json::Value = serde_json::from_str(&sites)?;
        let site = sites
            .as_array()
            .and_then(|all| all.iter().find(|one| one["name"] == "bench"));
        let key = site.and_then(|site| site["key"].as_str());
        folder.key = key
            .ok_or_else(|| Failure::new("the new site has no key"))?
            .to_owned();
        Ok(folder)
    }

    /// Runs a command line on this data and returns what it printed.
    pub fn command(&self, words: &[&str]) -> Result<String, Failure> {
        let output = Command::new(&self.binary)
            .args(words)
            .arg("--data")
            .arg(&self.path)
            .stdin(Stdio::null())
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!(
            "hitmetrix {}: {text}",
            words.join(" ")
        )))
    }

    /// Starts a server on this folder and waits until it answers.
    pub fn serve(&self) -> Result<LiveServer, Failure> {
        let address = free_address()?;
        let log = fs::File::create(self.path.with_extension("server.log"))?;
        let started = Instant::now();
        let mut child = Command::new(&self.binary)
            .args(["serve", "--listen", &address, "--data"])
            .arg(&self.path)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        loop {
            if let Some(status) = child.try_wait()? {
                return Err(Failure::new(format!("the server ended with {status}")));
            }
            let answered = Client::connect(&address).and_then(|mut client| client.get("/healthz"));
            if answered.is_ok_and(|response| response.status == 200) {
                break;
            }
            if started.elapsed() > Duration::from_secs(START_SECONDS_MAX) {
                let _ = child.kill();
                return Err(Failure::new("the server did not answer"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let start_ms = started.elapsed().as_secs_f64() * 1000.0;
        Ok(LiveServer {
            child,
            address,
            start_ms,
        })
    }

    /// Bytes of all files below `part` of the folder.
    pub fn bytes_of(&self, part: &str) -> u64 {
        bytes_below(&self.path.join(part))
    }
}

impl LiveServer {
    /// SIGKILL: nothing is flushed, nothing is said.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Resident memory now.
    pub fn resident_bytes(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|text| {
            text.trim()
                .trim_end_matches(" kB")
                .trim()
                .parse::<u64>()
                .ok()
        });
        kib.map(|kib| kib * 1024)
            .ok_or_else(|| Failure::new("resident memory cannot be read"))
    }
}

impl Drop for LiveServer {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn free_address() -> Result<String, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn bytes_below(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
            _ => entry.metadata().map_or(0, |data| data.len()),
        })
        .sum()
}
