//! The tile: `P` neighbouring pixels of a line by `V` vectors of channels, in registers.
#![allow(unsafe_code)]

use crate::simd::{Isa, LANES};

/// Where the taps of a depthwise window lie.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// Kernel lines, and elements from one to the next.
    pub y: [usize; 2],
    /// Kernel columns, and elements from one to the next.
    pub x: [usize; 2],
    /// Elements from the window of a pixel to that of the next.
    pub pixel: usize,
    /// Channels: elements from a tap's weights to the next tap's.
    pub channels: usize,
}

impl Steps {
    /// Elements from the first tap of the first of `pixels` windows to the last of the last.
    fn reach(&self, pixels: usize) -> usize {
        (self.y[0] - 1) * self.y[1] + (self.x[0] - 1) * self.x[1] + (pixels - 1) * self.pixel
    }
}

/// `sums[p][v] = sum over taps of x * w`, in the order of the taps.
///
/// `x` starts at the first tap of the first pixel and `w` at the first tap, both at the first
/// channel of the tile.
///
/// # Panics
/// If a slice is too short.
#[inline(always)]
pub fn multiply<I: Isa, const P: usize, const V: usize>(
    x: &[f32],
    w: &[f32],
    steps: &Steps,
) -> [[I::V; V]; P] {
    let taps = steps.y[0] * steps.x[0];
    assert!(taps > 0 && x.len() >= steps.reach(P) + V * LANES);
    assert!(w.len() >= (taps - 1) * steps.channels + V * LANES);
    let mut sums = [[I::splat(0.0); V]; P];
    let mut w = w.as_ptr();
    for kh in 0..steps.y[0] {
        // SAFETY: the first tap of a line and pixel is within the reach of P windows.
        let mut rows: [*const f32; P] =
            core::array::from_fn(|p| unsafe { x.as_ptr().add(kh * steps.y[1] + p * steps.pixel) });
        for _ in 0..steps.x[0] {
            // SAFETY: `w` is at one of the taps and `rows` at the same tap of P windows; V vectors
            // from there on are within both slices, as asserted.
            let weights: [I::V; V] = core::array::from_fn(|v| unsafe { I::load(w.add(v * LANES)) });
            for (row, sums) in rows.iter_mut().zip(&mut sums) {
                for v in 0..V {
                    // SAFETY: as above.
                    let x = unsafe { I::load(row.add(v * LANES)) };
                    sums[v] = I::mul_add(x, weights[v], sums[v]);
                }
                *row = row.wrapping_add(steps.x[1]);
            }
            w = w.wrapping_add(steps.channels);
        }
    }
    sums
}
