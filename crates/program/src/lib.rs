//! A program: a flat list of steps over one planned arena.
//!
//! [`contract`] is what the words of a descriptor are, written from `contract.json`; [`reader`] reads
//! them, never past their end. [`run`] decodes and runs a program, [`order`] checks that values are
//! there when they are read, [`plan`] lays out its arena. [`step`] says what a step is, [`memory`]
//! lends slices of the arena, [`weights`] holds constants and packed filters; [`filter`], [`photo`]
//! and [`boxes`] read the words of what is no step. `steps` has one file for each op: what its words must
//! be, and which kernels of [`receptive_kernels`] run. Kernels know nothing of this crate.
#![forbid(unsafe_code)]

pub mod boxes;
pub mod contract;
pub mod filter;
mod geometry;
pub mod memory;
pub mod operand;
pub mod order;
pub mod photo;
pub mod plan;
pub mod reader;
pub mod run;
pub mod step;
pub mod steps;
pub mod weights;

#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod thread_tests;
