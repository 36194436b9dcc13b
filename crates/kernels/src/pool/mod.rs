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

use crate::error::{Code, Error, checked_len};
use crate::geometry::{Axis, Window};
use crate::program::reader::Reader;
use crate::program::step::{Context, ValueId};

/// What the steps of windowed pooling have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pooling {
    /// `[N, H, W, C]`
    pub(crate) x: ValueId,
    /// `[N, OH, OW, C]`
    pub(crate) y: ValueId,
    pub(crate) window: Window,
}

impl Pooling {
    /// Reads `x y N geom` and checks both values and the padding.
    pub(crate) fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Self, Error> {
        let (x, y, n) = (words.size()?, words.size()?, words.positive("batch")?);
        let window = Window::decode(words)?;
        check_padding(&window.y)?;
        check_padding(&window.x)?;
        let Window { c, oh, ow, .. } = window;
        let input = checked_len("input", &[n, window.y.size, window.x.size, c])?;
        context.expect("input", x, input)?;
        context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
        Ok(Pooling { x, y, window })
    }
}

/// Padding as wide as the dilated kernel would give windows that see no input at all. PyTorch
/// allows half the kernel; ONNX anything smaller than it.
fn check_padding(axis: &Axis) -> Result<(), Error> {
    let span = axis.dilation as u64 * (axis.kernel as u64 - 1) + 1;
    let pad = axis.before.max(axis.after);
    if (pad as u64) < span {
        return Ok(());
    }
    let message = format!("padding of {pad} for a window that spans {span}, expected less");
    Err(Error::new(Code::Geometry, message))
}

/// `out = max(out, values)`, where NaN on either side gives NaN.
#[inline]
pub(crate) fn max_into(out: &mut [f32], values: &[f32]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = max(*out, value);
    }
}

/// A comparison with NaN is false: a NaN on the left stays, one on the right is let in by name.
#[inline(always)]
fn max(a: f32, b: f32) -> f32 {
    if (b > a) | b.is_nan() { b } else { a }
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
