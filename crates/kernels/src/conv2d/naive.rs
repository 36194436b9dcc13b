//! The formula as loops. It shares no loop and no geometry with the versions that are measured
//! against it.

use super::Conv;
use crate::filter::Layout;
use crate::geometry::Axis;
use crate::matrix::MatMut;

/// `y[n][oh][ow][oc] = act(bias[oc] + residual + sum over kh, kw, c of
/// x[n][oh * SH + kh * DH - PT][ow * SW + kw * DW - PL][c] * w[oc][c][kh][kw])`,
/// where `x` outside the image is zero and `c` runs over the channels of the group of `oc`.
///
/// `filter` in [`Layout::Raw`]; `y` is overwritten, never read. Sums in f32, in the order of the
/// loops, as all other versions have them. Source: Dumoulin and Visin 2016, arXiv 1603.07285.
#[inline(never)]
pub fn conv2d(conv: &Conv<'_>, mut y: MatMut<'_>) {
    debug_assert_eq!(conv.filter.layout(), Layout::Raw);
    let (oh, ow) = (conv.window.oh, conv.window.ow);
    let is_clamp = conv.activation.bounds().is_some();
    for pixel in 0..conv.n * oh * ow {
        let at = [pixel / (oh * ow), pixel / ow % oh, pixel % ow];
        let y = y.row(pixel);
        let channels = y.len();
        for (channel, y) in y.iter_mut().enumerate() {
            let bias = conv.bias.map_or(0.0, |bias| bias[channel]);
            let residual = conv.residual.map_or(0.0, |addend| addend[pixel * channels + channel]);
            let sum = one_output(conv, at, channel) + bias + residual;
            *y = if is_clamp { conv.activation.value(sum) } else { sum };
        }
        if !is_clamp {
            conv.activation.apply(y);
        }
    }
}

/// The sum of one output element.
fn one_output(conv: &Conv<'_>, [n, oh, ow]: [usize; 3], channel: usize) -> f32 {
    let (window, weights) = (conv.window, conv.filter.data());
    let [oc, cg, kernel_h, kernel_w] = conv.filter.spec().dims;
    let (h, w, c_all) = (window.y.size, window.x.size, window.c);
    let first = channel / (oc / conv.filter.spec().groups) * cg;
    let mut sum = 0.0;
    for kh in 0..kernel_h {
        for kw in 0..kernel_w {
            let (Some(ih), Some(iw)) = (source(&window.y, oh, kh), source(&window.x, ow, kw))
            else {
                continue;
            };
            for c in 0..cg {
                let x = conv.x[((n * h + ih) * w + iw) * c_all + first + c];
                sum += x * weights[((channel * cg + c) * kernel_h + kh) * kernel_w + kw];
            }
        }
    }
    sum
}

/// The input that a tap of an output sees, if it is inside.
fn source(axis: &Axis, out: usize, tap: usize) -> Option<usize> {
    let at = (out * axis.stride + tap * axis.dilation).checked_sub(axis.before)?;
    (at < axis.size).then_some(at)
}
