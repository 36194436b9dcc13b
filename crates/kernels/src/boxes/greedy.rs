//! Version 1 of greedy suppression: sorted once, and each candidate asks the kept boxes that are
//! near (R-CNN: Girshick et al. 2014, arXiv 1311.2524, section 2.2).

use super::order::{parts, sorted};
use super::reference::lowered;
use super::shelves::{Ranks, Shelves};
use super::{Kept, Options, Rect};
use crate::simd::Isa;

/// As [`super::suppress`], for the methods by which boxes go. DIoU is never over the IoU, so the
/// same boxes are asked.
pub fn suppress<I: Isa>(
    boxes: &[Rect],
    scores: &[f32],
    groups: Option<&[u32]>,
    options: &Options,
) -> Kept {
    let order = sorted(scores, |score| options.counts(score));
    let ranks = Ranks::new(groups, &order);
    let mut shelves = Shelves::new(boxes, &ranks, &order, options.iou, true);
    let mut kept = Kept::default();
    for index in order.into_iter().map(|own| parts(own).1) {
        if kept.indices.len() >= options.max {
            break;
        }
        let own = boxes[index as usize];
        let rank = ranks.of(index as usize);
        if !shelves.any::<I>(rank, own, 0, |better| lowered(options, better, own, 0.0).is_none()) {
            shelves.put(rank, own);
            kept.push(index, scores[index as usize]);
        }
    }
    kept
}
