//! Products first, then gathered: for one line of `dx`, each line of `dy` that sees it is
//! multiplied with the weights of the kernel line by which it does. That gives the columns
//! `[OW][KW][C / groups]`, which the pixels of the line then sum (col2im).
#![allow(unsafe_code)]

use crate::conv2d::backward::Shape;
use crate::conv2d::backward::sources::{Sources, common};
use crate::filter::pack::{PACK, gather};
use crate::gemm::lanes::put;
use crate::gemm::left::{Left, Taps, Walk};
use crate::gemm::{Epilogue, MR, packed};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team, Units};

/// Scratch elements that [`input_gradient`] needs: the packed weights and, for each thread, the
/// columns of one line of some images.
pub fn scratch_len(shape: &Shape, team: &Team) -> usize {
    let sizes = Sizes::new(shape);
    sizes.weights(shape) + team.threads() * sizes.columns()
}

/// The gradient of the input, see [`super::input_gradient`].
///
/// Costs `N * OH * OW * OC * KH * KW * C / groups` multiply-adds, and an addition for each column.
/// Every sum has the order of the kernel's lines and columns.
pub fn input_gradient<I: Isa>(
    shape: &Shape,
    dy: &[f32],
    w: &[f32],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let sizes = Sizes::new(shape);
    let (weights, scratch) = scratch.split_at_mut(sizes.weights(shape));
    pack(shape, &sizes, w, weights, team);
    let (h, width, c) = (shape.window().y.size, shape.window().x.size, shape.window().c);
    let grid = Grid::rows(team, shape.n() * h, shape.work());
    let place = |[lines, _]: &Units| [lines.start * width..lines.end * width, 0..c];
    let scratch = (scratch, sizes.columns());
    let of = Operands { shape, sizes: &sizes, dy, weights };
    team.split(grid, MatMut::new(dx, c), scratch, place, |[lines, _], mut dx, columns| {
        let mut next = lines.start;
        while next < lines.end {
            // Images that are all there are taken together.
            let (image, line) = (next / h, next % h);
            let images = if line == 0 { (lines.end - next) / h } else { 0 };
            let (images, count) = match images.min(sizes.images) {
                0 => (1, (h - line).min(lines.end - next)),
                images => (images, h),
            };
            let at = (next - lines.start) * width;
            let mut dx = dx.block(at..at + images * count * width, 0..c);
            for at in 0..count {
                of.one_line::<I>([image, images], [line + at, at, count], columns, &mut dx);
            }
            next += images * count;
        }
    });
}

/// What all lines share.
struct Operands<'a> {
    shape: &'a Shape,
    sizes: &'a Sizes,
    dy: &'a [f32],
    /// Packed.
    weights: &'a [f32],
}

impl Operands<'_> {
    /// One line of some images from `image` on, of each of which `dx` has `count` lines: `line`, which
    /// is the one `at` among them.
    fn one_line<I: Isa>(
        &self,
        [image, images]: [usize; 2],
        [line, at, count]: [usize; 3],
        columns: &mut [f32],
        dx: &mut MatMut<'_>,
    ) {
        let (Sizes { row, plane, .. }, window) = (*self.sizes, self.shape.window());
        let (oc, m, cg) = (self.shape.oc(), self.shape.spec().m(), self.shape.cg());
        let (ow, width, map) = (window.ow, window.x.size, window.oh * window.ow * oc);
        let y = Sources::new(&window.y, window.oh, common(&window.y), line);
        let divisor = common(&window.x);
        for group in 0..self.shape.spec().groups {
            for (plane, (kh, oh)) in columns.chunks_exact_mut(plane).zip(y.iter()) {
                let data = &self.dy[image * map + oh * ow * oc + group * m..];
                let walk = Walk::lines([ow, oc], [1, 0], map);
                let rows = Left { data, walk, taps: Taps::run(m) };
                let panels = &self.weights[(group * window.y.kernel + kh) * row * m..];
                let mut plane = MatMut::new(&mut plane[..images * ow * row], row);
                packed::gemm::<I>(&rows, panels, &mut plane, Epilogue::NONE);
            }
            for image in 0..images {
                let columns = &columns[image * ow * row..];
                let line = Line { columns, sizes: self.sizes, lines: y.count };
                let first = (image * count + at) * width;
                let mut dx = dx.block(first..first + width, group * cg..(group + 1) * cg);
                for iw in 0..width {
                    let x = Sources::new(&window.x, ow, divisor, iw);
                    line.gather::<I>(&x, dx.row(iw));
                }
            }
        }
    }
}

/// Pixels of `dy` of a product at the least, where there are as many images: fewer cost more in
/// calls than they multiply.
pub const PIXELS: usize = 48;

/// Sizes of the columns of one line.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Channels of a group.
    cg: usize,
    /// Elements of a pixel: `KW * C / groups`, in whole panels.
    row: usize,
    /// Images whose lines are multiplied together, at the most.
    images: usize,
    /// Elements for a line of `dy` of each of them.
    plane: usize,
    /// Lines of `dy` that see one line of `dx`, at the most.
    planes: usize,
}

impl Sizes {
    fn new(shape: &Shape) -> Self {
        let images = PIXELS.div_ceil(shape.window().ow).clamp(1, shape.n().max(1));
        let (window, cg) = (shape.window(), shape.cg());
        let row = (window.x.kernel * cg).next_multiple_of(MR);
        let tap_step = window.y.stride / common(&window.y);
        let planes = window.y.kernel.div_ceil(tap_step).min(window.oh);
        Sizes { cg, row, images, plane: images * window.ow * row, planes }
    }

    /// Elements of the columns of one line. The last vector of channels may reach over them.
    fn columns(&self) -> usize {
        self.planes * self.plane + 2 * LANES
    }

    /// Elements of the packed weights.
    fn weights(&self, shape: &Shape) -> usize {
        shape.window().y.kernel * self.row * shape.oc()
    }
}

/// Packs the weights into panels of each kernel line, `[groups][KH][KW * C / groups / MR][OC /
/// groups][MR]`, missing lanes zero.
fn pack(shape: &Shape, sizes: &Sizes, w: &[f32], to: &mut [f32], team: &Team) {
    let (kernel_h, kernel_w) = (shape.window().y.kernel, shape.window().x.kernel);
    let (m, cg, taps) = (shape.spec().m(), sizes.cg, shape.spec().taps());
    team.split_rows(to, m * MR, PACK * w.len(), |start, to| {
        for (at, panel) in to.chunks_exact_mut(m * MR).enumerate() {
            let at = start + at;
            let (line, first) = (at / (sizes.row / MR), at % (sizes.row / MR) * MR);
            let (group, kh) = (line / kernel_h, line % kernel_h);
            let from = core::array::from_fn(|lane| {
                let (kw, c) = ((first + lane) / cg, (first + lane) % cg);
                (kw < kernel_w).then_some(c * taps + kh * kernel_w + kw)
            });
            gather(&w[group * m * cg * taps..], cg * taps, from, panel);
        }
    });
}

/// The columns that the pixels of one line sum: `[lines][OW][row]`, and two vectors more.
struct Line<'a> {
    columns: &'a [f32],
    sizes: &'a Sizes,
    lines: usize,
}

impl Line<'_> {
    /// All channels of one pixel: `dx[c] = sum over lines, x of columns[line][out][tap][c]`.
    fn gather<I: Isa>(&self, x: &Sources, dx: &mut [f32]) {
        if self.lines == 0 || x.count == 0 {
            return dx.fill(0.0);
        }
        let mut channel = 0;
        while channel + LANES < dx.len() {
            self.vectors::<I, 2>(x, channel, dx);
            channel += 2 * LANES;
        }
        if channel < dx.len() {
            self.vectors::<I, 1>(x, channel, dx);
        }
    }

    /// `V` vectors of channels from `channel` on; only those that exist are written.
    #[inline(always)]
    fn vectors<I: Isa, const V: usize>(&self, x: &Sources, channel: usize, dx: &mut [f32]) {
        let Sizes { cg, row, plane, .. } = *self.sizes;
        // The first source is the latest output, the last one has the greatest tap.
        let last = (self.lines - 1) * plane + x.out * row + x.last_tap() * cg + channel;
        assert!(last + V * LANES <= self.columns.len());
        let mut sums = [I::splat(0.0); V];
        for line in 0..self.lines {
            let first = line * plane + x.out * row + x.tap * cg + channel;
            let mut column = self.columns.as_ptr().wrapping_add(first);
            for _ in 0..x.count {
                for (v, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: taps and outputs are between those of the first and last source, so
                    // that V vectors end no later than those of the last line's, as asserted.
                    *sum = I::add(*sum, unsafe { I::load(column.add(v * LANES)) });
                }
                column = column.wrapping_add(x.tap_step * cg).wrapping_sub(x.out_step * row);
            }
        }
        for (sum, dx) in sums.into_iter().zip(dx[channel..].chunks_mut(LANES)) {
            put::<I>(sum, dx);
        }
    }
}
