//! RoIPool.

use super::bins::region;
use super::{Level, ROW};
use crate::extremes::{greater, lesser};
use crate::team::Team;
use core::ops::Range;

/// The elements of a bin along one axis.
pub(super) fn span(
    [from, to]: [f32; 2],
    scale: f32,
    [bin, bins, size]: [usize; 3],
) -> Range<usize> {
    let start = (from * scale).round();
    let length = greater((to * scale).round() - start + 1.0, 1.0);
    let each = length / bins as f32;
    let inside = |at: f32| lesser(greater(at + start, 0.0), size as f32) as usize;
    inside((bin as f32 * each).floor())..inside(((bin + 1) as f32 * each).ceil())
}

/// Version 1: all channels of an element together; regions are shared out to threads.
///
/// `sizes` are C, OH, OW; `rois` is `[R, 5]`; `y` is `[R, OH, OW, C]` and may hold anything before.
/// NaN wins over no number, as in [`f32::max`].
#[inline(never)]
pub fn roi_pool(
    [c, oh, ow]: [usize; 3],
    level: Level<'_>,
    rois: &[f32],
    y: &mut [f32],
    team: &Team,
) {
    let Level { x, h, w, scale } = level;
    let (row, pixels) = (oh * ow * c, h * w * c);
    team.split_rows(y, row, y.len().saturating_mul(4), |first, y| {
        for (roi, y) in rois[first * ROW..].chunks_exact(ROW).zip(y.chunks_exact_mut(row)) {
            y.fill(0.0);
            let Some((image, [left, top, right, bottom])) = region(roi, x.len() / pixels) else {
                continue;
            };
            let image = &x[image * pixels..][..pixels];
            for (at, y) in y.chunks_exact_mut(c).enumerate() {
                let rows = span([top, bottom], scale, [at / ow, oh, h]);
                let cols = span([left, right], scale, [at % ow, ow, w]);
                largest(image, w, rows, cols, y);
            }
        }
    });
}

/// Of each channel the largest element, where there is one.
fn largest(image: &[f32], w: usize, rows: Range<usize>, cols: Range<usize>, y: &mut [f32]) {
    let c = y.len();
    if rows.is_empty() || cols.is_empty() {
        return;
    }
    y.fill(f32::NEG_INFINITY);
    for iy in rows {
        for x in image[(iy * w + cols.start) * c..(iy * w + cols.end) * c].chunks_exact(c) {
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = greater(*y, x));
        }
    }
}
