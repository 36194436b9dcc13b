//! im2col by blocks: as [`super::im2col`], but the matrix never leaves the cache.

use super::Conv;
use super::im2col::{im2col, rows_len};
use crate::filter::{Layout, Product};
use crate::gemm::blocked;
use crate::geometry::Window;
use crate::matrix::MatMut;

/// Scratch elements that [`conv2d`] needs.
pub fn scratch_len(window: &Window, cg: usize) -> usize {
    rows_len(window, cg, blocked::PIXELS.min(window.oh * window.ow))
}

/// Convolution by the im2col matrix of a few pixels at a time, and the blocked product over it.
///
/// `filter` in [`Layout::Columns`]; `scratch` holds [`scratch_len`] elements; `y` is overwritten.
///
/// # Panics
/// If a slice is too short.
#[inline(never)]
pub fn conv2d(conv: &Conv<'_>, mut y: MatMut<'_>, scratch: &mut [f32]) {
    debug_assert_eq!(conv.filter.layout(), Layout::Columns(Product::Blocked));
    let spec = conv.filter.spec();
    let (m, cg) = (spec.m(), conv.cg());
    for n in 0..conv.n {
        for first in (0..conv.pixels()).step_by(blocked::PIXELS) {
            let pixels = first..(first + blocked::PIXELS).min(conv.pixels());
            let rows = &mut scratch[..rows_len(conv.window, cg, pixels.len())];
            let out = n * conv.pixels() + pixels.start..n * conv.pixels() + pixels.end;
            for group in 0..spec.groups {
                let channels = group * cg..(group + 1) * cg;
                im2col(conv.window, conv.image(n), channels, pixels.clone(), rows);
                let channels = group * m..(group + 1) * m;
                let epilogue = conv.epilogue(out.clone(), channels.clone());
                let mut c = y.block(out.clone(), channels);
                blocked::gemm(rows, conv.filter.group(group), &mut c, epilogue);
            }
        }
    }
    conv.activate(&mut y);
}
