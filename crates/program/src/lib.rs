//! A program: a flat list of steps over one planned arena.
//!
//! [`run`] decodes and runs one, [`order`] checks that values are there when they are read, [`plan`]
//! lays out its arena, [`registry`] knows the ops; [`reader`] reads the words of a descriptor,
//! [`operands`] what several steps have in common, [`step`] says what a step is, [`memory`] lends
//! slices of the arena, [`weights`] holds constants and packed filters; [`filter`] and [`photo`] read
//! the words of what is no step. [`steps`] has one file for each op: its words, what they must be,
//! and which kernels of [`receptive_kernels`] run. Kernels know nothing of this crate.
#![forbid(unsafe_code)]

pub mod filter;
pub mod memory;
mod operands;
pub mod order;
pub mod photo;
pub mod plan;
pub mod reader;
pub mod registry;
pub mod run;
pub mod step;
mod steps;
pub mod weights;

#[cfg(test)]
mod tests;
