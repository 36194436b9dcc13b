//! The gradient of RoIAlign for the map of one level. Regions get none, as in torchvision.

use super::bins::{Bins, Tap, level_of, region, tap};
use super::{Align, Canonical, ROW};
use crate::team::Team;

/// A level of a pyramid as its gradient is written.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// H
    pub h: usize,
    /// W
    pub w: usize,
    /// Which level it is.
    pub level: usize,
    /// Elements for a pixel, of all levels.
    pub scales: &'a [f32],
    /// Which level a region belongs to; without, all are read from this one.
    pub canonical: Option<Canonical>,
}

/// Each sample's gradient goes back to its four taps, by the weights that it was made with; the mean
/// of a bin divides by all of its samples.
///
/// `dy` is `[R, OH, OW, C]`; `dx` is `[N, H, W, C]` and may hold anything before. Threads share out
/// the lines of `dx`, and each adds the regions in their order: the sum of an element does not
/// depend on how many threads there are.
pub fn roi_align(
    align: &Align,
    target: Target<'_>,
    rois: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    team: &Team,
) {
    let Target { h, w, level, scales, canonical } = target;
    let line = w * align.c;
    let images = dx.len() / (h * line);
    let samples = align.sampling.clamp(2, 64).pow(2);
    let cost = dy.len().saturating_mul(4 * samples);
    let row = align.oh * align.ow * align.c;
    team.split_rows(dx, line, cost, |first, dx| {
        dx.fill(0.0);
        for (roi, dy) in rois.chunks_exact(ROW).zip(dy.chunks_exact(row)) {
            let Some((image, edges)) = region(roi, images) else { continue };
            let is_here = |canonical| level_of(edges, canonical, scales.iter().copied()) == level;
            if canonical.is_none_or(is_here) {
                let lines = Lines { first, of_image: image * h, h, w, c: align.c };
                one(align, edges, scales[level], dy, &lines, dx);
            }
        }
    });
}

/// Which lines of all images a thread writes, and which are those of a region's image.
struct Lines {
    first: usize,
    of_image: usize,
    h: usize,
    w: usize,
    c: usize,
}

impl Lines {
    /// Where a line of the image starts in what is written, if it is written here.
    fn start(&self, iy: usize, len: usize) -> Option<usize> {
        let line = (self.of_image + iy).checked_sub(self.first)?;
        let start = line * self.w * self.c;
        (start < len).then_some(start)
    }
}

fn one(
    align: &Align,
    [left, top, right, bottom]: [f32; 4],
    scale: f32,
    dy: &[f32],
    lines: &Lines,
    dx: &mut [f32],
) {
    let rows = Bins::new(align, [top, bottom], scale, align.oh);
    let cols = Bins::new(align, [left, right], scale, align.ow);
    let share = 1.0 / (rows.samples() * cols.samples()).max(1.0);
    for oy in 0..align.oh {
        for sample in rows.visible(oy, lines.h) {
            let Some(v) = tap(rows.place(oy, sample), lines.h) else { continue };
            for (iy, weight) in [(v.low, v.from_low), (v.high, v.from_high)] {
                let Some(start) = lines.start(iy, dx.len()) else { continue };
                let dx = &mut dx[start..][..lines.w * lines.c];
                let dy = &dy[oy * align.ow * lines.c..][..align.ow * lines.c];
                spread(&cols, weight * share, dy, lines, dx);
            }
        }
    }
}

/// One line of samples, to one line of the map.
fn spread(cols: &Bins, weight: f32, dy: &[f32], lines: &Lines, dx: &mut [f32]) {
    let c = lines.c;
    for (ox, dy) in dy.chunks_exact(c).enumerate() {
        for sample in cols.visible(ox, lines.w) {
            let Some(Tap { low, high, from_low, from_high }) = tap(cols.place(ox, sample), lines.w)
            else {
                continue;
            };
            for (ix, part) in [(low, weight * from_low), (high, weight * from_high)] {
                let dx = &mut dx[ix * c..][..c];
                dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += part * dy);
            }
        }
    }
}
