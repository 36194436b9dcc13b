//! Normalisation over channels-last rows, `[rows, C]` with `rows = N * H * W`.
//!
//! - [`affine`]: a scale and a shift per channel, what is left of a BatchNorm that no convolution
//!   could take in;
//! - [`batch`]: BatchNorm as it is trained, with the statistics of the batch or running ones;
//! - [`group`]: statistics of the input itself: group, instance and layer normalisation;
//! - [`lrn`]: AlexNet's local response normalisation across channels;
//! - [`backward`]: the gradients of all but the first.
//!
//! Each file has the formula as `reference` (version 0) and a kernel over one row of channels, in
//! place (version 1), whose inner loops run over contiguous memory.

pub mod affine;
pub mod backward;
pub mod batch;
pub mod group;
pub mod lrn;
