//! Where the bins of a region lie, and the samples of a bin.

use super::{Align, Canonical};
use crate::extremes::greater;
use core::ops::Range;

/// The bins of a region along one axis, in elements of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bins {
    start: f32,
    bin: f32,
    /// Samples in a bin: a whole number, or what is not positive for none.
    grid: f32,
}

/// Two neighbouring elements and their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// The element at or before the sample.
    pub low: usize,
    /// The one behind it, or the same at the edge.
    pub high: usize,
    /// Weight of the first.
    pub from_low: f32,
    /// Weight of the second.
    pub from_high: f32,
}

impl Bins {
    /// Bins of a region from `from` to `to` pixels.
    pub fn new(align: &Align, [from, to]: [f32; 2], scale: f32, bins: usize) -> Self {
        let offset = if align.aligned { 0.5 } else { 0.0 };
        let start = from * scale - offset;
        let length = to * scale - offset - start;
        let length = if align.aligned { length } else { greater(length, 1.0) };
        let bin = length / bins as f32;
        let grid = if align.sampling > 0 { align.sampling as f32 } else { bin.ceil() };
        Bins { start, bin, grid }
    }

    /// One bin from `start` on, `bin` elements long.
    pub fn of_bin(start: f32, bin: f32, grid: f32) -> Self {
        Bins { start, bin, grid }
    }

    /// Samples of a bin, those outside of the map included.
    pub fn samples(&self) -> f32 {
        greater(self.grid, 0.0)
    }

    /// Where a sample of a bin lies.
    pub fn place(&self, bin: usize, sample: usize) -> f32 {
        self.start + bin as f32 * self.bin + (sample as f32 + 0.5) * self.bin / self.grid
    }

    /// The samples of a bin that may lie on a map of `size` elements: all that do, and few others.
    /// A region may be far larger than the map.
    pub fn visible(&self, bin: usize, size: usize) -> Range<usize> {
        const SLACK: usize = 2;
        let all = self.samples() as usize;
        let (first, step) = (self.start + bin as f32 * self.bin, self.bin / self.grid);
        if all <= 2 * SLACK || !(step > 0.0 && step.is_finite() && first.is_finite()) {
            return if first.is_finite() { 0..all } else { 0..0 };
        }
        let before = greater(((-1.0 - first) / step - 0.5).floor(), 0.0) as usize;
        let span = ((size as f32 + 1.0) / step).ceil() as usize;
        let from = before.saturating_sub(SLACK).min(all);
        from..before.saturating_add(span).saturating_add(SLACK).min(all)
    }
}

/// The elements around a place on a map of `size` elements, or none further than one outside.
pub fn tap(place: f32, size: usize) -> Option<Tap> {
    if !(place >= -1.0 && place <= size as f32) {
        return None;
    }
    let place = greater(place, 0.0);
    let low = place as usize;
    if low >= size - 1 {
        return Some(Tap { low: size - 1, high: size - 1, from_low: 1.0, from_high: 0.0 });
    }
    let from_high = place - low as f32;
    Some(Tap { low, high: low + 1, from_low: 1.0 - from_high, from_high })
}

/// The image of a region and its edges, or none for a region that gives zeros.
pub fn region(roi: &[f32], images: usize) -> Option<(usize, [f32; 4])> {
    let (image, edges) = (roi[0], [roi[1], roi[2], roi[3], roi[4]]);
    let is_there = image >= 0.0 && image < images as f32 && edges.iter().all(|v| v.is_finite());
    is_there.then_some((image as usize, edges))
}

/// The level that a region belongs to, of maps that are half as large from one to the next; 0
/// where its area is none.
///
/// `floor(level + log2(sqrt(area) / size) + 1e-6)` without a logarithm: how many maps are small
/// enough. Scales are powers of two.
pub fn level_of(
    [left, top, right, bottom]: [f32; 4],
    canonical: Canonical,
    mut scales: impl Iterator<Item = f32>,
) -> usize {
    // 1 - 2^-1e-6
    const ROOM: f32 = 6.93e-7;
    let side = ((right - left) * (bottom - top)).sqrt();
    let least = canonical.size / (1u64 << canonical.level.min(63)) as f32 * (1.0 - ROOM);
    scales.next();
    scales.take_while(|scale| side * scale >= least).count()
}
