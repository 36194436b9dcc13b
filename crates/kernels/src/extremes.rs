//! The greater and the lesser of two numbers, by what becomes of a NaN.
//!
//! Written as comparisons: what the compiler makes of `f32::max` may lose a NaN with relaxed SIMD, as
//! `relaxed_max` may.

/// The greater number; NaN where one is NaN. A comparison with NaN is false: a NaN on the left stays, one on
/// the right is let in by name.
#[inline(always)]
pub fn maximum(a: f32, b: f32) -> f32 {
    if (b > a) | b.is_nan() { b } else { a }
}

/// The lesser number; NaN where one is NaN.
#[inline(always)]
pub fn minimum(a: f32, b: f32) -> f32 {
    if (b < a) | b.is_nan() { b } else { a }
}

/// The greater number, where a NaN in `b` is passed over. A call, so that no vector is made of it: with
/// relaxed SIMD that would be `relaxed_max`, which may lose a NaN in `a`.
#[inline(never)]
pub fn greater(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The lesser number, where a NaN in `b` is passed over; see [`greater`].
#[inline(never)]
pub fn lesser(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: [f32; 7] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, 1.0, -2.0, 0.5];

    #[test]
    fn what_becomes_of_nan() {
        for (a, b) in ODD.into_iter().flat_map(|a| ODD.map(|b| (a, b))) {
            let nan = a.is_nan() || b.is_nan();
            let bits = |x: f32| if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() };
            let either = |x: f32| bits(if nan { f32::NAN } else { x });
            assert_eq!(bits(maximum(a, b)), either(a.max(b)), "maximum of {a} and {b}");
            assert_eq!(bits(minimum(a, b)), either(a.min(b)), "minimum of {a} and {b}");
            let number = |x: f32| bits(if nan { a } else { x });
            assert_eq!(bits(greater(a, b)), number(a.max(b)), "greater of {a} and {b}");
            assert_eq!(bits(lesser(a, b)), number(a.min(b)), "lesser of {a} and {b}");
        }
    }
}
