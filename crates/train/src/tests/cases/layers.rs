//! Convolutions and fully connected layers.

use crate::tests::case::{Case, wide};
use receptive_kernels::activation::Activation;
use receptive_kernels::column_sums;
use receptive_kernels::conv_transpose2d::backward::naive as transposed_back;
use receptive_kernels::conv_transpose2d::{ConvTranspose, TransposedAxis, naive as transposed};
use receptive_kernels::conv2d::backward::{Shape, naive as back};
use receptive_kernels::conv2d::select::{Requested, Usage, layout};
use receptive_kernels::conv2d::{Conv, naive};
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::linear::backward as linear_back;
use receptive_kernels::matrix::MatMut;
use receptive_kernels::testing::Random;
use receptive_program::contract::Window;

/// A window that sees all of its map but for `pad`.
fn plain([c, h, w]: [usize; 3], kernel: usize, pad: usize) -> Window {
    let [stride, dilation] = [[1, 1]; 2];
    Window { c, h, w, kernel: [kernel; 2], stride, pad: [pad; 4], dilation, ceil: false }
}

/// Uneven in everything.
fn uneven(c: usize) -> Window {
    let (kernel, stride, pad, dilation) = ([3, 2], [2, 3], [1, 0, 2, 1], [1, 2]);
    Window { c, h: 7, w: 8, kernel, stride, pad, dilation, ceil: false }
}

pub fn all() -> Vec<Case> {
    let convolutions = [
        ("uneven", uneven(4), 6, 2),
        ("pointwise", plain([5, 4, 3], 1, 0), 7, 1),
        ("depthwise", plain([9, 6, 7], 3, 1), 9, 9),
        ("winograd", plain([32, 12, 13], 3, 1), 32, 1),
        ("5x5", plain([3, 9, 8], 5, 2), 5, 1),
    ];
    let transposed = [("uneven", uneven(4), 6, 2, [1, 2]), ("apart", apart(3), 5, 1, [0, 0])];
    let mut cases = Vec::new();
    for (name, window, oc, groups) in convolutions {
        cases.extend(conv2d(name, &window, oc, groups));
    }
    for (name, window, oc, groups, padding) in transposed {
        cases.extend(conv_transpose2d(name, &window, [oc, groups], padding));
    }
    for sizes in [[1, 5, 3], [7, 19, 10], [5, 3, 1]] {
        cases.extend(linear(sizes));
    }
    cases.extend([[1, 4], [37, 3], [300, 9]].map(sums));
    cases
}

/// A transposed convolution whose taps do not overlap.
fn apart(c: usize) -> Window {
    Window { stride: [2; 2], ..plain([c, 3, 5], 2, 0) }
}

fn raw(kind: Kind, dims: [usize; 4], groups: usize, weights: &[f32]) -> Filter<'static> {
    let spec = FilterSpec::new(kind, dims, groups).unwrap();
    let mut filter = Filter::new(spec, Layout::Raw, Vec::new()).unwrap();
    filter.write_rows(0, weights).unwrap();
    filter
}

fn conv2d(name: &str, words: &Window, oc: usize, groups: usize) -> Vec<Case> {
    let (n, window) = (2, words.check().unwrap());
    let shape = Shape::new(n, window, oc, groups).unwrap();
    let mut random = Random::new(oc as u64);
    let [x, dy] = [shape.x_len(), shape.y_len()].map(|len| random.vector(len));
    let [w, bias] = [shape.weight_len(), oc].map(|len| random.vector(len));
    let (k, filter) = (w.len() / oc, raw(Kind::Conv, shape.spec().dims, groups, &w));
    let forward = |bias: Option<&[f32]>| {
        let (filter, activation) = (&filter, Activation::None);
        let conv = Conv { n, window: &window, x: &x, filter, bias, residual: None, activation };
        let mut y = vec![f32::NAN; dy.len()];
        naive::conv2d(&conv, MatMut::new(&mut y, oc));
        let case = Case::new(name, 64).read(&x).write_narrow(&y).read(&w).maybe(bias);
        case.sizes(&[n]).window(words).sizes(&[oc, groups]).terms(2 * k)
    };
    let (mut dx, mut dw) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()]);
    back::input_gradient(&shape, &dy, &w, &mut dx);
    back::weight_gradient(&shape, &x, &dy, &mut dw);
    let end = |case: Case| case.sizes(&[n]).window(words).sizes(&[oc, groups]);
    let input = Case::new(name, 65).read(&dy).read(&w).write_narrow(&dx);
    let weight = Case::new(name, 66).read(&x).read(&dy).write_narrow(&dw);
    vec![
        forward(Some(&bias)),
        forward(None),
        end(input).terms(k * oc),
        end(weight).terms(dy.len() / oc),
    ]
}

#[test]
fn convolutions_take_several_algorithms() {
    let mut layouts = Vec::new();
    for (window, oc, groups) in
        [(uneven(4), 6, 2), (plain([9, 6, 7], 3, 1), 9, 9), (plain([32, 12, 13], 3, 1), 32, 1)]
    {
        let checked = window.check().unwrap();
        let dims = [oc, window.c / groups, window.kernel[0], window.kernel[1]];
        let spec = FilterSpec::new(Kind::Conv, dims, groups).unwrap();
        let map = [checked.oh, checked.ow];
        let usage = Usage { stride: window.stride, dilation: window.dilation, map };
        layouts.push(layout(Requested::Auto, &spec, &usage));
    }
    assert_eq!(layouts[..2], [Layout::Panels, Layout::Depthwise]);
    assert!(matches!(layouts[2], Layout::Winograd(_)), "{:?}", layouts[2]);
}

fn conv_transpose2d(
    name: &str,
    words: &Window,
    [oc, groups]: [usize; 2],
    padding: [usize; 2],
) -> Vec<Case> {
    let (n, c, [vertical, horizontal]) = (2, words.c, words.axes());
    let y_axis = TransposedAxis::new(vertical, padding[0]).unwrap();
    let x_axis = TransposedAxis::new(horizontal, padding[1]).unwrap();
    let dims = [c, oc / groups, words.kernel[0], words.kernel[1]];
    let mut random = Random::new(oc as u64);
    let x = random.vector(n * words.h * words.w * c);
    let dy = random.vector(n * y_axis.out * x_axis.out * oc);
    let (w, bias) = (random.vector(dims.iter().product()), random.vector(oc));
    let (k, filter) = (w.len() / oc, raw(Kind::ConvTranspose, dims, groups, &w));
    let end = |case: Case| case.sizes(&[n]).window(words).sizes(&[oc, groups]).sizes(&padding);
    let forward = |bias: Option<&[f32]>| {
        let (filter, activation) = (&filter, Activation::None);
        let conv = ConvTranspose { n, y_axis, x_axis, x: &x, filter, bias, activation };
        let mut y = vec![f32::NAN; dy.len()];
        transposed::conv_transpose2d(&conv, MatMut::new(&mut y, oc));
        let case = Case::new(name, 67).read(&x).write_narrow(&y).read(&w).maybe(bias);
        end(case).terms(k)
    };
    let sizes = transposed_back::Sizes { n, axes: [y_axis, x_axis], channels: [c, oc], groups };
    let (mut dx, mut dw) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()]);
    transposed_back::input_gradient(&sizes, &dy, &w, &mut dx);
    transposed_back::weight_gradient(&sizes, &x, &dy, &mut dw);
    let input = Case::new(name, 68).read(&dy).read(&w).write_narrow(&dx);
    let weight = Case::new(name, 69).read(&x).read(&dy).write_narrow(&dw);
    let (k, pixels) = (w.len() / c, x.len() / c);
    vec![forward(Some(&bias)), forward(None), end(input).terms(k), end(weight).terms(pixels)]
}

fn linear(sizes: [usize; 3]) -> Vec<Case> {
    let [rows, c, oc] = sizes;
    let shape = linear_back::Shape::new(rows, c, oc).unwrap();
    let mut random = Random::new(c as u64);
    let [x, dy, w, bias] = [rows * c, rows * oc, oc * c, oc].map(|len| random.vector(len));
    let forward = |bias: Option<&[f32]>| {
        let product = |at: usize, c_at: usize| {
            f64::from(x[at / oc * c + c_at]) * f64::from(w[at % oc * c + c_at])
        };
        let sum = |at: usize| (0..c).map(|c_at| product(at, c_at)).sum::<f64>();
        let y = (0..dy.len())
            .map(|at| sum(at) + bias.map_or(0.0, |bias| f64::from(bias[at % oc])))
            .collect();
        let case = Case::new(format!("{sizes:?}"), 70).read(&x).write(y).read(&w).maybe(bias);
        case.sizes(&sizes).terms(c)
    };
    let (mut dx, mut dw) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()]);
    linear_back::naive_input_gradient(&shape, &dy, &w, &mut dx);
    linear_back::naive_weight_gradient(&shape, &x, &dy, &mut dw);
    let [input, weight] = [71, 72].map(|code| Case::new(format!("{sizes:?}"), code));
    vec![
        forward(Some(&bias)),
        forward(None),
        input.read(&dy).read(&w).write_narrow(&dx).sizes(&sizes).terms(oc),
        weight.read(&x).read(&dy).write_narrow(&dw).sizes(&sizes).terms(rows),
    ]
}

fn sums([rows, c]: [usize; 2]) -> Case {
    let x = Random::new(c as u64).vector(rows * c);
    let mut y = vec![f32::NAN; c];
    column_sums::naive(&x, &mut y);
    Case::new(format!("{rows}x{c}"), 73).read(&x).write(wide(&y)).sizes(&[rows, c]).terms(rows)
}
