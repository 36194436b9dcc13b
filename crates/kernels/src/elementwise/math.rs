//! Functions that networks write out their own activations and norms with.

use crate::elementary::slices;

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Math {
    /// `e` to the power of `x`
    Exp,
    /// The natural logarithm; NaN below 0.
    Log,
    /// The error function.
    Erf,
    /// The square root; NaN below 0.
    Sqrt,
    /// `|x|`
    Abs,
    /// `-x`
    Neg,
    /// `1 / x`
    Reciprocal,
    /// The next whole number below.
    Floor,
    /// The next whole number above.
    Ceil,
    /// The nearest whole number, of two the even one.
    Round,
    /// 1, -1, or `x` where it is neither above nor below 0.
    Sign,
}

/// Version 0: the function at one point, in f64.
pub fn reference(math: Math, x: f32) -> f32 {
    let x = f64::from(x);
    let y = match math {
        Math::Exp => x.exp(),
        Math::Log => x.ln(),
        Math::Erf => libm::erf(x),
        Math::Sqrt => x.sqrt(),
        Math::Abs => x.abs(),
        Math::Neg => -x,
        Math::Reciprocal => 1.0 / x,
        Math::Floor => x.floor(),
        Math::Ceil => x.ceil(),
        Math::Round => x.round_ties_even(),
        Math::Sign => sign(x as f32).into(),
    };
    y as f32
}

/// Version 1: replaces every element by the function's value; a slice of any length. Those that are
/// no single instruction are in [`crate::elementary`].
#[inline(never)]
pub fn apply(math: Math, values: &mut [f32]) {
    match math {
        Math::Exp => slices::exp(values),
        Math::Log => slices::log(values),
        Math::Erf => slices::erf(values),
        Math::Sqrt => each(values, f32::sqrt),
        Math::Abs => each(values, f32::abs),
        Math::Neg => each(values, |x| -x),
        Math::Reciprocal => each(values, |x| 1.0 / x),
        Math::Floor => each(values, f32::floor),
        Math::Ceil => each(values, f32::ceil),
        Math::Round => each(values, f32::round_ties_even),
        Math::Sign => each(values, sign),
    }
}

#[inline(always)]
fn each(values: &mut [f32], f: impl Fn(f32) -> f32) {
    for value in values {
        *value = f(*value);
    }
}

#[inline(always)]
fn sign(x: f32) -> f32 {
    let above = if x > 0.0 { 1.0 } else { x };
    if x < 0.0 { -1.0 } else { above }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Math; 11] = [
        Math::Exp,
        Math::Log,
        Math::Erf,
        Math::Sqrt,
        Math::Abs,
        Math::Neg,
        Math::Reciprocal,
        Math::Floor,
        Math::Ceil,
        Math::Round,
        Math::Sign,
    ];

    #[test]
    fn slices_match_the_functions_within_a_few_ulp() {
        let mut xs: Vec<f32> = (-2000..=2000).map(|i| i as f32 * 0.0625 + 0.0031).collect();
        xs.extend([0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1.0, 1e-40, -1e-40, 1e30, -1e30]);
        xs.extend([f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN_POSITIVE]);
        for math in ALL {
            for len in [0, 1, 3, 4, 5, xs.len()] {
                let mut ys = xs[..len].to_vec();
                apply(math, &mut ys);
                for (&x, &y) in xs.iter().zip(&ys) {
                    let expected = reference(math, x);
                    let close = (y - expected).abs() <= 2.0 * f32::EPSILON * expected.abs() + 3e-45;
                    let same = y == expected && y.is_sign_negative() == expected.is_sign_negative();
                    let both_nan = y.is_nan() && expected.is_nan();
                    assert!(close || same || both_nan, "{math:?} at {x}: {y}, expected {expected}");
                }
            }
        }
    }

    #[test]
    fn signs_of_zero_stay() {
        for math in [Math::Floor, Math::Ceil, Math::Round, Math::Sign, Math::Sqrt, Math::Erf] {
            let mut zeros = [0.0f32, -0.0];
            apply(math, &mut zeros);
            assert_eq!(zeros.map(f32::to_bits), [0.0f32, -0.0].map(f32::to_bits), "{math:?}");
        }
    }
}
