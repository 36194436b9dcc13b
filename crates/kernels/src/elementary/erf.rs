//! The error function and the normal distribution, by rational functions.

use super::INTEGERS;
use super::exp::{Of, exp_of};
use crate::simd::wide::{Bounds, Constants, Wide};

/// `erf(x) / x` as a quotient of polynomials in `x^2`, for `x` up to [`SATURATED`], relative error
/// 2^-24.8 (minimax fit).
#[used]
static NUMERATOR: Constants<f64, 6> = Constants::new([
    1.1283791285836249,
    0.19786552256411574,
    0.05361191007374041,
    0.0040500389217168154,
    0.0002851363013778518,
    1.9134064256610005e-06,
]);
#[used]
static DENOMINATOR: Constants<f64, 6> = Constants::new([
    1.0,
    0.5086860219030548,
    0.11707973974982405,
    0.015545990428469268,
    0.0012199069062903364,
    3.668589381417832e-05,
]);

/// Where the error function, and its approximation, rounds to 1.
#[used]
static SATURATED: Bounds = Bounds::new([-4.1, 4.1]);

/// `erf(x)`
#[inline(always)]
pub fn erf<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &SATURATED);
    let square = x * x;
    (x * NUMERATOR.polynomial(square) / DENOMINATOR.polynomial(square)).narrow()
}

/// `exp(t^2 / 2)` times the normal distribution function of `-t`, for `t` in [0, 14.6], relative
/// error 2^-27.3 (minimax fit); positive and finite beyond.
#[used]
static TAIL_NUMERATOR: Constants<f64, 5> = Constants::new([
    0.5000000029720775,
    0.43850023701082275,
    0.1833868973830606,
    0.04068428622732821,
    0.0041238573839303605,
]);
#[used]
static TAIL_DENOMINATOR: Constants<f64, 6> = Constants::new([
    1.0,
    1.6748854587900293,
    1.2031342105124159,
    0.4698711694880257,
    0.10198675772721837,
    0.010336859536173639,
]);

/// The normal distribution function of `x` and `exp(-x^2 / 2)`, for `x` in -30..=30. Far below zero
/// it keeps its digits, as `1 + erf` does not.
#[inline(always)]
pub fn normal<W: Wide>(x: W) -> (W, W) {
    let t = x.abs();
    let bell = exp_of(Of::MinusHalfX, t * t);
    let tail = bell * TAIL_NUMERATOR.polynomial(t) / TAIL_DENOMINATOR.polynomial(t);
    (W::select(x.lt(INTEGERS.get(0)), tail, INTEGERS.get::<W>(1) - tail), bell)
}
