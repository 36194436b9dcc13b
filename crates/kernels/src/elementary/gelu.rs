//! The Gaussian error linear unit (Hendrycks and Gimpel 2016, arXiv 1606.08415).

use super::INTEGERS;
use super::erf::normal;
use super::exp::exp2;
use crate::simd::wide::{Bounds, Constants, Wide};
use core::f64::consts::{FRAC_2_SQRT_PI, LOG2_E, SQRT_2};

/// Where the distribution function is far below the smallest f32, to where it is 1.
#[used]
pub(crate) static NORMAL_NEAR: Bounds = Bounds::new([-30.0, 30.0]);
#[used]
static NORMAL_ABOVE: Bounds = Bounds::new([-30.0, f32::INFINITY]);

/// `x` times the normal distribution function of `x`.
#[inline(always)]
pub fn gelu<W: Wide>(x: W::Narrow) -> W::Narrow {
    let (below, _) = normal(W::widen_clamped(x, &NORMAL_NEAR));
    (W::widen_clamped(x, &NORMAL_ABOVE) * below).narrow()
}

/// The same for the cubic form, which goes there faster.
#[used]
pub(crate) static CUBIC_NEAR: Bounds = Bounds::new([-20.0, 20.0]);
#[used]
static CUBIC_ABOVE: Bounds = Bounds::new([-20.0, f32::INFINITY]);

/// The coefficients of `u = sqrt(2 / pi) (x + 0.044715 x^3)`, times 2.
const TWICE: f64 = SQRT_2 * FRAC_2_SQRT_PI;
const CUBIC: f64 = 0.044715;
/// `-2 u log2(e) / x` as a polynomial in `x^2`.
#[used]
static EXPONENT: Constants<f64, 2> = Constants::new([-TWICE * LOG2_E, -TWICE * CUBIC * LOG2_E]);
/// The derivative of `2 u`, the same.
#[used]
pub(crate) static SLOPE: Constants<f64, 2> = Constants::new([TWICE, 3.0 * TWICE * CUBIC]);

/// The distribution function as the approximation has it, `(1 + tanh(u)) / 2`, which is the sigmoid
/// of `2 u`; for `x` in -20..=20.
#[inline(always)]
pub(crate) fn normal_by_tanh<W: Wide>(x: W) -> W {
    let one = INTEGERS.get::<W>(1);
    one / (one + exp2(x * EXPONENT.polynomial(x * x)))
}

/// GELU with the distribution function approximated by `tanh`.
#[inline(always)]
pub fn gelu_tanh<W: Wide>(x: W::Narrow) -> W::Narrow {
    let below = normal_by_tanh(W::widen_clamped(x, &CUBIC_NEAR));
    (W::widen_clamped(x, &CUBIC_ABOVE) * below).narrow()
}
