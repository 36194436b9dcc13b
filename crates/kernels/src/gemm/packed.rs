//! The loops around the tile.

use super::lanes::{finish, get, put};
use super::left::Left;
use super::microkernel::{Depth, ROWS, Rows, Sums, Target, multiply, store};
use super::{Epilogue, KC, MR, NR, VECTORS};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES, PAIRED};

/// Elements of `A` and `C` of a block: 512 KiB stay in the second-level cache.
const BLOCK: usize = 128 << 10;

/// B of up to this many elements stays in L2: pixels are the outer loop then, [`NB`] at a time, and
/// rows of `c` are written from start to end.
const MAX_B_IN_L2: usize = 64 << 10;
/// Vectors of half a panel, which is often what is left of wide ones.
const HALF: usize = VECTORS / 2;
/// Pixels at a time.
const NB: usize = 24;

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
    let (mut rows, mut walk) = (Rows::new(a), a.walk);
    let epilogue = (!epilogue.is_plain()).then_some(epilogue);
    let block = if m * k <= MAX_B_IN_L2 { NB } else { ROWS };
    for pixel in (0..n).step_by(block) {
        rows.take(block.min(n - pixel), &mut walk);
        for channel in (0..m).step_by(MR) {
            let panel = &panels[channel * k..][..k * MR];
            let column = Column { rows: &rows, pixel, channel, panel, epilogue };
            // K = 0 still needs one pass, which stores the bias.
            for start in (0..k.max(1)).step_by(KC) {
                column.pass::<I>(start, KC.min(k - start), c);
            }
        }
    }
}

/// What all tiles of one panel and block share.
struct Column<'a> {
    rows: &'a Rows<'a>,
    pixel: usize,
    channel: usize,
    panel: &'a [f32],
    epilogue: Option<Epilogue<'a>>,
}

/// One pass over part of `K`.
#[derive(Clone, Copy)]
struct Pass<'a> {
    depth: Depth,
    panel: &'a [f32],
    first: bool,
    last: bool,
}

impl Column<'_> {
    #[inline(always)]
    fn pass<I: Isa>(&self, start: usize, depth: usize, c: &mut MatMut<'_>) {
        let len = self.rows.run_len();
        let (run, offset) = if start == 0 { (0, 0) } else { (start / len, start % len) };
        let panel = &self.panel[start * MR..][..depth * MR];
        let (first, last) = (start == 0, (start + depth) * MR == self.panel.len());
        let pass = Pass { depth: Depth { run, offset, depth }, panel, first, last };
        let (count, mut at) = (self.rows.count(), 0);
        // Tiles of nearly equal size: a last one of a single pixel would take as long as any.
        for left in (1..=count.div_ceil(NR)).rev() {
            let size = (count - at).div_ceil(left);
            match size {
                1 => self.tile::<I, 1>(at, pass, c),
                2 => self.tile::<I, 2>(at, pass, c),
                3 => self.tile::<I, 3>(at, pass, c),
                4 => self.tile::<I, 4>(at, pass, c),
                5 if NR > 4 => self.tile::<I, 5>(at, pass, c),
                _ => self.tile::<I, NR>(at, pass, c),
            }
            at += size;
        }
    }

    #[inline(always)]
    fn tile<I: Isa, const P: usize>(&self, at: usize, pass: Pass<'_>, c: &mut MatMut<'_>) {
        let sums: Sums<I::V, P> = multiply::<I, P>(self.rows, at, pass.depth, pass.panel);
        let last = self.epilogue.filter(|_| pass.last);
        let (pixel, channel, first) = (self.pixel + at, self.channel, pass.first);
        let target = Target { pixel, channel, first, last };
        if channel + MR <= c.cols() {
            return store::<I, P, VECTORS>(sums, target, c);
        }
        if PAIRED && channel + HALF * LANES == c.cols() {
            let half = sums.map(|sums| core::array::from_fn(|v| sums[v]));
            return store::<I, P, HALF>(half, target, c);
        }
        for (p, sums) in sums.into_iter().enumerate() {
            partial::<I>(sums, pixel + p, &target, c);
        }
    }
}

/// The last panel when `m` is no multiple of [`MR`]: the same arithmetic, a vector at a time.
#[inline(never)]
fn partial<I: Isa>(sums: [I::V; VECTORS], pixel: usize, to: &Target<'_>, c: &mut MatMut<'_>) {
    let row = c.row(pixel);
    let channels = (to.channel..row.len()).step_by(LANES);
    for (sum, c) in sums.into_iter().zip(channels) {
        let sum = if to.first { sum } else { I::add(get::<I>(&row[c..]), sum) };
        match to.last {
            Some(last) => finish::<I>(sum, pixel, c, &last, row),
            None => put::<I>(sum, &mut row[c..]),
        }
    }
}
