//! What both stages are to say of boxes, of which some are drawn (Ren et al. 2015, sections 3.1.2
//! and 3.2; torchvision's `RegionProposalNetwork` and `RoIHeads`).

use super::anchors::Grid;
use super::coder::{encode, is_as_large};
use super::matcher::{Match, Thresholds, matches};
use super::sampler::{Share, sample};
use super::{Edges, edges};
use crate::random::stream::Stream;
use crate::roi::ROW;

/// Numbers of a true box: left, top, right, bottom, class from 1 on; 0 where there is none.
pub const TRUTH: usize = 5;

/// Which boxes are matched with true ones, which of them are drawn, and how offsets are encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// When a box matches.
    pub thresholds: Thresholds,
    /// How many are drawn of an image.
    pub share: Share,
    /// What offsets are multiplied by.
    pub weights: [f32; 4],
}

/// The true boxes of an image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truths {
    /// Where they are.
    pub boxes: Vec<Edges>,
    /// Class of each, from 1 on.
    pub labels: Vec<usize>,
}

impl Truths {
    /// Those of rows of [`TRUTH`] numbers. None if a row is neither a box of finite numbers and
    /// positive size with a class below `classes`, nor of class 0.
    pub fn read(rows: &[f32], classes: usize) -> Option<Self> {
        let mut truths = Truths::default();
        for row in rows.chunks_exact(TRUTH) {
            let (found, label) = (edges(row), row[4]);
            if label == 0.0 {
                continue;
            }
            let sized = found.iter().all(|edge| edge.is_finite()) && has_size(found);
            // NaN becomes 0, and so is no class.
            let class = label as usize;
            if !sized || class == 0 || class >= classes || class as f32 != label {
                return None;
            }
            truths.boxes.push(found);
            truths.labels.push(class);
        }
        Some(truths)
    }
}

/// A box without a size has no offsets from it.
fn has_size(found: Edges) -> bool {
    is_as_large(found, f32::MIN_POSITIVE)
}

/// A box that was drawn, and what is to be said of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Which one: an anchor or a row.
    pub at: usize,
    /// Its class and its offsets; none for background.
    pub truth: Option<(usize, [f32; 4])>,
}

/// Boxes of an image that are learnt from, those with an object first, each in rising order. `first`
/// is the index of its first random word.
pub fn drawn(
    boxes: &[Edges],
    truths: &Truths,
    rule: &Rule,
    stream: &Stream,
    first: u64,
) -> Vec<Drawn> {
    let found = matches(boxes.iter().copied(), &truths.boxes, &rule.thresholds);
    let [positive, negative] = sample(&found, rule.share, stream, first);
    let said = |at: usize| {
        let Match::Truth(truth) = found[at] else { return Drawn { at, truth: None } };
        let offsets = encode(boxes[at], truths.boxes[truth], rule.weights);
        Drawn { at, truth: Some((truths.labels[truth], offsets)) }
    };
    positive.into_iter().chain(negative).map(said).collect()
}

/// The anchors of all levels that are learnt from, image by image; none where a true box is none.
pub fn of_anchors(
    grids: &[Grid],
    truths: &[f32],
    n: usize,
    rule: &Rule,
    stream: &Stream,
) -> Option<Vec<Vec<Drawn>>> {
    let anchors: Vec<Edges> =
        grids.iter().flat_map(|grid| (0..grid.len()).map(|at| grid.get(at))).collect();
    let mut images = Vec::with_capacity(n);
    for rows in truths.chunks_exact(truths.len() / n) {
        let truths = Truths::read(rows, usize::MAX)?;
        let first = (images.len() * anchors.len()) as u64;
        images.push(drawn(&anchors, &truths, rule, stream, first));
    }
    Some(images)
}

/// The values that one level is judged by, of all images, channels-last as its maps.
#[derive(Debug)]
pub struct LevelTargets<'a> {
    /// `[N, H, W, A]`: 1 with an object.
    pub labels: &'a mut [f32],
    /// `[N, H, W, A]`: 1 over the number of all anchors drawn.
    pub weights: &'a mut [f32],
    /// `[N, H, W, A * 4]`
    pub offsets: &'a mut [f32],
    /// `[N, H, W, A * 4]`
    pub offset_weights: &'a mut [f32],
}

impl LevelTargets<'_> {
    /// Writes what [`of_anchors`] drew: `len` anchors of the level, `first` before it.
    pub fn write(self, drawn: Option<&[Vec<Drawn>]>, first: usize, len: usize) {
        let LevelTargets { labels, weights, offsets, offset_weights } = self;
        let none = if drawn.is_some() { 0.0 } else { f32::NAN };
        labels.fill(0.0);
        offsets.fill(0.0);
        weights.fill(none);
        offset_weights.fill(none);
        let images = drawn.unwrap_or_default();
        let weight = share_of(images.iter().map(Vec::len).sum());
        for (image, drawn) in images.iter().enumerate() {
            let own = drawn.iter().filter(|one| (first..first + len).contains(&one.at));
            for &Drawn { at, truth } in own {
                let to = image * len + at - first;
                weights[to] = weight;
                let Some((_, values)) = truth else { continue };
                labels[to] = 1.0;
                offsets[to * 4..][..4].copy_from_slice(&values);
                offset_weights[to * 4..][..4].fill(weight);
            }
        }
    }
}

/// What one of all boxes drawn weighs.
fn share_of(all: usize) -> f32 {
    if all == 0 { 0.0 } else { 1.0 / all as f32 }
}

/// The regions that the second stage learns from, and what it is to say of them.
#[derive(Debug)]
pub struct RegionTargets<'a> {
    /// `[N * samples, 5]`
    pub rois: &'a mut [f32],
    /// `[N * samples]`: the class, 0 for background.
    pub labels: &'a mut [f32],
    /// `[N * samples]`: 1 over the number of all regions drawn.
    pub weights: &'a mut [f32],
    /// `[N * samples, K * 4]`
    pub offsets: &'a mut [f32],
    /// `[N * samples, K * 4]`
    pub offset_weights: &'a mut [f32],
}

impl RegionTargets<'_> {
    /// Writes all of it: of `n` images, `classes` with the background. True boxes are appended to the
    /// rows `[image, left, top, right, bottom]` of `proposed`; rows of no image, and such without a
    /// size, are left out. Where a true box is none, no region is drawn and weights are NaN.
    pub fn write(
        self,
        [proposed, truths]: [&[f32]; 2],
        [n, classes]: [usize; 2],
        rule: &Rule,
        stream: &Stream,
    ) {
        let RegionTargets { rois, labels, weights, offsets, offset_weights } = self;
        let found = candidates([proposed, truths], [n, classes], rule, stream);
        let none = if found.is_some() { 0.0 } else { f32::NAN };
        rois.chunks_exact_mut(ROW).for_each(|row| row.copy_from_slice(&[-1.0, 0.0, 0.0, 0.0, 0.0]));
        labels.fill(0.0);
        offsets.fill(0.0);
        weights.fill(none);
        offset_weights.fill(none);
        let images = found.unwrap_or_default();
        let weight = share_of(images.iter().map(|image| image.drawn.len()).sum());
        for (image, Candidates { boxes, drawn }) in images.iter().enumerate() {
            for (row, &Drawn { at, truth }) in drawn.iter().enumerate() {
                let to = image * rule.share.all + row;
                let [left, top, right, bottom] = boxes[at];
                rois[to * ROW..][..ROW].copy_from_slice(&[image as f32, left, top, right, bottom]);
                weights[to] = weight;
                let Some((label, values)) = truth else { continue };
                labels[to] = label as f32;
                let of_class = (to * classes + label) * 4;
                offsets[of_class..][..4].copy_from_slice(&values);
                offset_weights[of_class..][..4].fill(weight);
            }
        }
    }
}

/// Boxes of an image, and those that are drawn of them.
struct Candidates {
    boxes: Vec<Edges>,
    drawn: Vec<Drawn>,
}

/// What there is to draw from in each image: what is proposed, then true boxes.
fn candidates(
    [proposed, truths]: [&[f32]; 2],
    [n, classes]: [usize; 2],
    rule: &Rule,
    stream: &Stream,
) -> Option<Vec<Candidates>> {
    let (rows, true_rows) = (proposed.len() / n, truths.len() / n);
    let words = rows / ROW + true_rows / TRUTH;
    let mut all = Vec::with_capacity(n);
    for (image, truths) in truths.chunks_exact(true_rows).enumerate() {
        let truths = Truths::read(truths, classes)?;
        let mut own = Vec::new();
        for row in proposed[image * rows..][..rows].chunks_exact(ROW) {
            let found = edges(&row[1..]);
            if row[0] == image as f32 && has_size(found) {
                own.push(found);
            }
        }
        own.extend_from_slice(&truths.boxes);
        let drawn = drawn(&own, &truths, rule, stream, (image * words) as u64);
        all.push(Candidates { boxes: own, drawn });
    }
    Some(all)
}
