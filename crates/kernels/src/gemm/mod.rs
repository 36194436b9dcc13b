//! Matrix multiplication `C[n][m] = sum over k of A[n][k] * B[m][k]`, the heart of convolution.
//!
//! `M` is output channels, `N` output pixels, `K` the taps of a filter (`KH * KW * C / groups`).
//! Activations are channels-last, so a row of `A` is what one output pixel sees and a row of `C`
//! is one output pixel.
//!
//! In reading order:
//! 0. [`naive`]: three loops, the sum innermost.
//!    [`plain`]: the same three with the channels innermost, over `B[k][m]`.
//!    [`blocked`]: tiles of sums in registers over blocks that stay in cache, without vectors of its
//!    own.
//! 1. [`crate::filter`]: the weights rearranged into panels of [`MR`] channels, once per model.
//! 2. [`left`]: `A` is read where it lies, whether a matrix or the windows of an image.
//! 3. [`microkernel`]: a tile of [`NR`] pixels by [`MR`] channels held in registers. Each element
//!    loaded is used [`NR`] or [`MR`] times, which turns a memory-bound loop into an
//!    arithmetic-bound one.
//! 4. [`packed`]: the loops around it, blocked over `K` so that a panel stays in the first-level
//!    cache (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication").
//!
//! [`outer`] is the other product of training, with the sum over pixels.

pub mod blocked;
pub mod lanes;
pub mod left;
pub mod microkernel;
pub mod naive;
pub mod outer;
pub mod packed;
pub mod plain;

use crate::matrix::Mat;
use crate::simd::LANES;

/// Output channels of a tile: two vectors, or four, which the engine pairs.
pub const MR: usize = if cfg!(feature = "wide") { 16 } else { 8 };
/// Rows of a filter that fill whole panels in every build.
pub const WHOLE_ROWS: usize = 16;
const _: () = assert!(WHOLE_ROWS % MR == 0);
/// Vectors of a tile's row.
pub const VECTORS: usize = MR / LANES;
/// Output pixels of a tile at the most. The 15 vector registers that an engine has on x86-64 hold
/// the sums of 6 pixels, 2 weights and 1 activation; without a fused multiply-add the product
/// needs one as well, and a fifth pixel already spills. Fewer pixels are fewer independent sums
/// than additions are in flight.
pub const NR: usize =
    if cfg!(all(target_feature = "relaxed-simd", not(feature = "wide"))) { 6 } else { 4 };
/// Taps of one pass over `K`: a panel of `KC * MR` elements is 8 KiB and stays in cache, and the
/// partial sums of a pass being added to each other bound the rounding error by
/// `(KC + K / KC) * epsilon` in place of `K * epsilon`.
pub const KC: usize = 256;

/// What is added to the sums before they are stored, and the range they are clamped to.
#[derive(Debug, Clone, Copy)]
pub struct Epilogue<'a> {
    /// Per output channel, `[m]`.
    pub bias: Option<&'a [f32]>,
    /// Added element by element, `[n][m]`.
    pub residual: Option<Mat<'a>>,
    /// Lower bound; `-inf` for none. NaN passes through.
    pub min: f32,
    /// Upper bound; `inf` for none.
    pub max: f32,
}

impl Epilogue<'_> {
    /// Stores the sums as they are.
    pub const NONE: Self =
        Epilogue { bias: None, residual: None, min: f32::NEG_INFINITY, max: f32::INFINITY };

    /// Whether sums are stored as they are.
    pub fn is_plain(&self) -> bool {
        let open = self.min == f32::NEG_INFINITY && self.max == f32::INFINITY;
        open && self.bias.is_none() && self.residual.is_none()
    }
}
