//! im2col: a convolution as a matrix product.
//!
//! Row `oh * OW + ow` of the matrix `A[OH * OW][KH * KW * C]` is the window that output pixel
//! sees, zeros where it hangs over the edge. Multiplied with the filters `B[OC][KH * KW * C]` it
//! gives the output, already channels-last. (Chellapilla, Puri and Simard 2006.)

use super::Conv;
use crate::filter::{Layout, Product};
use crate::gemm::plain;
use crate::geometry::Window;
use crate::matrix::MatMut;
use core::ops::Range;

/// Elements of the matrix rows for `pixels` output pixels of one group.
pub fn rows_len(window: &Window, cg: usize, pixels: usize) -> usize {
    pixels * window.y.kernel * window.x.kernel * cg
}

/// Writes the matrix rows of output `pixels` for the input channels `channels`.
///
/// `image`: `[H, W, C]`. `rows`: `[pixels][KH][KW][channels]`, overwritten.
///
/// # Panics
/// If `image` is too short. Of `rows` that end before, only those that are whole are written.
pub fn im2col(
    window: &Window,
    image: &[f32],
    channels: Range<usize>,
    pixels: Range<usize>,
    rows: &mut [f32],
) {
    let segment = window.x.kernel * channels.len();
    let row = window.y.kernel * segment;
    for (pixel, row) in pixels.zip(rows.chunks_exact_mut(row)) {
        let (oh, ow) = (pixel / window.ow, pixel % window.ow);
        let inside = window.y.taps(oh);
        for (kh, segment) in row.chunks_exact_mut(segment).enumerate() {
            if inside.contains(&kh) {
                let ih = window.y.input(oh, kh);
                let line = &image[ih * window.x.size * window.c..][..window.x.size * window.c];
                one_line(window, line, channels.clone(), ow, segment);
            } else {
                segment.fill(0.0);
            }
        }
    }
}

/// The taps of one kernel row: `segment` is `[KW][channels]`, `line` one input row `[W][C]`.
#[inline]
fn one_line(window: &Window, line: &[f32], channels: Range<usize>, ow: usize, segment: &mut [f32]) {
    let cg = channels.len();
    let taps = window.x.taps(ow);
    segment[..taps.start * cg].fill(0.0);
    segment[taps.end * cg..].fill(0.0);
    if taps.is_empty() {
        return;
    }
    let first = window.x.input(ow, taps.start) * window.c + channels.start;
    let inside = &mut segment[taps.start * cg..taps.end * cg];
    if cg == window.c && window.x.dilation == 1 {
        inside.copy_from_slice(&line[first..][..inside.len()]);
        return;
    }
    let step = window.x.dilation * window.c;
    for (tap, pixel) in inside.chunks_exact_mut(cg).enumerate() {
        pixel.copy_from_slice(&line[first + tap * step..][..cg]);
    }
}

/// Convolution by the whole im2col matrix of one image and group, and the plain product.
///
/// `filter` in [`Layout::Columns`]; `scratch` holds [`rows_len`] elements for all pixels; `y` is
/// overwritten.
///
/// # Panics
/// If a slice is too short.
#[inline(never)]
pub fn conv2d(conv: &Conv<'_>, mut y: MatMut<'_>, scratch: &mut [f32]) {
    debug_assert_eq!(conv.filter.layout(), Layout::Columns(Product::Plain));
    let spec = conv.filter.spec();
    let (m, cg) = (spec.m(), conv.cg());
    let rows = &mut scratch[..rows_len(conv.window, cg, conv.pixels())];
    for n in 0..conv.n {
        let pixels = n * conv.pixels()..(n + 1) * conv.pixels();
        for group in 0..spec.groups {
            let channels = group * cg..(group + 1) * cg;
            im2col(conv.window, conv.image(n), channels, 0..conv.pixels(), rows);
            let channels = group * m..(group + 1) * m;
            let epilogue = conv.epilogue(pixels.clone(), channels.clone());
            let mut c = y.block(pixels.clone(), channels);
            plain::gemm(rows, conv.filter.group(group), &mut c, epilogue);
        }
    }
    conv.activate(&mut y);
}
