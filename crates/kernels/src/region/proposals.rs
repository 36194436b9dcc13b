//! What the region proposal network proposes.

use super::anchors::Grid;
use super::coder::{clip, decode, is_as_large};
use super::{Edges, Image, Rules, edges};
use crate::boxes::{Options, order, suppress};
use crate::elementary::logistic::sigmoid;
use crate::roi::ROW;

/// A level of the pyramid, channels-last.
#[derive(Debug, Clone, Copy)]
pub struct Level<'a> {
    /// `[N, H, W, A]`: how likely each anchor has an object, before the sigmoid.
    pub objectness: &'a [f32],
    /// `[N, H, W, A * 4]`: the offsets of boxes from anchors.
    pub offsets: &'a [f32],
    /// The anchors.
    pub grid: &'a Grid,
}

/// How many boxes are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Of each level before suppression.
    pub before: usize,
    /// Of an image after it.
    pub after: usize,
}

/// The boxes of one image, best first, with their scores: of each level the `before` of highest
/// objectness, decoded, clipped to the image, none smaller or of less score than `rules` say; then
/// those that no better one of the same level covers. Where scores are equal the first one in order
/// of levels, lines, columns, anchors is the better one. NaN never counts.
pub fn of_image(
    levels: &[Level<'_>],
    at: usize,
    image: Image,
    rules: &Rules,
    most: Most,
) -> Vec<(Edges, f32)> {
    let (mut boxes, mut scores, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for (group, level) in levels.iter().enumerate() {
        let len = level.grid.len();
        let objectness = &level.objectness[at * len..][..len];
        for anchor in highest(objectness, most.before) {
            let offsets = edges(&level.offsets[(at * len + anchor) * 4..]);
            let found = clip(decode(level.grid.get(anchor), offsets, rules.weights), image);
            let score = sigmoid::<f64>(objectness[anchor]);
            if is_as_large(found, rules.least) && score >= rules.score {
                boxes.push(found);
                scores.push(score);
                groups.push(group as u32);
            }
        }
    }
    let options = Options::greedy(f64::from(rules.iou), most.after);
    let kept = suppress(&boxes, &scores, Some(&groups), &options);
    kept.indices.into_iter().map(|i| (boxes[i as usize], scores[i as usize])).collect()
}

/// The indices of the highest values, highest first; of equal ones the lower index. NaN are none.
pub fn highest(values: &[f32], most: usize) -> Vec<usize> {
    let ranked = order::sorted(values, |value| !value.is_nan());
    ranked.into_iter().take(most).map(|pair| order::parts(pair).1 as usize).collect()
}

/// Regions of all images, `[N, most, 5]` as rows `[image, left, top, right, bottom]`, and how many
/// each image has. Rows behind those are of no image: `[-1, 0, 0, 0, 0]`.
#[inline(never)]
pub fn proposals(
    levels: &[Level<'_>],
    image: Image,
    rules: &Rules,
    most: Most,
    y: &mut [f32],
    counts: &mut [f32],
) {
    let rows = y.len() / counts.len() / ROW;
    for (at, (y, count)) in y.chunks_exact_mut(rows * ROW).zip(counts).enumerate() {
        let found = of_image(levels, at, image, rules, most);
        *count = found.len() as f32;
        let mut rows = y.chunks_exact_mut(ROW);
        for (([left, top, right, bottom], _), row) in found.into_iter().zip(rows.by_ref()) {
            row.copy_from_slice(&[at as f32, left, top, right, bottom]);
        }
        rows.for_each(|row| row.copy_from_slice(&[-1.0, 0.0, 0.0, 0.0, 0.0]));
    }
}
