//! One convolution, six times: from the formula to Winograd, a page each.
//!
//! All lessons have one signature, on plain slices, for one image:
//!
//! ```text
//! conv(shape, x, weights, bias, y)
//!      x        [C, H, W]          the image
//!      weights  [OC, C, KH, KW]    one kernel of C planes for each output channel
//!      bias     [OC]
//!      y        [OC, OH, OW]       overwritten, never read before
//! ```
//!
//! The last index is the one whose elements are neighbours in memory: `x[c][h][w]` is written
//! `x[(c * H + h) * W + w]`. As a matrix product the sizes are called M x N x K: M = OC output
//! channels, N = OH * OW output pixels, K = C * KH * KW terms in each sum. A lesson needs
//! M * N * K multiply-adds, but for the last, and panics where a slice is too short for the shape;
//! [`Lesson::run`] checks before.
//!
//! Each page begins with what it buys: time on one layer (64 to 64 channels, 56 x 56, 3 x 3, pad 1:
//! 116 million multiply-adds), compared with the page before. This was measured in WebAssembly with
//! SIMD, Node 20 on an AMD EPYC, medians of runs in turn. Another machine has other ratios:
//! `node tests/bench/lessons.mjs` finds yours.
//!
//! They compute the right thing; they are not what the product runs, which is
//! `receptive-kernels`: channels-last, fused with what follows, on many threads.
#![deny(unsafe_code)]
// The arithmetic of indices is the subject here.
#![allow(clippy::needless_range_loop)]

pub mod lanes;
pub mod lesson0_naive;
pub mod lesson1_im2col;
pub mod lesson2_blocked;
pub mod lesson3_register_tile;
pub mod lesson4_packed_simd;
pub mod lesson5_winograd;
mod shape;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod winograd_transforms;

pub use shape::{Error, MAX_ELEMENTS, Shape};

/// What all lessons are: shape, image, weights and bias in, output out.
pub type Conv = fn(&Shape, &[f32], &[f32], &[f32], &mut [f32]);

/// One version of convolution.
#[derive(Debug, Clone, Copy)]
pub struct Lesson {
    /// What it adds to the one before.
    pub name: &'static str,
    /// The page. It panics where a slice is too short, or the shape is not supported.
    pub conv: Conv,
    /// Whether it can compute a shape.
    pub supports: fn(&Shape) -> bool,
}

/// The lessons in reading order.
pub const LESSONS: [Lesson; 6] = [
    Lesson { name: "naive", conv: lesson0_naive::conv, supports: all },
    Lesson { name: "im2col", conv: lesson1_im2col::conv, supports: all },
    Lesson { name: "blocked", conv: lesson2_blocked::conv, supports: all },
    Lesson { name: "register tile", conv: lesson3_register_tile::conv, supports: all },
    Lesson { name: "packed + SIMD", conv: lesson4_packed_simd::conv, supports: all },
    Lesson {
        name: "Winograd F(2,3)",
        conv: lesson5_winograd::conv,
        supports: lesson5_winograd::supports,
    },
];

fn all(_: &Shape) -> bool {
    true
}

impl Lesson {
    /// Computes `y`, or says why it cannot and leaves `y` as it is: [`Error::Length`] for a slice
    /// that is not as long as [`Shape::lens`] says, [`Error::Unsupported`] for a shape that the
    /// lesson is not for.
    pub fn run(
        &self,
        shape: &Shape,
        x: &[f32],
        weights: &[f32],
        bias: &[f32],
        y: &mut [f32],
    ) -> Result<(), Error> {
        if shape.lens() != [x.len(), weights.len(), bias.len(), y.len()] {
            return Err(Error::Length);
        }
        if !(self.supports)(shape) {
            return Err(Error::Unsupported);
        }
        (self.conv)(shape, x, weights, bias, y);
        Ok(())
    }
}
