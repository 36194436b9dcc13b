//! The tile: `P` pixels by [`MR`] channels accumulated in registers.
#![allow(unsafe_code)]

use super::left::Taps;
use super::{MR, NR};
use crate::simd::{Isa, LANES};

/// Taps between two increments of addresses: offsets of loads are free, increments are not.
const UNROLL: usize = 4;

/// Sums of one tile: two vectors of channels for each pixel.
pub type Sums<V, const P: usize> = [[V; 2]; P];

/// Part of `K`: a pass of `depth` taps, from tap `offset` of run `run` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// The first run.
    pub run: usize,
    /// Where the pass starts in it.
    pub offset: usize,
    /// Taps.
    pub depth: usize,
}

/// `sums[p][m] = sum over k of row p [k] * panel[k][m]` over a pass, in the order of `k` for every
/// element, so that a pixel gets the same bits whichever tile it falls into.
///
/// `rows`: where the rows start in `data`.
///
/// # Panics
/// If a row reaches out of `data`, the pass out of the row, or the panel is shorter than the pass.
#[inline(always)]
pub fn multiply<I: Isa, const P: usize>(
    data: &[f32],
    rows: [usize; P],
    taps: &Taps,
    pass: Depth,
    panel: &[f32],
) -> Sums<I::V, P> {
    const { assert!(P <= NR && MR == 2 * LANES) };
    assert!(panel.len() >= pass.depth * MR);
    let len = taps.run_len();
    assert!(pass.offset <= len && pass.run * len + pass.offset + pass.depth <= taps.count());
    let reach = taps.reach();
    for row in rows {
        assert!(row + reach <= data.len());
    }
    let mut sums = [[I::splat(0.0); 2]; P];
    let (mut run, mut offset, mut left) = (pass.run, pass.offset, pass.depth);
    let mut panel = panel.as_ptr();
    while left > 0 {
        let count = left.min(len - offset);
        let at = taps.run_at(run) + offset;
        // SAFETY: run and offset are within the row, so that `at + count <= reach`, and a row and
        // its reach are within the data. The panel holds MR elements for each of the taps.
        unsafe {
            let rows = rows.map(|row| data.as_ptr().add(row + at));
            add_run::<I, P>(count, rows, panel, &mut sums);
            panel = panel.add(count * MR);
        }
        left -= count;
        run += 1;
        offset = 0;
    }
    sums
}

/// Adds the products of `count` taps.
///
/// # Safety
/// Each row holds `count` elements and the panel `count * MR`.
#[inline(always)]
unsafe fn add_run<I: Isa, const P: usize>(
    count: usize,
    rows: [*const f32; P],
    panel: *const f32,
    sums: &mut Sums<I::V, P>,
) {
    let (mut rows, mut panel, mut left) = (rows, panel, count);
    while left > 0 {
        for tap in 0..UNROLL {
            // SAFETY: `left > tap` taps are still to come.
            unsafe {
                let at = panel.add(tap * MR);
                let (w0, w1) = (I::load(at), I::load(at.add(LANES)));
                for p in 0..P {
                    let x = I::load_splat(rows[p].add(tap));
                    sums[p][0] = I::mul_add(x, w0, sums[p][0]);
                    sums[p][1] = I::mul_add(x, w1, sums[p][1]);
                }
            }
            // A branch after every tap keeps the compiler from computing one sum after the other,
            // for which every element of four taps would have to be in a register.
            if left == tap + 1 {
                return;
            }
        }
        // SAFETY: more than UNROLL taps were left.
        unsafe {
            panel = panel.add(UNROLL * MR);
            rows = rows.map(|row| row.add(UNROLL));
        }
        left -= UNROLL;
    }
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
