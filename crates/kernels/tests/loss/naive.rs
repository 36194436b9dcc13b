//! The losses as formulas, in f64 and one element at a time.

use super::Case;
use receptive_kernels::loss::Reduction;
use receptive_kernels::loss::cross_entropy::CrossEntropy;
use receptive_kernels::loss::dice::SoftDice;
use receptive_kernels::loss::regression::Regression;

fn log_softmax(x: &[f64], class: usize) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    x[class] - max - x.iter().map(|x| (x - max).exp()).sum::<f64>().ln()
}

fn weight(spec: &CrossEntropy<'_>, class: usize) -> f64 {
    spec.weights.map_or(1.0, |weights| weights[class].into())
}

fn reduce(losses: &[f64], reduction: Reduction) -> f64 {
    let sum: f64 = losses.iter().sum();
    if reduction == Reduction::Mean { sum / losses.len() as f64 } else { sum }
}

fn labels(spec: &CrossEntropy<'_>, labels: &[i32], x: &[f64]) -> f64 {
    let (mut sum, mut counted) = (0.0, 0.0);
    let smoothing = f64::from(spec.smoothing);
    for (x, &label) in x.chunks(spec.classes).zip(labels) {
        if label == spec.ignored {
            continue;
        }
        let loss = |class: usize| -weight(spec, class) * log_softmax(x, class);
        sum += (1.0 - smoothing) * loss(label as usize);
        sum += smoothing / spec.classes as f64 * (0..spec.classes).map(loss).sum::<f64>();
        counted += weight(spec, label as usize);
    }
    if spec.reduction == Reduction::Mean { sum / counted } else { sum }
}

fn probabilities(spec: &CrossEntropy<'_>, targets: &[f32], x: &[f64]) -> f64 {
    let smoothing = f64::from(spec.smoothing);
    let row = |(x, t): (&[f64], &[f32])| {
        let term = |class: usize| {
            let target = (1.0 - smoothing) * f64::from(t[class]) + smoothing / spec.classes as f64;
            -weight(spec, class) * target * log_softmax(x, class)
        };
        (0..spec.classes).map(term).sum()
    };
    let losses: Vec<f64> =
        x.chunks(spec.classes).zip(targets.chunks(spec.classes)).map(row).collect();
    reduce(&losses, spec.reduction)
}

/// `ln(1 + exp(-x))`
fn softplus_of_minus(x: f64) -> f64 {
    (-x).max(0.0) + (-x.abs()).exp().ln_1p()
}

fn bit(pos_weight: f64, x: f64, z: f64) -> f64 {
    (1.0 - z) * x + (1.0 + (pos_weight - 1.0) * z) * softplus_of_minus(x)
}

fn focal(alpha: f64, gamma: f64, x: f64, z: f64) -> f64 {
    let p = 1.0 / (1.0 + (-x).exp());
    let right = p * z + (1.0 - p) * (1.0 - z);
    let factor = if alpha >= 0.0 { alpha * z + (1.0 - alpha) * (1.0 - z) } else { 1.0 };
    factor * bit(1.0, x, z) * (1.0 - right).powf(gamma)
}

fn difference(kind: Regression, d: f64) -> f64 {
    let d = d.abs();
    match kind {
        Regression::Squared => d * d,
        Regression::Absolute => d,
        Regression::SmoothL1 { beta } if d < beta.into() => 0.5 * d * d / f64::from(beta),
        Regression::SmoothL1 { beta } => d - 0.5 * f64::from(beta),
        Regression::Huber { delta } if d <= delta.into() => 0.5 * d * d,
        Regression::Huber { delta } => f64::from(delta) * (d - 0.5 * f64::from(delta)),
    }
}

/// Each group and class by a pass of its own over all pixels.
fn soft_dice(spec: &SoftDice, labels: &[i32], x: &[f64]) -> f64 {
    let images = labels.len() / spec.pixels;
    let smooth = f64::from(spec.smooth);
    let mut losses = Vec::new();
    for group in 0..if spec.batch { 1 } else { images } {
        for class in usize::from(!spec.background)..spec.classes {
            let (mut both, mut either) = (0.0, 0.0);
            for (at, (x, &label)) in x.chunks(spec.classes).zip(labels).enumerate() {
                let inside = spec.batch || at / spec.pixels == group;
                if label == spec.ignored || !inside {
                    continue;
                }
                let p = log_softmax(x, class).exp();
                let t = f64::from(u8::from(label as usize == class));
                both += p * t;
                either += p + t;
            }
            losses.push(1.0 - (2.0 * both + smooth) / (either + smooth));
        }
    }
    reduce(&losses, spec.reduction)
}

/// The loss of `x`.
pub(super) fn loss(case: &Case<'_>, x: &[f64]) -> f64 {
    let each = |reduction, z: &[f32], f: &dyn Fn(usize, f64, f64) -> f64| {
        let losses: Vec<f64> =
            x.iter().zip(z).enumerate().map(|(i, (&x, &z))| f(i, x, z.into())).collect();
        reduce(&losses, reduction)
    };
    match case {
        Case::Labels(spec, of) => labels(spec, of, x),
        Case::Probabilities(spec, targets) => probabilities(spec, targets, x),
        Case::Bits(weights, reduction, z) => {
            each(*reduction, z, &|i, x, z| bit(weights[i % weights.len()].into(), x, z))
        }
        Case::Focal(spec, reduction, z) => {
            each(*reduction, z, &|_, x, z| focal(spec.alpha.into(), spec.gamma.into(), x, z))
        }
        Case::Regression(kind, reduction, t) => {
            each(*reduction, t, &|_, x, t| difference(*kind, x - t))
        }
        Case::SoftDice(spec, labels) => soft_dice(spec, labels, x),
        Case::Dice(spec, t) => {
            let smooth = f64::from(spec.smooth);
            let mut losses = Vec::new();
            for (x, t) in x.chunks(spec.pixels * spec.c).zip(t.chunks(spec.pixels * spec.c)) {
                for c in 0..spec.c {
                    let pick = (c..x.len()).step_by(spec.c).map(|i| (x[i], f64::from(t[i])));
                    let both: f64 = pick.clone().map(|(p, t)| p * t).sum();
                    let either: f64 = pick.map(|(p, t)| p + t).sum();
                    losses.push(1.0 - (2.0 * both + smooth) / (either + smooth));
                }
            }
            reduce(&losses, spec.reduction)
        }
    }
}

/// The gradient by differences.
pub(super) fn gradient(case: &Case<'_>, x: &[f64]) -> Vec<f64> {
    let at = |i: usize, step: f64| {
        let mut x = x.to_vec();
        x[i] += step;
        loss(case, &x)
    };
    let h = 1e-5;
    (0..x.len()).map(|i| (at(i, h) - at(i, -h)) / (2.0 * h)).collect()
}
