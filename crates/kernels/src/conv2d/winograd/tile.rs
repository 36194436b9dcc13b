//! What a tile is, and how a layer is cut into tiles.

use crate::filter::{FilterSpec, Kind};
use crate::gemm::NR;
use crate::geometry::{Axis, Window};
use crate::simd::LANES;
use core::ops::Range;

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

/// The tiles that a filter can be packed for.
pub fn tiles_for(spec: &FilterSpec) -> &'static [Tile] {
    match (spec.kind, spec.groups, spec.dims) {
        (Kind::Conv, 1, [_, _, 3, 3]) => &[Tile::F2, Tile::F4],
        (Kind::Conv, 1, [_, _, 5, 5]) => &[Tile::F2Of5],
        _ => &[],
    }
}

/// Whether a window walks as a tile does.
pub fn walks(tile: Tile, window: &Window) -> bool {
    let plain = |axis: Axis| axis.kernel == tile.taps() && axis.stride == 1 && axis.dilation == 1;
    plain(window.y) && plain(window.x)
}

/// Elements of `V` and `M` of a block, which stay in the second-level cache beside the weights.
const BLOCK: usize = 128 << 10;
/// Tiles of a block at the least: weights come from memory once for each block, and layers whose
/// tiles do not fit the cache have more of them than it could hold anyhow.
const FEWEST: usize = 64;

/// Elements of the lines that inputs are transformed into on the way.
const STRETCH: usize = 16 << 10;

/// Elements from a matrix of `V` or `M` to the next are an odd number of cache lines, so that a
/// tile's elements, one in each matrix, do not compete for one set of the first-level cache.
fn plane(elements: usize) -> usize {
    const LINE: usize = 16;
    (elements.div_ceil(LINE) | 1) * LINE
}

/// Tiles of a block at the most, for `channels` of input and output together, in whole vectors.
pub fn most_tiles(tile: Tile, channels: usize) -> usize {
    (BLOCK / (tile.elements() * channels)).max(FEWEST)
}

/// Sizes of a layer in tiles. Channels are rounded up to whole vectors.
#[derive(Debug, Clone, Copy)]
pub struct Tiling {
    /// Lines of tiles of an image.
    pub rows: usize,
    /// Tiles of a line.
    pub columns: usize,
    /// Input channels.
    pub channels: usize,
    /// Output channels.
    pub out_channels: usize,
    /// Tiles of a block.
    pub block: usize,
    /// Tiles of a line at the most whose inputs are transformed together.
    pub stretch: usize,
    /// Scratch elements for their inputs.
    pub lines: usize,
}

impl Tiling {
    /// The tiles of `n` images.
    pub fn new(tile: Tile, n: usize, window: &Window, oc: usize) -> Self {
        let (rows, columns) = (window.oh.div_ceil(tile.out()), window.ow.div_ceil(tile.out()));
        let (channels, out_channels) =
            (window.c.next_multiple_of(LANES), oc.next_multiple_of(LANES));
        let tiles = n * rows * columns;
        let blocks = tiles.div_ceil(most_tiles(tile, channels + out_channels)).max(1);
        let block = tiles.div_ceil(blocks).next_multiple_of(NR).min(tiles.max(1));
        let stretch = (STRETCH / (tile.size() * tile.out() * channels)).clamp(1, columns.max(1));
        let width = (stretch - 1) * tile.out() + tile.size();
        // The lines, a line of zeros, and a pixel of each line.
        let lines = ((tile.size() + 1) * width + tile.size()) * channels;
        Tiling { rows, columns, channels, out_channels, block, stretch, lines }
    }

    /// Cuts tiles into stretches, each in one line: where one starts, counted from the first tile, and
    /// how many tiles it has.
    pub fn stretches(&self, tiles: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let (columns, most, first) = (self.columns, self.stretch, tiles.start);
        let mut next = first;
        core::iter::from_fn(move || {
            let (start, line) = (next, columns - next % columns);
            next += most.min(line).min(tiles.end - start);
            (start < next).then_some((start - first, next - start))
        })
    }

    /// Elements of a matrix of `V`.
    pub fn v_plane(&self) -> usize {
        plane(self.block * self.channels)
    }

    /// Elements of a matrix of `M`.
    pub fn m_plane(&self) -> usize {
        plane(self.block * self.out_channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_end_with_their_line() {
        let tiling = |columns, stretch| Tiling {
            rows: 9,
            columns,
            channels: 4,
            out_channels: 4,
            block: 64,
            stretch,
            lines: 0,
        };
        let cut = |columns, stretch, tiles| -> Vec<_> {
            tiling(columns, stretch).stretches(tiles).collect()
        };
        assert_eq!(cut(5, 5, 3..12), [(0, 2), (2, 5), (7, 2)]);
        assert_eq!(cut(5, 3, 0..6), [(0, 3), (3, 2), (5, 1)]);
        assert_eq!(cut(1, 1, 2..4), [(0, 1), (1, 1)]);
        assert_eq!(cut(5, 3, 4..4), []);
    }
}
