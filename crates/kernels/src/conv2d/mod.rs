//! 2-D convolution (cross-correlation, no flip, as in PyTorch and ONNX), in reading order:
//!
//! 0. [`naive`]: the formula as loops. `OC * OH * OW * KH * KW * C / groups` multiply-adds, each
//!    with two loads from memory.
//! 1. [`im2col`]: what each output pixel sees, copied into a row of a matrix, and a plain product
//!    over it. Shows that convolution *is* a matrix product; buys contiguous loads.
//! 2. [`blocked`]: the same a few pixels at a time, by tiles whose sums stay in registers. What was
//!    loaded is used again.
//! 3. [`packed`]: the packed GEMM over the same matrix, which is never written: its rows are read
//!    where they lie in the image, between zeros at the edges ([`strip`]). Several times faster.
//! 4. [`winograd`]: a 3x3 kernel at stride 1 with fewer multiplications, for different rounding.
//! 5. [`depthwise`]: one filter a channel has no sum over channels; vectors run over channels.
//!
//! From 3 on the vectors are written out ([`crate::simd`]). 0 to 2 are plain loops over f32; those
//! of 1 and 2 have such an order that the compiler makes vectors of them where a variant has any.
//!
//! Maps are channels-last: x `[N, H, W, C]`, y `[N, OH, OW, OC]`. y may be some of the channels of
//! a wider map: it is a matrix of pixels by OC channels whose rows lie a stride apart.

pub mod backward;
pub mod blocked;
pub mod depthwise;
pub mod im2col;
pub mod naive;
#[cfg(test)]
mod oracle;
pub mod packed;
pub mod select;
pub mod strip;
#[cfg(test)]
mod tests;
pub mod winograd;

use crate::activation::Activation;
use crate::filter::Filter;
use crate::gemm::Epilogue;
use crate::geometry::Window;
use crate::matrix::{Mat, MatMut};
use core::ops::Range;

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
    pub filter: &'a Filter<'a>,
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

    /// Whether channels are in several groups.
    pub fn grouped(&self) -> bool {
        self.filter.spec().groups > 1
    }

    /// Bias, residual and bounds for output `pixels`, counted over all images, and `channels`.
    /// Bounds are those of a clamping activation; others follow by [`Conv::activate`].
    pub fn epilogue(&self, pixels: Range<usize>, channels: Range<usize>) -> Epilogue<'a> {
        let oc = self.oc();
        let (min, max) = self.activation.bounds().unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        let residual = self.residual.map(|residual| Mat::new(residual, oc, oc));
        Epilogue {
            bias: self.bias.map(|bias| &bias[channels.clone()]),
            residual: residual.map(|residual| residual.block(pixels, channels)),
            min,
            max,
        }
    }

    /// The epilogue of all pixels and channels.
    pub fn epilogue_of_all(&self) -> Epilogue<'a> {
        self.epilogue(0..self.n * self.pixels(), 0..self.oc())
    }

    /// Applies an activation that is more than a clamp, while the values are still in cache.
    pub fn activate(&self, y: &mut MatMut<'_>) {
        if self.activation.bounds().is_none() {
            (0..y.rows()).for_each(|row| self.activation.apply(y.row(row)));
        }
    }
}
