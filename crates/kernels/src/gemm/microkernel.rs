//! The tile: `P` pixels by [`MR`] channels accumulated in registers.
#![allow(unsafe_code)]

use super::{MR, NR};
use crate::simd::{Isa, LANES};

/// Sums of one tile: two vectors of channels for each pixel.
pub type Sums<V, const P: usize> = [[V; 2]; P];

/// `sums[p][m] = sum over k of rows[p][k] * panel[k][m]`, in the order of `k` for every element,
/// so that a pixel gets the same bits whichever tile it falls into.
///
/// # Panics
/// If a row is shorter than `k` or the panel than `k * MR`.
#[inline(always)]
pub fn multiply<I: Isa, const P: usize>(
    k: usize,
    rows: [&[f32]; P],
    panel: &[f32],
) -> Sums<I::V, P> {
    const { assert!(P <= NR && MR == 2 * LANES) };
    assert!(panel.len() >= k * MR);
    for row in rows {
        assert!(row.len() >= k);
    }
    let mut sums = [[I::splat(0.0); 2]; P];
    let rows = rows.map(<[f32]>::as_ptr);
    let panel = panel.as_ptr();
    for tap in 0..k {
        // SAFETY: tap < k, and the panel holds k * MR elements.
        let (w0, w1) = unsafe {
            let at = panel.add(tap * MR);
            (I::load(at), I::load(at.add(LANES)))
        };
        for p in 0..P {
            // SAFETY: tap < k, and each row holds k elements.
            let x = unsafe { I::load_splat(rows[p].add(tap)) };
            sums[p][0] = I::mul_add(x, w0, sums[p][0]);
            sums[p][1] = I::mul_add(x, w1, sums[p][1]);
        }
    }
    sums
}

/// What happens to [`MR`] sums of one pixel on their way to memory.
#[derive(Debug, Clone, Copy)]
pub struct Store<'a> {
    /// Whether `c` holds the sums of earlier passes over `K`, to be added.
    pub accumulate: bool,
    /// After the last pass: bias, residual, lower and upper bound.
    pub last: Option<Last<'a>>,
}

/// The end of a sum.
#[derive(Debug, Clone, Copy)]
pub struct Last<'a> {
    /// Bias of the panel's channels.
    pub bias: Option<&'a [f32; MR]>,
    /// Residual of the pixel's channels.
    pub residual: Option<&'a [f32; MR]>,
    /// Lower bound.
    pub min: f32,
    /// Upper bound.
    pub max: f32,
}

/// Finishes and stores the sums of one pixel.
#[inline(always)]
pub fn store<I: Isa>(sums: [I::V; 2], c: &mut [f32; MR], how: Store<'_>) {
    for (half, sum) in sums.into_iter().enumerate() {
        let at = half * LANES;
        let mut v = sum;
        // SAFETY: at + LANES <= MR, the length of c, bias and residual.
        unsafe {
            if how.accumulate {
                v = I::add(I::load(c.as_ptr().add(at)), v);
            }
            if let Some(last) = how.last {
                if let Some(bias) = last.bias {
                    v = I::add(v, I::load(bias.as_ptr().add(at)));
                }
                if let Some(residual) = last.residual {
                    v = I::add(v, I::load(residual.as_ptr().add(at)));
                }
                v = I::min(I::max(v, I::splat(last.min)), I::splat(last.max));
            }
            I::store(c.as_mut_ptr().add(at), v);
        }
    }
}
