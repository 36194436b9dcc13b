//! A program: a flat list of steps over one planned arena.
//!
//! [`run`] decodes and runs one, [`order`] checks that values are there when they are read, [`plan`]
//! lays out its arena, [`registry`] knows the ops; [`reader`] reads the words of a descriptor,
//! [`step`] says what a step is and [`part`] which channels it writes, [`memory`] lends slices of
//! the arena, [`weights`] holds constants and packed filters.

pub mod memory;
pub mod order;
pub mod part;
pub mod plan;
pub mod reader;
pub mod registry;
pub mod run;
pub mod step;
pub mod weights;

#[cfg(test)]
mod tests;
