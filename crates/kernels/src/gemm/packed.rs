//! The loops around the tile.

use super::left::{Left, Walk};
use super::microkernel::{Depth, Last, Store, Sums, multiply, store};
use super::{Epilogue, KC, MR, NR};
use crate::matrix::MatMut;
use crate::simd::Isa;
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
        pixels.for_each(|_| _ = walk.next());
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
        let rows = core::array::from_fn(|_| walk.next());
        let Left { data, taps, .. } = self.a;
        let sums: Sums<I::V, P> = multiply::<I, P>(data, rows, taps, self.pass, self.panel);
        let channels = MR.min(c.cols() - self.channel);
        for (p, sums) in sums.into_iter().enumerate() {
            let c = &mut c.row(pixel + p)[self.channel..][..channels];
            let residual =
                self.epilogue.residual.map(|rest| &rest.row(pixel + p)[self.channel..][..channels]);
            match c.first_chunk_mut::<MR>() {
                Some(c) => self.whole::<I>(sums, c, residual),
                None => self.partial::<I>(sums, c, residual),
            }
        }
    }

    #[inline(always)]
    fn whole<I: Isa>(&self, sums: [I::V; 2], c: &mut [f32; MR], residual: Option<&[f32]>) {
        let bias = self.epilogue.bias.and_then(|bias| bias[self.channel..].first_chunk());
        let residual = residual.and_then(<[f32]>::first_chunk);
        store::<I>(sums, c, self.how(bias, residual));
    }

    /// The last panel when `m` is no multiple of [`MR`]: the same arithmetic on padded copies.
    #[cold]
    #[inline(never)]
    fn partial<I: Isa>(&self, sums: [I::V; 2], c: &mut [f32], residual: Option<&[f32]>) {
        let bias = self.epilogue.bias.map(|bias| padded(&bias[self.channel..]));
        let residual = residual.map(padded);
        let mut whole = padded(c);
        store::<I>(sums, &mut whole, self.how(bias.as_ref(), residual.as_ref()));
        c.copy_from_slice(&whole[..c.len()]);
    }

    #[inline(always)]
    fn how<'a>(&self, bias: Option<&'a [f32; MR]>, residual: Option<&'a [f32; MR]>) -> Store<'a> {
        let Epilogue { min, max, .. } = self.epilogue;
        let last = self.last.then_some(Last { bias, residual, min, max });
        Store { accumulate: !self.first, last }
    }
}

fn padded(values: &[f32]) -> [f32; MR] {
    let mut whole = [0.0; MR];
    whole[..values.len()].copy_from_slice(values);
    whole
}
