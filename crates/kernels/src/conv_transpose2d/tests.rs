//! The scattered version against the gathered one, and both against the forward convolution.

use super::*;
use crate::filter::{FilterSpec, Kind, Layout};
use crate::matrix::MatMut;
use crate::part::Channels;
use crate::simd::Native;
use crate::team::Team;
use crate::testing::{Random, assert_close};
use proptest::prelude::*;

type Sizes = [usize; 6];

fn axis([size, kernel, stride, before, after, dilation]: Sizes) -> Axis {
    Axis { size, kernel, stride, before, after, dilation, ceil: false }
}

/// `[N, C of a group, OC of a group, groups]` and both axes with their output padding. The answer,
/// written as a map of its own and, which gives the same, among the channels of a wider one.
fn run(
    counts: [usize; 4],
    y: (Sizes, usize),
    x: (Sizes, usize),
    layout: Layout,
) -> Option<Vec<f32>> {
    let oc = counts[2] * counts[3];
    let expected = run_into(Channels::new(oc, 0, oc).unwrap(), counts, y, x, layout)?;
    for (row, first) in [(oc + 4, 0), (oc + 5, 2)] {
        let channels = Channels::new(row, first, oc).unwrap();
        assert_eq!(run_into(channels, counts, y, x, layout)?, expected, "{channels:?}");
    }
    Some(expected)
}

/// The channels that are written; all others must stay NaN.
fn run_into(
    channels: Channels,
    counts: [usize; 4],
    y: (Sizes, usize),
    x: (Sizes, usize),
    layout: Layout,
) -> Option<Vec<f32>> {
    let [n, cg, og, groups] = counts;
    let y_axis = TransposedAxis::new(axis(y.0), y.1).ok()?;
    let x_axis = TransposedAxis::new(axis(x.0), x.1).ok()?;
    let dims = [cg * groups, og, y.0[1], x.0[1]];
    let spec = FilterSpec::new(Kind::ConvTranspose, dims, groups).ok()?;
    let mut random = Random::new(3);
    let x = random.vector(n * y_axis.axis.size * x_axis.axis.size * dims[0]);
    let weights = random.vector(dims.iter().product());
    let bias = random.vector(og * groups);
    let mut filter = Filter::new(spec, layout, Vec::new()).unwrap();
    filter.write_rows(0, &weights).unwrap();
    let activation = Activation::LeakyRelu { slope: 0.25 };
    let conv =
        ConvTranspose { n, y_axis, x_axis, x: &x, filter: &filter, bias: Some(&bias), activation };
    let mut out = vec![f32::NAN; n * y_axis.out * x_axis.out * channels.row];
    if layout == Layout::Raw {
        naive::conv_transpose2d(&conv, channels.of(&mut out));
    } else {
        let pixels = y_axis.axis.size * x_axis.axis.size;
        for threads in [2, 1] {
            let again = bits(&out);
            let mut scratch = vec![f32::NAN; threads * scatter::scratch_len(&spec, pixels)];
            out.fill(f32::NAN);
            let team = Team::eager(threads);
            scatter::conv_transpose2d::<Native>(&conv, channels.of(&mut out), &mut scratch, &team);
            assert!(threads == 2 || again == bits(&out), "the bits of two threads differ");
        }
    }
    let mut part = channels.of(&mut out);
    let taken = (0..part.rows()).flat_map(|pixel| part.row(pixel).to_vec()).collect();
    (0..part.rows()).for_each(|pixel| part.row(pixel).fill(f32::NAN));
    assert!(out.iter().all(|y| y.is_nan()), "{channels:?}");
    Some(taken)
}

fn bits(y: &[f32]) -> Vec<u32> {
    y.iter().map(|y| y.to_bits()).collect()
}

#[test]
fn known_values() {
    // 2x2 input of ones, 2x2 kernel of ones, stride 2: no overlap; stride 1: a small pyramid.
    let axis_of = |stride| TransposedAxis::new(axis([2, 2, stride, 0, 0, 1]), 0).unwrap();
    for (stride, expected) in [(2, vec![1.0; 16]), (1, vec![1., 2., 1., 2., 4., 2., 1., 2., 1.])] {
        let spec = FilterSpec::new(Kind::ConvTranspose, [1, 1, 2, 2], 1).unwrap();
        let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).unwrap();
        filter.write_rows(0, &[1.0; 4]).unwrap();
        let (y_axis, x_axis) = (axis_of(stride), axis_of(stride));
        let x = [1.0; 4];
        let activation = Activation::None;
        let conv =
            ConvTranspose { n: 1, y_axis, x_axis, x: &x, filter: &filter, bias: None, activation };
        let mut out = vec![f32::NAN; expected.len()];
        let y = MatMut::new(&mut out, 1);
        scatter::conv_transpose2d::<Native>(&conv, y, &mut [f32::NAN; 64], &Team::SOLO);
        assert_eq!(out, expected);
    }
}

#[test]
fn outputs_of_one_term() {
    for stride in 1..4 {
        for groups in 1..3 {
            let apart = ([3, stride, stride, 0, 0, 1], 0);
            let counts = [2, 3, 5, groups];
            let expected = run(counts, apart, apart, Layout::Raw).unwrap();
            for layout in [Layout::Rows, Layout::Panels] {
                assert_close(&run(counts, apart, apart, layout).unwrap(), &expected, 9);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_geometry(
        counts in (1usize..3, 1usize..6, 1usize..6, 1usize..4),
        y in (prop::array::uniform6(0usize..5), 0usize..3),
        x in (prop::array::uniform6(0usize..5), 0usize..3),
    ) {
        let counts = [counts.0, counts.1, counts.2, counts.3];
        if let Some(expected) = run(counts, y, x, Layout::Raw) {
            for layout in [Layout::Rows, Layout::Panels] {
                assert_close(&run(counts, y, x, layout).unwrap(), &expected, counts[1] * 25);
            }
        }
    }
}
