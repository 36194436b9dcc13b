//! Transposed 2-D convolution: the gradient of a convolution used forwards, to make maps larger
//! (Dumoulin and Visin 2016, arXiv 1603.07285, chapter 4). In reading order:
//!
//! 0. [`naive`]: for each output element, the input elements that reach it.
//! 1. [`scatter`]: one GEMM gives what every input pixel adds to its neighbourhood, then the
//!    pieces are added where they belong (col2im). The arithmetic runs at the speed of the GEMM.

pub mod backward;
pub mod naive;
pub mod scatter;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::error::{Code, Error};
use crate::filter::Filter;
use crate::geometry::Axis;

/// One axis: `axis` describes the convolution that this is the transpose of, so `axis.size` is
/// the size of *this* op's input and padding is what is cut off its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransposedAxis {
    /// Input size, kernel, stride, padding, dilation.
    pub axis: Axis,
    /// Output size.
    pub out: usize,
}

impl TransposedAxis {
    /// `out = (size - 1) * stride - before - after + dilation * (kernel - 1) + extra + 1`.
    ///
    /// `extra` (PyTorch's output padding) must be less than the stride or the dilation.
    ///
    /// Fails with [`Code::Geometry`] where it is not, where a size is 0 or out of range, or where
    /// padding leaves no output.
    pub fn new(axis: Axis, extra: usize) -> Result<Self, Error> {
        // The rule of the forward axis checks every field's range; padding it so that the kernel
        // always fits leaves nothing else to fail.
        let roomy = Axis { size: axis.size.max(1 << 29), ..axis };
        if axis.size == 0 || axis.kernel > 1 << 15 || axis.dilation > 1 << 13 {
            return Err(Error::new(
                Code::Geometry,
                format!("size or kernel out of range: {axis:?}"),
            ));
        }
        roomy.output()?;
        if extra >= axis.stride.max(axis.dilation) {
            let message = format!(
                "output padding {extra} must be less than stride {} or dilation {}",
                axis.stride, axis.dilation
            );
            return Err(Error::new(Code::Geometry, message));
        }
        let reach = (axis.size as u64 - 1) * axis.stride as u64
            + axis.dilation as u64 * (axis.kernel as u64 - 1)
            + extra as u64
            + 1;
        match reach.checked_sub((axis.before + axis.after) as u64) {
            Some(out) if out > 0 && out <= 1 << 30 => {
                Ok(TransposedAxis { axis, out: out as usize })
            }
            _ => Err(Error::new(
                Code::Geometry,
                format!("padding {} + {} leaves nothing of {reach}", axis.before, axis.after),
            )),
        }
    }

    /// Where input `at` adds its `tap`, if inside the output.
    #[inline]
    pub fn target(&self, at: usize, tap: usize) -> Option<usize> {
        let reached = at * self.axis.stride + tap * self.axis.dilation;
        reached.checked_sub(self.axis.before).filter(|&out| out < self.out)
    }

    /// Whether every input has an output of its own for each tap, next to those of the next input.
    pub fn is_apart(&self) -> bool {
        let Axis { size, kernel, stride, before, dilation, .. } = self.axis;
        kernel == stride && dilation == 1 && before == 0 && self.out == size * stride
    }

    /// The input that reaches output `out` by `tap`, if any.
    #[inline]
    pub fn source(&self, out: usize, tap: usize) -> Option<usize> {
        let reached = (out + self.axis.before).checked_sub(tap * self.axis.dilation)?;
        let at = reached / self.axis.stride;
        (reached % self.axis.stride == 0 && at < self.axis.size).then_some(at)
    }
}

/// A transposed convolution and its operands. All lengths were checked.
#[derive(Debug, Clone, Copy)]
pub struct ConvTranspose<'a> {
    /// Images.
    pub n: usize,
    /// Vertical axis.
    pub y_axis: TransposedAxis,
    /// Horizontal axis.
    pub x_axis: TransposedAxis,
    /// `[N, H, W, C]`
    pub x: &'a [f32],
    /// In the layout that the kernel reads.
    pub filter: &'a Filter<'a>,
    /// `[OC]`
    pub bias: Option<&'a [f32]>,
    /// Applied last.
    pub activation: Activation,
}

impl ConvTranspose<'_> {
    /// Whether every output has one term for each channel: the tap of one input.
    pub fn is_apart(&self) -> bool {
        self.y_axis.is_apart() && self.x_axis.is_apart()
    }
}
