//! GEMM, then col2im.

use super::ConvTranspose;
use crate::filter::{FilterSpec, Layout};
use crate::gemm::left::Left;
use crate::gemm::packed::block_rows;
use crate::gemm::{Epilogue, naive, packed};
use crate::matrix::MatMut;
use crate::simd::Isa;

/// Scratch elements for the columns of a block of input pixels.
pub fn scratch_len(spec: &FilterSpec, pixels: usize) -> usize {
    block_rows(pixels, spec.m() + spec.k()) * spec.m()
}

/// `columns[pixel][kh][kw][oc] = sum over c of x[pixel][c] * w[c][oc][kh][kw]`, each added to y
/// where its tap reaches, on top of the bias.
///
/// `filter` in [`Layout::Panels`] or, for the naive GEMM, [`Layout::Rows`]; `scratch` holds
/// [`scratch_len`] elements; `y` `[N, OH, OW, OC]` is overwritten. Every output element gets its
/// terms in the order of the input pixels.
pub fn conv_transpose2d<I: Isa>(conv: &ConvTranspose<'_>, y: &mut [f32], scratch: &mut [f32]) {
    let spec = conv.filter.spec();
    let oc = spec.out_channels();
    match conv.bias {
        Some(bias) => y.chunks_exact_mut(oc).for_each(|y| y.copy_from_slice(bias)),
        None => y.fill(0.0),
    }
    let (m, k, c) = (spec.m(), spec.k(), spec.in_channels());
    let pixels = conv.y_axis.axis.size * conv.x_axis.axis.size;
    let out_len = conv.y_axis.out * conv.x_axis.out * oc;
    let block = block_rows(pixels, m + k);
    for (n, y) in y.chunks_exact_mut(out_len).enumerate() {
        for first in (0..pixels).step_by(block) {
            let count = block.min(pixels - first);
            let columns = &mut scratch[..count * m];
            for group in 0..spec.groups {
                let rows = &conv.x[(n * pixels + first) * c + group * k..];
                let (rows, weights) = (Left::matrix(rows, k, c), conv.filter.group(group));
                let mut product = MatMut::new(columns, m);
                match conv.filter.layout() {
                    Layout::Rows => naive::gemm(&rows, weights, &mut product, Epilogue::NONE),
                    _ => packed::gemm::<I>(&rows, weights, &mut product, Epilogue::NONE),
                }
                for (pixel, columns) in (first..).zip(columns.chunks_exact(m)) {
                    scatter(conv, pixel, group, columns, y);
                }
            }
        }
    }
    conv.activation.apply(y);
}

/// Adds what one input pixel contributes: `columns` is `[KH][KW][OC of the group]`.
fn scatter(conv: &ConvTranspose<'_>, pixel: usize, group: usize, columns: &[f32], y: &mut [f32]) {
    let spec = conv.filter.spec();
    let (oc, oc_of_group) = (spec.out_channels(), spec.dims[1]);
    let (ih, iw) = (pixel / conv.x_axis.axis.size, pixel % conv.x_axis.axis.size);
    for (tap, columns) in columns.chunks_exact(oc_of_group).enumerate() {
        let (kh, kw) = (tap / spec.dims[3], tap % spec.dims[3]);
        let (Some(oh), Some(ow)) = (conv.y_axis.target(ih, kh), conv.x_axis.target(iw, kw)) else {
            continue;
        };
        let at = (oh * conv.x_axis.out + ow) * oc + group * oc_of_group;
        let target = &mut y[at..][..oc_of_group];
        target.iter_mut().zip(columns).for_each(|(y, column)| *y += column);
    }
}
