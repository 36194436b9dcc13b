//! The table of window positions that this crate and the TypeScript layers are both held to.

use receptive_kernels::geometry::Axis;
use serde::Deserialize;

/// A window along one axis and the positions counted by sliding it; none where it has no meaning.
#[derive(Debug, Deserialize)]
struct Case {
    size: usize,
    kernel: usize,
    stride: usize,
    before: usize,
    after: usize,
    dilation: usize,
    ceil: bool,
    out: Option<usize>,
}

#[test]
fn the_shared_table() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../tests/tensor/geometry-cases.json")).unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        let &Case { size, kernel, stride, before, after, dilation, ceil, .. } = &case;
        let axis = Axis { size, kernel, stride, before, after, dilation, ceil };
        assert_eq!(axis.output().ok(), case.out, "{case:?}");
    }
}
