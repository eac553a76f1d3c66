//! How much memory what a question counts may take, where it grows with the data.
//!
//! A fold cannot fail in the middle: when there is no memory left it adds nothing more, and the
//! error is given when it has come to its end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hitmetrix_model::limits;

use crate::AskError;

/// Memory that all threads of a question share.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
    is_over: AtomicBool,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            left: AtomicUsize::new(bytes),
            is_over: AtomicBool::new(false),
        }
    }

    /// Takes memory; false when there is none left, and for ever after.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let left = |left: usize| left.checked_sub(bytes);
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        if taken.is_err() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        !self.is_over.load(Ordering::Relaxed)
    }

    /// Gives memory back that is free again.
    pub(crate) fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What a fold that ran out of memory answers.
    pub(crate) fn check(&self) -> Result<(), AskError> {
        match self.is_over.load(Ordering::Relaxed) {
            true => Err(AskError::TooMuchMemory),
            false => Ok(()),
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(limits::QUESTION_BYTES)
    }
}

/// What one thread has taken in advance, so that threads seldom meet.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    left: usize,
}

/// Taken at once.
const ADVANCE: usize = 4096;

impl Allowance {
    /// Takes memory; false when there is none left.
    pub(crate) fn take(&mut self, bytes: usize, budget: &Budget) -> bool {
        if self.left < bytes {
            let advance = bytes.max(ADVANCE);
            if !budget.take(advance) {
                return false;
            }
            self.left += advance;
        }
        self.left -= bytes;
        true
    }
}

/// Doubles the room of a list, from `least` on, if there is memory.
pub(crate) fn grow<T>(list: &mut Vec<T>, least: usize, budget: &Budget) -> bool {
    let more = list.capacity().max(least);
    let has_room = budget.take(more * size_of::<T>());
    if has_room {
        list.reserve_exact(more);
    }
    has_room
}
