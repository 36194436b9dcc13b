//! Gradient of average pooling.

use super::covering;
use crate::elementwise::backward::add_scaled;
use crate::geometry::Window;
use crate::pool::avg::Divisor;
use crate::team::{PASS, Team};

/// Version 0: `dx[n, iy, ix, c] = sum over the windows that see it of dy[n, oy, ox, c] / divisor`.
pub fn reference(window: &Window, divisor: Divisor, dy: &[f32], dx: &mut [f64]) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let (channel, ox, oy, n) = (i % c, i / c % ow, i / c / ow % oh, i / c / ow / oh);
        let (mut seen, mut padded) = (vec![], 0u32);
        for ky in 0..rows.kernel {
            for kx in 0..cols.kernel {
                let iy = oy * rows.stride + ky * rows.dilation;
                let ix = ox * cols.stride + kx * cols.dilation;
                let room =
                    (rows.before + rows.size + rows.after, cols.before + cols.size + cols.after);
                padded += u32::from(iy < room.0 && ix < room.1);
                let (iy, ix) = (iy.wrapping_sub(rows.before), ix.wrapping_sub(cols.before));
                if iy < rows.size && ix < cols.size {
                    seen.push(((n * rows.size + iy) * cols.size + ix) * c + channel);
                }
            }
        }
        let divisor = match divisor {
            Divisor::Inside => seen.len() as u32,
            Divisor::Padded => padded,
            Divisor::Fixed(divisor) => divisor,
        };
        for at in seen {
            dx[at] += f64::from(dy) / f64::from(divisor);
        }
    }
}

/// Version 1: rows of `dx`, all channels of a pixel together; a division for each window, not for
/// each element.
///
/// `dy` is `[N, OH, OW, C]`; `dx` is `[N, H, W, C]`, dirty.
pub fn avg_pool2d(window: &Window, divisor: Divisor, dy: &[f32], dx: &mut [f32], team: &Team) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    let (line_len, cost) = (cols.size * c, PASS * dy.len() * rows.kernel * cols.kernel);
    team.split_rows(dx, line_len, cost, |first, lines| {
        for (line, dx) in (first..).zip(lines.chunks_exact_mut(line_len)) {
            let (n, iy) = (line / rows.size, line % rows.size);
            dx.fill(0.0);
            for (oy, _) in covering(rows, oh, iy) {
                let dy = &dy[(n * oh + oy) * ow * c..][..ow * c];
                for (ox, dy) in dy.chunks_exact(c).enumerate() {
                    let scale = 1.0 / divisor.at(&rows, &cols, oy, ox);
                    for kx in cols.taps(ox) {
                        add_scaled(&mut dx[cols.input(ox, kx) * c..][..c], dy, scale);
                    }
                }
            }
        }
    });
}
