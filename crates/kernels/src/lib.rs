//! Kernels of a convolutional network and the program that runs them.
//!
//! Plain Rust without wasm-bindgen, so that everything is tested natively. Activations are
//! channels-last (`N, H, W, C`) throughout; the plan converts at the edges.
#![deny(unsafe_code)]

pub mod activation;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod error;
pub mod gemm;
pub mod geometry;
pub mod linear;
pub mod program;
pub mod simd;

#[cfg(test)]
mod testing;

pub use error::Error;
