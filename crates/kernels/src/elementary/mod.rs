//! Elementary functions of f32, four lanes at a time.
//!
//! Every function is written once, generic over [`Wide`](crate::simd::wide::Wide): it widens to f64,
//! evaluates there without fused operations and rounds once. So all variants, all lanes and the
//! single number (`f64` as the vector) have the same bits, and no rounding but the last one counts:
//! the worst error over all floats is 1.1 units in the last place (`examples/ulp.rs` measures it;
//! its doc has the table).
//!
//! - [`exp`]: `exp(x)` and `exp(x) - 1`, one polynomial for both;
//! - [`log`]: `ln(x)`, and `ln(1 + x)` for `x` in [0, 1];
//! - [`erf`]: the error function and the tail of the normal distribution;
//! - [`logistic`]: sigmoid, SiLU, tanh, softplus, Mish;
//! - [`gelu`]: GELU in both forms;
//! - [`units`]: ELU, SELU, CELU, softsign;
//! - [`pow`]: powers of one number by another;
//! - [`slices`]: any of them over a slice.
//!
//! NaN gives NaN. At infinity each function has its limit, also where the formula would be
//! `infinity * 0`: SiLU, GELU and Mish of minus infinity are minus zero. Functions through the
//! origin keep the sign of zero.

pub mod erf;
pub mod exp;
pub mod gelu;
pub mod log;
pub mod logistic;
pub mod pow;
pub mod slices;
pub mod units;

use crate::simd::wide::Constants;

/// 0, 1 and 2.
#[used]
pub(crate) static INTEGERS: Constants<f64, 3> = Constants::new([0.0, 1.0, 2.0]);
