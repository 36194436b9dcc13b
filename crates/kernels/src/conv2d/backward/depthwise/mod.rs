//! Both gradients of a depthwise convolution, vectors of channels at a time.
//!
//! - `weight_sums`: the taps of a kernel line are summed over the pixels together, so that an
//!   element of `dy` that was loaded serves all of them.
//! - [`input_gradient`]: gathered, at any stride, padding and dilation. At stride 1 the forward
//!   kernel with the filter turned round loads less: see [`super::input`].

mod input;
mod weight;

pub use input::{input_gradient, scratch_len};
pub(super) use weight::weight_sums;
