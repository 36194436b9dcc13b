//! Weights of a Winograd convolution: `U = G g G^T`, in f64, rounded once.

use super::Tile;
use super::points::{F2, F4, Transform};
use crate::gemm::MR;

/// Writes the filters of output channel `row`: `values` `[C][3][3]`, each multiplied by `scale`,
/// to `data` `[IN * IN][OC / MR][C][MR]`.
pub fn write_row(tile: Tile, row: usize, values: &[f32], scale: f64, data: &mut [f32]) {
    match tile {
        Tile::F2 => write::<F2, 4, 2>(row, values, scale, data),
        Tile::F4 => write::<F4, 6, 4>(row, values, scale, data),
    }
}

fn write<T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    row: usize,
    values: &[f32],
    scale: f64,
    data: &mut [f32],
) {
    let plane = data.len() / (IN * IN);
    let panel = row / MR * (values.len() / 9) * MR + row % MR;
    for (c, taps) in values.chunks_exact(9).enumerate() {
        let columns: [[f64; IN]; 3] = core::array::from_fn(|x| {
            let column = [taps[x], taps[3 + x], taps[6 + x]].map(|tap| f64::from(tap) * scale);
            T::G.map(|g| dot(g, column))
        });
        for y in 0..IN {
            let row = [columns[0][y], columns[1][y], columns[2][y]];
            for (x, g) in T::G.into_iter().enumerate() {
                data[(y * IN + x) * plane + panel + c * MR] = dot(g, row) as f32;
            }
        }
    }
}

#[inline(always)]
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
