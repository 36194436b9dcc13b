//! What the second stage finds.

use super::coder::{clip, decode, is_as_large};
use super::{Edges, Image, Rules, edges};
use crate::boxes::{Options, suppress};
use crate::roi::ROW;
use crate::softmax::softmax;

/// What is known of each region, of K classes with the background as the first.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// `[R, 5]`: the regions.
    pub rois: &'a [f32],
    /// `[R, K]`
    pub logits: &'a [f32],
    /// `[R, K * 4]`: offsets of each class's box from the region.
    pub offsets: &'a [f32],
    /// K
    pub classes: usize,
}

/// A box of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Where it is.
    pub edges: Edges,
    /// The softmax of its class.
    pub score: f32,
    /// Its class, from 1 on.
    pub label: u32,
}

/// The boxes of image number `at`, best first, at most `most`: of each region and class one,
/// decoded, clipped, over the threshold and large enough; then those that no better one of the same
/// class covers. Where scores are equal the first one in order of regions and classes is better.
pub fn of_image(
    found: Found<'_>,
    at: usize,
    image: Image,
    rules: &Rules,
    most: usize,
) -> Vec<Detection> {
    let Found { rois, logits, offsets, classes } = found;
    let (mut boxes, mut scores, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let mut shares = vec![0.0; classes];
    for (r, roi) in rois.chunks_exact(ROW).enumerate().filter(|(_, roi)| roi[0] == at as f32) {
        shares.copy_from_slice(&logits[r * classes..][..classes]);
        softmax(&mut shares, 1, false);
        for (class, &score) in
            shares.iter().enumerate().skip(1).filter(|(_, score)| **score > rules.score)
        {
            let offsets = edges(&offsets[(r * classes + class) * 4..]);
            let decoded = clip(decode(edges(&roi[1..]), offsets, rules.weights), image);
            if is_as_large(decoded, rules.least) {
                boxes.push(decoded);
                scores.push(score);
                labels.push(class as u32);
            }
        }
    }
    let kept =
        suppress(&boxes, &scores, Some(&labels), &Options::greedy(f64::from(rules.iou), most));
    let detection = |i: usize| Detection { edges: boxes[i], score: scores[i], label: labels[i] };
    kept.indices.into_iter().map(|i| detection(i as usize)).collect()
}

/// Detections of all images.
#[derive(Debug)]
pub struct Detections<'a> {
    /// `[N, most, 4]`
    pub boxes: &'a mut [f32],
    /// `[N, most]`
    pub scores: &'a mut [f32],
    /// `[N, most]`
    pub labels: &'a mut [f32],
    /// `[N]`
    pub counts: &'a mut [f32],
}

/// Detections of all images; what is behind an image's own is 0.
#[inline(never)]
pub fn detections(found: Found<'_>, image: Image, rules: &Rules, y: Detections<'_>) {
    let most = y.scores.len() / y.counts.len();
    y.boxes.fill(0.0);
    y.scores.fill(0.0);
    y.labels.fill(0.0);
    for (at, count) in y.counts.iter_mut().enumerate() {
        let all = of_image(found, at, image, rules, most);
        *count = all.len() as f32;
        for (i, Detection { edges, score, label }) in all.into_iter().enumerate() {
            let row = at * most + i;
            y.boxes[row * 4..][..4].copy_from_slice(&edges);
            y.scores[row] = score;
            y.labels[row] = label as f32;
        }
    }
}
