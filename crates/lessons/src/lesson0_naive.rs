//! Lesson 0: the formula as six loops.
//!
//! **What it buys**: nothing but certainty. It is the definition, and every other lesson is tested
//! against it. It takes 175 ms for our layer, 1.3 GFLOP/s; the product takes a
//! fiftieth or less. (One multiply-add is two floating point operations, FLOP.)
//!
//! A kernel slides over the image. At each place, each weight is multiplied with the pixel that it
//! lies on, and the sum of all products is one output pixel:
//!
//! ```text
//!     x[c]                  weights[oc][c]         y[oc]
//!     . . . . . . .
//!     . a b c . . .           1 2 3                . . . . .
//!     . d e f . . .           4 5 6                . * . . .
//!     . g h i . . .           7 8 9                . . . . .
//!     . . . . . . .                                       OH x OW
//!           H x W              KH x KW
//!
//!     * = bias[oc] + 1a + 2b + 3c + 4d + 5e + 6f + 7g + 8h + 9i   for c = 0
//!                  + the same with the pixels and weights of c = 1, 2, ...
//! ```
//!
//! With `pad` zeros around the image, the output pixel at (oh, ow) sees the *padded* pixels from
//! (oh * stride, ow * stride) on. [`Shape::padded`] reads those.
//!
//! **Why it is slow.** Three reasons, and each of the next pages removes one:
//! - For every multiplication there is a test whether the pixel is inside the image, and an index to
//!   compute: far more work than the multiplication itself.
//! - Each sum is one long chain: an addition cannot begin before the last one has ended.
//! - What was loaded is used once. Yet each pixel is wanted by all OC kernels at up to KH * KW
//!   places, and each weight at all OH * OW pixels.
//!
//! Source of the formula: Dumoulin and Visin 2016, arXiv 1603.07285. As in all of deep learning the
//! kernel is not flipped, so that mathematicians would call this a cross-correlation.

use crate::Shape;

/// `y[oc][oh][ow] = bias[oc] + sum over c, kh, kw of
/// x[c][oh * stride + kh - pad][ow * stride + kw - pad] * weights[oc][c][kh][kw]`
pub fn conv(s: &Shape, x: &[f32], weights: &[f32], bias: &[f32], y: &mut [f32]) {
    for oc in 0..s.oc {
        for oh in 0..s.oh {
            for ow in 0..s.ow {
                let mut sum = bias[oc];
                for c in 0..s.c {
                    for kh in 0..s.kh {
                        for kw in 0..s.kw {
                            let pixel = s.padded(x, c, oh * s.stride + kh, ow * s.stride + kw);
                            sum += pixel * weights[((oc * s.c + c) * s.kh + kh) * s.kw + kw];
                        }
                    }
                }
                y[(oc * s.oh + oh) * s.ow + ow] = sum;
            }
        }
    }
}
