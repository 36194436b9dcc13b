//! Gradient of max pooling, from the offsets that [`crate::pool::argmax::max_pool2d`] keeps.

use crate::geometry::Window;
use crate::pool::argmax::Offset;
use crate::team::{PASS, Team};

/// Version 0: `dx[n, iy, ix, c] = sum of dy[n, oy, ox, c]` over the windows in which it is the
/// maximum: the first of equal ones in scan order, or the last NaN. A window that sees only padding
/// gives nothing.
pub fn reference(window: &Window, x: &[f32], dy: &[f32], dx: &mut [f64]) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        let mut found: Option<usize> = None;
        for ky in 0..rows.kernel {
            for kx in 0..cols.kernel {
                let iy = (oy * rows.stride + ky * rows.dilation).wrapping_sub(rows.before);
                let ix = (ox * cols.stride + kx * cols.dilation).wrapping_sub(cols.before);
                if iy >= rows.size || ix >= cols.size {
                    continue;
                }
                let at = ((n * rows.size + iy) * cols.size + ix) * c + channel;
                if found.is_none_or(|best| x[at].is_nan() || x[at] > x[best]) {
                    found = Some(at);
                }
            }
        }
        if let Some(at) = found {
            dx[at] += f64::from(dy);
        }
    }
}

/// Version 1: images of `dx`; every gradient goes where its offset says, one at a time. Comparing
/// each tap with the offset, all channels of a pixel together, takes as long for four taps and longer
/// for more.
///
/// `dy` and `offsets` are `[N, OH, OW, C]`; `dx` is `[N, H, W, C]`, dirty.
pub fn max_pool2d<I: Offset>(
    window: &Window,
    dy: &[f32],
    offsets: &[I],
    dx: &mut [f32],
    team: &Team,
) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    let (image_len, cost) = (rows.size * cols.size * c, 4 * PASS * dy.len());
    let place = |tap: usize| {
        let (ky, kx) = (tap / cols.kernel, tap % cols.kernel);
        (ky * rows.dilation * cols.size + kx * cols.dilation) * c
    };
    let mut places = [0; u8::TAPS];
    places.iter_mut().enumerate().for_each(|(tap, at)| *at = place(tap));
    team.split_rows(dx, image_len, cost, |first, images| {
        for (n, dx) in (first..).zip(images.chunks_exact_mut(image_len)) {
            dx.fill(0.0);
            for (at, (oy, ox)) in (0..oh).flat_map(|oy| (0..ow).map(move |ox| (oy, ox))).enumerate()
            {
                if rows.taps(oy).is_empty() || cols.taps(ox).is_empty() {
                    continue;
                }
                // The window may start before the map; its maximum does not.
                let row = (oy * rows.stride).wrapping_sub(rows.before).wrapping_mul(cols.size);
                let pixel = row.wrapping_add(ox * cols.stride).wrapping_sub(cols.before);
                let origin = pixel.wrapping_mul(c);
                let start = (n * oh * ow + at) * c;
                let (dy, offsets) = (&dy[start..][..c], &offsets[start..][..c]);
                for (channel, (&dy, offset)) in dy.iter().zip(offsets).enumerate() {
                    let tap = offset.tap();
                    let place = if I::TAPS == u8::TAPS { places[tap] } else { place(tap) };
                    dx[origin.wrapping_add(place) + channel] += dy;
                }
            }
        }
    });
}
