//! Splits the matrix that a step writes.
#![allow(unsafe_code)]

use super::Team;

use crate::matrix::MatMut;
use core::ops::Range;

/// Pieces at the most.
pub const MAX_PIECES: usize = 32;

/// Units of a step's output along its rows and columns: what must stay together, such as a row of
/// tiles or a panel of channels.
pub type Units = [Range<usize>; 2];

/// Into how many pieces a step's output is split, along each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    units: [usize; 2],
    parts: [usize; 2],
}

impl Grid {
    /// Some pieces for each thread, unless there is too little to do or to split; along rows.
    pub fn rows(team: &Team, units: usize, work: usize) -> Self {
        Grid { units: [units, 1], parts: [parts(team, units, work, EACH), 1] }
    }

    /// The same along columns.
    pub fn columns(team: &Team, units: usize, work: usize) -> Self {
        Grid { units: [1, units], parts: [1, parts(team, units, work, EACH)] }
    }

    /// Along the axis that costs less: the longest share of `work` (multiply-adds) and what each
    /// piece does over again, as the other pieces do, if that axis is split.
    pub fn cheapest(team: &Team, units: [usize; 2], work: usize, again: [usize; 2]) -> Self {
        let once = |axis: usize| parts(team, units[axis], work, 1);
        let cost = |axis: usize| {
            let unit = work / units[axis].max(1);
            units[axis].div_ceil(once(axis)) * unit + again[axis]
        };
        let along = |axis: usize| {
            let most = work / team.threads() / (SMALL * again[axis]).max(1);
            parts(team, units[axis], work, most)
        };
        let parts = if cost(1) < cost(0) { [1, along(1)] } else { [along(0), 1] };
        Grid { units, parts }
    }

    fn len(&self) -> usize {
        self.parts[0] * self.parts[1]
    }

    fn piece(&self, index: usize) -> Units {
        let (row, col) = (index / self.parts[1], index % self.parts[1]);
        [share(self.units[0], self.parts[0], row), share(self.units[1], self.parts[1], col)]
    }
}

/// Pieces that each thread finds at the most: what another program takes of one thread's time, the
/// others make up for.
pub(super) const EACH: usize = 4;

/// Such a piece is worth this many threads at the least.
const LARGE: usize = 4;

/// And it does over again at the most one part in so many of what it is.
const SMALL: usize = 16;

/// One piece for each thread or, where they stay [`LARGE`], up to `most`; fewer where there is too
/// little to do or to split.
pub(super) fn parts(team: &Team, units: usize, work: usize, most: usize) -> usize {
    let threads = team.threads().min(MAX_PIECES);
    if threads == 1 {
        return 1;
    }
    let large = work / team.worth / LARGE / threads;
    let each = large.min(most).min(EACH).min(MAX_PIECES / threads).max(1);
    (each * threads).min(units).min(work / team.worth).max(1)
}

/// Units `of` `parts` even shares, the first ones longer by one where they do not divide.
pub(super) fn share(units: usize, parts: usize, index: usize) -> Range<usize> {
    let (each, more) = (units / parts, units % parts);
    let start = |index: usize| index * each + index.min(more);
    start(index)..start(index + 1)
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
        y: MatMut<'_>,
        scratch: (&mut [f32], usize),
        place: impl Fn(&Units) -> [Range<usize>; 2],
        work: impl Fn(Units, MatMut<'_>, &mut [f32]) + Sync,
    ) {
        self.split_whole(grid, y, scratch, &place, &work);
    }

    /// Not generic: compiled once for all kernels.
    fn split_whole(
        &self,
        grid: Grid,
        mut y: MatMut<'_>,
        (scratch, each): (&mut [f32], usize),
        place: &dyn Fn(&Units) -> [Range<usize>; 2],
        work: &(dyn Fn(Units, MatMut<'_>, &mut [f32]) + Sync),
    ) {
        let pieces = grid.len();
        if pieces == 1 {
            let piece = grid.piece(0);
            let [rows, cols] = place(&piece);
            return work(piece, y.block(rows, cols), &mut scratch[..each]);
        }
        assert!(pieces <= MAX_PIECES);
        let places: [_; MAX_PIECES] =
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

impl Team {
    /// Calls `work(first, rows)` for runs of whole rows of `y`, of `row` elements each; `cost` is
    /// that of all rows together, in multiply-adds.
    pub fn split_rows(
        &self,
        y: &mut [f32],
        row: usize,
        cost: usize,
        work: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        self.rows_whole(y, row, cost, &work);
    }

    /// Not generic, either.
    fn rows_whole(
        &self,
        y: &mut [f32],
        row: usize,
        cost: usize,
        work: &(dyn Fn(usize, &mut [f32]) + Sync),
    ) {
        let rows = y.len() / row;
        let grid = Grid::rows(self, rows, cost);
        let place = |[rows, _]: &Units| [rows.clone(), 0..row];
        self.split(grid, MatMut::new(y, row), (&mut [], 0), place, |[rows, _], mut y, _| {
            let all = 0..y.rows();
            if let Some(y) = y.contiguous(all) {
                work(rows.start, y);
            }
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
    use super::super::WORTH;
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
        assert_eq!(Grid::rows(&team, 100, WORTH - 1).len(), 1);
        assert_eq!(Grid::rows(&team, 100, 2 * WORTH).len(), 2);
        assert_eq!(Grid::rows(&team, 1, 9 * WORTH).len(), 1);
        assert_eq!(Grid::rows(&Team::SOLO, 100, 9 * WORTH).len(), 1);
    }

    #[test]
    fn the_cheaper_axis_is_split() {
        let team = Team::of(2);
        let parts = |units, again| Grid::cheapest(&team, units, 9 * WORTH, again).parts;
        assert_eq!(parts([14, 32], [0, 0]), [2, 1]);
        assert_eq!(parts([7, 32], [0, 0]), [1, 2]);
        assert_eq!(parts([1, 32], [0, 9]), [1, 2]);
        assert_eq!(parts([14, 32], [9 * WORTH, 0]), [1, 2]);
        assert_eq!(parts([1, 1], [0, 0]), [1, 1]);
    }

    #[test]
    fn much_work_is_split_into_more_pieces_than_threads() {
        let team = Team::of(3);
        let rows = |units, work: usize| Grid::rows(&team, units, work * WORTH).len();
        assert_eq!([6 * LARGE - 1, 6 * LARGE, 99 * LARGE].map(|work| rows(100, work)), [3, 6, 12]);
        assert_eq!(rows(7, 99 * LARGE), 7);
        assert_eq!(Grid::rows(&Team::of(40), 100, 9999 * WORTH).len(), MAX_PIECES);
        // As many as repeat no more than a small part of a thread's share.
        let work = 99 * LARGE * WORTH;
        let parts = |again| Grid::cheapest(&team, [100, 1], work, [again, 0]).len();
        let share = work / 3 / SMALL;
        assert_eq!([share + 1, share, share / 2, 0].map(parts), [3, 3, 6, 12]);
    }

    #[test]
    fn every_element_is_written_once() {
        for threads in 1..4 {
            let team = Team::of(threads);
            let mut data = vec![0.0; 7 * 5];
            let mut scratch = vec![f32::NAN; threads * 3];
            let grid = Grid { units: [7, 5], parts: [threads, 2] };
            let y = MatMut::new(&mut data, 5);
            team.split(grid, y, (&mut scratch, 3), Units::clone, |[rows, cols], mut y, scratch| {
                assert_eq!((y.rows(), y.cols()), (rows.len(), cols.len()));
                scratch.fill(1.0);
                for row in 0..y.rows() {
                    y.row(row).iter_mut().for_each(|y| *y += scratch[2]);
                }
            });
            assert!(data.iter().all(|&y| y == 1.0), "{threads} threads: {data:?}");
        }
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn overlapping_pieces_are_refused() {
        let grid = Grid { units: [2, 1], parts: [2, 1] };
        let mut data = [0.0; 4];
        let y = MatMut::new(&mut data, 2);
        Team::of(2).split(grid, y, (&mut [], 0), |_| [0..2, 0..2], |_, _, _| {});
    }
}
