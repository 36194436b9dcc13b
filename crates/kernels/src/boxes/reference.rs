//! Version 0: what suppression and scanning mean, without a thought of time.

use super::overlap::{diou, iou};
use super::scan::{Activation, Hit, Scan};
use super::{Kept, Method, Options, Rect};
use crate::elementary::exp::exp;
use crate::elementary::logistic::sigmoid;

/// As [`super::suppress`]: takes the best box that is left, and makes those that overlap it go or
/// lowers their scores, again and again. O(n^2)
pub fn suppress(boxes: &[Rect], scores: &[f32], groups: Option<&[u32]>, options: &Options) -> Kept {
    let mut scores = scores.to_vec();
    let mut left: Vec<usize> = (0..boxes.len()).filter(|&i| options.counts(scores[i])).collect();
    // Stable: among equals the lower index is a candidate first.
    left.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).expect("no NaN counts"));
    left.truncate(options.candidates);
    left.sort();
    let mut kept = Kept::default();
    while let Some(best) =
        left.iter().copied().reduce(|a, b| if scores[b] > scores[a] { b } else { a })
    {
        if kept.indices.len() == options.max {
            break;
        }
        kept.push(best as u32, scores[best]);
        left.retain(|&i| {
            if i == best || groups.is_some_and(|groups| groups[i] != groups[best]) {
                return i != best;
            }
            match lowered(options, boxes[best], boxes[i], scores[i]) {
                Some(score) => scores[i] = score,
                None => return false,
            }
            options.counts(scores[i])
        });
    }
    kept
}

/// The score of a box beside a better one that is kept; `None` if it goes.
#[inline(never)]
pub fn lowered(options: &Options, better: Rect, own: Rect, score: f32) -> Option<f32> {
    let iou = iou(better, own);
    let over = |overlap: f32| f64::from(overlap) > options.iou;
    match options.method {
        Method::Greedy => (!over(iou)).then_some(score),
        Method::Distance => (!over(diou(better, own))).then_some(score),
        Method::Gaussian => {
            let square = f64::from(iou) * f64::from(iou);
            Some(score * exp::<f64>((-square / options.sigma) as f32))
        }
        Method::Linear => Some(if over(iou) { score * (1.0 - iou) } else { score }),
    }
}

/// As [`super::scan::scan`].
pub fn scan(spec: &Scan, scores: &[f32]) -> Vec<Hit> {
    let mut all: Vec<Hit> = Vec::new();
    for i in 0..spec.candidates {
        let given = spec.objectness.map(|(offset, stride)| scores[offset + i * stride]);
        let object = given.map(|x| spec.probability(x));
        if given == Some(f32::NEG_INFINITY) || object.is_some_and(|object| !spec.is_over(object)) {
            continue;
        }
        let own =
            |k: usize| scores[spec.offset + i * spec.candidate_stride + k * spec.class_stride];
        let best =
            (0..spec.classes).map(own).filter(|x| !x.is_nan()).fold(f32::NEG_INFINITY, f32::max);
        let first = (0..spec.classes).find(|&k| own(k) == best);
        for k in (0..spec.classes).filter(|&k| spec.multi_label || Some(k) == first) {
            let score = spec.probability(own(k)) * object.unwrap_or(1.0);
            if own(k) > f32::NEG_INFINITY && spec.is_over(score) {
                all.push(Hit { index: i as u32, class: k as u32, score });
            }
        }
    }
    // Stable: among equals candidates stay in their order, and classes of one.
    all.sort_by(|a, b| b.score.partial_cmp(&a.score).expect("no NaN is over a threshold"));
    all.truncate(spec.most);
    all
}

impl Scan {
    /// A number of the network as a probability.
    #[inline(never)]
    pub fn probability(&self, x: f32) -> f32 {
        match self.activation {
            Activation::None => x,
            Activation::Sigmoid => sigmoid::<f64>(x),
        }
    }
}
