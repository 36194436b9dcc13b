//! Losses of numbers: functions of the difference `d = x - t`, mean or sum over all elements.

use super::blocks::sum_rows;
use super::{Reduction, expect_same, sum_of};
use crate::error::{Code, Error, expect_len};
use crate::team::Team;

/// Elements of a run at the least.
const LEAST: usize = 1024;

/// A function of the difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Regression {
    /// `d^2`
    Squared,
    /// `|d|`, whose gradient at 0 is 0.
    Absolute,
    /// `d^2 / (2 beta)` where `|d| < beta`, else `|d| - beta / 2` (Girshick 2015, arXiv 1504.08083);
    /// with `beta = 0` it is the absolute loss. Needs `beta >= 0`.
    SmoothL1 {
        /// Where the two meet.
        beta: f32,
    },
    /// `d^2 / 2` where `|d| <= delta`, else `delta (|d| - delta / 2)` (Huber 1964). Needs
    /// `delta > 0`.
    Huber {
        /// Where the two meet.
        delta: f32,
    },
}

impl Regression {
    /// The loss of a difference, and its derivative.
    #[inline(always)]
    pub fn value(self, d: f64) -> (f64, f64) {
        let sign = if d == 0.0 { d } else { d.signum() };
        match self {
            Regression::Squared => (d * d, 2.0 * d),
            Regression::Absolute => (d.abs(), sign),
            Regression::SmoothL1 { beta } => {
                let beta = f64::from(beta);
                if d.abs() < beta {
                    (0.5 * d * d / beta, d / beta)
                } else {
                    (d.abs() - 0.5 * beta, sign)
                }
            }
            Regression::Huber { delta } => {
                let delta = f64::from(delta);
                if d.abs() <= delta {
                    (0.5 * d * d, d)
                } else {
                    (delta * (d.abs() - 0.5 * delta), delta * sign)
                }
            }
        }
    }

    /// Loss of predictions `x` and targets `t`; `grad` becomes the gradient of `x`.
    ///
    /// Fails with [`Code::Shape`] for a wrong length and [`Code::Argument`] for a parameter outside
    /// its range.
    pub fn loss(
        self,
        team: &Team,
        reduction: Reduction,
        x: &[f32],
        t: &[f32],
        grad: &mut [f32],
    ) -> Result<f64, Error> {
        self.weighted(team, reduction, [x, t], None, grad)
    }

    /// The same where elements have weights, as many, whose sum a mean divides by: where that is 0,
    /// loss and gradient are 0. `[x, t]` are predictions and targets. Fails as
    /// [`Regression::loss`].
    pub fn weighted(
        self,
        team: &Team,
        reduction: Reduction,
        [x, t]: [&[f32]; 2],
        weights: Option<&[f32]>,
        grad: &mut [f32],
    ) -> Result<f64, Error> {
        expect_same(x, t, grad)?;
        if let Some(weights) = weights {
            expect_len("weights", x.len(), weights.len())?;
        }
        let invalid = match self {
            Regression::SmoothL1 { beta } if beta.is_nan() || beta < 0.0 => {
                "beta of smooth L1 is negative or NaN"
            }
            Regression::Huber { delta } if delta.is_nan() || delta <= 0.0 => {
                "delta of Huber is not positive"
            }
            _ => "",
        };
        if !invalid.is_empty() {
            return Err(Error::new(Code::Argument, invalid));
        }
        let scale = match weights {
            Some(weights) => reduction.weighted_scale(sum_of(weights)),
            None => reduction.scale(x.len() as f64),
        };
        let sum = sum_rows(team, grad, 1, LEAST, |from, grad| {
            let run = from..from + grad.len();
            let weights = weights.map(|weights| &weights[run.clone()]);
            each([&x[run.clone()], &t[run]], weights, grad, scale, self)
        });
        Ok(sum * scale)
    }
}

fn each(
    [x, t]: [&[f32]; 2],
    weights: Option<&[f32]>,
    grad: &mut [f32],
    scale: f64,
    kind: Regression,
) -> f64 {
    let mut sum = 0.0;
    for (i, ((&x, &t), grad)) in x.iter().zip(t).zip(grad).enumerate() {
        let (loss, slope) = kind.value(f64::from(x) - f64::from(t));
        let weight = weights.map_or(1.0, |weights| f64::from(weights[i]));
        sum += weight * loss;
        *grad = (weight * slope * scale) as f32;
    }
    sum
}
