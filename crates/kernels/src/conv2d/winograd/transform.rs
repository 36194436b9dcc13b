//! The two-dimensional transforms, [`LANES`] channels at a time.
#![allow(unsafe_code)]

use super::points::Transform;
use crate::gemm::Epilogue;
use crate::matrix::MatMut;
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

/// Where the outputs of a tile go.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Row of the matrix that the first output is.
    pub first: usize,
    /// Rows from a line of outputs to the next.
    pub line: usize,
    /// Lines and columns of the tile that exist.
    pub extent: [usize; 2],
    /// The first of [`LANES`] channels.
    pub channel: usize,
}

/// Adds bias and residual to the outputs of a tile, clamps and writes them.
///
/// # Panics
/// If the tile reaches out of `y`.
#[inline(always)]
pub fn finish<I: Isa, const OUT: usize>(
    values: [[I::V; OUT]; OUT],
    at: Target,
    epilogue: &Epilogue<'_>,
    y: &mut MatMut<'_>,
) {
    let Target { first, line, extent: [lines, columns], channel } = at;
    assert!(0 < lines && lines <= OUT && 0 < columns && columns <= OUT);
    let last = first + (lines - 1) * line + columns - 1;
    let (y, step) = y.tile(last, channel + LANES);
    let residual = epilogue.residual.map(|rest| rest.tile(last, channel + LANES));
    let bias = match epilogue.bias {
        Some(bias) => I::get(bias[channel..].first_chunk().expect("a bias for every channel")),
        None => I::splat(0.0),
    };
    let (min, max) = (I::splat(epilogue.min), I::splat(epilogue.max));
    let put = |row: usize, column: usize| {
        let pixel = first + row * line + column;
        let mut value = I::add(values[row][column], bias);
        // SAFETY: pixel <= last, and both matrices hold the tile up to there, as they checked.
        unsafe {
            if let Some((residual, step)) = residual {
                value = I::add(value, I::load(residual.add(pixel * step + channel)));
            }
            let value = I::clamp(value, min, max);
            I::store(y.add(pixel * step + channel), value);
        }
    };
    // Both loops run over constants, so that the values stay in registers.
    let whole = lines == OUT && columns == OUT;
    for row in 0..OUT {
        for column in 0..OUT {
            if whole || (row < lines && column < columns) {
                put(row, column);
            }
        }
    }
}
