//! Every loss against its formula in f64, and its gradient against differences of the formula.

use super::inputs::{FORMS, OVERLAPS, boxes, numbers, scaled, soft, some};
use super::{Case, naive, run};
use proptest::prelude::*;
use receptive_kernels::loss::Reduction::{self, Mean, Sum};
use receptive_kernels::loss::binary::{Bce, Focal};
use receptive_kernels::loss::box_iou::BoxIou;
use receptive_kernels::loss::cross_entropy::{CrossEntropy, IGNORED};
use receptive_kernels::loss::dice::{Dice, SoftDice};
use receptive_kernels::loss::regression::Regression;

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
