//! [`Wide`] on 128-bit wasm SIMD: two vectors of two f64.

use super::wasm128::Wasm128;
use super::wide::{EXPONENT, INTEGER, Math, ONE, SPLIT, Wide};
use super::{LANES, Vector};
use core::arch::wasm32::*;
use core::ops::{Add, Div, Mul, Sub};

/// Lanes 0 and 1, and lanes 2 and 3.
#[derive(Debug, Clone, Copy)]
pub struct Pair(v128, v128);

impl Pair {
    #[inline(always)]
    fn map(self, f: impl Fn(v128) -> v128) -> Pair {
        Pair(f(self.0), f(self.1))
    }

    #[inline(always)]
    fn zip(self, other: Pair, f: impl Fn(v128, v128) -> v128) -> Pair {
        Pair(f(self.0, other.0), f(self.1, other.1))
    }
}

impl Add for Pair {
    type Output = Pair;
    #[inline(always)]
    fn add(self, other: Pair) -> Pair {
        self.zip(other, |a, b| f64x2_add(a, b))
    }
}

impl Sub for Pair {
    type Output = Pair;
    #[inline(always)]
    fn sub(self, other: Pair) -> Pair {
        self.zip(other, |a, b| f64x2_sub(a, b))
    }
}

impl Mul for Pair {
    type Output = Pair;
    #[inline(always)]
    fn mul(self, other: Pair) -> Pair {
        self.zip(other, |a, b| f64x2_mul(a, b))
    }
}

impl Div for Pair {
    type Output = Pair;
    #[inline(always)]
    fn div(self, other: Pair) -> Pair {
        self.zip(other, |a, b| f64x2_div(a, b))
    }
}

impl Wide for Pair {
    type Narrow = v128;
    type Mask = Pair;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Pair(f64x2_splat(x), f64x2_splat(x))
    }

    #[inline(always)]
    fn widen(x: v128) -> Self {
        let high = i32x4_shuffle::<2, 3, 2, 3>(x, x);
        Pair(f64x2_promote_low_f32x4(x), f64x2_promote_low_f32x4(high))
    }

    #[inline(always)]
    fn broadcast(x: &f64) -> Self {
        // SAFETY: the reference is valid for one element.
        let x = unsafe { v128_load64_splat(core::ptr::from_ref(x).cast()) };
        Pair(x, x)
    }

    #[inline(always)]
    fn widen_between(x: v128, [low, high]: &[f32; 2]) -> Self {
        // SAFETY: the references are valid for one element each.
        let [low, high] = [low, high].map(|x| unsafe { Wasm128::load_splat(x) });
        Pair::widen(Wasm128::clamp(x, low, high))
    }

    #[inline(always)]
    fn narrow(self) -> v128 {
        // The mean of a byte and itself, which is the byte: of a shuffle of conversions, with nothing
        // between, the compiler makes four conversions of single lanes.
        let Pair(low, high) = self.map(|x| f32x4_demote_f64x2_zero(x)).map(|x| u8x16_avgr(x, x));
        i64x2_shuffle::<0, 2>(low, high)
    }

    #[inline(always)]
    fn lanes(self) -> [f64; LANES] {
        let [a, b] = [self.0, self.1];
        [
            f64x2_extract_lane::<0>(a),
            f64x2_extract_lane::<1>(a),
            f64x2_extract_lane::<0>(b),
            f64x2_extract_lane::<1>(b),
        ]
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.map(|x| f64x2_abs(x))
    }

    #[inline(always)]
    fn power(self) -> Self {
        self.map(|x| i64x2_shl(x, 52))
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let above = self.map(|x| i64x2_sub(x, i64x2_splat(SPLIT)));
        let power = above.map(|x| v128_and(x, i64x2_splat(EXPONENT)));
        let m = self.zip(power, |x, power| i64x2_add(i64x2_sub(x, power), i64x2_splat(ONE)));
        let n = above.map(|x| v128_or(u64x2_shr(x, 52), f64x2_splat(INTEGER)));
        (m, n - Pair::splat(INTEGER + 1023.0))
    }

    #[inline(always)]
    fn lt(self, other: Self) -> Pair {
        self.zip(other, |a, b| f64x2_lt(a, b))
    }

    #[inline(always)]
    fn select(mask: Pair, yes: Self, no: Self) -> Self {
        let choose = |mask, yes, no| v128_bitselect(yes, no, mask);
        Pair(choose(mask.0, yes.0, no.0), choose(mask.1, yes.1, no.1))
    }
}

impl Math for Wasm128 {
    type Wide = Pair;
}
