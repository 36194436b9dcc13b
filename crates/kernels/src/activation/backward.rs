//! Gradients of activations: `dx = dy f'(x)`, in place of `dy`.
//!
//! What a gradient needs is kept of the forward step: the output where that tells enough, so that
//! the input's memory is free, else the input. Where a function has a corner, its gradient is
//! PyTorch's: 0 at 0 for ReLU, 0 at both ends of a clamp, the slope at 0 for leaky ReLU.

use super::Activation;
use crate::elementary::INTEGERS;
use crate::elementary::erf::normal;
use crate::elementary::exp::{NEAR, exp2};
use crate::elementary::gelu::{CUBIC_NEAR, NORMAL_NEAR, SLOPE, normal_by_tanh};
use crate::elementary::logistic::{mish_gate, sigmoid, sigmoid_wide};
use crate::elementary::slices::multiply;
use crate::elementary::units::{Elu, SIGN_NEAR};
use crate::simd::Native;
use crate::simd::wide::{Constants, Math, Wide};

type Lanes = <Native as Math>::Wide;

/// What of the forward step a gradient reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Neither input nor output.
    Nothing,
    /// The input `x`.
    Input,
    /// The output `y`.
    Output,
}

impl Activation {
    /// What [`Activation::backward`] wants.
    pub fn kept(self) -> Kept {
        match self {
            Activation::None => Kept::Nothing,
            // A negative slope hides the sign of x.
            Activation::LeakyRelu { slope } if slope < 0.0 => Kept::Input,
            Activation::Relu
            | Activation::Clip { .. }
            | Activation::LeakyRelu { .. }
            | Activation::Sigmoid
            | Activation::Tanh
            | Activation::HardSigmoid { .. } => Kept::Output,
            Activation::Silu
            | Activation::HardSwish
            | Activation::Gelu
            | Activation::GeluTanh
            | Activation::Softplus
            | Activation::Mish
            | Activation::Softsign
            | Activation::Elu { .. }
            | Activation::Celu { .. }
            | Activation::Selu => Kept::Input,
        }
    }

    /// `grad[i] *= f'(x[i])`: `grad` holds the gradient of the output and becomes that of the input.
    /// `kept` is what [`Activation::kept`] names, of the same length; for [`Kept::Nothing`] anything.
    pub fn backward(self, kept: &[f32], grad: &mut [f32]) {
        match self {
            Activation::None => {}
            Activation::Relu => zip_each(kept, grad, |y, dy| if y <= 0.0 { 0.0 } else { dy }),
            Activation::Clip { min, max } => {
                zip_each(kept, grad, |y, dy| if y <= min || y >= max { 0.0 } else { dy });
            }
            Activation::LeakyRelu { slope } => {
                zip_each(kept, grad, |x, dy| if x > 0.0 { dy } else { dy * slope });
            }
            Activation::Sigmoid => zip_each(kept, grad, |y, dy| dy * (y * (1.0 - y))),
            Activation::Tanh => zip_each(kept, grad, |y, dy| dy * ((1.0 - y) * (1.0 + y))),
            Activation::Silu => multiply::<Native>(grad, kept, silu::<Lanes>),
            Activation::HardSwish => zip_each(kept, grad, hard_swish),
            Activation::HardSigmoid { alpha, .. } => {
                zip_each(kept, grad, |y, dy| if y <= 0.0 || y >= 1.0 { 0.0 } else { dy * alpha });
            }
            Activation::Gelu => multiply::<Native>(grad, kept, gelu::<Lanes>),
            Activation::GeluTanh => multiply::<Native>(grad, kept, gelu_tanh::<Lanes>),
            Activation::Softplus => multiply::<Native>(grad, kept, sigmoid::<Lanes>),
            Activation::Mish => mish_backward(kept, grad),
            Activation::Softsign => softsign_backward(kept, grad),
            Activation::Elu { alpha } => elu_backward(Elu::new(alpha), kept, grad),
            Activation::Celu { alpha } => elu_backward(Elu::celu(alpha), kept, grad),
            Activation::Selu => elu_backward(Elu::selu(), kept, grad),
        }
    }
}

#[inline(always)]
fn zip_each(kept: &[f32], grad: &mut [f32], f: impl Fn(f32, f32) -> f32) {
    assert_eq!(kept.len(), grad.len());
    for (grad, &kept) in grad.iter_mut().zip(kept) {
        *grad = f(kept, *grad);
    }
}

#[inline(always)]
fn hard_swish(x: f32, dy: f32) -> f32 {
    let inside = dy * (x / 3.0 + 0.5);
    let above = if x >= 3.0 { dy } else { inside };
    if x <= -3.0 { 0.0 } else { above }
}

/// `s + x s (1 - s)` with `s` the sigmoid.
#[inline(always)]
fn silu<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &NEAR);
    let s = sigmoid_wide(x);
    (s + x * s * (INTEGERS.get::<W>(1) - s)).narrow()
}

/// `1 / sqrt(2 pi)`
#[used]
static DENSITY: Constants<f64, 1> = Constants::new([0.398_942_280_401_432_7]);

/// The distribution function plus `x` times the density.
#[inline(always)]
fn gelu<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &NORMAL_NEAR);
    let (below, bell) = normal(x);
    (below + x * bell * DENSITY.get(0)).narrow()
}

/// `s + x s (1 - s) 2 u'` with `s` the sigmoid of `2 u`.
#[inline(always)]
fn gelu_tanh<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &CUBIC_NEAR);
    let s = normal_by_tanh(x);
    (s + x * s * (INTEGERS.get::<W>(1) - s) * SLOPE.polynomial(x * x)).narrow()
}

/// `t + x (1 - t^2) sigmoid(x)` with `t = tanh(softplus(x))`.
#[inline(always)]
fn mish<W: Wide>(x: W::Narrow) -> W::Narrow {
    let x = W::widen_clamped(x, &NEAR);
    let t = mish_gate(x);
    (t + x * (INTEGERS.get::<W>(1) - t * t) * sigmoid_wide(x)).narrow()
}

/// `1 / (1 + |x|)^2`
#[inline(always)]
fn softsign<W: Wide>(x: W::Narrow) -> W::Narrow {
    let one = INTEGERS.get::<W>(1);
    let sum = one + W::widen_clamped(x, &SIGN_NEAR).abs();
    (one / (sum * sum)).narrow()
}

/// Gradient of softplus, from its input: the sigmoid. `x` and `grad` have the same length.
pub fn softplus_backward(x: &[f32], grad: &mut [f32]) {
    multiply::<Native>(grad, x, sigmoid::<Lanes>);
}

/// Gradient of Mish, from its input. `x` and `grad` have the same length.
pub fn mish_backward(x: &[f32], grad: &mut [f32]) {
    multiply::<Native>(grad, x, mish::<Lanes>);
}

/// Gradient of softsign, from its input. `x` and `grad` have the same length.
pub fn softsign_backward(x: &[f32], grad: &mut [f32]) {
    multiply::<Native>(grad, x, softsign::<Lanes>);
}

/// Gradient of ELU, SELU or CELU, from its input; at 0 it is that from below. `x` and `grad` have
/// the same length.
pub fn elu_backward(unit: Elu, x: &[f32], grad: &mut [f32]) {
    multiply::<Native>(grad, x, |x| unit.slope::<Lanes>(x));
}

impl Elu {
    #[inline(always)]
    fn slope<W: Wide>(&self, x: W::Narrow) -> W::Narrow {
        let power = exp2(W::widen_between(x, &self.bounds) * W::splat(self.rate));
        let below = W::splat(self.below_slope()) * power;
        W::select(INTEGERS.get::<W>(0).lt(W::widen(x)), W::splat(self.above), below).narrow()
    }
}

/// Channels whose sums are kept on the stack.
const CHANNELS: usize = 16;

/// Gradients of leaky ReLU with learned slopes: `grad` of `[rows, C]` holds the gradient of the
/// output and becomes that of `x`; `slope_grad` becomes the sum over the rows of `x dy` where `x` is
/// not positive. `slope` and `slope_grad` have `C` elements, or both 1 for all channels.
///
/// Sums are in f64, one after the other along the rows.
///
/// # Panics
/// If `x` and `grad` or `slope` and `slope_grad` have different lengths, or slopes are neither one
/// nor `c`.
pub fn prelu_backward(
    c: usize,
    slope: &[f32],
    x: &[f32],
    grad: &mut [f32],
    slope_grad: &mut [f32],
) {
    assert!(x.len() == grad.len() && slope.len() == slope_grad.len());
    // A slope for all is one channel of as many rows as there are elements.
    let c = if slope.len() == 1 { 1 } else { c };
    assert_eq!(slope.len(), c);
    for first in (0..c).step_by(CHANNELS) {
        let some = first..(first + CHANNELS).min(c);
        let mut sums = [0.0f64; CHANNELS];
        for (x, grad) in x.chunks_exact(c).zip(grad.chunks_exact_mut(c)) {
            let pairs = x[some.clone()].iter().zip(&mut grad[some.clone()]);
            for ((sum, &slope), (&x, grad)) in sums.iter_mut().zip(&slope[some.clone()]).zip(pairs)
            {
                let dy = *grad;
                *sum += if x > 0.0 { 0.0 } else { f64::from(x) * f64::from(dy) };
                *grad = if x > 0.0 { dy } else { slope * dy };
            }
        }
        let sums = sums.iter().take(some.len()).map(|&sum| sum as f32);
        slope_grad[some].iter_mut().zip(sums).for_each(|(to, sum)| *to = sum);
    }
}
