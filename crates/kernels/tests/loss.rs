//! Losses and their gradients: against PyTorch's, and against formulas in f64 and their differences.

#[path = "loss/golden.rs"]
mod golden;
#[path = "loss/naive.rs"]
mod naive;

use proptest::prelude::*;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::loss::Reduction::{self, Mean, Sum};
use receptive_kernels::loss::binary::{Bce, Focal, focal_with_logits};
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou, Overlap};
use receptive_kernels::loss::cross_entropy::{CrossEntropy, IGNORED};
use receptive_kernels::loss::dice::{Dice, SoftDice};
use receptive_kernels::loss::regression::Regression;
use receptive_kernels::team::Team;

/// A loss with all but what was predicted.
enum Case<'a> {
    Labels(CrossEntropy<'a>, &'a [i32]),
    Probabilities(CrossEntropy<'a>, &'a [f32]),
    Bits(Bce<'a>, &'a [f32]),
    Focal(Focal, Reduction, &'a [f32]),
    Regression(Regression, Reduction, &'a [f32]),
    Weighted(Regression, Reduction, &'a [f32], &'a [f32]),
    Dice(Dice, &'a [f32]),
    Boxes(BoxIou<'a>, &'a [f32]),
    SoftDice(SoftDice, &'a [i32]),
}

/// Runs the kernel.
fn run(case: &Case<'_>, x: &[f32], grad: &mut [f32], threads: usize) -> Result<f64, Error> {
    let team = &Team::eager(threads);
    match case {
        Case::Labels(spec, labels) => spec.of_labels(team, x, labels, grad),
        Case::Probabilities(spec, targets) => spec.of_probabilities(team, x, targets, grad),
        Case::Bits(spec, z) => spec.loss(team, x, z, grad),
        Case::Focal(spec, reduction, z) => focal_with_logits(team, *spec, *reduction, x, z, grad),
        Case::Regression(kind, reduction, t) => kind.loss(team, *reduction, x, t, grad),
        Case::Weighted(kind, reduction, t, weights) => {
            kind.weighted(team, *reduction, [x, t], Some(weights), grad)
        }
        Case::Dice(spec, t) => spec.loss(team, x, t, grad),
        Case::Boxes(spec, t) => spec.loss(team, x, t, grad),
        Case::SoftDice(spec, labels) => {
            let mut sums = vec![[f64::NAN; 2]; x.len() / spec.pixels];
            spec.loss(team, x, labels, grad, &mut sums)
        }
    }
}

/// Numbers in [-1, 1), none of which is twice the same.
fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed ^ 0x9e37_79b9;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn scaled(len: usize, seed: u32, scale: f32, offset: f32) -> Vec<f32> {
    numbers(len, seed).into_iter().map(|x| scale * x + offset).collect()
}

/// Value and gradient against the formula, and the same bits on more threads.
fn check(case: &Case<'_>, x: &[f32]) -> Result<(), TestCaseError> {
    let mut grad = vec![f32::NAN; x.len()];
    let loss = run(case, x, &mut grad, 1).expect("valid");
    let wide: Vec<f64> = x.iter().map(|&x| x.into()).collect();
    let expected = naive::loss(case, &wide);
    prop_assert!(
        (loss - expected).abs() <= 1e-6 * (1.0 + expected.abs()),
        "{}, {}",
        loss,
        expected
    );
    let slopes = naive::gradient(case, &wide);
    let largest = slopes.iter().fold(0.0f64, |max, x| max.max(x.abs()));
    for (i, (&got, &expected)) in grad.iter().zip(&slopes).enumerate() {
        let difference = (f64::from(got) - expected).abs();
        // Of differences of the loss, whose last place is 1e-16 of it, over 2e-5.
        let tolerance = 2e-6 * largest + 1e-10 * (1.0 + loss.abs());
        prop_assert!(difference <= tolerance, "element {}: {}, expected {}", i, got, expected);
    }
    for threads in [2, 3] {
        let mut again = vec![f32::NAN; x.len()];
        let other = run(case, x, &mut again, threads).expect("valid");
        prop_assert_eq!(loss.to_bits(), other.to_bits());
        prop_assert_eq!(&grad, &again);
    }
    Ok(())
}

fn reduction() -> impl Strategy<Value = Reduction> {
    prop_oneof![Just(Mean), Just(Sum), Just(Reduction::DividedBy(2.5))]
}

/// Weights of which every third is 0.
fn some(len: usize) -> Vec<f32> {
    let mut weights = scaled(len, 7, 0.9, 1.0);
    weights.iter_mut().step_by(3).skip(1).for_each(|weight| *weight = 0.0);
    weights
}

/// Boxes `[outer, 4, inner]`, whose sizes are positive.
fn boxes(form: BoxForm, outer: usize, inner: usize, seed: u32) -> Vec<f32> {
    let mut boxes = numbers(outer * 4 * inner, seed);
    for outer in boxes.chunks_exact_mut(4 * inner) {
        for at in 0..inner {
            let size = |x: f32| 1.1 + x;
            let [a, b, c, d] = core::array::from_fn(|i| outer[i * inner + at]);
            let numbers = match form {
                BoxForm::Corners => [a, b, a + size(c), b + size(d)],
                BoxForm::Distances => [size(a), size(b), size(c), size(d)],
                BoxForm::Centre => [a, b, size(c), size(d)],
            };
            numbers.into_iter().enumerate().for_each(|(i, number)| outer[i * inner + at] = number);
        }
    }
    boxes
}

const OVERLAPS: [Overlap; 4] = [Overlap::Iou, Overlap::Giou, Overlap::Diou, Overlap::Ciou];
const FORMS: [BoxForm; 3] = [BoxForm::Corners, BoxForm::Distances, BoxForm::Centre];

fn smoothing() -> impl Strategy<Value = f32> {
    prop_oneof![Just(0.0f32), Just(0.1), Just(1.0)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn labels(rows in 1usize..12, classes in 1usize..23, smoothing in smoothing(), weighted in any::<bool>(), ignored in any::<bool>(), reduction in reduction()) {
        let x = scaled(rows * classes, 1, 6.0, 0.0);
        let weights = scaled(classes, 2, 0.9, 1.0);
        let mut labels: Vec<i32> = (0..rows).map(|row| ((row * 7 + 3) % classes) as i32).collect();
        if ignored {
            labels.iter_mut().skip(1).step_by(3).for_each(|label| *label = IGNORED);
        }
        let spec = CrossEntropy { weights: weighted.then_some(&weights), smoothing, reduction, ..CrossEntropy::new(classes) };
        check(&Case::Labels(spec, &labels), &x)?;
        check(&Case::Labels(CrossEntropy { of_rows: Some(&some(rows)), ..spec }, &labels), &x)?;
    }

    #[test]
    fn probabilities(rows in 1usize..9, classes in 1usize..23, smoothing in smoothing(), weighted in any::<bool>(), reduction in reduction()) {
        let x = scaled(rows * classes, 1, 6.0, 0.0);
        let weights = scaled(classes, 2, 0.9, 1.0);
        let targets = scaled(rows * classes, 3, 0.5, 0.5);
        let spec = CrossEntropy { weights: weighted.then_some(&weights), smoothing, reduction, ..CrossEntropy::new(classes) };
        check(&Case::Probabilities(spec, &targets), &x)?;
    }

    #[test]
    fn bits(rows in 1usize..9, c in 1usize..11, per_channel in any::<bool>(), soft in any::<bool>(), reduction in reduction()) {
        let x = scaled(rows * c, 1, 9.0, 0.0);
        let mut z = scaled(rows * c, 2, 0.5, 0.5);
        if !soft {
            z.iter_mut().for_each(|z| *z = z.round());
        }
        let weights = scaled(if per_channel { c } else { 1 }, 3, 0.9, 1.5);
        check(&Case::Bits(Bce::new(&weights, reduction), &z), &x)?;
        check(&Case::Bits(Bce { weights: Some(&some(rows * c)), ..Bce::new(&weights, reduction) }, &z), &x)?;
        for (alpha, gamma) in [(0.25, 2.0), (-1.0, 0.0), (0.7, 0.5), (0.5, 5.0)] {
            check(&Case::Focal(Focal { alpha, gamma }, reduction, &z), &x)?;
        }
    }

    #[test]
    fn differences(len in 1usize..40, reduction in reduction()) {
        let (x, t) = (scaled(len, 1, 3.0, 0.0), numbers(len, 2));
        for kind in [
            Regression::Squared,
            Regression::Absolute,
            Regression::SmoothL1 { beta: 0.5 },
            Regression::SmoothL1 { beta: 0.0 },
            Regression::Huber { delta: 0.7 },
        ] {
            check(&Case::Regression(kind, reduction, &t), &x)?;
            check(&Case::Weighted(kind, reduction, &t, &some(len)), &x)?;
        }
    }

    #[test]
    fn overlaps(outer in 1usize..5, inner in 1usize..7, seed in 0u32..1000, reduction in reduction()) {
        let weights = some(outer * inner);
        for (kind, form) in OVERLAPS.into_iter().flat_map(|kind| FORMS.map(|form| (kind, form))) {
            let [x, t] = [1, 2].map(|more| boxes(form, outer, inner, 10 * seed + more));
            check(&Case::Boxes(BoxIou { kind, form, inner, weights: &weights, reduction }, &t), &x)?;
        }
    }

    #[test]
    fn masks(n in 1usize..4, pixels in 1usize..12, c in 1usize..20, smooth in prop_oneof![Just(1.0f32), Just(1e-3)], reduction in reduction()) {
        let len = n * pixels * c;
        let p = scaled(len, 1, 0.45, 0.5);
        let t: Vec<f32> = numbers(len, 2).into_iter().map(|x| f32::from(x > 0.0)).collect();
        check(&Case::Dice(Dice { pixels, c, smooth, reduction }, &t), &p)?;
    }

    #[test]
    fn masks_of_classes(n in 1usize..4, pixels in 1usize..12, classes in 2usize..20, smooth in prop_oneof![Just(1.0f32), Just(1e-3)], batch in any::<bool>(), background in any::<bool>(), ignored in any::<bool>(), reduction in reduction()) {
        let x = scaled(n * pixels * classes, 1, 4.0, 0.0);
        let mut labels: Vec<i32> = (0..n * pixels).map(|at| (at * 5 % classes) as i32).collect();
        if ignored {
            labels.iter_mut().step_by(3).for_each(|label| *label = IGNORED);
        }
        check(&Case::SoftDice(SoftDice { batch, background, reduction, ..soft(pixels, classes, smooth) }, &labels), &x)?;
    }
}

/// Of each image, all classes.
fn soft(pixels: usize, classes: usize, smooth: f32) -> SoftDice {
    let (batch, background, ignored) = (false, true, IGNORED);
    SoftDice { pixels, classes, smooth, batch, background, ignored, reduction: Mean }
}

/// Enough for many runs of rows, which threads share.
#[test]
fn the_same_bits_on_any_number_of_threads() {
    let (rows, c) = (5003, 7);
    let x = scaled(rows * c, 1, 5.0, 0.0);
    let z = scaled(rows * c, 2, 0.5, 0.5);
    let weights = some(rows * c);
    let labels: Vec<i32> = (0..rows).map(|row| (row * 5 % c) as i32).collect();
    let row_weights = CrossEntropy { of_rows: Some(&weights[..rows]), ..CrossEntropy::new(c) };
    for case in [
        Case::Labels(CrossEntropy::new(c), &labels),
        Case::Labels(row_weights, &labels),
        Case::Probabilities(CrossEntropy::new(c), &z),
        Case::Bits(Bce::new(&[2.0], Mean), &z),
        Case::Bits(Bce { weights: Some(&weights), ..Bce::new(&[2.0], Mean) }, &z),
        Case::Focal(Focal::default(), Sum, &z),
        Case::Regression(Regression::Squared, Mean, &z),
        Case::Dice(Dice { pixels: 1, c, smooth: 1.0, reduction: Mean }, &z),
        Case::SoftDice(soft(1, c, 1.0), &labels),
        Case::SoftDice(SoftDice { batch: true, ..soft(1, c, 1.0) }, &labels),
    ] {
        same_bits(&case, &x);
    }
    for (kind, inner) in OVERLAPS.into_iter().flat_map(|kind| [1, 7].map(|inner| (kind, inner))) {
        let form = BoxForm::Centre;
        let [x, t] = [1, 2].map(|seed| boxes(form, rows * c / inner, inner, seed));
        let spec = BoxIou { kind, form, inner, weights: &weights, reduction: Mean };
        same_bits(&Case::Boxes(spec, &t), &x);
    }
}

fn same_bits(case: &Case<'_>, x: &[f32]) {
    let results = [1, 2, 3].map(|threads| {
        let mut grad = vec![f32::NAN; x.len()];
        let loss = run(case, x, &mut grad, threads).expect("valid");
        (loss.to_bits(), grad.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
    });
    assert!(results[0] == results[1] && results[0] == results[2]);
    let wide: Vec<f64> = x.iter().map(|&x| x.into()).collect();
    let (loss, expected) = (f64::from_bits(results[0].0), naive::loss(case, &wide));
    assert!((loss - expected).abs() <= 1e-6 * expected.abs(), "{loss}, expected {expected}");
}

/// Certain and right, certain and wrong: no overflow, and small gradients keep their digits.
#[test]
fn far_logits() {
    let mut grad = [f32::NAN; 4];
    let loss =
        CrossEntropy::new(2).of_labels(&Team::SOLO, &[0.0, -60.0, 0.0, 3e38], &[0, 0], &mut grad);
    let tail = (-60.0f64).exp();
    assert_eq!(loss, Ok((tail + f64::from(3e38f32)) / 2.0));
    assert!((f64::from(grad[1]) / (0.5 * tail) - 1.0).abs() <= 1e-6 && grad[0] == -grad[1]);
    assert_eq!(grad[2..], [-0.5, 0.5]);
    for (x, z) in [(500.0f32, 1.0f32), (-500.0, 0.0), (500.0, 0.0), (-500.0, 1.0)] {
        let wrong = (x > 0.0) != (z > 0.0);
        let mut grad = [f32::NAN];
        let loss = Bce::new(&[1.0], Mean).loss(&Team::SOLO, &[x], &[z], &mut grad).unwrap();
        assert!((loss - if wrong { 500.0 } else { 0.0 }).abs() <= 1e-30, "{x}, {z}: {loss}");
        assert_eq!(grad[0], if wrong { x.signum() } else { 0.0 }, "{x}, {z}");
        let loss = focal_with_logits(
            &Team::SOLO,
            Focal { alpha: -1.0, gamma: 9.0 },
            Mean,
            &[x],
            &[z],
            &mut grad,
        )
        .unwrap();
        assert!((loss - if wrong { 500.0 } else { 0.0 }).abs() <= 1e-30, "{x}, {z}: {loss}");
        assert_eq!(grad[0], if wrong { x.signum() } else { 0.0 }, "{x}, {z}");
    }
}

#[test]
fn nan_is_not_hidden() {
    let (x, mut grad) = ([0.5, f32::NAN, 1.0, 2.0, 0.1, 0.2], [0.0; 6]);
    let loss = CrossEntropy::new(3).of_labels(&Team::SOLO, &x, &[0, 1], &mut grad).unwrap();
    assert!(loss.is_nan() && grad[..3].iter().all(|x| x.is_nan()) && !grad[4].is_nan());
    let z = [1.0; 6];
    for case in [
        Case::Bits(Bce::new(&[1.0], Mean), &z),
        Case::Focal(Focal::default(), Mean, &z),
        Case::Regression(Regression::Absolute, Mean, &z),
        Case::Regression(Regression::Huber { delta: 1.0 }, Mean, &z),
        Case::Regression(Regression::SmoothL1 { beta: 1.0 }, Mean, &z),
    ] {
        let loss = run(&case, &x, &mut grad, 1).unwrap();
        assert!(loss.is_nan() && grad[1].is_nan() && !grad[2].is_nan());
    }
}

#[test]
fn corners_have_the_gradient_of_pytorch() {
    for kind in
        [Regression::Absolute, Regression::SmoothL1 { beta: 0.0 }, Regression::Huber { delta: 1.0 }]
    {
        assert_eq!(kind.value(0.0), (0.0, 0.0), "{kind:?}");
    }
    assert_eq!(Regression::Huber { delta: 2.0 }.value(2.0), (2.0, 2.0));
    assert_eq!(Regression::SmoothL1 { beta: 2.0 }.value(-2.0), (1.0, -1.0));
}

#[test]
fn no_label_that_counts() {
    let mut grad = [f32::NAN; 4];
    let ignored = [IGNORED; 2];
    let spec = CrossEntropy::new(2);
    assert!(spec.of_labels(&Team::SOLO, &[1.0; 4], &ignored, &mut grad).unwrap().is_nan());
    assert_eq!(grad, [0.0; 4]);
    let spec = CrossEntropy { reduction: Sum, ..spec };
    assert_eq!(spec.of_labels(&Team::SOLO, &[1.0; 4], &ignored, &mut grad), Ok(0.0));
}

/// Boxes that touch, one in the other, far apart, without size, and those that do not count.
#[test]
fn corners_of_boxes() {
    let iou = |kind, x: [f32; 4], t: [f32; 4], weight: f32| {
        let mut grad = [f32::NAN; 4];
        let spec =
            BoxIou { kind, form: BoxForm::Corners, inner: 1, weights: &[weight], reduction: Mean };
        let loss = spec.loss(&Team::SOLO, &x, &t, &mut grad).expect("valid");
        (loss, grad)
    };
    let unit = [0.0, 0.0, 1.0, 1.0];
    for kind in OVERLAPS {
        let (same, slopes) = iou(kind, unit, unit, 1.0);
        assert!(same.abs() <= 2e-7 && slopes.iter().all(|x| x.is_finite()), "{kind:?}: {same}");
        let (apart, slopes) = iou(kind, unit, [9.0, 0.0, 10.0, 1.0], 1.0);
        assert!(apart >= 1.0 && slopes.iter().all(|x| x.is_finite()), "{kind:?}: {apart}");
        assert_eq!(
            kind != Overlap::Iou,
            slopes[2] < 0.0,
            "{kind:?}: it is drawn to what it misses"
        );
        let (point, slopes) = iou(kind, [0.5; 4], unit, 1.0);
        assert!(point.is_finite() && slopes.iter().all(|x| x.is_finite()), "{kind:?}: {point}");
        assert_eq!(iou(kind, [f32::NAN; 4], unit, 0.0), (0.0, [0.0; 4]));
        let (hidden, slopes) = iou(kind, [f32::NAN, 0.0, 1.0, 1.0], unit, 1.0);
        assert!(hidden.is_nan() && slopes[0].is_nan(), "{kind:?}");
    }
}

#[test]
fn no_weight_at_all() {
    let mut grad = [f32::NAN; 4];
    let spec = Bce { weights: Some(&[0.0; 4]), ..Bce::new(&[1.0], Mean) };
    assert_eq!(spec.loss(&Team::SOLO, &[1.0; 4], &[1.0; 4], &mut grad), Ok(0.0));
    assert_eq!(grad, [0.0; 4]);
    grad.fill(f32::NAN);
    let spec = CrossEntropy { of_rows: Some(&[0.0; 2]), ..CrossEntropy::new(2) };
    assert_eq!(spec.of_labels(&Team::SOLO, &[1.0; 4], &[0, 1], &mut grad), Ok(0.0));
    assert_eq!(grad, [0.0; 4]);
}

#[test]
fn what_is_wrong_is_said() {
    let team = &Team::SOLO;
    let mut grad = [7.0f32; 6];
    let spec = CrossEntropy::new(3);
    for (label, text) in
        [(3, "label 3 at index 1"), (-1, "label -1 at index 1"), (i32::MIN, "at index 1")]
    {
        let error = spec.of_labels(team, &[0.0; 6], &[0, label], &mut grad).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains(text), "{error}");
    }
    let code = |result: Result<f64, Error>| result.unwrap_err().code;
    let smoothing = CrossEntropy { smoothing: f32::NAN, ..spec };
    assert_eq!(code(smoothing.of_labels(team, &[0.0; 6], &[0, 1], &mut grad)), Code::Argument);
    let weights = CrossEntropy { weights: Some(&[1.0; 2]), ..spec };
    assert_eq!(code(weights.of_labels(team, &[0.0; 6], &[0, 1], &mut grad)), Code::Shape);
    assert_eq!(code(spec.of_labels(team, &[0.0; 6], &[0], &mut grad)), Code::Shape);
    assert_eq!(code(CrossEntropy::new(0).of_labels(team, &[], &[], &mut grad)), Code::Shape);
    assert_eq!(
        code(spec.of_probabilities(team, &[0.0; 5], &[0.0; 5], &mut grad[..5])),
        Code::Shape
    );
    assert_eq!(
        code(Bce::new(&[1.0; 4], Mean).loss(team, &[0.0; 6], &[0.0; 6], &mut grad)),
        Code::Shape
    );
    assert_eq!(code(Bce::new(&[], Mean).loss(team, &[0.0; 6], &[0.0; 6], &mut grad)), Code::Shape);
    let focal = Focal { gamma: -1.0, ..Focal::default() };
    assert_eq!(
        code(focal_with_logits(team, focal, Mean, &[0.0; 6], &[0.0; 6], &mut grad)),
        Code::Argument
    );
    let huber = Regression::Huber { delta: 0.0 };
    assert_eq!(code(huber.loss(team, Mean, &[0.0; 6], &[0.0; 6], &mut grad)), Code::Argument);
    assert_eq!(
        code(Regression::Squared.loss(team, Mean, &[0.0; 6], &[0.0; 5], &mut grad)),
        Code::Shape
    );
    let five = Some(&[1.0; 5][..]);
    let weighted = Regression::Squared.weighted(team, Mean, [&[0.0; 6]; 2], five, &mut grad);
    assert_eq!(code(weighted), Code::Shape);
    let dice = Dice { pixels: 4, c: 1, smooth: 1.0, reduction: Mean };
    assert_eq!(code(dice.loss(team, &[0.0; 6], &[0.0; 6], &mut grad)), Code::Shape);
    let weighted = Bce { weights: Some(&[1.0; 5]), ..Bce::new(&[1.0], Mean) };
    assert_eq!(code(weighted.loss(team, &[0.0; 6], &[0.0; 6], &mut grad)), Code::Shape);
    let rows = CrossEntropy { of_rows: Some(&[1.0]), ..spec };
    assert_eq!(code(rows.of_labels(team, &[0.0; 6], &[0, 1], &mut grad)), Code::Shape);
    let (kind, form) = (Overlap::Iou, BoxForm::Corners);
    for (inner, weights) in [(0, &[1.0; 2][..]), (2, &[1.0; 3]), (1, &[1.0; 2])] {
        let boxes = BoxIou { kind, form, inner, weights, reduction: Mean };
        assert_eq!(code(boxes.loss(team, &[0.0; 6], &[0.0; 6], &mut grad)), Code::Shape);
    }
    for (spec, x, labels, sums, expected) in [
        (soft(2, 3, 1.0), 6, &[0][..], 3, Code::Shape),
        (soft(2, 3, 1.0), 5, &[0, 1], 3, Code::Shape),
        (soft(2, 3, 1.0), 6, &[0, 1], 2, Code::Shape),
        (soft(0, 3, 1.0), 0, &[], 0, Code::Shape),
        (SoftDice { background: false, ..soft(6, 1, 1.0) }, 6, &[0; 6], 1, Code::Shape),
        (soft(2, 3, 1.0), 6, &[0, 3], 3, Code::Argument),
        (soft(2, 3, 1.0), 6, &[0, -1], 3, Code::Argument),
    ] {
        let (x, mut sums) = (vec![0.0; x], vec![[0.0; 2]; sums]);
        let refused = spec.loss(team, &x, labels, &mut grad[..x.len()], &mut sums);
        assert_eq!(code(refused), expected, "{spec:?}");
    }
    assert_eq!(grad, [7.0; 6], "as it was");
}

/// A class that nobody sees costs nothing, certain ones neither, and no image is no loss.
#[test]
fn soft_dice_at_its_ends() {
    let mut grad = [f32::NAN; 6];
    let mut sums = [[f64::NAN; 2]; 3];
    let x = [90.0, -90.0, -90.0, -90.0, 90.0, -90.0];
    let loss = soft(2, 3, 1.0).loss(&Team::SOLO, &x, &[0, 1], &mut grad, &mut sums).unwrap();
    assert!(loss.abs() <= 1e-12 && grad.iter().all(|slope| slope.abs() <= 1e-12), "{loss}");
    let spec = SoftDice { batch: true, reduction: Sum, ..soft(2, 3, 1.0) };
    assert_eq!(spec.loss(&Team::SOLO, &[], &[], &mut [], &mut []), Ok(0.0));
    let nan = [f32::NAN, 0.0, 0.0, 0.0, 0.0, 0.0];
    let loss = soft(1, 3, 1.0).loss(&Team::SOLO, &nan, &[0, 1], &mut grad, &mut [[0.0; 2]; 6]);
    assert!(loss.unwrap().is_nan() && grad[0].is_nan() && !grad[3].is_nan());
}
