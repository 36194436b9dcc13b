//! A program: a flat list of steps over one planned arena.
//!
//! [`run`] decodes and runs one, [`plan`] lays out its arena, [`registry`] knows the ops;
//! [`reader`] reads the words of a descriptor, [`step`] says what a step is, [`memory`] lays out
//! the arena and lends slices of it, [`weights`] holds constants and packed filters.

pub mod memory;
pub mod plan;
pub mod reader;
pub mod registry;
pub mod run;
pub mod step;
pub mod weights;

#[cfg(test)]
mod tests;
