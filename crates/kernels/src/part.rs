//! Which channels of a map are written, where others write the rest of them.

use crate::error::{Code, Error};
use crate::matrix::MatMut;

/// The channels from `first` on, `count` of them, of pixels that have `row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// Elements from a pixel to the next.
    pub row: usize,
    /// The first channel.
    pub first: usize,
    /// How many.
    pub count: usize,
}

impl Channels {
    /// Fails with [`Code::Shape`] unless the channels are within the row.
    pub fn new(row: usize, first: usize, count: usize) -> Result<Self, Error> {
        if first.checked_add(count).is_some_and(|end| end <= row) {
            return Ok(Channels { row, first, count });
        }
        let message = format!("{count} channels from {first} on do not fit into {row}");
        Err(Error::new(Code::Shape, message))
    }

    /// The channels of all pixels of `y`, which is whole rows.
    #[inline(never)]
    pub fn of<'a>(&self, y: &'a mut [f32]) -> MatMut<'a> {
        debug_assert_eq!(y.len() % self.row, 0);
        MatMut::strided(&mut y[self.first..], self.count, self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_within_their_row() {
        for (row, first, count, fits) in
            [(4, 0, 4, true), (4, 1, 3, true), (4, 2, 3, false), (4, usize::MAX, 2, false)]
        {
            assert_eq!(Channels::new(row, first, count).is_ok(), fits, "{first} + {count}");
        }
    }

    #[test]
    fn every_pixel_has_them() {
        for (first, count) in [(0, 4), (0, 1), (1, 2), (3, 1)] {
            let mut y = [0.0f32; 12];
            let mut part = Channels::new(4, first, count).unwrap().of(&mut y);
            assert_eq!((part.rows(), part.cols()), (3, count));
            (0..3).for_each(|pixel| part.row(pixel).fill(1.0));
            for (at, y) in y.into_iter().enumerate() {
                let inside = (first..first + count).contains(&(at % 4));
                assert_eq!(y, if inside { 1.0 } else { 0.0 });
            }
        }
    }
}
