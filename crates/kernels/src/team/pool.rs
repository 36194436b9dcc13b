//! Parked helpers that take pieces of the caller's work, and go back to sleep.
//!
//! One word, [`Pool::desk`], is the whole protocol. The caller lays out a job and sets [`OPEN`];
//! helpers that find it open count themselves in, claim pieces, and count themselves out; the
//! caller claims pieces too, closes the desk when none are left, and waits for those inside. A
//! helper that wakes too late finds the desk closed: nobody waits for it, and it never sees a job
//! whose caller has returned.
#![allow(unsafe_code)]

use super::park;
use core::cell::{Cell, UnsafeCell};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};

/// A caller is between laying out a job and having closed it.
const BUSY: u32 = 1 << 31;
/// Helpers may enter.
const OPEN: u32 = 1 << 30;
/// A helper has died: the pool serves nobody any more.
const POISON: u32 = 1 << 29;
/// The helpers inside.
const INSIDE: u32 = POISON - 1;

/// Looks at a word before sleeping on it: some ten microseconds. The next job of a network comes
/// as soon as that, and waking costs more. Ten times fewer made networks 5 % slower on free cores;
/// ten times more, 5 % slower on cores that others want too.
const SPIN: u32 = 20_000;

type Work<'a> = dyn Fn(usize, usize) + Sync + 'a;

#[derive(Clone, Copy)]
struct Job {
    work: *const Work<'static>,
    pieces: usize,
    threads: usize,
}

/// Helpers and the job they share. See [`Pool::each`] and [`Pool::serve`].
pub struct Pool {
    desk: AtomicU32,
    /// Written by the caller that is [`BUSY`], before the desk opens; read by those inside.
    job: UnsafeCell<Option<Job>>,
    /// The first piece that nobody has claimed.
    next: AtomicUsize,
    /// Counts jobs: what idle helpers sleep on.
    bell: AtomicU32,
    sleepers: AtomicU32,
    /// Helpers so far: each one's number as a thread, which nobody gets a second time.
    numbers: AtomicUsize,
    live: AtomicUsize,
    ended: AtomicBool,
}

// SAFETY: `job` is written only by the caller that made the desk BUSY and before it is OPEN, read
// only by helpers inside, and BUSY ends when none are; all else is atomic.
unsafe impl Sync for Pool {}

thread_local! {
    /// Whether this thread is a helper inside: what its death has to undo.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The helpers of this module's instances, which share one memory.
#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
pub static HELPERS: Pool = Pool::new();

impl Pool {
    /// A pool that nobody serves yet.
    pub const fn new() -> Self {
        Pool {
            desk: AtomicU32::new(0),
            job: UnsafeCell::new(None),
            next: AtomicUsize::new(0),
            bell: AtomicU32::new(0),
            sleepers: AtomicU32::new(0),
            numbers: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// Helpers that serve; none after a death.
    pub fn live(&self) -> usize {
        if self.desk.load(SeqCst) & POISON == 0 { self.live.load(SeqCst) } else { 0 }
    }

    /// Calls `work(piece, thread)` once for each piece, with the caller as thread 0 and up to
    /// `threads - 1` helpers, and returns when all are done. Where no helper comes, or another
    /// caller has them, the caller does it all.
    ///
    /// # Panics
    /// If a helper has died, in this job or before: what it should have written is not there.
    pub fn each(&self, threads: usize, pieces: usize, work: &Work<'_>) {
        if let Err(desk) = self.desk.compare_exchange(0, BUSY, SeqCst, SeqCst) {
            expect_healthy(desk);
            return (0..pieces).for_each(|piece| work(piece, 0));
        }
        // SAFETY: only the lifetime changes, and the job is over before `close`, which runs even
        // if `work` unwinds, gives the desk back.
        let work = unsafe { core::mem::transmute::<&Work<'_>, &'static Work<'static>>(work) };
        let job = Job { work, pieces, threads };
        // SAFETY: the desk is BUSY by this call and not OPEN: nobody else reads or writes the job.
        unsafe { *self.job.get() = Some(job) };
        self.next.store(0, SeqCst);
        let open = Opened { pool: self };
        self.desk.fetch_or(OPEN, SeqCst);
        self.ring();
        self.take_pieces(job, 0);
        drop(open);
        expect_healthy(self.desk.load(SeqCst));
    }

    /// Serves as a helper until [`Pool::end`]. Once a thread.
    pub fn serve(&self) {
        let number = self.numbers.fetch_add(1, SeqCst) + 1;
        let mut heard = self.bell.load(SeqCst);
        self.live.fetch_add(1, SeqCst);
        while !self.ended.load(SeqCst) {
            if self.enter() {
                IS_INSIDE.set(true);
                // SAFETY: this thread is inside: the caller wrote the job before, and writes the
                // next one only when everybody has left.
                match unsafe { *self.job.get() } {
                    Some(job) if number < job.threads => self.take_pieces(job, number),
                    _ => {}
                }
                self.leave();
                IS_INSIDE.set(false);
            }
            heard = self.sleep(heard);
        }
        self.live.fetch_sub(1, SeqCst);
    }

    /// To be called on a thread that died while it served, or on any thread that has noticed such
    /// a death: every later [`Pool::each`] panics, and one that waits too.
    pub fn abort(&self) {
        self.desk.fetch_or(POISON, SeqCst);
        if IS_INSIDE.replace(false) {
            self.desk.fetch_sub(1, SeqCst);
        }
        park::wake(&self.desk);
    }

    /// Sends all helpers home, those that come later too.
    pub fn end(&self) {
        self.ended.store(true, SeqCst);
        self.ring();
    }

    fn take_pieces(&self, job: Job, thread: usize) {
        loop {
            let piece = self.next.fetch_add(1, SeqCst);
            if piece >= job.pieces {
                return;
            }
            // SAFETY: whoever takes pieces is the caller or inside, and the caller does not return
            // while anybody is: what `work` borrows is alive.
            unsafe { (*job.work)(piece, thread) };
        }
    }

    fn enter(&self) -> bool {
        let open = |desk: u32| (desk & (OPEN | POISON) == OPEN).then_some(desk + 1);
        self.desk.fetch_update(SeqCst, SeqCst, open).is_ok()
    }

    fn leave(&self) {
        let desk = self.desk.fetch_sub(1, SeqCst);
        if desk & (OPEN | INSIDE) == 1 {
            park::wake(&self.desk);
        }
    }

    fn ring(&self) {
        self.bell.fetch_add(1, SeqCst);
        // A helper counts itself before it compares the bell, so one that is missed here hears it.
        if self.sleepers.load(SeqCst) > 0 {
            park::wake(&self.bell);
        }
    }

    /// Returns when the bell has rung since `heard`, with the new count.
    fn sleep(&self, heard: u32) -> u32 {
        for _ in 0..SPIN {
            let bell = self.bell.load(SeqCst);
            if bell != heard {
                return bell;
            }
            core::hint::spin_loop();
        }
        self.sleepers.fetch_add(1, SeqCst);
        while self.bell.load(SeqCst) == heard {
            park::wait(&self.bell, heard);
        }
        self.sleepers.fetch_sub(1, SeqCst);
        self.bell.load(SeqCst)
    }

    /// Lets nobody in any more, waits for those inside, and gives the desk back.
    fn close(&self) {
        let mut desk = self.desk.fetch_and(!OPEN, SeqCst) & !OPEN;
        let mut looks = 0;
        while desk & INSIDE > 0 {
            if looks < SPIN {
                looks += 1;
                core::hint::spin_loop();
            } else {
                park::wait(&self.desk, desk);
            }
            desk = self.desk.load(SeqCst);
        }
        self.desk.fetch_and(!BUSY, SeqCst);
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

/// Closes the desk when the caller is done, or unwinds.
struct Opened<'a> {
    pool: &'a Pool,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.pool.close();
    }
}

fn expect_healthy(desk: u32) {
    assert!(desk & POISON == 0, "a thread of the pool has died");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;

    fn fails(what: impl FnOnce()) -> bool {
        catch_unwind(AssertUnwindSafe(what)).is_err()
    }

    /// Runs `test` with so many helpers serving, and sends them home.
    fn with_helpers(helpers: usize, test: impl FnOnce(&Pool)) {
        let pool = Pool::new();
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|| {
                    if fails(|| pool.serve()) {
                        pool.abort();
                    }
                });
            }
            while pool.numbers.load(SeqCst) < helpers {
                std::thread::yield_now();
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| test(&pool)));
            pool.end();
            outcome.unwrap();
        });
    }

    /// Checks that each piece comes once, and that calls of one thread do not overlap.
    fn dispatch(pool: &Pool, threads: usize, pieces: usize) {
        let times: Vec<_> = (0..pieces).map(|_| AtomicUsize::new(0)).collect();
        let inside: Vec<_> = (0..threads).map(|_| AtomicBool::new(false)).collect();
        pool.each(threads, pieces, &|piece, thread| {
            assert!(!inside[thread].swap(true, SeqCst), "thread {thread} is in two pieces");
            times[piece].fetch_add(1, SeqCst);
            inside[thread].store(false, SeqCst);
        });
        assert!(times.iter().all(|times| times.load(SeqCst) == 1), "{pieces} pieces: {times:?}");
    }

    #[test]
    fn every_piece_comes_once_over_many_dispatches() {
        for helpers in [0, 1, 2, 5] {
            with_helpers(helpers, |pool| {
                for round in 0..2000 {
                    // More threads than pieces, than helpers, and fewer than either.
                    dispatch(pool, 1 + round % 7, round % 5);
                }
            });
        }
    }

    #[test]
    fn helpers_that_come_late_or_never_are_not_waited_for() {
        let pool = Pool::new();
        dispatch(&pool, 4, 9);
        std::thread::scope(|scope| {
            scope.spawn(|| pool.serve());
            (0..500).for_each(|_| dispatch(&pool, 4, 3));
            pool.end();
        });
        dispatch(&pool, 4, 9);
        assert_eq!(pool.live(), 0);
    }

    #[test]
    fn helpers_do_take_pieces() {
        with_helpers(2, |pool| {
            // Passes only when three threads are in a piece at the same time.
            let all = Barrier::new(3);
            pool.each(3, 3, &|_, _| {
                all.wait();
            });
        });
    }

    #[test]
    fn a_second_caller_and_a_nested_one_work_alone() {
        with_helpers(1, |pool| {
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| (0..500).for_each(|_| dispatch(pool, 2, 4)));
                }
            });
            pool.each(2, 2, &|_, _| dispatch(pool, 2, 3));
        });
    }

    #[test]
    fn a_helper_that_dies_fails_the_job_and_all_later_ones() {
        with_helpers(2, |pool| {
            let all = Barrier::new(3);
            assert!(fails(|| {
                pool.each(3, 3, &|_, thread| {
                    all.wait();
                    assert!(thread != 1, "the helper dies");
                });
            }));
            assert_eq!(pool.live(), 0);
            assert!(fails(|| pool.each(3, 3, &|_, _| unreachable!("no work"))));
        });
    }

    #[test]
    fn a_death_between_jobs_fails_the_next_one() {
        with_helpers(1, |pool| {
            dispatch(pool, 2, 4);
            pool.abort();
            assert!(fails(|| dispatch(pool, 2, 4)));
        });
    }

    #[test]
    fn a_caller_that_unwinds_waits_for_its_helpers() {
        with_helpers(1, |pool| {
            let done = AtomicUsize::new(0);
            let both = Barrier::new(2);
            assert!(fails(|| {
                pool.each(2, 2, &|_, thread| {
                    both.wait();
                    assert!(thread != 0, "the caller fails");
                    std::thread::sleep(std::time::Duration::from_millis(20));
                    done.fetch_add(1, SeqCst);
                });
            }));
            assert_eq!(done.load(SeqCst), 1);
            dispatch(pool, 2, 4);
        });
    }
}
