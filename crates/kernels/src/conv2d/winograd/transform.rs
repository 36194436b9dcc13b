//! The two-dimensional transforms, a vector of channels at a time.
#![allow(unsafe_code)]

use crate::gemm::Epilogue;
use crate::matrix::MatMut;
use crate::simd::pair::Pair;
use crate::simd::{Isa, LANES, PAIRED, Vector};
use crate::winograd::points::{F4, Transform};
use core::ops::Range;

/// `B^T d` down columns: `rows` are `IN` lines of as many elements (a multiple of [`LANES`]), and line
/// `y` of the result goes to `to[y * plane..]`.
///
/// # Panics
/// If a slice is too short.
pub fn down<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    rows: [&[f32]; IN],
    to: &mut [f32],
    plane: usize,
) {
    let len = rows[0].len();
    assert!(len % LANES == 0 && rows.iter().all(|row| row.len() == len));
    assert!(to.len() >= (IN - 1) * plane + len);
    // SAFETY: each row has len elements, and for each y < IN as many are within the length asserted.
    unsafe { each::<I, T, IN, OUT>(rows.map(<[f32]>::as_ptr), to.as_mut_ptr(), plane, len) };
}

/// Visits the elements of whole vectors, two at a time where that is faster; told where they start.
#[inline(always)]
pub fn each_vector(len: usize, mut visit: impl FnMut(usize, bool)) {
    let twos = if PAIRED { len - len % (2 * LANES) } else { 0 };
    (0..twos).step_by(2 * LANES).for_each(|at| visit(at, true));
    (twos..len - len % LANES).step_by(LANES).for_each(|at| visit(at, false));
}

/// `B^T d` of `len` elements (a multiple of [`LANES`]) from each of `from`, the results `plane` elements apart.
///
/// # Safety
/// All of `from` are valid for reading `len` elements, and `to[y * plane..]` for writing as many for each y < IN.
#[inline(always)]
unsafe fn each<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    from: [*const f32; IN],
    to: *mut f32,
    plane: usize,
    len: usize,
) {
    let twos = if PAIRED { len / Pair::<I>::COUNT } else { 0 };
    let done = twos * Pair::<I>::COUNT;
    // SAFETY: as the caller promises; both parts together are len elements.
    unsafe {
        vectors::<Pair<I>, T, IN, OUT>(from, to, plane, twos);
        let from = from.map(|from| from.add(done));
        vectors::<I, T, IN, OUT>(from, to.add(done), plane, (len - done) / LANES);
    }
}

/// The same of `count` vectors.
///
/// # Safety
/// As [`each`], for the elements of `count` vectors.
#[inline(always)]
unsafe fn vectors<V: Vector, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    mut from: [*const f32; IN],
    mut to: *mut f32,
    plane: usize,
    count: usize,
) {
    for _ in 0..count {
        // SAFETY: as the caller promises.
        let values = T::input::<V>(from.map(|from| unsafe { V::load(from) }));
        for (y, value) in values.into_iter().enumerate() {
            // SAFETY: as the caller promises.
            unsafe { V::store(to.add(y * plane), value) };
        }
        // Pointers, not an index: of that the compiler makes a base for each half of a pair, which no engine knows for neighbours.
        // SAFETY: at most to the end of what the caller promises.
        unsafe {
            from = from.map(|from| from.add(V::COUNT));
            to = to.add(V::COUNT);
        }
    }
}

/// `d B` across one line of a tile: `line` holds `IN` pixels of `channels` elements (a multiple of
/// [`LANES`]), and pixel `x` of the result goes to `to[x * plane..]`.
///
/// # Panics
/// If a slice is too short.
pub fn across<I: Isa, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    line: &[f32],
    channels: usize,
    to: &mut [f32],
    plane: usize,
) {
    assert!(channels % LANES == 0 && line.len() >= IN * channels);
    assert!(to.len() >= (IN - 1) * plane + channels);
    let pixels = core::array::from_fn(|x| line[x * channels..].as_ptr());
    // SAFETY: for each x < IN there are as many channels in the line, and room for them within the length asserted.
    unsafe { each::<I, T, IN, OUT>(pixels, to.as_mut_ptr(), plane, channels) };
}

/// `Y = A^T m A` for a vector of channels of one tile: `Y[y][x]`.
///
/// Element `e` of `m` is at `m[e * plane..]`.
///
/// # Panics
/// If `m` is too short.
#[inline(always)]
pub fn inverse<I: Vector, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    m: &[f32],
    plane: usize,
) -> [[I::V; OUT]; OUT] {
    assert!(m.len() >= (IN * IN - 1) * plane + I::COUNT);
    let mut columns = [[I::splat(0.0); OUT]; IN];
    for (x, column) in columns.iter_mut().enumerate() {
        // SAFETY: y * IN + x < IN * IN, within the length asserted.
        let elements =
            core::array::from_fn(|y| unsafe { I::load(m.as_ptr().add((y * IN + x) * plane)) });
        *column = T::output::<I>(elements);
    }
    core::array::from_fn(|y| T::output::<I>(core::array::from_fn(|x| columns[x][y])))
}

/// `A y A^T` for [`LANES`] channels of one tile: of element `e`, where it is in one of `rows` rows of
/// six, goes to `to[e * plane..]`.
///
/// # Panics
/// If `to` is too short.
#[inline(always)]
pub fn spread<I: Isa>(y: [[I::V; 4]; 4], rows: &Range<usize>, to: &mut [f32], plane: usize) {
    assert!(to.len() >= 35 * plane + LANES);
    let down: [[I::V; 6]; 4] =
        core::array::from_fn(|x| F4::spread::<I>(core::array::from_fn(|row| y[row][x])));
    let across = |row: usize| F4::spread::<I>(core::array::from_fn(|x| down[x][row]));
    // Over constants, so that the values stay in registers.
    for row in 0..6 {
        if rows.contains(&row) {
            for (x, value) in across(row).into_iter().enumerate() {
                // SAFETY: row * 6 + x < 36, within the length asserted.
                unsafe { I::store(to.as_mut_ptr().add((row * 6 + x) * plane), value) };
            }
        }
    }
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
    /// The first of a vector of channels.
    pub channel: usize,
}

/// Adds bias and residual to the outputs of a tile, clamps and writes them.
///
/// # Panics
/// If the tile reaches out of `y`.
#[inline(always)]
pub fn finish<I: Vector, const OUT: usize>(
    values: [[I::V; OUT]; OUT],
    at: Target,
    epilogue: &Epilogue<'_>,
    y: &mut MatMut<'_>,
) {
    let Target { first, line, extent: [lines, columns], channel } = at;
    assert!(0 < lines && lines <= OUT && 0 < columns && columns <= OUT);
    let last = first + (lines - 1) * line + columns - 1;
    let (y, step) = y.tile(last, channel + I::COUNT);
    let residual = epilogue.residual.map(|rest| rest.tile(last, channel + I::COUNT));
    let bias = match epilogue.bias {
        // SAFETY: the slice has a vector.
        Some(bias) => unsafe { I::load(bias[channel..][..I::COUNT].as_ptr()) },
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
