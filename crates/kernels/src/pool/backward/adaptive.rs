//! Gradient of adaptive average pooling.

use crate::elementwise::backward::add_scaled;
use crate::pool::adaptive::{Sizes, span};
use crate::team::{PASS, Team};

/// Version 0: `dx[n, iy, ix, c] = sum over the windows that see it of dy[n, oy, ox, c] / count`.
pub fn reference(sizes: Sizes, dy: &[f32], dx: &mut [f64]) {
    let Sizes { c, h, w, oh, ow } = sizes;
    let bounds = |size: usize, out: usize, at: usize| {
        let end = ((at + 1) * size).div_ceil(out);
        at * size / out..end
    };
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        let (rows, cols) = (bounds(h, oh, oy), bounds(w, ow, ox));
        let count = (rows.len() * cols.len()) as f64;
        for iy in rows {
            for ix in cols.clone() {
                dx[((n * h + iy) * w + ix) * c + channel] += f64::from(dy) / count;
            }
        }
    }
}

/// Version 1: rows of `dx`, all channels of a pixel together.
///
/// The windows that see input `iy` are `floor(iy * OH / H)` up to `ceil((iy + 1) * OH / H)`: the
/// rule of the forward, with the sizes exchanged.
///
/// `dy` is `[N, OH, OW, C]`; `dx` is `[N, H, W, C]`, dirty.
pub fn adaptive_avg_pool2d(sizes: Sizes, dy: &[f32], dx: &mut [f32], team: &Team) {
    let Sizes { c, h, w, oh, ow } = sizes;
    let cost = PASS * dx.len().max(dy.len());
    team.split_rows(dx, w * c, cost, |first, lines| {
        for (line, dx) in (first..).zip(lines.chunks_exact_mut(w * c)) {
            let (n, iy) = (line / h, line % h);
            dx.fill(0.0);
            for oy in span(oh, h, iy) {
                let rows = span(h, oh, oy).len();
                let dy = &dy[(n * oh + oy) * ow * c..][..ow * c];
                for (ox, dy) in dy.chunks_exact(c).enumerate() {
                    let cols = span(w, ow, ox);
                    let scale = 1.0 / (rows * cols.len()) as f32;
                    for dx in dx[cols.start * c..cols.end * c].chunks_exact_mut(c) {
                        add_scaled(dx, dy, scale);
                    }
                }
            }
        }
    });
}
