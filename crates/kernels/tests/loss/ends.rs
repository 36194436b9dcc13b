//! The ends of the losses: logits far out, NaN, corners, and nothing that counts.

use super::inputs::{OVERLAPS, soft};
use super::{Case, run};
use receptive_kernels::loss::Reduction::{Mean, Sum};
use receptive_kernels::loss::binary::{Bce, Focal, focal_with_logits};
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou, Overlap};
use receptive_kernels::loss::cross_entropy::{CrossEntropy, IGNORED};
use receptive_kernels::loss::dice::SoftDice;
use receptive_kernels::loss::regression::Regression;
use receptive_kernels::team::Team;

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
