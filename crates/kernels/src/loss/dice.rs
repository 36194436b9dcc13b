//! Loss of masks by their overlap (Milletari et al. 2016, arXiv 1606.04797): [`Dice`] of masks that
//! are independent, [`SoftDice`] of classes of which each pixel has one.

use super::blocks::sum_rows;
use super::{Reduction, expect_same};
use crate::error::{Code, Error, expect_len};
use crate::softmax::softmax;
use crate::team::{Rows, Team};

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

/// The form for classes that exclude each other: probabilities are the softmax of logits, and each
/// class has the mask of the pixels with its label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftDice {
    /// Pixels of an image.
    pub pixels: usize,
    /// Classes, `C`.
    pub classes: usize,
    /// Added above and below, so that a class that nobody sees has a loss of 0. At 0 it has NaN.
    pub smooth: f32,
    /// Whether sums run over all images together: a class that one image lacks is then judged by
    /// those that have it. Else each image is judged by itself.
    pub batch: bool,
    /// Whether class 0 counts.
    pub background: bool,
    /// Pixels with this label count for nothing.
    pub ignored: i32,
    /// Over classes and, unless they are one, images.
    pub reduction: Reduction,
}

/// Of a class: what both have (`I`), and what either has (`P + T`). Later `2 I + s` times the
/// square of the other, and the other, `1 / (P + T + s)`.
pub type Overlap = [f64; 2];

/// Multiply-adds that a probability is taken to cost.
const COST: usize = 24;

impl SoftDice {
    /// Loss of logits `[N, pixels, C]` and a label for each pixel; `grad` becomes the gradient of
    /// the logits. `sums` is scratch, `[N, C]`.
    ///
    /// The loss of a class is `1 - (2 I + s) / (P + T + s)`, with `s` the smoothing and `I`, `P`
    /// and `T` the sums over the pixels of `p t`, `p` and `t`; `t` is 1 where the label is the
    /// class, else 0. Images are shared out to threads; the bits do not depend on it.
    ///
    /// Fails with [`Code::Shape`] for a wrong length, no pixels or no class that counts, and
    /// [`Code::Argument`] for a label that is no class. The gradient is then as it was.
    pub fn loss(
        &self,
        team: &Team,
        logits: &[f32],
        labels: &[i32],
        grad: &mut [f32],
        sums: &mut [Overlap],
    ) -> Result<f64, Error> {
        let images = self.check(logits, labels, grad, sums)?;
        let (row, c) = (self.pixels * self.classes, self.classes);
        let outputs = (Rows::new(grad, row), Rows::new(sums, c));
        team.share(images, logits.len() * COST, outputs, |range, (grad, sums)| {
            let grads = grad.values.chunks_exact_mut(row).zip(sums.values.chunks_exact_mut(c));
            for (image, (p, sums)) in range.zip(grads) {
                p.copy_from_slice(&logits[image * row..][..row]);
                self.overlaps(p, &labels[image * self.pixels..][..self.pixels], sums);
            }
        });
        let groups = if self.batch { images.min(1) } else { images };
        if self.batch {
            let (first, others) = sums.split_at_mut(c.min(sums.len()));
            for (at, &[both, either]) in others.iter().enumerate() {
                first[at % c][0] += both;
                first[at % c][1] += either;
            }
        }
        let counted = groups * (c - usize::from(!self.background));
        let scale = self.reduction.scale(counted as f64);
        let loss: f64 = sums[..groups * c].chunks_exact_mut(c).map(|sums| self.judge(sums)).sum();
        let sums = &*sums;
        team.split_rows(grad, row, logits.len() * COST, |first, grads| {
            for (image, grad) in (first..).zip(grads.chunks_exact_mut(row)) {
                let group = if self.batch { 0 } else { image };
                let labels = &labels[image * self.pixels..][..self.pixels];
                self.gradient(grad, labels, &sums[group * c..][..c], scale);
            }
        });
        Ok(loss * scale)
    }

    /// How many images there are.
    fn check(&self, x: &[f32], labels: &[i32], g: &[f32], s: &[Overlap]) -> Result<usize, Error> {
        if self.pixels == 0 || self.classes <= usize::from(!self.background) {
            return Err(Error::new(Code::Shape, "dice loss has no pixels or no classes"));
        }
        let images = labels.len() / self.pixels;
        expect_len("labels", images * self.pixels, labels.len())?;
        expect_len("logits", labels.len() * self.classes, x.len())?;
        expect_len("gradient", x.len(), g.len())?;
        expect_len("sums", images * self.classes, s.len())?;
        let class = |label: i32| usize::try_from(label).is_ok_and(|label| label < self.classes);
        let odd = labels.iter().position(|&label| label != self.ignored && !class(label));
        odd.map_or(Ok(images), |at| {
            let (label, last) = (labels[at], self.classes - 1);
            let message = format!("label {label} at index {at} is no class, expected 0 to {last}");
            Err(Error::new(Code::Argument, message))
        })
    }

    /// Makes probabilities of an image's logits, and the sums of its classes.
    fn overlaps(&self, p: &mut [f32], labels: &[i32], sums: &mut [Overlap]) {
        sums.fill([0.0; 2]);
        for (p, &label) in p.chunks_exact_mut(self.classes).zip(labels) {
            if label == self.ignored {
                // Of 0 neither a sum nor a gradient comes.
                p.fill(0.0);
                continue;
            }
            softmax(p, 1, false);
            for ([_, either], &p) in sums.iter_mut().zip(&*p) {
                *either += f64::from(p);
            }
            let [both, either] = &mut sums[label as usize];
            *both += f64::from(p[label as usize]);
            *either += 1.0;
        }
    }

    /// The sum of the losses of one group's classes; makes of their sums what the gradient needs.
    fn judge(&self, sums: &mut [Overlap]) -> f64 {
        let smooth = f64::from(self.smooth);
        let mut loss = 0.0;
        for (class, sums) in sums.iter_mut().enumerate() {
            if class == 0 && !self.background {
                *sums = [0.0; 2];
                continue;
            }
            let (above, part) = (2.0 * sums[0] + smooth, 1.0 / (sums[1] + smooth));
            loss += 1.0 - above * part;
            *sums = [above * part * part, part];
        }
        loss
    }

    /// Makes the gradient of an image's logits of its probabilities: with `g` the gradient of `p`,
    /// `p (g - sum over classes of p g)`.
    fn gradient(&self, p: &mut [f32], labels: &[i32], sums: &[Overlap], scale: f64) {
        for (p, &label) in p.chunks_exact_mut(self.classes).zip(labels) {
            if label == self.ignored {
                continue;
            }
            let label = label as usize;
            let own = 2.0 * sums[label][1];
            let pairs = p.iter().zip(sums);
            let mean = pairs.fold(-own * f64::from(p[label]), |sum, (&p, &[slope, _])| {
                sum + f64::from(p) * slope
            });
            let of_label = f64::from(p[label]) * (sums[label][0] - own - mean);
            for (p, &[slope, _]) in p.iter_mut().zip(sums) {
                *p = (scale * f64::from(*p) * (slope - mean)) as f32;
            }
            p[label] = (scale * of_label) as f32;
        }
    }
}
