//! Adam (Kingma and Ba 2014, arXiv 1412.6980) and AdamW (Loshchilov and Hutter 2017, arXiv
//! 1711.05101).

use super::{ROW, Update, check};
use crate::error::Error;
use crate::team::{Rows, Team};

/// What weight decay acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// The gradient: Adam.
    Gradient,
    /// The parameter, times the learning rate of the step: AdamW.
    Parameter,
}

/// Checked settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    betas: (f64, f64),
    eps: f64,
    weight_decay: f64,
    decay: Decay,
}

impl Adam {
    /// Fails with [`crate::error::Code::Argument`] if a beta is not in [0, 1), or another setting
    /// is negative or not finite.
    pub fn new(
        betas: (f64, f64),
        eps: f64,
        weight_decay: f64,
        decay: Decay,
    ) -> Result<Self, Error> {
        check("first beta", betas.0, Some(1.0))?;
        check("second beta", betas.1, Some(1.0))?;
        check("eps", eps, None)?;
        check("weight decay", weight_decay, None)?;
        Ok(Adam { betas, eps, weight_decay, decay })
    }

    /// `1 - beta^step`, which the averages fall short of as they start from 0.
    fn corrections(&self, update: &Update) -> (f64, f64) {
        let power = |beta: f64| libm::pow(beta, update.step.into());
        (1.0 - power(self.betas.0), 1.0 - power(self.betas.1))
    }

    /// Version 0: `m` and `v` are running means of `g` and `g^2`, divided by `1 - beta^step` where
    /// they are used: `p -= lr * m / (sqrt(v) + eps)`.
    pub fn reference(
        &self,
        update: &Update,
        g: &[f64],
        p: &mut [f64],
        (m, v): (&mut [f64], &mut [f64]),
    ) {
        let (beta1, beta2) = self.betas;
        for i in 0..p.len() {
            let mut g = f64::from(update.scale) * g[i];
            match self.decay {
                Decay::Gradient => g += self.weight_decay * p[i],
                Decay::Parameter => p[i] -= update.lr * self.weight_decay * p[i],
            }
            m[i] = beta1 * m[i] + (1.0 - beta1) * g;
            v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
            let step = f64::from(update.step);
            let mean = m[i] / (1.0 - beta1.powf(step));
            let square = v[i] / (1.0 - beta2.powf(step));
            p[i] -= update.lr * mean / (square.sqrt() + self.eps);
        }
    }

    /// Version 1. `g`, `p`, `m`, `v`: the elements of a parameter, of one length; the averages `m`
    /// and `v` are 0 before the first step.
    pub fn step(
        &self,
        update: &Update,
        g: &[f32],
        p: &mut [f32],
        (m, v): (&mut [f32], &mut [f32]),
        team: &Team,
    ) {
        let (first, second) = self.corrections(update);
        let (rate, root, eps) = ((update.lr / first) as f32, second.sqrt() as f32, self.eps as f32);
        let (new_m, new_v) = ((1.0 - self.betas.0) as f32, (1.0 - self.betas.1) as f32);
        let (old_v, scale) = (self.betas.1 as f32, update.scale);
        let (l2, kept) = match self.decay {
            Decay::Gradient => (self.weight_decay as f32, 1.0),
            Decay::Parameter => (0.0, (1.0 - update.lr * self.weight_decay) as f32),
        };
        let (rows, cost) = (p.len().div_ceil(ROW), 8 * p.len());
        let outputs = [Rows::new(p, ROW), Rows::new(m, ROW), Rows::new(v, ROW)];
        team.share(rows, cost, outputs, |rows, [p, m, v]| {
            let averages = m.values.iter_mut().zip(v.values);
            let elements = p.values.iter_mut().zip(&g[rows.start * ROW..]).zip(averages);
            for ((p, &g), (m, v)) in elements {
                let g = g * scale + l2 * *p;
                *m += (g - *m) * new_m;
                *v = *v * old_v + new_v * g * g;
                *p = *p * kept - rate * (*m / (v.sqrt() / root + eps));
            }
        });
    }
}
