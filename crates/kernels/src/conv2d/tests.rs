//! Every version against the formula in f64, over sizes around the tile and odd geometries.

use super::*;
use crate::filter::{Filter, FilterSpec, Kind, Layout, Product};
use crate::geometry::Axis;
use crate::part::Channels;
use crate::simd::Native;
use crate::team::Team;
use crate::testing::{Random, assert_close};
use proptest::prelude::*;

/// A convolution to be tested.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    n: usize,
    groups: usize,
    cg: usize,
    m: usize,
    y: Axis,
    x: Axis,
}

fn axis(
    size: usize,
    kernel: usize,
    stride: usize,
    before: usize,
    after: usize,
    dilation: usize,
) -> Axis {
    Axis { size, kernel, stride, before, after, dilation, ceil: false }
}

/// The answer, written as a map of its own and, which gives the same bits, among the channels of a
/// wider one.
fn run(case: &Case, layout: Layout, activation: Activation, residual: bool) -> Option<Vec<f32>> {
    let oc = case.groups * case.m;
    let alone = Channels::new(oc, 0, oc).unwrap();
    let expected = run_into(alone, case, layout, activation, residual)?;
    for (row, first) in [(oc + 4, 0), (oc + 3, 3), (oc + 9, 2)] {
        let channels = Channels::new(row, first, oc).unwrap();
        let got = run_into(channels, case, layout, activation, residual)?;
        assert_eq!(bits(&got), bits(&expected), "{layout:?}: channels {first}.. of {row}");
    }
    Some(expected)
}

fn bits(y: &[f32]) -> Vec<u32> {
    y.iter().map(|y| y.to_bits()).collect()
}

/// The convolution of a case, and its weights as they arrived.
fn with_operands(
    case: &Case,
    layout: Layout,
    activation: Activation,
    residual: bool,
    compute: impl FnOnce(&Conv<'_>, &[f32]) -> Vec<f32>,
) -> Option<Vec<f32>> {
    let window = Window::new(case.groups * case.cg, case.y, case.x).ok()?;
    let oc = case.groups * case.m;
    let dims = [oc, case.cg, case.y.kernel, case.x.kernel];
    let spec = FilterSpec::new(Kind::Conv, dims, case.groups).unwrap();
    let mut random = Random::new(7);
    let x = random.vector(case.n * case.y.size * case.x.size * window.c);
    let w = random.vector(dims.iter().product());
    let bias = random.vector(oc);
    let addend = random.vector(case.n * window.oh * window.ow * oc);
    let mut filter = Filter::new(spec, layout, Vec::new()).unwrap();
    filter.write_rows(0, &w).unwrap();
    let conv = Conv {
        n: case.n,
        window: &window,
        x: &x,
        filter: &filter,
        bias: Some(&bias),
        residual: residual.then_some(&addend),
        activation,
    };
    Some(compute(&conv, &w))
}

/// The channels that are written; all others must keep their bits.
fn run_into(
    channels: Channels,
    case: &Case,
    layout: Layout,
    activation: Activation,
    residual: bool,
) -> Option<Vec<f32>> {
    with_operands(case, layout, activation, residual, |conv, _| write_into(channels, conv))
}

fn write_into(channels: Channels, conv: &Conv<'_>) -> Vec<f32> {
    let (window, oc) = (conv.window, conv.oc());
    let mut y = vec![f32::NAN; conv.n * conv.pixels() * channels.row];
    match conv.filter.layout() {
        Layout::Raw => naive::conv2d(conv, channels.of(&mut y)),
        Layout::Columns(Product::Plain) => {
            let len = im2col::rows_len(window, conv.cg(), conv.pixels());
            im2col::conv2d(conv, channels.of(&mut y), &mut vec![f32::NAN; len]);
        }
        Layout::Columns(Product::Blocked) => {
            let len = blocked::scratch_len(window, conv.cg());
            blocked::conv2d(conv, channels.of(&mut y), &mut vec![f32::NAN; len]);
        }
        Layout::Rows => unreachable!("no version of a convolution reads these"),
        Layout::Depthwise => {
            let len = depthwise::scratch_len(window, conv.n);
            for_each_team(len, &mut y, |y, scratch, team| {
                depthwise::conv2d::<Native>(conv, channels.of(y), scratch, team);
            });
        }
        Layout::Winograd(tile) => {
            let len = winograd::scratch_len(tile, conv.n, window, oc);
            for_each_team(len, &mut y, |y, scratch, team| {
                winograd::conv2d::<Native>(conv, channels.of(y), scratch, team);
            });
        }
        Layout::Panels => {
            let len = packed::scratch_len(window, conv.n, oc);
            for_each_team(len, &mut y, |y, scratch, team| {
                packed::conv2d::<Native>(conv, channels.of(y), scratch, team);
            });
        }
    }
    take(channels, &mut y)
}

/// The written channels. The others must be the NaN that they were.
fn take(channels: Channels, y: &mut [f32]) -> Vec<f32> {
    let mut part = channels.of(y);
    let taken: Vec<f32> = (0..part.rows()).flat_map(|pixel| part.row(pixel).to_vec()).collect();
    (0..part.rows()).for_each(|pixel| part.row(pixel).fill(f32::NAN));
    assert!(y.iter().all(|y| y.to_bits() == f32::NAN.to_bits()), "{channels:?}");
    taken
}

/// Runs on 1 to 3 threads, with output and scratch of NaN, and expects the same bits of all.
fn for_each_team(each: usize, y: &mut [f32], run: impl Fn(&mut [f32], &mut [f32], &Team)) {
    for threads in 1..=3 {
        let mut again = vec![f32::NAN; y.len()];
        run(&mut again, &mut vec![f32::NAN; threads * each], &Team::eager(threads));
        if threads == 1 {
            y.copy_from_slice(&again);
        }
        assert_eq!(bits(y), bits(&again), "{threads} threads");
    }
}

const PLAIN: Layout = Layout::Columns(Product::Plain);
const BLOCKED: Layout = Layout::Columns(Product::Blocked);

/// Winograd multiplies sums and differences, and its rounding is several times that of a direct
/// sum: see `winograd::points`.
const WINOGRAD_ROUNDING: usize = 4;

fn check(case: &Case, activation: Activation, residual: bool) {
    let Some(expected) = with_operands(case, Layout::Raw, activation, residual, oracle::conv2d)
    else {
        return;
    };
    let k = case.cg * case.y.kernel * case.x.kernel;
    for layout in [Layout::Raw, PLAIN, BLOCKED, Layout::Panels] {
        assert_close(&run(case, layout, activation, residual).unwrap(), &expected, k);
    }
    if case.cg == 1 && case.m == 1 {
        assert_close(&run(case, Layout::Depthwise, activation, residual).unwrap(), &expected, k);
    }
    let window = Window::new(case.groups * case.cg, case.y, case.x).unwrap();
    let spec = FilterSpec::new(Kind::Conv, [case.m, case.cg, case.y.kernel, case.x.kernel], 1);
    let tiles = spec.map_or(&[][..], |spec| spec.tiles());
    for &tile in tiles {
        if case.groups == 1 && winograd::walks(tile, &window) {
            let got = run(case, Layout::Winograd(tile), activation, residual).unwrap();
            assert_close(&got, &expected, k * WINOGRAD_ROUNDING);
        }
    }
}

#[test]
fn winograd_tiles_and_edges() {
    for channels in [1, 3, 4, 5, 9] {
        for size in [1, 2, 3, 4, 5, 6, 8, 9] {
            for (before, after) in [(0, 0), (1, 1), (2, 0), (0, 2), (3, 3), (9, 8)] {
                for kernel in [3, 5] {
                    let y = axis(size, kernel, 1, before, after, 1);
                    let x = axis(6, kernel, 1, after, before, 1);
                    let case = Case { n: 2, groups: 1, cg: channels, m: channels + 1, y, x };
                    check(&case, Activation::Relu, true);
                    check(&case, Activation::Silu, false);
                }
            }
        }
    }
}

#[test]
fn sizes_around_the_tile() {
    for m in [1, 7, 8, 9, 17] {
        for width in [1, 3, 4, 5, 9] {
            for cg in [1, 3, 4, 17] {
                let (y, x) = (axis(3, 3, 1, 1, 1, 1), axis(width, 1, 1, 0, 0, 1));
                check(&Case { n: 2, groups: 1, cg, m, y, x }, Activation::Relu, true);
                let y = axis(2, 1, 1, 0, 0, 1);
                check(&Case { n: 2, groups: 1, cg, m, y, x }, Activation::None, false);
            }
        }
    }
}

#[test]
fn several_passes_over_k_and_several_blocks_of_pixels() {
    let long = Case {
        n: 1,
        groups: 1,
        cg: 300,
        m: 9,
        y: axis(5, 3, 1, 1, 1, 1),
        x: axis(5, 3, 1, 1, 1, 1),
    };
    check(&long, Activation::Clip { min: -1.0, max: 2.0 }, true);
    let wide = Case {
        n: 2,
        groups: 1,
        cg: 64,
        m: 8,
        y: axis(27, 3, 1, 1, 1, 1),
        x: axis(29, 3, 1, 1, 1, 1),
    };
    check(&wide, Activation::Silu, true);
}

#[test]
fn groups_and_depthwise() {
    for (groups, cg, m) in [(2, 3, 5), (3, 1, 2), (15, 1, 1), (16, 1, 1), (17, 1, 1), (33, 1, 1)] {
        for stride in [1, 2] {
            let (y, x) = (axis(7, 3, stride, 1, 1, 1), axis(6, 3, stride, 1, 0, 1));
            let case = Case { n: 2, groups, cg, m, y, x };
            check(&case, Activation::Clip { min: 0.0, max: 6.0 }, false);
            check(&case, Activation::HardSwish, true);
        }
    }
}

/// Fewer than a vector has lanes, on lines that end within a vector.
#[test]
fn depthwise_of_few_channels() {
    for groups in [1, 2, 3] {
        for width in [1, 2, 4, 5, 19] {
            for (stride, dilation) in [(1, 1), (1, 3), (2, 1)] {
                let y = axis(5, 3, 1, 1, 1, dilation.min(2));
                let x = axis(width + 6, 3, stride, 0, 1, dilation);
                let case = Case { n: 2, groups, cg: 1, m: 1, y, x };
                check(&case, Activation::Clip { min: 0.0, max: 6.0 }, false);
                check(&case, Activation::HardSwish, true);
            }
        }
    }
}

#[test]
fn lecture_numbers() {
    let image = [
        7., 2., 8., 8., 4., 3., 6., 6., 6., 2., 1., 6., 3., 0., 5., 0., 3., 8., 5., 2., 3., 9., 4.,
        3., 6.,
    ];
    let kernel = [5., 9., 1., 3., 8., 3., 3., 4., 6.];
    let expected = [181., 204., 227., 195., 203., 166., 179., 206., 150.];
    let window = Window::new(1, axis(5, 3, 1, 0, 0, 1), axis(5, 3, 1, 0, 0, 1)).unwrap();
    let spec = FilterSpec::new(Kind::Conv, [1, 1, 3, 3], 1).unwrap();
    for layout in [Layout::Raw, PLAIN, BLOCKED, Layout::Panels] {
        let mut filter = Filter::new(spec, layout, Vec::new()).unwrap();
        filter.write_rows(0, &kernel).unwrap();
        let conv = Conv {
            n: 1,
            window: &window,
            x: &image,
            filter: &filter,
            bias: None,
            residual: None,
            activation: Activation::None,
        };
        let (mut y, mut scratch) = ([f32::NAN; 9], [f32::NAN; 81]);
        match layout {
            Layout::Raw => naive::conv2d(&conv, MatMut::new(&mut y, 1)),
            PLAIN => im2col::conv2d(&conv, MatMut::new(&mut y, 1), &mut scratch),
            BLOCKED => blocked::conv2d(&conv, MatMut::new(&mut y, 1), &mut scratch),
            _ => {
                let y = MatMut::new(&mut y, 1);
                packed::conv2d::<Native>(&conv, y, &mut scratch, &Team::SOLO);
            }
        }
        assert_eq!(y, expected, "{layout:?}");
    }
    let lecture = |size, kernel| {
        Window::new(3, axis(size, kernel, 1, 0, 0, 1), axis(size, kernel, 1, 0, 0, 1))
    };
    let window = lecture(32, 5).unwrap();
    assert_eq!((window.oh, window.ow), (28, 28));
}

/// A row of a batch gets the same bits as the row alone.
#[test]
fn batch_does_not_change_bits() {
    let case = |n| Case {
        n,
        groups: 1,
        cg: 5,
        m: 11,
        y: axis(6, 3, 1, 1, 1, 1),
        x: axis(7, 3, 2, 1, 1, 1),
    };
    let one = run(&case(1), Layout::Panels, Activation::Relu, false).unwrap();
    let window = Window::new(5, case(1).y, case(1).x).unwrap();
    let image = case(1).y.size * case(1).x.size * 5;
    let spec = FilterSpec::new(Kind::Conv, [11, 5, 3, 3], 1).unwrap();
    let mut random = Random::new(7);
    let x = random.vector(image);
    let w = random.vector(11 * 45);
    let bias = random.vector(11);
    let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).unwrap();
    filter.write_rows(0, &w).unwrap();
    let five: Vec<f32> = core::iter::repeat_n(x, 5).flatten().collect();
    let conv = Conv {
        n: 5,
        window: &window,
        x: &five,
        filter: &filter,
        bias: Some(&bias),
        residual: None,
        activation: Activation::Relu,
    };
    let mut y = vec![f32::NAN; 5 * one.len()];
    let mut scratch = vec![f32::NAN; packed::scratch_len(&window, 5, 11)];
    packed::conv2d::<Native>(&conv, MatMut::new(&mut y, 11), &mut scratch, &Team::SOLO);
    for row in y.chunks(one.len()) {
        assert_eq!(row, one);
    }
}

#[test]
fn nan_and_infinity_pass_through() {
    let window = Window::new(1, axis(1, 1, 1, 0, 0, 1), axis(4, 1, 1, 0, 0, 1)).unwrap();
    let spec = FilterSpec::new(Kind::Conv, [1, 1, 1, 1], 1).unwrap();
    let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).unwrap();
    filter.write_rows(0, &[1.0]).unwrap();
    let x = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -2.0];
    let conv = Conv {
        n: 1,
        window: &window,
        x: &x,
        filter: &filter,
        bias: None,
        residual: None,
        activation: Activation::Relu,
    };
    let mut y = [0.0; 4];
    packed::conv2d::<Native>(&conv, MatMut::new(&mut y, 1), &mut [], &Team::SOLO);
    assert!(y[0].is_nan());
    assert_eq!(y[1..], [f32::INFINITY, 0.0, 0.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Any geometry: an invalid one is refused, a valid one gives what the formula gives.
    #[test]
    fn any_geometry(
        n in 1usize..3,
        (groups, cg, m) in (1usize..4, 1usize..6, 1usize..11),
        sizes in prop::array::uniform2(0usize..9),
        kernels in prop::array::uniform2(0usize..5),
        strides in prop::array::uniform2(0usize..4),
        pads in prop::array::uniform4(0usize..9),
        dilations in prop::array::uniform2(0usize..4),
        residual in any::<bool>(),
    ) {
        let y = axis(sizes[0], kernels[0], strides[0], pads[0], pads[1], dilations[0]);
        let x = axis(sizes[1], kernels[1], strides[1], pads[2], pads[3], dilations[1]);
        check(&Case { n, groups, cg, m, y, x }, Activation::LeakyRelu { slope: 0.1 }, residual);
        check(&Case { n, groups: groups * cg, cg: 1, m: 1, y, x }, Activation::None, residual);
    }
}
