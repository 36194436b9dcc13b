//! Units that are linear above zero and bend below it, and softsign.

use super::INTEGERS;
use super::exp::{FAR, exp2m1};
use crate::simd::wide::{Bounds, Wide};
use core::f64::consts::{LN_2, LOG2_E};

/// `above * x` where positive, else `below * (2^(rate * x) - 1)`: ELU and its relatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    /// Slope above zero.
    pub(crate) above: f64,
    /// What the exponential is multiplied by.
    pub(crate) below: f64,
    /// Of the power of two.
    pub(crate) rate: f64,
    /// Below the lower one the exponential no longer counts, or is too large for an f32 if the rate
    /// is negative; the upper one is 0.
    pub(crate) bounds: [f32; 2],
}

impl Elu {
    /// `x` where positive, else `alpha * (exp(x) - 1)` (Clevert et al. 2015, arXiv 1511.07289).
    pub fn new(alpha: f32) -> Self {
        Elu { above: 1.0, below: alpha.into(), rate: LOG2_E, bounds: [-FAR, 0.0] }
    }

    /// ELU scaled so that activations keep mean 0 and variance 1 (Klambauer et al. 2017, arXiv
    /// 1706.02515).
    pub fn selu() -> Self {
        const ALPHA: f64 = 1.6732632423543772848170429916717;
        const SCALE: f64 = 1.0507009873554804934193349852946;
        Elu { above: SCALE, below: SCALE * ALPHA, rate: LOG2_E, bounds: [-FAR, 0.0] }
    }

    /// `x` where positive, else `alpha * (exp(x / alpha) - 1)`, smooth at zero for every `alpha`
    /// but 0 (Barron 2017, arXiv 1704.07483).
    pub fn celu(alpha: f32) -> Self {
        let wide = f64::from(alpha);
        Elu { above: 1.0, below: wide, rate: LOG2_E / wide, bounds: [-FAR * alpha.abs(), 0.0] }
    }

    /// The derivative at zero, from below.
    pub(crate) fn below_slope(&self) -> f64 {
        self.below * self.rate * LN_2
    }

    /// The function of one vector.
    #[inline(always)]
    pub fn value<W: Wide>(&self, x: W::Narrow) -> W::Narrow {
        let power = W::widen_between(x, &self.bounds) * W::splat(self.rate);
        let below = W::splat(self.below) * exp2m1(power);
        let x = W::widen(x);
        W::select(INTEGERS.get::<W>(0).lt(x), W::splat(self.above) * x, below).narrow()
    }
}

/// Where softsign rounds to 1, and the square is still an f64.
#[used]
pub(crate) static SIGN_NEAR: Bounds = Bounds::new([-1e30, 1e30]);

/// `x / (1 + |x|)` (Turian et al. 2009)
#[inline(always)]
pub fn softsign<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &SIGN_NEAR);
    (x / (INTEGERS.get::<W>(1) + x.abs())).narrow()
}
