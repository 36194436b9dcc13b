//! Four f32 lanes, the same code on every variant.
//!
//! Kernels are generic over [`Isa`]. [`scalar`] is plain Rust and runs anywhere (the native tests
//! use it); `wasm128` maps to 128-bit wasm SIMD. The variants are separate wasm files, so
//! [`Native`] is fixed when the crate is compiled: an engine refuses a whole module for a single
//! instruction it lacks, hence nothing is detected at run time here.
#![allow(unsafe_code)]

pub mod pair;
pub mod pixels;
pub mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub mod wasm128;
pub mod wide;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub mod wide128;

/// The widest instruction set this build may use.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub type Native = scalar::Scalar;
/// The widest instruction set this build may use.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub type Native = wasm128::Wasm128;

/// Lanes of a vector.
pub const LANES: usize = 4;

/// Whether kernels take two vectors at a time where they can, for engines that pair them: others have too few registers.
pub const PAIRED: bool = cfg!(feature = "wide");

/// Arithmetic on vectors of f32.
pub trait Vector: Copy {
    /// The vector.
    type V: Copy;
    /// How many f32 it holds.
    const COUNT: usize;

    /// All lanes `x`.
    fn splat(x: f32) -> Self::V;
    /// Lane-wise sum.
    fn add(a: Self::V, b: Self::V) -> Self::V;
    /// Lane-wise difference.
    fn sub(a: Self::V, b: Self::V) -> Self::V;
    /// Lane-wise product.
    fn mul(a: Self::V, b: Self::V) -> Self::V;
    /// Lane-wise quotient.
    fn div(a: Self::V, b: Self::V) -> Self::V;
    /// `a * b + c`, rounded once or twice depending on the variant (and, for relaxed SIMD, on the
    /// machine).
    fn mul_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Lane-wise `x`, but at least `low` and then at most `high`; a NaN in `x` stays.
    fn clamp(x: Self::V, low: Self::V, high: Self::V) -> Self::V;
    /// Lane-wise `b` where it is greater than `a`, else `a`: a NaN in `b` is passed over.
    fn greater(a: Self::V, b: Self::V) -> Self::V;
    /// Lane-wise `b` where it is less than `a`, else `a`: a NaN in `b` is passed over.
    fn less(a: Self::V, b: Self::V) -> Self::V;

    /// Loads neighbouring elements.
    ///
    /// # Safety
    /// `from` is valid for reading [`Vector::COUNT`] elements.
    unsafe fn load(from: *const f32) -> Self::V;
    /// Loads one element into all lanes.
    ///
    /// # Safety
    /// `from` is valid for reading one element.
    unsafe fn load_splat(from: *const f32) -> Self::V;
    /// Stores neighbouring elements.
    ///
    /// # Safety
    /// `to` is valid for writing [`Vector::COUNT`] elements.
    unsafe fn store(to: *mut f32, v: Self::V);
}

/// An instruction set: operations on a vector of [`LANES`] f32.
pub trait Isa: Vector {
    /// The name of the variant that has these instructions.
    const NAME: &'static str;

    /// Whether `a` is greater than `b` in any lane, which NaN never is.
    fn any_above(a: Self::V, b: Self::V) -> bool;

    /// Loads an array.
    #[inline(always)]
    fn get(from: &[f32; LANES]) -> Self::V {
        const { assert!(Self::COUNT == LANES) };
        // SAFETY: the array has LANES elements.
        unsafe { Self::load(from.as_ptr()) }
    }

    /// Stores into an array.
    #[inline(always)]
    fn put(to: &mut [f32; LANES], v: Self::V) {
        const { assert!(Self::COUNT == LANES) };
        // SAFETY: the array has LANES elements.
        unsafe { Self::store(to.as_mut_ptr(), v) }
    }
}
