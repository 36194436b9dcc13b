//! What the losses are given: numbers, weights, boxes, masks.

use receptive_kernels::loss::Reduction::Mean;
use receptive_kernels::loss::box_iou::{BoxForm, Overlap};
use receptive_kernels::loss::cross_entropy::IGNORED;
use receptive_kernels::loss::dice::SoftDice;

pub(super) const OVERLAPS: [Overlap; 4] =
    [Overlap::Iou, Overlap::Giou, Overlap::Diou, Overlap::Ciou];
pub(super) const FORMS: [BoxForm; 3] = [BoxForm::Corners, BoxForm::Distances, BoxForm::Centre];

/// Numbers in [-1, 1), none of which is twice the same.
pub(super) fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed ^ 0x9e37_79b9;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

pub(super) fn scaled(len: usize, seed: u32, scale: f32, offset: f32) -> Vec<f32> {
    numbers(len, seed).into_iter().map(|x| scale * x + offset).collect()
}

/// Weights of which every third is 0.
pub(super) fn some(len: usize) -> Vec<f32> {
    let mut weights = scaled(len, 7, 0.9, 1.0);
    weights.iter_mut().step_by(3).skip(1).for_each(|weight| *weight = 0.0);
    weights
}

/// Boxes `[outer, 4, inner]`, whose sizes are positive.
pub(super) fn boxes(form: BoxForm, outer: usize, inner: usize, seed: u32) -> Vec<f32> {
    let mut boxes = numbers(outer * 4 * inner, seed);
    for outer in boxes.chunks_exact_mut(4 * inner) {
        for at in 0..inner {
            let size = |x: f32| 1.1 + x;
            let [a, b, c, d] = core::array::from_fn(|i| outer[i * inner + at]);
            let numbers = match form {
                BoxForm::Corners => [a, b, a + size(c), b + size(d)],
                BoxForm::Distances => [size(a), size(b), size(c), size(d)],
                BoxForm::Centre => [a, b, size(c), size(d)],
            };
            numbers.into_iter().enumerate().for_each(|(i, number)| outer[i * inner + at] = number);
        }
    }
    boxes
}

/// Of each image, all classes.
pub(super) fn soft(pixels: usize, classes: usize, smooth: f32) -> SoftDice {
    let (batch, background, ignored) = (false, true, IGNORED);
    SoftDice { pixels, classes, smooth, batch, background, ignored, reduction: Mean }
}
