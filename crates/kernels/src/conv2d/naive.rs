//! The formula as loops.

use super::Conv;
use crate::filter::Layout;
use crate::gemm::naive::finish;
use crate::matrix::MatMut;

/// `y[n][oh][ow][oc] = act(bias[oc] + residual + sum over kh, kw, c of
/// x[n][oh * SH + kh * DH - PT][ow * SW + kw * DW - PL][c] * w[oc][c][kh][kw])`,
/// where `x` outside the image is zero and `c` runs over the channels of the group of `oc`.
///
/// `filter` in [`Layout::Raw`]; `y` is overwritten, never read. Sums in f32, in the order of the
/// loops, as all other versions have them. Source: Dumoulin and Visin 2016, arXiv 1603.07285.
pub fn conv2d(conv: &Conv<'_>, mut y: MatMut<'_>) {
    debug_assert_eq!(conv.filter.layout(), Layout::Raw);
    let window = conv.window;
    for n in 0..conv.n {
        for oh in 0..window.oh {
            for ow in 0..window.ow {
                let pixel = (n * window.oh + oh) * window.ow + ow;
                for (channel, y) in y.row(pixel).iter_mut().enumerate() {
                    let sum = one_output(conv, n, oh, ow, channel);
                    *y = finish(sum, pixel, channel, conv.epilogue_of_all());
                }
            }
        }
    }
    conv.activate(&mut y);
}

/// The sum of one output element.
fn one_output(conv: &Conv<'_>, n: usize, oh: usize, ow: usize, channel: usize) -> f32 {
    let window = conv.window;
    let (image, weights) = (conv.image(n), conv.filter.data());
    let (kernel_h, kernel_w, cg) = (window.y.kernel, window.x.kernel, conv.cg());
    let group = channel / conv.filter.spec().m();
    let mut sum = 0.0;
    for kh in window.y.taps(oh) {
        for kw in window.x.taps(ow) {
            let (ih, iw) = (window.y.input(oh, kh), window.x.input(ow, kw));
            let pixel = (ih * window.x.size + iw) * window.c + group * cg;
            for c in 0..cg {
                let weight = weights[((channel * cg + c) * kernel_h + kh) * kernel_w + kw];
                sum += image[pixel + c] * weight;
            }
        }
    }
    sum
}
