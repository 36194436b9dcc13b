//! Elementwise ops, padding and resizing: the fast version against the plain one.

use proptest::prelude::*;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::binary::{self, Broadcast, Kind};
use receptive_kernels::elementwise::prelu;
use receptive_kernels::movement::pad::{self, PadAxis};
use receptive_kernels::norm::affine;
use receptive_kernels::resize::{self, Resize, ResizeAxis};
use receptive_kernels::team::Team;

fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0).collect()
}

fn strides(dims: &[usize], stretched: &[bool]) -> (Vec<usize>, usize) {
    let mut strides = vec![0; dims.len()];
    let mut len = 1;
    for i in (0..dims.len()).rev() {
        if !stretched[i] {
            strides[i] = len;
            len *= dims[i];
        }
    }
    (strides, len)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broadcasting(
        dims in prop::collection::vec(1usize..9, 1..5),
        a in prop::array::uniform4(any::<bool>()),
        b in prop::array::uniform4(any::<bool>()),
        kind in prop::sample::select(vec![Kind::Add, Kind::Mul, Kind::Div, Kind::Sub, Kind::Max, Kind::Min]),
    ) {
        let ((a, a_len), (b, b_len)) = (strides(&dims, &a), strides(&dims, &b));
        let shape = Broadcast::new(&dims, &a, &b);
        let x = numbers(a_len);
        let z: Vec<f32> = numbers(b_len).iter().map(|z| z.abs() + 0.5).collect();
        let len = dims.iter().product();
        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        binary::reference(kind, Activation::Relu, &shape, &x, &z, &mut expected);
        for threads in 1..4 {
            let (how, team) = ((kind, Activation::Relu), Team::eager(threads));
            got.fill(f32::NAN);
            binary::binary(how, &shape, Some(&x), &z, &mut got, &team);
            prop_assert_eq!(&got, &expected);
        }
        // And against the definition, index by index.
        for (i, got) in got.iter().enumerate() {
            let (mut rest, mut at_a, mut at_b) = (i, 0, 0);
            for axis in (0..dims.len()).rev() {
                at_a += rest % dims[axis] * a[axis];
                at_b += rest % dims[axis] * b[axis];
                rest /= dims[axis];
            }
            let value = match kind {
                Kind::Add => x[at_a] + z[at_b],
                Kind::Mul => x[at_a] * z[at_b],
                Kind::Div => x[at_a] / z[at_b],
                Kind::Sub => x[at_a] - z[at_b],
                Kind::Max => x[at_a].max(z[at_b]),
                Kind::Min => x[at_a].min(z[at_b]),
                Kind::Pow => x[at_a].powf(z[at_b]),
                Kind::Greater => f32::from(u8::from(x[at_a] > z[at_b])),
                Kind::GreaterEqual => f32::from(u8::from(x[at_a] >= z[at_b])),
                Kind::Equal => f32::from(u8::from(x[at_a] == z[at_b])),
            };
            prop_assert_eq!(*got, value.max(0.0));
        }
    }

    #[test]
    fn borders(
        axes in prop::collection::vec((1usize..6, 0usize..6, 0usize..6), 1..4),
        inner in 1usize..6,
        mode in prop_oneof![
            Just(pad::Mode::Constant(7.5)), Just(pad::Mode::Reflect),
            Just(pad::Mode::Replicate), Just(pad::Mode::Circular),
        ],
    ) {
        let axes: Vec<PadAxis> = axes.into_iter().map(|(size, before, after)| {
            let most = match mode {
                pad::Mode::Reflect => size - 1,
                pad::Mode::Circular => size,
                _ => usize::MAX,
            };
            PadAxis { size, before: before.min(most), after: after.min(most) }
        }).collect();
        let x = numbers(axes.iter().map(|axis| axis.size).product::<usize>() * inner);
        let len = axes.iter().map(|a| a.size + a.before + a.after).product::<usize>() * inner;
        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        pad::pad(&axes, inner, mode, &x, &mut got);
        let mut all = axes.clone();
        all.push(PadAxis { size: inner, before: 0, after: 0 });
        pad::reference(&all, mode, &x, &mut expected);
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn resizing(n in 1usize..3, c in 1usize..19, h in (1usize..7, 1usize..9), w in (1usize..7, 1usize..9)) {
        let axis = |(size, out): (usize, usize)| ResizeAxis {
            size,
            out,
            scale: size as f32 / out as f32,
            align_corners: false,
        };
        let sizes = Resize { c, y: axis(h), x: axis(w) };
        let x = numbers(n * h.0 * w.0 * c);
        let len = n * h.1 * w.1 * c;
        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        resize::nearest(&sizes, &x, &mut got);
        resize::reference(&sizes, resize::Mode::Nearest, &x, &mut expected);
        prop_assert_eq!(&got, &expected);
        got.fill(f32::NAN);
        resize::bilinear(&sizes, &x, &mut got);
        resize::reference(&sizes, resize::Mode::Bilinear, &x, &mut expected);
        for (got, expected) in got.iter().zip(&expected) {
            let difference = (got - expected).abs();
            prop_assert!(difference <= 8.0 * f32::EPSILON, "{got}, expected {expected}");
        }
    }

    #[test]
    fn rows_of_channels(rows in 1usize..4, c in 1usize..20) {
        let (x, scale, shift) = (numbers(rows * c), numbers(c), numbers(c + 1));
        let mut expected = vec![f32::NAN; x.len()];
        prelu::reference(&scale, c, &x, &mut expected);
        let mut got = x.clone();
        got.chunks_exact_mut(c).for_each(|row| prelu::prelu(row, &scale));
        prop_assert_eq!(&got, &expected);
        affine::reference(&scale, &shift[1..], Activation::None, &x, &mut expected);
        got.copy_from_slice(&x);
        got.chunks_exact_mut(c).for_each(|row| affine::affine(row, &scale, &shift[1..]));
        prop_assert_eq!(&got, &expected);
    }
}

/// Values from PyTorch's documentation of Upsample: [[1, 2], [3, 4]] doubled.
#[test]
fn bilinear_doubling() {
    let axis = ResizeAxis { size: 2, out: 4, scale: 0.5, align_corners: false };
    let mut y = [f32::NAN; 16];
    resize::bilinear(&Resize { c: 1, y: axis, x: axis }, &[1., 2., 3., 4.], &mut y);
    let expected =
        [1.0, 1.25, 1.75, 2.0, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3.0, 3.25, 3.75, 4.0];
    assert_eq!(y, expected);
}
