//! The loops around the tile.

use super::lanes::{finish, get, put};
use super::left::{Left, Walk};
use super::microkernel::{Depth, Last, Store, Sums, multiply, store};
use super::{Epilogue, KC, MR, NR};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};
use core::ops::Range;

/// Elements of `A` and `C` of a block: 512 KiB stay in the second-level cache.
const BLOCK: usize = 128 << 10;

/// Elements of B that all stay near, in the second-level cache, while a few pixels at a time pass
/// over them: rows of `c` are then written from start to end, as memory likes it.
const NEAR: usize = 64 << 10;
/// Those pixels.
const NB: usize = 2 * NR;

/// Rows of a block, for rows of `A` and `C` that have `len` elements together: as many as stay in
/// cache, evenly divided, whole tiles.
pub fn block_rows(rows: usize, len: usize) -> usize {
    let most = (BLOCK / len.max(1)).max(4 * NR);
    let blocks = rows.div_ceil(most).max(1);
    rows.div_ceil(blocks).next_multiple_of(NR).min(rows.max(1))
}

/// `C[n][m] = clamp(sum over k of A[n][k] * B[m][k] + bias[m] + residual[n][m])`.
///
/// `a`: as many rows as `c` has. `panels`: B as [`crate::filter`] lays it out, `[m / MR][k][MR]`,
/// missing channels zero. `c`: `[n][m]`; overwritten, never read before it is written.
///
/// The loops, outermost first: panels of channels, passes over `K`, tiles of pixels. `a` is read
/// once per panel: with `c` it should fit the second-level cache (the caller chooses `n`). Where
/// all of B does, blocks of a few pixels are the outermost loop.
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm<I: Isa>(a: &Left<'_>, panels: &[f32], c: &mut MatMut<'_>, epilogue: Epilogue<'_>) {
    let (n, m, k) = (c.rows(), c.cols(), a.taps.count());
    if n == 0 || m == 0 {
        return;
    }
    assert!(panels.len() >= m.div_ceil(MR) * MR * k);
    let run_len = a.taps.run_len().max(1);
    let (block, mut walk) = (if m * k <= NEAR { NB } else { n }, a.walk);
    for first in (0..n).step_by(block) {
        let pixels = first..n.min(first + block);
        for channel in (0..m).step_by(MR) {
            // K = 0 still needs one pass, which stores the bias.
            for start in (0..k.max(1)).step_by(KC) {
                let depth = KC.min(k - start);
                let pass = Depth { run: start / run_len, offset: start % run_len, depth };
                let panel = &panels[channel * k + start * MR..][..depth * MR];
                let (first, last) = (start == 0, start + depth == k);
                let column = Column { a, pass, first, last, channel, panel, epilogue };
                column.tiles::<I>(pixels.clone(), walk, c);
            }
        }
        pixels.for_each(|_| _ = walk.step());
    }
}

/// What all tiles of one panel in one pass share.
struct Column<'a> {
    a: &'a Left<'a>,
    pass: Depth,
    first: bool,
    last: bool,
    channel: usize,
    panel: &'a [f32],
    epilogue: Epilogue<'a>,
}

impl Column<'_> {
    #[inline(always)]
    fn tiles<I: Isa>(&self, pixels: Range<usize>, mut walk: Walk, c: &mut MatMut<'_>) {
        let mut pixel = pixels.start;
        while pixel + NR <= pixels.end {
            self.tile::<I, NR>(pixel, &mut walk, c);
            pixel += NR;
        }
        match pixels.end - pixel {
            1 => self.tile::<I, 1>(pixel, &mut walk, c),
            2 => self.tile::<I, 2>(pixel, &mut walk, c),
            3 => self.tile::<I, 3>(pixel, &mut walk, c),
            _ => {}
        }
    }

    #[inline(always)]
    fn tile<I: Isa, const P: usize>(&self, pixel: usize, walk: &mut Walk, c: &mut MatMut<'_>) {
        let rows = core::array::from_fn(|_| walk.step());
        let Left { data, taps, .. } = self.a;
        let sums: Sums<I::V, P> = multiply::<I, P>(data, rows, taps, self.pass, self.panel);
        for (p, sums) in sums.into_iter().enumerate() {
            let row = c.row(pixel + p);
            match row[self.channel..].first_chunk_mut::<MR>() {
                Some(whole) => self.whole::<I>(sums, pixel + p, whole),
                None => self.partial::<I>(sums, pixel + p, row),
            }
        }
    }

    #[inline(always)]
    fn whole<I: Isa>(&self, sums: [I::V; 2], pixel: usize, c: &mut [f32; MR]) {
        let Epilogue { bias, residual, min, max } = self.epilogue;
        let last = self.last.then_some(Last {
            bias: bias.and_then(|bias| bias[self.channel..].first_chunk()),
            residual: residual.and_then(|rest| rest.row(pixel)[self.channel..].first_chunk()),
            min,
            max,
        });
        store::<I>(sums, c, Store { accumulate: !self.first, last });
    }

    /// The last panel when `m` is no multiple of [`MR`]: the same arithmetic, a vector at a time.
    #[inline(never)]
    fn partial<I: Isa>(&self, sums: [I::V; 2], pixel: usize, row: &mut [f32]) {
        let channels = (self.channel..row.len()).step_by(LANES);
        for (sum, c) in sums.into_iter().zip(channels) {
            let sum = if self.first { sum } else { I::add(get::<I>(&row[c..]), sum) };
            if self.last {
                finish::<I>(sum, pixel, c, &self.epilogue, row);
            } else {
                put::<I>(sum, &mut row[c..]);
            }
        }
    }
}
