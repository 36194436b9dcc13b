//! Kept boxes, where a candidate finds those that it may overlap.
//!
//! Each group has shelves for strips of the picture, by the left side of a box. If the IoU of two
//! boxes is over `t`, then the narrower is at least `t` times as wide as the other: so what stands
//! in the way of a box of width `w` has its left side less than `w / t` before it. On a shelf boxes
//! stand in the order in which they were kept, four to a vector for each side.

use super::Rect;
use super::order::{pair, parts, sort};
use super::overlap::area;
use crate::simd::{Isa, LANES};

/// Strips of a group, where each has enough boxes.
const STRIPS: usize = 256;
/// Boxes for which one more strip is of use.
const SHELF: usize = 8;
/// Roundings of an IoU: those of six operations are less.
const SLACK: f64 = 1e-5;
/// Of a lesser threshold a vector tests whether boxes touch at all.
const LEAST: f64 = 1e-6;

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
    /// Strips of each group.
    strips: usize,
    /// The least left side, and strips for each unit of length.
    first: f32,
    scale: f32,
    /// An IoU over the threshold is over this share of the union as vectors compute it.
    share: f32,
    /// How far before a box of width 1 another begins that it overlaps enough.
    reach: f32,
}

impl Shelves {
    /// Empty shelves with room for all of `boxes` that `order` names. What overlaps has an IoU over
    /// `threshold`. With `strips` unset, all of a group stand on one shelf.
    pub fn new(boxes: &[Rect], ranks: &Ranks, order: &[u64], threshold: f64, strips: bool) -> Self {
        let solid = || {
            let indices = order.iter().map(|&own| parts(own).1 as usize);
            indices.filter(|&at| area(boxes[at]).is_some())
        };
        let enough = order.len() / (SHELF * ranks.count.max(1));
        let strips = if strips { enough.clamp(1, STRIPS) } else { 1 };
        let lefts = solid().map(|at| boxes[at][0]);
        let (first, last) = lefts.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), left| {
            (low.min(left), high.max(left))
        });
        let scale = strips as f32 / (last - first);
        let least = if threshold < LEAST { 0.0 } else { threshold * (1.0 - SLACK) };
        let mut shelves = Shelves {
            shelves: vec![Shelf::default(); strips * ranks.count],
            fours: Vec::new(),
            strips,
            first,
            scale,
            share: least as f32,
            reach: (1.0 / least) as f32,
        };
        for at in solid() {
            let shelf = shelves.shelf(ranks.of(at), boxes[at][0]);
            shelves.shelves[shelf].used += 1;
        }
        let mut start = 0;
        for shelf in &mut shelves.shelves {
            let room = shelf.used.div_ceil(LANES);
            *shelf = Shelf { start, used: 0 };
            start += room;
        }
        shelves.fours = vec![Four::default(); start];
        shelves
    }

    /// The strip of a left side. It does not fall where the side rises, whatever is rounded; a
    /// number that is none is in the first.
    #[inline(always)]
    fn strip(&self, left: f32) -> usize {
        (((left - self.first) * self.scale) as usize).min(self.strips - 1)
    }

    #[inline(always)]
    fn shelf(&self, rank: usize, left: f32) -> usize {
        rank * self.strips + self.strip(left)
    }

    /// Puts a box up; one without an area stands in nobody's way.
    pub fn put(&mut self, rank: usize, own: Rect) {
        let Some(area) = area(own) else { return };
        let at = self.shelf(rank, own[0]);
        let Shelf { start, used } = self.shelves[at];
        self.fours[start + used / LANES].put(used % LANES, own, area);
        self.shelves[at].used += 1;
    }

    /// Boxes that stand on the one shelf of a group.
    pub fn used(&self, rank: usize) -> usize {
        self.shelves[rank].used
    }

    /// Asks `stop` of the boxes of the group that overlap `own` enough, and of some that do not,
    /// until it says yes; answers whether it did. Of each shelf only those from place `from` on. It
    /// asks seldom: one copy of this for all that may be asked is small and no slower.
    #[inline(never)]
    pub fn any<I: Isa>(
        &self,
        rank: usize,
        own: Rect,
        from: usize,
        stop: &mut dyn FnMut(Rect) -> bool,
    ) -> bool {
        let Some(area) = area(own) else { return false };
        let [left, _, right, _] = own;
        let all = [own[0], own[1], own[2], own[3], area, self.share].map(I::splat);
        let reach = self.shelf(rank, left - (right - left) * self.reach)..=self.shelf(rank, right);
        for &Shelf { start, used } in &self.shelves[reach] {
            let blocks = from / LANES..used.div_ceil(LANES);
            for block in blocks {
                let four = &self.fours[start + block];
                if !near::<I>(four, all) {
                    continue;
                }
                let lanes = from.max(block * LANES)..used.min(block * LANES + LANES);
                for place in lanes {
                    if stop(four.get(place % LANES)) {
                        return true;
                    }
                }
            }
        }
        false
    }
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
