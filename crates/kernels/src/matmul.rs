//! Products of two tensors of matrices: `y[b][n][m] = sum over k of A[b][n][k] * B[b][k][m]`.
//!
//! In reading order: 0 [`reference()`], one element at a time; 1 [`matmul`], which lays each `B` out
//! in panels and runs the loops of [`crate::gemm`]. Where a matrix meets many, it is laid out anew
//! for each: that is one of N parts of the product.

use crate::gemm::left::Left;
use crate::gemm::{Epilogue, MR, packed};
use crate::matrix::MatMut;
use crate::simd::Isa;
use crate::team::{Grid, Team};
use core::ops::Range;

/// Sizes of the matrices, and where they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatMul {
    /// Where each pair of matrices starts in its tensor; as many pairs as products.
    pub starts: Vec<[usize; 2]>,
    /// N
    pub n: usize,
    /// K
    pub k: usize,
    /// M
    pub m: usize,
    /// Whether each B lies as `[M, K]`.
    pub transposed: bool,
}

impl MatMul {
    /// Elements of scratch that each thread needs: one B in panels. None where they overflow.
    pub fn scratch(&self) -> Option<usize> {
        self.m.checked_next_multiple_of(MR)?.checked_mul(self.k)
    }

    fn b_at(&self, k: usize, m: usize) -> usize {
        if self.transposed { m * self.k + k } else { k * self.m + m }
    }

    /// `b` in panels of [`MR`] columns, missing ones zero.
    pub(crate) fn pack(&self, b: &[f32], panels: &mut [f32]) {
        for (panel, columns) in panels.chunks_exact_mut(self.k * MR).zip((0..self.m).step_by(MR)) {
            let width = MR.min(self.m - columns);
            for (k, lanes) in panel.chunks_exact_mut(MR).enumerate() {
                lanes[width..].fill(0.0);
                let first = self.b_at(k, columns);
                if self.transposed {
                    let column = b[first..].iter().step_by(self.k);
                    lanes[..width].iter_mut().zip(column).for_each(|(lane, &b)| *lane = b);
                } else {
                    lanes[..width].copy_from_slice(&b[first..][..width]);
                }
            }
        }
    }

    /// Rows of one product.
    fn product<I: Isa>(
        &self,
        [a, b]: [&[f32]; 2],
        rows: Range<usize>,
        y: &mut MatMut<'_>,
        panels: &mut [f32],
    ) {
        self.pack(b, panels);
        let block = packed::block_rows(rows.len(), self.k + self.m);
        for at in (0..rows.len()).step_by(block) {
            let left = Left::matrix(&a[(rows.start + at) * self.k..], self.k, self.k);
            let mut y = y.block(at..(at + block).min(rows.len()), 0..self.m);
            multiply::<I>(&left, panels, &mut y);
        }
    }
}

/// `y` = `left` times what the panels hold. Not inlined: loops as large as these stand in a module once.
#[inline(never)]
pub(crate) fn multiply<I: Isa>(left: &Left<'_>, panels: &[f32], y: &mut MatMut<'_>) {
    packed::gemm::<I>(left, panels, y, Epilogue::NONE);
}

/// Version 0: each sum in f64, rounded once. `a` and `b` are the tensors that [`MatMul::starts`]
/// points into; `y` is `[products, N, M]`.
pub fn reference(matmul: &MatMul, a: &[f32], b: &[f32], y: &mut [f32]) {
    let MatMul { starts, n, k, m, .. } = matmul;
    for (i, y) in y.iter_mut().enumerate() {
        let ([a_start, b_start], row, column) = (starts[i / (n * m)], i / m % n, i % m);
        let term = |at: usize| {
            let (a, b) = (a[a_start + row * k + at], b[b_start + matmul.b_at(at, column)]);
            f64::from(a) * f64::from(b)
        };
        *y = (0..*k).map(term).sum::<f64>() as f32;
    }
}

/// Version 1. `a` and `b` are the tensors that [`MatMul::starts`] points into. `y` is
/// `[products, N, M]`, dirty; `scratch` has [`MatMul::scratch`] elements for each thread, dirty. N,
/// K and M are at least 1. The bits do not depend on the number of threads.
///
/// # Panics
/// If `a`, `y` or `scratch` is too short.
pub fn matmul<I: Isa>(
    matmul: &MatMul,
    a: &[f32],
    b: &[f32],
    y: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let MatMul { starts, n, k, m, .. } = matmul;
    let each = m.next_multiple_of(MR) * k;
    let work = starts.len() * n * k * m;
    // One product is shared out by its rows, several one by one.
    let unit = if starts.len() == 1 { 1 } else { *n };
    let grid = Grid::rows(team, starts.len() * n / unit, work);
    let place = |[units, _]: &[Range<usize>; 2]| [units.start * unit..units.end * unit, 0..*m];
    team.split(grid, MatMut::new(y, *m), (scratch, each), place, |[units, _], mut y, panels| {
        let rows = units.start * unit..units.end * unit;
        let mut done = 0;
        while done < rows.len() {
            let first = rows.start + done;
            let [a_start, b_start] = starts[first / n];
            let count = (n - first % n).min(rows.len() - done);
            let mut y = y.block(done..done + count, 0..*m);
            let some = first % n..first % n + count;
            matmul.product::<I>([&a[a_start..], &b[b_start..]], some, &mut y, panels);
            done += count;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Native;
    use crate::testing::{Random, assert_close};

    fn check(products: &MatMul, a_len: usize, b_len: usize) {
        let MatMul { starts, n, k, m, .. } = products;
        let a = Random::new((n * 7 + k) as u64).vector(a_len);
        let b = Random::new((m * 5 + k) as u64).vector(b_len);
        let mut expected = vec![f32::NAN; starts.len() * n * m];
        reference(products, &a, &b, &mut expected);
        let mut bits: Option<Vec<u32>> = None;
        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
            let mut y = vec![f32::NAN; expected.len()];
            let mut scratch = vec![f32::NAN; products.scratch().unwrap() * team.threads()];
            matmul::<Native>(products, &a, &b, &mut y, &mut scratch, &team);
            assert_close(&y, &expected, *k);
            let own: Vec<u32> = y.iter().map(|y| y.to_bits()).collect();
            assert_eq!(bits.get_or_insert_with(|| own.clone()), &own, "{} threads", team.threads());
        }
    }

    #[test]
    fn products_of_every_size() {
        for transposed in [false, true] {
            for n in [1, 3, 4, 5, 6, 7, 25] {
                for k in [1, 2, 63, 256, 257] {
                    for m in [1, 7, 8, 9, 17] {
                        let starts = vec![[0, 0]];
                        check(&MatMul { starts, n, k, m, transposed }, n * k, k * m);
                    }
                }
            }
        }
    }

    #[test]
    fn matrices_that_meet_many_others() {
        for transposed in [false, true] {
            let (n, k, m) = (5, 9, 11);
            let starts = vec![[0, 0], [0, k * m], [n * k, 0], [n * k, k * m], [0, 0]];
            check(&MatMul { starts, n, k, m, transposed }, 2 * n * k, 2 * k * m);
        }
    }
}
