//! Average pooling.

use super::{add_into, divide};
use crate::geometry::{Axis, Window};

/// What the sum under a window is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divisor {
    /// The taps inside the input.
    Inside,
    /// The taps inside the padded input: with ceil mode, the last window may reach past it.
    Padded,
    /// This number, always (PyTorch's `divisor_override`).
    Fixed(u32),
}

impl Divisor {
    /// The divisor of the window at `oy`, `ox`.
    #[inline]
    pub(crate) fn at(self, rows: &Axis, cols: &Axis, oy: usize, ox: usize) -> f32 {
        match self {
            Divisor::Inside => (rows.taps(oy).len() * cols.taps(ox).len()) as f32,
            Divisor::Padded => (padded_taps(rows, oy) * padded_taps(cols, ox)) as f32,
            Divisor::Fixed(divisor) => divisor as f32,
        }
    }
}

/// Taps of the window at `out` that lie in the input or its padding.
#[inline]
fn padded_taps(axis: &Axis, out: usize) -> usize {
    let room = axis.before + axis.size + axis.after - out * axis.stride;
    room.div_ceil(axis.dilation).min(axis.kernel)
}

/// Version 0: `y[n, oy, ox, c] = sum over taps of x[n, iy, ix, c] / divisor`, one element at a
/// time, with `iy = oy * stride - pad + ky * dilation` and zero outside the input. A window that
/// sees only padding gives 0, whatever the divisor.
pub fn reference(window: &Window, divisor: Divisor, x: &[f32], y: &mut [f32]) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    for (i, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        let (mut sum, mut inside, mut padded) = (0.0, 0, 0);
        for ky in 0..rows.kernel {
            for kx in 0..cols.kernel {
                let iy = oy * rows.stride + ky * rows.dilation;
                let ix = ox * cols.stride + kx * cols.dilation;
                if iy >= rows.before + rows.size + rows.after
                    || ix >= cols.before + cols.size + cols.after
                {
                    continue;
                }
                padded += 1;
                let (iy, ix) = (iy.wrapping_sub(rows.before), ix.wrapping_sub(cols.before));
                if iy < rows.size && ix < cols.size {
                    inside += 1;
                    sum += x[((n * rows.size + iy) * cols.size + ix) * c + channel];
                }
            }
        }
        let divisor = match divisor {
            Divisor::Inside => inside as f32,
            Divisor::Padded => padded as f32,
            Divisor::Fixed(divisor) => divisor as f32,
        };
        *y = if inside == 0 { 0.0 } else { sum / divisor };
    }
}

/// Version 1: all channels of an output pixel together.
///
/// `x` is `[N, H, W, C]`, `y` is `[N, OH, OW, C]`, with `N` given by the lengths; `y` is written
/// completely and may hold anything before. Adds in the same order as [`reference()`], so the results
/// are the same, bit for bit.
#[inline(never)]
pub fn avg_pool2d(window: &Window, divisor: Divisor, x: &[f32], y: &mut [f32]) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    let images = x.chunks_exact(rows.size * cols.size * c);
    let outputs = y.chunks_exact_mut(oh * ow * c);
    debug_assert_eq!(images.len(), outputs.len());
    for (image, output) in images.zip(outputs) {
        for (at, pixel) in output.chunks_exact_mut(c).enumerate() {
            let (oy, ox) = (at / ow, at % ow);
            let (row_taps, col_taps) = (rows.taps(oy), cols.taps(ox));
            pixel.fill(0.0);
            if row_taps.is_empty() || col_taps.is_empty() {
                continue;
            }
            for ky in row_taps {
                let row = rows.input(oy, ky) * cols.size;
                for kx in col_taps.clone() {
                    let start = (row + cols.input(ox, kx)) * c;
                    add_into(pixel, &image[start..start + c]);
                }
            }
            divide(pixel, divisor.at(&rows, &cols, oy, ox));
        }
    }
}
