//! What follows the network of a detector: which scores count, and which boxes are of the same
//! thing.
//!
//! In reading order: [`overlap`], two boxes; [`mod@reference`], version 0 of everything here, a page;
//! [`mod@scan`], the best class of each candidate in one pass over memory, whatever its order;
//! [`order`], a stable sort; [`shelves`], where kept boxes stand so that a candidate meets the few
//! that are near, four at a time; [`greedy`] and [`soft`], suppression over them.
//!
//! Classes are told apart by comparing them. Moving the boxes of each class elsewhere, so that one
//! pass does for all, rounds their coordinates.

pub mod greedy;
pub mod order;
pub mod overlap;
pub mod reference;
pub mod scan;
pub mod shelves;
pub mod soft;

#[cfg(test)]
mod tests;

use crate::error::{Code, Error};
use crate::simd::Native;
use order::sorted;
use shelves::{Ranks, Shelves};

/// Left, top, right, bottom.
pub type Rect = [f32; 4];

/// What becomes of a box that overlaps a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It goes, if the IoU is over the threshold.
    Greedy,
    /// It goes, if the DIoU is over the threshold (Zheng et al. 2020, arXiv 1911.08287): boxes of
    /// different centres may overlap more.
    Distance,
    /// Its score is multiplied by `exp(-IoU^2 / sigma)` (Bodla et al. 2017, arXiv 1704.04503).
    Gaussian,
    /// Its score is multiplied by `1 - IoU`, if the IoU is over the threshold (the same paper).
    Linear,
}

/// How boxes are suppressed. Numbers are f64, so that a threshold is what the caller wrote.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The threshold of the IoU, 0 to 1; a greater one suppresses. [`Method::Gaussian`] has none.
    pub iou: f64,
    /// How many are kept at most.
    pub max: usize,
    /// How many are looked at at most: those of the highest scores. The others are dropped before
    /// any box meets another.
    pub candidates: usize,
    /// What becomes of a box that overlaps a better one.
    pub method: Method,
    /// Width of the Gaussian, positive.
    pub sigma: f64,
    /// What is kept has a greater score. Soft suppression has a floor of 0 at least: to lower a
    /// negative score would raise it.
    pub floor: Option<f64>,
}

impl Options {
    /// Greedy suppression, by IoU alone.
    pub fn greedy(iou: f64, max: usize) -> Self {
        let candidates = usize::MAX;
        Options { iou, max, candidates, method: Method::Greedy, sigma: 0.5, floor: None }
    }

    /// The same, or [`Code::Argument`] for numbers that have no meaning.
    pub fn check(self) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&self.iou) {
            return Err(Error::new(Code::Argument, "iou has to be 0 to 1"));
        }
        if !(self.sigma > 0.0 && self.sigma < f64::INFINITY) {
            return Err(Error::new(Code::Argument, "sigma has to be positive"));
        }
        if self.floor.is_some_and(f64::is_nan) {
            return Err(Error::new(Code::Argument, "the floor of scores has to be a number"));
        }
        Ok(self)
    }

    fn is_soft(&self) -> bool {
        matches!(self.method, Method::Gaussian | Method::Linear)
    }

    /// Whether a score counts. NaN never does.
    fn counts(&self, score: f32) -> bool {
        let floor = match self.floor {
            Some(floor) if floor > 0.0 || !self.is_soft() => Some(floor),
            _ => self.is_soft().then_some(0.0),
        };
        let score = f64::from(score);
        floor.map_or(!score.is_nan(), |floor| score > floor)
    }
}

/// What is kept, in falling order of score; among equals the lower index first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// Places among the boxes that were given.
    pub indices: Vec<u32>,
    /// Their scores, which [`Method::Gaussian`] and [`Method::Linear`] lower.
    pub scores: Vec<f32>,
}

impl Kept {
    fn push(&mut self, index: u32, score: f32) {
        self.indices.push(index);
        self.scores.push(score);
    }
}

/// Keeps the best of `boxes` that overlap, among those of the same group, or among all.
///
/// A box that [`overlap::area`] has no number for overlaps nothing; a NaN score is never kept.
/// `boxes`, `scores` and `groups` have the same length; the options were checked.
///
/// Cost: O(n) to sort; then each of the candidates meets the kept boxes of its group that are near,
/// at worst all.
pub fn suppress(boxes: &[Rect], scores: &[f32], groups: Option<&[u32]>, options: &Options) -> Kept {
    let (work, order) = prepared(boxes, scores, groups, options);
    if options.is_soft() {
        soft::run::<Native>(work, order).0
    } else {
        greedy::run::<Native>(work, order)
    }
}

/// What both ways of suppression begin with, and the candidates as pairs, the best first.
fn prepared<'a>(
    boxes: &'a [Rect],
    scores: &'a [f32],
    groups: Option<&[u32]>,
    options: &'a Options,
) -> (Work<'a>, Vec<u64>) {
    debug_assert!(boxes.len() == scores.len());
    debug_assert!(groups.is_none_or(|groups| groups.len() == scores.len()));
    let mut order = sorted(scores, |score| options.counts(score));
    order.truncate(options.candidates);
    let ranks = Ranks::new(groups, &order);
    let least = if options.method == Method::Gaussian { 0.0 } else { options.iou };
    let shelves = Shelves::new(boxes, &ranks, &order, least);
    (Work { boxes, scores, options, ranks, shelves }, order)
}

/// What both ways of suppression begin with.
struct Work<'a> {
    boxes: &'a [Rect],
    scores: &'a [f32],
    options: &'a Options,
    ranks: Ranks,
    shelves: Shelves,
}
