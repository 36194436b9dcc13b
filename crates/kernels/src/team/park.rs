//! Sleeping on a word until another thread says that it has changed.

use core::sync::atomic::AtomicU32;

/// Sleeps while `word` is `seen` and nobody wakes; may return early.
#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
#[allow(unsafe_code)]
pub fn wait(word: &AtomicU32, seen: u32) {
    // SAFETY: the address is that of a live, aligned 32-bit atomic. A negative time is for ever.
    unsafe {
        core::arch::wasm32::memory_atomic_wait32(word.as_ptr().cast(), seen as i32, -1);
    }
}

/// Wakes all that sleep on `word`.
#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
#[allow(unsafe_code)]
pub fn wake(word: &AtomicU32) {
    // SAFETY: the address is that of a live, aligned 32-bit atomic.
    unsafe { core::arch::wasm32::memory_atomic_notify(word.as_ptr().cast(), u32::MAX) };
}

/// Natively only tests come here, which have no need of real sleep.
#[cfg(not(target_arch = "wasm32"))]
pub fn wait(_word: &AtomicU32, _seen: u32) {
    std::thread::yield_now();
}

/// Nobody sleeps natively.
#[cfg(not(target_arch = "wasm32"))]
pub fn wake(_word: &AtomicU32) {}
