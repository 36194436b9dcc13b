//! Dropout (Srivastava et al. 2014), scaled in training as in PyTorch. The mask is a function of
//! the stream and the index of an element, so the backward computes it again instead of keeping it.

use super::stream::Stream;
use crate::error::{Code, Error};
use crate::team::Team;

/// A checked probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Elements with a smaller random number, of 24 bits, are dropped.
    threshold: u32,
    /// What the others are multiplied by.
    scale: f32,
}

impl Dropout {
    /// Drops each element with probability `p`, which is rounded to 24 bits, and multiplies the
    /// others by `1 / (1 - p)`. With `p = 1` all are 0.
    ///
    /// Fails with [`Code::Argument`] if `p` is not in [0, 1].
    pub fn new(p: f64) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::new(Code::Argument, "dropout probability is not in 0 to 1"));
        }
        let scale = if p == 1.0 { 0.0 } else { (1.0 / (1.0 - p)) as f32 };
        Ok(Dropout { threshold: (p * f64::from(1u32 << 24)).round() as u32, scale })
    }

    /// Version 0: `y[i] = x[i] * scale`, or 0 where dropped, one element at a time. Each `row`
    /// elements are dropped together.
    pub fn reference(&self, stream: &Stream, x: &[f32], row: usize, y: &mut [f32]) {
        for (i, y) in y.iter_mut().enumerate() {
            let dropped = stream.word((i / row) as u64) >> 8 < self.threshold;
            *y = if dropped { 0.0 } else { x[i] * self.scale };
        }
    }

    /// Version 1, of the forward, `x` to `y`, and of the backward, `dy` to `dx`, with the same
    /// stream: step and layer must be the same. What is dropped is 0 even if it was not finite.
    ///
    /// `row` is at least 1 and divides the length: 1 for dropout, an image for stochastic depth (Huang
    /// et al. 2016, arXiv 1603.09382).
    pub fn apply(&self, stream: &Stream, x: &[f32], row: usize, y: &mut [f32], team: &Team) {
        debug_assert!(x.len() == y.len() && x.len().is_multiple_of(row));
        if row > 1 {
            return self.apply_rows(stream, x, row, y, team);
        }
        let cost = 16 * x.len();
        team.split_rows(y, 1, cost, |first, y| {
            let x = &x[first..];
            stream.words(first as u64, y.len(), |done, words| {
                let elements = y[done..].iter_mut().zip(&x[done..]);
                for ((y, &x), &word) in elements.zip(words) {
                    *y = if word >> 8 < self.threshold { 0.0 } else { x * self.scale };
                }
            });
        });
    }

    fn apply_rows(&self, stream: &Stream, x: &[f32], row: usize, y: &mut [f32], team: &Team) {
        team.split_rows(y, row, x.len(), |first, y| {
            let rows = y.chunks_exact_mut(row).zip(x[first * row..].chunks_exact(row));
            for (index, (y, x)) in (first..).zip(rows) {
                if stream.word(index as u64) >> 8 < self.threshold {
                    y.fill(0.0);
                } else {
                    y.iter_mut().zip(x).for_each(|(y, x)| *y = x * self.scale);
                }
            }
        });
    }
}
