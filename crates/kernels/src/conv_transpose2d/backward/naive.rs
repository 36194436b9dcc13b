//! The formula as loops over the input, each of its products passed back to both factors.

use super::super::TransposedAxis;

/// A transposed convolution in plain numbers.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Images.
    pub n: usize,
    /// Vertical and horizontal axis.
    pub axes: [TransposedAxis; 2],
    /// Channels of input and output.
    pub channels: [usize; 2],
    /// Groups of channels.
    pub groups: usize,
}

/// `dw[c][oc][kh][kw] = sum over n, ih, iw of x[n][ih][iw][c] * dy[n][oh][ow][oc]`, in f64.
pub fn weight_gradient(sizes: &Sizes, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let mut sums = vec![0.0; dw.len()];
    each_product(sizes, |from, to, weight| sums[weight] += f64::from(x[from]) * f64::from(dy[to]));
    dw.iter_mut().zip(sums).for_each(|(dw, sum)| *dw = sum as f32);
}

/// `dx[n][ih][iw][c] = sum over kh, kw, oc of dy[n][oh][ow][oc] * w[c][oc][kh][kw]`, in f64.
pub fn input_gradient(sizes: &Sizes, dy: &[f32], w: &[f32], dx: &mut [f32]) {
    let mut sums = vec![0.0; dx.len()];
    each_product(sizes, |from, to, weight| sums[from] += f64::from(w[weight]) * f64::from(dy[to]));
    dx.iter_mut().zip(sums).for_each(|(dx, sum)| *dx = sum as f32);
}

/// Calls `visit` with where x, y and the weight lie for every product of the forward formula
/// `y[n][ih * SH + kh * DH - PT][..][oc] += x[n][ih][..][c] * w[c][oc][kh][kw]`.
pub(super) fn each_product(sizes: &Sizes, mut visit: impl FnMut(usize, usize, usize)) {
    let Sizes { n, axes: [y, x], channels: [c, oc], groups } = *sizes;
    let (h, w, og, cg) = (y.axis.size, x.axis.size, oc / groups, c / groups);
    let (kernel_h, kernel_w) = (y.axis.kernel, x.axis.kernel);
    for pixel in 0..n * h * w {
        let (image, ih, iw) = (pixel / (h * w), pixel / w % h, pixel % w);
        for tap in 0..kernel_h * kernel_w {
            let oh = ih * y.axis.stride + tap / kernel_w * y.axis.dilation;
            let ow = iw * x.axis.stride + tap % kernel_w * x.axis.dilation;
            let inside = (y.axis.before..y.axis.before + y.out).contains(&oh)
                && (x.axis.before..x.axis.before + x.out).contains(&ow);
            if !inside {
                continue;
            }
            let to = (image * y.out + oh - y.axis.before) * x.out + ow - x.axis.before;
            for channel in 0..c {
                for out in 0..og {
                    let weight = (channel * og + out) * kernel_h * kernel_w + tap;
                    visit(pixel * c + channel, to * oc + channel / cg * og + out, weight);
                }
            }
        }
    }
}
