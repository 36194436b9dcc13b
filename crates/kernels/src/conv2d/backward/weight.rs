//! The gradient of the weights: the product of the transposed im2col matrix and `dy`.

use super::{Shape, depthwise};
use crate::conv2d::strip::Strips;
use crate::conv2d::winograd::gradient::{self, Maps};
use crate::gemm::MR;
use crate::gemm::outer::{self, KR};
use crate::matrix::{Mat, MatMut};
use crate::simd::Isa;
use crate::team::{Grid, PASS, Team, Units};

/// Multiply-adds that an element costs which every thread copies: one of `x` between zeros, or
/// one of `dy` into a panel.
const TRAFFIC: usize = 4;

/// Output channels whose gradients are put in order together: a cache line of them is read at once.
const TOGETHER: usize = 16;

/// Scratch elements that [`weight_gradient`] needs, for all threads.
pub fn scratch_len(shape: &Shape, team: &Team) -> usize {
    if by_winograd(shape) {
        let [sums, each] = gradient::scratch_len(shape.n(), shape.window(), shape.oc());
        return sums + team.threads() * each;
    }
    let strips = Strips::new(shape.window(), shape.n(), shape.oc());
    shape.weight_len() + team.threads() * strips.scratch_len()
}

/// Whether [`gradient`] computes it.
pub fn by_winograd(shape: &Shape) -> bool {
    gradient::pays(shape.n(), shape.window(), shape.spec())
}

/// `dw[oc][c][kh][kw] = sum over n, oh, ow of dy[n][oh][ow][oc] * x[n][ih][iw][c]`, where
/// `ih = oh * SH + kh * DH - PT` and `iw` likewise are inside.
///
/// `x`: `[N, H, W, C]`. `dy`: `[N, OH, OW, OC]`. `dw`: `[OC, C / groups, KH, KW]`, overwritten.
/// `scratch` holds [`scratch_len`] elements. Costs as many multiply-adds as the convolution; a quarter
/// of them by Winograd's algorithm.
///
/// # Panics
/// If a slice is too short.
pub fn weight_gradient<I: Isa>(
    shape: &Shape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    if by_winograd(shape) {
        let (n, window, oc) = (shape.n(), shape.window(), shape.oc());
        return gradient::weight_gradient::<I>(&Maps { n, window, oc, x, dy }, dw, scratch, team);
    }
    let (sums, scratch) = scratch.split_at_mut(shape.weight_len());
    if shape.spec().is_depthwise() {
        depthwise::weight_sums::<I>(shape, x, dy, sums, scratch, team);
        return in_order(sums, [1, shape.oc(), 1], dw, team);
    }
    weight_sums::<I>(shape, x, dy, sums, scratch, team);
    in_order(sums, [shape.spec().groups, shape.spec().m(), shape.cg()], dw, team);
}

/// `sums`: `[groups][KH * KW * C / groups][OC / groups]`, in the order of the im2col matrix.
fn weight_sums<I: Isa>(
    shape: &Shape,
    x: &[f32],
    dy: &[f32],
    sums: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let (window, spec, oc) = (shape.window(), shape.spec(), shape.oc());
    let (groups, m, k, cg) = (spec.groups, spec.m(), spec.k(), shape.cg());
    let strips = Strips::new(window, shape.n(), oc);
    // Groups are shared out whole, one group by elements of its window and panels of channels.
    let (units, unit) =
        if groups > 1 { ([groups, 1], k) } else { ([k.div_ceil(KR), m.div_ceil(MR)], KR) };
    let place = |[rows, panels]: &Units| {
        let rows = rows.start * unit..(rows.end * unit).min(groups * k);
        [rows, if groups > 1 { 0..m } else { panels.start * MR..(panels.end * MR).min(m) }]
    };
    let again = [TRAFFIC * (x.len() + dy.len()), TRAFFIC * x.len()];
    let grid = Grid::cheapest(team, units, shape.work(), again);
    let scratch = (scratch, strips.scratch_len());
    team.split(grid, MatMut::new(sums, m), scratch, place, |units, mut sums, scratch| {
        let [rows, cols] = place(&units);
        let mut lines = 0..shape.n() * window.oh;
        let mut first = true;
        while let Some(span) = strips.next_span(&lines) {
            let view = strips.read(x, span, scratch);
            let pixels = span.count() * window.ow;
            let dy = Mat::new(&dy[lines.start * window.ow * oc..], oc, oc);
            for group in rows.start / k..rows.end.div_ceil(k) {
                let part = rows.start.max(group * k)..rows.end.min((group + 1) * k);
                let (a, b) = (view.left(group * cg, cg), group * m + cols.start);
                let b = dy.block(0..pixels, b..b + cols.len());
                let into = part.start - rows.start..part.end - rows.start;
                let mut c = sums.block(into, 0..cols.len());
                let part = part.start - group * k..part.end - group * k;
                outer::gemm::<I>(&a, part, b, pixels, first, &mut c);
            }
            lines.start += span.count();
            first = false;
        }
        if first {
            (0..sums.rows()).for_each(|row| sums.row(row).fill(0.0));
        }
    });
}

/// Puts sums `[groups][taps][C / groups][OC / groups]` in the order of the parameters,
/// `[OC][C / groups][taps]`.
fn in_order(sums: &[f32], [groups, m, cg]: [usize; 3], dw: &mut [f32], team: &Team) {
    let row = dw.len() / (groups * m);
    let taps = row / cg;
    let work = PASS * dw.len();
    team.split_rows(dw, row, work, |first, rows| {
        let (mut at, end) = (first, first + rows.len() / row);
        while at < end {
            let count = (m - at % m).min(TOGETHER).min(end - at);
            let sums = &sums[at / m * row * m + at % m..];
            let rows = &mut rows[(at - first) * row..][..count * row];
            for element in 0..row {
                let to = element % cg * taps + element / cg;
                let sums = &sums[element * m..][..count];
                rows[to..].iter_mut().step_by(row).zip(sums).for_each(|(dw, sum)| *dw = *sum);
            }
            at += count;
        }
    });
}
