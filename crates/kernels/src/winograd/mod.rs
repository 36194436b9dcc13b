//! Minimal filtering (Winograd 1980; Lavin and Gray 2015, arXiv 1509.09308): what a tile is, and its
//! filters. [`crate::conv2d::winograd`] runs them.
//!
//! In reading order: [`points`] (the matrices and what they mean), [`Tile`] and `filter` (weights,
//! transformed once per model). Filters are packed by these and know no convolution.

mod filter;
pub mod points;

pub use filter::write_rows;

/// What one tile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// `F(2x2, 3x3)`: 16 multiplications in place of 36.
    F2,
    /// `F(4x4, 3x3)`: 36 multiplications in place of 144.
    F4,
    /// `F(2x2, 5x5)`: 36 multiplications in place of 100.
    F2Of5,
}

impl Tile {
    /// Outputs along an axis.
    pub fn out(self) -> usize {
        match self {
            Tile::F2 | Tile::F2Of5 => 2,
            Tile::F4 => 4,
        }
    }

    /// Taps along an axis.
    pub fn taps(self) -> usize {
        match self {
            Tile::F2 | Tile::F4 => 3,
            Tile::F2Of5 => 5,
        }
    }

    /// Inputs along an axis.
    pub fn size(self) -> usize {
        self.out() + self.taps() - 1
    }

    /// Elements of a transformed tile.
    pub fn elements(self) -> usize {
        self.size().pow(2)
    }
}
