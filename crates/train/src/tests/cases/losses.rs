//! Losses, by their formulas in f64 and the differences of those; and how much was right.

use crate::tests::case::{Case, slopes, wide};
use crate::tests::draft::{Draft, float};
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;
use receptive_program::weights::Weights;

pub fn all() -> Vec<Case> {
    let mut cases = vec![
        labels(false, 0.0, None),
        labels(true, 0.0, None),
        labels(false, 0.125, None),
        labels(true, 0.25, Some(2)),
        labels(false, 0.0, Some(-100)),
        soft(),
    ];
    cases.extend([1.0, 2.5].map(bce));
    cases.extend((0..4).map(|kind| regression(kind, None)));
    cases.extend([0.0, 3.0].map(|divisor| regression(2, Some(divisor))));
    cases.extend([(0.25, 2.0), (-1.0, 1.5)].map(focal));
    cases.extend([dice(), soft_dice(false), soft_dice(true), correct()]);
    cases.extend([weighted_bce(0.0), weighted_bce(3.0), weighted_labels()]);
    for form in 0..3 {
        cases.extend((0..4).map(|kind| boxes(kind, form)));
    }
    cases
}

const ROWS: usize = 7;
const C: usize = 5;

/// Logits of `ROWS` rows of `C` classes.
fn logits() -> Vec<f32> {
    Random::new(12).vector(ROWS * C).iter().map(|x| 3.0 * x).collect()
}

/// A loss, its gradient by differences, half of which goes on.
fn case(
    (name, code): (String, u32),
    x: &[f32],
    target: &[f32],
    loss: impl Fn(&[f64]) -> f64,
) -> Case {
    let dx = slopes(x, &loss).iter().map(|slope| 0.5 * slope).collect();
    let case = Case::new(name, code).read(x).read(target).write(dx);
    case.write(vec![loss(&wide(x))]).floats(&[0.5]).terms(x.len())
}

fn log_softmax(x: &[f64]) -> Vec<f64> {
    let sum = x.iter().map(|x| x.exp()).sum::<f64>();
    x.iter().map(|x| x - sum.ln()).collect()
}

fn labels(weighted: bool, smoothing: f32, ignored: Option<i32>) -> Case {
    let (x, weights) = (logits(), [0.5f32, 1.0, 2.0, 0.25, 1.5]);
    let mut target = [0.0f32, 4.0, 2.0, 2.0, 1.0, 3.0, 0.0];
    if let Some(ignored) = ignored {
        target[1] = ignored as f32;
    }
    let weight = |class: usize| if weighted { f64::from(weights[class]) } else { 1.0 };
    let e = f64::from(smoothing);
    let loss = |x: &[f64]| {
        let (mut sum, mut count) = (0.0, 0.0);
        for (x, &target) in x.chunks_exact(C).zip(&target) {
            if ignored.is_some_and(|ignored| ignored as f32 == target) {
                continue;
            }
            let (log, class) = (log_softmax(x), target as usize);
            let smooth: f64 = log.iter().enumerate().map(|(class, log)| weight(class) * log).sum();
            sum -= (1.0 - e) * weight(class) * log[class] + e / C as f64 * smooth;
            count += weight(class);
        }
        sum / count
    };
    let name = format!("{weighted}, {smoothing}, {ignored:?}");
    let case = case((name, 96), &x, &target, loss).sizes(&[ROWS, C]);
    let case = case.maybe(weighted.then_some(&weights[..])).floats(&[smoothing]);
    case.sizes(&[ignored.is_some().into()])
        .floats(&[ignored.unwrap_or(0) as f32])
        .maybe(None)
        .floats(&[0.0])
}

fn soft() -> Case {
    let (x, mut target) = (logits(), Random::new(13).vector(ROWS * C));
    target.iter_mut().for_each(|target| *target = target.abs());
    let loss = |x: &[f64]| {
        let logs = x.chunks_exact(C).flat_map(log_softmax);
        -logs.zip(&target).map(|(log, &t)| log * f64::from(t)).sum::<f64>() / ROWS as f64
    };
    case(("soft".into(), 97), &x, &target, loss).sizes(&[ROWS, C])
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Bits for as many logits.
fn mask(len: usize) -> Vec<f32> {
    Random::new(14).vector(len).iter().map(|&x| f32::from(u8::from(x > 0.25))).collect()
}

/// The mean over elements and targets.
fn mean<'a>(target: &'a [f32], f: impl Fn(f64, f64) -> f64 + 'a) -> impl Fn(&[f64]) -> f64 + 'a {
    move |x| {
        let terms = x.iter().zip(target).map(|(&x, &target)| f(x, target.into()));
        terms.sum::<f64>() / x.len() as f64
    }
}

fn bce(positive: f32) -> Case {
    let (x, target) = (logits(), Random::new(15).vector(ROWS * C));
    let target: Vec<f32> = target.iter().map(|x| x.abs()).collect();
    let loss = mean(&target, |x, z| {
        let p = logistic(x);
        -f64::from(positive) * z * p.ln() - (1.0 - z) * (1.0 - p).ln()
    });
    let case = case((format!("{positive}"), 98), &x, &target, loss);
    case.sizes(&[x.len()]).floats(&[positive]).maybe(None).floats(&[0.0])
}

/// `divisor`: as in the contract, where elements have weights.
fn regression(kind: usize, divisor: Option<f32>) -> Case {
    let (x, target, param) = (logits(), Random::new(16).vector(ROWS * C), 1.25f32);
    let one = |d: f64, p: f64| match kind {
        0 => d * d,
        1 => d,
        2 if d < p => 0.5 * d * d / p,
        2 => d - 0.5 * p,
        _ if d <= p => 0.5 * d * d,
        _ => p * (d - 0.5 * p),
    };
    let some: Vec<f32> = (0..x.len()).map(|i| (i % 3) as f32).collect();
    let weights = divisor.map_or(vec![1.0; x.len()], |_| some);
    let by = divisor.filter(|&by| by > 0.0).unwrap_or(weights.iter().sum());
    let loss = |x: &[f64]| {
        let terms = x.iter().zip(&target).zip(&weights);
        let sum: f64 = terms
            .map(|((x, &t), &w)| f64::from(w) * one((x - f64::from(t)).abs(), param.into()))
            .sum();
        sum / f64::from(by)
    };
    let case = case((format!("kind {kind}, {divisor:?}"), 99), &x, &target, loss);
    let case = case.sizes(&[x.len(), kind]).floats(&[param]);
    case.maybe(divisor.map(|_| &weights[..])).floats(&[divisor.unwrap_or(0.0)])
}

fn focal((alpha, gamma): (f32, f32)) -> Case {
    let (x, target) = (logits(), mask(ROWS * C));
    let loss = mean(&target, |x, z| {
        let p = logistic(if z == 1.0 { x } else { -x });
        let a = f64::from(alpha);
        let weight = if a < 0.0 { 1.0 } else { a * z + (1.0 - a) * (1.0 - z) };
        -weight * (1.0 - p).powf(gamma.into()) * p.ln()
    });
    let case = case((format!("{alpha}, {gamma}"), 100), &x, &target, loss);
    case.sizes(&[x.len()]).floats(&[alpha, gamma])
}

/// Weights, some of which are 0.
fn weights(len: usize) -> Vec<f32> {
    Random::new(18).vector(len).iter().map(|&x| x.max(0.0)).collect()
}

/// The weighted mean, or the sum divided by a number that is not 0.
fn weighted_mean(losses: impl Iterator<Item = f64>, weights: &[f32], divisor: f32) -> f64 {
    let sum: f64 = losses.zip(weights).map(|(loss, &weight)| loss * f64::from(weight)).sum();
    let all: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    sum / if divisor == 0.0 { all } else { divisor.into() }
}

fn weighted_bce(divisor: f32) -> Case {
    let (x, target, weights) = (logits(), mask(ROWS * C), weights(ROWS * C));
    let loss = |x: &[f64]| {
        let bits = x.iter().zip(&target).map(|(&x, &z)| {
            let p = logistic(x);
            if z == 1.0 { -p.ln() } else { -(1.0 - p).ln() }
        });
        weighted_mean(bits, &weights, divisor)
    };
    let case = case((format!("weighted, {divisor}"), 98), &x, &target, loss);
    case.sizes(&[x.len()]).floats(&[1.0]).read(&weights).floats(&[divisor])
}

fn weighted_labels() -> Case {
    let (x, weights) = (logits(), weights(ROWS));
    let target = [0.0f32, 4.0, 2.0, 2.0, 1.0, 3.0, 0.0];
    let loss = |x: &[f64]| {
        let rows = x.chunks_exact(C).zip(&target);
        weighted_mean(rows.map(|(x, &class)| -log_softmax(x)[class as usize]), &weights, 0.0)
    };
    let case = case(("weighted".into(), 96), &x, &target, loss).sizes(&[ROWS, C]).none();
    case.floats(&[0.0]).sizes(&[0]).floats(&[0.0]).read(&weights).floats(&[0.0])
}

const INNER: usize = 3;

/// Boxes `[2, 4, INNER]`: the formulas are in the tests of the kernels, so here all that is judged is
/// where words and values go, by the distance of overlaps from those of the same boxes.
fn boxes(kind: usize, form: usize) -> Case {
    let [x, target] = [19, 20].map(|seed| {
        let mut boxes = Random::new(seed).vector(8 * INNER);
        for (at, number) in boxes.iter_mut().enumerate() {
            let second = at / INNER % 4 >= 2;
            *number = if form == 1 || second { number.abs() + 0.75 } else { 0.25 * *number };
        }
        boxes
    });
    let weights = [1.0f32, 0.0, 2.0, 0.5, 1.5, 0.25];
    let corners = |all: &[f64], at: usize| {
        let from = at / INNER * 4 * INNER + at % INNER;
        let [a, b, c, d] = core::array::from_fn(|i| all[from + i * INNER]);
        match form {
            0 => [a, b, c, d],
            1 => [-a, -b, c, d],
            _ => [a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0],
        }
    };
    let loss = |x: &[f64], alphas: &[f64]| {
        let target = wide(&target);
        let one = |at: usize| overlap(kind, corners(x, at), corners(&target, at), alphas[at]).0;
        weighted_mean((0..weights.len()).map(one), &weights, 0.0)
    };
    // The factor of the aspect ratio counts as a number.
    let (wide_x, wide_target) = (wide(&x), wide(&target));
    let alpha = |at| overlap(kind, corners(&wide_x, at), corners(&wide_target, at), 0.0).1;
    let alphas: Vec<f64> = (0..weights.len()).map(alpha).collect();
    let dx = slopes(&x, |x| loss(x, &alphas)).iter().map(|slope| 0.5 * slope).collect();
    let case = Case::new(format!("{kind}, form {form}"), 112).read(&x).read(&target);
    let case = case.read(&weights).write(dx).write(vec![loss(&wide(&x), &alphas)]);
    case.floats(&[0.5]).sizes(&[2, INNER, kind, form]).floats(&[0.0]).terms(x.len())
}

/// The loss of corners `a` and `b`, and the factor of CIoU's aspect ratio.
fn overlap(kind: usize, a: [f64; 4], b: [f64; 4], alpha: f64) -> (f64, f64) {
    let sides = |c: [f64; 4]| [c[2] - c[0], c[3] - c[1]];
    let area = |c: [f64; 4]| sides(c)[0] * sides(c)[1];
    let both = [0, 1].map(|i| (a[i + 2].min(b[i + 2]) - a[i].max(b[i])).max(0.0));
    let around = [0, 1].map(|i| a[i + 2].max(b[i + 2]) - a[i].min(b[i]));
    let (both, hull) = (both[0] * both[1], around[0] * around[1]);
    let union = area(a) + area(b) - both;
    let iou = both / (union + 1e-7);
    let apart = [0, 1].map(|i| (a[i] + a[i + 2] - b[i] - b[i + 2]) / 2.0);
    let square = |[x, y]: [f64; 2]| x * x + y * y;
    let angle = |c| (sides(c)[0] / sides(c)[1]).atan();
    let v = (2.0 / core::f64::consts::PI * (angle(b) - angle(a))).powi(2);
    let more = match kind {
        0 => 0.0,
        1 => (hull - union) / (hull + 1e-7),
        2 => square(apart) / (square(around) + 1e-7),
        _ => square(apart) / (square(around) + 1e-7) + alpha * v,
    };
    (1.0 - iou + more, v / (1.0 - iou + v + 1e-7))
}

fn dice() -> Case {
    let (x, target, smooth) = (logits(), mask(ROWS * C), 0.75f32);
    let loss = |x: &[f64]| {
        let images = x.chunks_exact(C).zip(target.chunks_exact(C)).map(|(x, t)| {
            let (mut both, mut either) = (f64::from(smooth), f64::from(smooth));
            for (&x, &t) in x.iter().zip(t) {
                both += 2.0 * logistic(x) * f64::from(t);
                either += logistic(x) + f64::from(t);
            }
            1.0 - both / either
        });
        images.sum::<f64>() / ROWS as f64
    };
    case(("dice".into(), 101), &x, &target, loss).sizes(&[ROWS, C]).floats(&[smooth])
}

/// One image of `ROWS` pixels, one of which is ignored.
fn soft_dice(background: bool) -> Case {
    let (x, smooth) = (logits(), 0.75f32);
    let target: Vec<f32> =
        (0..ROWS).map(|row| if row == 2 { -1.0 } else { (row % C) as f32 }).collect();
    let loss = |x: &[f64]| {
        let classes = usize::from(!background)..C;
        let count = classes.len() as f64;
        let each = classes.map(|class| {
            let (mut both, mut either) = (f64::from(smooth), f64::from(smooth));
            for (x, &t) in x.chunks_exact(C).zip(&target).filter(|(_, t)| **t >= 0.0) {
                let (p, t) = (log_softmax(x)[class].exp(), f64::from(u8::from(t == class as f32)));
                both += 2.0 * p * t;
                either += p + t;
            }
            1.0 - both / either
        });
        each.sum::<f64>() / count
    };
    let case = case((format!("soft dice, background {background}"), 120), &x, &target, loss);
    let case = case.sizes(&[1, ROWS, C]).floats(&[smooth]);
    case.sizes(&[1, usize::from(background), 1]).floats(&[-1.0])
}

fn correct() -> Case {
    // The first of equal ones counts; what is no class is never right.
    let x = [1.0, 2.0, 2.0, 0.0, 5.0, 4.0, -1.0, -3.0, -2.0, 7.0, 0.0, 0.0];
    let case = Case::new("correct", 102).read(&x).read(&[1.0, 2.0, 0.0, 0.5]);
    case.write(vec![2.0]).sizes(&[4, 3])
}

/// The loss and its gradient for two rows of two classes.
fn judge(targets: [f32; 2], end: [usize; 3]) -> (f32, Vec<f32>) {
    let mut draft = Draft::default();
    let (x, target) = (draft.input(4), draft.input(2));
    let (dx, loss) = (draft.output(4), draft.output(1));
    let none = u32::MAX as usize;
    draft.step(96, &[&[x, target, dx, loss, float(1.0), 2, 2, none], &end, &[none, float(0.0)]]);
    let mut program = draft.compile(Team::SOLO).unwrap();
    program.input_mut(0).unwrap().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    program.input_mut(1).unwrap().copy_from_slice(&targets);
    program.run(&Weights::default());
    (program.output(1).unwrap()[0], program.output(0).unwrap().to_vec())
}

#[test]
fn a_label_that_is_no_class_makes_everything_nan() {
    for ignored in [[float(0.0), 0, 0], [float(0.0), 1, float(-100.0)]] {
        assert!(judge([0.0, 1.0], ignored).0.is_finite());
        let wrong = [2.0, -1.0, 0.5, f32::NAN, f32::INFINITY, -f32::INFINITY];
        for target in [&wrong[..], &[i32::MAX as f32, i32::MIN as f32]].concat() {
            let (loss, dx) = judge([0.0, target], ignored);
            assert!(loss.is_nan() && dx.iter().all(|dx| dx.is_nan()), "{target}: {loss}, {dx:?}");
        }
    }
}

#[test]
fn an_ignored_label_has_no_gradient() {
    let (loss, dx) = judge([-100.0, 1.0], [float(0.0), 1, float(-100.0)]);
    assert_eq!(dx[..2], [0.0, 0.0]);
    assert!(loss.is_finite() && dx[2] > 0.0 && dx[3] < 0.0);
}
