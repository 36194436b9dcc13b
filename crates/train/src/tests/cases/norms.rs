//! Normalisations.

use crate::tests::case::{Case, dirty, wide};
use receptive_kernels::norm::backward::batch::{self as back, Statistics};
use receptive_kernels::norm::backward::{group as group_back, lrn};
use receptive_kernels::norm::batch::{self, BatchNorm};
use receptive_kernels::norm::group::{self, GroupNorm};
use receptive_kernels::norm::lrn::Lrn;
use receptive_kernels::testing::Random;

const EPS: f32 = 1e-3;

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for sizes in [[3, 7, 5], [2, 1, 4], [1, 2, 19]] {
        cases.extend(batch_train(sizes, true));
        cases.extend(batch_train(sizes, false));
        cases.extend(batch_eval(sizes, true));
        cases.extend(batch_eval(sizes, false));
    }
    cases.push(running());
    for sizes in [[3, 7, 6, 2], [2, 5, 4, 4], [2, 3, 5, 1]] {
        cases.extend(groups(sizes));
    }
    cases.extend([[7, 9, 3], [3, 5, 4], [2, 4, 9]].map(lrn_grad));
    cases
}

fn batch_train(sizes: [usize; 3], affine: bool) -> Vec<Case> {
    let ([n, pixels, c], len) = (sizes, sizes.iter().product());
    let norm = BatchNorm::training(n, pixels, c, EPS).unwrap();
    let mut random = Random::new(len as u64);
    let [x, dy, weight, bias] = [len, len, c, c].map(|len| random.vector(len));
    let factors = affine.then_some((&weight[..], &bias[..]));
    let mut y = dirty(len);
    let (mean, variance) = batch::reference(&norm, factors, None, &wide(&x), &mut y);
    let inverse: Vec<f64> = variance.iter().map(|v| (v + f64::from(EPS)).sqrt().recip()).collect();
    let [train, grad] = [82, 84].map(|code| Case::new(format!("{sizes:?}, {affine}"), code));
    let gamma = affine.then_some(&weight[..]);
    let forward = train.read(&x).write(y).maybe(gamma).maybe(affine.then_some(&bias[..]));
    let statistics = [&mean[..], &variance, &inverse].concat();
    let narrow: Vec<f32> = statistics.iter().map(|&value| value as f32).collect();
    let forward = forward.write(statistics).sizes(&sizes).floats(&[EPS]);
    let mut dx = dirty(len);
    let ends = (&wide(&x)[..], &wide(&dy)[..]);
    let saved = (&mean[..], &inverse[..]);
    let (dw, db) = back::reference(c, Statistics::Batch, saved, gamma, ends, &mut dx);
    let grad = grad.read(&x).read(&dy).read(&narrow).maybe(gamma).write(dw).write(db).write(dx);
    // Differences of values near to each other are divided by a small spread.
    [forward, grad.sizes(&sizes)].map(|case| case.terms(16 * n * pixels)).to_vec()
}

fn batch_eval(sizes: [usize; 3], affine: bool) -> Vec<Case> {
    let ([n, pixels, c], len) = (sizes, sizes.iter().product());
    let norm = BatchNorm::evaluation(n, pixels, c, EPS).unwrap();
    let mut random = Random::new(len as u64);
    let [x, dy, weight, bias, mean, spread] = [len, len, c, c, c, c].map(|len| random.vector(len));
    let variance: Vec<f32> = spread.iter().map(|spread| 1.5 + spread).collect();
    let factors = affine.then_some((&weight[..], &bias[..]));
    let (mut y, mut dx) = (dirty(len), dirty(len));
    batch::reference(&norm, factors, Some((&mean, &variance)), &wide(&x), &mut y);
    let [eval, grad] = [85, 86].map(|code| Case::new(format!("{sizes:?}, {affine}"), code));
    let gamma = affine.then_some(&weight[..]);
    let forward = eval.read(&x).write(y).maybe(gamma).maybe(affine.then_some(&bias[..]));
    let forward = forward.read(&mean).read(&variance).sizes(&sizes).floats(&[EPS]);
    let inverse = |&v: &f32| (f64::from(v) + f64::from(EPS)).sqrt().recip();
    let saved = (&wide(&mean)[..], &variance.iter().map(inverse).collect::<Vec<f64>>()[..]);
    let ends = (&wide(&x)[..], &wide(&dy)[..]);
    let (dw, db) = back::reference(c, Statistics::Running, saved, gamma, ends, &mut dx);
    let grad = grad.read(&x).read(&dy).maybe(gamma).read(&mean).read(&variance);
    let grad = grad.write(dw).write(db).write(dx).sizes(&sizes).floats(&[EPS]);
    [forward, grad].map(|case| case.terms(n * pixels)).to_vec()
}

fn running() -> Case {
    let (c, count, momentum) = (5, 7, 0.25f32);
    let mut random = Random::new(8);
    let [statistics, mean, variance] = [3 * c, c, c].map(|len| random.vector(len));
    let moved = |old: &[f32], new: &[f32], factor: f64| {
        let (old, new) = (wide(old), wide(new));
        old.iter().zip(new).map(|(old, new)| 0.75 * old + 0.25 * factor * new).collect()
    };
    let means = moved(&mean, &statistics[..c], 1.0);
    let variances = moved(&variance, &statistics[c..2 * c], 7.0 / 6.0);
    let case = Case::new("running", 83).read(&statistics).change(&mean, means);
    case.change(&variance, variances).floats(&[momentum]).sizes(&[count, c])
}

fn groups(sizes: [usize; 4]) -> Vec<Case> {
    let [n, pixels, c, groups] = sizes;
    let (image, norm) = (pixels * c, GroupNorm { pixels, c, groups, eps: EPS });
    let mut random = Random::new(image as u64);
    let [x, dy, scale, shift] = [n * image, n * image, c, c].map(|len| random.vector(len));
    let mut y = vec![f32::NAN; x.len()];
    let (mut dx, mut dscale, mut dshift) = (dirty(x.len()), vec![0.0; c], vec![0.0; c]);
    for at in (0..n).map(|n| n * image..(n + 1) * image) {
        group::reference(&norm, &scale, &shift, &x[at.clone()], &mut y[at.clone()]);
        let ends = (&wide(&x[at.clone()])[..], &wide(&dy[at.clone()])[..]);
        let sums = (&mut dscale[..], &mut dshift[..]);
        group_back::reference(&norm, &scale, ends, &mut dx[at], sums);
    }
    let [forward, grad] = [87, 88].map(|code| Case::new(format!("{sizes:?}"), code));
    let forward = forward.read(&x).write_narrow(&y).read(&scale).read(&shift);
    let grad = grad.read(&x).read(&dy).read(&scale).write(dscale).write(dshift).write(dx);
    [forward, grad].map(|case| case.sizes(&sizes).floats(&[EPS]).terms(4 * n * image)).to_vec()
}

fn lrn_grad([rows, c, size]: [usize; 3]) -> Case {
    let (alpha, beta, k) = (0.5, 0.75, 1.5);
    let mut random = Random::new(c as u64);
    let [x, dy] = [rows * c; 2].map(|len| random.vector(len));
    let mut dx = dirty(x.len());
    lrn::reference(&Lrn { size, alpha, beta, k }, c, (&wide(&x), &wide(&dy)), &mut dx);
    let case = Case::new(format!("{rows}x{c}, {size}"), 89).read(&x).read(&dy).write(dx);
    case.sizes(&[rows, c, size]).floats(&[alpha, beta, k]).terms(size)
}
