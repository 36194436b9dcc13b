//! A program that learns: the steps of [`contract`], on the kernels of [`receptive_kernels`], in the
//! arena of [`receptive_program`].
//!
//! Parameters are values that the program keeps from run to run. A run goes forward, judges, goes
//! back, and then changes them: `steps` has the four in this order. What has no parameters goes
//! forward by the steps of inference.
#![forbid(unsafe_code)]

pub mod contract;
mod prepared;
mod steps;

#[cfg(test)]
mod tests;
