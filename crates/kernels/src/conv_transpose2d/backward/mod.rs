//! The gradients of a transposed convolution: it is the input gradient of a convolution, so its own
//! gradients are that convolution's other two kernels with maps exchanged.
//!
//! 0. [`naive`]: each product of the formula, passed back to both factors.
//! 1. [`input_gradient`]: a convolution of `dy` with the weights as they are.
//! 2. [`weight_gradient`]: that of the convolution, of which `dy` is the input and `x` the gradient
//!    of the output.
//!
//! The gradient of the bias is [`crate::column_sums`] of `dy`.
//!
//! Maps are channels-last, x `[N, H, W, C]` and y `[N, OH, OW, OC]`; weights are in the order of
//! parameters, `[C, OC / groups, KH, KW]`. Source: Dumoulin and Visin 2016, arXiv 1603.07285.

pub mod naive;
#[cfg(test)]
mod tests;

use super::TransposedAxis;
use crate::conv2d::backward::input::turned::Repacked;
use crate::conv2d::backward::{self, weight};
use crate::error::Error;
use crate::geometry::{Axis, Window};
use crate::simd::Isa;
use crate::team::Team;

/// The sizes of a transposed convolution whose gradients are wanted. An invalid one cannot exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The convolution that this is the transpose of, from y to x.
    conv: backward::Shape,
    forward: Repacked,
}

impl Shape {
    /// `n` images of `c` channels to `oc`, in `groups`.
    ///
    /// Fails with [`crate::error::Code::Geometry`] where channels do not divide into groups, with
    /// [`crate::error::Code::Shape`] where memory cannot address a map or the weights.
    pub fn new(
        n: usize,
        [y_axis, x_axis]: [TransposedAxis; 2],
        [c, oc]: [usize; 2],
        groups: usize,
    ) -> Result<Self, Error> {
        let of_output = |axis: TransposedAxis| Axis { size: axis.out, ceil: false, ..axis.axis };
        let (y, x) = (of_output(y_axis), of_output(x_axis));
        let window = Window::new(oc, y, x)?;
        // Output padding of a stride or more would give the convolution more outputs than x has.
        let window = Window { oh: y_axis.axis.size, ow: x_axis.axis.size, ..window };
        let conv = backward::Shape::new(n, window, c, groups)?;
        Ok(Shape { conv, forward: Repacked::new(n, window, *conv.spec())? })
    }

    /// Elements of x and its gradient.
    pub fn x_len(&self) -> usize {
        self.conv.y_len()
    }

    /// Elements of y and its gradient.
    pub fn y_len(&self) -> usize {
        self.conv.x_len()
    }

    /// Elements of the weights and their gradient.
    pub fn weight_len(&self) -> usize {
        self.conv.weight_len()
    }
}

/// Scratch elements that [`weight_gradient`] needs, for all threads.
pub fn weight_scratch_len(shape: &Shape, team: &Team) -> usize {
    weight::scratch_len(&shape.conv, team)
}

/// `dw[c][oc][kh][kw] = sum over n, ih, iw of x[n][ih][iw][c] * dy[n][oh][ow][oc]`, where
/// `oh = ih * SH + kh * DH - PT` and `ow` likewise are inside.
///
/// `x`: `[N, H, W, C]`. `dy`: `[N, OH, OW, OC]`. `dw`: `[C, OC / groups, KH, KW]`, overwritten.
/// `scratch` holds [`weight_scratch_len`] elements.
///
/// # Panics
/// If a slice is too short.
pub fn weight_gradient<I: Isa>(
    shape: &Shape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    weight::weight_gradient::<I>(&shape.conv, dy, x, dw, scratch, team);
}

/// Scratch elements that [`input_gradient`] needs, for all threads.
pub fn input_scratch_len(shape: &Shape, team: &Team) -> usize {
    shape.forward.convolve_scratch_len(team)
}

/// `dx[n][ih][iw][c] = sum over kh, kw, oc of dy[n][oh][ow][oc] * w[c][oc][kh][kw]`.
///
/// `dy`: `[N, OH, OW, OC]`. `w`: `[C, OC / groups, KH, KW]`. `dx`: `[N, H, W, C]`, overwritten.
/// `scratch` holds [`input_scratch_len`] elements.
///
/// # Panics
/// If a slice is too short.
pub fn input_gradient<I: Isa>(
    shape: &Shape,
    [dy, w]: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    shape.forward.convolve::<I>([dy, w], dx, scratch, team);
}
