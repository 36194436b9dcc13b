//! The packed product over windows that are read where they lie.

use super::Conv;
use super::strip::{Strips, View};
use crate::filter::Layout;
use crate::gemm::{MR, packed};
use crate::geometry::Window;
use crate::matrix::MatMut;
use crate::simd::Isa;
use crate::team::{Grid, Team, Units};
use core::ops::Range;

/// Multiply-adds that a weight from memory, or an element between zeros, costs.
const TRAFFIC: usize = 4;

/// Scratch elements that [`conv2d`] needs for each thread.
pub fn scratch_len(window: &Window, n: usize, oc: usize) -> usize {
    Strips::new(window, n, oc).scratch_len()
}

/// Convolution by blocks of output lines.
///
/// `filter` in [`Layout::Panels`]; `scratch` holds [`scratch_len`] elements for each thread; `y` is
/// overwritten.
///
/// # Panics
/// If a slice is too short.
pub fn conv2d<I: Isa>(conv: &Conv<'_>, y: MatMut<'_>, scratch: &mut [f32], team: &Team) {
    debug_assert_eq!(conv.filter.layout(), Layout::Panels);
    let strips = Strips::new(conv.window, conv.n, conv.oc());
    let (ow, oc) = (conv.window.ow, conv.oc());
    let place = |[lines, panels]: &Units| {
        let channels = panels.start * MR..(panels.end * MR).min(oc);
        [lines.start * ow..lines.end * ow, if conv.grouped() { 0..oc } else { channels }]
    };
    let scratch = (scratch, strips.scratch_len());
    team.split(grid(conv, team), y, scratch, place, |units, mut y, scratch| {
        let [mut lines, panels] = units;
        let first = lines.start;
        while let Some(span) = strips.next_span(&lines) {
            let pixels = lines.start * ow..(lines.start + span.count()) * ow;
            let at = (lines.start - first) * ow;
            let mut y = y.block(at..at + pixels.len(), 0..y.cols());
            let view = strips.read(conv.x, span, scratch);
            block::<I>(conv, &view, pixels, panels.start * MR, &mut y);
            conv.activate(&mut y);
            lines.start += span.count();
        }
    });
}

/// The output `pixels` of a block, for the channels from `channel` on that `y` has; all of them
/// where there are groups.
fn block<I: Isa>(
    conv: &Conv<'_>,
    view: &View<'_>,
    pixels: Range<usize>,
    channel: usize,
    y: &mut MatMut<'_>,
) {
    let (spec, cg) = (conv.filter.spec(), conv.cg());
    for group in 0..spec.groups {
        let columns =
            if conv.grouped() { group * spec.m()..(group + 1) * spec.m() } else { 0..y.cols() };
        let channels = channel + columns.start..channel + columns.end;
        let panels = &conv.filter.group(group)[channel * spec.k()..];
        let epilogue = conv.epilogue(pixels.clone(), channels);
        let mut c = y.block(0..y.rows(), columns);
        packed::gemm::<I>(&view.left(group * cg, cg), panels, &mut c, epilogue);
    }
}

/// Panels can be shared out where there is one group; the strips are then copied by every thread.
fn grid(conv: &Conv<'_>, team: &Team) -> Grid {
    let spec = conv.filter.spec();
    let (lines, weights) = (conv.n * conv.window.oh, spec.groups * spec.m() * spec.k());
    let work = lines * conv.window.ow * weights;
    let panels = if conv.grouped() { 1 } else { spec.m().div_ceil(MR) };
    Grid::cheapest(team, [lines, panels], work, [TRAFFIC * weights, TRAFFIC * conv.x.len()])
}
