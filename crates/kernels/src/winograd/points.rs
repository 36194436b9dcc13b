//! The matrices of Winograd's algorithm as straight-line code.
//!
//! `F(m, r)` computes `m` outputs of a correlation with `r` taps from `m + r - 1` inputs with as
//! many multiplications in place of `r m`: `y = A^T [(G g) * (B^T d)]`, the product taken element
//! by element. It is interpolation: both factors are polynomials, evaluated at `m + r - 2` points
//! and at infinity, multiplied there, and read back. Applied along both axes a tile of `m x m`
//! outputs costs `(m + r - 1)^2` multiplications in place of `(r m)^2`. (Lavin and Gray 2015, arXiv
//! 1509.09308.)
//!
//! The points decide the rounding error, for it grows with the entries of the matrices (Barabasz
//! et al. 2020, arXiv 1803.10986). [`F4`] takes 0, ±5/8 and ±3/2: every constant is exact in f32,
//! and the measured error is half that of the usual 0, ±1, ±2 (about 2 times that of a direct
//! sum, where those have 4.6). `F(6, 3)` would need a fifth fewer multiplications still, but has 8
//! times the error of a direct sum at the best of 252 choices of points (0, ±1/2, ±1, ±1.9).

use crate::simd::Vector;

/// Taps along an axis at the most.
pub const MAX_TAPS: usize = 5;

/// The transforms of `F(OUT, IN - OUT + 1)` along one axis.
pub trait Transform<const IN: usize, const OUT: usize> {
    /// Taps along an axis.
    const TAPS: usize = IN - OUT + 1;

    /// `G`: from the taps to `IN` values; columns beyond the taps are not read. Weights are
    /// transformed once, in f64.
    const G: [[f64; MAX_TAPS]; IN];

    /// `B^T d`.
    fn input<I: Vector>(d: [I::V; IN]) -> [I::V; IN];

    /// `A^T m`.
    fn output<I: Vector>(m: [I::V; IN]) -> [I::V; OUT];
}

/// `F(2, 3)` at 0, 1, -1 and infinity.
#[derive(Debug, Clone, Copy)]
pub struct F2;

impl Transform<4, 2> for F2 {
    const G: [[f64; MAX_TAPS]; 4] = [
        [-1.0, 0.0, 0.0, 0.0, 0.0],
        [0.5, 0.5, 0.5, 0.0, 0.0],
        [0.5, -0.5, 0.5, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
    ];

    #[inline(always)]
    fn input<I: Vector>(d: [I::V; 4]) -> [I::V; 4] {
        [I::sub(d[2], d[0]), I::add(d[1], d[2]), I::sub(d[2], d[1]), I::sub(d[3], d[1])]
    }

    #[inline(always)]
    fn output<I: Vector>(m: [I::V; 4]) -> [I::V; 2] {
        [I::add(I::add(m[0], m[1]), m[2]), I::add(I::sub(m[1], m[2]), m[3])]
    }
}

/// `F(4, 3)` at 0, `A`, `-A`, `B`, `-B` and infinity.
#[derive(Debug, Clone, Copy)]
pub struct F4;

const A: f32 = 0.625;
const A2: f32 = A * A;
const A3: f32 = A2 * A;
const B: f32 = 1.5;
const B2: f32 = B * B;
const B3: f32 = B2 * B;

impl Transform<6, 4> for F4 {
    const G: [[f64; MAX_TAPS]; 6] = weights_at_six(3);

    /// Row `p` holds the coefficients of the product of `(x - q)` over the other points `q`; the
    /// rows of `p` and `-p` share their even and their odd half.
    #[inline(always)]
    fn input<I: Vector>(d: [I::V; 6]) -> [I::V; 6] {
        let ends = |d: [I::V; 3]| {
            let sum = I::mul_add(I::splat(-(A2 + B2)), d[1], d[2]);
            I::mul_add(I::splat(A2 * B2), d[0], sum)
        };
        let halves = |p: f32, other: f32| {
            let even = I::mul_add(I::splat(-other), d[2], d[4]);
            let odd = I::mul(I::splat(p), I::mul_add(I::splat(-other), d[1], d[3]));
            (I::add(even, odd), I::sub(even, odd))
        };
        let (plus_a, minus_a) = halves(A, B2);
        let (plus_b, minus_b) = halves(B, A2);
        [ends([d[0], d[2], d[4]]), plus_a, minus_a, plus_b, minus_b, ends([d[1], d[3], d[5]])]
    }

    /// Row `i` holds the `i`-th powers of the points.
    #[inline(always)]
    fn output<I: Vector>(m: [I::V; 6]) -> [I::V; 4] {
        let (sum_a, diff_a) = (I::add(m[1], m[2]), I::sub(m[1], m[2]));
        let (sum_b, diff_b) = (I::add(m[3], m[4]), I::sub(m[3], m[4]));
        let both =
            |a: f32, x: I::V, b: f32, y: I::V| I::mul_add(I::splat(a), x, I::mul(I::splat(b), y));
        [
            I::add(I::add(m[0], sum_a), sum_b),
            both(A, diff_a, B, diff_b),
            both(A2, sum_a, B2, sum_b),
            I::add(both(A3, diff_a, B3, diff_b), m[5]),
        ]
    }
}

impl F4 {
    /// `A y`: the transpose of [`Transform::output`].
    #[inline(always)]
    pub fn spread<I: Vector>(y: [I::V; 4]) -> [I::V; 6] {
        let halves = |p: f32, p2: f32, p3: f32| {
            let even = I::mul_add(I::splat(p2), y[2], y[0]);
            let odd = I::mul_add(I::splat(p3), y[3], I::mul(I::splat(p), y[1]));
            (I::add(even, odd), I::sub(even, odd))
        };
        let (plus_a, minus_a) = halves(A, A2, A3);
        let (plus_b, minus_b) = halves(B, B2, B3);
        [y[0], plus_a, minus_a, plus_b, minus_b, y[3]]
    }

    /// `G^T m`: from the values to three taps.
    #[inline(always)]
    pub fn taps<I: Vector>(m: [I::V; 6]) -> [I::V; 3] {
        core::array::from_fn(|tap| {
            let first = I::mul(I::splat(Self::G[0][tap] as f32), m[0]);
            (1..6).fold(first, |sum, e| {
                let g = Self::G[e][tap] as f32;
                if g == 0.0 { sum } else { I::mul_add(I::splat(g), m[e], sum) }
            })
        })
    }
}

/// `F(2, 5)` at the points of [`F4`].
#[derive(Debug, Clone, Copy)]
pub struct F2Of5;

impl Transform<6, 2> for F2Of5 {
    const G: [[f64; MAX_TAPS]; 6] = weights_at_six(5);

    #[inline(always)]
    fn input<I: Vector>(d: [I::V; 6]) -> [I::V; 6] {
        F4::input::<I>(d)
    }

    #[inline(always)]
    fn output<I: Vector>(m: [I::V; 6]) -> [I::V; 2] {
        let (diff_a, diff_b) = (I::sub(m[1], m[2]), I::sub(m[3], m[4]));
        let sums = I::add(I::add(m[1], m[2]), I::add(m[3], m[4]));
        let odd = I::mul_add(I::splat(A), diff_a, I::mul(I::splat(B), diff_b));
        [I::add(m[0], sums), I::add(odd, m[5])]
    }
}

/// Row `p` is `[1, p, p^2, ...]` over the product of `(p - q)` for the other points `q`; the last
/// row, infinity, takes the last tap.
const fn weights_at_six(taps: usize) -> [[f64; MAX_TAPS]; 6] {
    let (a, b) = (A as f64, B as f64);
    let (a2, b2) = (a * a, b * b);
    let (at_a, at_b) = (1.0 / (2.0 * a2 * (a2 - b2)), 1.0 / (2.0 * b2 * (b2 - a2)));
    let points = [(0.0, 1.0 / (a2 * b2)), (a, at_a), (-a, at_a), (b, at_b), (-b, at_b)];
    let mut rows = [[0.0; MAX_TAPS]; 6];
    let mut p = 0;
    while p < points.len() {
        let (point, mut power) = points[p];
        let mut tap = 0;
        while tap < taps {
            rows[p][tap] = power;
            power *= point;
            tap += 1;
        }
        p += 1;
    }
    rows[5][taps - 1] = 1.0;
    rows
}
