//! Maps sampled at places that are values themselves (Jaderberg et al. 2015, arXiv 1506.02025).
//!
//! Coordinates run from -1 to 1 over a map. In reading order: 0 [`reference()`], one element at a time; 1
//! [`sample`], all channels of an output pixel together.

use crate::team::{PASS, Team};

/// How a sample comes from pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The nearest one; of two the even one.
    Nearest,
    /// A weighted mean of four.
    Bilinear,
}

/// What lies around a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Zeros.
    Zeros,
    /// The pixels of the border.
    Border,
    /// The map, mirrored.
    Reflection,
}

/// Sizes of the maps, and the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Channels.
    pub c: usize,
    /// Lines and columns of an input map; at least 1.
    pub size: [usize; 2],
    /// Pixels of an output map.
    pub pixels: usize,
    /// How pixels are mixed.
    pub mode: Mode,
    /// What is around.
    pub outside: Outside,
    /// Whether -1 and 1 are the centres of the outermost pixels, rather than their edges.
    pub align_corners: bool,
}

/// Brought to 0 or to `last`; NaN stays. The clamp of the standard library carries the words of a panic,
/// and with them all that writes a float.
fn within(at: f32, last: f32) -> f32 {
    let at = if at < 0.0 { 0.0 } else { at };
    if at > last { last } else { at }
}

/// Up to two indices on an axis, with their weights; 0 for one that does not count.
type Taps = [(usize, f32); 2];

impl Sampling {
    /// Where a coordinate lies on an axis.
    fn taps(&self, coordinate: f32, len: usize) -> Taps {
        let last = len as f32 - 1.0;
        let at = if self.align_corners {
            (coordinate + 1.0) / 2.0 * last
        } else {
            ((coordinate + 1.0) * len as f32 - 1.0) / 2.0
        };
        let at = match self.outside {
            Outside::Zeros => at,
            Outside::Border => within(at, last),
            Outside::Reflection => within(self.mirrored(at, last), last),
        };
        let tap = |index: f32, weight: f32| {
            let counts = self.outside != Outside::Zeros || (index >= 0.0 && index <= last);
            (within(index, last) as usize, if counts { weight } else { 0.0 })
        };
        if self.mode == Mode::Nearest {
            return [tap(at.round_ties_even(), 1.0), (0, 0.0)];
        }
        let low = at.floor();
        [tap(low, 1.0 - (at - low)), tap(low + 1.0, at - low)]
    }

    /// Folded back at the centres of the outermost pixels, or at their edges.
    fn mirrored(&self, at: f32, last: f32) -> f32 {
        let (low, range) = if self.align_corners { (0.0, last) } else { (-0.5, last + 1.0) };
        if range <= 0.0 {
            return low;
        }
        let folded = (at - low).rem_euclid(2.0 * range);
        low + if folded < range { folded } else { 2.0 * range - folded }
    }

    /// Places in a map, channel 0, and weights. Not inlined: a loop for each rule is more code than it saves time.
    #[inline(never)]
    fn pixels(&self, grid: [f32; 2]) -> [(usize, f32); 4] {
        let [x, y] = grid;
        let [rows, columns] = [self.taps(y, self.size[0]), self.taps(x, self.size[1])];
        let mix = |v: usize, h: usize| {
            let ((row, a), (column, b)) = (rows[v], columns[h]);
            ((row * self.size[1] + column) * self.c, a * b)
        };
        [mix(0, 0), mix(0, 1), mix(1, 0), mix(1, 1)]
    }
}

/// Version 0. `x` is `[N, H, W, C]`, `grid` is `[N, pixels, 2]`, x first, `y` is `[N, pixels, C]`.
pub fn reference(sampling: &Sampling, x: &[f32], grid: &[f32], y: &mut [f32]) {
    let &Sampling { c, size: [h, w], pixels, .. } = sampling;
    for (i, y) in y.iter_mut().enumerate() {
        let (pixel, channel) = (i / c, i % c);
        let map = &x[pixel / pixels * h * w * c..];
        let taps = sampling.pixels([grid[2 * pixel], grid[2 * pixel + 1]]);
        // A pixel that does not count may be infinite.
        let counted = taps.iter().filter(|(_, weight)| *weight != 0.0);
        *y = counted.map(|&(at, weight)| weight * map[at + channel]).sum();
    }
}

/// Version 1; shapes as in [`reference()`]. `y` is dirty.
#[inline(never)]
pub fn sample(sampling: &Sampling, x: &[f32], grid: &[f32], y: &mut [f32], team: &Team) {
    let &Sampling { c, size: [h, w], pixels, .. } = sampling;
    team.split_rows(y, c, 4 * PASS * y.len(), |first, y| {
        for (pixel, y) in (first..).zip(y.chunks_exact_mut(c)) {
            let map = &x[pixel / pixels * h * w * c..];
            y.fill(0.0);
            for (at, weight) in sampling.pixels([grid[2 * pixel], grid[2 * pixel + 1]]) {
                if weight != 0.0 {
                    y.iter_mut().zip(&map[at..][..c]).for_each(|(y, &x)| *y += weight * x);
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn every_rule() {
        for mode in [Mode::Nearest, Mode::Bilinear] {
            for outside in [Outside::Zeros, Outside::Border, Outside::Reflection] {
                for align_corners in [false, true] {
                    for (c, size) in [(1, [1, 1]), (3, [2, 5]), (4, [4, 1]), (5, [3, 4])] {
                        let pixels = 40;
                        let sampling = Sampling { c, size, pixels, mode, outside, align_corners };
                        let x = Random::new(3).vector(2 * c * size[0] * size[1]);
                        let mut grid = Random::new(5).vector(4 * pixels);
                        grid.iter_mut().for_each(|at| *at *= 1.6);
                        grid[..4].copy_from_slice(&[-1.0, 1.0, 1.0, -1.0]);
                        grid[4..8].copy_from_slice(&[1e30, f32::NAN, f32::INFINITY, -1e30]);
                        let mut expected = vec![f32::NAN; 2 * pixels * c];
                        reference(&sampling, &x, &grid, &mut expected);
                        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
                            let mut y = vec![f32::NAN; expected.len()];
                            sample(&sampling, &x, &grid, &mut y, &team);
                            for (y, expected) in y.iter().zip(&expected) {
                                let close = (y - expected).abs() <= 8.0 * f32::EPSILON;
                                assert!(close || (y.is_nan() && expected.is_nan()));
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn corners_are_where_they_are_said_to_be() {
        let x = [1.0, 2.0, 3.0, 4.0];
        let at = |align_corners: bool, outside: Outside, grid: [f32; 2]| {
            let (mode, pixels) = (Mode::Bilinear, 1);
            let mut y = [f32::NAN];
            let sampling = Sampling { c: 1, size: [2, 2], pixels, mode, outside, align_corners };
            sample(&sampling, &x, &grid, &mut y, &Team::SOLO);
            y[0]
        };
        assert_eq!(at(true, Outside::Zeros, [-1.0, -1.0]), 1.0);
        assert_eq!(at(true, Outside::Zeros, [1.0, -1.0]), 2.0);
        assert_eq!(at(false, Outside::Zeros, [-1.0, -1.0]), 0.25);
        assert_eq!(at(false, Outside::Border, [-1.0, 1.0]), 3.0);
        assert_eq!(at(true, Outside::Reflection, [3.0, -1.0]), 1.0);
        assert_eq!(at(false, Outside::Zeros, [0.0, 0.0]), 2.5);
    }
}
