//! Random numbers that depend on nothing but a name: seed, stream, step and index.
//!
//! - [`philox`]: the counter-based generator;
//! - [`stream`]: numbered words of a seed: of one layer at one step, say;
//! - [`shuffle`]: random orders of indices;
//! - [`dropout`]: a mask that is never stored;
//! - [`fill`]: uniform and normal numbers;
//! - [`init`]: the usual initial weights;
//! - [`orthogonal`]: initial weights with orthogonal rows or columns.
//!
//! A word is computed from its index alone, so threads may share the work, a backward may compute a
//! mask again, and a checkpoint holds a seed and a step. All is integer arithmetic, or f64 with the
//! functions of the libm crate: the bits are the same on all variants.

pub mod dropout;
pub mod fill;
pub mod init;
pub mod orthogonal;
pub mod philox;
pub mod shuffle;
pub mod stream;

#[cfg(test)]
mod tests;
