//! Max pooling.

use super::max_into;
use crate::extremes::maximum;
use crate::geometry::Window;
use crate::team::Team;

/// Version 0: `y[n, oy, ox, c] = max over taps of x[n, iy, ix, c]`, one element at a time, with
/// `iy = oy * stride - pad + ky * dilation`. Padding does not take part; a window that sees nothing
/// else gives minus infinity, and a NaN under the window gives NaN.
pub fn reference(window: &Window, x: &[f32], y: &mut [f32]) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    for (i, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        *y = f32::NEG_INFINITY;
        for ky in 0..rows.kernel {
            for kx in 0..cols.kernel {
                let iy = (oy * rows.stride + ky * rows.dilation).wrapping_sub(rows.before);
                let ix = (ox * cols.stride + kx * cols.dilation).wrapping_sub(cols.before);
                if iy < rows.size && ix < cols.size {
                    *y = maximum(*y, x[((n * rows.size + iy) * cols.size + ix) * c + channel]);
                }
            }
        }
    }
}

/// Version 1: all channels of an output pixel together.
///
/// `x` is `[N, H, W, C]`, `y` is `[N, OH, OW, C]`, with `N` given by the lengths; `y` is written
/// completely and may hold anything before. The same results as [`reference()`], bit for bit.
#[inline(never)]
pub fn max_pool2d(window: &Window, x: &[f32], y: &mut [f32], team: &Team) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    let image_len = rows.size * cols.size * c;
    let cost = y.len() * rows.kernel * cols.kernel;
    team.split_rows(y, ow * c, cost, |first, lines| {
        for (line, out) in (first..).zip(lines.chunks_exact_mut(ow * c)) {
            let (image, oy) = (&x[line / oh * image_len..][..image_len], line % oh);
            for (ox, pixel) in out.chunks_exact_mut(c).enumerate() {
                pixel.fill(f32::NEG_INFINITY);
                for ky in rows.taps(oy) {
                    let row = rows.input(oy, ky) * cols.size;
                    for kx in cols.taps(ox) {
                        let start = (row + cols.input(ox, kx)) * c;
                        max_into(pixel, &image[start..start + c]);
                    }
                }
            }
        }
    });
}
