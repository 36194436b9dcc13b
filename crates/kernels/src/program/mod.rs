//! A program: a flat list of steps over one planned arena.
//!
//! [`reader`] reads the words of a descriptor, [`step`] says what a step is, [`memory`] lays out
//! the arena and lends slices of it, [`weights`] holds constants and packed filters.

pub mod memory;
pub mod reader;
pub mod registry;
pub mod step;
pub mod weights;
