//! Kernels of a convolutional network and the program that runs them.
//!
//! Plain Rust without wasm-bindgen, so that everything is tested natively. Activations are
//! channels-last (`N, H, W, C`) throughout; the plan converts at the edges.
#![deny(unsafe_code)]

pub mod activation;
pub mod error;
pub mod program;

pub use error::Error;
