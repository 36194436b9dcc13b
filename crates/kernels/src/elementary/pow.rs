//! Powers: `a^b = 2^(b log2(a))`.

use super::exp::exp2;
use super::{INTEGERS, slices};
use crate::gemm::lanes::put;
use crate::simd::wide::{Constants, Math, Wide};
use crate::simd::{Isa, LANES, Native};
use core::f64::consts::LOG2_E;

/// `artanh(s) / s` as a polynomial in `s^2` in [0, 0.03], relative error 2^-39 (Taylor): an exponent
/// multiplies what it is off by.
#[used]
static ARTANH: Constants<f64, 7> =
    Constants::new([1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0]);

/// Where a power of two is far beyond all f32.
const FAR: f64 = 1000.0;

/// `a^b` of positive, finite `a` and finite `b`.
#[inline(always)]
fn positive<W: Wide>(a: W::Narrow, b: W::Narrow) -> W::Narrow {
    let one = INTEGERS.get::<W>(1);
    let (m, n) = W::widen(a).split();
    let s = (m - one) / (m + one);
    let log2 = n + W::splat(2.0 * LOG2_E) * (s * ARTANH.polynomial(s * s));
    let y = W::widen(b) * log2;
    let [low, high] = [-FAR, FAR].map(W::splat);
    let y = W::select(y.lt(low), low, y);
    exp2(W::select(high.lt(y), high, y)).narrow()
}

/// Raises element `i` of `values` to the power `exponents[i * step]`: to the first of all where
/// `step` is 0. Zeros, negative and infinite numbers and NaN as C's `powf` has them. Tests hold it
/// to 2 units in the last place.
///
/// # Panics
/// If `exponents` is too short.
pub fn pow(values: &mut [f32], exponents: &[f32], step: usize) {
    type Lanes = <Native as Math>::Wide;
    for (at, chunk) in values.chunks_mut(LANES).enumerate() {
        let mut b = [1.0; LANES];
        for (i, b) in b[..chunk.len()].iter_mut().enumerate() {
            *b = exponents[(at * LANES + i) * step];
        }
        let plain = chunk.iter().all(|&a| a > 0.0 && a < f32::INFINITY);
        if plain && b.iter().all(|b| b.is_finite()) {
            let a = slices::get_or::<Native>(chunk, 1.0);
            put::<Native>(positive::<Lanes>(a, <Native as Isa>::get(&b)), chunk);
        } else {
            chunk.iter_mut().zip(b).for_each(|(a, b)| *a = a.powf(b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_within_two_units_in_the_last_place() {
        let mut bases: Vec<f32> = (1..400).map(|i| i as f32 * 0.037).collect();
        bases.extend([0.0, -0.0, -1.0, -2.5, -3.0, 1e-42, 1e-30, 1e30, f32::MAX]);
        bases.extend([f32::MIN_POSITIVE, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 1.0]);
        let mut powers: Vec<f32> = (-60..60).map(|i| i as f32 * 0.41).collect();
        powers.extend([0.0, 1.0, 2.0, 3.0, -1.0, 0.5, -0.5, 127.0, 1e10, -1e10]);
        powers.extend([f32::INFINITY, f32::NEG_INFINITY, f32::NAN]);
        for &b in &powers {
            let mut ys = bases.clone();
            pow(&mut ys, &[b], 0);
            for (&a, &y) in bases.iter().zip(&ys) {
                let expected = f64::from(a).powf(b.into()) as f32;
                let close = (y - expected).abs() <= 2.0 * f32::EPSILON * expected.abs() + 3e-45;
                let both_nan = y.is_nan() && expected.is_nan();
                assert!(y == expected || close || both_nan, "{a}^{b}: {y}, expected {expected}");
            }
        }
    }

    #[test]
    fn exponents_beside_each_other_and_apart() {
        for len in [0, 1, 3, 4, 5, 9] {
            for step in [0, 1, 3] {
                let exponents: Vec<f32> = (0..len * 3 + 1).map(|i| i as f32 * 0.3 - 2.0).collect();
                let mut ys = vec![1.7; len];
                pow(&mut ys, &exponents, step);
                for (i, y) in ys.iter().enumerate() {
                    let expected = 1.7f32.powf(exponents[i * step]);
                    assert!((y - expected).abs() <= 1e-6 * expected, "{i} of {len} by {step}");
                }
            }
        }
    }
}
