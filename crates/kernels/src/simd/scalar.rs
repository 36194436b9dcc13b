//! [`Isa`] in plain Rust: the fallback for engines without SIMD, and what native tests run.

use super::{Isa, LANES, Vector};

/// Four lanes as an array.
#[derive(Debug, Clone, Copy)]
pub struct Scalar;

#[inline(always)]
fn zip(a: [f32; LANES], b: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    core::array::from_fn(|i| f(a[i], b[i]))
}

impl Vector for Scalar {
    type V = [f32; LANES];
    const COUNT: usize = LANES;

    #[inline(always)]
    fn splat(x: f32) -> Self::V {
        [x; LANES]
    }

    #[inline(always)]
    fn add(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn div(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| a / b)
    }

    #[inline(always)]
    fn mul_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    fn clamp(x: Self::V, low: Self::V, high: Self::V) -> Self::V {
        let x = zip(x, low, |x, low| if x < low { low } else { x });
        zip(x, high, |x, high| if high < x { high } else { x })
    }

    #[inline(always)]
    fn greater(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| if a < b { b } else { a })
    }

    #[inline(always)]
    fn less(a: Self::V, b: Self::V) -> Self::V {
        zip(a, b, |a, b| if b < a { b } else { a })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        // SAFETY: the caller's `from` is valid for LANES elements; arrays of f32 align as f32.
        unsafe { from.cast::<[f32; LANES]>().read() }
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Self::V {
        // SAFETY: the caller's `from` is valid for one element.
        [unsafe { from.read() }; LANES]
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::V) {
        // SAFETY: the caller's `to` is valid for LANES elements; arrays of f32 align as f32.
        unsafe { to.cast::<[f32; LANES]>().write(v) }
    }
}

impl Isa for Scalar {
    const NAME: &'static str = "scalar";

    #[inline(always)]
    fn any_above(a: Self::V, b: Self::V) -> bool {
        // Without branches, so that the compiler makes vectors of it.
        (0..LANES).fold(false, |any, i| any | (a[i] > b[i]))
    }
}
