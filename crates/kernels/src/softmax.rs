//! Softmax and its logarithm over any axis.
//!
//! Both subtract the largest element first, so that nothing overflows. In reading order:
//! 0 [`reference`], one row at a time; 1 the contiguous row (`inner = 1`, softmax over channels or
//! classes); 2 [`softmax`], which for `inner > 1` takes up to [`LANES`] neighbouring rows together,
//! so that memory is read in order. Sums are kept in f64, so a row of any length loses nothing.

use crate::pool::max_into;

/// Rows taken together when the axis is not the last.
const LANES: usize = 16;

/// Version 0: `y[o, a, i] = exp(x[o, a, i] - m) / sum over a of exp(x[o, a, i] - m)` with `m` the
/// largest over `a`; with `log`, its logarithm `x - m - ln(sum)`. In f64. A row that holds NaN or
/// plus infinity, or only minus infinity, gives NaN throughout.
pub fn reference(axis: usize, inner: usize, log: bool, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let first = i / (axis * inner) * axis * inner + i % inner;
        let row = (0..axis).map(|a| f64::from(x[first + a * inner]));
        let max = row.clone().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.map(|x| (x - max).exp()).sum();
        let shifted = f64::from(x[i]) - max;
        *y = if log { shifted - sum.ln() } else { shifted.exp() / sum } as f32;
    }
}

/// Versions 1 and 2: one block of `[axis, inner]`, in place. The same row gives the same bits
/// wherever it stands in its batch.
pub fn softmax(block: &mut [f32], inner: usize, log: bool) {
    debug_assert_eq!(block.len() % inner, 0);
    if inner == 1 {
        return softmax_row(block, log);
    }
    for start in (0..inner).step_by(LANES) {
        softmax_lanes(block, inner, start..(start + LANES).min(inner), log);
    }
}

fn softmax_row(row: &mut [f32], log: bool) {
    let max = row.iter().fold(f32::NEG_INFINITY, |max, &x| if x > max { x } else { max });
    let mut sum = 0.0f64;
    if log {
        row.iter().for_each(|&x| sum += f64::from((x - max).exp()));
        let ln = sum.ln() as f32;
        row.iter_mut().for_each(|x| *x = (*x - max) - ln);
        return;
    }
    row.iter_mut().for_each(|x| *x = (*x - max).exp());
    row.iter().for_each(|&e| sum += f64::from(e));
    let sum = sum as f32;
    row.iter_mut().for_each(|e| *e /= sum);
}

fn softmax_lanes(block: &mut [f32], inner: usize, lanes: core::ops::Range<usize>, log: bool) {
    let mut max = [f32::NEG_INFINITY; LANES];
    for row in block.chunks_exact(inner) {
        max_into(&mut max, &row[lanes.clone()]);
    }
    let mut sum = [0.0f64; LANES];
    for row in block.chunks_exact_mut(inner) {
        for ((sum, &max), x) in sum.iter_mut().zip(&max).zip(&mut row[lanes.clone()]) {
            let e = (*x - max).exp();
            *sum += f64::from(e);
            *x = if log { *x - max } else { e };
        }
    }
    let last = sum.map(|sum| if log { sum.ln() as f32 } else { sum as f32 });
    for row in block.chunks_exact_mut(inner) {
        for (x, &last) in row[lanes.clone()].iter_mut().zip(&last) {
            *x = if log { *x - last } else { *x / last };
        }
    }
}
