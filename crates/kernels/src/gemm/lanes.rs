//! The end of a sum, a vector of channels of one pixel at a time.

use super::Epilogue;
use crate::simd::{Isa, LANES};

/// Adds bias and residual, clamps, and writes up to [`LANES`] channels from `c` of `pixel`, whose
/// channels are `y`.
#[inline(always)]
pub fn finish<I: Isa>(value: I::V, pixel: usize, c: usize, epilogue: &Epilogue<'_>, y: &mut [f32]) {
    let mut value = value;
    if let Some(bias) = epilogue.bias {
        value = I::add(value, lanes::<I>(&bias[c..]));
    }
    if let Some(residual) = epilogue.residual {
        value = I::add(value, lanes::<I>(&residual.row(pixel)[c..]));
    }
    let value = I::min(I::max(value, I::splat(epilogue.min)), I::splat(epilogue.max));
    let to = &mut y[c..];
    match to.first_chunk_mut() {
        Some(whole) => I::put(whole, value),
        None => {
            let mut whole = [0.0; LANES];
            I::put(&mut whole, value);
            to.copy_from_slice(&whole[..to.len()]);
        }
    }
}

/// Up to [`LANES`] elements, zeros where `from` is shorter.
#[inline(always)]
fn lanes<I: Isa>(from: &[f32]) -> I::V {
    match from.first_chunk() {
        Some(whole) => I::get(whole),
        None => {
            let mut whole = [0.0; LANES];
            whole[..from.len()].copy_from_slice(from);
            I::get(&whole)
        }
    }
}
