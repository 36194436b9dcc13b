//! Global average and max pooling.

use super::{add_into, divide, max_into};
use crate::extremes::maximum;
/// Pixels summed before the sum joins the total: the rounding error of a mean then grows with
/// `BLOCK + HW / BLOCK` instead of `HW`.
const BLOCK: usize = 32;

/// Version 0 of the average: `y[n, c] = sum over p of x[n, p, c] / HW`, summed in f64.
pub fn avg_reference(hw: usize, c: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (n, channel) = (i / c, i % c);
        let sum: f64 = (0..hw).map(|p| f64::from(x[(n * hw + p) * c + channel])).sum();
        *y = (sum / hw as f64) as f32;
    }
}

/// Version 0 of the maximum: `y[n, c] = max over p of x[n, p, c]`; NaN gives NaN.
pub fn max_reference(hw: usize, c: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (n, channel) = (i / c, i % c);
        let pixels = (0..hw).map(|p| x[(n * hw + p) * c + channel]);
        *y = pixels.fold(f32::NEG_INFINITY, maximum);
    }
}

/// Version 1 of the average: all channels together, summed in blocks of pixels.
///
/// `x` is `[N, HW, C]`, `y` is `[N, C]`, with `N` given by the lengths; `y` and `partial`, of `C`
/// elements, may hold anything before. An image's result does not depend on its batch.
#[inline(never)]
pub fn global_avg(hw: usize, c: usize, x: &[f32], y: &mut [f32], partial: &mut [f32]) {
    debug_assert_eq!(x.len() / hw, y.len());
    let partial = &mut partial[..c];
    for (image, out) in x.chunks_exact(hw * c).zip(y.chunks_exact_mut(c)) {
        out.fill(0.0);
        for block in image.chunks(BLOCK.saturating_mul(c)) {
            partial.fill(0.0);
            for pixel in block.chunks_exact(c) {
                add_into(partial, pixel);
            }
            add_into(out, partial);
        }
        divide(out, hw as f32);
    }
}

/// Version 1 of the maximum: all channels together. Shapes as in [`global_avg`].
#[inline(never)]
pub fn global_max(hw: usize, c: usize, x: &[f32], y: &mut [f32]) {
    debug_assert_eq!(x.len() / hw, y.len());
    for (image, out) in x.chunks_exact(hw * c).zip(y.chunks_exact_mut(c)) {
        out.fill(f32::NEG_INFINITY);
        for pixel in image.chunks_exact(c) {
            max_into(out, pixel);
        }
    }
}
