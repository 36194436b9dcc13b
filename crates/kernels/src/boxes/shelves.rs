//! Kept boxes, where a candidate finds those that it may overlap.
//!
//! Each group has shelves for the cells of a grid over the picture, by the left upper corner of a
//! box. If the IoU of two boxes is over `t`, then the narrower is at least `t` times as wide as the
//! other: so what stands in the way of a box of width `w` has its left side less than `w / t` before
//! it, and as much holds for heights; nor is that ever more than the widest box of all. On a shelf
//! boxes stand in the order in which they were kept, four to a vector for each side.

use super::Rect;
use super::order::{pair, parts, sort};
use super::overlap::area;
use crate::extremes::{greater, lesser};
use crate::simd::{Isa, LANES};

/// Cells along each side of the grid, at most.
const CELLS: usize = 32;
/// Boxes for which one more shelf is of use.
const SHELF: usize = 8;
/// Roundings of an IoU: those of six operations are less.
const SLACK: f64 = 1e-5;
/// Of a lesser threshold a vector tests whether boxes touch at all.
const LEAST: f64 = 1e-6;
/// The difference of two sides, rounded, times this is no less than the difference.
const ROUNDED_UP: f32 = 1.0 + 1e-6;

/// The group of each box as a number from 0 on.
#[derive(Debug)]
pub struct Ranks {
    of: Vec<u32>,
    /// How many groups there are.
    pub count: usize,
}

impl Ranks {
    /// Those of the boxes in `order`, which are pairs of anything and an index.
    pub fn new(groups: Option<&[u32]>, order: &[u64]) -> Self {
        let Some(groups) = groups else { return Ranks { of: Vec::new(), count: 1 } };
        let mut of = vec![0; groups.len()];
        let index = |&own: &u64| parts(own).1;
        let mut pairs: Vec<u64> =
            order.iter().map(index).map(|at| pair(groups[at as usize], at)).collect();
        sort(&mut pairs);
        let (mut count, mut last) = (0, None);
        for (group, at) in pairs.into_iter().map(parts) {
            count += u32::from(last != Some(group));
            last = Some(group);
            of[at as usize] = count - 1;
        }
        Ranks { of, count: count as usize }
    }

    /// The rank of the group of box `index`.
    #[inline(always)]
    pub fn of(&self, index: usize) -> usize {
        self.of.get(index).map_or(0, |&rank| rank as usize)
    }
}

/// Four boxes; those that are missing have no area.
#[derive(Debug, Clone, Copy, Default)]
struct Four {
    left: [f32; LANES],
    top: [f32; LANES],
    right: [f32; LANES],
    bottom: [f32; LANES],
    area: [f32; LANES],
}

impl Four {
    #[inline(always)]
    fn put(&mut self, lane: usize, [left, top, right, bottom]: Rect, area: f32) {
        self.left[lane] = left;
        self.top[lane] = top;
        self.right[lane] = right;
        self.bottom[lane] = bottom;
        self.area[lane] = area;
    }

    #[inline(always)]
    fn get(&self, lane: usize) -> Rect {
        [self.left[lane], self.top[lane], self.right[lane], self.bottom[lane]]
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Shelf {
    /// Its first [`Four`].
    start: usize,
    /// Boxes that stand there.
    used: usize,
}

/// Where kept boxes stand.
#[derive(Debug)]
pub struct Shelves {
    shelves: Vec<Shelf>,
    fours: Vec<Four>,
    /// Of each place in `fours`, how many boxes stood before the one there was put up.
    when: Vec<[u32; LANES]>,
    /// Boxes that were put up.
    count: u32,
    /// Cells from left to right and from top to bottom.
    cells: [usize; 2],
    /// The least left and the least upper side.
    first: [f32; 2],
    /// Cells for each unit of length, from left to right and from top to bottom.
    scale: [f32; 2],
    /// An IoU over the threshold is over this share of the union as vectors compute it.
    share: f32,
    /// How far before a box of width 1 another begins that it overlaps enough.
    reach: f32,
    /// The greatest width and height: no box that is met begins further before another.
    largest: [f32; 2],
}

impl Shelves {
    /// Empty shelves with room for all of `boxes` that `order` names. What overlaps has an IoU over
    /// `threshold`.
    pub fn new(boxes: &[Rect], ranks: &Ranks, order: &[u64], threshold: f64) -> Self {
        let enough = order.len() / (SHELF * ranks.count.max(1));
        let most = enough.isqrt().clamp(1, CELLS);
        let least = if threshold < LEAST { 0.0 } else { threshold * (1.0 - SLACK) };
        let indices = order.iter().map(|&own| parts(own).1 as usize);
        let solid: Vec<usize> = indices.filter(|&at| area(boxes[at]).is_some()).collect();
        let sides = |axis: usize| solid.iter().map(move |&at| boxes[at][axis]);
        let first = [0, 1].map(|axis| sides(axis).fold(f32::INFINITY, lesser));
        let last = [0, 1].map(|axis| sides(axis).fold(f32::NEG_INFINITY, greater));
        // A cell is as large as the mean of boxes: of many cells within one most would be empty.
        let sums = [0, 1].map(|axis| {
            solid.iter().fold(0.0, |sum, &at| sum + (boxes[at][axis + 2] - boxes[at][axis]))
        });
        let cells = [0, 1].map(|axis| {
            let in_a_row = (last[axis] - first[axis]) * solid.len() as f32 / sums[axis];
            (in_a_row as usize).clamp(1, most)
        });
        let width =
            |axis: usize| solid.iter().map(move |&at| boxes[at][axis + 2] - boxes[at][axis]);
        let mut shelves = Shelves {
            shelves: vec![Shelf::default(); cells[0] * cells[1] * ranks.count],
            fours: Vec::new(),
            when: Vec::new(),
            count: 0,
            cells,
            first,
            scale: [0, 1].map(|axis| cells[axis] as f32 / (last[axis] - first[axis])),
            share: least as f32,
            reach: (1.0 / least) as f32,
            largest: [0, 1].map(|axis| width(axis).fold(0.0, greater) * ROUNDED_UP),
        };
        for at in solid {
            let shelf = shelves.shelf(ranks.of(at), boxes[at]);
            shelves.shelves[shelf].used += 1;
        }
        let mut start = 0;
        for shelf in &mut shelves.shelves {
            let room = shelf.used.div_ceil(LANES);
            *shelf = Shelf { start, used: 0 };
            start += room;
        }
        shelves.fours = vec![Four::default(); start];
        shelves.when = vec![[0; LANES]; start];
        shelves
    }

    /// The cell of a corner along an axis. It does not fall where the corner rises, whatever is
    /// rounded; a number that is none is in the first.
    #[inline(always)]
    fn cell(&self, axis: usize, corner: f32) -> usize {
        (((corner - self.first[axis]) * self.scale[axis]) as usize).min(self.cells[axis] - 1)
    }

    #[inline(always)]
    fn shelf(&self, rank: usize, own: Rect) -> usize {
        (rank * self.cells[1] + self.cell(1, own[1])) * self.cells[0] + self.cell(0, own[0])
    }

    /// The first and the last cell along an axis where boxes begin that overlap `own` enough.
    #[inline(always)]
    fn reach(&self, axis: usize, own: Rect) -> [usize; 2] {
        let [low, high] = [own[axis], own[axis + 2]];
        let before = lesser((high - low) * self.reach, self.largest[axis]);
        [low - before, high].map(|corner| self.cell(axis, corner))
    }

    /// Puts a box up; one without an area stands in nobody's way.
    pub fn put(&mut self, rank: usize, own: Rect) {
        let Some(area) = area(own) else { return };
        let at = self.shelf(rank, own);
        let Shelf { start, used } = self.shelves[at];
        self.fours[start + used / LANES].put(used % LANES, own, area);
        self.when[start + used / LANES][used % LANES] = self.count;
        self.shelves[at].used += 1;
        self.count += 1;
    }

    /// Boxes that were put up, of all groups.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Asks `stop` of the boxes of the group that overlap `own` enough, and of some that do not,
    /// until it says yes; answers whether it did. Only those are asked that were put up after the
    /// first `from`, and each is given with how many stood before it. It asks seldom: one copy of
    /// this for all that may be asked is small and no slower.
    #[inline(never)]
    pub fn any<I: Isa>(
        &self,
        rank: usize,
        own: Rect,
        from: u32,
        stop: &mut dyn FnMut(Rect, u32) -> bool,
    ) -> bool {
        let Some(area) = area(own) else { return false };
        let all = [own[0], own[1], own[2], own[3], area, self.share].map(I::splat);
        let [left, right] = self.reach(0, own);
        let [top, bottom] = self.reach(1, own);
        for row in top..=bottom {
            let start = (rank * self.cells[1] + row) * self.cells[0];
            let shelves = &self.shelves[start + left..=start + right];
            if shelves.iter().any(|&shelf| self.stops::<I>(shelf, all, from, stop)) {
                return true;
            }
        }
        false
    }

    /// [`Shelves::any`] for one shelf.
    #[inline(always)]
    fn stops<I: Isa>(
        &self,
        Shelf { start, used }: Shelf,
        all: [I::V; 6],
        from: u32,
        stop: &mut dyn FnMut(Rect, u32) -> bool,
    ) -> bool {
        let last = start + used.div_ceil(LANES);
        // The places of a shelf were filled in order.
        let first = if from == 0 {
            start
        } else {
            let place = |at: usize| self.when[start + at / LANES][at % LANES];
            start + first_from(used, |at| place(at) >= from) / LANES
        };
        for block in first..last {
            let four = &self.fours[block];
            if !near::<I>(four, all) {
                continue;
            }
            for lane in 0..LANES.min(used - (block - start) * LANES) {
                let when = self.when[block][lane];
                if when >= from && stop(four.get(lane), when) {
                    return true;
                }
            }
        }
        false
    }
}

/// The first of `0..len` that is `late`, where all after one are; `len` if none is.
fn first_from(len: usize, late: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = (low + high) / 2;
        if late(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Whether the intersection with any of four is over its share of the union, or nearly so. Never
/// false where the IoU is over the threshold: intersection and union are those of
/// [`super::overlap`] to the bit, hence no fused multiply-adds here.
#[inline(always)]
fn near<I: Isa>(four: &Four, [left, top, right, bottom, area, share]: [I::V; 6]) -> bool {
    let width = I::sub(I::less(I::get(&four.right), right), I::greater(I::get(&four.left), left));
    let height = I::sub(I::less(I::get(&four.bottom), bottom), I::greater(I::get(&four.top), top));
    // One factor suffices: a negative product is over nothing.
    let common = I::mul(I::greater(width, I::splat(0.0)), height);
    let union = I::sub(I::add(I::get(&four.area), area), common);
    I::any_above(common, I::mul(union, share))
}
