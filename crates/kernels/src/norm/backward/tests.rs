//! Every kernel against its formula in f64, every formula against central differences.

use super::{batch, group, lrn};
use crate::error::Code;
use crate::gradient_check::{assert_differences, assert_near, dot, wide};
use crate::norm::batch::{BatchNorm, Running, eval, reference as batch_forward, train};
use crate::norm::group::{GroupNorm, reference as group_forward};
use crate::norm::lrn::{Lrn, reference as lrn_forward};
use crate::team::Team;
use crate::testing::Random;
use batch::{Saved, Statistics};

const TEAMS: [Team; 3] = [Team::SOLO, Team::eager(2), Team::eager(5)];

/// Images, pixels, channels: around the lanes of a vector, the blocks of 8 images, the cascade's 16.
const SIZES: [(usize, usize, usize); 13] = [
    (2, 1, 1),
    (1, 2, 3),
    (3, 5, 4),
    (7, 4, 5),
    (8, 9, 8),
    (9, 9, 7),
    (16, 1, 6),
    (17, 16, 3),
    (33, 17, 2),
    (70, 1, 9),
    (130, 2, 16),
    (2, 300, 19),
    (9, 520, 4),
];

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

fn affine_of(random: &mut Random, c: usize) -> (Vec<f32>, Vec<f32>) {
    let gamma = random.vector(c).iter().map(|g| 1.0 + g / 2.0).collect();
    (gamma, random.vector(c))
}

#[test]
fn batch_norm_forward() {
    for (n, pixels, c) in SIZES {
        let norm = BatchNorm::training(n, pixels, c, 1e-5).unwrap();
        let random = &mut Random::new(c as u64);
        let x: Vec<f32> = random.vector(n * pixels * c).iter().map(|x| x * 2.0 + 3.0).collect();
        let (gamma, beta) = affine_of(random, c);
        for affine in [None, Some((&gamma[..], &beta[..]))] {
            let mut expected = vec![f64::NAN; x.len()];
            let (means, variances) = batch_forward(&norm, affine, None, &wide(&x), &mut expected);
            let mut seen: Option<Vec<u32>> = None;
            for team in TEAMS {
                let what = format!("{n} {pixels} {c} {team:?}");
                let mut scratch = vec![f32::NAN; norm.train_scratch()];
                let (mut y, mut mean, mut inverse) =
                    (vec![f32::NAN; x.len()], vec![f32::NAN; c], vec![f32::NAN; c]);
                let (mut running_mean, mut running_var) = (vec![0.5; c], vec![2.0; c]);
                let running =
                    Running { mean: &mut running_mean, variance: &mut running_var, momentum: 0.1 };
                let saved = (&mut mean[..], &mut inverse[..]);
                train(&norm, (affine, Some(running)), &x, &mut y, saved, &mut scratch, &team);
                assert_near(&what, &y, &expected, 64);
                assert_near(&what, &mean, &means, 8);
                let inverses: Vec<f64> =
                    variances.iter().map(|v| 1.0 / (v + 1e-5f32 as f64).sqrt()).collect();
                assert_near(&what, &inverse, &inverses, 32);
                let moved: Vec<f64> = means.iter().map(|mean| 0.5 + 0.1 * (mean - 0.5)).collect();
                assert_near(&what, &running_mean, &moved, 8);
                let unbiased = norm.count() as f64 / (norm.count() - 1) as f64;
                let moved: Vec<f64> =
                    variances.iter().map(|v| 2.0 + 0.1 * (v * unbiased - 2.0)).collect();
                assert_near(&what, &running_var, &moved, 16);
                let now = bits(&y);
                assert_eq!(*seen.get_or_insert_with(|| now.clone()), now, "{what}");
            }
        }
    }
}

#[test]
fn batch_norm_evaluates_with_running_statistics() {
    for (n, pixels, c) in SIZES {
        let norm = BatchNorm::evaluation(n, pixels, c, 1e-3).unwrap();
        let random = &mut Random::new(c as u64);
        let x = random.vector(n * pixels * c);
        let (gamma, beta) = affine_of(random, c);
        let (variance, mean) = affine_of(random, c);
        for affine in [None, Some((&gamma[..], &beta[..]))] {
            let mut expected = vec![f64::NAN; x.len()];
            let given = Some((&mean[..], &variance[..]));
            batch_forward(&norm, affine, given, &wide(&x), &mut expected);
            let mut scratch = vec![f32::NAN; norm.eval_scratch()];
            let (mut y, mut inverse) = (vec![f32::NAN; x.len()], vec![f32::NAN; c]);
            let given = (&mean[..], &variance[..]);
            eval(&norm, (affine, given), &x, &mut y, &mut inverse, &mut scratch, &Team::eager(3));
            assert_near(&format!("{n} {pixels} {c}"), &y, &expected, 16);
        }
    }
}

#[test]
fn statistics_of_a_large_map_far_from_zero() {
    let (n, pixels, c) = (16, 4096, 2);
    let norm = BatchNorm::training(n, pixels, c, 1e-5).unwrap();
    let x: Vec<f32> =
        Random::new(8).vector(n * pixels * c).iter().map(|x| x * 0.01 + 100.0).collect();
    let (means, variances) =
        batch_forward(&norm, None, None, &wide(&x), &mut vec![f64::NAN; x.len()]);
    let (mut mean, mut variance) = (vec![f32::NAN; c], vec![f32::NAN; c]);
    let mut scratch = vec![f32::NAN; norm.train_scratch()];
    crate::norm::batch::statistics(&norm, &x, &mut mean, &mut variance, &mut scratch, &Team::SOLO);
    assert_near("mean", &mean, &means, 4);
    // The variance, 3e-5, is that of numbers whose last place is 8e-6.
    for (got, expected) in variance.iter().zip(variances) {
        let difference = (f64::from(*got) / expected - 1.0).abs();
        assert!(difference <= 1e-4, "{got}, expected {expected}");
    }
}

#[test]
fn one_value_a_channel_cannot_train() {
    let error = BatchNorm::training(1, 1, 4, 1e-5).unwrap_err();
    assert_eq!(error.code, Code::Shape);
    assert_eq!(error.message, "1 value a channel, expected 2 or more to train");
    assert!(BatchNorm::evaluation(1, 1, 4, 1e-5).is_ok());
    assert_eq!(BatchNorm::training(4, 4, 0, 1e-5).unwrap_err().code, Code::Shape);
    assert_eq!(BatchNorm::training(4, 4, 1, f32::NAN).unwrap_err().code, Code::Argument);
    assert_eq!(BatchNorm::evaluation(usize::MAX, 4, 1, 0.0).unwrap_err().code, Code::Shape);
}

#[test]
fn batch_norm_backward() {
    for (n, pixels, c) in SIZES {
        let norm = BatchNorm::training(n, pixels, c, 1e-5).unwrap();
        let random = &mut Random::new(n as u64);
        let x: Vec<f32> = random.vector(n * pixels * c).iter().map(|x| x * 2.0 + 0.5).collect();
        let dy = random.vector(x.len());
        let (gamma, _) = affine_of(random, c);
        let (means, variances) =
            batch_forward(&norm, None, None, &wide(&x), &mut vec![f64::NAN; x.len()]);
        let mean: Vec<f32> = means.iter().map(|&mean| mean as f32).collect();
        let inverses: Vec<f64> =
            variances.iter().map(|v| 1.0 / (v + 1e-5f32 as f64).sqrt()).collect();
        let inverse: Vec<f32> = inverses.iter().map(|&inverse| inverse as f32).collect();
        for gamma in [None, Some(&gamma[..])] {
            for statistics in [Statistics::Batch, Statistics::Running] {
                let mut expected = vec![f64::NAN; x.len()];
                let given = (&means[..], &inverses[..]);
                let (x64, dy64) = (wide(&x), wide(&dy));
                let (dgammas, dbetas) =
                    batch::reference(c, statistics, given, gamma, (&x64, &dy64), &mut expected);
                let saved = Saved { statistics, x: &x, mean: &mean, inverse: &inverse, gamma };
                let mut seen: Option<Vec<u32>> = None;
                for team in TEAMS {
                    let what = format!("{n} {pixels} {c} {statistics:?} {team:?}");
                    let mut scratch = vec![f32::NAN; batch::scratch_len(&norm)];
                    let (mut dx, mut dgamma, mut dbeta) =
                        (vec![f32::NAN; x.len()], vec![f32::NAN; c], vec![f32::NAN; c]);
                    let affine = Some((&mut dgamma[..], &mut dbeta[..]));
                    batch::batch_norm(&norm, &saved, &dy, &mut dx, affine, &mut scratch, &team);
                    // Of two values a channel nothing is left but the rounding of the factors.
                    let size = f64::from(inverse.iter().fold(0.0f32, |most, &i| most.max(i)));
                    let largest = expected.iter().fold(0.0, |most: f64, dx| most.max(dx.abs()));
                    let roundings = (64.0 * (size / largest.max(1e-3)).max(1.0)) as usize;
                    assert_near(&what, &dx, &expected, roundings);
                    let terms = (n * pixels) as f64;
                    let sums = 16 + terms.sqrt() as usize;
                    assert_near(&what, &dgamma, &dgammas, sums.max(roundings));
                    assert_near(&what, &dbeta, &dbetas, sums);
                    let now = [bits(&dx), bits(&dgamma), bits(&dbeta)].concat();
                    assert_eq!(*seen.get_or_insert_with(|| now.clone()), now, "{what}");
                    let mut alone = vec![f32::NAN; x.len()];
                    scratch.fill(f32::NAN);
                    batch::batch_norm(&norm, &saved, &dy, &mut alone, None, &mut scratch, &team);
                    assert_eq!(alone, dx, "{what}");
                }
            }
        }
    }
}

#[test]
fn batch_norm_agrees_with_differences() {
    for (n, pixels, c) in [(2, 3, 1), (3, 4, 2), (4, 1, 3)] {
        let norm = BatchNorm::training(n, pixels, c, 1e-5).unwrap();
        let random = &mut Random::new(31);
        let (x, dy) = (wide(&random.vector(n * pixels * c)), wide(&random.vector(n * pixels * c)));
        let (gamma, beta) = affine_of(random, c);
        let (mut y, mut dx) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let (mean, variance) = batch_forward(&norm, None, None, &x, &mut y);
        let eps = f64::from(1e-5f32);
        let inverse: Vec<f64> = variance.iter().map(|v| 1.0 / (v + eps).sqrt()).collect();
        let given = (&mean[..], &inverse[..]);
        let (dgamma, dbeta) =
            batch::reference(c, Statistics::Batch, given, Some(&gamma), (&x, &dy), &mut dx);
        let loss = |gamma: &[f32], beta: &[f32], statistics, x: &[f64]| {
            let mut y = vec![0.0; x.len()];
            batch_forward(&norm, Some((gamma, beta)), statistics, x, &mut y);
            dot(&y, &dy)
        };
        assert_differences("dx", &x, &dx, 1e-4, |x| loss(&gamma, &beta, None, x));
        let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|&x| x as f32).collect() };
        // Both are linear: a large step has no error but that of f32, which a power of two avoids.
        let gamma8 = gamma.iter().map(|g| (g * 256.0).round() / 256.0).collect::<Vec<f32>>();
        let beta8 = beta.iter().map(|b| (b * 256.0).round() / 256.0).collect::<Vec<f32>>();
        assert_differences("dgamma", &wide(&gamma8), &dgamma, 0.25, |g| {
            loss(&narrow(g), &beta, None, &x)
        });
        assert_differences("dbeta", &wide(&beta8), &dbeta, 0.25, |b| {
            loss(&gamma, &narrow(b), None, &x)
        });
        let (running_var, running_mean) = affine_of(random, c);
        let inverse: Vec<f64> =
            running_var.iter().map(|&v| 1.0 / (f64::from(v) + eps).sqrt()).collect();
        let mean = wide(&running_mean);
        let given = (&mean[..], &inverse[..]);
        batch::reference(c, Statistics::Running, given, Some(&gamma), (&x, &dy), &mut dx);
        assert_differences("dx, running", &x, &dx, 1e-3, |x| {
            loss(&gamma, &beta, Some((&running_mean, &running_var)), x)
        });
    }
}

/// Images, pixels, channels, groups.
const GROUPS: [(usize, usize, usize, usize); 10] = [
    (1, 4, 1, 1),
    (2, 5, 6, 3),
    (8, 9, 4, 4),
    (9, 9, 8, 2),
    (17, 3, 5, 1),
    (65, 1, 7, 1),
    (130, 1, 16, 4),
    (3, 70, 12, 6),
    (2, 300, 9, 9),
    (0, 4, 3, 1),
];

#[test]
fn group_norm_backward() {
    for (n, pixels, c, groups) in GROUPS {
        let norm = GroupNorm { pixels, c, groups, eps: 1e-5 };
        let random = &mut Random::new(n as u64 + 1);
        let len = n * pixels * c;
        let (x, dy, (gamma, _)) = (random.vector(len), random.vector(len), affine_of(random, c));
        let (mut dxs, mut dgammas, mut dbetas) = (vec![0.0; len], vec![0.0; c], vec![0.0; c]);
        let (x64, dy64) = (wide(&x), wide(&dy));
        for (at, dx) in dxs.chunks_exact_mut(pixels * c).enumerate() {
            let own = at * pixels * c..(at + 1) * pixels * c;
            let image = (&x64[own.clone()], &dy64[own]);
            group::reference(&norm, &gamma, image, dx, (&mut dgammas, &mut dbetas));
        }
        let mut seen: Option<Vec<u32>> = None;
        for team in TEAMS {
            let what = format!("{n} {pixels} {c} {groups} {team:?}");
            let mut scratch = vec![f32::NAN; group::scratch_len(&norm, n)];
            let (mut dx, mut dgamma, mut dbeta) =
                (vec![f32::NAN; len], vec![f32::NAN; c], vec![f32::NAN; c]);
            let affine = Some((&mut dgamma[..], &mut dbeta[..]));
            group::group_norm(&norm, &gamma, (&x, &dy), &mut dx, affine, &mut scratch, &team);
            assert_near(&what, &dx, &dxs, 256);
            assert_near(&what, &dgamma, &dgammas, 64);
            assert_near(&what, &dbeta, &dbetas, 64);
            let now = [bits(&dx), bits(&dgamma), bits(&dbeta)].concat();
            assert_eq!(*seen.get_or_insert_with(|| now.clone()), now, "{what}");
        }
    }
}

#[test]
fn group_norm_agrees_with_differences() {
    for (pixels, c, groups) in [(4, 1, 1), (3, 4, 2), (1, 6, 1), (5, 2, 2)] {
        let norm = GroupNorm { pixels, c, groups, eps: 1e-5 };
        let random = &mut Random::new(12);
        let len = pixels * c;
        // Exact in f32 with the step added: the forward takes f32.
        let x: Vec<f32> = random.vector(len).iter().map(|x| (x * 64.0).round() / 64.0).collect();
        let (dy, (gamma, beta)) = (wide(&random.vector(len)), affine_of(random, c));
        let (mut dx, mut dgamma, mut dbeta) = (vec![0.0; len], vec![0.0; c], vec![0.0; c]);
        let image = (&wide(&x)[..], &dy[..]);
        group::reference(&norm, &gamma, image, &mut dx, (&mut dgamma, &mut dbeta));
        // The forward in f64 without its last rounding: the same formula, written out.
        let forward = |x: &[f64]| {
            let mut y = vec![0.0; len];
            for group in 0..groups {
                let own = || (0..len).filter(move |i| i % c / (c / groups) == group);
                let count = own().count() as f64;
                let mean = own().map(|i| x[i]).sum::<f64>() / count;
                let variance = own().map(|i| x[i] * x[i]).sum::<f64>() / count - mean * mean;
                for i in own() {
                    let h = (x[i] - mean) / (variance + f64::from(norm.eps)).sqrt();
                    y[i] = h * f64::from(gamma[i % c]) + f64::from(beta[i % c]);
                }
            }
            y
        };
        let mut y = vec![f32::NAN; len];
        group_forward(&norm, &gamma, &beta, &x, &mut y);
        assert_near("forward", &y, &forward(&wide(&x)), 4);
        assert_differences("dx", &wide(&x), &dx, 1e-4, |x| dot(&forward(x), &dy));
    }
}

#[test]
fn lrn_backward() {
    let lrns = [(5, 1e-4, 0.75, 1.0), (5, 0.9, 0.75, 2.0), (4, 0.5, 0.5, 1.0), (1, 1.0, 1.0, 0.5)];
    for (size, alpha, beta, k) in lrns.into_iter().chain([(3, 0.7, 0.6, 1.5), (40, 0.8, 0.75, 1.0)])
    {
        let norm = Lrn { size, alpha, beta, k };
        for (rows, c) in [(0, 3), (1, 1), (3, 2), (5, 4), (4, 5), (7, 9), (3, 33)] {
            let random = &mut Random::new(c as u64);
            let (x, dy) = (random.vector(rows * c), random.vector(rows * c));
            let mut expected = vec![f64::NAN; rows * c];
            lrn::reference(&norm, c, (&wide(&x), &wide(&dy)), &mut expected);
            for team in TEAMS {
                let mut scratch = vec![f32::NAN; lrn::scratch_len(&norm, c, &team)];
                let mut dx = vec![f32::NAN; rows * c];
                lrn::lrn(&norm, c, (&x, &dy), &mut dx, &mut scratch, &team);
                assert_near(&format!("{norm:?} {rows} {c}"), &dx, &expected, 64);
            }
        }
        let (c, random) = (7, &mut Random::new(6));
        let (x, dy) = (random.vector(c), wide(&random.vector(c)));
        let mut dx = vec![f64::NAN; c];
        lrn::reference(&norm, c, (&wide(&x), &dy), &mut dx);
        let forward = |x: &[f64]| -> Vec<f64> {
            let value = |i: usize| {
                let near = (0..c).filter(|&j| j + size / 2 >= i && j <= i + (size - 1) / 2);
                let sum: f64 = near.map(|j| x[j] * x[j]).sum();
                let base = f64::from(k) + f64::from(alpha) / size as f64 * sum;
                x[i] / base.powf(beta.into())
            };
            (0..c).map(value).collect()
        };
        let mut y = vec![f32::NAN; c];
        lrn_forward(&norm, c, &x, &mut y);
        assert_near("forward", &y, &forward(&wide(&x)), 2);
        assert_differences(&format!("{norm:?}"), &wide(&x), &dx, 1e-4, |x| dot(&forward(x), &dy));
    }
}
