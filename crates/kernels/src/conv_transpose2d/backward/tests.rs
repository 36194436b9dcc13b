//! The naive gradients against differences of the forward formula, and the kernels against them.

use super::naive::Sizes;
use super::*;
use crate::activation::Activation;
use crate::conv_transpose2d::{ConvTranspose, naive as forward};
use crate::error::Code;
use crate::filter::{Filter, FilterSpec, Kind, Layout};
use crate::matrix::MatMut;
use crate::simd::Native;
use crate::testing::{Random, assert_close, differences, widened};
use proptest::prelude::*;

/// `[size, kernel, stride, before, after, dilation]`
type Six = [usize; 6];

fn axis(
    [size, kernel, stride, before, after, dilation]: Six,
    extra: usize,
) -> Option<TransposedAxis> {
    let axis = Axis { size, kernel, stride, before, after, dilation, ceil: false };
    TransposedAxis::new(axis, extra).ok()
}

/// `counts`: `[N, groups, C / groups, OC / groups]`; both axes with their output padding.
fn sizes(counts: [usize; 4], y: (Six, usize), x: (Six, usize)) -> Option<Sizes> {
    let [n, groups, cg, og] = counts;
    let axes = [axis(y.0, y.1)?, axis(x.0, x.1)?];
    Some(Sizes { n, axes, channels: [groups * cg, groups * og], groups })
}

fn check(sizes: &Sizes) {
    let shape = Shape::new(sizes.n, sizes.axes, sizes.channels, sizes.groups).unwrap();
    let mut random = Random::new(19);
    let (x, dy) = (random.vector(shape.x_len()), random.vector(shape.y_len()));
    let w = random.vector(shape.weight_len());
    let (mut dw, mut dx) = (vec![f32::NAN; w.len()], vec![f32::NAN; x.len()]);
    naive::weight_gradient(sizes, &x, &dy, &mut dw);
    naive::input_gradient(sizes, &dy, &w, &mut dx);
    let taps = sizes.axes[0].axis.kernel * sizes.axes[1].axis.kernel;
    let mut before: Option<[Vec<f32>; 2]> = None;
    for threads in [1, 2, 3] {
        let team = Team::eager(threads);
        let mut got = [vec![f32::NAN; w.len()], vec![f32::NAN; x.len()]];
        let mut scratch = vec![f32::NAN; weight_scratch_len(&shape, &team)];
        weight_gradient::<Native>(&shape, &x, &dy, &mut got[0], &mut scratch, &team);
        let mut scratch = vec![f32::NAN; input_scratch_len(&shape, &team)];
        input_gradient::<Native>(&shape, [&dy, &w], &mut got[1], &mut scratch, &team);
        assert_close(&got[0], &dw, x.len() / sizes.channels[0]);
        // Winograd rounds sums and differences: see `winograd::points`.
        assert_close(&got[1], &dx, 4 * taps * sizes.channels[1]);
        let before = before.get_or_insert_with(|| got.clone());
        assert_eq!(before, &got, "the bits of {threads} threads differ");
    }
}

/// The forward formula in f64 from the products of the naive gradients.
fn output(sizes: &Sizes, x: &[f64], w: &[f64], len: usize) -> Vec<f64> {
    let mut y = vec![0.0; len];
    naive::each_product(sizes, |from, to, weight| y[to] += x[from] * w[weight]);
    y
}

const CASES: [([usize; 4], Six, Six, usize); 3] = [
    ([2, 1, 2, 3], [3, 3, 2, 1, 1, 1], [2, 3, 1, 0, 1, 2], 1),
    ([1, 2, 2, 1], [4, 2, 2, 0, 0, 1], [3, 3, 3, 1, 0, 1], 0),
    ([1, 3, 1, 1], [3, 2, 1, 0, 1, 3], [2, 4, 2, 2, 1, 1], 1),
];

/// The naive gradients are derivatives of the loss `sum of y * dy`, of a forward formula that the
/// naive forward kernel confirms.
#[test]
fn naive_gradients_are_derivatives() {
    for (counts, y, x, extra) in CASES {
        let sizes = sizes(counts, (y, extra), (x, extra)).unwrap();
        let shape = Shape::new(sizes.n, sizes.axes, sizes.channels, sizes.groups).unwrap();
        let mut random = Random::new(23);
        let (x, dy) = (random.vector(shape.x_len()), random.vector(shape.y_len()));
        let w = random.vector(shape.weight_len());

        let dims = [sizes.channels[0], counts[3], y[1], sizes.axes[1].axis.kernel];
        let spec = FilterSpec::new(Kind::ConvTranspose, dims, sizes.groups).unwrap();
        let mut filter = Filter::new(spec, Layout::Raw, Vec::new()).unwrap();
        filter.write_rows(0, &w).unwrap();
        let [y_axis, x_axis] = sizes.axes;
        let activation = Activation::None;
        let conv = ConvTranspose {
            n: sizes.n,
            y_axis,
            x_axis,
            x: &x,
            filter: &filter,
            bias: None,
            activation,
        };
        let mut y = vec![f32::NAN; dy.len()];
        forward::conv_transpose2d(&conv, MatMut::new(&mut y, sizes.channels[1]));
        let formula = output(&sizes, &widened(&x), &widened(&w), dy.len());
        assert_close(&y, &formula.iter().map(|&y| y as f32).collect::<Vec<_>>(), 8);

        let loss = |x: &[f64], w: &[f64]| -> f64 {
            let y = output(&sizes, x, w, dy.len());
            y.iter().zip(&dy).map(|(y, &dy)| y * f64::from(dy)).sum()
        };
        let (mut dw, mut dx) = (vec![f32::NAN; w.len()], vec![f32::NAN; x.len()]);
        naive::weight_gradient(&sizes, &x, &dy, &mut dw);
        naive::input_gradient(&sizes, &dy, &w, &mut dx);
        assert_close(&dw, &differences(&w, |w| loss(&widened(&x), w)), 8);
        assert_close(&dx, &differences(&x, |x| loss(x, &widened(&w))), 8);
    }
}

#[test]
fn channels_around_the_tile() {
    for (counts, y, x, extra) in CASES {
        for cg in [1, 4, 7, 8, 9] {
            for og in [1, 3, 8, 10] {
                let counts = [counts[0], counts[1], cg, og];
                check(&sizes(counts, (y, extra), (x, extra)).unwrap());
            }
        }
    }
    let twice = [9, 2, 2, 0, 0, 1];
    check(&sizes([3, 1, 16, 8], (twice, 0), (twice, 0)).unwrap());
}

#[test]
fn shapes_that_do_not_exist() {
    let axes = [axis([3, 3, 2, 1, 1, 1], 1).unwrap(); 2];
    let code =
        |n, channels, groups| Shape::new(n, axes, channels, groups).map_err(|error| error.code);
    assert_eq!(code(1, [4, 4], 0), Err(Code::Geometry));
    assert_eq!(code(1, [3, 4], 2), Err(Code::Geometry));
    assert_eq!(code(1, [4, 3], 2), Err(Code::Geometry));
    assert_eq!(code(1, [4, 0], 1), Err(Code::Geometry));
    assert_eq!(code(usize::MAX / 4, [4, 4], 1), Err(Code::Shape));
    assert!(code(1, [4, 4], 2).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Any geometry that the forward accepts gives what the formula gives.
    #[test]
    fn any_geometry(
        counts in (1usize..3, 1usize..4, 1usize..6, 1usize..6),
        y in (prop::array::uniform6(0usize..5), 0usize..3),
        x in (prop::array::uniform6(0usize..5), 0usize..3),
    ) {
        let counts = [counts.0, counts.1, counts.2, counts.3];
        if let Some(sizes) = sizes(counts, y, x) {
            check(&sizes);
        }
    }
}
