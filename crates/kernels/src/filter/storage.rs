//! Where the elements of a filter are: in memory of its own or, for one use, in memory lent to it.

use core::ops::{Deref, DerefMut};

/// The elements.
#[derive(Debug)]
pub enum Storage<'a> {
    /// For as long as the filter exists.
    Owned(Vec<f32>),
    /// In an arena.
    Lent(&'a mut [f32]),
}

impl Deref for Storage<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match self {
            Storage::Owned(data) => data,
            Storage::Lent(data) => data,
        }
    }
}

impl DerefMut for Storage<'_> {
    fn deref_mut(&mut self) -> &mut [f32] {
        match self {
            Storage::Owned(data) => data,
            Storage::Lent(data) => data,
        }
    }
}
