//! Loss of masks by their overlap (Milletari et al. 2016, arXiv 1606.04797).

use super::blocks::sum_rows;
use super::{Reduction, expect_same};
use crate::error::{Code, Error, expect_len};
use crate::team::Team;

/// Channels whose sums are kept on the stack.
const CHANNELS: usize = 16;

/// What is the same for all images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dice {
    /// Pixels of an image.
    pub pixels: usize,
    /// Classes, each with a mask of its own.
    pub c: usize,
    /// Added above and below, so that two empty masks have a loss of 0. At 0 they have NaN.
    pub smooth: f32,
    /// Over images and classes.
    pub reduction: Reduction,
}

impl Dice {
    /// Loss of probabilities `p` and masks `t`, both `[N, pixels, C]`; `grad` becomes the gradient
    /// of `p`.
    ///
    /// The loss of a class of an image is `1 - (2 I + s) / (P + T + s)`, with `s` the smoothing and
    /// `I`, `P` and `T` the sums over the pixels of `p t`, `p` and `t`. Fails with [`Code::Shape`]
    /// for a wrong length or no pixels or classes.
    pub fn loss(&self, team: &Team, p: &[f32], t: &[f32], grad: &mut [f32]) -> Result<f64, Error> {
        expect_same(p, t, grad)?;
        let image = self.pixels * self.c;
        if image == 0 {
            return Err(Error::new(Code::Shape, "dice loss has no pixels or no classes"));
        }
        let n = p.len() / image;
        expect_len("masks", n * image, p.len())?;
        let scale = self.reduction.scale((n * self.c) as f64);
        let sum = sum_rows(team, grad, image, 1, |first, grad| {
            let images = p[first * image..].chunks_exact(image);
            let images = images.zip(t[first * image..].chunks_exact(image));
            let images = images.zip(grad.chunks_exact_mut(image));
            images.fold(0.0, |sum, ((p, t), grad)| sum + self.image([p, t], scale, grad))
        });
        Ok(sum * scale)
    }

    fn image(&self, [p, t]: [&[f32]; 2], scale: f64, grad: &mut [f32]) -> f64 {
        let smooth = f64::from(self.smooth);
        let mut loss = 0.0;
        for first in (0..self.c).step_by(CHANNELS) {
            let some = first..(first + CHANNELS).min(self.c);
            let mut sums = [[0.0f64; 2]; CHANNELS];
            for (p, t) in p.chunks_exact(self.c).zip(t.chunks_exact(self.c)) {
                let pairs = p[some.clone()].iter().zip(&t[some.clone()]);
                for ([both, either], (&p, &t)) in sums.iter_mut().zip(pairs) {
                    let (p, t) = (f64::from(p), f64::from(t));
                    *both += p * t;
                    *either += p + t;
                }
            }
            let ratios = sums.map(|[both, either]| (2.0 * both + smooth, 1.0 / (either + smooth)));
            loss += ratios[..some.len()]
                .iter()
                .fold(0.0, |sum, (above, part)| sum + (1.0 - above * part));
            for (t, grad) in t.chunks_exact(self.c).zip(grad.chunks_exact_mut(self.c)) {
                let pairs = t[some.clone()].iter().zip(&mut grad[some.clone()]);
                for (&(above, part), (&t, grad)) in ratios.iter().zip(pairs) {
                    *grad = (scale * part * (above * part - 2.0 * f64::from(t))) as f32;
                }
            }
        }
        loss
    }
}
