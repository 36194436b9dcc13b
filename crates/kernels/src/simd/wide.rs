//! Four f64 lanes beside four of f32, for functions whose roundings must not add up.
//!
//! [`Wide`] is one vector; `f64` itself is the vector of one lane. All operations are those of IEEE
//! 754, never fused: a function written with them has the same bits on every variant, in every lane
//! and for a single number.

use super::{Isa, LANES};
use core::cell::UnsafeCell;
use core::ops::{Add, Div, Mul, Sub};

/// Numbers that functions read from memory: an engine builds a vector constant from immediates each
/// time that a loop comes by it, which takes longer than a load, and the compiler makes a constant
/// of whatever it can see not to change. So this can, for all it knows; it goes into a static that
/// is `#[used]`.
pub struct Constants<T, const N: usize>(UnsafeCell<[T; N]>);

// SAFETY: nothing writes to the cell.
unsafe impl<T: Sync, const N: usize> Sync for Constants<T, N> {}

impl<T, const N: usize> Constants<T, N> {
    /// These numbers.
    pub const fn new(values: [T; N]) -> Self {
        Constants(UnsafeCell::new(values))
    }

    /// Reads them.
    #[inline(always)]
    fn all(&self) -> &[T; N] {
        // SAFETY: nothing writes to the cell.
        unsafe { &*self.0.get() }
    }
}

impl<const N: usize> Constants<f64, N> {
    /// The number at `i` in all lanes.
    #[inline(always)]
    pub fn get<W: Wide>(&'static self, i: usize) -> W {
        W::broadcast(&self.all()[i])
    }

    /// `c[0] + c[1] x + c[2] x^2 + ...`, by pairs of terms: half as much waits for each other.
    #[inline(always)]
    pub fn polynomial<W: Wide>(&'static self, x: W) -> W {
        let square = x * x;
        let pair = |i: usize| self.get::<W>(i) + self.get::<W>(i + 1) * x;
        let last = if N % 2 == 0 { pair(N - 2) } else { self.get(N - 1) };
        (0..(N - 1) / 2).rev().fold(last, |sum, i| pair(2 * i) + sum * square)
    }
}

/// The lower and the upper bound of a clamp.
pub type Bounds = Constants<f32, 2>;

/// A vector of f64 with the f32 vector it is made from.
pub trait Wide:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// As many f32.
    type Narrow: Copy;
    /// The outcome of a comparison.
    type Mask: Copy;

    /// All lanes `x`.
    fn splat(x: f64) -> Self;
    /// The same numbers, exactly.
    fn widen(x: Self::Narrow) -> Self;
    /// All lanes the number that is referred to.
    fn broadcast(x: &f64) -> Self;
    /// [`Wide::widen`] of `x` clamped to the bounds; a NaN stays.
    #[inline(always)]
    fn widen_clamped(x: Self::Narrow, bounds: &'static Bounds) -> Self {
        Self::widen_between(x, bounds.all())
    }
    /// The same with bounds that are not constant.
    fn widen_between(x: Self::Narrow, bounds: &[f32; 2]) -> Self;
    /// The nearest f32; infinity where that is too large.
    fn narrow(self) -> Self::Narrow;
    /// The lanes, of which a vector of one has four times the same.
    fn lanes(self) -> [f64; LANES];
    /// Without its sign.
    fn abs(self) -> Self;
    /// The number whose bits are the lowest 12 of each lane in the place of sign and exponent.
    fn power(self) -> Self;
    /// `m` and `n` with `self = m 2^n` and `m` in [sqrt(1/2), sqrt(2)), for positive normal numbers
    /// whose exponent is that of an f32; anything else gives some number or other.
    fn split(self) -> (Self, Self);
    /// Whether it is less, which NaN never is.
    fn lt(self, other: Self) -> Self::Mask;
    /// `yes` where the mask holds, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
}

/// An instruction set with f64 lanes.
pub trait Math: Isa {
    /// Its f64 vector.
    type Wide: Wide<Narrow = Self::V>;
}

/// Bits of sqrt(1/2) less 1023 in the exponent, so that the difference of bits holds `n + 1023`.
pub(super) const SPLIT: i64 = HALF_ROOT - ONE;
/// Bits of sqrt(1/2).
const HALF_ROOT: i64 = core::f64::consts::FRAC_1_SQRT_2.to_bits() as i64;
/// Bits of 1.
pub(super) const ONE: i64 = 1.0f64.to_bits() as i64;
/// Bits of 2^52, under which an integer is a number.
pub(super) const INTEGER: f64 = 4_503_599_627_370_496.0;
/// Bits of sign and exponent.
pub(super) const EXPONENT: i64 = -1 << 52;

impl Wide for f64 {
    type Narrow = f32;
    type Mask = bool;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn widen(x: f32) -> Self {
        x.into()
    }

    #[inline(always)]
    fn broadcast(x: &f64) -> Self {
        *x
    }

    #[inline(always)]
    fn widen_between(x: f32, &[low, high]: &[f32; 2]) -> Self {
        let x = if x < low { low } else { x };
        f64::from(if high < x { high } else { x })
    }

    #[inline(always)]
    fn narrow(self) -> f32 {
        self as f32
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES] {
        [self; LANES]
    }

    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }

    #[inline(always)]
    fn power(self) -> Self {
        f64::from_bits(self.to_bits() << 52)
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let bits = self.to_bits() as i64;
        let above = bits.wrapping_sub(SPLIT);
        let m = bits.wrapping_sub(above & EXPONENT).wrapping_add(ONE);
        let n = (above as u64 >> 52) | INTEGER.to_bits();
        (f64::from_bits(m as u64), f64::from_bits(n) - (INTEGER + 1023.0))
    }

    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }

    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
}

/// Four lanes in plain Rust.
#[derive(Debug, Clone, Copy)]
pub struct Quad([f64; LANES]);

#[inline(always)]
fn zip(a: Quad, b: Quad, f: impl Fn(f64, f64) -> f64) -> Quad {
    Quad(core::array::from_fn(|i| f(a.0[i], b.0[i])))
}

impl Add for Quad {
    type Output = Quad;
    #[inline(always)]
    fn add(self, other: Quad) -> Quad {
        zip(self, other, |a, b| a + b)
    }
}

impl Sub for Quad {
    type Output = Quad;
    #[inline(always)]
    fn sub(self, other: Quad) -> Quad {
        zip(self, other, |a, b| a - b)
    }
}

impl Mul for Quad {
    type Output = Quad;
    #[inline(always)]
    fn mul(self, other: Quad) -> Quad {
        zip(self, other, |a, b| a * b)
    }
}

impl Div for Quad {
    type Output = Quad;
    #[inline(always)]
    fn div(self, other: Quad) -> Quad {
        zip(self, other, |a, b| a / b)
    }
}

impl Wide for Quad {
    type Narrow = [f32; LANES];
    type Mask = [bool; LANES];

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Quad([x; LANES])
    }

    #[inline(always)]
    fn widen(x: [f32; LANES]) -> Self {
        Quad(x.map(f64::from))
    }

    #[inline(always)]
    fn broadcast(x: &f64) -> Self {
        Quad([*x; LANES])
    }

    #[inline(always)]
    fn widen_between(x: [f32; LANES], bounds: &[f32; 2]) -> Self {
        Quad(x.map(|x| f64::widen_between(x, bounds)))
    }

    #[inline(always)]
    fn narrow(self) -> [f32; LANES] {
        self.0.map(f64::narrow)
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES] {
        self.0
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Quad(self.0.map(f64::abs))
    }

    #[inline(always)]
    fn power(self) -> Self {
        Quad(self.0.map(f64::power))
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let parts = self.0.map(f64::split);
        (Quad(parts.map(|(m, _)| m)), Quad(parts.map(|(_, n)| n)))
    }

    #[inline(always)]
    fn lt(self, other: Self) -> [bool; LANES] {
        core::array::from_fn(|i| self.0[i] < other.0[i])
    }

    #[inline(always)]
    fn select(mask: [bool; LANES], yes: Self, no: Self) -> Self {
        Quad(core::array::from_fn(|i| if mask[i] { yes.0[i] } else { no.0[i] }))
    }
}

impl Math for super::scalar::Scalar {
    type Wide = Quad;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_split_into_a_mantissa_around_one_and_an_exponent() {
        for bits in (1..0x7f80_0000u32).step_by(99_991) {
            let x = f64::from(f32::from_bits(bits));
            let (m, n) = x.split();
            assert!((core::f64::consts::FRAC_1_SQRT_2..core::f64::consts::SQRT_2).contains(&m));
            assert_eq!((m * n.exp2(), n), (x, n.round()), "{x:e}");
        }
    }

    #[test]
    fn the_lowest_bits_become_an_exponent() {
        for n in [-1022i64, -150, -1, 0, 1, 127, 1023] {
            let low = f64::from_bits(((n + 1023) | 0x4338_0000_0000_0000) as u64);
            assert_eq!(low.power(), (n as f64).exp2(), "{n}");
        }
    }
}
