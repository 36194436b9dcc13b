//! Functions of `exp(x)`: sigmoid, tanh and the units made of them.

use super::INTEGERS;
use super::exp::{ABOVE, NEAR, Of, exp_of, expm1_of};
use super::log::ln_1p_unit;
use crate::simd::wide::{Bounds, Wide};

/// `1 / (1 + exp(-x))` for `x` in -700..=700.
#[inline(always)]
pub(crate) fn sigmoid_wide<W: Wide>(x: W) -> W {
    let one = INTEGERS.get::<W>(1);
    one / (one + exp_of(Of::MinusX, x))
}

/// `1 / (1 + exp(-x))`
#[inline(always)]
pub fn sigmoid<W: Wide>(x: W::Narrow) -> W::Narrow {
    sigmoid_wide(W::widen_clamped(x, &NEAR)).narrow()
}

/// `x * sigmoid(x)` (Elfwing et al. 2017, arXiv 1702.03118)
#[inline(always)]
pub fn silu<W: Wide>(x: W::Narrow) -> W::Narrow {
    let denominator = INTEGERS.get::<W>(1) + exp_of(Of::MinusX, W::widen_clamped(x, &NEAR));
    (W::widen_clamped(x, &ABOVE) / denominator).narrow()
}

/// Where `tanh` rounds to 1.
#[used]
static SATURATED: Bounds = Bounds::new([-20.0, 20.0]);

/// `tanh(x)`
#[inline(always)]
pub fn tanh<W: Wide>(x: W::Narrow) -> W::Narrow {
    let e = expm1_of(Of::TwiceX, W::widen_clamped(x, &SATURATED));
    (e / (e + INTEGERS.get(2))).narrow()
}

#[used]
static POSITIVE: Bounds = Bounds::new([0.0, f32::INFINITY]);

/// `ln(1 + exp(x))` (Dugas et al. 2001), as `max(x, 0) + ln(1 + exp(-|x|))`.
#[inline(always)]
pub fn softplus<W: Wide>(x: W::Narrow) -> W::Narrow {
    let e = exp_of(Of::MinusX, W::widen_clamped(x, &NEAR).abs());
    (W::widen_clamped(x, &POSITIVE) + ln_1p_unit(e)).narrow()
}

/// `tanh(softplus(x))` for `x` in -150..=150: with `e = exp(x)` it is `n / (n + 2)`, where `n` is
/// `(1 + e)^2 - 1`.
#[inline(always)]
pub(crate) fn mish_gate<W: Wide>(x: W) -> W {
    let two = INTEGERS.get::<W>(2);
    let e = exp_of(Of::X, x);
    let n = e * (e + two);
    n / (n + two)
}

/// `x * tanh(softplus(x))` (Misra 2019, arXiv 1908.08681)
#[inline(always)]
pub fn mish<W: Wide>(x: W::Narrow) -> W::Narrow {
    let gate = mish_gate(W::widen_clamped(x, &NEAR));
    (W::widen_clamped(x, &ABOVE) * gate).narrow()
}
