//! Sums of many rows, in an order that is fixed and keeps the rounding error small.
//!
//! - [`Cascade`]: sums rows in levels of `FAN`, as a number is written in digits: a row is added
//!   at most `FAN` times to a level before that level joins the next one. The error of a sum of
//!   `R` rows grows with `3 * FAN + R / FAN^3` roundings instead of `R`.
//! - [`tree`]: sums the partial results of blocks in pairs, then pairs of pairs.
//!
//! Gradients of parameters are sums over the batch. They are split into blocks of [`IMAGES`], each
//! summed by one thread, and the blocks are joined by a tree: the bits depend on the sizes alone,
//! not on the number of threads.

use crate::team::{Rows, Team};

/// Images of a block.
pub const IMAGES: usize = 8;

/// Rows that a level takes before it joins the next one.
const FAN: usize = 16;

/// Levels: sums of up to 16, 256 and 4096 rows, and of all.
const LEVELS: usize = 4;

/// Elements of scratch that a [`Cascade`] of rows of `len` elements needs.
pub const fn cascade_len(len: usize) -> usize {
    LEVELS * len
}

/// The running sum of rows of one length.
#[derive(Debug)]
pub struct Cascade<'a> {
    levels: &'a mut [f32],
    len: usize,
    rows: usize,
}

impl<'a> Cascade<'a> {
    /// A sum of no rows. `scratch` has [`cascade_len`] elements and may hold anything.
    pub fn new(scratch: &'a mut [f32], len: usize) -> Self {
        let levels = &mut scratch[..cascade_len(len)];
        levels.fill(0.0);
        Cascade { levels, len, rows: 0 }
    }

    /// Lets `add` add one row to the running sum it is given, of as many elements as a row has.
    #[inline(always)]
    pub fn add(&mut self, add: impl FnOnce(&mut [f32])) {
        add(&mut self.levels[..self.len]);
        self.rows += 1;
        if self.rows % FAN == 0 {
            self.carry();
        }
    }

    fn carry(&mut self) {
        let (mut level, mut rows) = (0, self.rows);
        while level + 1 < LEVELS && rows % FAN == 0 {
            self.join(level);
            level += 1;
            rows /= FAN;
        }
    }

    /// Adds a level to the next one and empties it.
    fn join(&mut self, level: usize) {
        let (from, to) = self.levels[level * self.len..].split_at_mut(self.len);
        for (to, from) in to.iter_mut().zip(from) {
            *to += core::mem::take(from);
        }
    }

    /// The sum of all rows, which lies where the scratch begins.
    pub fn finish(self) -> &'a mut [f32] {
        let (sums, levels) = self.levels.split_at_mut(self.len);
        if self.len > 0 {
            for level in levels.chunks_exact(self.len) {
                sums.iter_mut().zip(level).for_each(|(sum, level)| *sum += level);
            }
        }
        sums
    }
}

/// Images whose sum one thread computes: [`IMAGES`], or more of few pixels, for at least 64 rows.
pub const fn block_images(pixels: usize) -> usize {
    let least = 64usize.div_ceil(if pixels == 0 { 1 } else { pixels });
    if least > IMAGES { least } else { IMAGES }
}

/// Elements of scratch that [`over_batch`] needs for sums of `width` elements.
pub const fn over_batch_len(images: usize, pixels: usize, width: usize) -> usize {
    let blocks = images.div_ceil(block_images(pixels));
    (if blocks == 0 { 1 } else { blocks }) * cascade_len(width)
}

/// Sums over all images: `add(image, sum)` adds the rows of an image to the running sum of its
/// block, and a [`tree`] joins the blocks. Returns the `width` sums, whose bits do not depend on
/// the number of threads.
///
/// `cost` is that of all images, in multiply-adds; `scratch` has [`over_batch_len`] elements, dirty.
///
/// # Panics
/// If `scratch` is shorter.
pub fn over_batch<'a>(
    (images, pixels): (usize, usize),
    width: usize,
    cost: usize,
    scratch: &'a mut [f32],
    team: &Team,
    add: impl Fn(usize, &mut Cascade<'_>) + Sync,
) -> &'a mut [f32] {
    let (block, stride) = (block_images(pixels), cascade_len(width));
    let scratch = &mut scratch[..over_batch_len(images, pixels, width)];
    let blocks = scratch.len() / stride;
    team.share(blocks, cost, Rows::new(scratch, stride), |range, rows| {
        for (at, levels) in range.zip(rows.values.chunks_exact_mut(stride)) {
            let mut sum = Cascade::new(levels, width);
            (at * block..images.min((at + 1) * block)).for_each(|image| add(image, &mut sum));
            sum.finish();
        }
    });
    tree(scratch, stride, width);
    &mut scratch[..width]
}

/// Sums the first `len` elements of rows that lie `stride` apart into the first row: neighbours,
/// then neighbouring pairs, and so on. What the rows hold beyond `len` stays.
pub fn tree(rows: &mut [f32], stride: usize, len: usize) {
    debug_assert!(len <= stride);
    let count = rows.len().checked_div(stride).unwrap_or(0);
    let mut step = 1;
    while step < count {
        for first in (0..count - step).step_by(2 * step) {
            let (to, from) = rows[first * stride..].split_at_mut(step * stride);
            for (to, &from) in to[..len].iter_mut().zip(&from[..len]) {
                *to += from;
            }
        }
        step *= 2;
    }
}

/// Lanes of [`sum`].
const LANES: usize = 16;

/// The sum of all elements: 16 lanes in f32 over at most 256 elements, the rest in f64.
pub fn sum(x: &[f32]) -> f64 {
    let mut total = 0.0;
    for block in x.chunks(FAN * LANES) {
        let mut lanes = [0.0f32; LANES];
        let rows = block.chunks_exact(LANES);
        let rest = rows.remainder();
        for row in rows {
            lanes.iter_mut().zip(row).for_each(|(lane, &x)| *lane += x);
        }
        total += lanes.iter().chain(rest).map(|&x| f64::from(x)).sum::<f64>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn a_cascade_sums_rows() {
        for rows in [0, 1, 15, 16, 17, 255, 256, 257, 4095, 4096, 4097, 70_000] {
            let len = 3;
            let x = Random::new(rows as u64).vector(rows * len);
            let mut scratch = vec![f32::NAN; cascade_len(len)];
            let mut cascade = Cascade::new(&mut scratch, len);
            for row in x.chunks_exact(len) {
                cascade.add(|sums| sums.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x));
            }
            let got = cascade.finish();
            for (c, got) in got.iter().enumerate() {
                let column = || x.iter().skip(c).step_by(len).map(|&x| f64::from(x));
                let (expected, size) = (column().sum::<f64>(), column().map(f64::abs).sum::<f64>());
                let roundings = 3 * FAN + rows / FAN.pow(3) + 4;
                let tolerance = size * roundings as f64 * f64::from(f32::EPSILON);
                let difference = (f64::from(*got) - expected).abs();
                assert!(difference <= tolerance, "{rows} rows: {got}, expected {expected}");
            }
        }
    }

    #[test]
    fn a_long_sum_keeps_its_digits() {
        // A plain f32 sum of as many tenths is off by percents.
        let rows = 1 << 20;
        let mut scratch = vec![f32::NAN; cascade_len(1)];
        let mut cascade = Cascade::new(&mut scratch, 1);
        (0..rows).for_each(|_| cascade.add(|sum| sum[0] += 0.1));
        let got = f64::from(cascade.finish()[0]);
        let expected = f64::from(0.1f32) * f64::from(rows);
        assert!((got - expected).abs() <= 1e-5 * expected, "{got}, expected {expected}");
    }

    #[test]
    fn a_tree_sums_blocks() {
        for count in 0..20usize {
            let mut rows: Vec<f32> = (0..count * 3).map(|i| (i * i) as f32).collect();
            let columns = [0, 1].map(|c| rows.iter().skip(c).step_by(3).sum::<f32>());
            let kept: Vec<f32> = rows.iter().copied().skip(2).step_by(3).collect();
            tree(&mut rows, 3, 2);
            if count > 0 {
                assert_eq!(rows[..2], columns, "{count} blocks");
            }
            assert!(rows.iter().skip(2).step_by(3).eq(&kept), "{count} blocks");
        }
    }

    #[test]
    fn sums_of_any_length() {
        for count in [0, 1, 15, 16, 17, 255, 256, 257, 1000] {
            let x = Random::new(7).vector(count);
            let expected: f64 = x.iter().map(|&x| f64::from(x)).sum();
            let got = sum(&x);
            assert!((got - expected).abs() <= 2e-5, "{count}: {got}, expected {expected}");
        }
    }
}
