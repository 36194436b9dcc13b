//! Which candidates of a detector have a class whose score counts.
//!
//! One pass finds the highest number of each candidate, in whatever order memory has them; what it
//! compares with is what the threshold was before the sigmoid, so that hardly any is computed.

use super::order::{falling, pair, parts, sort};
use crate::elementary::log::ln;
use crate::error::{Code, Error};
use crate::extremes::greater;
use crate::simd::{Isa, LANES, Native};

/// What makes a probability of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// It is one.
    None,
    /// `1 / (1 + exp(-x))`
    Sigmoid,
}

/// Where scores lie, in elements, and which count.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    /// Places that the detector looks at.
    pub candidates: usize,
    /// Scores of each.
    pub classes: usize,
    /// From a candidate to the next.
    pub candidate_stride: usize,
    /// From a class to the next.
    pub class_stride: usize,
    /// The first score.
    pub offset: usize,
    /// The first objectness, and from one to the next. Its product with a score is what counts, and
    /// it has to be over the threshold itself.
    pub objectness: Option<(usize, usize)>,
    /// What makes probabilities of scores and objectness.
    pub activation: Activation,
    /// A score that counts is greater.
    pub threshold: f64,
    /// Whether every class that is over the threshold counts, or the best alone.
    pub multi_label: bool,
    /// How many are kept at most: those of the highest score.
    pub most: usize,
}

/// A class that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The candidate.
    pub index: u32,
    /// The class.
    pub class: u32,
    /// Its probability.
    pub score: f32,
}

/// Candidates whose highest numbers are found at a time: as many as leave room in cache for the
/// rows that they are read from.
const TILE: usize = 256;
/// More than a sigmoid in f32 is off, relatively.
const SLACK: f64 = 1e-6;
/// Beyond those that are wanted, so many are collected before the lowest are left out.
const SPARE: usize = 1024;

/// Sorts by score, and leaves out what is beyond `most`. Returns a score: an equal one that comes
/// later is not among them.
#[inline(never)]
fn trim(found: &mut Vec<Hit>, most: usize) -> f32 {
    let keys = found.iter().map(|hit| falling(hit.score));
    let mut order: Vec<u64> = keys.zip(0..).map(|(key, at)| pair(key, at)).collect();
    sort(&mut order);
    order.truncate(most);
    *found = order.iter().map(|&own| found[parts(own).1 as usize]).collect();
    if found.len() < most { f32::NEG_INFINITY } else { found[most - 1].score }
}

impl Scan {
    /// The same, or [`Code::Shape`] where it reads beyond `len` scores, [`Code::Argument`] for a
    /// threshold that is NaN.
    pub fn check(self, len: usize) -> Result<Self, Error> {
        if self.threshold.is_nan() {
            return Err(Error::new(Code::Argument, "the threshold has to be a number"));
        }
        let last = |offset: usize, steps: &[(usize, usize)]| {
            steps.iter().try_fold(offset, |sum, &(count, stride)| {
                (count - 1).checked_mul(stride).and_then(|far| sum.checked_add(far))
            })
        };
        let inside = |last: Option<usize>| last.is_some_and(|last| last < len);
        let (rows, columns) = (self.candidates, self.classes);
        let fits = rows == 0
            || columns == 0
            || inside(last(
                self.offset,
                &[(rows, self.candidate_stride), (columns, self.class_stride)],
            )) && self
                .objectness
                .is_none_or(|(offset, stride)| inside(last(offset, &[(rows, stride)])));
        if fits {
            return Ok(self);
        }
        Err(Error::new(Code::Shape, "scores lie beyond the numbers that there are"))
    }

    /// Whether a probability is over the threshold.
    pub(super) fn is_over(&self, probability: f32) -> bool {
        f64::from(probability) > self.threshold
    }

    /// What a number has to be over, at least, for its probability to be over the threshold.
    fn bound(&self) -> f64 {
        let least = self.threshold * (1.0 - SLACK);
        match self.activation {
            Activation::None => self.threshold,
            Activation::Sigmoid if self.threshold >= 1.0 => f64::INFINITY,
            Activation::Sigmoid if least < f64::from(f32::MIN_POSITIVE) => f64::NEG_INFINITY,
            Activation::Sigmoid => ln(least / (1.0 - least)) - SLACK,
        }
    }

    /// The highest numbers of the candidates from `first` on; NaN is passed over.
    fn highest<I: Isa>(&self, scores: &[f32], first: usize, best: &mut [f32]) {
        best.fill(f32::NEG_INFINITY);
        let start = self.offset + first * self.candidate_stride;
        if self.candidate_stride == 1 {
            for class in 0..self.classes {
                raise::<I>(best, &scores[start + class * self.class_stride..][..best.len()]);
            }
            return;
        }
        for (at, best) in best.iter_mut().enumerate() {
            let own = &scores[start + at * self.candidate_stride..];
            if self.class_stride == 1 {
                *best = highest::<I>(&own[..self.classes]);
            } else {
                let all = (0..self.classes).map(|class| own[class * self.class_stride]);
                *best = all.fold(*best, greater);
            }
        }
    }
}

/// `best[i] = max(best[i], row[i])`, where NaN is passed over.
fn raise<I: Isa>(best: &mut [f32], row: &[f32]) {
    let (fours, end) = best.split_at_mut(best.len() / LANES * LANES);
    let (row_fours, row_end) = row.split_at(fours.len());
    for (best, row) in fours.chunks_exact_mut(LANES).zip(row_fours.chunks_exact(LANES)) {
        if let (Some(best), Some(row)) = (best.first_chunk_mut(), row.first_chunk()) {
            I::put(best, I::greater(I::get(best), I::get(row)));
        }
    }
    for (best, &x) in end.iter_mut().zip(row_end) {
        *best = greater(*best, x);
    }
}

/// The highest number of a row, where NaN is passed over.
fn highest<I: Isa>(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let fours = row.chunks_exact(LANES);
    let end = fours.remainder();
    let best = fours
        .filter_map(<[f32]>::first_chunk)
        .fold(I::get(&lanes), |best, four| I::greater(best, I::get(four)));
    I::put(&mut lanes, best);
    lanes.iter().chain(end).fold(f32::NEG_INFINITY, |best, &x| greater(best, x))
}

/// Finds the classes that count, in falling order of score; among equals by candidate, then by
/// class. A score or an objectness that is NaN or minus infinity never does.
///
/// `scores` has the length that the spec was checked with.
pub fn scan(spec: &Scan, scores: &[f32]) -> Vec<Hit> {
    scan_with::<Native>(spec, scores)
}

/// [`scan`] with the instructions that are named.
pub fn scan_with<I: Isa>(spec: &Scan, scores: &[f32]) -> Vec<Hit> {
    let mut found = Vec::new();
    if spec.classes == 0 || spec.most == 0 {
        return found;
    }
    let bound = spec.bound();
    // A product with an objectness that is given may be greater than its factor.
    let given = spec.activation == Activation::None && spec.objectness.is_some();
    let class_bound = if given { f64::NEG_INFINITY } else { bound };
    let object = |i: usize| spec.objectness.map(|(offset, stride)| scores[offset + i * stride]);
    let passes = |i: usize| object(i).is_none_or(|x| f64::from(x) > bound);
    let mut cut = f32::NEG_INFINITY;
    let mut best = [0.0; TILE];
    for first in (0..spec.candidates).step_by(TILE) {
        let end = spec.candidates.min(first + TILE);
        if !(first..end).any(passes) {
            continue;
        }
        spec.highest::<I>(scores, first, &mut best[..end - first]);
        for (i, &best) in (first..end).zip(&best) {
            if f64::from(best) > class_bound && passes(i) {
                let own = Own { index: i, best, bound: class_bound, object: object(i) };
                own.push_to(&mut found, spec, scores, cut);
            }
            if found.len() / 2 >= spec.most && found.len() >= SPARE {
                cut = trim(&mut found, spec.most);
            }
        }
    }
    trim(&mut found, spec.most);
    found
}

/// A candidate that may have classes that count.
struct Own {
    index: usize,
    /// Its highest number.
    best: f32,
    /// What a number has to be over to be looked at.
    bound: f64,
    /// Its objectness, as the network gave it.
    object: Option<f32>,
}

impl Own {
    /// Adds what counts and has a score over `cut`.
    fn push_to(&self, found: &mut Vec<Hit>, spec: &Scan, scores: &[f32], cut: f32) {
        let object = self.object.map_or(1.0, |x| spec.probability(x));
        if self.object.is_some() && !spec.is_over(object) {
            return;
        }
        let own = &scores[spec.offset + self.index * spec.candidate_stride..];
        for class in 0..spec.classes {
            let x = own[class * spec.class_stride];
            let is_one = if spec.multi_label { f64::from(x) > self.bound } else { x == self.best };
            if !is_one {
                continue;
            }
            let score = spec.probability(x) * object;
            if spec.is_over(score) && score > cut {
                found.push(Hit { index: self.index as u32, class: class as u32, score });
            }
            if !spec.multi_label {
                return;
            }
        }
    }
}
