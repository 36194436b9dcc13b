//! Version 1 of soft suppression. Scores only fall, so a score that is out of date is a bound: the
//! candidate of the highest is brought up to date, and is the best if it is the highest still. A
//! candidate that never comes near the top meets no box at all.

use super::order::{falling, pair, parts, score};
use super::reference::lowered;
use super::{Kept, Work};
use crate::simd::Isa;
use std::collections::BinaryHeap;

/// The boxes in `order`. The bits are those of the reference: a candidate meets the kept boxes in
/// their order, hence on one shelf.
pub(super) fn run<I: Isa>(work: Work, order: Vec<u64>) -> Kept {
    let Work { boxes, scores, options, ranks, mut shelves } = work;
    // Boxes of its group that each has met.
    let mut met = vec![0; scores.len()];
    let mut kept = Kept::default();
    // The greatest of the complements is the least pair.
    let mut heap: BinaryHeap<u64> = order.into_iter().map(|own| !own).collect();
    while kept.indices.len() < options.max {
        let Some(top) = heap.pop() else { break };
        let (key, index) = parts(!top);
        let (own, rank) = (boxes[index as usize], ranks.of(index as usize));
        let mut left = score(key);
        let all = shelves.used(rank);
        let mut goes = |better| {
            left = lowered(options, better, own, left).unwrap_or(0.0);
            !options.counts(left)
        };
        let gone = shelves.any::<I>(rank, own, met[index as usize], &mut goes);
        met[index as usize] = all;
        if gone {
            continue;
        }
        if falling(left) == key {
            shelves.put(rank, own);
            kept.push(index, left);
        } else {
            heap.push(!pair(falling(left), index));
        }
    }
    kept
}
