//! The inputs of tiles: transformed down the columns of a stretch of tiles first, which neighbours
//! share, then across each tile.
//!
//! A stretch is read from start to end, a few lines of the image side by side, as memory likes it;
//! in between it stays in cache.

use super::Place;
use super::points::Transform;
use super::transform::{across, down};
use crate::conv2d::Conv;
use crate::geometry::Axis;
use crate::simd::{Isa, LANES};
use core::ops::Range;

/// Transforms `count` tiles of one line from `at` on: element `e` of tile `t` goes to
/// `v[e * plane + t * channels..]`. `scratch` has [`super::Tiling::input`] elements.
pub fn load<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    conv: &Conv<'_>,
    at: Place,
    count: usize,
    scratch: &mut [f32],
    (v, plane): (&mut [f32], usize),
) {
    let (window, channels) = (conv.window, conv.window.c.next_multiple_of(LANES));
    let line = ((count - 1) * OUT + IN) * channels;
    let (lines, scratch) = scratch.split_at_mut(IN * line);
    let (zeros, pixels) = scratch.split_at_mut(line);
    let image = conv.image(at.n);
    let rows: [Option<&[f32]>; IN] = core::array::from_fn(|y| {
        let ih = inside(&window.y, at.oh + y)?;
        Some(&image[ih * window.x.size * window.c..][..window.x.size * window.c])
    });
    if rows.iter().any(Option::is_none) {
        zeros.fill(0.0);
    }
    let columns = within(&window.x, at.ow..at.ow + line / channels);
    let (first, last) = ((columns.start - at.ow) * channels, (columns.end - at.ow) * channels);
    for line in lines.chunks_exact_mut(line) {
        line[..first].fill(0.0);
        line[last..].fill(0.0);
    }
    let at_column = |column: usize| (column - window.x.before) * window.c;
    if window.c == channels {
        let from = at_column(columns.start);
        let rows =
            rows.map(|row| row.map_or(&zeros[..last - first], |row| &row[from..][..last - first]));
        down::<I, T, IN, OUT>(rows, &mut lines[first..], line);
    } else {
        pixels.fill(0.0);
        for column in columns {
            for (pixel, row) in pixels.chunks_exact_mut(channels).zip(rows) {
                let row =
                    row.map_or(&zeros[..window.c], |row| &row[at_column(column)..][..window.c]);
                pixel[..window.c].copy_from_slice(row);
            }
            let rows = core::array::from_fn(|y| &pixels[y * channels..][..channels]);
            down::<I, T, IN, OUT>(rows, &mut lines[(column - at.ow) * channels..], line);
        }
    }
    for (y, line) in lines.chunks_exact(line).enumerate() {
        for tile in 0..count {
            let line = &line[tile * OUT * channels..][..IN * channels];
            across::<I, T, IN, OUT>(
                line,
                channels,
                &mut v[y * IN * plane + tile * channels..],
                plane,
            );
        }
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
