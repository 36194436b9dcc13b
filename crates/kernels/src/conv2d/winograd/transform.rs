//! The two-dimensional transforms, [`LANES`] channels at a time.
#![allow(unsafe_code)]

use super::points::Transform;
use crate::simd::{Isa, LANES};

/// Where the pixels of a tile's input lie: `IN` rows `row` elements apart, of `IN` pixels `pixel`
/// elements apart.
#[derive(Debug, Clone, Copy)]
pub struct Strides {
    /// Elements from a row to the next.
    pub row: usize,
    /// Elements from a pixel to the next.
    pub pixel: usize,
}

/// `V = B^T d B` for `channels` channels (a multiple of [`LANES`]) of one tile.
///
/// `d` starts at the tile's first pixel. Element `e` of `V` goes to `v[e * plane..]`.
///
/// # Panics
/// If a slice is too short.
pub fn forward<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    d: &[f32],
    strides: Strides,
    channels: usize,
    v: &mut [f32],
    plane: usize,
) {
    let last = IN - 1;
    assert!(channels % LANES == 0);
    assert!(d.len() >= last * (strides.row + strides.pixel) + channels);
    assert!(v.len() >= (IN * IN - 1) * plane + channels);
    for c in (0..channels).step_by(LANES) {
        let mut columns = [[I::splat(0.0); IN]; IN];
        for (x, column) in columns.iter_mut().enumerate() {
            // SAFETY: y, x <= last and c + LANES <= channels, within the length asserted.
            let pixels = core::array::from_fn(|y| unsafe {
                I::load(d.as_ptr().add(y * strides.row + x * strides.pixel + c))
            });
            *column = T::input::<I>(pixels);
        }
        let rows: [[I::V; IN]; IN] =
            core::array::from_fn(|y| T::input::<I>(core::array::from_fn(|x| columns[x][y])));
        for (y, row) in rows.into_iter().enumerate() {
            for (x, value) in row.into_iter().enumerate() {
                // SAFETY: y * IN + x < IN * IN and c + LANES <= channels, as asserted.
                unsafe { I::store(v.as_mut_ptr().add((y * IN + x) * plane + c), value) };
            }
        }
    }
}

/// `Y = A^T m A` for [`LANES`] channels of one tile: `Y[y][x]`.
///
/// Element `e` of `m` is at `m[e * plane..]`.
///
/// # Panics
/// If `m` is too short.
#[inline(always)]
pub fn inverse<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    m: &[f32],
    plane: usize,
) -> [[I::V; OUT]; OUT] {
    assert!(m.len() >= (IN * IN - 1) * plane + LANES);
    let mut columns = [[I::splat(0.0); OUT]; IN];
    for (x, column) in columns.iter_mut().enumerate() {
        // SAFETY: y * IN + x < IN * IN, within the length asserted.
        let elements =
            core::array::from_fn(|y| unsafe { I::load(m.as_ptr().add((y * IN + x) * plane)) });
        *column = T::output::<I>(elements);
    }
    core::array::from_fn(|y| T::output::<I>(core::array::from_fn(|x| columns[x][y])))
}
