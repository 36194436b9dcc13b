//! The lines of input that a block of output lines sees, with zeros around where windows hang over
//! the edge: every window then lies inside, and is read without questions.

use crate::gemm::left::{Left, Taps, Walk};
use crate::geometry::{Axis, Window};
use core::ops::Range;

/// Elements of the input and output of a block: 512 KiB stay in the second-level cache while every
/// panel of weights passes over them.
const BLOCK: usize = 128 << 10;

/// How a layer is cut into blocks of output lines, and what a block looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strips {
    window: Window,
    /// Whether input is copied between zeros.
    padded: bool,
    /// Input columns of a line, zeros included.
    width: usize,
    /// Output lines of a block, at most all of an image.
    lines: usize,
    /// Images of a block, where it holds whole ones.
    images: usize,
}

/// Output lines of one block: `lines` of each of `images` images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    image: usize,
    first: usize,
    images: usize,
    lines: usize,
}

impl Span {
    /// Output lines.
    pub fn count(&self) -> usize {
        self.images * self.lines
    }
}

impl Strips {
    /// Blocks for `n` images and `oc` output channels.
    pub fn new(window: &Window, n: usize, oc: usize) -> Self {
        let padded = hangs_over(&window.y, window.oh) || hangs_over(&window.x, window.ow);
        let width = if padded { span(&window.x, window.ow) } else { window.x.size };
        let line = window.y.stride * width * window.c + window.ow * oc;
        let most = (BLOCK / line).max(1);
        let blocks = window.oh.div_ceil(most);
        let images = (most / window.oh).clamp(1, n.max(1));
        Strips { window: *window, padded, width, lines: window.oh.div_ceil(blocks), images }
    }

    /// Scratch elements for one block.
    pub fn scratch_len(&self) -> usize {
        if !self.padded {
            return 0;
        }
        self.images * span(&self.window.y, self.lines) * self.line()
    }

    /// The next block of output lines `lines`, counted over all images.
    pub fn next_span(&self, lines: &Range<usize>) -> Option<Span> {
        if lines.is_empty() {
            return None;
        }
        let oh = self.window.oh;
        let (image, first) = (lines.start / oh, lines.start % oh);
        if first == 0 && self.lines == oh && lines.len() >= oh {
            let images = self.images.min(lines.len() / oh);
            return Some(Span { image, first, images, lines: oh });
        }
        let lines = self.lines.min(oh - first).min(lines.len());
        Some(Span { image, first, images: 1, lines })
    }

    /// What the windows of a block see: in `x` itself or, between zeros, in `scratch`.
    pub fn read<'a>(&self, x: &'a [f32], span: Span, scratch: &'a mut [f32]) -> View<'a> {
        let image = self.window.y.size * self.window.x.size * self.window.c;
        let first = span.first * self.window.y.stride;
        if !self.padded {
            let data = &x[span.image * image + first * self.line()..];
            return View { strips: *self, data, lines: span.lines, image };
        }
        let rows = self::span(&self.window.y, span.lines);
        let image_len = rows * self.line();
        let scratch = &mut scratch[..span.images * image_len];
        for (at, strip) in scratch.chunks_exact_mut(image_len).enumerate() {
            let image = &x[(span.image + at) * image..][..image];
            for (row, line) in strip.chunks_exact_mut(self.line()).enumerate() {
                self.copy_line(image, first + row, line);
            }
        }
        View { strips: *self, data: scratch, lines: span.lines, image: image_len }
    }

    /// Elements of an input line.
    fn line(&self) -> usize {
        self.width * self.window.c
    }

    /// Input line `padded`, counted from the first line of padding, between zeros.
    fn copy_line(&self, image: &[f32], padded: usize, line: &mut [f32]) {
        let Window { c, y, x, .. } = self.window;
        let Some(ih) = padded.checked_sub(y.before).filter(|&ih| ih < y.size) else {
            line.fill(0.0);
            return;
        };
        let left = (x.before * c).min(line.len());
        let (zeros, rest) = line.split_at_mut(left);
        let (inside, after) = rest.split_at_mut((x.size * c).min(rest.len()));
        zeros.fill(0.0);
        inside.copy_from_slice(&image[ih * x.size * c..][..inside.len()]);
        after.fill(0.0);
    }
}

/// Where the windows of a block lie.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    strips: Strips,
    data: &'a [f32],
    lines: usize,
    image: usize,
}

impl<'a> View<'a> {
    /// The windows of the channels from `first` on, `count` of them, as rows of a matrix.
    pub fn left(&self, first: usize, count: usize) -> Left<'a> {
        let Window { c, y, x, ow, .. } = self.strips.window;
        let line = self.strips.line();
        let taps = Taps::window([y.kernel, y.dilation * line], [x.kernel, x.dilation * c], count);
        let walk = Walk::lines([ow, x.stride * c], [self.lines, y.stride * line], self.image);
        Left { data: &self.data[first..], walk, taps }
    }

    /// The input of an output line, counted over the images of the block, from its first window on.
    pub fn line(&self, line: usize) -> &'a [f32] {
        let (image, line) = (line / self.lines, line % self.lines);
        let step = self.strips.window.y.stride * self.line_step();
        &self.data[image * self.image + line * step..]
    }

    /// Elements from an input line to the next.
    pub fn line_step(&self) -> usize {
        self.strips.line()
    }
}

/// Whether a window reaches out of the input.
fn hangs_over(axis: &Axis, out: usize) -> bool {
    axis.before > 0 || span(axis, out) > axis.size
}

/// Input elements that `out` windows span.
fn span(axis: &Axis, out: usize) -> usize {
    (out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1
}
