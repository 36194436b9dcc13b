//! Adaptive average pooling.

use super::{add_into, divide};
use core::ops::Range;

/// Sizes of an adaptive pooling; each at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Channels.
    pub c: usize,
    /// Input height.
    pub h: usize,
    /// Input width.
    pub w: usize,
    /// Output height; may be larger than the input's.
    pub oh: usize,
    /// Output width.
    pub ow: usize,
}

/// The input indices that output `at` of `out` averages: from `floor(at * size / out)` up to
/// `ceil((at + 1) * size / out)`. Windows may overlap. In u64, since on wasm32 the product of two
/// sizes may not fit `usize`.
pub fn span(size: usize, out: usize, at: usize) -> Range<usize> {
    let (size, out, at) = (size as u64, out as u64, at as u64);
    let (start, end) = (at * size / out, ((at + 1) * size).div_ceil(out));
    start as usize..end as usize
}

/// Version 0: `y[n, oy, ox, c]` is the mean of `x[n, iy, ix, c]` over the rows and columns of
/// [`span`], one element at a time, summed in f64.
pub fn reference(sizes: Sizes, x: &[f32], y: &mut [f32]) {
    let Sizes { c, h, w, oh, ow } = sizes;
    for (i, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        let (mut sum, mut count) = (0.0, 0.0);
        for iy in span(h, oh, oy) {
            for ix in span(w, ow, ox) {
                sum += f64::from(x[((n * h + iy) * w + ix) * c + channel]);
                count += 1.0;
            }
        }
        *y = (sum / count) as f32;
    }
}

/// Version 1: all channels of an output pixel together, one sum per input row and then over rows,
/// which keeps the rounding error to that of a row plus a column.
///
/// `x` is `[N, H, W, C]`, `y` is `[N, OH, OW, C]`, with `N` given by the lengths; `y` and `partial`,
/// of `C` elements, may hold anything before.
#[inline(never)]
pub fn adaptive_avg_pool2d(sizes: Sizes, x: &[f32], y: &mut [f32], partial: &mut [f32]) {
    let Sizes { c, h, w, oh, ow } = sizes;
    let partial = &mut partial[..c];
    let (images, outputs) = (x.chunks_exact(h * w * c), y.chunks_exact_mut(oh * ow * c));
    debug_assert_eq!(images.len(), outputs.len());
    for (image, output) in images.zip(outputs) {
        for (at, pixel) in output.chunks_exact_mut(c).enumerate() {
            let (rows, cols) = (span(h, oh, at / ow), span(w, ow, at % ow));
            let count = (rows.len() * cols.len()) as f32;
            pixel.fill(0.0);
            for iy in rows {
                partial.fill(0.0);
                let row = &image[(iy * w + cols.start) * c..(iy * w + cols.end) * c];
                for input in row.chunks_exact(c) {
                    add_into(partial, input);
                }
                add_into(pixel, partial);
            }
            divide(pixel, count);
        }
    }
}
