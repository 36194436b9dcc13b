//! What the elementary functions are measured by: their exact values in f64, and units of the
//! last place. For the tests and for `examples/ulp.rs`.

use receptive_kernels::elementary::units::Elu;
use receptive_kernels::elementary::{erf, exp, gelu, log, logistic, slices, units};

/// A function in its three forms.
pub struct Function {
    /// The name.
    pub name: &'static str,
    /// Over a slice.
    pub slice: fn(&mut [f32]),
    /// Of one number.
    #[allow(dead_code, reason = "the example takes slices alone")]
    pub value: fn(f32) -> f32,
    /// In f64, by a library.
    pub exact: fn(f64) -> f64,
}

/// How far `got` is from `exact`, in units of the last place of an f32 of that size. Infinite for a
/// number where NaN is right and the other way round; a value that rounds to infinity may be it.
pub fn ulps(got: f32, exact: f64) -> f64 {
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() { 0.0 } else { f64::INFINITY };
    }
    let nearest = exact as f32;
    if got == nearest {
        return if nearest.is_infinite() {
            0.0
        } else {
            (f64::from(got) - exact).abs() / unit(exact)
        };
    }
    // Beside infinity, 2^128 stands for it.
    let finite = |x: f32| if x.is_infinite() { 128f64.exp2().copysign(x.into()) } else { x.into() };
    let exact = if nearest.is_infinite() { finite(nearest) } else { exact };
    (finite(got) - exact).abs() / unit(exact)
}

fn unit(exact: f64) -> f64 {
    let exponent = (exact.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    f64::from(exponent.clamp(-126, 127) - 23).exp2()
}

const ALPHA: f32 = 0.7;

/// `x` times something that goes to zero faster than `1 / x`.
fn gated(x: f64, gate: f64) -> f64 {
    if gate == 0.0 { -0.0 } else { x * gate }
}

fn below(x: f64, rate: f64) -> f64 {
    if x > 0.0 { 0.0 } else { (x * rate).exp_m1() }
}

fn selu(x: f64) -> f64 {
    1.0507009873554805 * if x > 0.0 { x } else { 1.6732632423543772 * below(x, 1.0) }
}

fn celu(alpha: f32, x: f64) -> f64 {
    let alpha = f64::from(alpha);
    if x > 0.0 { x } else { alpha * below(x, 1.0 / alpha) }
}

fn gelu_tanh(x: f64) -> f64 {
    let u = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
    gated(x, 1.0 / (1.0 + (-2.0 * u).exp()))
}

fn mish(x: f64) -> f64 {
    let gate = if x > 300.0 { 1.0 } else { x.exp().ln_1p().tanh() };
    gated(x, gate)
}

/// All of them.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "exp", slice: slices::exp, value: exp::exp::<f64>, exact: f64::exp },
    Function { name: "expm1", slice: slices::expm1, value: exp::expm1::<f64>, exact: f64::exp_m1 },
    Function { name: "log", slice: slices::log, value: log::log::<f64>, exact: f64::ln },
    Function { name: "erf", slice: slices::erf, value: erf::erf::<f64>, exact: libm::erf },
    Function { name: "tanh", slice: slices::tanh, value: logistic::tanh::<f64>, exact: f64::tanh },
    Function {
        name: "sigmoid",
        slice: slices::sigmoid,
        value: logistic::sigmoid::<f64>,
        exact: |x| 1.0 / (1.0 + (-x).exp()),
    },
    Function {
        name: "silu",
        slice: slices::silu,
        value: logistic::silu::<f64>,
        exact: |x| gated(x, 1.0 / (1.0 + (-x).exp())),
    },
    Function {
        name: "gelu",
        slice: slices::gelu,
        value: gelu::gelu::<f64>,
        exact: |x| gated(x, 0.5 * libm::erfc(-x / core::f64::consts::SQRT_2)),
    },
    Function {
        name: "gelu_tanh",
        slice: slices::gelu_tanh,
        value: gelu::gelu_tanh::<f64>,
        exact: gelu_tanh,
    },
    Function {
        name: "softplus",
        slice: slices::softplus,
        value: logistic::softplus::<f64>,
        exact: |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
    },
    Function { name: "mish", slice: slices::mish, value: logistic::mish::<f64>, exact: mish },
    Function {
        name: "softsign",
        slice: slices::softsign,
        value: units::softsign::<f64>,
        exact: |x| if x.is_infinite() { x.signum() } else { x / (1.0 + x.abs()) },
    },
    Function {
        name: "elu",
        slice: |values| slices::elu(values, Elu::new(ALPHA)),
        value: |x| Elu::new(ALPHA).value::<f64>(x),
        exact: |x| if x > 0.0 { x } else { f64::from(ALPHA) * below(x, 1.0) },
    },
    Function {
        name: "selu",
        slice: |values| slices::elu(values, Elu::selu()),
        value: |x| Elu::selu().value::<f64>(x),
        exact: selu,
    },
    Function {
        name: "celu",
        slice: |values| slices::elu(values, Elu::celu(ALPHA)),
        value: |x| Elu::celu(ALPHA).value::<f64>(x),
        exact: |x| celu(ALPHA, x),
    },
    Function {
        name: "celu_negative",
        slice: |values| slices::elu(values, Elu::celu(-ALPHA)),
        value: |x| Elu::celu(-ALPHA).value::<f64>(x),
        exact: |x| celu(-ALPHA, x),
    },
];
