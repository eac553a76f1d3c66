//! How many questions are computed at one time, and how many may wait for that. A question that
//! is not asked any more, because its client left, is stopped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hitmetrix_insights::{Meter, Progress};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Stopwatch;
use crate::problem::{Code, Problem};

/// Seconds after which a refused question may be asked again.
const RETRY_AFTER_S: u64 = 2;

/// Who asks a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Somebody who waits for the answer.
    Person,
    /// A job, which has time: all of them together leave a slot to people.
    Job,
}

/// A place among the questions that are computed; given back when dropped.
#[derive(Debug)]
pub struct Slot {
    _running: OwnedSemaphorePermit,
    _job: Option<OwnedSemaphorePermit>,
}

/// The slots.
#[derive(Debug)]
pub struct QuestionSlots {
    running: Arc<Semaphore>,
    jobs: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl QuestionSlots {
    /// So many at one time, and so many waiting.
    #[must_use]
    pub fn new(running_max: usize, waiting_max: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running_max.max(1))),
            jobs: Arc::new(Semaphore::new(running_max.saturating_sub(1).max(1))),
            waiting: AtomicUsize::new(0),
            waiting_max,
        }
    }

    /// Waits for a slot, as a job for one of those that jobs may have: all but one, where there are
    /// several.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn take_as(&self, asker: Asker) -> Result<Slot, Problem> {
        let job = match asker {
            Asker::Person => None,
            Asker::Job => Arc::clone(&self.jobs).acquire_owned().await.ok(),
        };
        Ok(Slot {
            _running: self.take().await?,
            _job: job,
        })
    }

    /// Waits for a slot.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Place::take(&self.waiting, self.waiting_max)?;
        let permit = Arc::clone(&self.running).acquire_owned().await;
        drop(place);
        permit.map_err(|_| Problem::internal("the question slots were closed"))
    }
}

/// A place in the queue, given back when dropped, also when the client leaves while waiting.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, waiting_max: usize) -> Result<Self, Problem> {
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        let place = Self(waiting);
        if before >= waiting_max {
            return Err(Problem::new(
                Code::TooMany,
                format!(
                    "{before} questions wait already, the limit is {waiting_max}; ask again later"
                ),
            )
            .retry_after(RETRY_AFTER_S));
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The slots of readers without a login: beside the limit of all that wait one of each link, so that
/// the readers of one do not shut out those of the others.
#[derive(Debug)]
pub struct LinkSlots {
    slots: QuestionSlots,
    waiting: Mutex<HashMap<String, usize>>,
    link_waiting_max: usize,
}

impl LinkSlots {
    /// These slots, and so many of each link waiting.
    #[must_use]
    pub fn new(slots: QuestionSlots, link_waiting_max: usize) -> Self {
        Self {
            slots,
            waiting: Mutex::default(),
            link_waiting_max,
        }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    /// When too many wait already, of this link or of all.
    pub async fn take(&self, link: &str) -> Result<OwnedSemaphorePermit, Problem> {
        let place = LinkPlace::take(self, link)?;
        let permit = self.slots.take().await;
        drop(place);
        permit
    }

    fn change(&self, link: &str, change: impl FnOnce(usize) -> usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match change(waiting.get(link).copied().unwrap_or(0)) {
            0 => waiting.remove(link),
            count => waiting.insert(link.to_owned(), count),
        };
    }
}

/// As [`Place`], of one link.
struct LinkPlace<'a>(&'a LinkSlots, &'a str);

impl<'a> LinkPlace<'a> {
    fn take(slots: &'a LinkSlots, link: &'a str) -> Result<Self, Problem> {
        let mut before = 0;
        slots.change(link, |count| {
            before = count;
            count + 1
        });
        let place = Self(slots, link);
        let limit = slots.link_waiting_max;
        if before >= limit {
            return Err(Problem::new(
                Code::TooMany,
                format!(
                    "{before} questions of this link wait already, the limit is {limit}; ask again \
                     later"
                ),
            )
            .retry_after(RETRY_AFTER_S));
        }
        Ok(place)
    }
}

impl Drop for LinkPlace<'_> {
    fn drop(&mut self) {
        self.0.change(self.1, |count| count.saturating_sub(1));
    }
}

/// Tells a running question whether to stop, and how long it took. How long it may take the
/// engine knows.
#[derive(Debug)]
pub struct QuestionMeter {
    left: Arc<AtomicBool>,
    gauge: Arc<Gauge>,
    stopwatch: Stopwatch,
}

/// Set when the client has left; dropped with the request's future.
#[derive(Debug)]
pub struct ClientHere(Arc<AtomicBool>);

impl Drop for ClientHere {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// How far a question has come: never goes back, also when it finds that there is more to do.
#[derive(Debug, Default)]
pub struct Gauge {
    folds_expected: AtomicU64,
    folds_done: AtomicU64,
    permille: AtomicU64,
}

impl Gauge {
    /// Thousandths.
    #[must_use]
    pub fn permille(&self) -> u64 {
        self.permille.load(Ordering::Relaxed)
    }

    fn note(&self, progress: Progress) {
        let of_fold = match progress {
            Progress::Expects(folds) => {
                let folds = u64::try_from(folds).unwrap_or(u64::MAX);
                self.folds_expected.fetch_add(folds, Ordering::Relaxed);
                return;
            }
            Progress::Units(done, all) => (1000 * done / all.max(1)) as u64,
            Progress::Folded => {
                self.folds_done.fetch_add(1, Ordering::Relaxed);
                0
            }
        };
        let done = self.folds_done.load(Ordering::Relaxed);
        let folds = self.folds_expected.load(Ordering::Relaxed).max(done + 1);
        let permille = (1000 * done + of_fold) / folds;
        self.permille
            .fetch_max(permille.min(1000), Ordering::Relaxed);
    }
}

impl QuestionMeter {
    /// A meter, what must live as long as the client waits, and how far the question has come.
    #[must_use]
    pub fn start() -> (Self, ClientHere, Arc<Gauge>) {
        let (left, gauge) = (Arc::<AtomicBool>::default(), Arc::<Gauge>::default());
        let meter = Self {
            left: Arc::clone(&left),
            gauge: Arc::clone(&gauge),
            stopwatch: Stopwatch::start(),
        };
        (meter, ClientHere(left), gauge)
    }
}

impl Meter for QuestionMeter {
    fn cancelled(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }

    fn elapsed_us(&self) -> u64 {
        u64::try_from(self.stopwatch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn progress(&self, progress: Progress) {
        self.gauge.note(progress);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_stops_when_its_client_has_left() {
        let (meter, client_here, _) = QuestionMeter::start();
        assert!(!meter.cancelled());
        drop(client_here);
        assert!(meter.cancelled());
    }

    #[test]
    fn progress_never_goes_back() {
        let gauge = Gauge::default();
        let mut said = Vec::new();
        for progress in [
            Progress::Expects(1),
            Progress::Units(1, 4),
            Progress::Expects(1),
            Progress::Units(2, 4),
            Progress::Units(4, 4),
            Progress::Units(3, 4),
            Progress::Folded,
            Progress::Units(1, 2),
            Progress::Folded,
            Progress::Folded,
        ] {
            gauge.note(progress);
            said.push(gauge.permille());
        }
        assert_eq!(said, [0, 250, 250, 250, 500, 500, 500, 750, 750, 750]);
    }

    #[tokio::test]
    async fn questions_wait_for_a_slot_and_too_many_are_refused() {
        let slots = QuestionSlots::new(1, 1);
        let running = slots.take().await.unwrap();
        let mut waiting = Box::pin(slots.take());
        assert!(poll_once(&mut waiting).is_none());
        assert_eq!(slots.take().await.unwrap_err().code(), Code::TooMany);
        drop(running);
        drop(waiting.await.unwrap());
        assert_eq!(slots.waiting.load(Ordering::Acquire), 0);
    }

    #[tokio::test]
    async fn jobs_leave_a_slot_to_people() {
        let slots = QuestionSlots::new(2, 9);
        let job = slots.take_as(Asker::Job).await.unwrap();
        let mut other = Box::pin(slots.take_as(Asker::Job));
        assert!(poll_once(&mut other).is_none());
        let person = poll_once(&mut Box::pin(slots.take_as(Asker::Person)));
        person.expect("at once").unwrap();
        drop(job);
        drop(other.await.unwrap());
        let only = QuestionSlots::new(1, 9);
        drop(only.take_as(Asker::Job).await.unwrap());
    }

    #[tokio::test]
    async fn readers_of_one_link_do_not_shut_out_those_of_another() {
        let slots = LinkSlots::new(QuestionSlots::new(1, 9), 2);
        let running = slots.take("one").await.unwrap();
        let mut waiting = [Box::pin(slots.take("one")), Box::pin(slots.take("one"))];
        for one in &mut waiting {
            assert!(poll_once(one).is_none());
        }
        let over = poll_once(&mut Box::pin(slots.take("one"))).expect("refused at once");
        assert_eq!(over.unwrap_err().code(), Code::TooMany);
        let mut another = Box::pin(slots.take("another"));
        assert!(poll_once(&mut another).is_none());
        drop((running, waiting));
        drop(another.await.unwrap());
        assert!(slots.waiting.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn client_that_leaves_while_waiting_gives_its_place_back() {
        let slots = QuestionSlots::new(1, 1);
        let _running = slots.take().await.unwrap();
        let mut waiting = Box::pin(slots.take());
        assert!(poll_once(&mut waiting).is_none());
        drop(waiting);
        assert_eq!(slots.waiting.load(Ordering::Acquire), 0);
    }

    /// Polls a future once.
    fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
