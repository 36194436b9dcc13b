//! RMSprop (Hinton 2012, lecture 6 of "Neural networks for machine learning"; centred: Graves 2013,
//! arXiv 1308.0850), in PyTorch's form: `eps` is added to the root.

use super::{ROW, Update, check};
use crate::error::Error;
use crate::team::{Rows, Team};

/// Checked settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
}

/// What is kept of a parameter: as many elements as it has, or none where the settings do without,
/// and 0 before the first step.
#[derive(Debug)]
pub struct State<'a> {
    /// Running mean of the squared gradient.
    pub square: &'a mut [f32],
    /// Running mean of the gradient; none if not centred.
    pub mean: &'a mut [f32],
    /// None without momentum.
    pub velocity: &'a mut [f32],
}

impl RmsProp {
    /// Fails with [`crate::error::Code::Argument`] if `alpha` is not in [0, 1), or another setting
    /// is negative or not finite.
    pub fn new(
        alpha: f64,
        eps: f64,
        weight_decay: f64,
        momentum: f64,
        centered: bool,
    ) -> Result<Self, Error> {
        check("alpha", alpha, Some(1.0))?;
        check("eps", eps, None)?;
        check("weight decay", weight_decay, None)?;
        check("momentum", momentum, None)?;
        Ok(RmsProp { alpha, eps, weight_decay, momentum, centered })
    }

    /// Elements of square, mean and velocity for a parameter of `len` elements.
    pub fn state_lens(&self, len: usize) -> [usize; 3] {
        let needed = |needed| if needed { len } else { 0 };
        [len, needed(self.centered), needed(self.momentum != 0.0)]
    }

    /// Version 0: `g` is divided by the root of the running mean of its square, less the square of
    /// its running mean if centred, plus `eps`; `p -= lr * velocity`, with
    /// `velocity = momentum * velocity + that quotient`.
    pub fn reference(&self, update: &Update, g: &[f64], p: &mut [f64], state: [&mut [f64]; 3]) {
        let [square, mean, velocity] = state;
        for i in 0..p.len() {
            let g = f64::from(update.scale) * g[i] + self.weight_decay * p[i];
            square[i] = self.alpha * square[i] + (1.0 - self.alpha) * g * g;
            let mut spread = square[i];
            if self.centered {
                mean[i] = self.alpha * mean[i] + (1.0 - self.alpha) * g;
                spread -= mean[i] * mean[i];
            }
            let mut moved = g / (spread.sqrt() + self.eps);
            if self.momentum != 0.0 {
                velocity[i] = self.momentum * velocity[i] + moved;
                moved = velocity[i];
            }
            p[i] -= update.lr * moved;
        }
    }

    /// Version 1. `g`, `p`: the elements of a parameter, of one length; `state` as
    /// [`RmsProp::state_lens`] says.
    pub fn step(&self, update: &Update, g: &[f32], p: &mut [f32], state: State<'_>, team: &Team) {
        let (rows, cost) = (p.len().div_ceil(ROW), 8 * p.len());
        let State { square, mean, velocity } = state;
        let outputs = [p, square, mean, velocity].map(|values| Rows::new(values, ROW));
        team.share(rows, cost, outputs, |rows, outputs| {
            let [p, square, mean, velocity] = outputs.map(|rows| rows.values);
            let g = &g[rows.start * ROW..][..p.len()];
            let starts = 0..p.len().div_ceil(ROW);
            for at in starts.map(|row| row * ROW) {
                let end = p.len().min(at + ROW);
                let mut quotients = [0.0; ROW];
                let quotients = &mut quotients[..end - at];
                self.squares(update, &g[at..end], &p[at..end], quotients, &mut square[at..end]);
                let mean = if self.centered { &mut mean[at..end] } else { &mut [] };
                self.divide(quotients, &square[at..end], mean);
                let velocity = if self.momentum == 0.0 { &mut [] } else { &mut velocity[at..end] };
                self.advance(update, quotients, velocity, &mut p[at..end]);
            }
        });
    }

    /// The gradient with its decay, and the running mean of its square.
    fn squares(&self, update: &Update, g: &[f32], p: &[f32], own: &mut [f32], square: &mut [f32]) {
        let (scale, decay) = (update.scale, self.weight_decay as f32);
        let (old, new) = (self.alpha as f32, (1.0 - self.alpha) as f32);
        for ((own, square), (&g, &p)) in own.iter_mut().zip(square).zip(g.iter().zip(p)) {
            *own = g * scale + decay * p;
            *square = *square * old + new * *own * *own;
        }
    }

    /// Divides gradients by their spread; `mean` is empty if not centred.
    fn divide(&self, g: &mut [f32], square: &[f32], mean: &mut [f32]) {
        let (eps, new) = (self.eps as f32, (1.0 - self.alpha) as f32);
        if mean.is_empty() {
            let elements = g.iter_mut().zip(square);
            return elements.for_each(|(g, square)| *g /= square.sqrt() + eps);
        }
        for ((g, square), mean) in g.iter_mut().zip(square).zip(mean) {
            *mean += (*g - *mean) * new;
            *g /= (square - *mean * *mean).sqrt() + eps;
        }
    }

    /// Moves the parameter; `velocity` is empty without momentum.
    fn advance(&self, update: &Update, moved: &[f32], velocity: &mut [f32], p: &mut [f32]) {
        let (lr, momentum) = (update.lr as f32, self.momentum as f32);
        if velocity.is_empty() {
            return p.iter_mut().zip(moved).for_each(|(p, &moved)| *p -= lr * moved);
        }
        for ((p, &moved), velocity) in p.iter_mut().zip(moved).zip(velocity) {
            *velocity = momentum * *velocity + moved;
            *p -= lr * *velocity;
        }
    }
}
