//! Version 1 of soft suppression. Scores only fall, so a score that is out of date is a bound: the
//! candidate of the highest is brought up to date, and is the best if it is the highest still. A
//! candidate that never comes near the top meets no box at all, and one that does meets each kept
//! box that touches it once. Where all touch each other that is n^2 / 2 meetings: hence
//! [`super::Options::candidates`].

use super::order::{falling, pair, parts, score};
use super::overlap::iou;
use super::reference::lowered;
use super::{Kept, Rect, Work};
use crate::simd::Isa;
use std::collections::BinaryHeap;

/// The boxes in `order`, and how many pairs of them met. The bits are those of the reference: a
/// candidate meets the kept boxes in their order, from whatever shelves they come.
pub(super) fn run<I: Isa>(work: Work, order: Vec<u64>) -> (Kept, u64) {
    let Work { boxes, scores, options, ranks, mut shelves } = work;
    // How many boxes were kept when each last met them.
    let mut met = vec![0; scores.len()];
    let (mut kept, mut pairs) = (Kept::default(), 0);
    let mut near: Vec<(u32, Rect)> = Vec::new();
    // The greatest of the complements is the least pair.
    let mut heap: BinaryHeap<u64> = order.into_iter().map(|own| !own).collect();
    while kept.indices.len() < options.max {
        let Some(top) = heap.pop() else { break };
        let (key, index) = parts(!top);
        let (own, rank) = (boxes[index as usize], ranks.of(index as usize));
        near.clear();
        shelves.any::<I>(rank, own, met[index as usize], &mut |better, when| {
            // A box that has nothing in common with it lowers no score.
            if iou(better, own) > 0.0 {
                near.push((when, better));
            }
            false
        });
        near.sort_unstable_by_key(|&(when, _)| when);
        met[index as usize] = shelves.count();
        let mut left = score(key);
        let gone = near.iter().any(|&(_, better)| {
            pairs += 1;
            left = lowered(options, better, own, left).unwrap_or(0.0);
            !options.counts(left)
        });
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
    (kept, pairs)
}
