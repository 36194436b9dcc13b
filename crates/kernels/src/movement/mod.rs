//! Ops that move elements and compute nothing.
//!
//! - [`mod@concat`]: several tensors side by side along one axis;
//! - [`mod@slice`]: one of them taken out again;
//! - [`transpose`]: swaps two neighbouring groups of axes, the way between NCHW and NHWC;
//! - [`shuffle`]: channels become blocks of pixels, and back;
//! - [`rearrange`]: axes in any order, ranges with steps, repetition: what strides can say;
//! - [`gather`]: those that indices name, which are values themselves;
//! - [`pad`]: a border around a tensor of any rank, filled in one of four ways;
//! - [`backward`]: the gradient of padding (of a concatenation it is a slice, of a transposition another one).
//!
//! Each file has the formula as `reference` (version 0), one element at a time, and a kernel that
//! moves the longest contiguous runs it can (version 1).

pub mod backward;
pub mod concat;
pub mod gather;
pub mod pad;
pub mod rearrange;
pub mod shuffle;
pub mod slice;
pub mod transpose;
