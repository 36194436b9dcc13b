//! Winograd convolution: 3x3 and 5x5 kernels at stride 1 with 2.25 to 4 times fewer
//! multiplications.
//!
//! In reading order: [`crate::winograd`] (the matrices, tiles and filters), [`transform`] (tiles of maps), `input` (in which order), and here the loops: for a block
//! of tiles, all inputs are transformed to `V[e][tile][C]`, each of the `IN * IN` elements `e` is
//! one matrix product with the transformed weights `U[e]`, and the products `M[e][tile][OC]` are
//! transformed back, with bias, residual and activation on the way to memory. A block is as large
//! as stays in cache between the three.
//!
//! [`gradient`] runs the same algorithm backwards, for the gradient of the weights.
//!
//! Compared with a direct sum the result is rounded differently (see [`crate::winograd::points`]), and a NaN or an
//! infinity in the input spreads over its whole tile as NaN.

mod cost;
pub mod gradient;
mod input;
#[cfg(test)]
mod tests;
mod tile;
pub mod transform;

pub use cost::Rates;
pub use tile::walks;

use self::input::Images;
use self::tile::Tiling;
use self::transform::{Target, each_vector, inverse};
use super::Conv;
use crate::filter::Layout;
use crate::gemm::lanes::finish;
use crate::gemm::left::Left;
use crate::gemm::{Epilogue, MR, packed};
use crate::geometry::Window;
use crate::matrix::MatMut;
use crate::simd::pair::Pair;
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team, Units};
use crate::winograd::Tile;
use crate::winograd::points::{F2, F2Of5, F4, Transform};
use core::ops::Range;

/// Scratch elements that [`conv2d`] needs for `n` images, for each thread.
pub fn scratch_len(tile: Tile, n: usize, window: &Window, oc: usize) -> usize {
    let tiling = Tiling::new(tile, n, window, oc);
    tiling.lines + tile.elements() * (tiling.v_plane() + tiling.m_plane())
}

/// Convolution of a 3x3 or 5x5 kernel at stride and dilation 1, in one group.
///
/// `filter` in [`Layout::Winograd`]; `scratch` holds [`scratch_len`] elements for each thread; `y`
/// is overwritten.
///
/// # Panics
/// If a slice is too short.
pub fn conv2d<I: Isa>(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    match conv.filter.layout() {
        Layout::Winograd(Tile::F2) => split::<I, F2, 4, 2>(Tile::F2, conv, y, scratch, team),
        Layout::Winograd(Tile::F4) => split::<I, F4, 6, 4>(Tile::F4, conv, y, scratch, team),
        Layout::Winograd(Tile::F2Of5) => {
            split::<I, F2Of5, 6, 2>(Tile::F2Of5, conv, y, scratch, team);
        }
        other => unreachable!("select gives no {other:?} filter to Winograd"),
    }
}

fn split<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    tile: Tile,
    conv: &Conv<'_>,
    y: MatMut<'_>,
    scratch: &mut [f32],
    team: &Team,
) {
    let (window, oc) = (conv.window, conv.oc());
    let tiling = Tiling::new(tile, conv.n, window, oc);
    let pixel = |line: usize| {
        let (n, row) = (line / tiling.rows, line % tiling.rows);
        (n * window.oh + row * OUT) * window.ow
    };
    let units = [conv.n * tiling.rows, oc.div_ceil(MR)];
    let (work, again) = cost::split(tile, [conv.n * tiling.rows, tiling.columns], window.c, oc);
    let place = |[lines, panels]: &Units| {
        [pixel(lines.start)..pixel(lines.end), panels.start * MR..(panels.end * MR).min(oc)]
    };
    let grid = Grid::cheapest(team, units, work, again);
    let scratch = (scratch, scratch_len(tile, conv.n, window, oc));
    team.split(grid, y, scratch, place, |[lines, panels], y, scratch| {
        let (first, channel) = (pixel(lines.start), panels.start * MR);
        let mut out = Output { conv, first, channel, y };
        tiles::<I, T, IN, OUT>(&tiling, lines, &mut out, scratch);
    });
}

/// The part of the output that one thread writes.
struct Output<'a> {
    conv: &'a Conv<'a>,
    /// The first pixel.
    first: usize,
    /// The first channel.
    channel: usize,
    y: MatMut<'a>,
}

fn tiles<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    tiling: &Tiling,
    lines: Range<usize>,
    out: &mut Output<'_>,
    scratch: &mut [f32],
) {
    let (conv, Tiling { channels, out_channels, block, .. }) = (out.conv, *tiling);
    let (between, scratch) = scratch.split_at_mut(tiling.lines);
    let (v_plane, m_plane) = (tiling.v_plane(), tiling.m_plane());
    let (v, m) = scratch.split_at_mut(IN * IN * v_plane);
    let images = Images { window: conv.window, x: conv.x };
    let weights = conv.filter.data();
    let tiles = lines.start * tiling.columns..lines.end * tiling.columns;
    for first in tiles.clone().step_by(block) {
        let count = block.min(tiles.end - first);
        for (t, stretch) in tiling.stretches(first..first + count) {
            let at = Place::new::<OUT>(first + t, tiling);
            let v = (&mut v[t * channels..], v_plane);
            input::load::<I, T, IN, OUT>(images, at, stretch, 0..IN, between, v);
        }
        for e in 0..IN * IN {
            let panels = &weights[e * (weights.len() / (IN * IN)) + out.channel * conv.window.c..];
            let left = Left::matrix(&v[e * v_plane..], conv.window.c, channels);
            let m = &mut m[e * m_plane..][..count * out_channels];
            let mut m = MatMut::strided(m, out.y.cols(), out_channels);
            packed::gemm::<I>(&left, panels, &mut m, Epilogue::NONE);
        }
        for t in 0..count {
            let at = Place::new::<OUT>(first + t, tiling);
            let m = &m[t * out_channels..];
            store::<I, T, IN, OUT>(out, at, m, m_plane);
        }
    }
}

/// The image of a tile and its first output pixel.
#[derive(Debug, Clone, Copy)]
struct Place {
    n: usize,
    oh: usize,
    ow: usize,
}

impl Place {
    fn new<const OUT: usize>(tile: usize, tiling: &Tiling) -> Self {
        let (line, column) = (tile / tiling.columns, tile % tiling.columns);
        let (n, row) = (line / tiling.rows, line % tiling.rows);
        Place { n, oh: row * OUT, ow: column * OUT }
    }
}

/// Transforms the products of one tile back and writes those outputs that exist.
fn store<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    out: &mut Output<'_>,
    at: Place,
    m: &[f32],
    plane: usize,
) {
    let window = out.conv.window;
    let (rows, columns) = (OUT.min(window.oh - at.oh), OUT.min(window.ow - at.ow));
    let channels = out.y.cols();
    let pixels = out.first..out.first + out.y.rows();
    let epilogue = out.conv.epilogue(pixels, out.channel..out.channel + channels);
    let first = (at.n * window.oh + at.oh) * window.ow + at.ow - out.first;
    let whole = channels - channels % LANES;
    each_vector(whole, |channel, two| {
        let (m, y) = (&m[channel..], &mut out.y);
        let target = Target { first, line: window.ow, extent: [rows, columns], channel };
        if two {
            let values = inverse::<Pair<I>, T, IN, OUT>(m, plane);
            transform::finish::<Pair<I>, OUT>(values, target, &epilogue, y);
        } else {
            let values = inverse::<I, T, IN, OUT>(m, plane);
            transform::finish::<I, OUT>(values, target, &epilogue, y);
        }
    });
    for c in (whole..channels).step_by(LANES) {
        let values = inverse::<I, T, IN, OUT>(&m[c..], plane);
        for (row, values) in values.into_iter().take(rows).enumerate() {
            for (column, value) in values.into_iter().take(columns).enumerate() {
                let pixel = first + row * window.ow + column;
                finish::<I>(value, pixel, c, &epilogue, out.y.row(pixel));
            }
        }
    }
    for row in 0..rows {
        let start = first + row * window.ow;
        out.conv.activate(&mut out.y.block(start..start + columns, 0..channels));
    }
}
