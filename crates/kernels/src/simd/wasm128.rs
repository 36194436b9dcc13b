//! [`Isa`] on 128-bit wasm SIMD, with the fused multiply-add of relaxed SIMD where it is enabled.

use super::{Isa, Vector};
use core::arch::wasm32::*;

/// One `v128`.
#[derive(Debug, Clone, Copy)]
pub struct Wasm128;

impl Vector for Wasm128 {
    type V = v128;
    const COUNT: usize = 4;

    #[inline(always)]
    fn splat(x: f32) -> v128 {
        f32x4_splat(x)
    }

    #[inline(always)]
    fn add(a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }

    #[inline(always)]
    fn sub(a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    fn mul(a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    fn div(a: v128, b: v128) -> v128 {
        f32x4_div(a, b)
    }

    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn mul_add(a: v128, b: v128, c: v128) -> v128 {
        f32x4_relaxed_madd(a, b, c)
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn mul_add(a: v128, b: v128, c: v128) -> v128 {
        f32x4_add(f32x4_mul(a, b), c)
    }

    /// Two instructions on x86-64, where `f32x4.max` alone takes nine for the sake of a NaN in the bound
    /// and of the zeros' signs.
    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn clamp(x: v128, low: v128, high: v128) -> v128 {
        f32x4_pmin(f32x4_pmax(x, low), high)
    }

    /// Four instructions: with relaxed SIMD the compiler makes `relaxed_max` of `f32x4_pmax`, which may
    /// lose a NaN.
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn clamp(x: v128, low: v128, high: v128) -> v128 {
        let x = i32x4_relaxed_laneselect(low, x, f32x4_lt(x, low));
        i32x4_relaxed_laneselect(high, x, f32x4_lt(high, x))
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn greater(a: v128, b: v128) -> v128 {
        f32x4_pmax(a, b)
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn less(a: v128, b: v128) -> v128 {
        f32x4_pmin(a, b)
    }

    /// Two instructions, for the reason that `clamp` has four.
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn greater(a: v128, b: v128) -> v128 {
        i32x4_relaxed_laneselect(b, a, f32x4_lt(a, b))
    }

    /// Two instructions, for the reason that `clamp` has four.
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn less(a: v128, b: v128) -> v128 {
        i32x4_relaxed_laneselect(b, a, f32x4_lt(b, a))
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> v128 {
        // SAFETY: the caller's `from` is valid for four elements; v128 loads need no alignment.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> v128 {
        // SAFETY: the caller's `from` is valid for one element.
        unsafe { v128_load32_splat(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: v128) {
        // SAFETY: the caller's `to` is valid for four elements; v128 stores need no alignment.
        unsafe { v128_store(to.cast(), v) }
    }
}

impl Isa for Wasm128 {
    const NAME: &'static str =
        if cfg!(target_feature = "relaxed-simd") { "relaxed" } else { "simd" };

    #[inline(always)]
    fn any_above(a: v128, b: v128) -> bool {
        v128_any_true(f32x4_gt(a, b))
    }
}
