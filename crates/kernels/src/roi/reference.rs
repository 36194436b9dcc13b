//! Version 0 of RoIAlign and RoIPool.

use super::bins::{Bins, region, tap};
use super::{Align, Level, Mode, ROW};

/// `y[r, oy, ox, c]` is the mean over the samples of bin `(oy, ox)` of region `r` of the map's four
/// elements around each, weighted by how near they are; a sample further than one element outside
/// counts as 0. Summed in f64, one element at a time.
///
/// `rois` is `[R, 5]`, `y` is `[R, OH, OW, C]`.
pub fn roi_align(align: &Align, level: Level<'_>, rois: &[f32], y: &mut [f32]) {
    let Align { c, oh, ow, mode, .. } = *align;
    let Level { x, h, w, scale } = level;
    let images = x.len() / (h * w * c);
    for (at, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy, r) = (at % c, at / c % ow, at / c / ow % oh, at / c / ow / oh);
        let Some((image, [left, top, right, bottom])) = region(&rois[r * ROW..], images) else {
            *y = 0.0;
            continue;
        };
        let rows = Bins::new(align, [top, bottom], scale, oh);
        let cols = Bins::new(align, [left, right], scale, ow);
        let element = |iy, ix| f64::from(x[((image * h + iy) * w + ix) * c + channel]);
        let (mut sum, mut largest, mut count) = (0.0, f64::NEG_INFINITY, 0.0);
        for sample_y in 0..rows.samples() as usize {
            for sample_x in 0..cols.samples() as usize {
                count += 1.0;
                let taps = tap(rows.place(oy, sample_y), h).zip(tap(cols.place(ox, sample_x), w));
                let Some((v, u)) = taps else {
                    largest = largest.max(0.0);
                    continue;
                };
                for (iy, wy) in [(v.low, v.from_low), (v.high, v.from_high)] {
                    for (ix, wx) in [(u.low, u.from_low), (u.high, u.from_high)] {
                        let part = f64::from(wy * wx) * element(iy, ix);
                        sum += part;
                        largest = largest.max(part);
                    }
                }
            }
        }
        *y = match mode {
            Mode::Avg => (sum / f64::max(count, 1.0)) as f32,
            Mode::Max if count > 0.0 => largest as f32,
            Mode::Max => 0.0,
        };
    }
}

/// The gradient of [`roi_align`]: each sample's part of `dy` goes back to its four taps. `x` of the
/// level is not read; `dx` is `[N, H, W, C]`.
pub fn roi_align_gradient(
    align: &Align,
    level: Level<'_>,
    rois: &[f32],
    dy: &[f32],
    dx: &mut [f64],
) {
    let Align { c, oh, ow, .. } = *align;
    let Level { h, w, scale, .. } = level;
    let images = dx.len() / (h * w * c);
    dx.fill(0.0);
    for (at, &dy) in dy.iter().enumerate() {
        let (channel, ox, oy, r) = (at % c, at / c % ow, at / c / ow % oh, at / c / ow / oh);
        let Some((image, [left, top, right, bottom])) = region(&rois[r * ROW..], images) else {
            continue;
        };
        let rows = Bins::new(align, [top, bottom], scale, oh);
        let cols = Bins::new(align, [left, right], scale, ow);
        let share = f64::from(dy) / f64::from((rows.samples() * cols.samples()).max(1.0));
        for v in (0..rows.samples() as usize).filter_map(|i| tap(rows.place(oy, i), h)) {
            for u in (0..cols.samples() as usize).filter_map(|i| tap(cols.place(ox, i), w)) {
                for (iy, wy) in [(v.low, v.from_low), (v.high, v.from_high)] {
                    for (ix, wx) in [(u.low, u.from_low), (u.high, u.from_high)] {
                        let pixel = (image * h + iy) * w + ix;
                        dx[pixel * c + channel] += f64::from(wy) * f64::from(wx) * share;
                    }
                }
            }
        }
    }
}

/// `y[r, oy, ox, c]` is the largest element of bin `(oy, ox)` of region `r`, whose edges are rounded
/// to whole elements; 0 for a bin outside of the map. Bins overlap where they do not divide.
///
/// `rois` is `[R, 5]`, `y` is `[R, OH, OW, C]`.
pub fn roi_pool([c, oh, ow]: [usize; 3], level: Level<'_>, rois: &[f32], y: &mut [f32]) {
    let Level { x, h, w, scale } = level;
    let images = x.len() / (h * w * c);
    for (at, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy, r) = (at % c, at / c % ow, at / c / ow % oh, at / c / ow / oh);
        *y = 0.0;
        let Some((image, [left, top, right, bottom])) = region(&rois[r * ROW..], images) else {
            continue;
        };
        let [rows, cols] = [(top, bottom, oy, oh, h), (left, right, ox, ow, w)].map(
            |(from, to, bin, bins, size)| {
                let start = (from * scale).round();
                let length = ((to * scale).round() - start + 1.0).max(1.0);
                let each = length / bins as f32;
                let inside = |at: f32| (at + start).clamp(0.0, size as f32) as usize;
                inside((bin as f32 * each).floor())..inside(((bin + 1) as f32 * each).ceil())
            },
        );
        let elements = rows.flat_map(|iy| cols.clone().map(move |ix| (image * h + iy) * w + ix));
        let largest = elements.map(|pixel| x[pixel * c + channel]).reduce(f32::max);
        *y = largest.unwrap_or(0.0);
    }
}
