//! The forward formula as loops, each of its products passed back to both factors.

use super::Shape;
use crate::geometry::Axis;

/// `dw[oc][c][kh][kw] = sum over n, oh, ow of dy[n][oh][ow][oc] * x[n][ih][iw][c]`, where
/// `ih = oh * SH + kh * DH - PT` and `iw` likewise are inside.
///
/// `x` `[N, H, W, C]`, `dy` `[N, OH, OW, OC]`, `dw` `[OC, C / groups, KH, KW]`. Sums in f64.
pub fn weight_gradient(shape: &Shape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let mut sums = vec![0.0; dw.len()];
    each_product(shape, |from, to, weight| sums[weight] += f64::from(dy[to]) * f64::from(x[from]));
    dw.iter_mut().zip(sums).for_each(|(dw, sum)| *dw = sum as f32);
}

/// `dx[n][ih][iw][c] = sum over kh, kw, oc of dy[n][oh][ow][oc] * w[oc][c][kh][kw]`, over all
/// outputs whose window sees it.
///
/// `dy` `[N, OH, OW, OC]`, `w` `[OC, C / groups, KH, KW]`, `dx` `[N, H, W, C]`. Sums in f64.
pub fn input_gradient(shape: &Shape, dy: &[f32], w: &[f32], dx: &mut [f32]) {
    let mut sums = vec![0.0; dx.len()];
    each_product(shape, |from, to, weight| sums[from] += f64::from(dy[to]) * f64::from(w[weight]));
    dx.iter_mut().zip(sums).for_each(|(dx, sum)| *dx = sum as f32);
}

/// Calls `visit` with where x, y and the weight lie for every product of the forward formula.
fn each_product(shape: &Shape, mut visit: impl FnMut(usize, usize, usize)) {
    let window = shape.window();
    let [oc, cg, kernel_h, kernel_w] = shape.spec().dims;
    let (h, w, m) = (window.y.size, window.x.size, oc / shape.spec().groups);
    for pixel in 0..shape.pixels() {
        let (line, ow) = (pixel / window.ow, pixel % window.ow);
        let (n, oh) = (line / window.oh, line % window.oh);
        for tap in 0..kernel_h * kernel_w {
            let (kh, kw) = (tap / kernel_w, tap % kernel_w);
            let (ih, iw) = (seen(&window.y, oh, kh), seen(&window.x, ow, kw));
            let (Some(ih), Some(iw)) = (ih, iw) else { continue };
            for channel in 0..oc {
                for c in 0..cg {
                    let from = ((n * h + ih) * w + iw) * window.c + channel / m * cg + c;
                    let weight = ((channel * cg + c) * kernel_h + kh) * kernel_w + kw;
                    visit(from, pixel * oc + channel, weight);
                }
            }
        }
    }
}

/// The input that a tap of an output sees, if it is inside.
fn seen(axis: &Axis, out: usize, tap: usize) -> Option<usize> {
    let at = (out * axis.stride + tap * axis.dilation).checked_sub(axis.before)?;
    (at < axis.size).then_some(at)
}
