//! RoIAlign over one map or a pyramid.

use super::bins::{Bins, Tap, level_of, region, tap};
use super::{Align, Canonical, Level, Mode, ROW};
use crate::extremes::greater;
use crate::team::Team;

/// Version 1: all channels of a sample in one pass over its four taps; regions are shared out to
/// threads. A region is read from the level that `canonical` puts it on, from the first without.
///
/// `rois` is `[R, 5]`; `y` is `[R, OH, OW, C]` and may hold anything before. The cost is
/// `4 * R * OH * OW * C` multiply-adds for each sample of a bin.
#[inline(never)]
pub fn roi_align(
    align: &Align,
    canonical: Option<Canonical>,
    levels: &[Level<'_>],
    rois: &[f32],
    y: &mut [f32],
    team: &Team,
) {
    let row = align.oh * align.ow * align.c;
    let samples = align.sampling.clamp(2, 64).pow(2);
    let cost = y.len().saturating_mul(4 * samples);
    team.split_rows(y, row, cost, |first, y| {
        for (roi, y) in rois[first * ROW..].chunks_exact(ROW).zip(y.chunks_exact_mut(row)) {
            y.fill(0.0);
            let edges = [roi[1], roi[2], roi[3], roi[4]];
            let at = canonical.map_or(0, |canonical| {
                level_of(edges, canonical, levels.iter().map(|level| level.scale))
            });
            one(align, levels[at], roi, y);
        }
    });
}

/// One region, whose output is zeros before.
fn one(align: &Align, level: Level<'_>, roi: &[f32], y: &mut [f32]) {
    let Align { c, oh, ow, mode, .. } = *align;
    let Level { x, h, w, scale } = level;
    let pixels = h * w * c;
    let Some((image, [left, top, right, bottom])) = region(roi, x.len() / pixels) else { return };
    let image = &x[image * pixels..][..pixels];
    let rows = Bins::new(align, [top, bottom], scale, oh);
    let cols = Bins::new(align, [left, right], scale, ow);
    let count = greater(rows.samples() * cols.samples(), 1.0);
    for (at, y) in y.chunks_exact_mut(c).enumerate() {
        let bin = Bin { rows: &rows, cols: &cols, oy: at / ow, ox: at % ow, size: [h, w] };
        match mode {
            Mode::Avg => {
                bin.each(|v, u| add(image, w * c, v, u, y));
                y.iter_mut().for_each(|y| *y /= count);
            }
            Mode::Max => {
                let mut seen = 0.0;
                // Zeros are no samples: the first one is not compared with them.
                bin.each(|v, u| {
                    raise(image, w * c, v, u, y, seen == 0.0);
                    seen += 1.0;
                });
                if seen < rows.samples() * cols.samples() {
                    y.iter_mut().for_each(|y| *y = greater(*y, 0.0));
                }
            }
        }
    }
}

/// A bin and the map that it lies on.
struct Bin<'a> {
    rows: &'a Bins,
    cols: &'a Bins,
    oy: usize,
    ox: usize,
    size: [usize; 2],
}

impl Bin<'_> {
    /// Calls `take` with the taps of every sample that lies on the map.
    fn each(&self, mut take: impl FnMut(Tap, Tap)) {
        let [h, w] = self.size;
        let across = self.cols.visible(self.ox, w);
        for sample in self.rows.visible(self.oy, h) {
            let Some(v) = tap(self.rows.place(self.oy, sample), h) else { continue };
            for sample in across.clone() {
                let Some(u) = tap(self.cols.place(self.ox, sample), w) else { continue };
                take(v, u);
            }
        }
    }
}

/// The four elements of a sample, each of all channels, and their weights.
fn corners(image: &[f32], line: usize, v: Tap, u: Tap, c: usize) -> [(&[f32], f32); 4] {
    let at = |iy: usize, ix: usize| &image[iy * line + ix * c..][..c];
    [
        (at(v.low, u.low), v.from_low * u.from_low),
        (at(v.low, u.high), v.from_low * u.from_high),
        (at(v.high, u.low), v.from_high * u.from_low),
        (at(v.high, u.high), v.from_high * u.from_high),
    ]
}

/// Adds a sample to `y`.
fn add(image: &[f32], line: usize, v: Tap, u: Tap, y: &mut [f32]) {
    let [(a, p), (b, q), (c, r), (d, s)] = corners(image, line, v, u, y.len());
    for ((((y, a), b), c), d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *y += p * a + q * b + r * c + s * d;
    }
}

/// Raises `y` to the largest tap of a sample, or sets it to that.
fn raise(image: &[f32], line: usize, v: Tap, u: Tap, y: &mut [f32], set: bool) {
    let corners = corners(image, line, v, u, y.len());
    for (at, y) in y.iter_mut().enumerate() {
        let largest =
            corners.iter().map(|(x, weight)| weight * x[at]).fold(f32::NEG_INFINITY, greater);
        *y = if set { largest } else { greater(*y, largest) };
    }
}
