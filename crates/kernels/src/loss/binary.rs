//! Losses of bits, from logits: the probability of a one is `p = sigmoid(x)`.

use super::blocks::sum_rows;
use super::{Reduction, expect_same, sum_of};
use crate::elementary::INTEGERS;
use crate::elementary::exp::{NEAR, Of, exp_of};
use crate::elementary::log::{ln, ln_1p_unit};
use crate::elementary::slices::get_or;
use crate::error::{Code, Error, expect_len};
use crate::gemm::lanes::{get, put};
use crate::simd::wide::{Math, Wide};
use crate::simd::{LANES, Native};
use crate::team::Team;

/// Elements of a run at the least.
const LEAST: usize = 1024;

/// `1 - p` and `p`, and the negative logarithms of both.
struct Bit<W> {
    p: W,
    not_p: W,
    loss_of_one: W,
    loss_of_zero: W,
}

impl<W: Wide> Bit<W> {
    /// Of logits. Each of the four has all its digits, however near to 0 it is.
    #[inline(always)]
    fn new(x: W::Narrow) -> Self {
        let [zero, one] = [0, 1].map(|i| INTEGERS.get::<W>(i));
        let e = exp_of(Of::MinusX, W::widen_clamped(x, &NEAR).abs());
        let (x, log) = (W::widen(x), ln_1p_unit(e));
        let (large, small) = (one / (one + e), e / (one + e));
        let negative = x.lt(zero);
        let choose = |yes, no| W::select(negative, yes, no);
        Bit {
            p: choose(small, large),
            not_p: choose(large, small),
            loss_of_one: choose(zero - x, zero) + log,
            loss_of_zero: choose(zero, x) + log,
        }
    }
}

/// Calls `f(x, z, i)` for vectors of a row, with `i` the index of their first element, writes the
/// second result times `scale` as gradient and returns the sum of the first. What fills up the last
/// vector is a zero predicted with certainty, whose loss is nothing.
#[inline(always)]
fn each<I: Math>(
    [x, z]: [&[f32]; 2],
    grad: &mut [f32],
    scale: f64,
    f: impl Fn(I::V, I::V, usize) -> (I::Wide, I::Wide),
) -> f64 {
    let scale = I::Wide::splat(scale);
    let mut sums = I::Wide::splat(0.0);
    let lanes = x.chunks(LANES).zip(z.chunks(LANES)).zip(grad.chunks_mut(LANES));
    for (i, ((x, z), grad)) in lanes.enumerate() {
        let (loss, slope) = f(get_or::<I>(x, -1e30), get::<I>(z), i * LANES);
        sums = sums + loss;
        put::<I>((slope * scale).narrow(), grad);
    }
    let [a, b, c, d] = sums.lanes();
    (a + b) + (c + d)
}

/// Cross-entropy of logits and bits, all but what is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bce<'a> {
    /// Factor of the positive part: 1 element, or one for each channel of the last axis.
    pub pos_weight: &'a [f32],
    /// A weight for each element, or none. The mean then divides by their sum; where that is 0, loss
    /// and gradient are 0.
    pub weights: Option<&'a [f32]>,
    /// Over all elements.
    pub reduction: Reduction,
}

impl<'a> Bce<'a> {
    /// Without weights of elements.
    pub fn new(pos_weight: &'a [f32], reduction: Reduction) -> Self {
        Bce { pos_weight, weights: None, reduction }
    }

    /// Cross-entropy of logits `x` and bits `z`, which may lie between 0 and 1:
    /// `w (-pos_weight z ln p - (1 - z) ln(1 - p))`, where `w` is the weight of the element.
    ///
    /// Fails with [`Code::Shape`] for a wrong length.
    pub fn loss(&self, team: &Team, x: &[f32], z: &[f32], grad: &mut [f32]) -> Result<f64, Error> {
        expect_same(x, z, grad)?;
        let c = self.pos_weight.len();
        if c == 0 || x.len() % c != 0 {
            let message = format!(
                "{c} positive weights for {} elements, expected 1 or as many as channels",
                x.len()
            );
            return Err(Error::new(Code::Shape, message));
        }
        if let Some(weights) = self.weights {
            expect_len("weights", x.len(), weights.len())?;
        }
        let scale = match self.weights {
            Some(weights) => self.reduction.weighted_scale(sum_of(weights)),
            None => self.reduction.scale(x.len() as f64),
        };
        let sum = sum_rows(team, grad, c, LEAST.div_ceil(c), |first, grad| {
            let run = first * c..first * c + grad.len();
            // One weight serves a run as one row.
            let row = if c == 1 { grad.len() } else { c };
            let rows = x[run.clone()].chunks_exact(row).zip(z[run.clone()].chunks_exact(row));
            rows.zip(grad.chunks_exact_mut(row)).enumerate().fold(
                0.0,
                |sum, (i, ((x, z), grad))| {
                    let from = run.start + i * row;
                    let weights = self.weights.map(|weights| &weights[from..from + row]);
                    sum + bce_row::<Native>([x, z], weights, grad, self.pos_weight, scale)
                },
            )
        });
        Ok(sum * scale)
    }
}

#[inline(never)]
fn bce_row<I: Math>(
    xz: [&[f32]; 2],
    weights: Option<&[f32]>,
    grad: &mut [f32],
    pos_weight: &[f32],
    scale: f64,
) -> f64 {
    each::<I>(xz, grad, scale, |x, z, i| {
        let pos_weight = match pos_weight {
            [weight] => I::splat(*weight),
            weights => get::<I>(&weights[i..]),
        };
        let bit = Bit::<I::Wide>::new(x);
        let z = I::Wide::widen(z);
        let (one, zero) = (I::Wide::widen(pos_weight) * z, INTEGERS.get::<I::Wide>(1) - z);
        let loss = zero * bit.loss_of_zero + one * bit.loss_of_one;
        let slope = zero * bit.p - one * bit.not_p;
        match weights {
            None => (loss, slope),
            Some(weights) => {
                let weight = I::Wide::widen(get::<I>(&weights[i..]));
                (loss * weight, slope * weight)
            }
        }
    })
}

/// What makes cross-entropy focal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Focal {
    /// Weight of the ones, `1 - alpha` being that of the zeros; none if negative.
    pub alpha: f32,
    /// Power of the probability of being wrong, at least 0.
    pub gamma: f32,
}

impl Default for Focal {
    /// As in the paper.
    fn default() -> Self {
        Focal { alpha: 0.25, gamma: 2.0 }
    }
}

/// Cross-entropy times `(1 - q)^gamma`, where `q` is the probability of what is right, and times
/// `alpha` for ones and `1 - alpha` for zeros (Lin et al. 2017, arXiv 1708.02002); mean or sum over
/// all elements. Between 0 and 1, `z` mixes `q`, the loss and the weights of both.
///
/// Fails with [`Code::Shape`] for a wrong length and [`Code::Argument`] for a negative `gamma`.
pub fn focal_with_logits(
    team: &Team,
    focal: Focal,
    reduction: Reduction,
    x: &[f32],
    z: &[f32],
    grad: &mut [f32],
) -> Result<f64, Error> {
    expect_same(x, z, grad)?;
    if focal.gamma.is_nan() || focal.gamma < 0.0 {
        return Err(Error::new(Code::Argument, "gamma of a focal loss is negative or NaN"));
    }
    let scale = reduction.scale(x.len() as f64);
    let sum = sum_rows(team, grad, 1, LEAST, |from, grad| {
        let xz = [x, z].map(|all| &all[from..][..grad.len()]);
        focal_run::<Native>(focal, xz, grad, scale)
    });
    Ok(sum * scale)
}

fn focal_run<I: Math>(focal: Focal, xz: [&[f32]; 2], grad: &mut [f32], scale: f64) -> f64 {
    let wide = |x: f64| I::Wide::splat(x);
    let (alpha, gamma) = (f64::from(focal.alpha), wide(focal.gamma.into()));
    let (of_one, of_zero) = if alpha < 0.0 { (1.0, 1.0) } else { (alpha, 1.0 - alpha) };
    let least = wide(-700.0);
    each::<I>(xz, grad, scale, |x, z, _| {
        let bit = Bit::<I::Wide>::new(x);
        let one = I::Wide::widen(z);
        let zero = INTEGERS.get::<I::Wide>(1) - one;
        let wrong = one * bit.not_p + zero * bit.p;
        let exponent = gamma * ln(wrong);
        let exponent = I::Wide::select(exponent.lt(least), least, exponent);
        let factor = (one * wide(of_one) + zero * wide(of_zero)) * exp_of(Of::X, exponent);
        let loss = one * bit.loss_of_one + zero * bit.loss_of_zero;
        let slope = zero * bit.p - one * bit.not_p;
        // Of ln(wrong).
        let wrong_slope = bit.p * bit.not_p * (zero - one) / wrong;
        (factor * loss, factor * (slope + gamma * loss * wrong_slope))
    })
}
