//! The fast version of each op against the plain one, over drawn sizes.

use proptest::prelude::*;
use receptive_kernels::geometry::{Axis, Window};
use receptive_kernels::movement::{concat, transpose};
use receptive_kernels::norm::{group, lrn};
use receptive_kernels::pool::{adaptive, avg, global, max};
use receptive_kernels::softmax;
use receptive_kernels::team::Team;

/// Numbers in [-1, 1), the same for the same length.
fn numbers(len: usize) -> Vec<f32> {
    let mut state = len as u32 ^ 0x9e37_79b9;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Equal within the rounding of a sum of `terms` numbers below 1.
fn close(got: &[f32], expected: &[f32], terms: usize) -> Result<(), TestCaseError> {
    let tolerance = 2.0 * f32::EPSILON * (terms as f32 + 4.0);
    prop_assert_eq!(got.len(), expected.len());
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        let difference = (got - expected).abs();
        prop_assert!(difference <= tolerance, "{at}: {got}, expected {expected}");
    }
    Ok(())
}

fn axis() -> impl Strategy<Value = Axis> {
    (0usize..10, 0usize..5, 0usize..4, 0usize..4, 0usize..4, 0usize..3, any::<bool>()).prop_map(
        |(size, kernel, stride, before, after, dilation, ceil)| Axis {
            size,
            kernel,
            stride,
            before,
            after,
            dilation,
            ceil,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pooling(n in 1usize..3, c in 1usize..19, y in axis(), x in axis(), fixed in 1u32..9) {
        let Ok(window) = Window::new(c, y, x) else { return Ok(()) };
        let image = numbers(n * y.size * x.size * c);
        let len = n * window.oh * window.ow * c;
        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        max::max_pool2d(&window, &image, &mut got, &Team::eager(2));
        max::reference(&window, &image, &mut expected);
        prop_assert_eq!(&got, &expected);
        for divisor in [avg::Divisor::Inside, avg::Divisor::Padded, avg::Divisor::Fixed(fixed)] {
            got.fill(f32::NAN);
            avg::avg_pool2d(&window, divisor, &image, &mut got);
            avg::reference(&window, divisor, &image, &mut expected);
            close(&got, &expected, y.kernel * x.kernel)?;
        }
    }

    #[test]
    fn whole_maps(n in 1usize..3, c in 1usize..19, h in 1usize..9, w in 1usize..9, oh in 1usize..9, ow in 1usize..9) {
        let image = numbers(n * h * w * c);
        let mut partial = vec![f32::NAN; c];
        let (mut got, mut expected) = (vec![f32::NAN; n * c], vec![f32::NAN; n * c]);
        global::global_avg(h * w, c, &image, &mut got, &mut partial);
        global::avg_reference(h * w, c, &image, &mut expected);
        close(&got, &expected, h * w)?;
        global::global_max(h * w, c, &image, &mut got);
        global::max_reference(h * w, c, &image, &mut expected);
        prop_assert_eq!(&got, &expected);
        let sizes = adaptive::Sizes { c, h, w, oh, ow };
        let len = n * oh * ow * c;
        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        adaptive::adaptive_avg_pool2d(sizes, &image, &mut got, &mut partial);
        adaptive::reference(sizes, &image, &mut expected);
        close(&got, &expected, h * w)?;
    }

    #[test]
    fn softmax_along_any_axis(outer in 1usize..4, axis in 1usize..40, inner in 1usize..35, log in any::<bool>()) {
        let x: Vec<f32> = numbers(outer * axis * inner).iter().map(|x| 20.0 * x).collect();
        let mut expected = vec![f32::NAN; x.len()];
        softmax::reference(axis, inner, log, &x, &mut expected);
        let mut got = x;
        got.chunks_exact_mut(axis * inner).for_each(|block| softmax::softmax(block, inner, log));
        // Logarithms are up to 40 in size.
        close(&got, &expected, if log { 40 + axis } else { axis })?;
    }

    #[test]
    fn local_response(rows in 1usize..4, c in 1usize..20, size in 1usize..9, beta in prop_oneof![Just(0.75f32), Just(0.5), Just(1.0), 0.1f32..1.5]) {
        let params = lrn::Lrn { size, alpha: 0.3, beta, k: 1.0 };
        let x = numbers(rows * c);
        let mut expected = vec![f32::NAN; x.len()];
        lrn::reference(&params, c, &x, &mut expected);
        let mut got = x;
        let mut scratch = vec![f32::NAN; params.scratch(c)];
        got.chunks_exact_mut(c).for_each(|row| lrn::lrn(&params, row, &mut scratch));
        close(&got, &expected, size)?;
    }

    /// Means far from 0 show what is lost in sums.
    #[test]
    fn group_normalisation(pixels in 1usize..200, groups in 1usize..5, per_group in 1usize..9, mean in prop_oneof![Just(0.0f32), Just(100.0)]) {
        let c = groups * per_group;
        let norm = group::GroupNorm { pixels, c, groups, eps: 1e-5 };
        let x: Vec<f32> = numbers(pixels * c).iter().map(|x| x + mean).collect();
        let (scale, shift) = (numbers(c), numbers(c));
        let (mut got, mut expected) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
        group::reference(&norm, &scale, &shift, &x, &mut expected);
        let mut scratch = vec![f32::NAN; group::scratch_len(c)];
        group::group_norm(&norm, (&scale, &shift), &x, &mut got, &mut scratch);
        // A value is as wrong as the mean, relative to a deviation of about 1/2; of a few values it
        // may be far smaller.
        let least = (1e-5f32).sqrt();
        let terms = if pixels * per_group > 8 { 16.0 } else { 1.0 / least };
        close(&got, &expected, ((mean + 1.0) * terms) as usize)?;
    }

    #[test]
    fn movement(outer in 1usize..3, rows in 1usize..40, cols in 1usize..40) {
        let x = numbers(outer * rows * cols);
        let (mut got, mut expected) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
        transpose::transpose(rows, cols, &x, &mut got);
        transpose::reference(rows, cols, &x, &mut expected);
        prop_assert_eq!(&got, &expected);
        let other = numbers(outer * cols);
        let row = rows * cols + cols;
        let (mut got, mut expected) = (vec![f32::NAN; outer * row], vec![f32::NAN; outer * row]);
        concat::place(&x, rows * cols, &mut got, row, 0);
        concat::place(&other, cols, &mut got, row, rows * cols);
        concat::reference(&[(&x, rows * cols), (&other, cols)], &mut expected);
        prop_assert_eq!(got, expected);
    }
}

/// The lecture's pooling numbers.
#[test]
fn pooling_of_the_lecture() {
    let map = [12., 29., 2., 5., 21., 12., 17., 25., 18., 15., 2., 19., 17., 23., 16., 5.];
    let axis =
        Axis { size: 4, kernel: 2, stride: 2, before: 0, after: 0, dilation: 1, ceil: false };
    let window = Window::new(1, axis, axis).unwrap();
    let mut y = [f32::NAN; 4];
    avg::avg_pool2d(&window, avg::Divisor::Padded, &map, &mut y);
    assert_eq!(y, [18.5, 12.25, 18.25, 10.5]);
    max::max_pool2d(&window, &map, &mut y, &Team::SOLO);
    assert_eq!(y, [29., 25., 23., 19.]);
}
