//! Batch normalisation as it is trained (Ioffe and Szegedy 2015, arXiv 1502.03167), with PyTorch's
//! rules: the biased variance normalises, the unbiased one joins the running variance.
//!
//! Inputs are `[N, P, C]` with `P` pixels an image; statistics are one number a channel.

use crate::cascade::{over_batch, over_batch_len};
use crate::error::{Code, Error, checked_len};
use crate::team::{PASS, Team};

/// Checked sizes and what is added to the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNorm {
    n: usize,
    pixels: usize,
    c: usize,
    eps: f32,
}

impl BatchNorm {
    /// For statistics of the batch: `n` images of `pixels` pixels of `c` channels.
    ///
    /// Fails with [`Code::Shape`] if a channel has fewer than two values, whose variance means
    /// nothing, and as [`BatchNorm::evaluation`].
    pub fn training(n: usize, pixels: usize, c: usize, eps: f32) -> Result<Self, Error> {
        let norm = Self::evaluation(n, pixels, c, eps)?;
        if norm.count() < 2 {
            let message = format!("{} value a channel, expected 2 or more to train", norm.count());
            return Err(Error::new(Code::Shape, message));
        }
        Ok(norm)
    }

    /// For running statistics. Fails with [`Code::Shape`] if there are no channels or the sizes
    /// overflow, with [`Code::Argument`] if `eps` is negative or not finite.
    pub fn evaluation(n: usize, pixels: usize, c: usize, eps: f32) -> Result<Self, Error> {
        checked_len("input", &[n, pixels, c, 8])?;
        if c == 0 {
            return Err(Error::new(Code::Shape, "0 channels, expected 1 or more"));
        }
        if !(eps.is_finite() && eps >= 0.0) {
            return Err(Error::new(Code::Argument, "eps of a normalisation is not 0 or more"));
        }
        Ok(BatchNorm { n, pixels, c, eps })
    }

    /// Channels.
    pub fn channels(&self) -> usize {
        self.c
    }

    /// Images, and pixels of each.
    pub fn images(&self) -> (usize, usize) {
        (self.n, self.pixels)
    }

    /// Values of a channel.
    pub fn count(&self) -> usize {
        self.n * self.pixels
    }

    /// Elements of an image.
    pub(super) fn image(&self) -> usize {
        self.pixels * self.c
    }

    /// Elements of scratch that [`train`] needs, for all threads.
    pub fn train_scratch(&self) -> usize {
        over_batch_len(self.n, self.pixels, self.c) + self.eval_scratch()
    }

    /// Elements of scratch that [`eval`] needs, for all threads.
    pub fn eval_scratch(&self) -> usize {
        2 * self.c
    }

    /// `1 / sqrt(variance + eps)`, channel by channel; both are `[C]`.
    pub fn inverse(&self, variance: &[f32], inverse: &mut [f32]) {
        for (inverse, &variance) in inverse.iter_mut().zip(variance) {
            *inverse = (1.0 / (f64::from(variance) + f64::from(self.eps)).sqrt()) as f32;
        }
    }
}

/// Gamma and beta, `[C]` each, or neither.
pub type Affine<'a> = Option<(&'a [f32], &'a [f32])>;

/// Running statistics, `[C]` each, and the weight of the new ones (PyTorch's `momentum`, 0.1).
#[derive(Debug)]
pub struct Running<'a> {
    /// Running mean.
    pub mean: &'a mut [f32],
    /// Running unbiased variance.
    pub variance: &'a mut [f32],
    /// Weight of the new statistics.
    pub momentum: f32,
}

impl Running<'_> {
    /// `running += momentum * (new - running)`; `mean` and `variance` are `[C]`, `variance` the
    /// biased one of `count` values, of which there are at least 2.
    pub fn update(&mut self, count: usize, mean: &[f32], variance: &[f32]) {
        let unbiased = count as f32 / (count - 1) as f32;
        for (running, &mean) in self.mean.iter_mut().zip(mean) {
            *running += self.momentum * (mean - *running);
        }
        for (running, &variance) in self.variance.iter_mut().zip(variance) {
            *running += self.momentum * (variance * unbiased - *running);
        }
    }
}

/// Version 0 of both modes: `y = (x - mean) / sqrt(variance + eps) * gamma + beta`, in f64, with the
/// statistics given, or those of the batch. Returns mean and biased variance.
pub fn reference(
    norm: &BatchNorm,
    affine: Affine<'_>,
    given: Option<(&[f32], &[f32])>,
    x: &[f64],
    y: &mut [f64],
) -> (Vec<f64>, Vec<f64>) {
    let BatchNorm { c, eps, .. } = *norm;
    let count = (x.len() / c) as f64;
    let (mut means, mut variances) = (vec![], vec![]);
    for channel in 0..c {
        let own = || x.iter().copied().skip(channel).step_by(c);
        let (mean, variance) = match given {
            Some((mean, variance)) => (mean[channel].into(), variance[channel].into()),
            None => {
                let mean = own().sum::<f64>() / count;
                (mean, own().map(|x| (x - mean).powi(2)).sum::<f64>() / count)
            }
        };
        let (gamma, beta) =
            affine.map_or((1.0, 0.0), |(gamma, beta)| (gamma[channel], beta[channel]));
        for (x, y) in own().zip(y.iter_mut().skip(channel).step_by(c)) {
            *y = (x - mean) / (variance + f64::from(eps)).sqrt() * f64::from(gamma)
                + f64::from(beta);
        }
        means.push(mean);
        variances.push(variance);
    }
    (means, variances)
}

/// Version 1: mean and biased variance of each channel, in two passes over `x`, each a sum over
/// fixed blocks of the batch.
///
/// `mean`, `variance`: `[C]`; `scratch`: [`BatchNorm::train_scratch`] elements.
pub fn statistics(
    norm: &BatchNorm,
    x: &[f32],
    mean: &mut [f32],
    variance: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let (c, count) = (norm.c, norm.count() as f64);
    let rows = |image: usize| x[image * norm.image()..][..norm.image()].chunks_exact(c);
    let sums = over_batch(norm.images(), c, PASS * x.len(), scratch, team, |image, sum| {
        for x in rows(image) {
            sum.add(|sums| sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum += x));
        }
    });
    divide_into(mean, sums, count);
    let means = &*mean;
    let sums = over_batch(norm.images(), c, PASS * x.len(), scratch, team, |image, sum| {
        for x in rows(image) {
            sum.add(|sums| {
                for ((sum, &x), &mean) in sums.iter_mut().zip(x).zip(means) {
                    *sum += (x - mean) * (x - mean);
                }
            });
        }
    });
    divide_into(variance, sums, count);
}

fn divide_into(to: &mut [f32], sums: &[f32], count: f64) {
    for (to, &sum) in to.iter_mut().zip(sums) {
        *to = (f64::from(sum) / count) as f32;
    }
}

/// Training mode: normalises with the statistics of the batch and moves the running ones. `norm` is
/// one of [`BatchNorm::training`].
///
/// `x`, `y`: `[N, P, C]`; `mean` and `inverse`,
/// `[C]`, receive what the backward needs, the mean and `1 / sqrt(variance + eps)`; `scratch`:
/// [`BatchNorm::train_scratch`] elements. Outputs and scratch may hold anything before.
pub fn train(
    norm: &BatchNorm,
    (affine, running): (Affine<'_>, Option<Running<'_>>),
    x: &[f32],
    y: &mut [f32],
    (mean, inverse): (&mut [f32], &mut [f32]),
    scratch: &mut [f32],
    team: &Team,
) {
    // The variance stays in `inverse` until the running one has been moved.
    statistics(norm, x, mean, inverse, scratch, team);
    if let Some(mut running) = running {
        running.update(norm.count(), mean, inverse);
    }
    let (variance, rest) = scratch.split_at_mut(norm.c);
    variance.copy_from_slice(inverse);
    norm.inverse(variance, inverse);
    normalise(norm, affine, (mean, inverse), x, y, rest, team);
}

/// Evaluation mode: normalises with running `mean` and `variance`.
///
/// Shapes as in [`train`]; `inverse`, `[C]`, receives what the backward needs; `scratch`:
/// [`BatchNorm::eval_scratch`] elements.
pub fn eval(
    norm: &BatchNorm,
    (affine, (mean, variance)): (Affine<'_>, (&[f32], &[f32])),
    x: &[f32],
    y: &mut [f32],
    inverse: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    norm.inverse(variance, inverse);
    normalise(norm, affine, (mean, inverse), x, y, scratch, team);
}

/// `y = (x - mean) * (inverse * gamma) + beta`
fn normalise(
    norm: &BatchNorm,
    affine: Affine<'_>,
    (mean, inverse): (&[f32], &[f32]),
    x: &[f32],
    y: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let c = norm.c;
    let (factor, shift) = scratch[..2 * c].split_at_mut(c);
    factor.copy_from_slice(inverse);
    shift.fill(0.0);
    if let Some((gamma, beta)) = affine {
        factor.iter_mut().zip(gamma).for_each(|(factor, &gamma)| *factor *= gamma);
        shift.copy_from_slice(beta);
    }
    let (factor, shift, mean) = (&*factor, &*shift, &mean[..c]);
    let cost = PASS * x.len();
    team.split_rows(y, c, cost, |first, y| {
        let rows = y.chunks_exact_mut(c).zip(x[first * c..].chunks_exact(c));
        for (y, x) in rows {
            for i in 0..c {
                y[i] = (x[i] - mean[i]) * factor[i] + shift[i];
            }
        }
    });
}
