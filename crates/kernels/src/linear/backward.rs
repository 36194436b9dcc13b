//! The gradients of a fully connected layer: three products of its matrices.
//!
//! 0. [`naive_weight_gradient`], [`naive_input_gradient`]: the formulas.
//! 1. [`weight_gradient`]: `dW = dY^T X`, a sum of outer products ([`crate::gemm::outer`]).
//! 2. [`input_gradient`]: `dX = dY W`. Of many rows, the packed product; of a few, for which packing
//!    would cost as much as multiplying, `W` is read once, as it lies.
//!
//! The gradient of the bias is [`crate::column_sums`]. Threads share out elements of the result: the
//! bits do not depend on their number.

use crate::error::{Code, Error, checked_len};
use crate::gemm::left::Left;
use crate::gemm::outer::{self, KR};
use crate::gemm::{Epilogue, MR, packed};
use crate::matrix::{Mat, MatMut};
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team, Units};

/// The most rows of `dY` that are multiplied with `W` as it lies.
const FEW: usize = 4;

/// Rows of `W` that are added together: an element of `dX` that was loaded takes so many.
const TOGETHER: usize = 4;

/// Multiply-adds that an element costs which every thread copies.
const TRAFFIC: usize = 4;

/// The sizes of a fully connected layer: `rows` of `c` features to rows of `oc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    rows: usize,
    c: usize,
    oc: usize,
}

impl Shape {
    /// Fails with [`Code::Geometry`] where there are no features, with [`Code::Shape`] where memory
    /// cannot address a matrix.
    pub fn new(rows: usize, c: usize, oc: usize) -> Result<Self, Error> {
        if c == 0 || oc == 0 {
            let message = format!("a linear layer of {c} to {oc} features");
            return Err(Error::new(Code::Geometry, message));
        }
        checked_len("x", &[rows, c, size_of::<f32>()])?;
        checked_len("y", &[rows, oc, size_of::<f32>()])?;
        checked_len("weights", &[oc, c, MR, size_of::<f32>()])?;
        Ok(Shape { rows, c, oc })
    }

    fn work(&self) -> usize {
        self.rows.saturating_mul(self.c * self.oc)
    }
}

/// `dw[oc][c] = sum over n of dy[n][oc] * x[n][c]`, in f64; shapes as in [`weight_gradient`].
pub fn naive_weight_gradient(shape: &Shape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    for (at, dw) in dw.iter_mut().enumerate() {
        let (oc, c) = (at / shape.c, at % shape.c);
        let product = |n: usize| f64::from(dy[n * shape.oc + oc]) * f64::from(x[n * shape.c + c]);
        *dw = (0..shape.rows).map(product).sum::<f64>() as f32;
    }
}

/// `dx[n][c] = sum over oc of dy[n][oc] * w[oc][c]`, in f64; shapes as in [`input_gradient`].
pub fn naive_input_gradient(shape: &Shape, dy: &[f32], w: &[f32], dx: &mut [f32]) {
    for (at, dx) in dx.iter_mut().enumerate() {
        let (n, c) = (at / shape.c, at % shape.c);
        let product = |oc: usize| f64::from(dy[n * shape.oc + oc]) * f64::from(w[oc * shape.c + c]);
        *dx = (0..shape.oc).map(product).sum::<f64>() as f32;
    }
}

/// `dw[oc][c] = sum over n of dy[n][oc] * x[n][c]`.
///
/// `x`: `[N, C]`. `dy`: `[N, OC]`. `dw`: `[OC, C]`, overwritten.
///
/// # Panics
/// If a slice is too short.
pub fn weight_gradient<I: Isa>(shape: &Shape, x: &[f32], dy: &[f32], dw: &mut [f32], team: &Team) {
    let Shape { rows, c, oc } = *shape;
    let place = |[tiles, panels]: &Units| {
        [tiles.start * KR..(tiles.end * KR).min(oc), panels.start * MR..(panels.end * MR).min(c)]
    };
    let units = [oc.div_ceil(KR), c.div_ceil(MR)];
    let grid = Grid::cheapest(team, units, shape.work(), [TRAFFIC * rows * c, 0]);
    team.split(grid, MatMut::new(dw, c), (&mut [], 0), place, |units, mut dw, _| {
        let [outs, features] = place(&units);
        let x = Mat::new(x, c, c).block(0..rows, features);
        outer::gemm::<I>(&Left::matrix(dy, oc, oc), outs, x, rows, true, &mut dw);
    });
}

/// Scratch elements that [`input_gradient`] needs: packed weights.
pub fn input_scratch_len(shape: &Shape) -> usize {
    if shape.rows <= FEW { 0 } else { shape.c.next_multiple_of(MR) * shape.oc }
}

/// `dx[n][c] = sum over oc of dy[n][oc] * w[oc][c]`.
///
/// `dy`: `[N, OC]`. `w`: `[OC, C]`. `dx`: `[N, C]`, overwritten. `scratch` holds
/// [`input_scratch_len`] elements.
///
/// # Panics
/// If a slice is too short.
pub fn input_gradient<I: Isa>(
    shape: &Shape,
    [dy, w]: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let Shape { rows, c, oc } = *shape;
    let place =
        |[rows, panels]: &Units| [rows.clone(), panels.start * MR..(panels.end * MR).min(c)];
    let dx = MatMut::new(dx, c);
    if rows <= FEW {
        let grid = Grid::cheapest(team, [1, c.div_ceil(MR)], shape.work(), [0; 2]);
        let place = |units: &Units| [0..rows, place(units)[1].clone()];
        return team.split(grid, dx, (&mut [], 0), place, |units, mut dx, _| {
            let w = Mat::new(w, c, c).block(0..oc, place(&units)[1].clone());
            few_rows::<I>(dy, w, oc, &mut dx);
        });
    }
    let panels = &mut scratch[..input_scratch_len(shape)];
    team.split_rows(panels, MR * oc, c * oc, |first, panels| {
        pack::<I>(shape, w, first * MR, panels);
    });
    let panels = &*panels;
    let grid = Grid::cheapest(team, [rows, c.div_ceil(MR)], shape.work(), [TRAFFIC * c * oc, 0]);
    team.split(grid, dx, (&mut [], 0), place, |units, mut dx, _| {
        let [rows, features] = place(&units);
        let block = packed::block_rows(rows.len(), c + oc);
        for at in (0..rows.len()).step_by(block) {
            let left = Left::matrix(&dy[(rows.start + at) * oc..], oc, oc);
            let mut dx = dx.block(at..(at + block).min(rows.len()), 0..features.len());
            packed::gemm::<I>(&left, &panels[features.start * oc..], &mut dx, Epilogue::NONE);
        }
    });
}

/// `panels` `[..][OC][MR]`: the features from `first` on of `w` `[OC, C]`, missing ones zero. A few
/// rows of W at a time, so that both are read and written in runs.
fn pack<I: Isa>(shape: &Shape, w: &[f32], first: usize, panels: &mut [f32]) {
    let Shape { c, oc, .. } = *shape;
    for start in (0..oc).step_by(MR) {
        let rows = start..(start + MR).min(oc);
        for (at, panel) in panels.chunks_exact_mut(MR * oc).enumerate() {
            let feature = first + at * MR;
            for row in rows.clone() {
                let from = &w[row * c + feature..(row + 1) * c];
                outer::copy_lanes::<I>(from, &mut panel[row * MR..][..MR]);
            }
        }
    }
}

/// The columns of `dx` that `w` has: a few rows of W at a time, for each row of `dy`.
fn few_rows<I: Isa>(dy: &[f32], w: Mat<'_>, oc: usize, dx: &mut MatMut<'_>) {
    for n in 0..dx.rows() {
        dx.row(n).fill(0.0);
    }
    let whole = oc - oc % TOGETHER;
    for first in (0..whole).step_by(TOGETHER) {
        for n in 0..dx.rows() {
            add_rows::<I, TOGETHER>(&dy[n * oc + first..], w, first, dx.row(n));
        }
    }
    for first in whole..oc {
        for n in 0..dx.rows() {
            add_rows::<I, 1>(&dy[n * oc + first..], w, first, dx.row(n));
        }
    }
}

/// `dx[c] += sum over r < R of dy[r] * w[first + r][c]`, in order of `r`.
#[inline(always)]
fn add_rows<I: Isa, const R: usize>(dy: &[f32], w: Mat<'_>, first: usize, dx: &mut [f32]) {
    let rows: [&[f32]; R] = core::array::from_fn(|r| &w.row(first + r)[..dx.len()]);
    let factors: [f32; R] = core::array::from_fn(|r| dy[r]);
    let splats = factors.map(I::splat);
    let whole = dx.len() - dx.len() % LANES;
    let (vectors, rest) = dx.split_at_mut(whole);
    for (at, dx) in vectors.chunks_exact_mut(LANES).enumerate() {
        let Some(dx) = dx.first_chunk_mut() else { continue };
        let mut sum = I::get(dx);
        for (row, splat) in rows.iter().zip(splats) {
            if let Some(w) = row[at * LANES..].first_chunk() {
                sum = I::mul_add(splat, I::get(w), sum);
            }
        }
        I::put(dx, sum);
    }
    for (c, dx) in rest.iter_mut().enumerate() {
        for (row, factor) in rows.iter().zip(factors) {
            *dx += factor * row[whole + c];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Native;
    use crate::testing::{Random, assert_close, differences, widened};
    use proptest::prelude::*;

    fn check(shape: &Shape) {
        let Shape { rows, c, oc } = *shape;
        let mut random = Random::new(13);
        let (x, w) = (random.vector(rows * c), random.vector(oc * c));
        let dy = random.vector(rows * oc);
        let (mut dw, mut dx) = (vec![f32::NAN; oc * c], vec![f32::NAN; rows * c]);
        naive_weight_gradient(shape, &x, &dy, &mut dw);
        naive_input_gradient(shape, &dy, &w, &mut dx);
        let mut before: Option<[Vec<f32>; 2]> = None;
        for threads in [1, 2, 3] {
            let team = Team::eager(threads);
            let mut got = [vec![f32::NAN; oc * c], vec![f32::NAN; rows * c]];
            weight_gradient::<Native>(shape, &x, &dy, &mut got[0], &team);
            let mut scratch = vec![f32::NAN; input_scratch_len(shape)];
            input_gradient::<Native>(shape, [&dy, &w], &mut got[1], &mut scratch, &team);
            assert_close(&got[0], &dw, rows);
            assert_close(&got[1], &dx, oc);
            let before = before.get_or_insert_with(|| got.clone());
            assert_eq!(before, &got, "the bits of {threads} threads differ");
        }
    }

    #[test]
    fn sizes_around_the_tile() {
        for rows in [0, 1, 2, FEW, FEW + 1, 7, 64] {
            for c in [1, 3, 4, 7, 8, 9, 17, 84] {
                for oc in [1, 2, 4, 5, 8, 10, 13] {
                    check(&Shape::new(rows, c, oc).unwrap());
                }
            }
        }
        [1, 64].iter().for_each(|&rows| check(&Shape::new(rows, 400, 120).unwrap()));
    }

    /// The naive gradients are the derivatives of the loss `sum of y * dy`.
    #[test]
    fn naive_gradients_are_derivatives() {
        let shape = Shape::new(3, 4, 2).unwrap();
        let mut random = Random::new(17);
        let (x, w, dy) = (random.vector(12), random.vector(8), random.vector(6));
        let loss = |x: &[f64], w: &[f64]| -> f64 {
            let row = |n: usize, oc: usize| (0..4).map(move |c| (n * 4 + c, oc * 4 + c));
            let y = |n: usize, oc: usize| row(n, oc).map(|(a, b)| x[a] * w[b]).sum::<f64>();
            (0..6).map(|at| y(at / 2, at % 2) * f64::from(dy[at])).sum()
        };
        let (mut dw, mut dx) = (vec![f32::NAN; 8], vec![f32::NAN; 12]);
        naive_weight_gradient(&shape, &x, &dy, &mut dw);
        naive_input_gradient(&shape, &dy, &w, &mut dx);
        assert_close(&dw, &differences(&w, |w| loss(&widened(&x), w)), 8);
        assert_close(&dx, &differences(&x, |x| loss(x, &widened(&w))), 8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// Any sizes: none are refused, others give what the formula gives.
        #[test]
        fn any_sizes(rows in 0usize..12, c in 0usize..40, oc in 0usize..40) {
            match Shape::new(rows, c, oc) {
                Ok(shape) => check(&shape),
                Err(error) => {
                    prop_assert!(c == 0 || oc == 0);
                    prop_assert_eq!(error.code, Code::Geometry);
                }
            }
        }
    }

    #[test]
    fn too_large_is_refused() {
        let code = |rows, c, oc| Shape::new(rows, c, oc).map_err(|error| error.code);
        assert_eq!(code(usize::MAX / 8, 16, 1), Err(Code::Shape));
        assert_eq!(code(1, usize::MAX / 64, 16), Err(Code::Shape));
    }
}
