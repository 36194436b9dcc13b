//! Cross-entropy of logits: log-softmax and negative log-likelihood in one.

use super::blocks::sum_rows;
use super::{Reduction, expect_same};
use crate::elementary::log::{ln, ln_1p_unit};
use crate::elementary::slices::map;
use crate::error::{Code, Error, expect_len};
use crate::simd::Native;
use crate::simd::wide::{Math, Wide};
use crate::softmax::{exps, sum};
use crate::team::Team;

type Lanes = <Native as Math>::Wide;

/// The label that PyTorch ignores unless told otherwise.
pub const IGNORED: i32 = -100;

/// What is the same for all rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossEntropy<'a> {
    /// Classes, `K`.
    pub classes: usize,
    /// A weight for each class, or none.
    pub weights: Option<&'a [f32]>,
    /// A weight for each row with a label, or none. A mean divides by the sum over all rows of the
    /// weight of the row times that of its class; where that is 0, loss and gradient are 0.
    pub of_rows: Option<&'a [f32]>,
    /// Label smoothing `e` in 0..=1: the target is `1 - e` at the class and `e / K` added to all
    /// classes, the class too (Szegedy et al. 2015, arXiv 1512.00567).
    pub smoothing: f32,
    /// Rows with this label count for nothing.
    pub ignored: i32,
    /// The mean divides by the sum of the weights of the labels that count.
    pub reduction: Reduction,
}

/// Rows of a run at the least.
const LEAST: usize = 64;

impl<'a> CrossEntropy<'a> {
    /// The mean over rows without weights or smoothing.
    pub fn new(classes: usize) -> Self {
        let reduction = Reduction::Mean;
        CrossEntropy {
            classes,
            weights: None,
            of_rows: None,
            smoothing: 0.0,
            ignored: IGNORED,
            reduction,
        }
    }

    fn weight(&self, class: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[class].into())
    }

    fn row_weight(&self, row: usize) -> f64 {
        self.of_rows.map_or(1.0, |weights| weights[row].into())
    }

    fn check(&self) -> Result<(), Error> {
        if self.classes == 0 {
            return Err(Error::new(Code::Shape, "cross-entropy has 0 classes, expected 1 or more"));
        }
        if let Some(weights) = self.weights {
            expect_len("class weights", self.classes, weights.len())?;
        }
        if !(0.0..=1.0).contains(&self.smoothing) {
            return Err(Error::new(Code::Argument, "label smoothing is not in 0 to 1"));
        }
        Ok(())
    }

    /// The sum of the weights of all labels that count, or the first label that is no class.
    fn counted(&self, labels: &[i32]) -> Result<f64, Error> {
        let mut sum = 0.0;
        for (at, &label) in labels.iter().enumerate() {
            if label == self.ignored {
                continue;
            }
            let class = usize::try_from(label).ok().filter(|&class| class < self.classes);
            let Some(class) = class else {
                let last = self.classes - 1;
                let message =
                    format!("label {label} at index {at} is no class, expected 0 to {last}");
                return Err(Error::new(Code::Argument, message));
            };
            sum += self.row_weight(at) * self.weight(class);
        }
        Ok(sum)
    }

    /// Loss of class labels. `logits` and `grad` are `[rows, K]`, `labels` has an element for each
    /// row.
    ///
    /// With `p = softmax(x)`, `w` the weights and `t` the label, a row's loss is
    /// `-(1 - e) w[t] ln p[t] - e / K sum over c of w[c] ln p[c]`. If no label counts, the mean is
    /// NaN, as 0 / 0, and the gradient 0.
    ///
    /// Fails with [`Code::Shape`] for a wrong length and [`Code::Argument`] for a label that is no
    /// class (its index is named) or a smoothing that is not in 0..=1. The gradient is then as it was.
    pub fn of_labels(
        &self,
        team: &Team,
        logits: &[f32],
        labels: &[i32],
        grad: &mut [f32],
    ) -> Result<f64, Error> {
        self.check()?;
        expect_len("logits", labels.len() * self.classes, logits.len())?;
        expect_len("gradient", logits.len(), grad.len())?;
        if let Some(weights) = self.of_rows {
            expect_len("weights of rows", labels.len(), weights.len())?;
        }
        let counted = self.counted(labels)?;
        let scale = match self.of_rows {
            Some(_) => self.reduction.weighted_scale(counted),
            None => self.reduction.scale(counted),
        };
        let all: f64 = (0..self.classes).map(|class| self.weight(class)).sum();
        let smooth = f64::from(self.smoothing) / self.classes as f64;
        let sum = sum_rows(team, grad, self.classes, LEAST, |first, grad| {
            let rows = logits[first * self.classes..].chunks_exact(self.classes);
            let rows = rows.zip(&labels[first..]).zip(grad.chunks_exact_mut(self.classes));
            rows.enumerate().fold(0.0, |sum, (row, ((x, &label), grad))| {
                let weight = self.row_weight(first + row);
                if label == self.ignored || weight == 0.0 {
                    grad.fill(0.0);
                    return sum;
                }
                sum + weight
                    * self.label_row(x, label as usize, [weight * scale, smooth, all], grad)
            })
        });
        Ok(sum * scale)
    }

    fn label_row(&self, x: &[f32], t: usize, factors: [f64; 3], grad: &mut [f32]) -> f64 {
        let [scale, smooth, all] = factors;
        let hard = (1.0 - f64::from(self.smoothing)) * self.weight(t);
        grad.copy_from_slice(x);
        let max = exps::<Native>(grad);
        // The class apart, so that what is certain keeps the digits of a small loss and gradient.
        let e = f64::from(core::mem::take(&mut grad[t]));
        let others = sum::<Native>(grad);
        let sum = others + e;
        let part = scale / sum;
        let of_class = part * (smooth * all * e - hard * others);
        let certain = e == 1.0 && others < 1.0;
        let log = if certain { ln_1p_unit(others) } else { ln(sum) };
        let loss_of = |x: f32| (f64::from(max) - f64::from(x)) + log;
        let loss = hard * loss_of(x[t]);
        let factor = part * (hard + smooth * all);
        if smooth == 0.0 {
            multiply(grad, factor);
            grad[t] = of_class as f32;
            return loss;
        }
        let subtract = |class: usize| scale * smooth * self.weight(class);
        for (class, grad) in grad.iter_mut().enumerate() {
            *grad = (factor * f64::from(*grad) - subtract(class)) as f32;
        }
        grad[t] = (of_class - subtract(t)) as f32;
        let smoothed = x.iter().enumerate().map(|(class, &x)| self.weight(class) * loss_of(x));
        loss + smooth * smoothed.sum::<f64>()
    }

    /// Loss of targets that are probabilities. `logits`, `targets` and `grad` are `[rows, K]`.
    ///
    /// A row's loss is `-sum over c of w[c] ((1 - e) t[c] + e / K) ln p[c]`; the mean divides by the
    /// number of rows. `ignored` has no meaning here. Fails as [`CrossEntropy::of_labels`] does.
    pub fn of_probabilities(
        &self,
        team: &Team,
        logits: &[f32],
        targets: &[f32],
        grad: &mut [f32],
    ) -> Result<f64, Error> {
        self.check()?;
        expect_same(logits, targets, grad)?;
        let rows = logits.len() / self.classes;
        expect_len("logits", rows * self.classes, logits.len())?;
        let scale = self.reduction.scale(rows as f64);
        let sum = sum_rows(team, grad, self.classes, LEAST, |first, grad| {
            let from = first * self.classes;
            let x = logits[from..].chunks_exact(self.classes);
            let rows = x.zip(targets[from..].chunks_exact(self.classes));
            let rows = rows.zip(grad.chunks_exact_mut(self.classes));
            rows.fold(0.0, |sum, ((x, t), grad)| sum + self.probability_row(x, t, scale, grad))
        });
        Ok(sum * scale)
    }

    fn probability_row(&self, x: &[f32], t: &[f32], scale: f64, grad: &mut [f32]) -> f64 {
        let (rest, smoothing) = (1.0 - f64::from(self.smoothing), f64::from(self.smoothing));
        let smooth = smoothing / self.classes as f64;
        let target = |class: usize| self.weight(class) * (rest * f64::from(t[class]) + smooth);
        grad.copy_from_slice(x);
        let max = f64::from(exps::<Native>(grad));
        let sum = sum::<Native>(grad);
        let log = ln(sum);
        let total: f64 = (0..self.classes).map(target).sum();
        let mut loss = 0.0;
        for (class, (grad, &x)) in grad.iter_mut().zip(x).enumerate() {
            let target = target(class);
            loss += target * ((max - f64::from(x)) + log);
            *grad = (scale * (total * f64::from(*grad) / sum - target)) as f32;
        }
        loss
    }
}

fn multiply(values: &mut [f32], factor: f64) {
    let factor = Lanes::splat(factor);
    map::<Native>(values, |x| (Lanes::widen(x) * factor).narrow());
}
