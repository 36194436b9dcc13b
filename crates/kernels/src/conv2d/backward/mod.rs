//! The gradients of a 2-D convolution: given those of its output, `dy = dL/dy`, the gradients of
//! the weights, of the bias and of the input. In reading order:
//!
//! 0. [`naive`]: each product of the forward formula, passed back to both of its factors.
//! 1. [`weight`]: `dW[kh, kw, c][oc] = sum over n, oh, ow of patch x dy`, a matrix product of the
//!    im2col matrix, which is read where it lies in the image, and `dy`; or, of a 3x3 kernel at
//!    stride 1 and many channels, Winograd's algorithm run backwards
//!    ([`crate::conv2d::winograd::gradient`]), a quarter of the multiplications.
//! 2. [`input`]: the convolution of `dy` with the filter turned round, by the forward's kernels;
//!    or, where that multiplies more (a stride, a large kernel on a small map), what each output
//!    adds to its window, gathered.
//! 3. [`depthwise`]: both, where every channel has a filter of its own.
//!
//! The gradient of the bias is [`crate::column_sums`].
//!
//! Maps are channels-last, x `[N, H, W, C]` and y `[N, OH, OW, OC]`, and so are their gradients.
//! Weights and their gradients are in the order of parameters, `[OC, C / groups, KH, KW]`. All
//! kernels overwrite what they write, and read neither it nor scratch before. Threads share out
//! elements of the result, never a sum: the bits do not depend on their number.
//!
//! Source: Dumoulin and Visin 2016, arXiv 1603.07285, chapter 4; Goodfellow, Bengio and Courville
//! 2016, "Deep Learning", chapter 9.5.

pub mod depthwise;
pub mod input;
pub mod naive;
mod shape;
mod sources;
#[cfg(test)]
mod tests;
pub mod weight;

pub use shape::Shape;
