//! A scale and a shift per channel.

use crate::activation::Activation;

/// Version 0: `y[r, c] = f(x[r, c] * scale[c] + shift[c])`. For a BatchNorm (Ioffe and Szegedy
/// 2015, arXiv 1502.03167) `scale = gamma / sqrt(var + eps)` and `shift = beta - mean * scale`. `x`
/// and `y` are `[rows, C]`, `scale` and `shift` `[C]`.
pub fn reference(scale: &[f32], shift: &[f32], act: Activation, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let c = i % scale.len();
        *y = act.value(x[i] * scale[c] + shift[c]);
    }
}

/// Version 1: one row of channels, in place. All three slices have `C` elements.
#[inline(never)]
pub fn affine(row: &mut [f32], scale: &[f32], shift: &[f32]) {
    debug_assert!(row.len() == scale.len() && row.len() == shift.len());
    for ((x, &scale), &shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = *x * scale + shift;
    }
}
