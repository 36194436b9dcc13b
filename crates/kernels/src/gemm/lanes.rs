//! The end of a sum, a vector of channels of one pixel at a time.

use super::Epilogue;
use crate::simd::{Isa, LANES};

/// Adds bias and residual, clamps, and writes up to [`LANES`] channels from `c` of `pixel`, whose
/// channels are `y`.
#[inline(always)]
pub fn finish<I: Isa>(value: I::V, pixel: usize, c: usize, epilogue: &Epilogue<'_>, y: &mut [f32]) {
    let mut value = value;
    if let Some(bias) = epilogue.bias {
        value = I::add(value, get::<I>(&bias[c..]));
    }
    if let Some(residual) = epilogue.residual {
        value = I::add(value, get::<I>(&residual.row(pixel)[c..]));
    }
    let value = I::clamp(value, I::splat(epilogue.min), I::splat(epilogue.max));
    put::<I>(value, &mut y[c..]);
}

/// Up to [`LANES`] elements, at least one; zeros where `from` is shorter.
#[inline(always)]
pub fn get<I: Isa>(from: &[f32]) -> I::V {
    match from.first_chunk() {
        Some(whole) => I::get(whole),
        // Element by element: a copy of unknown length is a call.
        None => {
            let at = |i: usize| from.get(i).copied().unwrap_or(0.0);
            I::get(&[from[0], at(1), at(2), 0.0])
        }
    }
}

/// Writes as many lanes as `to` has room for, at least one.
#[inline(always)]
pub fn put<I: Isa>(value: I::V, to: &mut [f32]) {
    match to.first_chunk_mut() {
        Some(whole) => I::put(whole, value),
        None => {
            let mut whole = [0.0; LANES];
            I::put(&mut whole, value);
            to.iter_mut().zip(whole).take(LANES - 1).for_each(|(to, value)| *to = value);
        }
    }
}
