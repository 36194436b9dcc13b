//! Pooling over channels-last maps, `[N, H, W, C]` to `[N, OH, OW, C]`.
//!
//! - [`max`]: largest element under a window;
//! - [`avg`]: mean under a window, with PyTorch's three ways to count;
//! - [`global`]: one window as large as the map;
//! - [`adaptive`]: windows chosen so that a wanted output size comes out;
//! - [`argmax`]: the maxima together with where they were found, for training;
//! - [`backward`]: the gradients of all of them.
//!
//! Each file has two versions in reading order: 0 `reference` takes one output element at a time
//! and follows the formula; 1 the kernel takes one output pixel at a time and walks all its
//! channels together, which are contiguous, so that the inner loop is vector code without shuffles
//! and each tap costs one stream of loads.

pub mod adaptive;
pub mod argmax;
pub mod avg;
pub mod backward;
pub mod global;
pub mod max;

use crate::extremes::maximum;

/// `out = max(out, values)`, where NaN on either side gives NaN.
#[inline]
pub(crate) fn max_into(out: &mut [f32], values: &[f32]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = maximum(*out, value);
    }
}

/// `out += values`
#[inline]
pub(crate) fn add_into(out: &mut [f32], values: &[f32]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out += value;
    }
}

/// `out /= divisor`
#[inline]
pub(crate) fn divide(out: &mut [f32], divisor: f32) {
    for out in out {
        *out /= divisor;
    }
}
