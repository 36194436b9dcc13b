//! Four f32 that are added and multiplied at once: a 128-bit vector of WebAssembly, or, where there
//! is none (as in native tests), four numbers one after the other. The results are the same.

pub use four::F32x4;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod four {
    use core::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, v128};

    /// Four f32 in one register.
    #[derive(Debug, Clone, Copy)]
    pub struct F32x4(v128);

    impl F32x4 {
        /// `[x, x, x, x]`
        pub fn splat(x: f32) -> F32x4 {
            F32x4(f32x4_splat(x))
        }

        /// The first four numbers of a slice, which panics if it has fewer: one instruction in the
        /// end.
        pub fn load(from: &[f32]) -> F32x4 {
            F32x4(f32x4(from[0], from[1], from[2], from[3]))
        }

        /// The four numbers.
        pub fn to_array(self) -> [f32; 4] {
            [
                f32x4_extract_lane::<0>(self.0),
                f32x4_extract_lane::<1>(self.0),
                f32x4_extract_lane::<2>(self.0),
                f32x4_extract_lane::<3>(self.0),
            ]
        }

        /// `self + a * b`, both rounded.
        pub fn add_product(self, a: F32x4, b: F32x4) -> F32x4 {
            F32x4(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod four {
    /// Four f32.
    #[derive(Debug, Clone, Copy)]
    pub struct F32x4([f32; 4]);

    impl F32x4 {
        /// `[x, x, x, x]`
        pub fn splat(x: f32) -> F32x4 {
            F32x4([x; 4])
        }

        /// The first four numbers of a slice; panics if it has fewer.
        pub fn load(from: &[f32]) -> F32x4 {
            F32x4([from[0], from[1], from[2], from[3]])
        }

        /// The four numbers.
        pub fn to_array(self) -> [f32; 4] {
            self.0
        }

        /// `self + a * b`, both rounded.
        pub fn add_product(self, a: F32x4, b: F32x4) -> F32x4 {
            F32x4([0, 1, 2, 3].map(|i| self.0[i] + a.0[i] * b.0[i]))
        }
    }
}
