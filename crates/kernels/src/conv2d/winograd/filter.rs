//! Weights of a Winograd convolution: `U = G g G^T`, in f64, rounded once.

use super::Tile;
use super::points::{F2, F4, Transform};
use crate::gemm::MR;

/// Writes the filters of `R` output channels from `row` on, which lie in one panel: `values`
/// `[R][C][3][3]`, multiplied by the channel's `scale` where there is one, to `data`
/// `[IN * IN][OC / MR][C][MR]`.
pub fn write_rows<const R: usize>(
    tile: Tile,
    row: usize,
    values: &[f32],
    scale: &[f64],
    data: &mut [f32],
) {
    let scale = core::array::from_fn(|r| scale.get(row + r).copied().unwrap_or(1.0));
    match tile {
        Tile::F2 => write::<F2, R, 4, 2>(row, values, scale, data),
        Tile::F4 => write::<F4, R, 6, 4>(row, values, scale, data),
    }
}

fn write<T: Transform<IN, OUT>, const R: usize, const IN: usize, const OUT: usize>(
    row: usize,
    values: &[f32],
    scale: [f64; R],
    data: &mut [f32],
) {
    let (plane, len) = (data.len() / (IN * IN), values.len() / R);
    let panel = row / MR * (len / 9) * MR + row % MR;
    for c in 0..len / 9 {
        let tap = |y: usize, x: usize| -> [f64; R] {
            core::array::from_fn(|r| f64::from(values[r * len + c * 9 + y * 3 + x]) * scale[r])
        };
        let columns: [[[f64; R]; IN]; 3] = core::array::from_fn(|x| {
            let column = [tap(0, x), tap(1, x), tap(2, x)];
            T::G.map(|g| dot(g, &column))
        });
        for y in 0..IN {
            let row = [columns[0][y], columns[1][y], columns[2][y]];
            for (x, g) in T::G.into_iter().enumerate() {
                let to = &mut data[(y * IN + x) * plane + panel + c * MR..][..R];
                let sums = dot(g, &row);
                to.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum as f32);
            }
        }
    }
}

#[inline(always)]
fn dot<const R: usize>(a: [f64; 3], b: &[[f64; R]; 3]) -> [f64; R] {
    core::array::from_fn(|r| a[0] * b[0][r] + a[1] * b[1][r] + a[2] * b[2][r])
}
