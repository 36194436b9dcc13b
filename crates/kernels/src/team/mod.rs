//! Threads that share the work of one step.
//!
//! Work is split into pieces of the output, each computed by one thread from start to end in the
//! order in which one thread would do it all: the bits of a result do not depend on how many
//! threads there are, nor on which of them took what.

mod backend;
#[cfg(any(test, target_feature = "atomics"))]
mod park;
#[cfg(any(test, target_feature = "atomics"))]
pub mod pool;
mod share;
mod split;

pub use share::{Rows, Shared};
pub use split::{Grid, MAX_PIECES, Units};

/// How many threads compute, the caller included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Team {
    threads: usize,
    /// Multiply-adds that are worth a thread.
    worth: usize,
}

/// Multiply-adds of a product in the time in which a pass over a map reads and writes an element.
pub const PASS: usize = 8;

/// Multiply-adds below which waking another thread costs more than it saves.
const WORTH: usize = 1 << 19;

impl Team {
    /// The caller alone.
    pub const SOLO: Team = Team { threads: 1, worth: WORTH };

    /// The caller and `threads - 1` others; 0 counts as 1.
    pub fn of(threads: usize) -> Self {
        Team { threads: threads.max(1), worth: WORTH }
    }

    /// As [`Team::of`], but shares out the least work as well: for tests.
    pub const fn eager(threads: usize) -> Self {
        Team { threads: if threads == 0 { 1 } else { threads }, worth: 1 }
    }

    /// Threads, the caller included.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work(piece, thread)` once for each of `pieces`, spread over the threads, and returns
    /// when all are done. No two calls with the same `thread < threads()` overlap in time.
    ///
    /// # Panics
    /// If `work` does, or a helper of the pool has died.
    pub fn each(&self, pieces: usize, work: &(dyn Fn(usize, usize) + Sync)) {
        if self.threads == 1 || pieces <= 1 {
            (0..pieces).for_each(|piece| work(piece, 0));
        } else {
            backend::each(self.threads, pieces, work);
        }
    }
}
