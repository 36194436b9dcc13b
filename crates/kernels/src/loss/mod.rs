//! Losses: the value and the gradient of what was predicted, in one call.
//!
//! - [`cross_entropy`]: of classes, by index or as probabilities, for images or for each pixel;
//! - [`binary`]: of bits, from logits: cross-entropy and focal loss;
//! - [`regression`]: of numbers: squared, absolute, smooth L1 and Huber;
//! - [`dice`]: of masks, by their overlap;
//! - [`box_iou`]: of boxes, by their overlap.
//!
//! The formulas are PyTorch's. Predictions, targets and gradients are slices of one length, with the
//! channels (classes) last: a row is an image of a classifier or a pixel of a map. The gradient is
//! written, not added. The value is summed in f64 by [`blocks`], and no result depends on how many
//! threads there are. A wrong length is [`Code::Shape`](crate::error::Code::Shape).

pub mod binary;
pub mod blocks;
pub mod box_iou;
pub mod cross_entropy;
pub mod dice;
pub mod regression;

use crate::error::{Error, expect_len};

/// What becomes of the losses of all elements or rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Their sum, divided by this number.
    DividedBy(f32),
}

impl Reduction {
    /// The factor of the sum, where `count` is what a mean divides by.
    fn scale(self, count: f64) -> f64 {
        match self {
            Reduction::Mean => 1.0 / count,
            Reduction::Sum => 1.0,
            Reduction::DividedBy(number) => 1.0 / f64::from(number),
        }
    }

    /// The same where elements have weights, whose sum a mean divides by. Without any weight the
    /// loss is 0: an image without objects has nothing to learn from.
    fn weighted_scale(self, sum: f64) -> f64 {
        if sum == 0.0 { 0.0 } else { self.scale(sum) }
    }
}

/// The sum of weights, in the order in which they lie.
fn sum_of(weights: &[f32]) -> f64 {
    weights.iter().map(|&weight| f64::from(weight)).sum()
}

/// Fails unless targets and gradient are as long as the predictions.
fn expect_same(x: &[f32], target: &[f32], grad: &[f32]) -> Result<(), Error> {
    expect_len("target", x.len(), target.len())?;
    expect_len("gradient", x.len(), grad.len())
}
