//! Depthwise convolution: every channel has its own filter (Howard et al. 2017, arXiv 1704.04861).

use super::Conv;
use crate::filter::Layout;

/// Channels summed at a time; a few vectors, so that the sums of a block stay in registers.
const BLOCK: usize = 16;

/// `y[n][oh][ow][c] = act(bias[c] + residual + sum over kh, kw of x[n][ih][iw][c] * w[kh][kw][c])`.
///
/// `filter` in [`Layout::Depthwise`], `[KH * KW][C]`; `y` is overwritten. There is no sum over
/// channels, so the loop over channels is the vector loop.
pub fn conv2d(conv: &Conv<'_>, y: &mut [f32]) {
    debug_assert_eq!(conv.filter.layout(), Layout::Depthwise);
    let (window, c) = (conv.window, conv.window.c);
    let epilogue = conv.epilogue_of_all();
    for n in 0..conv.n {
        for oh in 0..window.oh {
            for ow in 0..window.ow {
                let at = ((n * window.oh + oh) * window.ow + ow) * c;
                one_pixel(conv, n, [oh, ow], &mut y[at..][..c]);
                let y = &mut y[at..][..c];
                if let Some(bias) = epilogue.bias {
                    y.iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
                }
                if let Some(residual) = epilogue.residual {
                    y.iter_mut().zip(&residual[at..]).for_each(|(y, residual)| *y += residual);
                }
                conv.activation.apply(y);
            }
        }
    }
}

/// The sums of one output pixel.
fn one_pixel(conv: &Conv<'_>, n: usize, [oh, ow]: [usize; 2], y: &mut [f32]) {
    let (window, c) = (conv.window, conv.window.c);
    let (image, weights) = (conv.image(n), conv.filter.data());
    let (taps_y, taps_x) = (window.y.taps(oh), window.x.taps(ow));
    for (block, y) in y.chunks_mut(BLOCK).enumerate() {
        let first = block * BLOCK;
        let mut sums = [0.0f32; BLOCK];
        for kh in taps_y.clone() {
            for kw in taps_x.clone() {
                let (ih, iw) = (window.y.input(oh, kh), window.x.input(ow, kw));
                let x = &image[(ih * window.x.size + iw) * c + first..];
                let w = &weights[(kh * window.x.kernel + kw) * c + first..];
                match (x.first_chunk::<BLOCK>(), w.first_chunk::<BLOCK>()) {
                    (Some(x), Some(w)) if y.len() == BLOCK => {
                        for i in 0..BLOCK {
                            sums[i] += x[i] * w[i];
                        }
                    }
                    _ => {
                        for ((sum, x), w) in sums.iter_mut().zip(&x[..y.len()]).zip(w) {
                            *sum += x * w;
                        }
                    }
                }
            }
        }
        y.copy_from_slice(&sums[..y.len()]);
    }
}
