//! `sums[kh][kw][c] = sum over n, oh, ow of x[n][ih][iw][c] * dy[n][oh][ow][c]`.
#![allow(unsafe_code)]

use crate::conv2d::backward::Shape;
use crate::conv2d::strip::{Strips, View};
use crate::gemm::MR;
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team, Units};
use core::ops::Range;

/// Taps of a tile at the most: with two vectors of channels each, the sums fit the registers.
const TAPS: usize = 5;

/// Output pixels whose products are summed before they are added to those of others, which bounds
/// the rounding error.
const PIXELS: usize = 256;

/// A product costs as much as several of a matrix product: each element is used once a tap.
const TAP: usize = 4;

/// As the module says. `x` `[N, H, W, C]`, `dy` `[N, OH, OW, C]`, `sums` `[KH * KW][C]`,
/// overwritten; `scratch` holds what [`Strips`] need for each thread.
pub fn weight_sums<I: Isa>(
    shape: &Shape,
    x: &[f32],
    dy: &[f32],
    sums: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let (window, c) = (shape.window(), shape.oc());
    let strips = Strips::new(window, shape.n(), c);
    let place =
        |[_, panels]: &Units| [0..shape.spec().taps(), panels.start * MR..(panels.end * MR).min(c)];
    let grid = Grid::cheapest(team, [1, c.div_ceil(MR)], TAP * shape.work(), [0; 2]);
    let (scratch, sums) = ((scratch, strips.scratch_len()), MatMut::new(sums, c));
    team.split(grid, sums, scratch, place, |units, mut sums, scratch| {
        let [_, channels] = place(&units);
        (0..sums.rows()).for_each(|row| sums.row(row).fill(0.0));
        let mut lines = 0..shape.n() * window.oh;
        while let Some(span) = strips.next_span(&lines) {
            let view = strips.read(x, span, scratch);
            let block = (PIXELS / window.ow).max(1);
            for first in (0..span.count()).step_by(block) {
                let within = first..(first + block).min(span.count());
                let dy = &dy[(lines.start + first) * window.ow * c..];
                let lines = Lines { shape, view: &view, dy, lines: within };
                lines.add::<I>(channels.clone(), &mut sums);
            }
            lines.start += span.count();
        }
    });
}

/// Some lines of output: what their windows see, and their gradients from the first of them on.
struct Lines<'a> {
    shape: &'a Shape,
    view: &'a View<'a>,
    dy: &'a [f32],
    lines: Range<usize>,
}

impl Lines<'_> {
    /// Adds what these lines give for `channels`, which are the columns of `sums`.
    fn add<I: Isa>(&self, channels: Range<usize>, sums: &mut MatMut<'_>) {
        let (first, mut channel) = (channels.start, channels.start);
        while channel + 2 * LANES <= channels.end {
            self.channels::<I, 2>(channel, channel - first, sums);
            channel += 2 * LANES;
        }
        if channel + LANES <= channels.end {
            self.channels::<I, 1>(channel, channel - first, sums);
            channel += LANES;
        }
        for channel in channel..channels.end {
            self.one_channel(channel, channel - first, sums);
        }
    }

    fn channels<I: Isa, const V: usize>(&self, from: usize, to: usize, sums: &mut MatMut<'_>) {
        let (kernel_h, kernel_w) = (self.shape.window().y.kernel, self.shape.window().x.kernel);
        for kh in 0..kernel_h {
            let mut kw = 0;
            for left in (1..=kernel_w.div_ceil(TAPS)).rev() {
                let size = (kernel_w - kw).div_ceil(left);
                let (at, row) = ([kh, kw, from], kh * kernel_w + kw);
                match size {
                    1 => self.tile::<I, 1, V>(at, (row, to), sums),
                    2 => self.tile::<I, 2, V>(at, (row, to), sums),
                    3 => self.tile::<I, 3, V>(at, (row, to), sums),
                    4 => self.tile::<I, 4, V>(at, (row, to), sums),
                    _ => self.tile::<I, TAPS, V>(at, (row, to), sums),
                }
                kw += size;
            }
        }
    }

    /// `T` taps from `at` on, `[kh, kw, channel]`, for `V` vectors of channels.
    #[inline(always)]
    fn tile<I: Isa, const T: usize, const V: usize>(
        &self,
        [kh, kw, channel]: [usize; 3],
        (row, column): (usize, usize),
        sums: &mut MatMut<'_>,
    ) {
        let (window, c) = (self.shape.window(), self.shape.oc());
        let offset =
            kh * window.y.dilation * self.view.line_step() + kw * window.x.dilation * c + channel;
        let steps = [window.ow, window.x.stride * c, window.x.dilation * c, c];
        let mut tile = [[I::splat(0.0); V]; T];
        for (at, line) in self.lines.clone().enumerate() {
            let dy = &self.dy[at * window.ow * c + channel..];
            add_line::<I, T, V>(&self.view.line(line)[offset..], dy, steps, &mut tile);
        }
        for (t, tile) in tile.into_iter().enumerate() {
            let to = &mut sums.row(row + t)[column..][..V * LANES];
            for (tile, to) in tile.into_iter().zip(to.chunks_exact_mut(LANES)) {
                if let Some(to) = to.first_chunk_mut() {
                    I::put(to, I::add(I::get(to), tile));
                }
            }
        }
    }

    /// The last channels, where they do not fill a vector.
    fn one_channel(&self, channel: usize, column: usize, sums: &mut MatMut<'_>) {
        let (window, c) = (self.shape.window(), self.shape.oc());
        for tap in 0..self.shape.spec().taps() {
            let (kh, kw) = (tap / window.x.kernel, tap % window.x.kernel);
            let offset =
                kh * window.y.dilation * self.view.line_step() + kw * window.x.dilation * c;
            let mut sum = 0.0;
            for (at, line) in self.lines.clone().enumerate() {
                let x = self.view.line(line)[offset + channel..].iter();
                let dy = self.dy[at * window.ow * c + channel..].iter().step_by(c);
                let pairs = x.step_by(window.x.stride * c).zip(dy).take(window.ow);
                sum = pairs.fold(sum, |sum, (x, dy)| sum + x * dy);
            }
            sums.row(tap)[column] += sum;
        }
    }
}

/// Adds `x[pixel * step + tap * tap_step + v] * dy[pixel * c + v]` over the pixels of a line.
///
/// `steps`: pixels, elements from the window of one to that of the next, from tap to tap, and from
/// one pixel of `dy` to the next.
///
/// # Panics
/// If a slice is too short.
#[inline(always)]
fn add_line<I: Isa, const T: usize, const V: usize>(
    x: &[f32],
    dy: &[f32],
    [pixels, step, tap_step, c]: [usize; 4],
    sums: &mut [[I::V; V]; T],
) {
    assert!(pixels > 0 && dy.len() >= (pixels - 1) * c + V * LANES);
    assert!(x.len() >= (pixels - 1) * step + (T - 1) * tap_step + V * LANES);
    let (mut x, mut dy) = (x.as_ptr(), dy.as_ptr());
    for _ in 0..pixels {
        // SAFETY: x and dy are at one of the pixels; V vectors from there on, and from each of T
        // taps on, are within both slices, as asserted.
        let gradients: [I::V; V] = core::array::from_fn(|v| unsafe { I::load(dy.add(v * LANES)) });
        for (t, sums) in sums.iter_mut().enumerate() {
            for v in 0..V {
                // SAFETY: as above.
                let x = unsafe { I::load(x.add(t * tap_step + v * LANES)) };
                sums[v] = I::mul_add(x, gradients[v], sums[v]);
            }
        }
        x = x.wrapping_add(step);
        dy = dy.wrapping_add(c);
    }
}
