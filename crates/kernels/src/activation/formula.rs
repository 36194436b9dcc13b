//! Tests only: every activation and its derivative as the papers have them, in f64.

use super::Activation::{self, *};
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// One of each kind, in the order of the contract.
pub const ALL: &[Activation] = &[
    None,
    Relu,
    Clip { min: -1.0, max: 2.5 },
    LeakyRelu { slope: 0.1 },
    Sigmoid,
    Tanh,
    Silu,
    HardSwish,
    HardSigmoid { alpha: 1.0 / 6.0, beta: 0.5 },
    Gelu,
    GeluTanh,
    Softplus,
    Mish,
    Softsign,
    Elu { alpha: 1.5 },
    Celu { alpha: 0.75 },
    Selu,
];

/// Alpha and scale of SELU.
const SELF_NORMAL: [f64; 2] = [1.673_263_242_354_377_2, 1.050_700_987_355_480_5];

/// The parameters, in the order of the contract; 0 where there is none.
pub fn params(activation: Activation) -> [f32; 2] {
    match activation {
        Clip { min, max } => [min, max],
        LeakyRelu { slope } => [slope, 0.0],
        HardSigmoid { alpha, beta } => [alpha, beta],
        Elu { alpha } | Celu { alpha } => [alpha, 0.0],
        _ => [0.0; 2],
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Argument of the tanh that approximates the normal distribution function.
fn cubic(x: f64) -> f64 {
    (2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))
}

/// The function.
pub fn value(activation: Activation, x: f64) -> f64 {
    let [a, b] = params(activation).map(f64::from);
    match activation {
        None => x,
        Relu => x.max(0.0),
        Clip { .. } => x.clamp(a, b),
        LeakyRelu { .. } => x.max(0.0) + a * x.min(0.0),
        Sigmoid => sigmoid(x),
        Tanh => x.tanh(),
        Silu => x * sigmoid(x),
        HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
        HardSigmoid { .. } => (a * x + b).clamp(0.0, 1.0),
        Gelu => 0.5 * x * libm::erfc(-x * FRAC_1_SQRT_2),
        GeluTanh => x * sigmoid(2.0 * cubic(x)),
        Softplus => softplus(x),
        Mish => x * softplus(x).tanh(),
        Softsign => x / (1.0 + x.abs()),
        Elu { .. } => x.max(0.0) + a * x.min(0.0).exp_m1(),
        Celu { .. } => x.max(0.0) + a * (x.min(0.0) / a).exp_m1(),
        Selu => SELF_NORMAL[1] * (x.max(0.0) + SELF_NORMAL[0] * x.min(0.0).exp_m1()),
    }
}

/// Its derivative; at corners as PyTorch has it.
pub fn derivative(activation: Activation, x: f64) -> f64 {
    let [a, b] = params(activation).map(f64::from);
    let s = sigmoid(x);
    match activation {
        None => 1.0,
        Relu => f64::from(x > 0.0),
        Clip { .. } => f64::from(x > a && x < b),
        LeakyRelu { .. } => [a, 1.0][usize::from(x > 0.0)],
        Sigmoid => s * (1.0 - s),
        Tanh => 1.0 / x.cosh().powi(2),
        Silu => s * (1.0 + x * (1.0 - s)),
        HardSwish if x.abs() < 3.0 => x / 3.0 + 0.5,
        HardSwish => f64::from(x > 0.0),
        // The value is a float's, in which the corners lie at -b / a and (1 - b) / a.
        HardSigmoid { .. } => a * f64::from(x > (-b / a).round() && x < ((1.0 - b) / a).round()),
        Gelu => 0.5 * libm::erfc(-x * FRAC_1_SQRT_2) + x * (-x * x / 2.0).exp() / (2.0 * PI).sqrt(),
        GeluTanh => {
            let slope = (2.0 / PI).sqrt() * (1.0 + 3.0 * 0.044715 * x * x);
            0.5 * (1.0 + cubic(x).tanh()) + 0.5 * x * slope / cubic(x).cosh().powi(2)
        }
        Softplus => s,
        Mish => {
            let t = softplus(x).tanh();
            t + x * (1.0 - t * t) * s
        }
        Softsign => 1.0 / (1.0 + x.abs()).powi(2),
        Elu { .. } | Celu { .. } | Selu if x > 0.0 => {
            [1.0, SELF_NORMAL[1]][usize::from(activation == Selu)]
        }
        Elu { .. } => a * x.exp(),
        Celu { .. } => (x / a).exp(),
        Selu => SELF_NORMAL[0] * SELF_NORMAL[1] * x.exp(),
    }
}
