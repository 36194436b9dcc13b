//! Sums, products and extremes along an axis.
//!
//! In reading order: 0 [`reference()`], one output element at a time; 1 [`reduce`], where the axis is
//! the last by four running results, else by blocks of neighbouring columns, so that memory is read
//! in order. Sums and products are kept in f64, so an axis of any length loses nothing.

use crate::extremes::{maximum, minimum};
use crate::team::{PASS, Team};

/// What becomes of the elements of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest; NaN where one is NaN.
    Max,
    /// The smallest; NaN where one is NaN.
    Min,
    /// Their product.
    Prod,
    /// The index of the largest, of several the first. NaN is larger than nothing.
    ArgMax,
    /// The index of the smallest, likewise.
    ArgMin,
}

/// Columns that are reduced together.
const COLUMNS: usize = 16;

/// Running results of a row.
const WAYS: usize = 4;

/// Version 0: `y[o, i] = x[o, 0, i] op x[o, 1, i] op ...`, one element at a time. `x` is `[outer,
/// axis, inner]`, `y` is `[outer, inner]`.
pub fn reference(kind: Kind, axis: usize, inner: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (o, i) = (i / inner, i % inner);
        let values = (0..axis).map(|a| f64::from(x[(o * axis + a) * inner + i]));
        let index = |better: fn(f64, f64) -> bool| {
            let values: Vec<f64> = values.clone().collect();
            let best = (1..axis).fold(0, |b, a| if better(values[a], values[b]) { a } else { b });
            best as f64
        };
        let nan = values.clone().any(f64::is_nan);
        let result = match kind {
            Kind::Sum => values.sum(),
            Kind::Mean => values.sum::<f64>() / axis as f64,
            Kind::Max if nan => f64::NAN,
            Kind::Min if nan => f64::NAN,
            Kind::Max => values.fold(f64::NEG_INFINITY, f64::max),
            Kind::Min => values.fold(f64::INFINITY, f64::min),
            Kind::Prod => values.product(),
            Kind::ArgMax => index(|a, b| a > b),
            Kind::ArgMin => index(|a, b| a < b),
        };
        *y = result as f32;
    }
}

/// Version 1. `x` is `[outer, axis, inner]` with `axis` and `inner` at least 1; `y` is `[outer,
/// inner]`, dirty. The bits do not depend on the number of threads.
#[inline(never)]
pub fn reduce(kind: Kind, axis: usize, inner: usize, x: &[f32], y: &mut [f32], team: &Team) {
    let divisor = if kind == Kind::Mean { axis as f64 } else { 1.0 };
    team.split_rows(y, inner, PASS * x.len(), |first, y| {
        let block = axis * inner;
        for (x, y) in x[first * block..].chunks_exact(block).zip(y.chunks_exact_mut(inner)) {
            match kind {
                Kind::Sum | Kind::Mean => fold(x, 0.0, |a, b| a + b, y, divisor),
                Kind::Max => extremes(x, f32::NEG_INFINITY, maximum, y),
                Kind::Min => extremes(x, f32::INFINITY, minimum, y),
                Kind::Prod => fold(x, 1.0, |a, b| a * b, y, 1.0),
                Kind::ArgMax => index(x, 1.0, y),
                Kind::ArgMin => index(x, -1.0, y),
            }
        }
    });
}

/// Of the columns of a matrix with as many as `y` has elements; one of a row is exact, so that f32 will do.
#[inline(always)]
fn extremes(matrix: &[f32], start: f32, join: impl Fn(f32, f32) -> f32, y: &mut [f32]) {
    let width = y.len();
    let along = |results: &mut [f32], values: &[f32]| {
        results.iter_mut().zip(values).for_each(|(result, &value)| *result = join(*result, value));
    };
    if let [y] = y {
        let mut ways = [start; COLUMNS];
        matrix.chunks(COLUMNS).for_each(|values| along(&mut ways, values));
        *y = ways.into_iter().fold(start, join);
    } else {
        y.fill(start);
        matrix.chunks_exact(width).for_each(|values| along(y, values));
    }
}

/// The columns of a matrix with as many as `y` has elements, each result divided.
#[inline(always)]
fn fold(matrix: &[f32], start: f64, join: impl Fn(f64, f64) -> f64, y: &mut [f32], divisor: f64) {
    match y {
        [y] => *y = (row(matrix, start, join) / divisor) as f32,
        _ => columns(matrix, start, join, y, divisor),
    }
}

#[inline(always)]
fn row(values: &[f32], start: f64, join: impl Fn(f64, f64) -> f64) -> f64 {
    let mut ways = [start; WAYS];
    for values in values.chunks(WAYS) {
        for (way, &value) in ways.iter_mut().zip(values) {
            *way = join(*way, value.into());
        }
    }
    join(join(ways[0], ways[1]), join(ways[2], ways[3]))
}

#[inline(always)]
fn columns(
    matrix: &[f32],
    start: f64,
    join: impl Fn(f64, f64) -> f64,
    y: &mut [f32],
    divisor: f64,
) {
    let width = y.len();
    for (block, y) in y.chunks_mut(COLUMNS).enumerate() {
        let mut results = [start; COLUMNS];
        for values in matrix[block * COLUMNS..].chunks(width) {
            for (result, &value) in results[..y.len()].iter_mut().zip(values) {
                *result = join(*result, value.into());
            }
        }
        y.iter_mut().zip(results).for_each(|(y, result)| *y = (result / divisor) as f32);
    }
}

/// A number that is greater where `x` is. It is whole, since of floats a vector loop with relaxed SIMD would
/// take the greater by an instruction that may lose a NaN.
#[inline(always)]
fn rank(x: f32, of_nan: i32) -> i32 {
    // Both zeros are one.
    let bits = (x + 0.0).to_bits() as i32;
    if x.is_nan() { of_nan } else { bits ^ ((bits >> 31) & i32::MAX) }
}

/// For each column of a matrix with as many as `y` has elements, the first row whose element times `sign`
/// is the largest: nothing is larger than a NaN in the first row, and none below it is. Whole numbers are
/// exact in f32 up to 2^24.
#[inline(never)]
fn index(matrix: &[f32], sign: f32, y: &mut [f32]) {
    let width = y.len();
    for (block, y) in y.chunks_mut(COLUMNS).enumerate() {
        let mut best = [i32::MIN; COLUMNS];
        y.fill(0.0);
        for (row, values) in matrix[block * COLUMNS..].chunks(width).enumerate() {
            let of_nan = if row == 0 { i32::MAX } else { i32::MIN };
            for ((best, y), &value) in best.iter_mut().zip(&mut *y).zip(values) {
                let rank = rank(sign * value, of_nan);
                *y = if rank > *best { row as f32 } else { *y };
                *best = rank.max(*best);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    const ALL: [Kind; 7] =
        [Kind::Sum, Kind::Mean, Kind::Max, Kind::Min, Kind::Prod, Kind::ArgMax, Kind::ArgMin];

    fn check(kind: Kind, axis: usize, inner: usize, x: &[f32]) {
        let mut expected = vec![f32::NAN; x.len() / axis];
        reference(kind, axis, inner, x, &mut expected);
        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
            let mut y = vec![f32::NAN; expected.len()];
            reduce(kind, axis, inner, x, &mut y, &team);
            for (&y, &expected) in y.iter().zip(&expected) {
                let scale = if kind == Kind::Prod { expected.abs() } else { 1.0 };
                let close = (y - expected).abs() <= f32::EPSILON * scale * axis as f32;
                assert!(
                    close || y == expected || (y.is_nan() && expected.is_nan()),
                    "{kind:?} over {axis} of {inner}: {y}, expected {expected}"
                );
            }
        }
    }

    #[test]
    fn every_kind_of_every_size() {
        for kind in ALL {
            for outer in [1, 2, 5] {
                for axis in [1, 3, 4, 5, 17, 64] {
                    for inner in [1, 2, 15, 16, 17, 33] {
                        let seed = (outer * 100 + axis * 10 + inner) as u64;
                        check(kind, axis, inner, &Random::new(seed).vector(outer * axis * inner));
                    }
                }
            }
        }
    }

    #[test]
    fn nan_and_infinity_are_seen_wherever_they_stand() {
        for kind in ALL {
            for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                for at in 0..18 {
                    let mut x = Random::new(5).vector(18);
                    x[at] = odd;
                    check(kind, 9, 1, &x);
                    check(kind, 9, 2, &x);
                }
            }
        }
    }

    #[test]
    fn of_equal_ones_the_first() {
        let x = [1.0, 3.0, 3.0, f32::NAN, 1.0, 0.5];
        let mut y = [f32::NAN];
        reduce(Kind::ArgMax, 6, 1, &x, &mut y, &Team::SOLO);
        assert_eq!(y, [1.0]);
        reduce(Kind::ArgMin, 6, 1, &x, &mut y, &Team::SOLO);
        assert_eq!(y, [5.0]);
    }

    #[test]
    fn long_sums_lose_nothing() {
        let x = vec![0.1f32; 1 << 20];
        let mut y = [f32::NAN];
        reduce(Kind::Sum, x.len(), 1, &x, &mut y, &Team::SOLO);
        assert_eq!(y[0], (f64::from(0.1f32) * (1 << 20) as f64) as f32);
    }
}
