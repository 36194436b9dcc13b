//! Softmax and its logarithm over any axis.
//!
//! Both subtract the largest element first, so that nothing overflows. In reading order:
//! 0 [`reference()`], one row at a time; 1 the contiguous row (`inner = 1`, softmax over channels or
//! classes); 2 [`softmax`], which for `inner > 1` takes up to `ROWS` neighbouring rows together,
//! so that memory is read in order. Sums are kept in f64, so a row of any length loses nothing.
//! [`backward`] has the gradients.

pub mod backward;

use crate::elementary::exp::{FALL, Of, exp_of};
use crate::elementary::log::ln;
use crate::elementary::slices::{get_or, map};
use crate::gemm::lanes::{get, put};
use crate::pool::max_into;
use crate::simd::wide::{Math, Wide};
use crate::simd::{Isa, LANES, Native};
use core::ops::Range;

/// Rows taken together when the axis is not the last.
const ROWS: usize = 4 * LANES;

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
/// wherever it stands in its batch. The length is a multiple of `inner`, which is at least 1.
#[inline(never)]
pub fn softmax(block: &mut [f32], inner: usize, log: bool) {
    debug_assert_eq!(block.len() % inner, 0);
    if inner == 1 {
        return softmax_row::<Native>(block, log);
    }
    for start in (0..inner).step_by(ROWS) {
        softmax_rows::<Native>(block, inner, start..(start + ROWS).min(inner), log);
    }
}

type WideOf<I> = <I as Math>::Wide;

/// `exp(x)` of what is not positive.
#[inline(always)]
fn exp_wide<I: Math>(x: I::V) -> WideOf<I> {
    exp_of(Of::X, WideOf::<I>::widen_clamped(x, &FALL))
}

/// The elements of a row by vectors, the last one filled up with minus infinity.
#[inline(always)]
fn filled<I: Isa>(row: &[f32]) -> impl Iterator<Item = I::V> {
    row.chunks(LANES).map(|lanes| get_or::<I>(lanes, f32::NEG_INFINITY))
}

/// The largest element. Of a row with NaN it is any of them.
fn max_of<I: Isa>(row: &[f32]) -> f32 {
    let infinity = I::splat(f32::INFINITY);
    let lowest = I::splat(f32::NEG_INFINITY);
    let max = filled::<I>(row).fold(lowest, |max, x| I::clamp(x, max, infinity));
    let mut lanes = [0.0; LANES];
    I::put(&mut lanes, max);
    lanes.into_iter().fold(f32::NEG_INFINITY, |max, x| if x > max { x } else { max })
}

/// The sum of the lanes, in pairs.
#[inline(always)]
fn sum_of<W: Wide>(sums: W) -> f64 {
    let [a, b, c, d] = sums.lanes();
    (a + b) + (c + d)
}

/// The largest element and the sum of `exp(x - max)`: the logarithm of the sum of exponentials is
/// `max + ln(sum)`.
fn max_and_sum<I: Math>(row: &[f32]) -> (f32, f64) {
    let max = max_of::<I>(row);
    let shift = I::splat(max);
    let exps = filled::<I>(row).map(|x| exp_wide::<I>(I::sub(x, shift)));
    (max, sum_of(exps.fold(WideOf::<I>::splat(0.0), |sums, e| sums + e)))
}

/// Makes `exp(x - max)` of the row and returns the largest element.
pub(crate) fn exps<I: Math>(row: &mut [f32]) -> f32 {
    let max = max_of::<I>(row);
    let shift = I::splat(max);
    map::<I>(row, |x| exp_wide::<I>(I::sub(x, shift)).narrow());
    max
}

/// The sum of a row.
pub(crate) fn sum<I: Math>(row: &[f32]) -> f64 {
    let values = row.chunks(LANES).map(|x| WideOf::<I>::widen(get::<I>(x)));
    sum_of(values.fold(WideOf::<I>::splat(0.0), |sums, x| sums + x))
}

fn softmax_row<I: Math>(row: &mut [f32], log: bool) {
    if log {
        let (max, sum) = max_and_sum::<I>(row);
        let last = WideOf::<I>::splat(f64::from(max) + ln(sum));
        map::<I>(row, |x| (WideOf::<I>::widen(x) - last).narrow());
    } else {
        exps::<I>(row);
        let part = WideOf::<I>::splat(1.0 / sum::<I>(row));
        map::<I>(row, |e| (WideOf::<I>::widen(e) * part).narrow());
    }
}

fn softmax_rows<I: Math>(block: &mut [f32], inner: usize, rows: Range<usize>, log: bool) {
    let mut max = [f32::NEG_INFINITY; ROWS];
    for row in block.chunks_exact(inner) {
        max_into(&mut max, &row[rows.clone()]);
    }
    let max: [I::V; ROWS / LANES] = core::array::from_fn(|i| get::<I>(&max[i * LANES..]));
    let mut sums = [WideOf::<I>::splat(0.0); ROWS / LANES];
    for row in block.chunks_exact_mut(inner) {
        for (i, lanes) in row[rows.clone()].chunks_mut(LANES).enumerate() {
            let e = exp_wide::<I>(I::sub(get::<I>(lanes), max[i]));
            sums[i] = sums[i] + e;
            if !log {
                put::<I>(e.narrow(), lanes);
            }
        }
    }
    let one = WideOf::<I>::splat(1.0);
    let last: [_; ROWS / LANES] = core::array::from_fn(|i| {
        if log { WideOf::<I>::widen(max[i]) + ln(sums[i]) } else { one / sums[i] }
    });
    for row in block.chunks_exact_mut(inner) {
        for (i, lanes) in row[rows.clone()].chunks_mut(LANES).enumerate() {
            let x = WideOf::<I>::widen(get::<I>(lanes));
            let y = if log { x - last[i] } else { x * last[i] };
            put::<I>(y.narrow(), lanes);
        }
    }
}
