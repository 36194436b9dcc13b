//! Depthwise convolution: every channel has its own filter (Howard et al. 2017, arXiv 1704.04861).
//!
//! There is no sum over channels, so vectors run over channels. A weight that was loaded serves
//! several pixels of a line. Fewer channels than a vector has lanes are taken with those of the
//! next pixels: a line is then one of pixels [`LANES`] times as wide.

mod tile;

use self::tile::{Steps, multiply};
use super::Conv;
use super::strip::{Strips, View};
use crate::filter::Layout;
use crate::gemm::Epilogue;
use crate::gemm::microkernel::{Target, store};
use crate::geometry::Window;
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES, PAIRED};
use crate::team::{Grid, Team, Units};

/// Pixels of a tile; with two vectors of channels each, the sums and weights fit the registers.
const PIXELS: usize = 4;

/// A tap costs as much as several of a product: each is used once.
const TAP: usize = 4;

/// Scratch elements that [`conv2d`] needs for each thread.
pub fn scratch_len(window: &Window, n: usize) -> usize {
    Strips::new(window, n, window.c).scratch_len()
}

/// `y[n][oh][ow][c] = act(bias[c] + residual + sum over kh, kw of x[n][ih][iw][c] * w[kh][kw][c])`.
///
/// `filter` in [`Layout::Depthwise`], `[KH * KW][C]`; `scratch` holds [`scratch_len`] elements for
/// each thread; `y` is overwritten.
///
/// # Panics
/// If a slice is too short.
pub fn conv2d<I: Isa>(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    debug_assert_eq!(conv.filter.layout(), Layout::Depthwise);
    let (window, c) = (conv.window, conv.window.c);
    let strips = Strips::new(window, conv.n, c);
    let lines = conv.n * window.oh;
    let work = TAP * conv.filter.spec().k() * lines * window.ow * c;
    let place = |[lines, _]: &Units| [lines.start * window.ow..lines.end * window.ow, 0..c];
    let scratch = (scratch, strips.scratch_len());
    let grid = Grid::rows(team, lines, work);
    team.split(grid, y, scratch, place, |[mut lines, _], mut y, scratch| {
        let first = lines.start;
        while let Some(span) = strips.next_span(&lines) {
            let view = strips.read(conv.x, span, scratch);
            for line in 0..span.count() {
                let pixel = (lines.start + line) * window.ow;
                let epilogue = conv.epilogue(pixel..pixel + window.ow, 0..c);
                let at = pixel - first * window.ow;
                let mut y = y.block(at..at + window.ow, 0..c);
                one_line::<I>(conv, &view, line, epilogue, &mut y);
                conv.activate(&mut y);
            }
            lines.start += span.count();
        }
    });
}

/// One line of output: blocks of channels, outermost, so that their input stays in the first-level
/// cache.
fn one_line<I: Isa>(
    conv: &Conv<'_>,
    view: &View<'_>,
    line: usize,
    epilogue: Epilogue<'_>,
    y: &mut MatMut<'_>,
) {
    let Window { c, y: rows, x: cols, .. } = *conv.window;
    let steps = Steps {
        y: [rows.kernel, rows.dilation * view.line_step()],
        x: [cols.kernel, cols.dilation * c],
        pixel: cols.stride * c,
        channels: conv.filter.spec().depthwise_row(),
    };
    let line = Line { x: view.line(line), w: conv.filter.data(), c, steps, epilogue };
    let (pixels, channels) = if c < LANES && cols.stride == 1 && epilogue.residual.is_none() {
        (line.few::<I>(y), 0)
    } else {
        (0, line.vectors::<I>(c, y))
    };
    line.rest(pixels, channels, y);
}

struct Line<'a> {
    x: &'a [f32],
    w: &'a [f32],
    c: usize,
    steps: Steps,
    epilogue: Epilogue<'a>,
}

impl Line<'_> {
    /// As many of `c` channels as fill vectors; returns how many they are.
    #[inline(never)]
    fn vectors<I: Isa>(&self, c: usize, y: &mut MatMut<'_>) -> usize {
        let mut channel = 0;
        // Pairs need twice as many sums, since a sum waits as long for the one before.
        while PAIRED && channel + 4 * LANES <= c {
            self.channels::<I, 4>(channel, y);
            channel += 4 * LANES;
        }
        while channel + 2 * LANES <= c {
            self.channels::<I, 2>(channel, y);
            channel += 2 * LANES;
        }
        if channel + LANES <= c {
            self.channels::<I, 1>(channel, y);
            channel += LANES;
        }
        channel
    }

    #[inline(always)]
    fn channels<I: Isa, const V: usize>(&self, channel: usize, y: &mut MatMut<'_>) {
        let (count, mut pixel) = (y.rows(), 0);
        for left in (1..=count.div_ceil(PIXELS)).rev() {
            let size = (count - pixel).div_ceil(left);
            match size {
                1 => self.tile::<I, 1, V>(pixel, channel, y),
                2 => self.tile::<I, 2, V>(pixel, channel, y),
                3 => self.tile::<I, 3, V>(pixel, channel, y),
                _ => self.tile::<I, PIXELS, V>(pixel, channel, y),
            }
            pixel += size;
        }
    }

    #[inline(always)]
    fn tile<I: Isa, const P: usize, const V: usize>(
        &self,
        pixel: usize,
        channel: usize,
        y: &mut MatMut<'_>,
    ) {
        let x = &self.x[pixel * self.steps.pixel + channel..];
        let sums = multiply::<I, P, V>(x, &self.w[channel..], &self.steps);
        let to = Target { pixel, channel, first: true, last: Some(self.epilogue) };
        store::<I, P, V>(sums, to, y);
    }

    /// Fewer channels than lanes, at stride 1 and without a residual; returns how many pixels.
    fn few<I: Isa>(&self, y: &mut MatMut<'_>) -> usize {
        let (c, pixels) = (self.c, y.rows());
        let wide = c * LANES;
        let whole = pixels / LANES;
        let Some(data) = y.contiguous(0..whole * LANES) else { return 0 };
        let repeated: [f32; LANES * LANES] =
            core::array::from_fn(|at| self.epilogue.bias.map_or(0.0, |bias| bias[at % c]));
        let bias = self.epilogue.bias.map(|_| &repeated[..wide]);
        let line = Line {
            steps: Steps { pixel: wide, ..self.steps },
            epilogue: Epilogue { bias, ..self.epilogue },
            ..*self
        };
        line.vectors::<I>(wide, &mut MatMut::new(data, wide));
        whole * LANES
    }

    /// The last channels, where they do not fill a vector, of the pixels from `start` on.
    fn rest(&self, start: usize, first: usize, y: &mut MatMut<'_>) {
        let Steps { y: [kh, y_step], x: [kw, x_step], pixel: step, channels } = self.steps;
        let Epilogue { bias, residual, min, max } = self.epilogue;
        for channel in first..self.c {
            for pixel in start..y.rows() {
                let x = &self.x[pixel * step + channel..];
                let taps = (0..kh * kw).map(|tap| {
                    let at = tap / kw * y_step + tap % kw * x_step;
                    x[at] * self.w[tap * channels + channel]
                });
                let sum = taps.fold(0.0, |sum, product| sum + product);
                let sum = sum + bias.map_or(0.0, |bias| bias[channel]);
                let sum = sum + residual.map_or(0.0, |residual| residual.row(pixel)[channel]);
                y.row(pixel)[channel] = if sum.is_nan() { sum } else { sum.max(min).min(max) };
            }
        }
    }
}
