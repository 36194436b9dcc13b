//! The losses as formulas, in f64 and one element at a time.

use super::Case;
use receptive_kernels::loss::Reduction;
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou, Overlap};
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
    divided(losses.iter().sum(), losses.len() as f64, reduction)
}

fn divided(sum: f64, count: f64, reduction: Reduction) -> f64 {
    match reduction {
        Reduction::Mean => sum / count,
        Reduction::Sum => sum,
        Reduction::DividedBy(number) => sum / f64::from(number),
    }
}

/// The sum of losses times their weights.
fn weighted(losses: impl Iterator<Item = f64>, weights: &[f32], reduction: Reduction) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (loss, &weight) in losses.zip(weights) {
        sum += if weight == 0.0 { 0.0 } else { f64::from(weight) * loss };
        count += f64::from(weight);
    }
    if count == 0.0 { 0.0 } else { divided(sum, count, reduction) }
}

/// Left, top, right, bottom.
fn corners(form: BoxForm, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
    match form {
        BoxForm::Corners => [a, b, c, d],
        BoxForm::Distances => [-a, -b, c, d],
        BoxForm::Centre => [a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0],
    }
}

fn overlap(kind: Overlap, x: [f64; 4], t: [f64; 4], constant: Option<f64>) -> f64 {
    let side = |b: [f64; 4], axis: usize| b[axis + 2] - b[axis];
    let area = |b: [f64; 4]| side(b, 0) * side(b, 1);
    let inner = |axis: usize| (x[axis + 2].min(t[axis + 2]) - x[axis].max(t[axis])).max(0.0);
    let outer = |axis: usize| x[axis + 2].max(t[axis + 2]) - x[axis].min(t[axis]);
    let both = inner(0) * inner(1);
    let union = area(x) + area(t) - both;
    let iou = both / (union + 1e-7);
    let around = outer(0) * outer(1);
    let apart = |axis: usize| (x[axis] + x[axis + 2] - t[axis] - t[axis + 2]) / 2.0;
    let square = |f: &dyn Fn(usize) -> f64| f(0).powi(2) + f(1).powi(2);
    let diou = 1.0 - iou + square(&apart) / (square(&outer) + 1e-7);
    match kind {
        Overlap::Iou => 1.0 - iou,
        Overlap::Giou => 1.0 - iou + (around - union) / (around + 1e-7),
        Overlap::Diou => diou,
        Overlap::Ciou => {
            let angle = |b: [f64; 4]| (side(b, 0) / side(b, 1)).atan();
            let v = (2.0 / std::f64::consts::PI * (angle(t) - angle(x))).powi(2);
            diou + v * constant.unwrap_or(v / (1.0 - iou + v + 1e-7))
        }
    }
}

/// `alpha` of CIoU is that of `constant`: the loss's own, unless its slope is asked for.
fn boxes(spec: &BoxIou<'_>, t: &[f32], x: &[f64], constant: &[f64]) -> f64 {
    let BoxIou { kind, form, inner, weights, reduction } = *spec;
    let pick = |all: &[f64], at: usize| {
        let from = at / inner * 4 * inner + at % inner;
        corners(form, core::array::from_fn(|i| all[from + i * inner]))
    };
    let t: Vec<f64> = t.iter().map(|&t| t.into()).collect();
    let loss = |at: usize| {
        let [x, t, fixed] = [pick(x, at), pick(&t, at), pick(constant, at)];
        let [diou, v] =
            [overlap(Overlap::Diou, fixed, t, None), overlap(Overlap::Ciou, fixed, t, Some(1.0))];
        let v = v - diou;
        let alpha = v / (overlap(Overlap::Iou, fixed, t, None) + v + 1e-7);
        overlap(kind, x, t, Some(alpha))
    };
    weighted((0..weights.len()).map(loss), weights, reduction)
}

fn labels(spec: &CrossEntropy<'_>, labels: &[i32], x: &[f64]) -> f64 {
    let (mut sum, mut counted) = (0.0, 0.0);
    let smoothing = f64::from(spec.smoothing);
    for (row, (x, &label)) in x.chunks(spec.classes).zip(labels).enumerate() {
        if label == spec.ignored {
            continue;
        }
        let of_row = spec.of_rows.map_or(1.0, |weights| weights[row].into());
        let loss = |class: usize| -of_row * weight(spec, class) * log_softmax(x, class);
        sum += (1.0 - smoothing) * loss(label as usize);
        sum += smoothing / spec.classes as f64 * (0..spec.classes).map(loss).sum::<f64>();
        counted += of_row * weight(spec, label as usize);
    }
    if spec.of_rows.is_some() && counted == 0.0 {
        return 0.0;
    }
    divided(sum, counted, spec.reduction)
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
        Case::Bits(spec, z) => {
            let positive = |i: usize| f64::from(spec.pos_weight[i % spec.pos_weight.len()]);
            let Some(weights) = spec.weights else {
                return each(spec.reduction, z, &|i, x, z| bit(positive(i), x, z));
            };
            let bits = x.iter().zip(*z).enumerate();
            weighted(
                bits.map(|(i, (&x, &z))| bit(positive(i), x, z.into())),
                weights,
                spec.reduction,
            )
        }
        Case::Boxes(spec, t) => boxes(spec, t, x, x),
        Case::Focal(spec, reduction, z) => {
            each(*reduction, z, &|_, x, z| focal(spec.alpha.into(), spec.gamma.into(), x, z))
        }
        Case::Regression(kind, reduction, t) => {
            each(*reduction, t, &|_, x, t| difference(*kind, x - t))
        }
        Case::Weighted(kind, reduction, t, weights) => {
            let terms = x.iter().zip(*t).map(|(&x, &t)| difference(*kind, x - f64::from(t)));
            weighted(terms, weights, *reduction)
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
        let mut moved = x.to_vec();
        moved[i] += step;
        match case {
            Case::Boxes(spec, t) => boxes(spec, t, &moved, x),
            _ => loss(case, &moved),
        }
    };
    let h = 1e-5;
    (0..x.len()).map(|i| (at(i, h) - at(i, -h)) / (2.0 * h)).collect()
}
