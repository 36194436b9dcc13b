//! Version 1 of soft suppression. Scores only fall, so a score that is out of date is a bound: the
//! candidate of the highest is brought up to date, and is the best if it is the highest still. A
//! candidate that never comes near the top meets no box at all.

use super::order::{falling, pair, parts, score, sorted};
use super::reference::lowered;
use super::shelves::{Ranks, Shelves};
use super::{Kept, Method, Options, Rect};
use crate::simd::Isa;
use std::collections::BinaryHeap;

/// As [`super::suppress`], for the methods by which scores fall. The bits are those of the
/// reference: a candidate meets the kept boxes in their order.
pub fn suppress<I: Isa>(
    boxes: &[Rect],
    scores: &[f32],
    groups: Option<&[u32]>,
    options: &Options,
) -> Kept {
    let order = sorted(scores, |score| options.counts(score));
    let ranks = Ranks::new(groups, &order);
    let threshold = if options.method == Method::Linear { options.iou } else { 0.0 };
    let mut shelves = Shelves::new(boxes, &ranks, &order, threshold, false);
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
        let gone = shelves.any::<I>(rank, own, met[index as usize], |better| {
            left = lowered(options, better, own, left).unwrap_or(0.0);
            !options.counts(left)
        });
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
