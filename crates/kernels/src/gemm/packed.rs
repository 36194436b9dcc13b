//! The loops around the tile.

use super::microkernel::{Last, Store, Sums, multiply, store};
use super::{Dims, Epilogue, KC, MR, NR};
use crate::simd::Isa;

/// `C[n][m] = clamp(sum over k of A[n][k] * B[m][k] + bias[m] + residual[n][m])`.
///
/// `a`: `[n]` rows of `k`, `lda` apart. `panels`: B as [`crate::filter`] lays it out,
/// `[m / MR][k][MR]`, missing channels zero. `c`: `[n]` rows of `m`, `ldc` apart; overwritten, never
/// read before it is written. `epilogue.residual` starts at the same element as `c`.
///
/// The loops, outermost first: passes over `K`, panels of channels, tiles of pixels. `a` is read
/// once per panel and should fit the second-level cache (the caller chooses `n`).
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm<I: Isa>(dims: Dims, a: &[f32], panels: &[f32], c: &mut [f32], epilogue: Epilogue<'_>) {
    let Dims { m, n, k, .. } = dims;
    if n == 0 || m == 0 {
        return;
    }
    assert!(panels.len() >= m.div_ceil(MR) * MR * k);
    // K = 0 still needs one pass, which stores the bias.
    for start in (0..k.max(1)).step_by(KC) {
        let depth = KC.min(k - start);
        let pass = Pass { start, depth, first: start == 0, last: start + depth == k };
        for channel in (0..m).step_by(MR) {
            let panel = &panels[channel * k + start * MR..][..depth * MR];
            let column = Column { dims, pass, channel, panel, epilogue };
            let mut pixel = 0;
            while pixel + NR <= n {
                column.tile::<I, NR>(pixel, a, c);
                pixel += NR;
            }
            match n - pixel {
                1 => column.tile::<I, 1>(pixel, a, c),
                2 => column.tile::<I, 2>(pixel, a, c),
                3 => column.tile::<I, 3>(pixel, a, c),
                _ => {}
            }
        }
    }
}

/// One pass over part of `K`.
#[derive(Clone, Copy)]
struct Pass {
    start: usize,
    depth: usize,
    first: bool,
    last: bool,
}

/// What all tiles of one panel in one pass share.
#[derive(Clone, Copy)]
struct Column<'a> {
    dims: Dims,
    pass: Pass,
    channel: usize,
    panel: &'a [f32],
    epilogue: Epilogue<'a>,
}

impl Column<'_> {
    #[inline(always)]
    fn tile<I: Isa, const P: usize>(&self, pixel: usize, a: &[f32], c: &mut [f32]) {
        let Dims { m, lda, ldc, .. } = self.dims;
        let Pass { start, depth, .. } = self.pass;
        let rows = core::array::from_fn(|p| &a[(pixel + p) * lda + start..][..depth]);
        let sums: Sums<I::V, P> = multiply::<I, P>(depth, rows, self.panel);
        let channels = MR.min(m - self.channel);
        for (p, sums) in sums.into_iter().enumerate() {
            let at = (pixel + p) * ldc + self.channel;
            let c = &mut c[at..][..channels];
            let residual = self.epilogue.residual.map(|residual| &residual[at..][..channels]);
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
        let last = self.pass.last.then_some(Last { bias, residual, min, max });
        Store { accumulate: !self.pass.first, last }
    }
}

fn padded(values: &[f32]) -> [f32; MR] {
    let mut whole = [0.0; MR];
    whole[..values.len()].copy_from_slice(values);
    whole
}
