//! The tile: `P` pixels by [`MR`] channels accumulated in registers.
#![allow(unsafe_code)]

use super::left::{Left, Taps, Walk};
use super::{Epilogue, MR, VECTORS};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};

/// Taps between two increments of addresses: offsets of loads are free, increments are not.
const UNROLL: usize = 4;

/// Rows of a block at the most.
pub const ROWS: usize = 240;

/// Sums of one tile: the vectors of channels of each pixel.
pub type Sums<V, const P: usize> = [[V; VECTORS]; P];

/// The rows of a block: where each starts, found and checked once for all panels.
pub struct Rows<'a> {
    /// Holds all rows.
    pub(super) data: &'a [f32],
    /// What of it belongs to each, from its start on.
    pub(super) taps: Taps,
    /// Starts of the first `count` rows, all of whose taps lie in `data`.
    pub(super) starts: [usize; ROWS],
    /// Rows of the block.
    pub(super) count: usize,
}

impl<'a> Rows<'a> {
    /// No rows yet.
    pub fn new(a: &Left<'a>) -> Self {
        Rows { data: a.data, taps: a.taps, starts: [0; ROWS], count: 0 }
    }

    /// The next `count` rows of a walk.
    ///
    /// # Panics
    /// If there are more than [`ROWS`], or one reaches out of the data.
    pub fn take(&mut self, count: usize, walk: &mut Walk) {
        self.count = 0;
        let reach = self.taps.reach();
        assert!(reach <= self.data.len());
        for start in &mut self.starts[..count] {
            *start = walk.step();
            assert!(*start <= self.data.len() - reach);
        }
        self.count = count;
    }

    /// Elements of a run.
    pub fn run_len(&self) -> usize {
        self.taps.run_len()
    }

    /// Rows of the block.
    pub fn count(&self) -> usize {
        self.count
    }
}

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

/// `sums[p][m] = sum over k of row first + p [k] * panel[k][m]` over a pass, in the order of `k` for
/// every element, so that a pixel gets the same bits whichever tile it falls into.
///
/// # Panics
/// If there are too few rows, the pass reaches out of a row, or the panel is shorter than the pass.
#[inline(always)]
pub fn multiply<I: Isa, const P: usize>(
    rows: &Rows<'_>,
    first: usize,
    pass: Depth,
    panel: &[f32],
) -> Sums<I::V, P> {
    let Rows { data, taps, starts, count } = rows;
    let len = taps.run_len();
    assert!(first + P <= *count && panel.len() >= pass.depth * MR);
    assert!(pass.offset <= len && pass.run * len + pass.offset + pass.depth <= taps.count());
    let mut sums = [[I::splat(0.0); VECTORS]; P];
    // SAFETY: every start of a row was checked to be in the data.
    let rows: [*const f32; P] =
        core::array::from_fn(|p| unsafe { data.as_ptr().add(starts[first + p]) });
    let (mut run, mut offset, mut left) = (pass.run, pass.offset, pass.depth);
    let mut panel = panel.as_ptr();
    while left > 0 {
        let count = left.min(len - offset);
        let at = taps.run_at(run) + offset;
        // SAFETY: run and offset are within the row, so that `at + count` is within its reach, and
        // every row was checked to have that. The panel holds MR elements for each of the taps.
        unsafe {
            add_run::<I, P>(count, rows.map(|row| row.add(at)), panel, &mut sums);
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
                let w: [I::V; VECTORS] = core::array::from_fn(|v| I::load(at.add(v * LANES)));
                for p in 0..P {
                    let x = I::load_splat(rows[p].add(tap));
                    for v in 0..VECTORS {
                        sums[p][v] = I::mul_add(x, w[v], sums[p][v]);
                    }
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

/// Where the sums of a tile go and what happens to them on the way.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The first pixel.
    pub pixel: usize,
    /// The first of [`MR`] channels.
    pub channel: usize,
    /// Whether these sums are the first over `K`; others are added to what is there.
    pub first: bool,
    /// What the last sums over `K` get.
    pub last: Option<Epilogue<'a>>,
}

/// Finishes and stores the sums of a tile of `V` vectors of channels.
///
/// # Panics
/// If the tile reaches out of `c` or of what the epilogue adds.
#[inline(always)]
pub fn store<I: Isa, const P: usize, const V: usize>(
    mut sums: [[I::V; V]; P],
    to: Target<'_>,
    c: &mut MatMut<'_>,
) {
    let Target { pixel, channel, first, last } = to;
    let (c, step) = c.tile(pixel + P - 1, channel + V * LANES);
    // SAFETY: the tile is within c.
    let at = |p: usize, v: usize| unsafe { c.add((pixel + p) * step + channel + v * LANES) };
    if !first {
        for (p, sums) in sums.iter_mut().enumerate() {
            for (v, sum) in sums.iter_mut().enumerate() {
                // SAFETY: as above.
                *sum = I::add(unsafe { I::load(at(p, v)) }, *sum);
            }
        }
    }
    if let Some(last) = last {
        finish::<I, P, V>(&mut sums, pixel, channel, last);
    }
    for (p, sums) in sums.into_iter().enumerate() {
        for (v, sum) in sums.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { I::store(at(p, v), sum) };
        }
    }
}

/// Adds bias and residual, and clamps.
#[inline(always)]
fn finish<I: Isa, const P: usize, const V: usize>(
    sums: &mut [[I::V; V]; P],
    pixel: usize,
    channel: usize,
    last: Epilogue<'_>,
) {
    let bias = last.bias.map(|bias| &bias[channel..][..V * LANES]);
    let rest = last.residual.map(|rest| rest.tile(pixel + P - 1, channel + V * LANES));
    // SAFETY: references are valid for one element.
    let [min, max] = [&last.min, &last.max].map(|bound| unsafe { I::load_splat(bound) });
    // Conditions outermost: between branches an engine pairs no vectors.
    if let Some(bias) = bias {
        // SAFETY: the slice has V vectors.
        let load = |v: usize| unsafe { I::load(bias.as_ptr().add(v * LANES)) };
        let bias: [I::V; V] = core::array::from_fn(load);
        for sums in sums.iter_mut() {
            sums.iter_mut().zip(bias).for_each(|(sum, bias)| *sum = I::add(*sum, bias));
        }
    }
    if let Some((from, step)) = rest {
        for (p, sums) in sums.iter_mut().enumerate() {
            for (v, sum) in sums.iter_mut().enumerate() {
                // SAFETY: the tile is within the residual.
                let add = unsafe { I::load(from.add((pixel + p) * step + channel + v * LANES)) };
                *sum = I::add(*sum, add);
            }
        }
    }
    sums.iter_mut().flatten().for_each(|sum| *sum = I::clamp(*sum, min, max));
}
