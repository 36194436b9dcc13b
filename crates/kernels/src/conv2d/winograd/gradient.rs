//! The gradient of the weights by Winograd's algorithm, run backwards.
//!
//! `y = A^T [(G g G^T) * (B^T d B)] A` is linear in `g`, so its transpose takes the gradient of `y`
//! to that of `g`: `dg = G^T [sum over tiles of (A dy A^T) * (B^T d B)] G`. The inputs of a tile are
//! transformed as in the forward; each of the 36 elements is one product
//! `M[e][C][OC] = sum over tiles of V[e][tile][C] * W[e][tile][OC]`, and only the sums are
//! transformed to taps: 36 multiplications a tile in place of 144.

use super::input::{self, Images};
use super::tile::{Tiling, walks};
use super::{Place, transform};
use crate::filter::FilterSpec;
use crate::gemm::lanes::get;
use crate::gemm::left::Left;
use crate::gemm::outer;
use crate::geometry::Window;
use crate::matrix::{Mat, MatMut};
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team};
use crate::winograd::Tile;
use crate::winograd::points::F4;
use core::ops::Range;

const IN: usize = 6;
const OUT: usize = 4;
const TAPS: usize = 9;

/// Output channels whose taps are read together: a cache line of them.
const TOGETHER: usize = 16;

/// Multiply-adds in the time of an element of a tile through its transform, and of the 36 sums
/// of one weight through theirs.
const TRANSFORM: usize = 6;
const FINISH: usize = 300;

/// Channels and tiles at the least. Fewer gain little, and rounding shows: an element whose terms
/// cancel is off by what is rounded of its tiles, where the product over windows loses less, and an
/// optimiser that divides by the gradient's size (Adam) makes steps of that.
const CHANNELS: usize = 16;
const TILES: usize = 64;

/// Whether it takes less time than the product over windows, and has enough to sum.
pub fn pays(n: usize, window: &Window, spec: &FilterSpec) -> bool {
    let [oc, c, ..] = spec.dims;
    let tiles = n * window.oh.div_ceil(OUT) * window.ow.div_ceil(OUT);
    if !walks(Tile::F4, window) || spec.groups != 1 || c.min(oc) < CHANNELS || tiles < TILES {
        return false;
    }
    let direct = n * window.oh * window.ow * TAPS * c * oc;
    tiles * IN * IN * (c * oc + TRANSFORM * (c + oc)) + FINISH * c * oc < direct
}

/// What is differentiated.
#[derive(Debug, Clone, Copy)]
pub struct Maps<'a> {
    /// Images.
    pub n: usize,
    /// A 3x3 window at stride and dilation 1.
    pub window: &'a Window,
    /// OC, in one group with all of C.
    pub oc: usize,
    /// `[N, H, W, C]`
    pub x: &'a [f32],
    /// `[N, OH, OW, OC]`
    pub dy: &'a [f32],
}

/// Scratch elements that [`weight_gradient`] needs: the sums, and what each thread has besides.
pub fn scratch_len(n: usize, window: &Window, oc: usize) -> [usize; 2] {
    let tiling = Tiling::new(Tile::F4, n, window, oc);
    let each = tiling.lines + IN * IN * (tiling.v_plane() + tiling.m_plane());
    [IN * IN * window.c * oc, each]
}

/// As [`crate::conv2d::backward::weight::weight_gradient`].
///
/// # Panics
/// If a slice is too short.
pub fn weight_gradient<I: Isa>(maps: &Maps<'_>, dw: &mut [f32], scratch: &mut [f32], team: &Team) {
    let (c, oc) = (maps.window.c, maps.oc);
    let tiling = Tiling::new(Tile::F4, maps.n, maps.window, oc);
    let [sums, each] = scratch_len(maps.n, maps.window, oc);
    let (sums, scratch) = scratch.split_at_mut(sums);
    let tiles = maps.n * tiling.rows * tiling.columns;
    if tiles == 0 {
        return dw.fill(0.0);
    }
    // Rows of elements are shared out: each thread transforms for its own, and adds up all tiles.
    let again = TRANSFORM * tiles * IN * IN * (c + oc) / 2;
    let grid = Grid::cheapest(team, [IN, 1], tiles * IN * IN * c * oc, [again, 0]);
    let place = |[rows, _]: &[Range<usize>; 2]| [rows.start * IN * c..rows.end * IN * c, 0..oc];
    team.split(grid, MatMut::new(sums, oc), (scratch, each), place, |[rows, _], mut m, scratch| {
        for first in (0..tiles).step_by(tiling.block) {
            let tiles = first..(first + tiling.block).min(tiles);
            block::<I>(maps, &tiling, tiles, rows.clone(), scratch, &mut m);
        }
    });
    finish::<I>(sums, [c, oc], dw, team);
}

/// Adds a block of tiles to the sums of some rows of elements, `[row][IN][C][OC]`.
fn block<I: Isa>(
    maps: &Maps<'_>,
    tiling: &Tiling,
    tiles: Range<usize>,
    rows: Range<usize>,
    scratch: &mut [f32],
    m: &mut MatMut<'_>,
) {
    let (between, scratch) = scratch.split_at_mut(tiling.lines);
    let (v_plane, w_plane) = (tiling.v_plane(), tiling.m_plane());
    let (v, w) = scratch.split_at_mut(IN * IN * v_plane);
    let (images, c) = (Images { window: maps.window, x: maps.x }, maps.window.c);
    for (t, stretch) in tiling.stretches(tiles.clone()) {
        let at = Place::new::<OUT>(tiles.start + t, tiling);
        let v = (&mut v[t * tiling.channels..], v_plane);
        input::load::<I, F4, IN, OUT>(images, at, stretch, rows.clone(), between, v);
    }
    for (t, tile) in tiles.clone().enumerate() {
        let w = &mut w[t * tiling.out_channels..];
        spread::<I>(maps, Place::new::<OUT>(tile, tiling), &rows, w, w_plane);
    }
    for (at, e) in (rows.start * IN..rows.end * IN).enumerate() {
        let left = Left::matrix(&v[e * v_plane..], c, tiling.channels);
        let right = Mat::new(&w[e * w_plane..], maps.oc, tiling.out_channels);
        let mut m = m.block(at * c..(at + 1) * c, 0..maps.oc);
        outer::gemm::<I>(&left, 0..c, right, tiles.len(), tiles.start == 0, &mut m);
    }
}

/// Transforms the gradients of one tile's outputs, zeros where it hangs over the edge.
fn spread<I: Isa>(maps: &Maps<'_>, at: Place, rows: &Range<usize>, w: &mut [f32], plane: usize) {
    let (Window { oh, ow, .. }, oc) = (*maps.window, maps.oc);
    let first = ((at.n * oh + at.oh) * ow + at.ow) * oc;
    let (lines, columns) = (OUT.min(oh - at.oh), OUT.min(ow - at.ow));
    let last = first + ((lines - 1) * ow + columns) * oc;
    let dy = &maps.dy[first..last];
    let whole = lines == OUT && columns == OUT;
    for channel in (0..oc).step_by(LANES) {
        let value = |line: usize, column: usize| {
            if whole || (line < lines && column < columns) {
                let pixel = &dy[(line * ow + column) * oc..][..oc];
                get::<I>(&pixel[channel..])
            } else {
                I::splat(0.0)
            }
        };
        let dy = core::array::from_fn(|line| core::array::from_fn(|column| value(line, column)));
        transform::spread::<I>(dy, rows, &mut w[channel..], plane);
    }
}

/// `dw[oc][c] = G^T M[c][oc] G` from sums `[IN * IN][C][OC]`.
fn finish<I: Isa>(sums: &[f32], [c, oc]: [usize; 2], dw: &mut [f32], team: &Team) {
    let row = c * TAPS;
    team.split_rows(dw, row, FINISH * c * oc, |first, dw| {
        let end = first + dw.len() / row;
        for start in (first..end).step_by(TOGETHER) {
            let channels = start..(start + TOGETHER).min(end);
            for input in 0..c {
                for channel in channels.clone().step_by(LANES) {
                    let count = LANES.min(channels.end - channel);
                    let m = |e: usize| get::<I>(&sums[(e * c + input) * oc + channel..][..count]);
                    let to = &mut dw[(channel - first) * row + input * TAPS..];
                    taps::<I>(m, count, row, to);
                }
            }
        }
    });
}

/// The taps of one input channel for `count` output channels, whose weights lie `row` elements apart.
#[inline(always)]
fn taps<I: Isa>(m: impl Fn(usize) -> I::V, count: usize, row: usize, dw: &mut [f32]) {
    let down: [[I::V; 3]; IN] =
        core::array::from_fn(|x| F4::taps::<I>(core::array::from_fn(|y| m(y * IN + x))));
    let across = |y: usize| F4::taps::<I>(core::array::from_fn(|x| down[x][y]));
    for y in 0..3 {
        for (x, taps) in across(y).into_iter().enumerate() {
            let mut lanes = [0.0; LANES];
            I::put(&mut lanes, taps);
            let to = dw[y * 3 + x..].iter_mut().step_by(row).take(count);
            to.zip(lanes).for_each(|(to, lane)| *to = lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::scalar::Scalar;
    use crate::winograd::points::Transform;

    fn basis<const N: usize>(at: usize) -> [[f32; LANES]; N] {
        core::array::from_fn(|i| [if i == at { 1.0 } else { 0.0 }; LANES])
    }

    /// `spread` is the transpose of `output`, exactly, and `taps` that of the matrix `G`.
    #[test]
    fn transforms_are_transposes() {
        for e in 0..IN {
            let output = F4::output::<Scalar>(basis(e));
            let taps = F4::taps::<Scalar>(basis(e));
            for (i, output) in output.into_iter().enumerate() {
                assert_eq!(F4::spread::<Scalar>(basis(i))[e], output, "{e} {i}");
            }
            for (tap, value) in taps.iter().enumerate() {
                assert_eq!(value[0], F4::G[e][tap] as f32, "{e} {tap}");
            }
        }
    }

    #[test]
    fn few_channels_and_few_pixels_are_left_to_the_product() {
        use crate::filter::Kind;
        use crate::geometry::Axis;
        let pays = |n, [oc, c]: [usize; 2], size, stride| {
            let axis =
                Axis { size, kernel: 3, stride, before: 1, after: 1, dilation: 1, ceil: false };
            let window = Window::new(c, axis, axis).unwrap();
            pays(n, &window, &FilterSpec::new(Kind::Conv, [oc, c, 3, 3], 1).unwrap())
        };
        assert!(pays(4, [16, 16], 128, 1) && pays(16, [256, 256], 8, 1));
        assert!(
            !pays(4, [16, 15], 128, 1) && !pays(15, [64, 64], 8, 1) && !pays(4, [16, 16], 128, 2)
        );
    }
}
