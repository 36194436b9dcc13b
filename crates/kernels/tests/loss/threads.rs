//! Threads change no bit.

use super::inputs::{OVERLAPS, boxes, scaled, soft, some};
use super::{Case, naive, run};
use receptive_kernels::loss::Reduction::{Mean, Sum};
use receptive_kernels::loss::binary::{Bce, Focal};
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou};
use receptive_kernels::loss::cross_entropy::CrossEntropy;
use receptive_kernels::loss::dice::{Dice, SoftDice};
use receptive_kernels::loss::regression::Regression;

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
