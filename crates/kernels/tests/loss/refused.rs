//! What the losses refuse, and that the gradient is then as it was.

use super::inputs::soft;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::loss::Reduction::Mean;
use receptive_kernels::loss::binary::{Bce, Focal, focal_with_logits};
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou, Overlap};
use receptive_kernels::loss::cross_entropy::CrossEntropy;
use receptive_kernels::loss::dice::{Dice, SoftDice};
use receptive_kernels::loss::regression::Regression;
use receptive_kernels::team::Team;

/// What the gradient holds before.
const BEFORE: f32 = 7.0;

/// The code of the error, which leaves six elements of a gradient as they were.
fn refused(loss: impl FnOnce(&mut [f32]) -> Result<f64, Error>) -> Code {
    let mut grad = [BEFORE; 6];
    let code = loss(&mut grad).unwrap_err().code;
    assert_eq!(grad, [BEFORE; 6], "as it was");
    code
}

#[test]
fn labels() {
    let (team, spec) = (&Team::SOLO, CrossEntropy::new(3));
    for (label, text) in
        [(3, "label 3 at index 1"), (-1, "label -1 at index 1"), (i32::MIN, "at index 1")]
    {
        let mut grad = [BEFORE; 6];
        let error = spec.of_labels(team, &[0.0; 6], &[0, label], &mut grad).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains(text), "{error}");
        assert_eq!(grad, [BEFORE; 6], "as it was");
    }
    let code = |spec: CrossEntropy<'_>, labels: &[i32]| {
        refused(|grad| spec.of_labels(team, &[0.0; 6], labels, grad))
    };
    assert_eq!(code(CrossEntropy { smoothing: f32::NAN, ..spec }, &[0, 1]), Code::Argument);
    assert_eq!(code(CrossEntropy { weights: Some(&[1.0; 2]), ..spec }, &[0, 1]), Code::Shape);
    assert_eq!(code(CrossEntropy { of_rows: Some(&[1.0]), ..spec }, &[0, 1]), Code::Shape);
    assert_eq!(code(spec, &[0]), Code::Shape);
    let classes = refused(|_| CrossEntropy::new(0).of_labels(team, &[], &[], &mut []));
    assert_eq!(classes, Code::Shape);
    let probabilities =
        refused(|grad| spec.of_probabilities(team, &[0.0; 5], &[0.0; 5], &mut grad[..5]));
    assert_eq!(probabilities, Code::Shape);
}

#[test]
fn bits() {
    let team = &Team::SOLO;
    for (positive, weights) in [(&[1.0; 4][..], None), (&[], None), (&[1.0], Some(&[1.0; 5][..]))] {
        let spec = Bce { weights, ..Bce::new(positive, Mean) };
        let code = refused(|grad| spec.loss(team, &[0.0; 6], &[0.0; 6], grad));
        assert_eq!(code, Code::Shape, "{} weights", positive.len());
    }
    let focal = Focal { gamma: -1.0, ..Focal::default() };
    let code = refused(|grad| focal_with_logits(team, focal, Mean, &[0.0; 6], &[0.0; 6], grad));
    assert_eq!(code, Code::Argument);
}

#[test]
fn differences() {
    let team = &Team::SOLO;
    let huber = Regression::Huber { delta: 0.0 };
    let code = refused(|grad| huber.loss(team, Mean, &[0.0; 6], &[0.0; 6], grad));
    assert_eq!(code, Code::Argument);
    let code = refused(|grad| Regression::Squared.loss(team, Mean, &[0.0; 6], &[0.0; 5], grad));
    assert_eq!(code, Code::Shape);
    let five = Some(&[1.0; 5][..]);
    let code = refused(|grad| Regression::Squared.weighted(team, Mean, [&[0.0; 6]; 2], five, grad));
    assert_eq!(code, Code::Shape);
}

#[test]
fn boxes() {
    let (kind, form) = (Overlap::Iou, BoxForm::Corners);
    for (inner, weights) in [(0, &[1.0; 2][..]), (2, &[1.0; 3]), (1, &[1.0; 2])] {
        let boxes = BoxIou { kind, form, inner, weights, reduction: Mean };
        let code = refused(|grad| boxes.loss(&Team::SOLO, &[0.0; 6], &[0.0; 6], grad));
        assert_eq!(code, Code::Shape, "{inner}");
    }
}

#[test]
fn masks() {
    let dice = Dice { pixels: 4, c: 1, smooth: 1.0, reduction: Mean };
    let code = refused(|grad| dice.loss(&Team::SOLO, &[0.0; 6], &[0.0; 6], grad));
    assert_eq!(code, Code::Shape);
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
        let code = refused(|grad| {
            let len = x.len();
            spec.loss(&Team::SOLO, &x, labels, &mut grad[..len], &mut sums)
        });
        assert_eq!(code, expected, "{spec:?}");
    }
}
