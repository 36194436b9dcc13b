//! Losses: the value and the gradient of what was predicted, in one call.
//!
//! - [`cross_entropy`]: of classes, by index or as probabilities, for images or for each pixel;
//! - [`binary`]: of bits, from logits: cross-entropy and focal loss;
//! - [`regression`]: of numbers: squared, absolute, smooth L1 and Huber;
//! - [`dice`]: of masks, by their overlap.
//!
//! The formulas are PyTorch's. Predictions, targets and gradients are slices of one length, with the
//! channels (classes) last: a row is an image of a classifier or a pixel of a map. The gradient is
//! written, not added. The value is summed in f64 by [`blocks`], and no result depends on how many
//! threads there are. A wrong length is [`Code::Shape`](crate::error::Code::Shape).

pub mod binary;
pub mod blocks;
pub mod cross_entropy;
pub mod dice;
pub mod regression;

use crate::error::{Error, expect_len};

/// What becomes of the losses of all elements or rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    /// The factor of the sum, where `count` is what a mean divides by.
    fn scale(self, count: f64) -> f64 {
        match self {
            Reduction::Mean => 1.0 / count,
            Reduction::Sum => 1.0,
        }
    }
}

/// Fails unless targets and gradient are as long as the predictions.
fn expect_same(x: &[f32], target: &[f32], grad: &[f32]) -> Result<(), Error> {
    expect_len("target", x.len(), target.len())?;
    expect_len("gradient", x.len(), grad.len())
}
