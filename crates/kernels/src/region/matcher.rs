//! Which true box each box is to learn (Ren et al. 2015, section 3.1.2).

use super::Edges;
use crate::boxes::overlap::iou;

/// What a box is matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// True box number that.
    Truth(usize),
    /// None: it is background.
    Background,
    /// Something between, which is not learnt from.
    Ignored,
}

/// When a box matches a true one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From this overlap on.
    pub match_from: f32,
    /// Below this one a box is background.
    pub background_below: f32,
    /// Whether the boxes that overlap a true box most match the one that they overlap most, however
    /// little that is: so that each true box has one.
    pub low_quality: bool,
}

/// What each box is matched with; of several true boxes that it overlaps alike, the first. Without
/// true boxes all are background.
///
/// A true box that no box overlaps has none.
///
/// Costs two overlaps for each box and true box.
pub fn matches(
    boxes: impl Iterator<Item = Edges> + Clone,
    truths: &[Edges],
    thresholds: &Thresholds,
) -> Vec<Match> {
    let Thresholds { match_from, background_below, low_quality } = *thresholds;
    let mut most = vec![f32::NEG_INFINITY; truths.len()];
    let best: Vec<(usize, f32)> = boxes
        .clone()
        .map(|found| {
            let overlaps = truths.iter().map(|&truth| iou(truth, found)).enumerate();
            overlaps.fold((0, f32::NEG_INFINITY), |best, (truth, overlap)| {
                most[truth] = most[truth].max(overlap);
                if overlap > best.1 { (truth, overlap) } else { best }
            })
        })
        .collect();
    let is_most = |found: Edges| {
        let mut pairs = truths.iter().zip(&most);
        pairs.any(|(&truth, &most)| most > 0.0 && iou(truth, found) == most)
    };
    boxes
        .zip(best)
        .map(|(found, (truth, overlap))| match overlap {
            _ if truths.is_empty() => Match::Background,
            overlap if overlap >= match_from => Match::Truth(truth),
            _ if low_quality && is_most(found) => Match::Truth(truth),
            overlap if overlap < background_below => Match::Background,
            _ => Match::Ignored,
        })
        .collect()
}
