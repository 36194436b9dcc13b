//! Stochastic gradient descent with momentum (Sutskever et al. 2013), in PyTorch's form: the
//! learning rate multiplies the velocity, not what joins it.

use super::{ROW, Update, check};
use crate::error::{Code, Error};
use crate::team::{PASS, Rows, Team};

/// Checked settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
}

impl Sgd {
    /// Fails with [`Code::Argument`] if a setting is negative or not finite, or if Nesterov's form
    /// is wanted without momentum or with dampening.
    pub fn new(
        momentum: f64,
        dampening: f64,
        nesterov: bool,
        weight_decay: f64,
    ) -> Result<Self, Error> {
        check("momentum", momentum, None)?;
        check("weight decay", weight_decay, None)?;
        if !dampening.is_finite() {
            return Err(Error::new(Code::Argument, "dampening is not finite"));
        }
        if nesterov && (momentum == 0.0 || dampening != 0.0) {
            let message = "Nesterov's form needs momentum and no dampening";
            return Err(Error::new(Code::Argument, message));
        }
        Ok(Sgd { momentum, dampening, nesterov, weight_decay })
    }

    /// Elements of velocity for a parameter of `len` elements: none without momentum.
    pub fn velocity_len(&self, len: usize) -> usize {
        if self.momentum == 0.0 { 0 } else { len }
    }

    /// Version 0: with `g = scale * g + decay * p`, the velocity is `g` at the first step, then
    /// `momentum * velocity + (1 - dampening) * g`; `p -= lr * velocity`, or in Nesterov's form
    /// `p -= lr * (g + momentum * velocity)`. Without momentum `p -= lr * g`.
    pub fn reference(&self, update: &Update, g: &[f64], p: &mut [f64], velocity: &mut [f64]) {
        for i in 0..p.len() {
            let g = f64::from(update.scale) * g[i] + self.weight_decay * p[i];
            let mut moved = g;
            if self.momentum != 0.0 {
                if update.step == 1 {
                    velocity[i] = g;
                } else {
                    velocity[i] = self.momentum * velocity[i] + (1.0 - self.dampening) * g;
                }
                moved = velocity[i];
                if self.nesterov {
                    moved = g + self.momentum * velocity[i];
                }
            }
            p[i] -= update.lr * moved;
        }
    }

    /// Version 1. `g`, `p`: the elements of a parameter, of one length; `velocity`:
    /// [`Sgd::velocity_len`] elements, which may hold anything at the first step.
    pub fn step(
        &self,
        update: &Update,
        g: &[f32],
        p: &mut [f32],
        velocity: &mut [f32],
        team: &Team,
    ) {
        let (lr, scale, decay) = (update.lr as f32, update.scale, self.weight_decay as f32);
        let momentum = self.momentum as f32;
        let first = update.step == 1;
        let fresh = if first { 1.0 } else { (1.0 - self.dampening) as f32 };
        // What moves: the velocity, or in Nesterov's form the gradient and part of it.
        let [of_g, of_v] = if self.nesterov { [1.0, momentum] } else { [0.0, 1.0] };
        let (rows, cost) = (p.len().div_ceil(ROW), PASS * p.len());
        let outputs = [Rows::new(p, ROW), Rows::new(velocity, ROW)];
        team.share(rows, cost, outputs, |rows, [p, velocity]| {
            let (p, velocity) = (&mut *p.values, &mut *velocity.values);
            let g = &g[rows.start * ROW..][..p.len()];
            if momentum == 0.0 {
                let each = p.iter_mut().zip(g);
                return each.for_each(|(p, &g)| *p -= lr * (g * scale + decay * *p));
            }
            // At the first step nothing of the velocity counts, not even a NaN.
            if first {
                velocity.fill(0.0);
            }
            for ((p, &g), velocity) in p.iter_mut().zip(g).zip(velocity) {
                let g = g * scale + decay * *p;
                *velocity = momentum * *velocity + fresh * g;
                *p -= lr * (of_g * g + of_v * *velocity);
            }
        });
    }
}
