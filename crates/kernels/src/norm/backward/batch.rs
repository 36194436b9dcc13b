//! Gradient of batch normalisation.
//!
//! With `h = (x - mean) * inverse`, the normalised input, and `M` values a channel:
//! `dbeta = sum dy`, `dgamma = sum dy * h`; past running statistics `dx = gamma * inverse * dy`,
//! through those of the batch `dx = gamma * inverse * (dy - dbeta / M - h * dgamma / M)`.

use crate::cascade::{over_batch, over_batch_len};
use crate::norm::batch::BatchNorm;
use crate::team::{PASS, Team};

/// Where the statistics came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistics {
    /// The batch: they depend on `x`.
    Batch,
    /// Running ones, constants.
    Running,
}

/// What the forward has read and kept.
#[derive(Debug, Clone, Copy)]
pub struct Saved<'a> {
    /// Where `mean` and `inverse` came from.
    pub statistics: Statistics,
    /// `[N, P, C]`
    pub x: &'a [f32],
    /// `[C]`
    pub mean: &'a [f32],
    /// `1 / sqrt(variance + eps)`, `[C]`
    pub inverse: &'a [f32],
    /// `[C]`, or none without an affine part.
    pub gamma: Option<&'a [f32]>,
}

/// Version 0, in f64: the formula above, with the statistics given. Returns `dgamma` and `dbeta`.
pub fn reference(
    c: usize,
    statistics: Statistics,
    (mean, inverse): (&[f64], &[f64]),
    gamma: Option<&[f32]>,
    (x, dy): (&[f64], &[f64]),
    dx: &mut [f64],
) -> (Vec<f64>, Vec<f64>) {
    let count = (x.len() / c) as f64;
    let h = |i: usize| (x[i] - mean[i % c]) * inverse[i % c];
    let (mut dgamma, mut dbeta) = (vec![0.0; c], vec![0.0; c]);
    for (i, &dy) in dy.iter().enumerate() {
        dgamma[i % c] += dy * h(i);
        dbeta[i % c] += dy;
    }
    for (i, dx) in dx.iter_mut().enumerate() {
        let channel = i % c;
        let through = match statistics {
            Statistics::Batch => (dbeta[channel] + h(i) * dgamma[channel]) / count,
            Statistics::Running => 0.0,
        };
        let gamma = gamma.map_or(1.0, |gamma| f64::from(gamma[channel]));
        *dx = gamma * inverse[channel] * (dy[i] - through);
    }
    (dgamma, dbeta)
}

/// Elements of scratch that [`batch_norm`] needs.
pub fn scratch_len(norm: &BatchNorm) -> usize {
    let (n, pixels) = norm.images();
    3 * norm.channels() + over_batch_len(n, pixels, 2 * norm.channels())
}

/// Version 1: one pass for both sums, one for `dx`.
///
/// `dy`, `dx`: `[N, P, C]`; `affine`: where the gradients of gamma and beta go, `[C]` each, or none
/// if they are not wanted; `scratch`: [`scratch_len`] elements. Outputs and scratch may hold
/// anything before.
pub fn batch_norm(
    norm: &BatchNorm,
    saved: &Saved<'_>,
    dy: &[f32],
    dx: &mut [f32],
    affine: Option<(&mut [f32], &mut [f32])>,
    scratch: &mut [f32],
    team: &Team,
) {
    let (c, count) = (norm.channels(), norm.count() as f64);
    let (factors, scratch) = scratch.split_at_mut(3 * c);
    let through = saved.statistics == Statistics::Batch;
    let mut sums = None;
    if through || affine.is_some() {
        sums = Some(&*sum_gradients(norm, saved, dy, scratch, team));
    }
    let (factor, rest) = factors.split_at_mut(c);
    let (shift, slope) = rest.split_at_mut(c);
    for i in 0..c {
        let inverse = f64::from(saved.inverse[i]);
        factor[i] = saved.inverse[i] * saved.gamma.map_or(1.0, |gamma| gamma[i]);
        if let Some(sums) = sums.filter(|_| through) {
            shift[i] = (f64::from(sums[i]) / count) as f32;
            slope[i] = (inverse * inverse * f64::from(sums[c + i]) / count) as f32;
        }
    }
    if let (Some((dgamma, dbeta)), Some(sums)) = (affine, sums) {
        dbeta.copy_from_slice(&sums[..c]);
        for ((dgamma, &sum), &inverse) in dgamma.iter_mut().zip(&sums[c..]).zip(saved.inverse) {
            *dgamma = sum * inverse;
        }
    }
    if through {
        through_batch(saved, (factor, shift, slope), dy, dx, team);
    } else {
        past_running(factor, dy, dx, team);
    }
}

/// `sum dy` and `sum dy * (x - mean)`, `[2, C]`.
fn sum_gradients<'a>(
    norm: &BatchNorm,
    saved: &Saved<'_>,
    dy: &[f32],
    scratch: &'a mut [f32],
    team: &Team,
) -> &'a mut [f32] {
    let c = norm.channels();
    let image_len = dy.len() / norm.images().0.max(1);
    let (x, mean) = (saved.x, &saved.mean[..c]);
    over_batch(norm.images(), 2 * c, PASS * dy.len(), scratch, team, |image, sum| {
        let image = image * image_len..(image + 1) * image_len;
        let rows = x[image.clone()].chunks_exact(c).zip(dy[image].chunks_exact(c));
        for (x, dy) in rows {
            sum.add(|sums| {
                let (plain, moved) = sums.split_at_mut(c);
                for i in 0..c {
                    plain[i] += dy[i];
                    moved[i] += dy[i] * (x[i] - mean[i]);
                }
            });
        }
    })
}

/// `dx = factor * (dy - shift - (x - mean) * slope)`
fn through_batch(
    saved: &Saved<'_>,
    (factor, shift, slope): (&[f32], &[f32], &[f32]),
    dy: &[f32],
    dx: &mut [f32],
    team: &Team,
) {
    let (c, cost) = (factor.len(), PASS * dy.len());
    let mean = &saved.mean[..c];
    team.split_rows(dx, c, cost, |first, dx| {
        let rows = saved.x[first * c..].chunks_exact(c).zip(dy[first * c..].chunks_exact(c));
        for (dx, (x, dy)) in dx.chunks_exact_mut(c).zip(rows) {
            for i in 0..c {
                dx[i] = factor[i] * ((dy[i] - shift[i]) - (x[i] - mean[i]) * slope[i]);
            }
        }
    });
}

/// `dx = factor * dy`
fn past_running(factor: &[f32], dy: &[f32], dx: &mut [f32], team: &Team) {
    let (c, cost) = (factor.len(), PASS * dy.len());
    team.split_rows(dx, c, cost, |first, dx| {
        for (dx, dy) in dx.chunks_exact_mut(c).zip(dy[first * c..].chunks_exact(c)) {
            for i in 0..c {
                dx[i] = factor[i] * dy[i];
            }
        }
    });
}
