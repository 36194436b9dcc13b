//! Where the threads come from: natively they are started for each call, which tests can afford;
//! in threaded wasm they are workers that the page or process has sent to serve a [`super::pool`].

/// Calls `work(piece, thread)` once for each piece on `threads` threads of their own, and returns
/// when all are done.
///
/// # Panics
/// If `work` does.
#[cfg(not(target_arch = "wasm32"))]
pub fn each(threads: usize, pieces: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    use core::sync::atomic::{AtomicUsize, Ordering};
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let next = &next;
            scope.spawn(move || {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= pieces {
                        break;
                    }
                    work(piece, thread);
                }
            });
        }
    });
}

/// As [`super::pool::Pool::each`] of the helpers of this module.
#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
pub fn each(threads: usize, pieces: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    super::pool::HELPERS.each(threads, pieces, work);
}

/// A variant without atomics has the one thread.
#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
pub fn each(_threads: usize, pieces: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    (0..pieces).for_each(|piece| work(piece, 0));
}
