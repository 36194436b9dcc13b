//! GEMM, then col2im.

use super::ConvTranspose;
use crate::filter::{FilterSpec, Layout};
use crate::gemm::left::Left;
use crate::gemm::packed::block_rows;
use crate::gemm::{Epilogue, naive, packed};
use crate::matrix::MatMut;
use crate::simd::Isa;
use crate::team::{Grid, Team, Units};
use core::ops::Range;

/// Scratch elements for the columns of a block of input pixels, for each thread.
pub fn scratch_len(spec: &FilterSpec, pixels: usize) -> usize {
    block_rows(pixels, spec.m() + spec.k()) * spec.m()
}

/// `columns[pixel][kh][kw][oc] = sum over c of x[pixel][c] * w[c][oc][kh][kw]`, each added to y
/// where its tap reaches, on top of the bias.
///
/// `filter` in [`Layout::Panels`] or, for the naive GEMM, [`Layout::Rows`]; `scratch` holds
/// [`scratch_len`] elements for each thread; `y` `[N, OH, OW, OC]` is overwritten. Every output
/// element gets its terms in the order of the input pixels.
///
/// # Panics
/// If a slice is too short.
pub fn conv_transpose2d<I: Isa>(
    conv: &ConvTranspose<'_>,
    y: MatMut<'_>,
    scratch: &mut [f32],
    team: &Team,
) {
    let (spec, rows) = (conv.filter.spec(), conv.y_axis);
    let (h, w, out) = (rows.axis.size, conv.x_axis.axis.size, conv.x_axis.out);
    // Where lines of input share lines of output, an image stays in one piece.
    let (units, lines_in, lines_out) =
        if rows.is_apart() { (conv.n * h, 1, rows.axis.stride) } else { (conv.n, h, rows.out) };
    let work = conv.n * h * w * spec.m() * spec.k() * spec.groups;
    let (grid, each) = (Grid::rows(team, units, work), scratch_len(spec, h * w));
    let oc = spec.out_channels();
    let place =
        |[units, _]: &Units| [units.start * lines_out * out..units.end * lines_out * out, 0..oc];
    team.split(grid, y, (scratch, each), place, |[units, _], mut y, scratch| {
        if !conv.is_apart() {
            (0..y.rows()).for_each(|pixel| match conv.bias {
                Some(bias) => y.row(pixel).copy_from_slice(bias),
                None => y.row(pixel).fill(0.0),
            });
        }
        let lines = units.start * lines_in..units.end * lines_in;
        for image in lines.start / h..lines.end.div_ceil(h) {
            let part = lines.start.max(image * h)..lines.end.min((image + 1) * h);
            let first = (part.start / lines_in - units.start) * lines_out;
            let rows = first * out..(first + part.len() / lines_in * lines_out) * out;
            let pixels = part.start * w..part.end * w;
            add_pixels::<I>(conv, image, pixels, scratch, &mut y.block(rows, 0..oc));
        }
        (0..y.rows()).for_each(|pixel| conv.activation.apply(y.row(pixel)));
    });
}

/// Adds what input `pixels` of an image, counted over all images, contribute to `y`, which starts
/// with the first line that they reach.
fn add_pixels<I: Isa>(
    conv: &ConvTranspose<'_>,
    image: usize,
    pixels: Range<usize>,
    scratch: &mut [f32],
    y: &mut MatMut<'_>,
) {
    let spec = conv.filter.spec();
    let (m, k, c) = (spec.m(), spec.k(), spec.in_channels());
    let (h, w) = (conv.y_axis.axis.size, conv.x_axis.axis.size);
    let before = (pixels.start / w - image * h) * conv.y_axis.axis.stride * conv.x_axis.out;
    let block = block_rows(h * w, m + k);
    for first in pixels.clone().step_by(block) {
        let count = block.min(pixels.end - first);
        let columns = &mut scratch[..count * m];
        for group in 0..spec.groups {
            let rows = Left::matrix(&conv.x[first * c + group * k..], k, c);
            let (weights, mut product) = (conv.filter.group(group), MatMut::new(columns, m));
            match conv.filter.layout() {
                Layout::Rows => naive::gemm(&rows, weights, &mut product, Epilogue::NONE),
                _ => packed::gemm::<I>(&rows, weights, &mut product, Epilogue::NONE),
            }
            for (pixel, columns) in (first - image * h * w..).zip(columns.chunks_exact(m)) {
                scatter(conv, pixel, group, columns, before, y);
            }
        }
    }
}

/// Adds what one input pixel of an image contributes: `columns` is `[KH][KW][OC of the group]`; y
/// lacks the first `before` output pixels. Where no output gets a second term, y is only written:
/// a pass less over memory.
fn scatter(
    conv: &ConvTranspose<'_>,
    pixel: usize,
    group: usize,
    columns: &[f32],
    before: usize,
    y: &mut MatMut<'_>,
) {
    let (oc, kw) = (conv.filter.spec().dims[1], conv.filter.spec().dims[3]);
    let (ih, iw) = (pixel / conv.x_axis.axis.size, pixel % conv.x_axis.axis.size);
    for (tap, columns) in columns.chunks_exact(oc).enumerate() {
        let (kh, kw) = (tap / kw, tap % kw);
        let (Some(oh), Some(ow)) = (conv.y_axis.target(ih, kh), conv.x_axis.target(iw, kw)) else {
            continue;
        };
        let target = &mut y.row(oh * conv.x_axis.out + ow - before)[group * oc..][..oc];
        let pairs = target.iter_mut().zip(columns);
        match conv.bias {
            _ if !conv.is_apart() => pairs.for_each(|(y, column)| *y += column),
            Some(bias) => {
                let bias = &bias[group * oc..][..oc];
                pairs.zip(bias).for_each(|((y, column), bias)| *y = bias + column);
            }
            None => pairs.for_each(|(y, column)| *y = 0.0 + column),
        }
    }
}
