//! Kernels of a convolutional network: functions on slices, which know nothing of programs.
//!
//! Plain Rust without wasm-bindgen, so that everything is tested natively. Activations are
//! channels-last (`N, H, W, C`) throughout; the plan converts at the edges.
#![deny(unsafe_code)]
#![cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics"),
    feature(stdarch_wasm_atomic_wait)
)]

pub mod activation;
pub mod boxes;
pub mod cascade;
pub mod column_sums;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod elementary;
pub mod elementwise;
pub mod error;
pub mod extremes;
pub mod filter;
pub mod gemm;
pub mod geometry;
pub mod linear;
pub mod loss;
pub mod matmul;
pub mod matrix;
pub mod movement;
pub mod native;
pub mod norm;
pub mod optim;
pub mod part;
pub mod photo;
pub mod pool;
pub mod random;
pub mod recurrent;
pub mod reduce;
pub mod region;
pub mod resize;
pub mod resize_backward;
pub mod roi;
pub mod sample;
pub mod simd;
pub mod softmax;
pub mod strided;
pub mod team;
pub mod winograd;

#[cfg(test)]
mod gradient_check;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::Error;
