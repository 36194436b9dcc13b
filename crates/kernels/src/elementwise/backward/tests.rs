//! The kernel against its formula in f64, the formula against central differences.

use super::{Kind, Operands, Side, accumulate, add_scaled, binary, reference, scratch_len};
use crate::elementwise::binary::Broadcast;
use crate::gradient_check::{assert_differences, wide};
use crate::team::Team;
use crate::testing::Random;
use proptest::prelude::*;

const KINDS: [Kind; 4] = [Kind::Add, Kind::Sub, Kind::Mul, Kind::Div];

/// Strides and elements of an operand that is repeated along the axes that are `stretched`.
fn strides(dims: &[usize], stretched: &[bool]) -> (Vec<usize>, usize) {
    let (mut strides, mut len) = (vec![0; dims.len()], 1);
    for i in (0..dims.len()).rev() {
        if !stretched[i] {
            strides[i] = len;
            len *= dims[i];
        }
    }
    (strides, len)
}

fn sizes_of(x: &[f32]) -> Vec<f32> {
    x.iter().map(|x| x.abs()).collect()
}

/// `sizes` are the sums of the absolute terms: a term is rounded up to four times, a sum of
/// `terms` at most 64 times on its way through the levels of these sizes.
fn assert_sums(what: &str, got: &[f32], expected: &[f64], sizes: &[f64], terms: usize) {
    let roundings = (4 + terms.min(64)) as f64;
    for (at, ((&got, expected), size)) in got.iter().zip(expected).zip(sizes).enumerate() {
        let difference = (f64::from(got) - expected).abs();
        let tolerance = roundings * f64::from(f32::EPSILON) * size.abs();
        assert!(difference <= tolerance, "{what}, element {at}: {got}, expected {expected}");
    }
    assert_eq!(got.len(), expected.len(), "{what}");
}

fn check(dims: &[usize], a: &[bool], b: &[bool], kind: Kind) {
    let ((a, a_len), (b, b_len)) = (strides(dims, a), strides(dims, b));
    let shape = Broadcast::new(dims, &a, &b);
    let random = &mut Random::new((a_len * 31 + b_len) as u64);
    let len: usize = dims.iter().product();
    let (dy, a) = (random.vector(len), random.vector(a_len));
    let b: Vec<f32> = random.vector(b_len).iter().map(|b| b + b.signum() * 0.5).collect();
    for (side, out_len) in [(Side::A, a_len), (Side::B, b_len)] {
        let from = Operands { dy: &dy, a: &a, b: &b };
        let mut expected = vec![f64::NAN; out_len];
        reference(kind, side, &shape, from, &mut expected);
        let (dy_size, a_size, b_size) = (sizes_of(&dy), sizes_of(&a), sizes_of(&b));
        let absolute = Operands { dy: &dy_size, a: &a_size, b: &b_size };
        let mut sizes = vec![f64::NAN; out_len];
        reference(kind, side, &shape, absolute, &mut sizes);
        let mut seen: Option<Vec<u32>> = None;
        for team in [Team::SOLO, Team::eager(2), Team::eager(5)] {
            let what = format!("{kind:?} {side:?} {shape:?} {team:?}");
            let mut out = vec![f32::NAN; out_len];
            let mut scratch = vec![f32::NAN; scratch_len(&shape, side, &team)];
            // What the formula does not need is not there.
            let from = match kind {
                Kind::Add | Kind::Sub => Operands { a: &[], b: &[], ..from },
                Kind::Mul if side == Side::A => Operands { a: &[], ..from },
                Kind::Mul => Operands { b: &[], ..from },
                Kind::Div if side == Side::A => Operands { a: &[], ..from },
                Kind::Div => from,
            };
            binary((kind, side), &shape, from, &mut out, &mut scratch, &team);
            assert_sums(&what, &out, &expected, &sizes, len / out_len);
            let now: Vec<u32> = out.iter().map(|out| out.to_bits()).collect();
            assert_eq!(*seen.get_or_insert_with(|| now.clone()), now, "{what}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broadcasting(
        dims in prop::collection::vec(1usize..9, 1..5),
        a in prop::array::uniform4(any::<bool>()),
        b in prop::array::uniform4(any::<bool>()),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        check(&dims, &a, &b, kind);
    }
}

#[test]
fn shapes_of_networks() {
    for kind in KINDS {
        // A residual sum, a bias, a gate, a mask over pixels, one number, an outer product.
        check(&[9, 7, 5, 6], &[false; 4], &[false; 4], kind);
        check(&[9, 17, 31, 6], &[false; 4], &[true, true, true, false], kind);
        check(&[9, 17, 31, 6], &[false; 4], &[false, true, true, false], kind);
        check(&[9, 17, 31, 6], &[false; 4], &[false, false, false, true], kind);
        check(&[5000], &[false], &[true], kind);
        check(&[9, 1000], &[false, true], &[true, false], kind);
        check(&[1], &[true], &[false], kind);
    }
}

#[test]
fn gradients_agree_with_differences() {
    let dims = [3, 2, 4];
    for (a, b) in [([false, true, false], [true, false, false]), ([false; 3], [true, true, false])]
    {
        let ((a_strides, a_len), (b_strides, b_len)) = (strides(&dims, &a), strides(&dims, &b));
        let shape = Broadcast::new(&dims, &a_strides, &b_strides);
        let random = &mut Random::new(3);
        let (dy, a) = (random.vector(24), random.vector(a_len));
        let b: Vec<f32> = random.vector(b_len).iter().map(|b| b + b.signum() * 0.5).collect();
        for kind in KINDS {
            let loss = |a: &[f64], b: &[f64]| {
                let value = |i: usize| {
                    let index = [i / 8, i / 4 % 2, i % 4];
                    let at = |strides: &[usize]| -> usize {
                        index.iter().zip(strides).map(|(index, stride)| index * stride).sum()
                    };
                    let (a, b) = (a[at(&a_strides)], b[at(&b_strides)]);
                    match kind {
                        Kind::Add => a + b,
                        Kind::Sub => a - b,
                        Kind::Mul => a * b,
                        Kind::Div => a / b,
                    }
                };
                (0..24).map(|i| value(i) * f64::from(dy[i])).sum()
            };
            let from = Operands { dy: &dy, a: &a, b: &b };
            let (mut da, mut db) = (vec![f64::NAN; a_len], vec![f64::NAN; b_len]);
            reference(kind, Side::A, &shape, from, &mut da);
            reference(kind, Side::B, &shape, from, &mut db);
            let what = format!("{kind:?}");
            assert_differences(&what, &wide(&a), &da, 1e-4, |a| loss(a, &wide(&b)));
            assert_differences(&what, &wide(&b), &db, 1e-4, |b| loss(&wide(&a), b));
        }
    }
}

#[test]
fn a_large_divisor_does_not_overflow() {
    let shape = Broadcast::new(&[2], &[1], &[1]);
    let from = Operands { dy: &[1.0; 2], a: &[1e30; 2], b: &[1e25; 2] };
    let mut out = [f32::NAN; 2];
    binary((Kind::Div, Side::B), &shape, from, &mut out, &mut [], &Team::SOLO);
    assert!(out.iter().all(|out| (out / -1e-20 - 1.0).abs() <= 4.0 * f32::EPSILON), "{out:?}");
}

#[test]
fn sums_of_gradients() {
    for len in [0, 1, 3, 4, 5, 33] {
        let (x, y) = (Random::new(1).vector(len), Random::new(2).vector(len));
        let mut sum = y.clone();
        accumulate(&mut sum, &x);
        let expected: Vec<f32> = x.iter().zip(&y).map(|(x, y)| y + x).collect();
        assert_eq!(sum, expected);
        let mut sum = y.clone();
        add_scaled(&mut sum, &x, 0.25);
        let expected: Vec<f32> = x.iter().zip(&y).map(|(x, y)| y + x * 0.25).collect();
        assert_eq!(sum, expected);
    }
}
