//! Position-sensitive RoIAlign and RoIPool: each bin reads channels of its own (R-FCN).

use super::bins::{region, tap};
use super::{Level, ROW};
use crate::extremes::{greater, lesser};
use crate::team::Team;

/// What the position-sensitive operators compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Channels of the output; the map has `OH * OW` times as many.
    pub c: usize,
    /// Bins from top to bottom.
    pub oh: usize,
    /// Bins from left to right.
    pub ow: usize,
    /// Samples along each side of a bin, 0 for as many as it has elements; none where the bin's
    /// elements are averaged as they are, which is PS-RoIPool.
    pub sampling: Option<usize>,
}

/// `y[r, oy, ox, c]` is the mean over bin `(oy, ox)` of region `r` of channel
/// `(c * OH + oy) * OW + ox` of the map.
///
/// `rois` is `[R, 5]`; `y` is `[R, OH, OW, C]` and may hold anything before.
#[inline(never)]
pub fn position(kind: Position, level: Level<'_>, rois: &[f32], y: &mut [f32], team: &Team) {
    let Position { c, oh, ow, sampling } = kind;
    let Level { x, h, w, .. } = level;
    let channels = c * oh * ow;
    let (row, pixels) = (channels, h * w * channels);
    team.split_rows(y, row, y.len().saturating_mul(16), |first, y| {
        for (roi, y) in rois[first * ROW..].chunks_exact(ROW).zip(y.chunks_exact_mut(row)) {
            y.fill(0.0);
            let Some((image, edges)) = region(roi, x.len() / pixels) else { continue };
            let image = &x[image * pixels..][..pixels];
            for (at, y) in y.chunks_exact_mut(c).enumerate() {
                let bin = Bin { at: [at / ow, at % ow], bins: [oh, ow], size: [h, w] };
                // Of each channel that the bin reads, the element at a pixel.
                let mut add = |pixel: usize, weight: f32| {
                    let read = &image[pixel * channels..][..channels];
                    for (y, x) in y.iter_mut().zip(read[at..].iter().step_by(oh * ow)) {
                        *y += weight * x;
                    }
                };
                let count = match sampling {
                    Some(sampling) => bin.samples(edges, level.scale, sampling, &mut add),
                    None => bin.elements(edges, level.scale, &mut add),
                };
                y.iter_mut().for_each(|y| *y /= greater(count, 1.0));
            }
        }
    });
}

/// A bin, of how many, and the map that it lies on; vertical, horizontal.
struct Bin {
    at: [usize; 2],
    bins: [usize; 2],
    size: [usize; 2],
}

impl Bin {
    /// Adds the interpolated samples; their number.
    fn samples(
        &self,
        [left, top, right, bottom]: [f32; 4],
        scale: f32,
        sampling: usize,
        add: &mut impl FnMut(usize, f32),
    ) -> f32 {
        let axis = |from: f32, to: f32, i: usize| {
            let start = from * scale - 0.5;
            let each = (to * scale - 0.5 - start) / self.bins[i] as f32;
            let grid = if sampling > 0 { sampling as f32 } else { greater(each.ceil(), 0.0) };
            let first = start + self.at[i] as f32 * each;
            super::bins::Bins::of_bin(first, each, grid)
        };
        let (rows, cols) = (axis(top, bottom, 0), axis(left, right, 1));
        let [h, w] = self.size;
        for v in rows.visible(0, h).filter_map(|sample| tap(rows.place(0, sample), h)) {
            for u in cols.visible(0, w).filter_map(|sample| tap(cols.place(0, sample), w)) {
                for (iy, wy) in [(v.low, v.from_low), (v.high, v.from_high)] {
                    add(iy * w + u.low, wy * u.from_low);
                    add(iy * w + u.high, wy * u.from_high);
                }
            }
        }
        rows.samples() * cols.samples()
    }

    /// Adds the elements; their number.
    fn elements(
        &self,
        [left, top, right, bottom]: [f32; 4],
        scale: f32,
        add: &mut impl FnMut(usize, f32),
    ) -> f32 {
        let axis = |from: f32, to: f32, i: usize| {
            let start = (from * scale).round();
            let each = greater((to * scale).round() - start, 1.0) / self.bins[i] as f32;
            // The last line of a map is never read: what torchvision computes.
            let inside =
                |at: f32| lesser(greater(at + start, 0.0), (self.size[i] - 1) as f32) as usize;
            let at = self.at[i] as f32;
            inside((at * each).floor())..inside(((at + 1.0) * each).ceil())
        };
        let (rows, cols) = (axis(top, bottom, 0), axis(left, right, 1));
        let count = rows.len() * cols.len();
        for iy in rows {
            cols.clone().for_each(|ix| add(iy * self.size[1] + ix, 1.0));
        }
        count as f32
    }
}
