//! The formula, gathered per output element.

use super::ConvTranspose;
use crate::filter::Layout;
use crate::matrix::MatMut;

/// `y[n][oh][ow][oc] = act(bias[oc] + sum over kh, kw, c of x[n][ih][iw][c] * w[c][oc][kh][kw])`
/// over the inputs `ih = (oh + PT - kh * DH) / SH`, `iw` likewise, where those are whole numbers
/// inside the input, and the channels `c` of the group of `oc`.
///
/// `filter` in [`Layout::Raw`]; `y` `[N, OH, OW, OC]` is overwritten. Sums in f64.
#[inline(never)]
pub fn conv_transpose2d(conv: &ConvTranspose<'_>, mut y: MatMut<'_>) {
    debug_assert_eq!(conv.filter.layout(), Layout::Raw);
    let (oh, ow) = (conv.y_axis.out, conv.x_axis.out);
    for pixel in 0..y.rows() {
        let (n, row, column) = (pixel / (oh * ow), pixel / ow % oh, pixel % ow);
        let y = y.row(pixel);
        for (channel, y) in y.iter_mut().enumerate() {
            let sum = one_output(conv, n, [row, column], channel);
            *y = sum as f32 + conv.bias.map_or(0.0, |bias| bias[channel]);
        }
        conv.activation.apply(y);
    }
}

fn one_output(
    conv: &ConvTranspose<'_>,
    n: usize,
    [row, column]: [usize; 2],
    channel: usize,
) -> f64 {
    let spec = conv.filter.spec();
    let [c, oc_of_group, kernel_h, kernel_w] = spec.dims;
    let (h, w) = (conv.y_axis.axis.size, conv.x_axis.axis.size);
    let (group, channel) = (channel / oc_of_group, channel % oc_of_group);
    let channels = c / spec.groups;
    let mut sum = 0.0f64;
    for kh in 0..kernel_h {
        let Some(ih) = conv.y_axis.source(row, kh) else {
            continue;
        };
        for kw in 0..kernel_w {
            let Some(iw) = conv.x_axis.source(column, kw) else {
                continue;
            };
            for ic in group * channels..(group + 1) * channels {
                let x = conv.x[((n * h + ih) * w + iw) * c + ic];
                let at = ((ic * oc_of_group + channel) * kernel_h + kh) * kernel_w + kw;
                sum += f64::from(x) * f64::from(conv.filter.data()[at]);
            }
        }
    }
    sum
}
