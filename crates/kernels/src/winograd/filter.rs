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

fn write<T: Transform<IN, OUT>, const R: usize, const IN: usize, const OUT: usize>(
    row: usize,
    values: &[f32],
    scale: [f64; R],
    data: &mut MatMut<'_>,
) {
    let (taps, len) = (T::TAPS, values.len() / R);
    let channels = len / (taps * taps);
    let panel = row / MR * channels * MR + row % MR;
    for c in 0..channels {
        let mut columns = [[[0.0; R]; IN]; MAX_TAPS];
        for (x, column) in columns.iter_mut().enumerate().take(taps) {
            let mut down = [[0.0; R]; MAX_TAPS];
            for (y, down) in down.iter_mut().enumerate().take(taps) {
                let tap = (c * taps + y) * taps + x;
                *down = core::array::from_fn(|r| f64::from(values[r * len + tap]) * scale[r]);
            }
            *column = T::G.map(|g| dot(&g[..taps], &down));
        }
        for y in 0..IN {
            let across = columns.map(|column| column[y]);
            for (x, g) in T::G.into_iter().enumerate() {
                let to = &mut data.row(y * IN + x)[panel + c * MR..][..R];
                let sums = dot(&g[..taps], &across);
                to.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum as f32);
            }
        }
    }
}

#[inline(always)]
fn dot<const R: usize>(a: &[f64], b: &[[f64; R]]) -> [f64; R] {
    core::array::from_fn(|r| a.iter().zip(b).map(|(a, b)| a * b[r]).sum())
}
