//! The product with the sum over pixels, `C[k][m] = sum over n of A[n][k] * B[n][m]`: a sum of
//! outer products, which is the gradient of a layer's weights.
//!
//! Both matrices are read along their rows, as they lie. `A` may be the windows of an image
//! ([`super::left`]). `B` is copied a panel of [`MR`] channels and a block of pixels at a time, with
//! zeros for missing channels: 8 KiB at the most, which stay in the first-level cache while all
//! elements of a window pass over them.
#![allow(unsafe_code)]

use super::lanes::{get, put};
use super::left::Left;
use super::microkernel::{ROWS, Rows, Sums, Target, store};
use super::{MR, NR, VECTORS};
use crate::matrix::{Mat, MatMut};
use crate::simd::{Isa, LANES};
use core::ops::Range;

/// Rows of `C` of a tile at the most: as many as pixels of the other product's tile, for the same
/// reason.
pub const KR: usize = NR;

/// Elements of `C` that stay in the second-level cache from one panel to the next, which shares
/// cache lines with it.
const NEAR: usize = 32 << 10;
/// Rows of `C` for which a panel is copied at the least, so that copying costs less than it saves,
/// and at the most.
const MIN_BLOCK: usize = 32;
const MAX_BLOCK: usize = 240;

/// `C[k][m] (+)= sum over n < pixels of A[n][k] * B[n][m]` for the elements `k` of a row of `A`.
///
/// `a`: `pixels` rows or more. `b`: `[pixels][m]`. `c`: a row for each element of `k`, `[m]`;
/// overwritten where this sum is the `first`, added to otherwise. Sums run over blocks of at most
/// [`ROWS`] pixels, which are then added in order: an element has the same bits whatever `k` and
/// columns are computed with it, and an error of `(ROWS + pixels / ROWS) * epsilon`.
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm<I: Isa>(
    a: &Left<'_>,
    k: Range<usize>,
    b: Mat<'_>,
    pixels: usize,
    first: bool,
    c: &mut MatMut<'_>,
) {
    let (m, mut first) = (c.cols(), first);
    assert!(k.end <= a.taps.count() && c.rows() == k.len());
    if pixels == 0 && first {
        (0..c.rows()).for_each(|row| c.row(row).fill(0.0));
    }
    let block = (NEAR / m.max(1)).clamp(MIN_BLOCK, MAX_BLOCK).next_multiple_of(KR);
    let (mut rows, mut walk, mut panel) = (Rows::new(a), a.walk, [0.0; ROWS * MR]);
    let mut pixel = 0;
    // Blocks of nearly equal size.
    for left in (1..=pixels.div_ceil(ROWS)).rev() {
        let count = (pixels - pixel).div_ceil(left);
        rows.take(count, &mut walk);
        for start in k.clone().step_by(block) {
            let part = start..(start + block).min(k.end);
            let mut c = c.block(part.start - k.start..part.end - k.start, 0..m);
            for channel in (0..m).step_by(MR) {
                let panel = &mut panel[..count * MR];
                pack::<I>(&b, pixel, channel..(channel + MR).min(m), panel);
                column::<I>(&rows, part.clone(), panel, (channel, first), &mut c);
            }
        }
        pixel += count;
        first = false;
    }
}

/// Copies the `channels` of the pixels from `first` on, between zeros, to `panel` `[pixels][MR]`.
fn pack<I: Isa>(b: &Mat<'_>, first: usize, channels: Range<usize>, panel: &mut [f32]) {
    for (pixel, to) in panel.chunks_exact_mut(MR).enumerate() {
        copy_lanes::<I>(&b.row(first + pixel)[channels.clone()], to);
    }
}

/// Copies the first [`MR`] elements, zeros where `from` is shorter; it has one at least.
#[inline(always)]
pub fn copy_lanes<I: Isa>(from: &[f32], to: &mut [f32]) {
    for (v, to) in to.chunks_exact_mut(LANES).enumerate() {
        match from.get(v * LANES..).filter(|rest| !rest.is_empty()) {
            Some(rest) => put::<I>(get::<I>(rest), to),
            None => put::<I>(I::splat(0.0), to),
        }
    }
}

/// All elements of a panel: tiles of nearly equal size along each run.
fn column<I: Isa>(
    rows: &Rows<'_>,
    k: Range<usize>,
    panel: &[f32],
    (channel, first): (usize, bool),
    c: &mut MatMut<'_>,
) {
    let (len, mut at) = (rows.run_len(), k.start);
    while at < k.end {
        let (run, offset) = (at / len, at % len);
        let end = at + (len - offset).min(k.end - at);
        let mut start = rows.taps.run_at(run) + offset;
        for left in (1..=(end - at).div_ceil(KR)).rev() {
            let size = (end - at).div_ceil(left);
            let target = Target { pixel: at - k.start, channel, first, last: None };
            match size {
                1 => tile::<I, 1>(rows, start, panel, target, c),
                2 => tile::<I, 2>(rows, start, panel, target, c),
                3 => tile::<I, 3>(rows, start, panel, target, c),
                4 => tile::<I, 4>(rows, start, panel, target, c),
                5 if KR > 4 => tile::<I, 5>(rows, start, panel, target, c),
                _ => tile::<I, KR>(rows, start, panel, target, c),
            }
            (at, start) = (at + size, start + size);
        }
    }
}

#[inline(always)]
fn tile<I: Isa, const K: usize>(
    rows: &Rows<'_>,
    start: usize,
    panel: &[f32],
    to: Target<'_>,
    c: &mut MatMut<'_>,
) {
    let sums: Sums<I::V, K> = multiply::<I, K>(rows, start, panel);
    if to.channel + MR <= c.cols() {
        return store::<I, K, VECTORS>(sums, to, c);
    }
    for (k, sums) in sums.into_iter().enumerate() {
        let row = c.row(to.pixel + k);
        for (sum, channel) in sums.into_iter().zip((to.channel..row.len()).step_by(LANES)) {
            let part = &mut row[channel..];
            put::<I>(if to.first { sum } else { I::add(get::<I>(part), sum) }, part);
        }
    }
}

/// `sums[k][m] = sum over the rows of row[start + k] * panel[row][m]`, in order of the rows.
///
/// # Panics
/// If the elements reach out of a row or the panel is shorter than the rows are many.
#[inline(always)]
fn multiply<I: Isa, const K: usize>(rows: &Rows<'_>, start: usize, panel: &[f32]) -> Sums<I::V, K> {
    assert!(start + K <= rows.taps.reach() && panel.len() >= rows.count * MR);
    let mut sums = [[I::splat(0.0); VECTORS]; K];
    let mut panel = panel.as_ptr();
    let data = rows.data.as_ptr();
    for &row in &rows.starts[..rows.count] {
        // SAFETY: every row was checked to have its reach within the data, and K elements from
        // `start` on are within that. The panel holds MR elements for each of the rows.
        unsafe {
            let a = data.add(row + start);
            let b: [I::V; VECTORS] = core::array::from_fn(|v| I::load(panel.add(v * LANES)));
            for (k, sums) in sums.iter_mut().enumerate() {
                let a = I::load_splat(a.add(k));
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum = I::mul_add(a, b, *sum);
                }
            }
            panel = panel.add(MR);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Native;
    use crate::testing::{Random, assert_close};

    /// `C[k][m]` in f64, element by element.
    fn reference(a: &[f32], b: &[f32], [n, k, m]: [usize; 3]) -> Vec<f32> {
        let element = |at: usize| {
            let (row, column) = (at / m, at % m);
            (0..n).map(|n| f64::from(a[n * k + row]) * f64::from(b[n * m + column])).sum::<f64>()
        };
        (0..k * m).map(|at| element(at) as f32).collect()
    }

    fn check(n: usize, k: usize, m: usize) {
        let mut random = Random::new((n * 31 + k) as u64);
        let (a, b) = (random.vector(n * k), random.vector(n * m));
        let expected = reference(&a, &b, [n, k, m]);
        let left = Left::matrix(&a, k, k);
        let right = Mat::new(&b, m, m);
        let mut c = vec![f32::NAN; k * m];
        gemm::<Native>(&left, 0..k, right, n, true, &mut MatMut::new(&mut c, m));
        assert_close(&c, &expected, n);

        // Any part by itself has the same bits.
        let (rows, cols) = (k / 3..k - k / 4, m / 3..m);
        let mut part = vec![f32::NAN; rows.len() * cols.len()];
        let right = right.block(0..n, cols.clone());
        let mut into = MatMut::new(&mut part, cols.len());
        gemm::<Native>(&left, rows.clone(), right, n, true, &mut into);
        for (row, part) in rows.zip(part.chunks(cols.len())) {
            assert_eq!(part, &c[row * m..][cols.clone()], "row {row} of {n} {k} {m}");
        }

        let mut twice = c.clone();
        gemm::<Native>(&left, 0..k, Mat::new(&b, m, m), n, false, &mut MatMut::new(&mut twice, m));
        assert_close(&twice, &c.iter().map(|c| c + c).collect::<Vec<_>>(), 2 * n);
    }

    #[test]
    fn agrees_with_the_formula_around_the_tile() {
        for n in [1, 2, 3] {
            for k in 1..=2 * KR + 1 {
                (1..=2 * MR + 1).for_each(|m| check(n, k, m));
            }
        }
        for n in [ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 1] {
            [(1, 1), (KR + 1, MR), (7, MR + 3)].iter().for_each(|&(k, m)| check(n, k, m));
        }
    }

    #[test]
    fn no_pixels_give_zeros() {
        let mut c = [f32::NAN; 6];
        let (left, right) = (Left::matrix(&[], 2, 2), Mat::new(&[], 3, 3));
        gemm::<Native>(&left, 0..2, right, 0, true, &mut MatMut::new(&mut c, 3));
        assert_eq!(c, [0.0; 6]);
    }
}
