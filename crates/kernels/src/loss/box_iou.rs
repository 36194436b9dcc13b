//! Losses of boxes by their overlap: 1 - IoU and what was added to it so that boxes apart learn, too.

use super::blocks::sum_rows;
use super::{Reduction, sum_of};
use crate::error::{Code, Error, expect_len};
use crate::team::Team;
use core::f64::consts::PI;

/// Added to what is divided by, as torchvision does.
const EPS: f64 = 1e-7;

/// Boxes of a run at the least.
const LEAST: usize = 64;

/// What the overlap is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Intersection over union `I / U` (Yu et al. 2016, arXiv 1608.01471).
    Iou,
    /// `IoU - (E - U) / E`, where `E` is the area of the smallest box around both (Rezatofighi et al.
    /// 2019, arXiv 1902.09630).
    Giou,
    /// `IoU - d^2 / c^2`, where `d` is the distance of the centres and `c` the diagonal of the smallest
    /// box around both (Zheng et al. 2020, arXiv 1911.08287).
    Diou,
    /// `DIoU - alpha v`, where `v` is how much the aspect ratios differ. `alpha` has no gradient (as
    /// `Diou`).
    Ciou,
}

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxForm {
    /// Left, top, right, bottom.
    Corners,
    /// Distances from a point to the left, top, right and bottom edge, the same point for what is
    /// predicted and what should be (Tian et al. 2019, arXiv 1904.01355).
    Distances,
    /// Centre x, centre y, width, height.
    Centre,
}

impl BoxForm {
    /// The corners of a box.
    fn corners(self, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
        match self {
            BoxForm::Corners => [a, b, c, d],
            BoxForm::Distances => [-a, -b, c, d],
            BoxForm::Centre => [a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d],
        }
    }

    /// The gradient of the four numbers, from that of the corners.
    fn back(self, [left, top, right, bottom]: [f64; 4]) -> [f64; 4] {
        match self {
            BoxForm::Corners => [left, top, right, bottom],
            BoxForm::Distances => [-left, -top, right, bottom],
            BoxForm::Centre => {
                [left + right, top + bottom, 0.5 * (right - left), 0.5 * (bottom - top)]
            }
        }
    }
}

/// The smaller (or larger, by `sign` -1) of two numbers, and its derivative by the first; at a tie
/// each has half of it, as in PyTorch.
fn least(a: f64, b: f64, sign: f64) -> (f64, f64) {
    let d = sign * (a - b);
    if d < 0.0 {
        (a, 1.0)
    } else if d > 0.0 {
        (b, 0.0)
    } else {
        (a + (b - a) * 0.5, 0.5)
    }
}

/// A number and its gradient by the four corners of the predicted box.
#[derive(Debug, Clone, Copy)]
struct Dual {
    value: f64,
    slope: [f64; 4],
}

impl Dual {
    fn corner(at: usize, value: f64) -> Self {
        Dual::along(at, (value, 1.0))
    }

    fn along(at: usize, (value, slope): (f64, f64)) -> Self {
        let mut slopes = [0.0; 4];
        slopes[at] = slope;
        Dual { value, slope: slopes }
    }

    /// `a self + b other`
    fn mixed(self, a: f64, other: Dual, b: f64) -> Self {
        let slope = core::array::from_fn(|i| a * self.slope[i] + b * other.slope[i]);
        Dual { value: a * self.value + b * other.value, slope }
    }

    fn minus(self, other: Dual) -> Self {
        self.mixed(1.0, other, -1.0)
    }

    fn plus(self, number: f64) -> Self {
        Dual { value: self.value + number, ..self }
    }

    fn times(self, other: Dual) -> Self {
        let slope = self.mixed(other.value, other, self.value).slope;
        Dual { value: self.value * other.value, slope }
    }

    fn over(self, other: Dual) -> Self {
        let value = self.value / other.value;
        let slope = self.mixed(1.0 / other.value, other, -value / other.value).slope;
        Dual { value, slope }
    }
}

/// The loss of a box and its gradient, both by their corners.
fn corner_loss(kind: Overlap, x: [f64; 4], t: [f64; 4]) -> Dual {
    let [left, top, right, bottom] = core::array::from_fn(|at| Dual::corner(at, x[at]));
    let (w, h) = (right.minus(left), bottom.minus(top));
    let target = (t[2] - t[0]) * (t[3] - t[1]);
    // The intersection: the larger of the first corners, the smaller of the last.
    let [l, u, r, d] = [(0, -1.0), (1, -1.0), (2, 1.0), (3, 1.0)]
        .map(|(at, sign)| Dual::along(at, least(x[at], t[at], sign)));
    let (iw, ih) = (r.minus(l), d.minus(u));
    let meet = (iw.value > 0.0 && ih.value > 0.0) || (iw.value + ih.value).is_nan();
    let both = if meet { iw.times(ih) } else { Dual { value: 0.0, slope: [0.0; 4] } };
    let union = w.times(h).plus(target).minus(both);
    let iou = both.over(union.plus(EPS));
    let loss = Dual { value: 1.0, slope: [0.0; 4] }.minus(iou);
    if kind == Overlap::Iou {
        return loss;
    }
    // The smallest box around both.
    let [l, u, r, d] = [(0, 1.0), (1, 1.0), (2, -1.0), (3, -1.0)]
        .map(|(at, sign)| Dual::along(at, least(x[at], t[at], sign)));
    let (ew, eh) = (r.minus(l), d.minus(u));
    if kind == Overlap::Giou {
        let around = ew.times(eh);
        return loss.mixed(1.0, around.minus(union).over(around.plus(EPS)), 1.0);
    }
    let diagonal = ew.times(ew).mixed(1.0, eh.times(eh), 1.0).plus(EPS);
    let dx = left.mixed(0.5, right, 0.5).plus(-0.5 * (t[0] + t[2]));
    let dy = top.mixed(0.5, bottom, 0.5).plus(-0.5 * (t[1] + t[3]));
    let distance = dx.times(dx).mixed(1.0, dy.times(dy), 1.0);
    let loss = loss.mixed(1.0, distance.over(diagonal), 1.0);
    if kind == Overlap::Diou {
        return loss;
    }
    let (v, v_slope) = aspect([w, h], [t[2] - t[0], t[3] - t[1]]);
    let alpha = v / (1.0 - iou.value + v + EPS);
    loss.mixed(1.0, Dual { value: v, slope: v_slope }, alpha)
}

/// `4 / pi^2 (atan(w / h of what should be) - atan(w / h))^2` and its gradient.
fn aspect([w, h]: [Dual; 2], [tw, th]: [f64; 2]) -> (f64, [f64; 4]) {
    let angle = |w: f64, h: f64| if w == 0.0 && h == 0.0 { 0.0 } else { (w / h).atan() };
    let difference = angle(tw, th) - angle(w.value, h.value);
    let square = w.value * w.value + h.value * h.value;
    // A box without size has no aspect ratio, and none to learn.
    let factor = if square == 0.0 { 0.0 } else { -8.0 / (PI * PI) * difference / square };
    let slope = w.mixed(h.value * factor, h, -w.value * factor).slope;
    (4.0 / (PI * PI) * difference * difference, slope)
}

/// What is the same for all boxes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxIou<'a> {
    /// Which loss.
    pub kind: Overlap,
    /// Of predictions and targets.
    pub form: BoxForm,
    /// Elements from one of the four numbers of a box to the next: 1 for `[..., 4]`, `A` for
    /// `[N, 4, A]`.
    pub inner: usize,
    /// A weight for each box, in the order in which their first numbers lie. The mean divides by their
    /// sum; where that is 0, loss and gradient are 0.
    pub weights: &'a [f32],
    /// Over boxes.
    pub reduction: Reduction,
}

impl BoxIou<'_> {
    /// The loss of predictions `x` and targets `t`, both `[outer, 4, inner]`; `grad` becomes the
    /// gradient of `x`. Boxes of weight 0 are not looked at.
    ///
    /// A box's loss is 1 minus what [`Overlap`] says: that of torchvision's functions, in f64. Fails
    /// with [`Code::Shape`] for a wrong length or an `inner` of 0.
    pub fn loss(&self, team: &Team, x: &[f32], t: &[f32], grad: &mut [f32]) -> Result<f64, Error> {
        let BoxIou { inner, weights, reduction, .. } = *self;
        if inner == 0 {
            return Err(Error::new(Code::Shape, "boxes lie 0 elements apart, expected 1 or more"));
        }
        let len = weights.len() * 4;
        expect_len("boxes", weights.len() / inner * inner * 4, len)?;
        expect_len("predictions", len, x.len())?;
        expect_len("target", len, t.len())?;
        expect_len("gradient", len, grad.len())?;
        let scale = reduction.weighted_scale(sum_of(weights));
        let row = 4 * inner;
        let sum = sum_rows(team, grad, row, LEAST.div_ceil(inner), |first, grad| {
            let rows = grad.chunks_exact_mut(row).enumerate();
            rows.fold(0.0, |sum, (i, grad)| {
                let at = first + i;
                let [x, t] = [x, t].map(|all| &all[at * row..][..row]);
                sum + self.row([x, t], &weights[at * inner..][..inner], scale, grad)
            })
        });
        Ok(sum * scale)
    }

    fn row(&self, [x, t]: [&[f32]; 2], weights: &[f32], scale: f64, grad: &mut [f32]) -> f64 {
        let inner = self.inner;
        let mut sum = 0.0;
        for (at, &weight) in weights.iter().enumerate() {
            let mut slopes = [0.0; 4];
            if weight != 0.0 {
                let [x, t] = [x, t].map(|all| {
                    self.form.corners(core::array::from_fn(|i| all[i * inner + at].into()))
                });
                let weight = f64::from(weight);
                let Dual { value, slope } = corner_loss(self.kind, x, t);
                sum += weight * value;
                slopes = self.form.back(slope).map(|slope| slope * weight * scale);
            }
            for (i, slope) in slopes.into_iter().enumerate() {
                grad[i * inner + at] = slope as f32;
            }
        }
        sum
    }
}
