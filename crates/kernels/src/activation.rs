//! Activations: fused at the store of a convolution, or a step of their own.
//!
//! - [`Activation::value`] is the formula for one number, the version to read.
//! - [`Activation::apply`] runs it over a slice with the kind matched once outside the loop and
//!   selects instead of branches inside, so that all kinds compile to vector code; those that
//!   clamp use [`crate::simd::Vector::clamp`], those of `exp` are in [`crate::elementary`].
//! - [`Activation::bounds`] says which kinds are a plain clamp, which a convolution can do in
//!   registers just before it stores.
//!
//! NaN comes out as NaN everywhere: each comparison is written so that NaN takes the branch that
//! returns its argument. A vector loop must not compare and select by itself: with relaxed SIMD the
//! compiler makes `relaxed_min` and `relaxed_max` of that, which may lose a NaN.

pub mod backward;
#[cfg(any(test, feature = "testing"))]
pub mod formula;

use crate::elementary::slices;
use crate::elementary::units::{self, Elu as Unit};
use crate::elementary::{gelu, logistic};
use crate::error::{Code, Error};
use crate::simd::{Isa, LANES, Native};

/// An elementwise function with its parameters bound.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Activation {
    /// `x`
    #[default]
    None,
    /// `max(x, 0)` (Nair and Hinton 2010)
    Relu,
    /// `min(max(x, min), max)`; ReLU6 is `min = 0`, `max = 6`. Needs `min <= max`.
    Clip {
        /// Lower bound.
        min: f32,
        /// Upper bound.
        max: f32,
    },
    /// `x` where positive, else `slope * x` (Maas, Hannun and Ng 2013)
    LeakyRelu {
        /// Factor for what is not positive.
        slope: f32,
    },
    /// `1 / (1 + exp(-x))`
    Sigmoid,
    /// `tanh(x)`
    Tanh,
    /// `x * sigmoid(x)` (Elfwing et al. 2017, arXiv 1702.03118)
    Silu,
    /// `x * min(max(x + 3, 0), 6) / 6` (Howard et al. 2019, arXiv 1905.02244)
    HardSwish,
    /// `min(max(alpha * x + beta, 0), 1)`; PyTorch's has `alpha = 1/6`, `beta = 1/2`.
    HardSigmoid {
        /// Slope.
        alpha: f32,
        /// Value at zero.
        beta: f32,
    },
    /// `x` times the normal distribution function (Hendrycks and Gimpel 2016, arXiv 1606.08415)
    Gelu,
    /// The same with the distribution approximated by `tanh`, as there.
    GeluTanh,
    /// `ln(1 + exp(x))` (Dugas et al. 2001)
    Softplus,
    /// `x * tanh(softplus(x))` (Misra 2019, arXiv 1908.08681)
    Mish,
    /// `x / (1 + |x|)` (Turian et al. 2009)
    Softsign,
    /// [`Unit::new`]
    Elu {
        /// Minus the value far below zero.
        alpha: f32,
    },
    /// [`Unit::celu`]
    Celu {
        /// The same; not 0.
        alpha: f32,
    },
    /// [`Unit::selu`]
    Selu,
}

impl Activation {
    /// The same, or [`Code::Argument`] for a parameter that is NaN or a lower bound above the upper
    /// one.
    pub fn check(self) -> Result<Self, Error> {
        let valid = match self {
            Activation::Clip { min, max } => min <= max,
            Activation::LeakyRelu { slope } => !slope.is_nan(),
            Activation::HardSigmoid { alpha, beta } => !alpha.is_nan() && !beta.is_nan(),
            Activation::Elu { alpha } => !alpha.is_nan(),
            Activation::Celu { alpha } => !alpha.is_nan() && alpha != 0.0,
            _ => true,
        };
        if valid {
            return Ok(self);
        }
        Err(Error::new(Code::Argument, "an activation does not take these parameters"))
    }

    /// The function at one point, accurate to 2 units in the last place.
    #[inline]
    pub fn value(self, x: f32) -> f32 {
        match self {
            Activation::None => x,
            Activation::Relu => relu(x),
            Activation::Clip { min, max } => clip(x, min, max),
            Activation::LeakyRelu { slope } => leaky_relu(x, slope),
            Activation::Sigmoid => logistic::sigmoid::<f64>(x),
            Activation::Tanh => logistic::tanh::<f64>(x),
            Activation::Silu => logistic::silu::<f64>(x),
            Activation::HardSwish => hard_swish(x),
            Activation::HardSigmoid { alpha, beta } => clip(alpha * x + beta, 0.0, 1.0),
            Activation::Gelu => gelu::gelu::<f64>(x),
            Activation::GeluTanh => gelu::gelu_tanh::<f64>(x),
            Activation::Softplus => logistic::softplus::<f64>(x),
            Activation::Mish => logistic::mish::<f64>(x),
            Activation::Softsign => units::softsign::<f64>(x),
            Activation::Elu { alpha } => Unit::new(alpha).value::<f64>(x),
            Activation::Celu { alpha } => Unit::celu(alpha).value::<f64>(x),
            Activation::Selu => Unit::selu().value::<f64>(x),
        }
    }

    /// Replaces every element by the function's value; a slice of any length.
    #[inline(never)]
    pub fn apply(self, values: &mut [f32]) {
        match self {
            Activation::None => {}
            Activation::Relu => each(values, relu),
            Activation::Clip { min, max } => clamp_all::<Native>(values, min, max),
            Activation::LeakyRelu { slope } => each(values, |x| leaky_relu(x, slope)),
            Activation::Sigmoid => slices::sigmoid(values),
            Activation::Tanh => slices::tanh(values),
            Activation::Silu => slices::silu(values),
            Activation::HardSwish => hard_swish_all::<Native>(values),
            Activation::HardSigmoid { alpha, beta } => {
                hard_sigmoid_all::<Native>(values, alpha, beta);
            }
            Activation::Gelu => slices::gelu(values),
            Activation::GeluTanh => slices::gelu_tanh(values),
            Activation::Softplus => slices::softplus(values),
            Activation::Mish => slices::mish(values),
            Activation::Softsign => slices::softsign(values),
            Activation::Elu { alpha } => slices::elu(values, Unit::new(alpha)),
            Activation::Celu { alpha } => slices::elu(values, Unit::celu(alpha)),
            Activation::Selu => slices::elu(values, Unit::selu()),
        }
    }

    /// The interval that a clamping kind clamps to (everything, for no activation), or `None` if
    /// the kind is more than a clamp and needs [`Activation::apply`].
    #[inline]
    pub fn bounds(self) -> Option<(f32, f32)> {
        match self {
            Activation::None => Some((f32::NEG_INFINITY, f32::INFINITY)),
            Activation::Relu => Some((0.0, f32::INFINITY)),
            Activation::Clip { min, max } => Some((min, max)),
            _ => None,
        }
    }
}

#[inline(always)]
fn each(values: &mut [f32], f: impl Fn(f32) -> f32) {
    for value in values {
        *value = f(*value);
    }
}

/// The same by whole vectors; what is left over fills one up.
#[inline(always)]
fn each_vector<I: Isa>(values: &mut [f32], f: impl Fn(I::V) -> I::V) {
    let (whole, rest) = values.split_at_mut(values.len() / LANES * LANES);
    for lanes in whole.chunks_exact_mut(LANES) {
        if let Ok(lanes) = <&mut [f32; LANES]>::try_from(lanes) {
            let y = f(I::get(lanes));
            I::put(lanes, y);
        }
    }
    let mut lanes = [0.0; LANES];
    lanes[..rest.len()].copy_from_slice(rest);
    let y = f(I::get(&lanes));
    I::put(&mut lanes, y);
    rest.copy_from_slice(&lanes[..rest.len()]);
}

fn clamp_all<I: Isa>(values: &mut [f32], min: f32, max: f32) {
    let (low, high) = (I::splat(min), I::splat(max));
    each_vector::<I>(values, |x| I::clamp(x, low, high));
}

fn hard_swish_all<I: Isa>(values: &mut [f32]) {
    let [zero, three, six] = [0.0, 3.0, 6.0].map(I::splat);
    each_vector::<I>(values, |x| I::div(I::mul(x, I::clamp(I::add(x, three), zero, six)), six));
}

fn hard_sigmoid_all<I: Isa>(values: &mut [f32], alpha: f32, beta: f32) {
    let [slope, middle, zero, one] = [alpha, beta, 0.0, 1.0].map(I::splat);
    each_vector::<I>(values, |x| I::clamp(I::add(I::mul(slope, x), middle), zero, one));
}

#[inline(always)]
fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

#[inline(always)]
fn clip(x: f32, min: f32, max: f32) -> f32 {
    let x = if x < min { min } else { x };
    if x > max { max } else { x }
}

#[inline(always)]
fn leaky_relu(x: f32, slope: f32) -> f32 {
    if x > 0.0 { x } else { x * slope }
}

#[inline(always)]
fn hard_swish(x: f32) -> f32 {
    x * clip(x + 3.0, 0.0, 6.0) / 6.0
}

#[cfg(test)]
mod tests {
    use super::formula::{self, ALL};
    use super::*;
    use Activation::*;

    #[test]
    fn slices_match_the_formulas_within_a_few_ulp() {
        let xs: Vec<f32> = (-4000..=4000).map(|i| i as f32 * 0.025 + 0.0031).collect();
        for &activation in ALL {
            let mut ys = xs.clone();
            activation.apply(&mut ys);
            for (&x, &y) in xs.iter().zip(&ys) {
                assert_eq!(y.to_bits(), activation.value(x).to_bits(), "{activation:?} at {x}");
                let expected = formula::value(activation, x.into());
                // hard-swish and hard-sigmoid cancel near -3: their error is that of the sum.
                let scale = match activation {
                    HardSwish => expected.abs().max(f64::from(x.abs())),
                    HardSigmoid { .. } => 1.0,
                    _ => expected.abs(),
                };
                // silu multiplies a subnormal sigmoid, whose last place is 1.4e-45, by x.
                let tol =
                    4.0 * f64::from(f32::EPSILON) * scale + 1.5e-45 * f64::from(x.abs() + 1.0);
                let diff = (f64::from(y) - expected).abs();
                assert!(diff <= tol, "{activation:?} at {x}: {y}, expected {expected}");
            }
        }
    }

    #[test]
    fn nan_stays_nan_in_every_lane() {
        for &activation in ALL {
            let mut values = [f32::NAN; 9];
            activation.apply(&mut values);
            assert!(values.iter().all(|v| v.is_nan()), "{activation:?} gives {values:?}");
            assert!(activation.value(f32::NAN).is_nan(), "{activation:?}");
        }
    }

    #[test]
    fn saturates_without_overflow() {
        for &activation in ALL {
            for x in [-1e30, -1000.0, -104.0, -90.0, 90.0, 1000.0, 1e30] {
                assert!(!activation.value(x).is_nan(), "{activation:?} at {x}");
            }
        }
        assert_eq!(Sigmoid.value(1000.0), 1.0);
        assert_eq!(Sigmoid.value(-1000.0), 0.0);
        assert_eq!(Sigmoid.value(f32::NEG_INFINITY), 0.0);
        assert!(Sigmoid.value(-90.0) > 0.0);
        assert!(Silu.value(-100.0) <= 0.0 && Silu.value(-100.0) > -1e-38);
        assert_eq!(HardSwish.value(-100.0), 0.0);
    }

    #[test]
    fn bounds_clamp_like_the_activation() {
        for &activation in ALL {
            let Some((min, max)) = activation.bounds() else {
                continue;
            };
            for x in [f32::NEG_INFINITY, -1.0, 0.0, 3.0, 7.0, f32::INFINITY] {
                assert_eq!(clip(x, min, max), activation.value(x), "{activation:?} at {x}");
            }
        }
        assert_eq!(ALL.iter().filter(|a| a.bounds().is_some()).count(), 3);
    }

    /// Values of the normal distribution function, from tables.
    #[test]
    fn gelu_of_known_probabilities() {
        for (x, probability) in
            [(0.0, 0.5), (1.0, 0.841_344_8), (-1.0, 0.158_655_25), (-3.0, 0.001_349_898)]
        {
            let (got, expected): (f32, f32) = (Gelu.value(x), x * probability);
            assert!(
                (got - expected).abs() <= 2e-7 * expected.abs(),
                "{x}: {got}, expected {expected}"
            );
        }
    }

    #[test]
    fn relu_of_the_lecture() {
        let mut rows = [
            [2.0, 0.0, -1.0, 9.0, 1.0],
            [-2.0, 2.0, 2.0, 6.0, -3.0],
            [-2.0, 6.0, 4.0, 5.0, 9.0],
            [7.0, 5.0, 6.0, -3.0, 8.0],
            [1.0, 7.0, 5.0, 6.0, 7.0],
        ];
        Relu.apply(rows.as_flattened_mut());
        let expected = [
            [2.0, 0.0, 0.0, 9.0, 1.0],
            [0.0, 2.0, 2.0, 6.0, 0.0],
            [0.0, 6.0, 4.0, 5.0, 9.0],
            [7.0, 5.0, 6.0, 0.0, 8.0],
            [1.0, 7.0, 5.0, 6.0, 7.0],
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn parameters_have_a_meaning() {
        assert_eq!(Clip { min: 0.0, max: 0.0 }.check(), Ok(Clip { min: 0.0, max: 0.0 }));
        for bad in [
            Clip { min: 1.0, max: 0.0 },
            Clip { min: f32::NAN, max: 0.0 },
            Clip { min: 0.0, max: f32::NAN },
            LeakyRelu { slope: f32::NAN },
            HardSigmoid { alpha: 0.0, beta: f32::NAN },
        ] {
            assert_eq!(bad.check().map_err(|e| e.code), Err(Code::Argument), "{bad:?}");
        }
        assert!(ALL.iter().all(|&activation| activation.check() == Ok(activation)));
    }
}
