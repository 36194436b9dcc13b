//! The formula in f64, on plain slices: what all versions are tested against.

use super::Conv;
use crate::geometry::Axis;

/// `y[n][oh][ow][oc]` of `conv` with `weights` `[OC][C / groups][KH][KW]`, each sum kept in f64 and
/// rounded once. It shares neither loops nor geometry with the kernels.
pub fn conv2d(conv: &Conv<'_>, weights: &[f32]) -> Vec<f32> {
    let (window, oc) = (conv.window, conv.oc());
    let mut y = Vec::new();
    for pixel in 0..conv.n * window.oh * window.ow {
        let at = [pixel / window.ow % window.oh, pixel % window.ow];
        let image = conv.image(pixel / (window.oh * window.ow));
        for channel in 0..oc {
            let bias = conv.bias.map_or(0.0, |bias| bias[channel]);
            let residual = conv.residual.map_or(0.0, |residual| residual[pixel * oc + channel]);
            y.push(sum(conv, image, weights, at, channel) as f32 + bias + residual);
        }
    }
    y.chunks_mut(oc).for_each(|pixel| conv.activation.apply(pixel));
    y
}

fn sum(conv: &Conv<'_>, image: &[f32], weights: &[f32], at: [usize; 2], channel: usize) -> f64 {
    let [_, cg, kernel_h, kernel_w] = conv.filter.spec().dims;
    let first = channel / conv.filter.spec().m() * cg;
    let mut sum = 0.0;
    for tap in 0..kernel_h * kernel_w {
        let ih = source(conv.window.y, at[0], tap / kernel_w);
        let iw = source(conv.window.x, at[1], tap % kernel_w);
        let (Some(ih), Some(iw)) = (ih, iw) else {
            continue;
        };
        for c in 0..cg {
            let x = image[(ih * conv.window.x.size + iw) * conv.window.c + first + c];
            sum +=
                f64::from(x) * f64::from(weights[(channel * cg + c) * kernel_h * kernel_w + tap]);
        }
    }
    sum
}

/// The input that a tap of an output sees, if it is inside.
fn source(axis: Axis, out: usize, tap: usize) -> Option<usize> {
    let at = (out * axis.stride + tap * axis.dilation).checked_sub(axis.before)?;
    (at < axis.size).then_some(at)
}
