//! Gradients of pooling: `dy`, `[N, OH, OW, C]`, to `dx`, `[N, H, W, C]`, dirty before.
//!
//! - [`max`]: to the element that was the maximum;
//! - [`avg`]: to all elements under the window, divided as in the forward;
//! - [`global`]: the same for one window as large as the map;
//! - [`adaptive`]: the same for windows of uneven size.
//!
//! Each file has the formula as `reference` (version 0), one element at a time in f64, and a kernel
//! (version 1) that computes whole rows of `dx`: it walks the windows that cover the row from the
//! first to the last, so overlapping windows add in the order of the outputs, whatever the number
//! of threads.

pub mod adaptive;
pub mod avg;
pub mod global;
pub mod max;

#[cfg(test)]
mod tests;

use crate::geometry::Axis;

/// The windows of `out` that cover input index `at`, ascending, each with its tap that does.
fn covering(axis: Axis, out: usize, at: usize) -> impl Iterator<Item = (usize, usize)> {
    let place = at + axis.before;
    (0..axis.kernel).rev().filter_map(move |tap| {
        let start = place.checked_sub(tap * axis.dilation)?;
        let covers = start % axis.stride == 0 && start / axis.stride < out;
        covers.then_some((start / axis.stride, tap))
    })
}
