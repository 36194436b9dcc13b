//! The inputs of tiles: transformed down the columns of a stretch of tiles first, which neighbours
//! share, then across each tile.
//!
//! A stretch is read from start to end, a few lines of the image side by side, as memory likes it;
//! in between it stays in cache.

use super::Place;
use super::transform::{across, down};
use crate::geometry::{Axis, Window};
use crate::simd::{Isa, LANES};
use crate::winograd::points::Transform;
use core::ops::Range;

/// The images that tiles are cut from, `[N, H, W, C]`.
#[derive(Debug, Clone, Copy)]
pub struct Images<'a> {
    /// The window of the convolution, at stride and dilation 1.
    pub window: &'a Window,
    /// `[N, H, W, C]`
    pub x: &'a [f32],
}

/// Transforms `count` tiles of one line from `at` on: element `e` of tile `t` goes to
/// `v[e * plane + t * channels..]`, of those in `rows` of the `IN` rows of a tile. `scratch` has
/// [`super::Tiling::lines`] elements.
///
/// # Panics
/// If a slice is too short.
pub fn load<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    images: Images<'_>,
    at: Place,
    count: usize,
    rows: Range<usize>,
    scratch: &mut [f32],
    (v, plane): (&mut [f32], usize),
) {
    let channels = images.window.c.next_multiple_of(LANES);
    let line = ((count - 1) * OUT + IN) * channels;
    let (lines, scratch) = scratch.split_at_mut(IN * line);
    columns::<I, T, IN, OUT>(images, at, (lines, line), scratch);
    for y in rows {
        let line = &lines[y * line..][..line];
        for tile in 0..count {
            let line = &line[tile * OUT * channels..][..IN * channels];
            let v = &mut v[y * IN * plane + tile * channels..];
            across::<I, T, IN, OUT>(line, channels, v, plane);
        }
    }
}

/// Transforms what lies below each other, zeros where a tile hangs over the edge of the image.
fn columns<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    Images { window, x }: Images<'_>,
    at: Place,
    (lines, line): (&mut [f32], usize),
    scratch: &mut [f32],
) {
    let (c, channels) = (window.c, window.c.next_multiple_of(LANES));
    let image = &x[at.n * window.y.size * window.x.size * c..];
    let columns = within(&window.x, at.ow..at.ow + line / channels);
    let to = |column: usize| (column - at.ow) * channels;
    for line in lines.chunks_exact_mut(line) {
        line[..to(columns.start)].fill(0.0);
        line[to(columns.end)..].fill(0.0);
    }
    if columns.is_empty() {
        return;
    }
    let (zeros, pixels) = scratch.split_at_mut(columns.len() * c);
    let from = (columns.start - window.x.before) * c;
    let rows: [Option<usize>; IN] = core::array::from_fn(|y| inside(&window.y, at.oh + y));
    if rows.contains(&None) {
        zeros.fill(0.0);
    }
    let rows = rows.map(|row| match row {
        Some(ih) => &image[ih * window.x.size * c + from..][..zeros.len()],
        None => &*zeros,
    });
    if c == channels {
        return down::<I, T, IN, OUT>(rows, &mut lines[to(columns.start)..], line);
    }
    // The last vector of a pixel is not full: pixel by pixel.
    let pixels = &mut pixels[..IN * channels];
    pixels.fill(0.0);
    for column in columns.clone() {
        for (pixel, row) in pixels.chunks_exact_mut(channels).zip(rows) {
            pixel[..c].copy_from_slice(&row[(column - columns.start) * c..][..c]);
        }
        let rows = core::array::from_fn(|y| &pixels[y * channels..][..channels]);
        down::<I, T, IN, OUT>(rows, &mut lines[to(column)..], line);
    }
}

/// The input index at `padded`, counted from the first padding element.
fn inside(axis: &Axis, padded: usize) -> Option<usize> {
    padded.checked_sub(axis.before).filter(|&index| index < axis.size)
}

/// Those of `padded` elements that are no padding.
fn within(axis: &Axis, padded: Range<usize>) -> Range<usize> {
    let start = padded.start.max(axis.before).min(padded.end);
    start..padded.end.min(axis.before + axis.size).max(start)
}
