//! Kernels of a convolutional network and the program that runs them.
//!
//! Plain Rust without wasm-bindgen, so that everything is tested natively. Activations are
//! channels-last (`N, H, W, C`) throughout; the plan converts at the edges.
#![deny(unsafe_code)]
#![cfg_attr(
    all(target_arch = "wasm32", target_feature = "atomics"),
    feature(stdarch_wasm_atomic_wait)
)]

pub mod activation;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod elementary;
pub mod elementwise;
pub mod error;
pub mod filter;
pub mod gemm;
pub mod geometry;
pub mod linear;
pub mod loss;
pub mod matrix;
pub mod movement;
pub mod norm;
pub mod photo;
pub mod pool;
pub mod program;
pub mod resize;
pub mod simd;
pub mod softmax;
pub mod strided;
pub mod team;

#[cfg(test)]
mod testing;

pub use error::Error;
