//! How a layer is cut into tiles.

use crate::gemm::NR;
use crate::geometry::{Axis, Window};
use crate::simd::LANES;
use crate::winograd::Tile;
use core::ops::Range;

/// Whether a window walks as a tile does.
pub fn walks(tile: Tile, window: &Window) -> bool {
    let plain = |axis: Axis| axis.kernel == tile.taps() && axis.stride == 1 && axis.dilation == 1;
    plain(window.y) && plain(window.x)
}

/// Elements of `V` and `M` of a block, which stay in the second-level cache beside the weights.
const BLOCK: usize = 128 << 10;
/// Minimum tiles per block: the weights are re-read once per block, so smaller blocks cost more
/// than they save.
const MIN_TILES: usize = 64;

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
    (BLOCK / (tile.elements() * channels)).max(MIN_TILES)
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
