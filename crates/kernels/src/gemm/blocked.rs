//! The blocked product: a part of each matrix at a time, so that what is loaded is used again.

use super::naive::finish;
use super::{Epilogue, KC};
use crate::matrix::MatMut;
use core::array::from_fn;
use core::ops::Range;

/// Pixels, and channels, of a tile: its 16 sums stay in registers, and each element loaded is used
/// 4 times.
const TILE: usize = 4;

/// Pixels of a block: `KC` taps of them are 64 KiB, which stay in the second-level cache.
pub const PIXELS: usize = 64;

/// `C[n][m] = clamp(sum over k of A[n][k] * B[k][m] + bias[m] + residual[n][m])`.
///
/// `a`: `[n][k]`, as many rows as `c` has, [`PIXELS`] at the most if it is to stay in cache. `b`:
/// `[k][m]`. `c`: `[n][m]`; overwritten, never read before it is written.
///
/// The loops, outermost first: passes over [`KC`] taps, tiles of channels, whose part of `b` stays
/// in the first-level cache, tiles of pixels. It names no vectors, but the compiler makes some of a
/// tile's channels where the variant has them.
///
/// # Panics
/// If `a`, a bias or a residual is too short; `k` follows from the length of `b`.
pub fn gemm(a: &[f32], b: &[f32], c: &mut MatMut<'_>, epilogue: Epilogue<'_>) {
    let (n, m) = (c.rows(), c.cols());
    if n == 0 || m == 0 {
        return;
    }
    let k = b.len() / m;
    for start in (0..k).step_by(KC) {
        let taps = start..(start + KC).min(k);
        each_tile(m, |channel, wide| {
            each_tile(n, |pixel, high| {
                let at = [pixel, channel];
                match (high, wide) {
                    (true, true) => tile::<TILE, TILE>(a, b, at, taps.clone(), c),
                    (true, false) => tile::<TILE, 1>(a, b, at, taps.clone(), c),
                    (false, true) => tile::<1, TILE>(a, b, at, taps.clone(), c),
                    (false, false) => tile::<1, 1>(a, b, at, taps.clone(), c),
                }
            });
        });
    }
    for pixel in 0..n {
        for (channel, c) in c.row(pixel).iter_mut().enumerate() {
            *c = finish(if k == 0 { 0.0 } else { *c }, pixel, channel, epilogue);
        }
    }
}

/// Where tiles start, and whether they are whole ones or, at the end, single elements.
fn each_tile(len: usize, mut visit: impl FnMut(usize, bool)) {
    let whole = len - len % TILE;
    (0..whole).step_by(TILE).for_each(|at| visit(at, true));
    (whole..len).for_each(|at| visit(at, false));
}

/// The sums over `taps` of `P` pixels by `M` channels, written on the first pass, else added.
fn tile<const P: usize, const M: usize>(
    a: &[f32],
    b: &[f32],
    [pixel, channel]: [usize; 2],
    taps: Range<usize>,
    c: &mut MatMut<'_>,
) {
    let m = c.cols();
    let k = b.len() / m;
    let a: [&[f32]; P] = from_fn(|p| &a[(pixel + p) * k..][..k][taps.clone()]);
    let mut sums = [[0.0; M]; P];
    for (tap, b) in b[taps.start * m..taps.end * m].chunks_exact(m).enumerate() {
        let b: [f32; M] = from_fn(|v| b[channel + v]);
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = a[tap];
            sums.iter_mut().zip(b).for_each(|(sum, b)| *sum += a * b);
        }
    }
    for (p, sums) in sums.into_iter().enumerate() {
        let c = &mut c.row(pixel + p)[channel..][..M];
        for (c, sum) in c.iter_mut().zip(sums) {
            *c = if taps.start == 0 { sum } else { *c + sum };
        }
    }
}
