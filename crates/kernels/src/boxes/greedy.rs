//! Version 1 of greedy suppression: sorted once, and each candidate asks the kept boxes that are
//! near (R-CNN: Girshick et al. 2014, arXiv 1311.2524, section 2.2).

use super::order::parts;
use super::reference::lowered;
use super::{Kept, Work};
use crate::simd::Isa;

/// The boxes in `order`, which is that of their scores. DIoU is never over the IoU, so the same
/// boxes are asked by either.
pub(super) fn run<I: Isa>(work: Work, order: Vec<u64>) -> Kept {
    let Work { boxes, scores, options, ranks, mut shelves } = work;
    let mut kept = Kept::default();
    for index in order.into_iter().map(|own| parts(own).1) {
        if kept.indices.len() >= options.max {
            break;
        }
        let own = boxes[index as usize];
        let rank = ranks.of(index as usize);
        let mut goes = |better, _| lowered(options, better, own, 0.0).is_none();
        if !shelves.any::<I>(rank, own, 0, &mut goes) {
            shelves.put(rank, own);
            kept.push(index, scores[index as usize]);
        }
    }
    kept
}
