//! The naive gradients against differences of the forward formula, and all kernels against them.

use super::input::turned::Repacked;
use super::input::{Algorithm, input_gradient, scratch_len};
use super::*;
use crate::conv2d::select::{Requested, layout};
use crate::error::{Code, Error};
use crate::filter::Layout;
use crate::geometry::{Axis, Window};
use crate::simd::Native;
use crate::team::Team;
use crate::testing::{Random, assert_close, differences, widened};
use proptest::prelude::*;

/// `[size, kernel, stride, before, after, dilation]`
type Sizes = [usize; 6];

fn axis([size, kernel, stride, before, after, dilation]: Sizes) -> Axis {
    Axis { size, kernel, stride, before, after, dilation, ceil: false }
}

/// `counts`: `[N, groups, C / groups, OC / groups]`.
fn shape(counts: [usize; 4], y: Sizes, x: Sizes) -> Result<Shape, Error> {
    let [n, groups, cg, m] = counts;
    let window = Window::new(groups * cg, axis(y), axis(x))?;
    Shape::new(n, window, groups * m, groups)
}

struct Operands {
    x: Vec<f32>,
    w: Vec<f32>,
    dy: Vec<f32>,
}

fn operands(shape: &Shape) -> Operands {
    let mut random = Random::new(11);
    Operands {
        x: random.vector(shape.x_len()),
        w: random.vector(shape.weight_len()),
        dy: random.vector(shape.y_len()),
    }
}

/// Runs on 1 to 3 threads, with output and scratch of NaN, and expects the same bits of all.
fn same_bits(
    len: usize,
    scratch: impl Fn(&Team) -> usize,
    run: impl Fn(&mut [f32], &mut [f32], &Team),
) -> Vec<f32> {
    let answers = [1, 2, 3].map(|threads| {
        let team = Team::eager(threads);
        let mut out = vec![f32::NAN; len];
        run(&mut out, &mut vec![f32::NAN; scratch(&team)], &team);
        out
    });
    let bits = |out: &[f32]| out.iter().map(|out| out.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&answers[0]), bits(&answers[1]), "two threads");
    assert_eq!(bits(&answers[0]), bits(&answers[2]), "three threads");
    let [answer, ..] = answers;
    answer
}

fn input_by(shape: &Shape, algorithm: Algorithm, of: &Operands) -> Vec<f32> {
    same_bits(
        shape.x_len(),
        |team| scratch_len(shape, algorithm, team),
        |dx, scratch, team| {
            input_gradient::<Native>(shape, algorithm, [&of.dy, &of.w], dx, scratch, team);
        },
    )
}

/// Every algorithm that can compute the input gradient of a shape.
fn algorithms(shape: &Shape) -> Vec<Algorithm> {
    let turned = Repacked::turned(shape, |spec, usage| layout(Requested::Auto, spec, usage));
    let panels = turned.map(|_| Algorithm::Turned(Layout::Panels));
    let chosen = turned.map(|turned| Algorithm::Turned(turned.layout()));
    let depthwise = shape.spec().is_depthwise().then_some(Algorithm::Depthwise);
    [panels, chosen, depthwise, Some(Algorithm::Columns)].into_iter().flatten().collect()
}

fn check(shape: &Shape) {
    let of = operands(shape);
    let mut expected = vec![f32::NAN; shape.weight_len()];
    naive::weight_gradient(shape, &of.x, &of.dy, &mut expected);
    let dw = same_bits(
        shape.weight_len(),
        |team| weight::scratch_len(shape, team),
        |dw, scratch, team| {
            weight::weight_gradient::<Native>(shape, &of.x, &of.dy, dw, scratch, team);
        },
    );
    let rounding = if weight::by_winograd(shape) { 4 } else { 1 };
    assert_close(&dw, &expected, rounding * shape.pixels());

    let mut expected = vec![f32::NAN; shape.x_len()];
    naive::input_gradient(shape, &of.dy, &of.w, &mut expected);
    for algorithm in algorithms(shape) {
        let dx = input_by(shape, algorithm, &of);
        // Winograd rounds sums and differences: see `winograd::points`.
        let rounding =
            if matches!(algorithm, Algorithm::Turned(Layout::Winograd(_))) { 4 } else { 1 };
        let k = shape.spec().taps() * shape.spec().m();
        assert_close(&dx, &expected, rounding * k);
    }
}

/// The forward formula in f64, written for each output; nothing of it is in the kernels.
fn forward(shape: &Shape, x: &[f64], w: &[f64]) -> Vec<f64> {
    let (window, [oc, cg, kernel_h, kernel_w]) = (shape.window(), shape.spec().dims);
    let m = shape.spec().m();
    let padded = |n: usize, row: usize, column: usize, c: usize| {
        let ih = row.checked_sub(window.y.before).filter(|&ih| ih < window.y.size);
        let iw = column.checked_sub(window.x.before).filter(|&iw| iw < window.x.size);
        let (Some(ih), Some(iw)) = (ih, iw) else { return 0.0 };
        x[((n * window.y.size + ih) * window.x.size + iw) * window.c + c]
    };
    let mut y = Vec::new();
    for n in 0..shape.n() {
        for oh in 0..window.oh {
            for ow in 0..window.ow {
                for channel in 0..oc {
                    let mut sum = 0.0;
                    for (at, w) in w[channel * cg * kernel_h * kernel_w..]
                        .iter()
                        .take(cg * kernel_h * kernel_w)
                        .enumerate()
                    {
                        let (c, kh) = (at / (kernel_h * kernel_w), at / kernel_w % kernel_h);
                        let row = oh * window.y.stride + kh * window.y.dilation;
                        let column = ow * window.x.stride + at % kernel_w * window.x.dilation;
                        sum += w * padded(n, row, column, channel / m * cg + c);
                    }
                    y.push(sum);
                }
            }
        }
    }
    y
}

/// The naive gradients are the derivatives of the loss `sum of y * dy`.
#[test]
fn naive_gradients_are_derivatives() {
    let cases = [
        ([2, 1, 2, 3], [4, 3, 1, 1, 1, 1], [5, 3, 1, 1, 1, 1]),
        ([1, 2, 2, 2], [6, 2, 2, 1, 0, 2], [5, 3, 3, 0, 2, 1]),
        ([2, 3, 1, 1], [5, 3, 2, 2, 1, 1], [4, 2, 1, 0, 1, 3]),
        ([1, 1, 1, 1], [2, 1, 1, 3, 2, 1], [3, 2, 2, 2, 3, 2]),
    ];
    for (counts, y, x) in cases {
        let shape = shape(counts, y, x).unwrap();
        let of = operands(&shape);
        let (x, w, dy) = (widened(&of.x), widened(&of.w), widened(&of.dy));
        let loss = |y: Vec<f64>| y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();

        let expected = differences(&of.w, |w| loss(forward(&shape, &x, w)));
        let mut dw = vec![f32::NAN; of.w.len()];
        naive::weight_gradient(&shape, &of.x, &of.dy, &mut dw);
        assert_close(&dw, &expected, 8);

        let expected = differences(&of.x, |x| loss(forward(&shape, x, &w)));
        let mut dx = vec![f32::NAN; of.x.len()];
        naive::input_gradient(&shape, &of.dy, &of.w, &mut dx);
        assert_close(&dx, &expected, 8);
    }
}

/// Sizes of channels around the tile, with windows that share and skip inputs.
#[test]
fn channels_around_the_tile() {
    for c in [1, 2, 3, 4, 5, 7, 8, 9, 13] {
        for m in [1, 2, 4, 6, 7, 8, 9, 17] {
            for (stride, pad) in [(1, 1), (2, 0)] {
                let y = [6, 3, stride, pad, pad, 1];
                check(&shape([2, 1, c, m], y, [7, 3, stride, pad, 2, 1]).unwrap());
            }
        }
        for kernel in 1..=7 {
            let y = [8, kernel, 1 + kernel % 2, 2, 1, 1];
            check(&shape([2, c, 1, 1], y, [9, kernel, 1, 1, 3, 1]).unwrap());
            check(&shape([1, 1, c, 3], y, [9, kernel, 1, 1, 3, 1]).unwrap());
        }
    }
}

/// Layers whose weights' gradients Winograd computes: tiles that hang over each edge, channels around
/// vectors and panels, blocks of tiles.
#[test]
fn winograd_weights() {
    for (n, y, x, cg, m) in [(12, 9, 11, 16, 16), (8, 12, 12, 17, 23), (2, 24, 29, 18, 33)] {
        for pad in 0..3 {
            let shape = shape([n, 1, cg, m], [y, 3, 1, pad, 1, 1], [x, 3, 1, 1, pad, 1]).unwrap();
            assert!(weight::by_winograd(&shape), "{n} {y} {x} {cg} {m}");
            check(&shape);
        }
    }
}

/// More pixels than a block of the sum, on maps of one line and of many, and many images.
#[test]
fn more_pixels_than_a_block() {
    for (n, y, x) in [(1, 1, 241), (1, 241, 1), (3, 17, 15), (70, 2, 3)] {
        check(&shape([n, 1, 2, 3], [y, 1, 1, 0, 0, 1], [x, 1, 1, 0, 0, 1]).unwrap());
        check(&shape([n, 5, 1, 1], [y, 3, 1, 1, 1, 1], [x, 3, 1, 1, 1, 1]).unwrap());
    }
}

/// LeNet-5, both convolutions.
#[test]
fn lenet() {
    let (first, second) = ([28, 5, 1, 2, 2, 1], [14, 5, 1, 0, 0, 1]);
    check(&shape([9, 1, 1, 6], first, first).unwrap());
    check(&shape([9, 1, 6, 16], second, second).unwrap());
}

#[test]
fn no_images_give_zeros() {
    for groups in [1, 2] {
        let shape = shape([0, groups, 2, 2], [4, 3, 1, 1, 1, 1], [4, 3, 1, 1, 1, 1]).unwrap();
        check(&shape);
    }
}

#[test]
fn shapes_that_do_not_exist() {
    let window = |c| Window::new(c, axis([4, 3, 1, 0, 0, 1]), axis([4, 3, 1, 0, 0, 1])).unwrap();
    let code = |n, c, oc, groups| Shape::new(n, window(c), oc, groups).map_err(|error| error.code);
    assert_eq!(code(1, 4, 4, 0), Err(Code::Geometry));
    assert_eq!(code(1, 3, 4, 2), Err(Code::Geometry));
    assert_eq!(code(1, 4, 3, 2), Err(Code::Geometry));
    assert_eq!(code(1, 4, 0, 1), Err(Code::Geometry));
    assert_eq!(code(usize::MAX / 2, 4, 4, 1), Err(Code::Shape));
    assert_eq!(code(1, 4, usize::MAX / 64, 1), Err(Code::Shape));
    assert!(code(1, 4, 4, 2).is_ok());
}

/// A NaN reaches what depends on it, and nothing else.
#[test]
fn nan_stays_where_it_belongs() {
    let shape = shape([1, 1, 2, 3], [5, 3, 2, 1, 1, 1], [5, 3, 2, 1, 1, 1]).unwrap();
    let mut of = operands(&shape);
    of.dy[0] = f32::NAN;
    let mut expected = vec![0.0; shape.x_len()];
    naive::input_gradient(&shape, &of.dy, &of.w, &mut expected);
    let dx = input_by(&shape, Algorithm::Columns, &of);
    let nan = |v: &[f32]| v.iter().map(|v| v.is_nan()).collect::<Vec<_>>();
    assert_eq!(nan(&dx), nan(&expected));
    assert!(expected.iter().any(|v| v.is_nan()) && expected.iter().any(|v| !v.is_nan()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Any geometry: an invalid one is refused, a valid one gives what the formula gives.
    #[test]
    fn any_geometry(
        (n, groups, cg, m) in (1usize..3, 1usize..4, 1usize..6, 1usize..11),
        sizes in prop::array::uniform2(0usize..9),
        kernels in prop::array::uniform2(0usize..5),
        strides in prop::array::uniform2(0usize..4),
        pads in prop::array::uniform4(0usize..9),
        dilations in prop::array::uniform2(0usize..4),
    ) {
        let y = [sizes[0], kernels[0], strides[0], pads[0], pads[1], dilations[0]];
        let x = [sizes[1], kernels[1], strides[1], pads[2], pads[3], dilations[1]];
        for counts in [[n, groups, cg, m], [n, groups * cg, 1, 1], [n, groups, 1, m]] {
            match shape(counts, y, x) {
                Ok(shape) => check(&shape),
                Err(error) => prop_assert_eq!(error.code, Code::Geometry),
            }
        }
    }
}
