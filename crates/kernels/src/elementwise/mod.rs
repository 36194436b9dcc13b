//! Ops that treat each element by itself.
//!
//! - [`unary`]: an activation as a step of its own, and plain copies;
//! - [`prelu`]: leaky ReLU with a learned slope per channel;
//! - [`math`]: exponentials, roots, rounding;
//! - [`binary`]: sum, product and other operations on two tensors, broadcast as in NumPy;
//! - [`choose`]: of two tensors the one or the other, by a third;
//! - [`backward`]: the gradients of `binary`, and sums of gradients.
//!
//! Each file has the formula as `reference` (version 0) and a kernel over contiguous rows
//! (version 1), whose inner loop is a plain zip of slices that compiles to vector code.
//!
//! All of them work in place. Where input and output are apart, the caller copies each row over just
//! before, so that it is in the nearest cache.

pub mod backward;
pub mod binary;
pub mod choose;
pub mod math;
pub mod prelu;
pub mod unary;

/// Rows of a step without a natural row length: long enough for the loop overhead not to count,
/// short enough for the copy to stay in the nearest cache.
pub const CHUNK: usize = 2048;
