//! Every lesson against lesson 0, and lesson 0 against a sum in float64 and the product's kernel.

use receptive_kernels::activation::Activation;
use receptive_kernels::conv2d::{Conv, naive};
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::geometry::{Axis, Window};
use receptive_kernels::matrix::MatMut;
use receptive_lessons::{
    Error, LESSONS, MAX_ELEMENTS, Shape, lesson2_blocked, lesson3_register_tile,
};

/// Numbers in [-1, 1), the same for the same seed (xorshift64*, Vigna 2016).
fn numbers(seed: u64, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Image, weights and bias of a shape.
fn operands(s: &Shape) -> [Vec<f32>; 3] {
    let [x, weights, bias, _] = s.lens();
    [numbers(1, x), numbers(2, weights), numbers(3, bias)]
}

/// What a lesson writes over NaN.
fn answer(lesson: usize, s: &Shape) -> Result<Vec<f32>, Error> {
    let [x, weights, bias] = operands(s);
    let mut y = vec![f32::NAN; s.lens()[3]];
    LESSONS[lesson].run(s, &x, &weights, &bias, &mut y).map(|()| y)
}

/// Each sum in float64, over the taps that are inside; it shares no line with the lessons.
fn formula(s: &Shape) -> Vec<f32> {
    let [x, weights, bias] = operands(s);
    let at = |plane: usize, row: i64, column: i64| {
        let inside = (0..s.h as i64).contains(&row) && (0..s.w as i64).contains(&column);
        if inside {
            f64::from(x[plane * s.h * s.w + row as usize * s.w + column as usize])
        } else {
            0.0
        }
    };
    let mut y = Vec::new();
    for (kernel, bias) in bias.iter().enumerate() {
        for pixel in 0..s.oh * s.ow {
            let top = (pixel / s.ow * s.stride) as i64 - s.pad as i64;
            let left = (pixel % s.ow * s.stride) as i64 - s.pad as i64;
            let mut sum = f64::from(*bias);
            for term in 0..s.c * s.kh * s.kw {
                let (row, column) = (term / s.kw % s.kh, term % s.kw);
                let weight = f64::from(weights[kernel * s.c * s.kh * s.kw + term]);
                sum += weight * at(term / (s.kh * s.kw), top + row as i64, left + column as i64);
            }
            y.push(sum as f32);
        }
    }
    y
}

/// The product's kernel for the formula, whose maps are channels-last.
fn product(s: &Shape) -> Vec<f32> {
    let [x, weights, bias] = operands(s);
    let axis = |size, kernel| Axis {
        size,
        kernel,
        stride: s.stride,
        before: s.pad,
        after: s.pad,
        dilation: 1,
        ceil: false,
    };
    let window = Window::new(s.c, axis(s.h, s.kh), axis(s.w, s.kw)).unwrap();
    let spec = FilterSpec::new(Kind::Conv, [s.oc, s.c, s.kh, s.kw], 1).unwrap();
    let mut filter = Filter::new(spec, Layout::Raw, Vec::new()).unwrap();
    filter.write_rows(0, &weights).unwrap();
    let conv = Conv {
        n: 1,
        window: &window,
        x: &transposed(&x, s.c, s.h * s.w),
        filter: &filter,
        bias: Some(&bias),
        residual: None,
        activation: Activation::None,
    };
    let mut y = vec![f32::NAN; s.oc * s.n()];
    naive::conv2d(&conv, MatMut::new(&mut y, s.oc));
    transposed(&y, s.n(), s.oc)
}

/// `[rows][columns]` as `[columns][rows]`.
fn transposed(a: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..a.len()).map(|i| a[i % rows * columns + i / rows]).collect()
}

/// What is wrong, if anything. Terms are in [-1, 1): a sum of `k` of them and a bias is off by less
/// than `(k + 1) * epsilon` times its partial sums, which stay near the square root of `k`; so this
/// leaves room. Winograd's transforms add up to 4 * 4 inputs and 3 * 3 weights before.
fn difference(got: &[f32], expected: &[f32], k: usize, winograd: bool) -> Option<String> {
    if got.len() != expected.len() {
        return Some(format!("{} elements, expected {}", got.len(), expected.len()));
    }
    let tolerance = 2.0 * f32::EPSILON * (k as f32 + 8.0) * if winograd { 4.0 } else { 1.0 };
    let all = got.iter().zip(expected).enumerate();
    let mut wrong = all.filter(|(_, (got, expected))| {
        let close = (*got - *expected).abs() <= tolerance;
        !close // NaN is not close.
    });
    wrong.next().map(|(at, (got, expected))| format!("element {at}: {got}, expected {expected}"))
}

/// Sizes below, at and above those of tiles and blocks, and geometries of every kind.
fn shapes() -> Vec<Shape> {
    let tile = [lesson3_register_tile::ROWS, lesson3_register_tile::COLUMNS];
    let blocks = [lesson3_register_tile::NB, lesson2_blocked::NB];
    let mut shapes = Vec::new();
    let mut add =
        |image, kernel, stride, pad| shapes.extend(Shape::new(image, kernel, stride, pad));
    for oc in [0, 1, tile[0] - 1, tile[0], tile[0] + 1, 2 * tile[0] + 1] {
        for w in [1, 2, tile[1] - 1, tile[1], tile[1] + 1] {
            for c in [0, 1, 3] {
                add([c, 3, w], [oc, 3, 3], 1, 1);
                add([c, 1, w], [oc, 1, 1], 1, 0);
            }
        }
    }
    for n in blocks.into_iter().flat_map(|block| [block - 1, block, block + 1, 2 * block + 1]) {
        add([2, 1, n], [5, 1, 1], 1, 0);
        // As many tiles of 2 x 2 pixels, with and without half ones at the edges.
        add([2, 2, 2 * n], [5, 3, 3], 1, 1);
        add([2, 1, 2 * n - 1], [5, 3, 3], 1, 1);
    }
    for stride in [1, 2, 3, 5] {
        for pad in [0, 1, 2, 4] {
            for kernel in [[1, 1], [3, 3], [2, 4], [5, 1], [1, 7], [4, 4]] {
                for image in [[3, 7, 6], [2, 4, 11], [1, 1, 1], [2, 0, 3], [1, 0, 0]] {
                    add(image, [5, kernel[0], kernel[1]], stride, pad);
                }
            }
        }
    }
    add([70, 9, 10], [13, 3, 3], 1, 1);
    shapes
}

#[test]
fn lesson_0_is_the_formula() {
    let mut wrong = Vec::new();
    for s in shapes() {
        let got = answer(0, &s).unwrap();
        wrong.extend(difference(&got, &formula(&s), s.k(), false).map(|text| (s, text)));
    }
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), wrong);
}

#[test]
fn lesson_0_is_the_products_naive_kernel() {
    let mut compared = 0;
    // The product has no maps without elements.
    for s in shapes().into_iter().filter(|s| s.lens().iter().all(|&len| len > 0)) {
        let wrong = difference(&answer(0, &s).unwrap(), &product(&s), s.k(), false);
        assert_eq!(wrong, None, "{s:?}");
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn every_lesson_is_lesson_0() {
    let mut wrong = Vec::new();
    let mut compared = [0; LESSONS.len()];
    for s in shapes() {
        let expected = answer(0, &s).unwrap();
        for lesson in 1..LESSONS.len() {
            let winograd = lesson == 5;
            if winograd && !(s.kh == 3 && s.kw == 3 && s.stride == 1) {
                assert_eq!(answer(lesson, &s), Err(Error::Unsupported));
                continue;
            }
            let got = answer(lesson, &s).unwrap();
            let text = difference(&got, &expected, s.k(), winograd);
            wrong.extend(text.map(|text| (LESSONS[lesson].name, s, text)));
            compared[lesson] += 1;
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), wrong);
    assert!(compared[1..].iter().all(|&count| count > 100), "{compared:?}");
}

#[test]
fn a_nan_is_no_answer() {
    assert!(difference(&[f32::NAN], &[0.0], 1, true).is_some());
}

#[test]
fn a_nan_in_a_pixel_stays_where_its_window_is() {
    let s = Shape::new([1, 12, 12], [1, 3, 3], 1, 1).unwrap();
    let [mut x, weights, bias] = operands(&s);
    x[0] = f32::NAN;
    for lesson in LESSONS {
        let mut y = vec![0.0; s.lens()[3]];
        lesson.run(&s, &x, &weights, &bias, &mut y).unwrap();
        let nan: Vec<usize> = (0..y.len()).filter(|&i| y[i].is_nan()).collect();
        assert_eq!(nan, [0, 1, 12, 13], "{}", lesson.name);
    }
}

#[test]
fn a_shape_that_is_none_is_refused() {
    let new = Shape::new;
    assert_eq!(new([1, 2, 5], [1, 3, 3], 1, 0), Err(Error::Geometry));
    assert_eq!(new([1, 0, 0], [1, 1, 1], 1, 0), Err(Error::Geometry));
    assert_eq!(new([1, 5, 5], [1, 3, 3], 0, 0), Err(Error::Geometry));
    assert_eq!(new([1, 5, 5], [1, 0, 3], 1, 0), Err(Error::Geometry));
    assert_eq!(new([1, 1 << 15, 1 << 15], [1, 1, 1], 1, 0), Err(Error::TooLarge));
    assert_eq!(new([1, 1, 1], [1, 1, 1], 1, 1 << 20), Err(Error::TooLarge));
    assert_eq!(new([64, 1 << 11, 1 << 11], [1, 9, 9], 1, 4), Err(Error::TooLarge));
    assert_eq!(new([1, 5, 5], [usize::MAX, 1, 1], 1, 0), Err(Error::TooLarge));
    assert!(new([1, 1, MAX_ELEMENTS], [1, 1, 1], 1, 0).is_ok());
}

#[test]
fn a_slice_of_another_length_is_refused_and_nothing_written() {
    let s = Shape::new([2, 4, 4], [3, 3, 3], 1, 1).unwrap();
    let lens = s.lens();
    for lesson in LESSONS {
        for which in 0..4 {
            let mut given = lens.map(|len| vec![7.0; len]);
            given[which].pop();
            let [x, weights, bias, mut y] = given;
            assert_eq!(lesson.run(&s, &x, &weights, &bias, &mut y), Err(Error::Length));
            assert!(y.iter().all(|&value| value == 7.0));
        }
    }
}

/// Input, weights and output are linear in each operand, so that the identity holds for all if it
/// holds for each single pixel and weight. There all values are multiples of 1/4: exact in f32.
#[test]
fn winograds_transforms_are_proved_on_single_elements() {
    use receptive_lessons::winograd_transforms::{input, output, weights};
    for pixel in 0..16 {
        for weight in 0..9 {
            let (mut d, mut g) = ([0.0; 16], [0.0; 9]);
            (d[pixel], g[weight]) = (1.0, 1.0);
            let (v, u) = (input(d), weights(&g));
            let got = output(core::array::from_fn(|e| u[e] * v[e]));
            for y in [0, 1, 4, 5] {
                let seen = (y / 4 + weight / 3) * 4 + y % 4 + weight % 3;
                let expected = if seen == pixel { 1.0 } else { 0.0 };
                assert_eq!(got[y], expected, "pixel {pixel}, weight {weight}, output {y}");
            }
        }
    }
}
