//! Losses and their gradients: against PyTorch's, and against formulas in f64 and their differences.

#[path = "loss/ends.rs"]
mod ends;
#[path = "loss/formulas.rs"]
mod formulas;
#[path = "loss/golden.rs"]
mod golden;
#[path = "loss/inputs.rs"]
mod inputs;
#[path = "loss/naive.rs"]
mod naive;
#[path = "loss/refused.rs"]
mod refused;
#[path = "loss/threads.rs"]
mod threads;

use receptive_kernels::error::Error;
use receptive_kernels::loss::Reduction;
use receptive_kernels::loss::binary::{Bce, Focal, focal_with_logits};
use receptive_kernels::loss::box_iou::BoxIou;
use receptive_kernels::loss::cross_entropy::CrossEntropy;
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
