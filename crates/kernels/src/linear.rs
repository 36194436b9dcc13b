//! Fully connected layer: `y[n][m] = act(bias[m] + sum over k of x[n][k] * w[m][k])`.
//!
//! A matrix product and nothing else; the versions are those of [`crate::gemm`].

pub mod backward;

use crate::activation::Activation;
use crate::filter::{Filter, Layout};
use crate::gemm::left::Left;
use crate::gemm::{Epilogue, MR, naive, packed};
use crate::matrix::MatMut;
use crate::simd::Isa;
use crate::team::{Grid, Team, Units};

/// A fully connected layer and its operands. All lengths were checked.
#[derive(Debug, Clone, Copy)]
pub struct Linear<'a> {
    /// N
    pub rows: usize,
    /// `[N, K]`
    pub x: &'a [f32],
    /// In [`Layout::Panels`], or a layout that has the rows as they arrived.
    pub filter: &'a Filter<'a>,
    /// `[M]`
    pub bias: Option<&'a [f32]>,
    /// Applied last.
    pub activation: Activation,
}

/// Computes `y`, `[N, M]`, which is overwritten, by the version that the filter's layout is for.
///
/// # Panics
/// If `x` is too short.
pub fn linear<I: Isa>(linear: &Linear<'_>, y: &mut [f32], team: &Team) {
    let spec = linear.filter.spec();
    let (m, k, filter) = (spec.m(), spec.k(), linear.filter.data());
    let mut y = MatMut::new(y, m);
    if linear.filter.layout() != Layout::Panels {
        // With one tap a row, the raw layout is the matrix as well.
        naive::gemm(&Left::matrix(linear.x, k, k), filter, &mut y, linear.epilogue(0, m));
        return linear.activate(&mut y);
    }
    let units = [linear.rows, m.div_ceil(MR)];
    let grid = Grid::cheapest(team, units, linear.rows * m * k, [4 * m * k, 0]);
    let place =
        |[rows, panels]: &Units| [rows.clone(), panels.start * MR..(panels.end * MR).min(m)];
    team.split(grid, y, (&mut [], 0), place, |[rows, panels], mut y, _| {
        let first = panels.start * MR;
        let epilogue = linear.epilogue(first, y.cols());
        let block = packed::block_rows(rows.len(), k + m);
        for at in (0..rows.len()).step_by(block) {
            let left = Left::matrix(&linear.x[(rows.start + at) * k..], k, k);
            let mut y = y.block(at..(at + block).min(rows.len()), 0..y.cols());
            packed::gemm::<I>(&left, &filter[first * k..], &mut y, epilogue);
            linear.activate(&mut y);
        }
    });
}

impl<'a> Linear<'a> {
    /// Bias and bounds of some of the outputs.
    fn epilogue(&self, first: usize, count: usize) -> Epilogue<'a> {
        let bias = self.bias.map(|bias| &bias[first..first + count]);
        let (min, max) = self.activation.bounds().unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        Epilogue { bias, residual: None, min, max }
    }

    /// Applies an activation that is more than a clamp.
    fn activate(&self, y: &mut MatMut<'_>) {
        if self.activation.bounds().is_none() {
            (0..y.rows()).for_each(|row| self.activation.apply(y.row(row)));
        }
    }
}
