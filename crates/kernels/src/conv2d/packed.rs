//! im2col a block of pixels at a time, and the packed GEMM.

use super::Conv;
use super::im2col::{im2col, rows_len};
use crate::filter::Layout;
use crate::gemm::{Dims, NR, packed};
use crate::geometry::Window;
use crate::simd::Isa;

/// Elements of a block of matrix rows: 512 KiB stay in the second-level cache while every panel
/// of weights passes over them.
const BLOCK: usize = 128 << 10;

/// Output pixels of a block: as many as fit, evenly divided, whole tiles.
pub fn block_pixels(pixels: usize, k: usize) -> usize {
    let most = (BLOCK / k.max(1)).max(4 * NR);
    let blocks = pixels.div_ceil(most).max(1);
    pixels.div_ceil(blocks).next_multiple_of(NR).min(pixels.max(1))
}

/// Scratch elements that [`conv2d`] needs.
pub fn scratch_len(window: &Window, cg: usize) -> usize {
    let pixels = window.oh * window.ow;
    let k = window.y.kernel * window.x.kernel * cg;
    rows_len(window, cg, block_pixels(pixels, k))
}

/// Convolution by blocks of im2col rows.
///
/// `filter` in [`Layout::Panels`]; `scratch` holds [`scratch_len`] elements; `y` is overwritten.
pub fn conv2d<I: Isa>(conv: &Conv<'_>, y: &mut [f32], scratch: &mut [f32]) {
    debug_assert_eq!(conv.filter.layout(), Layout::Panels);
    let spec = conv.filter.spec();
    let (m, k, cg, oc) = (spec.m(), spec.k(), conv.cg(), conv.oc());
    let pixels = conv.pixels();
    let block = block_pixels(pixels, k);
    for n in 0..conv.n {
        for first in (0..pixels).step_by(block) {
            let count = block.min(pixels - first);
            let start = (n * pixels + first) * oc;
            let rows = &mut scratch[..count * k];
            for group in 0..spec.groups {
                let channels = group * cg..(group + 1) * cg;
                im2col(conv.window, conv.image(n), channels, first..first + count, rows);
                let dims = Dims { m, n: count, k, lda: k, ldc: oc };
                let (panels, epilogue) = (conv.filter.group(group), conv.epilogue(group, start));
                packed::gemm::<I>(dims, rows, panels, &mut y[start + group * m..], epilogue);
            }
            conv.activate(&mut y[start..][..count * oc]);
        }
    }
}

/// 1x1 convolution with stride 1 and no padding: the input is the matrix.
///
/// `filter` in [`Layout::Panels`]; `y` is overwritten.
pub fn pointwise<I: Isa>(conv: &Conv<'_>, y: &mut [f32]) {
    debug_assert_eq!(conv.filter.layout(), Layout::Panels);
    let spec = conv.filter.spec();
    let (m, k, oc, c) = (spec.m(), spec.k(), conv.oc(), conv.window.c);
    let pixels = conv.n * conv.pixels();
    let block = block_pixels(pixels, k);
    for first in (0..pixels).step_by(block) {
        let count = block.min(pixels - first);
        let start = first * oc;
        for group in 0..spec.groups {
            let dims = Dims { m, n: count, k, lda: c, ldc: oc };
            let rows = &conv.x[first * c + group * k..];
            let (panels, epilogue) = (conv.filter.group(group), conv.epilogue(group, start));
            packed::gemm::<I>(dims, rows, panels, &mut y[start + group * m..], epilogue);
        }
        conv.activate(&mut y[start..][..count * oc]);
    }
}
