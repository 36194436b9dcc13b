//! Gradients of softmax and of its logarithm, from their outputs.

use super::{ROWS, Range, WideOf, sum_of};
use crate::elementary::exp::{NEAR, Of, exp_of};
use crate::gemm::lanes::{get, put};
use crate::simd::wide::{Math, Wide};
use crate::simd::{LANES, Native};

/// Version 0: `dx[o, a, i] = y (dy - sum over a of y dy)` for softmax, and with `log`
/// `dx = dy - exp(y) (sum over a of dy)`. In f64.
pub fn reference(axis: usize, inner: usize, log: bool, y: &[f32], dy: &[f32], dx: &mut [f32]) {
    for (i, dx) in dx.iter_mut().enumerate() {
        let first = i / (axis * inner) * axis * inner + i % inner;
        let weight = |at: usize| if log { 1.0 } else { f64::from(y[at]) };
        let row = (0..axis).map(|a| first + a * inner);
        let sum: f64 = row.map(|at| weight(at) * f64::from(dy[at])).sum();
        let (y, dy) = (f64::from(y[i]), f64::from(dy[i]));
        *dx = if log { dy - y.exp() * sum } else { y * (dy - sum) } as f32;
    }
}

/// Version 1: one block of `[axis, inner]`. `y` is what [`super::softmax`] gave with the same `log`;
/// `grad` holds the gradient of `y` and becomes that of `x`. Sums are in f64 and along the axis, so
/// the same row has the same bits wherever it stands.
pub fn backward(inner: usize, log: bool, y: &[f32], grad: &mut [f32]) {
    debug_assert!(y.len() == grad.len() && y.len() % inner == 0);
    if inner == 1 {
        return backward_row::<Native>(log, y, grad);
    }
    for start in (0..inner).step_by(ROWS) {
        backward_rows::<Native>(inner, start..(start + ROWS).min(inner), log, y, grad);
    }
}

/// What is to be summed.
#[inline(always)]
fn term<I: Math>(log: bool, y: I::V, dy: I::V) -> WideOf<I> {
    let dy = WideOf::<I>::widen(dy);
    if log { dy } else { WideOf::<I>::widen(y) * dy }
}

#[inline(always)]
fn gradient<I: Math>(log: bool, y: I::V, dy: I::V, sum: WideOf<I>) -> I::V {
    let dy = WideOf::<I>::widen(dy);
    if log {
        let y = WideOf::<I>::widen_clamped(y, &NEAR);
        (dy - exp_of(Of::X, y) * sum).narrow()
    } else {
        (WideOf::<I>::widen(y) * (dy - sum)).narrow()
    }
}

fn backward_row<I: Math>(log: bool, y: &[f32], grad: &mut [f32]) {
    let mut sums = WideOf::<I>::splat(0.0);
    for (y, dy) in y.chunks(LANES).zip(grad.chunks(LANES)) {
        sums = sums + term::<I>(log, get::<I>(y), get::<I>(dy));
    }
    let sum = WideOf::<I>::splat(sum_of(sums));
    for (y, grad) in y.chunks(LANES).zip(grad.chunks_mut(LANES)) {
        put::<I>(gradient::<I>(log, get::<I>(y), get::<I>(grad), sum), grad);
    }
}

fn backward_rows<I: Math>(
    inner: usize,
    rows: Range<usize>,
    log: bool,
    y: &[f32],
    grad: &mut [f32],
) {
    let mut sums = [WideOf::<I>::splat(0.0); ROWS / LANES];
    for (y, dy) in y.chunks_exact(inner).zip(grad.chunks_exact(inner)) {
        let lanes = y[rows.clone()].chunks(LANES).zip(dy[rows.clone()].chunks(LANES));
        for (sum, (y, dy)) in sums.iter_mut().zip(lanes) {
            *sum = *sum + term::<I>(log, get::<I>(y), get::<I>(dy));
        }
    }
    for (y, grad) in y.chunks_exact(inner).zip(grad.chunks_exact_mut(inner)) {
        let lanes = y[rows.clone()].chunks(LANES).zip(grad[rows.clone()].chunks_mut(LANES));
        for (&sum, (y, grad)) in sums.iter().zip(lanes) {
            put::<I>(gradient::<I>(log, get::<I>(y), get::<I>(grad), sum), grad);
        }
    }
}
