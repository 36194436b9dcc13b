//! The natural logarithm, by the series of the inverse hyperbolic tangent:
//! `ln(a / b) = 2 artanh((a - b) / (a + b))`.

use super::INTEGERS;
use crate::simd::wide::{Constants, Wide};
use core::f64::consts::LN_2;

/// `2 artanh(s) / s` as a polynomial in `s^2` in [0, 1/9], relative error 2^-27.9 (minimax fit).
#[used]
static ARTANH: Constants<f64, 5> = Constants::new([
    2.0000000079209377,
    0.6666631468504455,
    0.40024910144467746,
    0.27960604734864536,
    0.2817832599857936,
]);

#[inline(always)]
fn artanh_twice<W: Wide>(s: W) -> W {
    s * ARTANH.polynomial(s * s)
}

/// `ln(x)` of numbers in the range of f32: minus infinity for zero, NaN for what is negative.
#[inline(always)]
pub fn ln<W: Wide>(x: W) -> W {
    let [zero, one] = [0, 1].map(|i| INTEGERS.get::<W>(i));
    let (m, n) = x.split();
    let y = n * W::splat(LN_2) + artanh_twice((m - one) / (m + one));
    let y = W::select(x.lt(W::splat(f64::INFINITY)), y, x);
    let special = W::select(x.lt(zero), W::splat(f64::NAN), W::splat(f64::NEG_INFINITY));
    W::select(x.lt(W::splat(f64::MIN_POSITIVE)), special, y)
}

/// `ln(1 + x)` for `x` in [0, 1].
#[inline(always)]
pub fn ln_1p_unit<W: Wide>(x: W) -> W {
    artanh_twice(x / (x + INTEGERS.get(2)))
}

/// `ln(x)`
#[inline(always)]
pub fn log<W: Wide>(x: W::Narrow) -> W::Narrow {
    ln(W::widen(x)).narrow()
}
