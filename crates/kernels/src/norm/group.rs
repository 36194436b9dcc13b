//! Normalisation of groups of channels over all pixels of an image.
//!
//! One group a channel is instance normalisation (Ulyanov et al. 2016, arXiv 1607.08022), one group
//! of all channels of a single pixel is layer normalisation over channels (Ba et al. 2016, arXiv
//! 1607.06450), what lies between is group normalisation (Wu and He 2018, arXiv 1803.08494).

use crate::activation::Activation;
use crate::matrix::MatMut;
use crate::team::{Grid, PASS, Team, Units};

/// Sizes of one image and what is added to its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupNorm {
    /// Pixels of an image.
    pub pixels: usize,
    /// Channels, a multiple of `groups`.
    pub c: usize,
    /// Groups that are normalised apart.
    pub groups: usize,
    /// Added to the variance.
    pub eps: f32,
}

/// Version 0: `y = (x - mean) / sqrt(variance + eps) * scale + shift`, group by group, in f64.
///
/// `x`, `y`: `[P, C]`; `scale`, `shift`: `[C]`.
pub fn reference(norm: &GroupNorm, scale: &[f32], shift: &[f32], x: &[f32], y: &mut [f32]) {
    let GroupNorm { c, groups, .. } = *norm;
    for group in 0..groups {
        let own = |i: &usize| i % c / (c / groups) == group;
        let values = || (0..x.len()).filter(own).map(|i| f64::from(x[i]));
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
        let inverse = 1.0 / (variance + f64::from(norm.eps)).sqrt();
        for i in (0..x.len()).filter(own) {
            let value = (f64::from(x[i]) - mean) * inverse * f64::from(scale[i % c]);
            y[i] = (value + f64::from(shift[i % c])) as f32;
        }
    }
}

/// Elements of scratch that [`group_norm`] needs for `c` channels, on each thread.
pub fn scratch_len(c: usize) -> usize {
    3 * c
}

/// Every image of `x`, `[N, P, C]`, by [`group_norm`], and then activated; `scratch` has
/// [`scratch_len`] elements for each thread.
#[inline(never)]
pub fn group_norms(
    norm: &GroupNorm,
    (affine, activation): ((&[f32], &[f32]), Activation),
    x: &[f32],
    y: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let image = norm.pixels * norm.c;
    let grid = Grid::rows(team, y.len() / image, 3 * PASS * y.len());
    let place = |[images, _]: &Units| [images.clone(), 0..image];
    let scratch = (scratch, scratch_len(norm.c));
    team.split(grid, MatMut::new(y, image), scratch, place, |[images, _], mut y, scratch| {
        for (at, x) in images.clone().zip(x[images.start * image..].chunks_exact(image)) {
            let y = y.row(at - images.start);
            group_norm(norm, affine, x, y, scratch);
            activation.apply(y);
        }
    });
}

/// Version 1: one image, in three passes over its rows: means, variances, results. Sums are
/// compensated (Kahan 1965), for a mean over a large map would lose digits in f32.
///
/// `x`, `y`: `[P, C]`; `scratch`: [`scratch_len`] elements.
pub fn group_norm(
    norm: &GroupNorm,
    (scale, shift): (&[f32], &[f32]),
    x: &[f32],
    y: &mut [f32],
    scratch: &mut [f32],
) {
    let GroupNorm { pixels, c, groups, eps } = *norm;
    let (mean, rest) = scratch[..scratch_len(c)].split_at_mut(c);
    let (sums, lost) = rest.split_at_mut(c);
    let count = (pixels * (c / groups)) as f64;
    sum_rows(x, sums, lost, |x, _| x);
    for (mean, sums) in mean.chunks_exact_mut(c / groups).zip(sums.chunks_exact(c / groups)) {
        mean.fill((total(sums) / count) as f32);
    }
    let means = &*mean;
    sum_rows(x, sums, lost, |x, c| (x - means[c]) * (x - means[c]));
    for (g, sums) in sums.chunks_exact_mut(c / groups).enumerate() {
        let inverse = 1.0 / (total(sums) / count + f64::from(eps)).sqrt();
        for (factor, scale) in sums.iter_mut().zip(&scale[g * (c / groups)..]) {
            *factor = (inverse * f64::from(*scale)) as f32;
        }
    }
    for (x, y) in x.chunks_exact(c).zip(y.chunks_exact_mut(c)) {
        for i in 0..c {
            y[i] = (x[i] - mean[i]) * sums[i] + shift[i];
        }
    }
}

/// Sums `f(x, c)` over the rows, channel by channel.
#[inline(always)]
fn sum_rows(x: &[f32], sums: &mut [f32], lost: &mut [f32], f: impl Fn(f32, usize) -> f32) {
    let c = sums.len();
    sums.fill(0.0);
    lost.fill(0.0);
    for row in x.chunks_exact(c) {
        for i in 0..c {
            let add = f(row[i], i) - lost[i];
            let sum = sums[i] + add;
            lost[i] = (sum - sums[i]) - add;
            sums[i] = sum;
        }
    }
}

fn total(sums: &[f32]) -> f64 {
    sums.iter().map(|&sum| f64::from(sum)).sum()
}
