//! The kernels that are written for any instruction set, for the one of this module.
//!
//! They are compiled here, and are not inlined: the crate of programs is compiled for size, and what is
//! generic, or small enough, would be compiled there.

use crate::conv_transpose2d::{ConvTranspose, scatter};
use crate::conv2d::{Conv, depthwise, packed, winograd};
use crate::linear::{self, Linear};
use crate::matmul::{self, MatMul};
use crate::matrix::MatMut;
use crate::recurrent::{self, Given, Recurrent};
use crate::simd::Native;
use crate::team::Team;

/// [`packed::conv2d`]
#[inline(never)]
pub fn conv2d_packed(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    packed::conv2d::<Native>(conv, y, scratch, team);
}

/// [`depthwise::conv2d`]
#[inline(never)]
pub fn conv2d_depthwise(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    depthwise::conv2d::<Native>(conv, y, scratch, team);
}

/// [`winograd::conv2d`]
#[inline(never)]
pub fn conv2d_winograd(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    winograd::conv2d::<Native>(conv, y, scratch, team);
}

/// [`scatter::conv_transpose2d`]
#[inline(never)]
pub fn conv_transpose2d(conv: &ConvTranspose<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    scatter::conv_transpose2d::<Native>(conv, y, scratch, team);
}

/// [`linear::linear`]
#[inline(never)]
pub fn linear(layer: &Linear<'_>, y: &mut [f32], team: &Team) {
    linear::linear::<Native>(layer, y, team);
}

/// [`matmul::matmul`]
#[inline(never)]
pub fn matmul(
    products: &MatMul,
    [a, b]: [&[f32]; 2],
    y: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    matmul::matmul::<Native>(products, a, b, y, scratch, team);
}

/// [`recurrent::recurrent`]
#[inline(never)]
pub fn recurrent(layer: &Recurrent, given: Given<'_>, y: &mut [f32], scratch: &mut [f32]) {
    recurrent::recurrent::<Native>(layer, given, y, scratch);
}
