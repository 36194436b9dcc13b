//! The matrices are proven, not sampled; and a map does not depend on its batch.

use super::{conv2d, scratch_len};
use crate::activation::Activation;
use crate::conv2d::Conv;
use crate::filter::{Filter, FilterSpec, Kind, Layout};
use crate::geometry::{Axis, Window};
use crate::matrix::MatMut;
use crate::simd::scalar::Scalar;
use crate::simd::{LANES, Native};
use crate::team::Team;
use crate::testing::Random;
use crate::winograd::Tile;
use crate::winograd::points::{F2, F2Of5, F4, Transform};

/// A fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ratio(i128, i128);

impl Ratio {
    fn new(num: i128, den: i128) -> Self {
        let (mut a, mut b) = (num.abs(), den.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = den.signum();
        Ratio(sign * num / a.max(1), sign * den / a.max(1))
    }

    /// Exact: the constants of the transforms are multiples of 2^-12.
    fn of(x: f32) -> Self {
        let scaled = f64::from(x) * 4096.0;
        assert_eq!(scaled.fract(), 0.0, "{x} is no multiple of 2^-12");
        Ratio::new(scaled as i128, 4096)
    }

    fn times(self, by: Ratio) -> Self {
        Ratio::new(self.0 * by.0, self.1 * by.1)
    }

    fn plus(self, by: Ratio) -> Self {
        Ratio::new(self.0 * by.1 + by.0 * self.1, self.1 * by.1)
    }

    fn value(self) -> f64 {
        self.0 as f64 / self.1 as f64
    }
}

fn basis<const IN: usize>(at: usize) -> [[f32; LANES]; IN] {
    core::array::from_fn(|i| [if i == at { 1.0 } else { 0.0 }; LANES])
}

/// Row `e` of `G` for the points, in fractions; the last row is infinity.
fn g(points: &[Ratio], e: usize, taps: usize) -> Vec<Ratio> {
    let (zero, one) = (Ratio(0, 1), Ratio(1, 1));
    let Some(&p) = points.get(e) else {
        return (0..taps).map(|tap| if tap + 1 == taps { one } else { zero }).collect();
    };
    let others = points.iter().enumerate().filter(|&(at, _)| at != e);
    let product = others.fold(one, |product, (_, q)| product.times(p.plus(Ratio(-q.0, q.1))));
    let over = |x: Ratio| x.times(Ratio::new(product.1, product.0));
    let powers = core::iter::successors(Some(one), |power| Some(power.times(p)));
    powers.take(taps).map(over).collect()
}

/// `sum over e of A[i][e] G[e][k] B[e][j]` is 1 where `j = i + k` and 0 elsewhere: the bilinear
/// form is the correlation, exactly.
fn prove<T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(points: &[Ratio]) {
    for e in 0..IN {
        for (exact, stored) in g(points, e, T::TAPS).iter().zip(T::G[e]) {
            let difference = (exact.value() - stored).abs();
            assert!(difference <= 2.0 * f64::EPSILON * stored.abs(), "G[{e}]: {stored}");
        }
    }
    for i in 0..OUT {
        for j in 0..IN {
            let from_input = T::input::<Scalar>(basis(j));
            for k in 0..T::TAPS {
                let sum = (0..IN).fold(Ratio(0, 1), |sum, e| {
                    let a = Ratio::of(T::output::<Scalar>(basis(e))[i][0]);
                    let b = Ratio::of(from_input[e][0]);
                    sum.plus(a.times(g(points, e, T::TAPS)[k]).times(b))
                });
                assert_eq!(sum, Ratio((j == i + k).into(), 1), "output {i}, input {j}, tap {k}");
            }
        }
    }
}

#[test]
fn the_matrices_compute_a_correlation_exactly() {
    let points = |list: &[(i128, i128)]| -> Vec<Ratio> {
        list.iter().map(|&(num, den)| Ratio::new(num, den)).collect()
    };
    prove::<F2, 4, 2>(&points(&[(0, 1), (1, 1), (-1, 1)]));
    let six = points(&[(0, 1), (5, 8), (-5, 8), (3, 2), (-3, 2)]);
    prove::<F4, 6, 4>(&six);
    prove::<F2Of5, 6, 2>(&six);
}

#[test]
fn a_row_has_the_same_bits_in_any_batch() {
    let axis =
        |size| Axis { size, kernel: 3, stride: 1, before: 1, after: 1, dilation: 1, ceil: false };
    let (c, oc) = (5, 11);
    let window = Window::new(c, axis(7), axis(9)).unwrap();
    let mut random = Random::new(3);
    let spec = FilterSpec::new(Kind::Conv, [oc, c, 3, 3], 1).unwrap();
    let (weights, x) = (random.vector(oc * c * 9), random.vector(7 * 9 * c));
    for tile in [Tile::F2, Tile::F4] {
        let mut filter = Filter::new(spec, Layout::Winograd(tile), Vec::new()).unwrap();
        filter.write_rows(0, &weights).unwrap();
        let answer = |n: usize| {
            let x = x.repeat(n);
            let activation = Activation::None;
            let (window, filter) = (&window, &filter);
            let conv = Conv { n, window, x: &x, filter, bias: None, residual: None, activation };
            let mut y = vec![f32::NAN; n * 7 * 9 * oc];
            let mut scratch = vec![f32::NAN; scratch_len(tile, n, window, oc)];
            conv2d::<Native>(&conv, MatMut::new(&mut y, oc), &mut scratch, &Team::SOLO);
            y
        };
        let one = answer(1);
        for row in answer(5).chunks(one.len()) {
            assert_eq!(row, one, "{tile:?}");
        }
    }
}
