//! Overlaps of boxes against torchvision's in f64: `tests/tasks/boxes/make_boxes.py` wrote them.

use receptive_kernels::boxes::Rect;
use receptive_kernels::boxes::overlap::{ciou, diou, giou, iou};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    boxes: Vec<Rect>,
    iou: Vec<f64>,
    giou: Vec<f64>,
    diou: Vec<f64>,
    ciou: Vec<f64>,
}

/// Coordinates up to 1000 have rounded to 2^-15: sides of a few pixels, and so overlaps, are off by
/// some 1e-6. The proportions of such sides weigh more.
const TOLERANCE: f64 = 2e-6;

#[test]
fn overlaps_are_those_of_torchvision() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/overlaps.json")).unwrap();
    let n = fixture.boxes.len();
    assert!(n > 10);
    type Overlap = fn(Rect, Rect) -> f32;
    let cases: [(&str, Overlap, &[f64]); 4] = [
        ("iou", iou, &fixture.iou),
        ("giou", giou, &fixture.giou),
        ("diou", diou, &fixture.diou),
        ("ciou", ciou, &fixture.ciou),
    ];
    for (name, overlap, expected) in cases {
        assert_eq!(expected.len(), n * n);
        for (at, &expected) in expected.iter().enumerate() {
            let got = f64::from(overlap(fixture.boxes[at / n], fixture.boxes[at % n]));
            let difference = (got - expected).abs();
            assert!(
                difference <= TOLERANCE,
                "{name} of {} and {}: {got}, {expected}",
                at / n,
                at % n
            );
        }
    }
}
