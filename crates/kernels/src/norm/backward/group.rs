//! Gradient of group normalisation, of which instance and layer normalisation are cases.
//!
//! With `h = (x - mean) * inverse` and `M` values a group of an image:
//! `dx = inverse * (gamma * dy - a - h * b)`, where `a` and `b` are the means over the group of
//! `gamma * dy` and of `gamma * dy * h`; `dbeta = sum dy` and `dgamma = sum dy * h` over the batch.

use crate::cascade::{Cascade, block_images, cascade_len, tree};
use crate::norm::group::GroupNorm;
use crate::team::{PASS, Rows, Team};

/// Version 0, in f64, one image: `x`, `dy`, `dx` are `[P, C]`. Adds to `dgamma` and `dbeta`.
pub fn reference(
    norm: &GroupNorm,
    gamma: &[f32],
    (x, dy): (&[f64], &[f64]),
    dx: &mut [f64],
    (dgamma, dbeta): (&mut [f64], &mut [f64]),
) {
    let GroupNorm { c, groups, .. } = *norm;
    for group in 0..groups {
        let own = || (0..x.len()).filter(move |i| i % c / (c / groups) == group);
        let count = own().count() as f64;
        let mean = own().map(|i| x[i]).sum::<f64>() / count;
        let variance = own().map(|i| (x[i] - mean).powi(2)).sum::<f64>() / count;
        let inverse = 1.0 / (variance + f64::from(norm.eps)).sqrt();
        let h = |i: usize| (x[i] - mean) * inverse;
        let g = |i: usize| f64::from(gamma[i % c]) * dy[i];
        let a = own().map(g).sum::<f64>() / count;
        let b = own().map(|i| g(i) * h(i)).sum::<f64>() / count;
        for i in own() {
            dx[i] = inverse * (g(i) - a - h(i) * b);
            dgamma[i % c] += dy[i] * h(i);
            dbeta[i % c] += dy[i];
        }
    }
}

/// Elements of scratch of one block: its sums of `[2, C]`, those of an image, and four factors.
const fn block_len(c: usize) -> usize {
    2 * cascade_len(2 * c) + 4 * c
}

/// Elements of scratch that [`group_norm`] needs.
pub fn scratch_len(norm: &GroupNorm, n: usize) -> usize {
    n.div_ceil(block_images(norm.pixels)).max(1) * block_len(norm.c)
}

/// Version 1: image by image, while it is in cache: its statistics anew, the sums of its gradients,
/// then `dx`.
///
/// `x`, `dy`, `dx`: `[N, P, C]`; `gamma`: `[C]`; `affine`: where the gradients of gamma and beta
/// go, `[C]` each, or none if they are not wanted; `scratch`: [`scratch_len`] elements.
pub fn group_norm(
    norm: &GroupNorm,
    gamma: &[f32],
    (x, dy): (&[f32], &[f32]),
    dx: &mut [f32],
    affine: Option<(&mut [f32], &mut [f32])>,
    scratch: &mut [f32],
    team: &Team,
) {
    let (c, image) = (norm.c, norm.pixels * norm.c);
    let block = block_images(norm.pixels) * image;
    let scratch = &mut scratch[..scratch_len(norm, x.len() / image)];
    let (blocks, cost) = (scratch.len() / block_len(c), 4 * PASS * x.len());
    let outputs = (Rows::new(dx, block), Rows::new(&mut *scratch, block_len(c)));
    team.share(blocks, cost, outputs, |range, (dx, scratch)| {
        let mut dx = dx.values.chunks_mut(block);
        for (at, scratch) in range.zip(scratch.values.chunks_exact_mut(block_len(c))) {
            let (sums, scratch) = scratch.split_at_mut(cascade_len(2 * c));
            let mut sums = Cascade::new(sums, 2 * c);
            let images = dx.next().unwrap_or_default().chunks_exact_mut(image);
            for (start, dx) in (at * block..).step_by(image).zip(images) {
                let own = (&x[start..start + image], &dy[start..start + image]);
                one_image(norm, gamma, own, dx, &mut sums, scratch);
            }
            sums.finish();
        }
    });
    tree(scratch, block_len(c), 2 * c);
    if let Some((dgamma, dbeta)) = affine {
        dbeta.copy_from_slice(&scratch[..c]);
        dgamma.copy_from_slice(&scratch[c..2 * c]);
    }
}

/// `x`, `dy`, `dx`: `[P, C]`; adds `sum dy` and `sum dy * h` to `total`.
fn one_image(
    norm: &GroupNorm,
    gamma: &[f32],
    (x, dy): (&[f32], &[f32]),
    dx: &mut [f32],
    total: &mut Cascade<'_>,
    scratch: &mut [f32],
) {
    let c = norm.c;
    let (sums, factors) = scratch.split_at_mut(cascade_len(2 * c));
    let (mean, rest) = factors[..4 * c].split_at_mut(c);
    let (inverse, rest) = rest.split_at_mut(c);
    statistics(norm, x, mean, inverse, sums);
    let mut sum = Cascade::new(sums, 2 * c);
    for (x, dy) in x.chunks_exact(c).zip(dy.chunks_exact(c)) {
        sum.add(|sums| {
            let (plain, moved) = sums.split_at_mut(c);
            for i in 0..c {
                plain[i] += dy[i];
                moved[i] += dy[i] * ((x[i] - mean[i]) * inverse[i]);
            }
        });
    }
    let sums = &*sum.finish();
    total.add(|total| total.iter_mut().zip(sums).for_each(|(total, &sum)| *total += sum));
    let (shift, slope) = rest.split_at_mut(c);
    group_means(norm, gamma, &sums[..c], shift);
    group_means(norm, gamma, &sums[c..], slope);
    for ((dx, x), dy) in dx.chunks_exact_mut(c).zip(x.chunks_exact(c)).zip(dy.chunks_exact(c)) {
        for i in 0..c {
            let h = (x[i] - mean[i]) * inverse[i];
            dx[i] = inverse[i] * ((gamma[i] * dy[i] - shift[i]) - h * slope[i]);
        }
    }
}

/// Mean and `1 / sqrt(variance + eps)` of each group, repeated for each of its channels.
fn statistics(
    norm: &GroupNorm,
    x: &[f32],
    mean: &mut [f32],
    inverse: &mut [f32],
    scratch: &mut [f32],
) {
    let each = norm.c / norm.groups;
    let count = (norm.pixels * each) as f64;
    let total = |sums: &[f32]| sums.iter().map(|&sum| f64::from(sum)).sum::<f64>() / count;
    let mut sum = Cascade::new(scratch, norm.c);
    for x in x.chunks_exact(norm.c) {
        sum.add(|sums| sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum += x));
    }
    for (mean, sums) in mean.chunks_exact_mut(each).zip(sum.finish().chunks_exact(each)) {
        mean.fill(total(sums) as f32);
    }
    let mut sum = Cascade::new(scratch, norm.c);
    for x in x.chunks_exact(norm.c) {
        sum.add(|sums| {
            for ((sum, &x), &mean) in sums.iter_mut().zip(x).zip(&*mean) {
                *sum += (x - mean) * (x - mean);
            }
        });
    }
    for (inverse, sums) in inverse.chunks_exact_mut(each).zip(sum.finish().chunks_exact(each)) {
        inverse.fill((1.0 / (total(sums) + f64::from(norm.eps)).sqrt()) as f32);
    }
}

/// The mean over each group of `gamma * value`, repeated for each of its channels; `sums` are over
/// the pixels.
fn group_means(norm: &GroupNorm, gamma: &[f32], sums: &[f32], means: &mut [f32]) {
    let each = norm.c / norm.groups;
    let count = (norm.pixels * each) as f64;
    let groups = means.chunks_exact_mut(each).zip(gamma.chunks_exact(each));
    for ((means, gamma), sums) in groups.zip(sums.chunks_exact(each)) {
        let products = gamma.iter().zip(sums).map(|(&g, &sum)| f64::from(g) * f64::from(sum));
        means.fill((products.sum::<f64>() / count) as f32);
    }
}
