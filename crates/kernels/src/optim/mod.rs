//! Optimisers: one update of one parameter's slice each, with PyTorch's formulas.
//!
//! - [`sgd`]: momentum, dampening, Nesterov, weight decay;
//! - [`adam`]: Adam, and AdamW, whose decay is apart from the gradient;
//! - [`rmsprop`]: plain or centred, with momentum;
//! - [`clip`]: the norm of all gradients, and what must not be there.
//!
//! Each optimiser has its formula as `reference` (version 0), in f64, and `step` (version 1), a zip
//! of slices in f32 that compiles to vector code. Factors are computed in f64 and rounded once. An
//! element is computed by itself, so the bits do not depend on the number of threads.

pub mod adam;
pub mod clip;
pub mod rmsprop;
pub mod sgd;

#[cfg(test)]
mod tests;

use crate::error::{Code, Error};

/// What one update has in common for all parameters of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Update {
    /// Learning rate of this step, as scheduled.
    pub lr: f64,
    /// What gradients are multiplied by first: the clip coefficient, or one over the number of
    /// accumulated batches, or the product of both.
    pub scale: f32,
    /// Updates of this parameter, this one included: 1 for the first.
    pub step: u32,
}

/// Elements that threads share out together.
const ROW: usize = 64;

/// Fails with [`Code::Argument`] unless `value` is at least 0, and below `end` if there is one.
fn check(what: &str, value: f64, end: Option<f64>) -> Result<(), Error> {
    if value >= 0.0 && value.is_finite() && end.is_none_or(|end| value < end) {
        return Ok(());
    }
    let limit = if end.is_some() { "0 or more and below 1" } else { "0 or more and finite" };
    Err(Error::new(Code::Argument, format!("{what} is not {limit}")))
}
