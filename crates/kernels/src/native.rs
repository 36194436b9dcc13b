//! Kernels for the vectors of this build, as plain functions.
//!
//! Generic functions are compiled along with the crate that calls them, and with its settings. These
//! are compiled along with this crate: one that is compiled for size calls them at full speed.

use crate::conv_transpose2d::backward as transposed;
use crate::conv_transpose2d::{ConvTranspose, scatter};
use crate::conv2d::backward::{Shape, input, weight};
use crate::conv2d::{Conv, depthwise, packed, winograd};
use crate::linear::{self, Linear, backward};
use crate::matrix::MatMut;
use crate::simd::Native;
use crate::team::Team;

/// See [`packed::conv2d`].
#[inline(never)]
pub fn conv2d_packed(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    packed::conv2d::<Native>(conv, y, scratch, team);
}

/// See [`winograd::conv2d`].
#[inline(never)]
pub fn conv2d_winograd(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    winograd::conv2d::<Native>(conv, y, scratch, team);
}

/// See [`depthwise::conv2d`].
#[inline(never)]
pub fn conv2d_depthwise(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    depthwise::conv2d::<Native>(conv, y, scratch, team);
}

/// See [`input::input_gradient`].
#[inline(never)]
pub fn conv2d_input_gradient(
    shape: &Shape,
    algorithm: input::Algorithm,
    from: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    input::input_gradient::<Native>(shape, algorithm, from, dx, scratch, team);
}

/// See [`weight::weight_gradient`].
#[inline(never)]
pub fn conv2d_weight_gradient(
    shape: &Shape,
    [x, dy]: [&[f32]; 2],
    dw: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    weight::weight_gradient::<Native>(shape, x, dy, dw, scratch, team);
}

/// See [`scatter::conv_transpose2d`].
#[inline(never)]
pub fn conv_transpose2d(conv: &ConvTranspose<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    scatter::conv_transpose2d::<Native>(conv, y, scratch, team);
}

/// See [`transposed::input_gradient`].
#[inline(never)]
pub fn transposed_input_gradient(
    shape: &transposed::Shape,
    from: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    transposed::input_gradient::<Native>(shape, from, dx, scratch, team);
}

/// See [`transposed::weight_gradient`].
#[inline(never)]
pub fn transposed_weight_gradient(
    shape: &transposed::Shape,
    [x, dy]: [&[f32]; 2],
    dw: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    transposed::weight_gradient::<Native>(shape, x, dy, dw, scratch, team);
}

/// See [`linear::linear`].
#[inline(never)]
pub fn linear(layer: &Linear<'_>, y: &mut [f32], team: &Team) {
    linear::linear::<Native>(layer, y, team);
}

/// See [`backward::input_gradient`].
#[inline(never)]
pub fn linear_input_gradient(
    shape: &backward::Shape,
    from: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    backward::input_gradient::<Native>(shape, from, dx, scratch, team);
}

/// See [`backward::weight_gradient`].
#[inline(never)]
pub fn linear_weight_gradient(
    shape: &backward::Shape,
    [x, dy]: [&[f32]; 2],
    dw: &mut [f32],
    team: &Team,
) {
    backward::weight_gradient::<Native>(shape, x, dy, dw, team);
}

/// See [`crate::column_sums::column_sums`].
#[inline(never)]
pub fn column_sums(x: &[f32], y: &mut [f32], scratch: &mut [f32]) {
    crate::column_sums::column_sums::<Native>(x, y, scratch);
}
