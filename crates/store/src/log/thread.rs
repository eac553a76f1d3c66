//! The log's thread and the bounded queue before it: collects what waits into a group, lets the
//! writer store it, and answers the senders.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use hitmetrix_model::{LogPosition, limits};
use tokio::sync::oneshot;

use super::entry::Pin;
use super::error::LogError;
use super::writer::{Entry, Outcome, Writer};

/// Something between two groups.
pub(super) enum Control {
    Pin(i64, oneshot::Sender<Pin>),
    Cut(Pin, oneshot::Sender<u64>),
    Close(oneshot::Sender<()>),
}

type Reply = oneshot::Sender<Result<Outcome, LogError>>;

enum Request {
    Entry(Entry, Reply),
    Control(Control),
}

#[derive(Default)]
struct Gauges {
    waiting_requests: AtomicUsize,
    waiting_bytes: AtomicUsize,
    end: AtomicU64,
}

/// The sending side.
pub(super) struct Thread {
    queue: SyncSender<Request>,
    gauges: Arc<Gauges>,
}

impl Thread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub(super) fn start(writer: Writer) -> Result<Self, LogError> {
        // Control requests take places of their own.
        let (queue, requests) = sync_channel(limits::LOG_QUEUE + 16);
        let gauges = Arc::new(Gauges::default());
        gauges.end.store(writer.end().0, Ordering::Release);
        let theirs = Arc::clone(&gauges);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || run(writer, &requests, &theirs))
            .map_err(|error| LogError::Thread {
                reason: error.to_string(),
            })?;
        Ok(Self { queue, gauges })
    }

    /// End of what is durable.
    pub(super) fn end(&self) -> LogPosition {
        LogPosition(self.gauges.end.load(Ordering::Acquire))
    }

    /// Queues an entry and waits until it is stored.
    pub(super) async fn append(&self, entry: Entry) -> Result<Outcome, LogError> {
        let bytes = entry.payload_bytes();
        let waiting_requests = self.gauges.waiting_requests.fetch_add(1, Ordering::AcqRel);
        let waiting_bytes = self.gauges.waiting_bytes.fetch_add(bytes, Ordering::AcqRel);
        // An entry that waits alone is taken whatever its size.
        let fits = waiting_requests < limits::LOG_QUEUE
            && (waiting_requests == 0 || waiting_bytes + bytes <= limits::LOG_QUEUE_BYTES);
        let (reply, answer) = oneshot::channel();
        let sent = if fits {
            self.queue
                .try_send(Request::Entry(entry, reply))
                .map_err(|error| match error {
                    TrySendError::Full(_) => LogError::QueueFull { waiting_requests },
                    TrySendError::Disconnected(_) => LogError::Closed,
                })
        } else {
            Err(LogError::QueueFull { waiting_requests })
        };
        if let Err(error) = sent {
            self.gauges.took(bytes);
            return Err(error);
        }
        answer.await.unwrap_or(Err(LogError::Closed))
    }

    /// Asks for something between two groups.
    pub(super) async fn control<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<T>) -> Control,
    ) -> Result<T, LogError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Request::Control(make(reply)))
            .map_err(|error| match error {
                TrySendError::Full(_) => LogError::QueueFull {
                    waiting_requests: limits::LOG_QUEUE,
                },
                TrySendError::Disconnected(_) => LogError::Closed,
            })?;
        answer.await.map_err(|_| LogError::Closed)
    }
}

impl Gauges {
    fn took(&self, bytes: usize) {
        self.waiting_requests.fetch_sub(1, Ordering::AcqRel);
        self.waiting_bytes.fetch_sub(bytes, Ordering::AcqRel);
    }
}

/// Until the log is closed or all senders are gone. A receiver of an answer that is gone has
/// stopped waiting: what it sent is stored all the same.
fn run(mut writer: Writer, requests: &Receiver<Request>, gauges: &Gauges) {
    let mut group = Vec::new();
    let mut replies: Vec<Reply> = Vec::new();
    while let Ok(first) = requests.recv() {
        let mut bytes = 0;
        let mut next = Some(first);
        let mut control = None;
        while let Some(request) = next {
            match request {
                Request::Entry(entry, reply) => {
                    let entry_bytes = entry.payload_bytes();
                    gauges.took(entry_bytes);
                    bytes += entry_bytes;
                    group.push(entry);
                    replies.push(reply);
                }
                Request::Control(found) => {
                    control = Some(found);
                    break;
                }
            }
            next = (bytes < limits::LOG_GROUP_BYTES)
                .then(|| requests.try_recv().ok())
                .flatten();
        }
        if !group.is_empty() {
            let outcomes = writer.commit(std::mem::take(&mut group));
            gauges.end.store(writer.end().0, Ordering::Release);
            for (reply, outcome) in replies.drain(..).zip(outcomes) {
                let _ = reply.send(outcome);
            }
        }
        match control {
            None => {}
            Some(Control::Pin(now_ms, reply)) => {
                let _ = reply.send(writer.pin(now_ms));
            }
            Some(Control::Cut(pin, reply)) => {
                let _ = reply.send(writer.cut(&pin));
            }
            Some(Control::Close(reply)) => {
                writer.close();
                gauges.end.store(writer.end().0, Ordering::Release);
                drop(writer);
                let _ = reply.send(());
                return;
            }
        }
    }
    writer.close();
}
