//! Weights of a Winograd convolution: `U = G g G^T`, in f64, rounded once.

use super::Tile;
use super::points::{F2, F2Of5, F4, MAX_TAPS, Transform};
use crate::gemm::MR;
use crate::matrix::MatMut;

/// Writes the filters of `R` output channels from `row` on, which lie in one panel: `values`
/// `[R][C][KH][KW]`, multiplied by the channels' `scale` where there is one, to `data`
/// `[IN * IN][OC / MR][C][MR]`, which has a row for each element.
pub fn write_rows<const R: usize>(
    tile: Tile,
    row: usize,
    values: &[f32],
    scale: &[f64],
    data: &mut MatMut<'_>,
) {
    let scale = core::array::from_fn(|r| scale.get(r).copied().unwrap_or(1.0));
    match tile {
        Tile::F2 => write::<F2, R, 4, 2>(row, values, scale, data),
        Tile::F4 => write::<F4, R, 6, 4>(row, values, scale, data),
        Tile::F2Of5 => write::<F2Of5, R, 6, 2>(row, values, scale, data),
    }
}

/// Input channels whose elements are gathered before they are written: the rows of a large filter
/// lie so far apart that they compete for one set of the first-level cache.
const TOGETHER: usize = 8;

fn write<T: Transform<IN, OUT>, const R: usize, const IN: usize, const OUT: usize>(
    row: usize,
    values: &[f32],
    scale: [f64; R],
    data: &mut MatMut<'_>,
) {
    let len = values.len() / R;
    let channels = len / (T::TAPS * T::TAPS);
    let panel = row / MR * channels * MR + row % MR;
    let mut near = [[[[0.0; R]; TOGETHER]; IN]; IN];
    for first in (0..channels).step_by(TOGETHER) {
        let count = TOGETHER.min(channels - first);
        for c in 0..count {
            transform::<T, R, IN, OUT>(
                &values[(first + c) * T::TAPS * T::TAPS..],
                len,
                scale,
                |[y, x], sums| near[y][x][c] = sums,
            );
        }
        for (element, sums) in near.as_flattened().iter().enumerate() {
            let to = data.row(element)[panel + first * MR..].chunks_mut(MR);
            for (sums, to) in sums[..count].iter().zip(to) {
                to[..R].copy_from_slice(sums);
            }
        }
    }
}

/// Gives `write` each element of one input channel's filters, which lie `len` elements apart.
#[inline(always)]
fn transform<T: Transform<IN, OUT>, const R: usize, const IN: usize, const OUT: usize>(
    values: &[f32],
    len: usize,
    scale: [f64; R],
    mut write: impl FnMut([usize; 2], [f32; R]),
) {
    let taps = T::TAPS;
    let mut columns = [[[0.0; R]; IN]; MAX_TAPS];
    for (x, column) in columns.iter_mut().enumerate().take(taps) {
        let mut down = [[0.0; R]; MAX_TAPS];
        for (y, down) in down.iter_mut().enumerate().take(taps) {
            let tap = y * taps + x;
            *down = core::array::from_fn(|r| f64::from(values[r * len + tap]) * scale[r]);
        }
        *column = T::G.map(|g| dot(&g[..taps], &down));
    }
    for y in 0..IN {
        let across = columns.map(|column| column[y]);
        for (x, g) in T::G.into_iter().enumerate() {
            write([y, x], dot(&g[..taps], &across).map(|sum| sum as f32));
        }
    }
}

#[inline(always)]
fn dot<const R: usize>(a: &[f64], b: &[[f64; R]]) -> [f64; R] {
    core::array::from_fn(|r| a.iter().zip(b).map(|(a, b)| a * b[r]).sum())
}
