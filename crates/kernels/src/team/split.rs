//! Splits the matrix that a step writes.
#![allow(unsafe_code)]

use super::Team;
use crate::matrix::MatMut;
use core::ops::Range;

/// Multiply-adds below which waking another thread costs more than it saves.
const WORTH: usize = 1 << 19;
/// Pieces at the most.
const MOST: usize = 32;

/// Into how many pieces a step's output is split, along each axis.
///
/// Units are what must stay together: a row of tiles, a panel of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Units along the rows.
    pub row_units: usize,
    /// Units along the columns.
    pub col_units: usize,
    /// Pieces along the rows.
    pub rows: usize,
    /// Pieces along the columns.
    pub cols: usize,
}

impl Grid {
    /// Splits along rows.
    pub fn rows(team: &Team, units: usize, work: usize) -> Self {
        let rows = pieces(team, units, work);
        Grid { row_units: units, col_units: 1, rows, cols: 1 }
    }

    /// Splits along columns.
    pub fn cols(team: &Team, units: usize, work: usize) -> Self {
        let cols = pieces(team, units, work);
        Grid { row_units: 1, col_units: units, rows: 1, cols }
    }

    fn piece(&self, index: usize) -> Piece {
        let (row, col) = (index / self.cols, index % self.cols);
        Piece {
            rows: share(self.row_units, self.rows, row),
            cols: share(self.col_units, self.cols, col),
        }
    }
}

/// One piece for each thread, unless there is too little to do or to split.
fn pieces(team: &Team, units: usize, work: usize) -> usize {
    team.threads().min(MOST).min(units).min(work / WORTH).max(1)
}

/// Units `of` `parts` even shares, the first ones longer by one where they do not divide.
fn share(units: usize, parts: usize, index: usize) -> Range<usize> {
    let (each, more) = (units / parts, units % parts);
    let start = |index: usize| index * each + index.min(more);
    start(index)..start(index + 1)
}

/// Units of a [`Grid`] that one call computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Units along the rows.
    pub rows: Range<usize>,
    /// Units along the columns.
    pub cols: Range<usize>,
}

impl Team {
    /// Calls `work` for every piece of `y` with the elements that are the piece's to write, and
    /// with `each` elements of `scratch`, dirty.
    ///
    /// `place` tells which rows and columns of `y` a piece is.
    ///
    /// # Panics
    /// If two pieces overlap or one reaches out of `y`, or if `scratch` is shorter than
    /// `threads() * each`.
    pub fn split(
        &self,
        grid: Grid,
        mut y: MatMut<'_>,
        (scratch, each): (&mut [f32], usize),
        place: impl Fn(&Piece) -> [Range<usize>; 2],
        work: impl Fn(Piece, MatMut<'_>, &mut [f32]) + Sync,
    ) {
        let pieces = grid.rows * grid.cols;
        if pieces == 1 {
            let piece = grid.piece(0);
            let [rows, cols] = place(&piece);
            return work(piece, y.block(rows, cols), &mut scratch[..each]);
        }
        assert!(pieces <= MOST);
        let places: [_; MOST] =
            core::array::from_fn(
                |at| {
                    if at < pieces { place(&grid.piece(at)) } else { [0..0, 0..0] }
                },
            );
        expect_disjoint(&places[..pieces]);
        let own = MatMut::strided(&mut scratch[..self.threads() * each], each, each.max(1));
        self.each(pieces, &|index, thread| {
            let [rows, cols] = places[index].clone();
            // SAFETY: places do not overlap, as checked, and `each` calls once for every one.
            let y = unsafe { y.shared_block(rows, cols) };
            let row = if each == 0 { 0..0 } else { thread..thread + 1 };
            // SAFETY: calls of one thread do not overlap in time, and each thread has its own row.
            let mut own = unsafe { own.shared_block(row, 0..each) };
            let scratch = if each == 0 { &mut [][..] } else { own.row(0) };
            work(grid.piece(index), y, scratch);
        });
    }
}

fn expect_disjoint(places: &[[Range<usize>; 2]]) {
    let apart = |a: &Range<usize>, b: &Range<usize>| a.end <= b.start || b.end <= a.start;
    for (at, a) in places.iter().enumerate() {
        for b in &places[..at] {
            assert!(apart(&a[0], &b[0]) || apart(&a[1], &b[1]), "{a:?} and {b:?} overlap");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_whole() {
        for (units, parts) in [(1, 1), (7, 2), (7, 3), (3, 3), (14, 4)] {
            let shares: Vec<_> = (0..parts).map(|index| share(units, parts, index)).collect();
            assert_eq!((shares[0].start, shares[parts - 1].end), (0, units));
            assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
            let lens: Vec<_> = shares.iter().map(Range::len).collect();
            assert!(lens.iter().max().unwrap() - lens.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn little_work_stays_on_one_thread() {
        let team = Team::of(2);
        assert_eq!(Grid::rows(&team, 100, WORTH - 1).rows, 1);
        assert_eq!(Grid::rows(&team, 100, 2 * WORTH).rows, 2);
        assert_eq!(Grid::rows(&team, 1, 9 * WORTH).rows, 1);
        assert_eq!(Grid::cols(&Team::SOLO, 100, 9 * WORTH).cols, 1);
    }

    #[test]
    fn every_element_is_written_once() {
        for threads in 1..4 {
            let team = Team::of(threads);
            let mut data = vec![0.0; 7 * 5];
            let mut scratch = vec![f32::NAN; threads * 3];
            let grid = Grid { row_units: 7, col_units: 5, rows: threads, cols: 2 };
            let y = MatMut::new(&mut data, 5);
            team.split(
                grid,
                y,
                (&mut scratch, 3),
                |piece| [piece.rows.clone(), piece.cols.clone()],
                |piece, mut y, scratch| {
                    assert_eq!((y.rows(), y.cols()), (piece.rows.len(), piece.cols.len()));
                    scratch.fill(1.0);
                    for row in 0..y.rows() {
                        y.row(row).iter_mut().for_each(|y| *y += scratch[2]);
                    }
                },
            );
            assert!(data.iter().all(|&y| y == 1.0), "{threads} threads: {data:?}");
        }
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn overlapping_pieces_are_refused() {
        let grid = Grid { row_units: 2, col_units: 1, rows: 2, cols: 1 };
        let mut data = [0.0; 4];
        let y = MatMut::new(&mut data, 2);
        Team::of(2).split(grid, y, (&mut [], 0), |_| [0..2, 0..2], |_, _, _| {});
    }
}
