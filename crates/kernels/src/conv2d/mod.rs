//! 2-D convolution (cross-correlation, no flip, as in PyTorch and ONNX), in reading order:
//!
//! 0. [`naive`]: the formula as loops. `OC * OH * OW * KH * KW * C / groups` multiply-adds, each
//!    with two loads from memory.
//! 1. [`im2col`]: what each output pixel sees, copied into a row of a matrix, and the naive GEMM
//!    over it. Shows that convolution *is* a matrix product; buys contiguous loads.
//! 2. [`packed`]: the same matrix, a block of rows at a time, and the packed GEMM: several times
//!    faster, and the matrix never exists as a whole.
//! 3. [`packed::pointwise`]: a 1x1 convolution with stride 1 already is a matrix product; no copy.
//! 4. [`winograd`]: a 3x3 kernel at stride 1 with fewer multiplications, for different rounding.
//! 5. [`depthwise`]: one filter a channel has no sum over channels; vectors run over channels.
//!
//! Maps are channels-last: x `[N, H, W, C]`, y `[N, OH, OW, OC]`.

pub mod depthwise;
pub mod im2col;
pub mod naive;
pub mod packed;
pub mod select;
mod step;
#[cfg(test)]
mod tests;
pub mod winograd;

pub use step::decode;

use crate::activation::Activation;
use crate::filter::Filter;
use crate::gemm::Epilogue;
use crate::geometry::Window;

/// A convolution and its operands. All lengths were checked.
#[derive(Debug, Clone, Copy)]
pub struct Conv<'a> {
    /// Images.
    pub n: usize,
    /// Geometry of one image; `window.c` is C of all groups.
    pub window: &'a Window,
    /// `[N, H, W, C]`
    pub x: &'a [f32],
    /// In the layout that the kernel reads.
    pub filter: &'a Filter,
    /// `[OC]`
    pub bias: Option<&'a [f32]>,
    /// `[N, OH, OW, OC]`, added before the activation.
    pub residual: Option<&'a [f32]>,
    /// Applied last.
    pub activation: Activation,
}

impl<'a> Conv<'a> {
    /// Output channels of all groups.
    pub fn oc(&self) -> usize {
        self.filter.spec().out_channels()
    }

    /// Input channels of one group.
    pub fn cg(&self) -> usize {
        self.window.c / self.filter.spec().groups
    }

    /// Output pixels of one image.
    pub fn pixels(&self) -> usize {
        self.window.oh * self.window.ow
    }

    /// The elements of one image of `x`.
    pub fn image(&self, n: usize) -> &'a [f32] {
        let len = self.window.y.size * self.window.x.size * self.window.c;
        &self.x[n * len..][..len]
    }

    /// Bias, residual and bounds for the channels of `group`, for output that starts at element
    /// `start` of y. Bounds are those of a clamping activation; others follow by
    /// [`Conv::activate`].
    pub fn epilogue(&self, group: usize, start: usize) -> Epilogue<'a> {
        let m = self.oc() / self.filter.spec().groups;
        let (min, max) = self.activation.bounds().unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        Epilogue {
            bias: self.bias.map(|bias| &bias[group * m..][..m]),
            residual: self.residual.map(|residual| &residual[start + group * m..]),
            min,
            max,
        }
    }

    /// Applies an activation that is more than a clamp, while the values are still in cache.
    pub fn activate(&self, y: &mut [f32]) {
        if self.activation.bounds().is_none() {
            self.activation.apply(y);
        }
    }
}
