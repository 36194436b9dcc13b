//! `dx[n][ih][iw][c] = sum over kh, kw of dy[n][oh][ow][c] * w[kh][kw][c]`, gathered.
#![allow(unsafe_code)]

use crate::conv2d::backward::Shape;
use crate::conv2d::backward::sources::{Sources, common};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};
use crate::team::{Grid, Team, Units};

/// A product costs as much as several of a matrix product: both factors are loaded for it.
const TAP: usize = 8;

/// Scratch elements that [`input_gradient`] needs: the weights in the order of the map.
pub fn scratch_len(shape: &Shape) -> usize {
    shape.weight_len()
}

/// The gradient of the input of a depthwise convolution.
///
/// `dy`: `[N, OH, OW, C]`. `w`: `[C, 1, KH, KW]`. `dx`: `[N, H, W, C]`, overwritten. `scratch`
/// holds [`scratch_len`] elements.
///
/// # Panics
/// If a slice is too short.
pub fn input_gradient<I: Isa>(
    shape: &Shape,
    dy: &[f32],
    w: &[f32],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let (window, c) = (shape.window(), shape.oc());
    let taps = shape.spec().taps();
    let weights = &mut scratch[..taps * c];
    for (tap, weights) in weights.chunks_exact_mut(c).enumerate() {
        let from = w[tap..].iter().step_by(taps);
        weights.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
    let gather = Gather { shape, w: weights };
    let (h, width) = (window.y.size, window.x.size);
    let common = [common(&window.y), common(&window.x)];
    let grid = Grid::rows(team, shape.n() * h, TAP * shape.work());
    let place = |[lines, _]: &Units| [lines.start * width..lines.end * width, 0..c];
    let dx = MatMut::new(dx, c);
    team.split(grid, dx, (&mut [], 0), place, |[lines, _], mut dx, _| {
        for (at, line) in lines.enumerate() {
            let image = window.oh * window.ow * c;
            let dy = &dy[line / h * image..][..image];
            let y = Sources::new(&window.y, window.oh, common[0], line % h);
            for iw in 0..width {
                let x = Sources::new(&window.x, window.ow, common[1], iw);
                gather.pixel::<I>(dy, [&y, &x], dx.row(at * width + iw));
            }
        }
    });
}

struct Gather<'a> {
    shape: &'a Shape,
    /// `[KH * KW][C]`
    w: &'a [f32],
}

impl Gather<'_> {
    /// All channels of one pixel, which the outputs `[y, x]` of an image see.
    fn pixel<I: Isa>(&self, dy: &[f32], sources: [&Sources; 2], dx: &mut [f32]) {
        if sources.iter().any(|sources| sources.count == 0) {
            return dx.fill(0.0);
        }
        let mut channel = 0;
        while channel + 2 * LANES <= dx.len() {
            self.vectors::<I, 2>(dy, sources, channel, dx);
            channel += 2 * LANES;
        }
        if channel + LANES <= dx.len() {
            self.vectors::<I, 1>(dy, sources, channel, dx);
            channel += LANES;
        }
        let (ow, kernel_w, c) = (self.shape.window().ow, self.shape.window().x.kernel, dx.len());
        for (channel, dx) in dx.iter_mut().enumerate().skip(channel) {
            *dx = 0.0;
            for (kh, oh) in sources[0].iter() {
                for (kw, out) in sources[1].iter() {
                    let weight = self.w[(kh * kernel_w + kw) * c + channel];
                    *dx += dy[(oh * ow + out) * c + channel] * weight;
                }
            }
        }
    }

    /// `V` vectors of channels from `channel` on.
    #[inline(always)]
    fn vectors<I: Isa, const V: usize>(
        &self,
        dy: &[f32],
        [y, x]: [&Sources; 2],
        channel: usize,
        dx: &mut [f32],
    ) {
        let (ow, kernel_w, c) = (self.shape.window().ow, self.shape.window().x.kernel, dx.len());
        // The first source is the latest output, the last one has the greatest tap.
        assert!((y.out * ow + x.out) * c + channel + V * LANES <= dy.len());
        let last = (y.last_tap() * kernel_w + x.last_tap()) * c;
        assert!(last + channel + V * LANES <= self.w.len());
        let mut sums = [I::splat(0.0); V];
        for (kh, oh) in y.iter() {
            let mut dy = dy.as_ptr().wrapping_add((oh * ow + x.out) * c + channel);
            let mut w = self.w.as_ptr().wrapping_add((kh * kernel_w + x.tap) * c + channel);
            for _ in 0..x.count {
                for (v, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: outputs fall from the first source on and taps rise up to the last;
                    // V vectors from both of those on are within the slices, as asserted.
                    unsafe {
                        let (dy, w) = (I::load(dy.add(v * LANES)), I::load(w.add(v * LANES)));
                        *sum = I::mul_add(dy, w, *sum);
                    }
                }
                dy = dy.wrapping_sub(x.out_step * c);
                w = w.wrapping_add(x.tap_step * c);
            }
        }
        let dx = dx[channel..][..V * LANES].chunks_exact_mut(LANES);
        for (sum, dx) in sums.into_iter().zip(dx) {
            if let Some(dx) = dx.first_chunk_mut() {
                I::put(dx, sum);
            }
        }
    }
}
