//! The exponential function, by powers of two.
//!
//! `exp(x) = 2^n 2^f` with `n` the integer nearest to `x log2(e)`, found by adding a number so large
//! that the sum has no fraction, whose lowest bits then are the exponent. `2^f - 1 = f g(f)` with
//! `g` a polynomial, so that `exp(x) - 1` has all its digits near zero too.

use super::INTEGERS;
use crate::simd::wide::{Bounds, Constants, Wide};
use core::f64::consts::LOG2_E;

/// 1.5 * 2^52, and 1023 more: the lowest bits of a sum with it are those of a biased exponent.
#[used]
static TO_EXPONENT: Constants<f64, 1> = Constants::new([6_755_399_441_055_744.0 + 1023.0]);

/// `(2^f - 1) / f` for `f` in [-1/2, 1/2], relative error 2^-26.5 (minimax fit).
#[used]
static FRACTION: Constants<f64, 6> = Constants::new([
    0.6931471879266756,
    0.24022649794850176,
    0.055503574336910284,
    0.009618237512453713,
    0.001339073545562961,
    0.00015403506755862247,
]);

/// What `x` is multiplied by: the powers of two that `exp(x)` and its like are.
#[used]
static RATES: Constants<f64, 4> = Constants::new([LOG2_E, -LOG2_E, 2.0 * LOG2_E, -0.5 * LOG2_E]);

/// What a power of `e` is of.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// `x`
    X,
    /// `-x`
    MinusX,
    /// `2 x`
    TwiceX,
    /// `-x / 2`
    MinusHalfX,
}

impl Of {
    #[inline(always)]
    fn log2_e<W: Wide>(self) -> W {
        RATES.get(self as usize)
    }
}

/// `2^n` and `2^f - 1`, where `n + f = y`.
#[inline(always)]
fn power_of_two<W: Wide>(y: W) -> (W, W) {
    let sum = y + TO_EXPONENT.get(0);
    let f = y - (sum - TO_EXPONENT.get(0));
    (sum.power(), f * FRACTION.polynomial(f))
}

/// `2^y` for `y` in -1000..=1000.
#[inline(always)]
pub(crate) fn exp2<W: Wide>(y: W) -> W {
    let (power, fraction) = power_of_two(y);
    power * fraction + power
}

/// `2^y - 1`, the same. The subtraction is the one that keeps the sign of zero.
#[inline(always)]
pub(crate) fn exp2m1<W: Wide>(y: W) -> W {
    let (power, fraction) = power_of_two(y);
    power * fraction - (INTEGERS.get::<W>(1) - power)
}

/// `exp` of `x` times a factor, for a product in -700..=700.
#[inline(always)]
pub(crate) fn exp_of<W: Wide>(of: Of, x: W) -> W {
    exp2(x * of.log2_e())
}

/// `exp` of `x` times a factor, less 1, for a product in -700..=700.
#[inline(always)]
pub(crate) fn expm1_of<W: Wide>(of: Of, x: W) -> W {
    exp2m1(x * of.log2_e())
}

/// Where `exp` is far beyond the largest f32 and below the smallest one.
pub(crate) const FAR: f32 = 150.0;
/// From there to there.
#[used]
pub(crate) static NEAR: Bounds = Bounds::new([-FAR, FAR]);
/// And what is not positive.
#[used]
pub(crate) static FALL: Bounds = Bounds::new([-FAR, 0.0]);
/// And everything above.
#[used]
pub(crate) static ABOVE: Bounds = Bounds::new([-FAR, f32::INFINITY]);

/// `exp(x)`
#[inline(always)]
pub fn exp<W: Wide>(x: W::Narrow) -> W::Narrow {
    exp_of(Of::X, W::widen_clamped(x, &NEAR)).narrow()
}

/// `exp(x) - 1`
#[inline(always)]
pub fn expm1<W: Wide>(x: W::Narrow) -> W::Narrow {
    expm1_of(Of::X, W::widen_clamped(x, &NEAR)).narrow()
}
