//! Numbers about the process for `/metrics`, in Prometheus' text form. They tell how much, never
//! of whom: no label names a site, a visitor or an address.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        /// Counters that only grow.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[doc = $doc])+ pub $name: Counter,)+
        }

        impl Counters {
            /// All counters as Prometheus reads them.
            #[must_use]
            pub fn to_prometheus(&self) -> String {
                let mut text = String::new();
                $(write_metric(&mut text, &Metric {
                    name: concat!("hitmetrix_", stringify!($name), "_total"),
                    kind: "counter",
                    doc: concat!($($doc),+),
                    value: self.$name.get(),
                });)+
                text
            }
        }
    };
}

counters! {
    /// Requests that were answered.
    requests;
    /// Requests that were answered with a status of 500 or more.
    requests_failed;
    /// Events that are on stable storage.
    events_accepted;
    /// Events that were stored before and came again.
    events_duplicate;
    /// Lines that were not valid.
    events_rejected;
    /// Events and chunks that senders report as lost.
    events_lost;
    /// Recorder chunks that are on stable storage.
    chunks_accepted;
    /// Recorder chunks that were refused.
    chunks_refused;
    /// Requests that were refused for coming too often.
    refused_too_many;
    /// Questions that were answered.
    questions_answered;
    /// Failed sign-ins.
    sign_ins_failed;
    /// Connections that were closed because one address had too many.
    connections_refused;
    /// Seals of the log's tail into parts.
    seals;
    /// Background jobs that failed.
    jobs_failed;
}

/// One number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// What it is now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One number of `/metrics`.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Full name.
    pub name: &'static str,
    /// `counter` or `gauge`.
    pub kind: &'static str,
    /// What it counts.
    pub doc: &'static str,
    /// The number.
    pub value: u64,
}

/// Writes one number with its doc.
pub fn write_metric(text: &mut String, metric: &Metric) {
    let Metric {
        name,
        kind,
        doc,
        value,
    } = metric;
    let doc = doc.trim();
    writeln!(
        text,
        "# HELP {name} {doc}\n# TYPE {name} {kind}\n{name} {value}"
    )
    .expect("writing to a string does not fail");
}
