//! How much two boxes overlap: a number for any two, never NaN.

use super::Rect;
use crate::extremes::{greater, lesser};
use core::f32::consts::FRAC_2_PI;

/// A smaller area is none: products of f32 below it lose digits.
const LEAST_AREA: f32 = 1e-30;

/// The area of a box, or `None` for one that overlaps nothing: a side that is zero, negative,
/// infinite or NaN, or an area beyond f32.
#[inline(always)]
pub fn area([left, top, right, bottom]: Rect) -> Option<f32> {
    let area = (right - left) * (bottom - top);
    // Two negative sides make a positive product.
    (right > left && (LEAST_AREA..f32::INFINITY).contains(&area)).then_some(area)
}

/// Intersection and union, or `None` where either box overlaps nothing.
#[inline(always)]
fn parts(a: Rect, b: Rect) -> Option<(f32, f32)> {
    let (areas, [width, height]) = (area(a)? + area(b)?, inner(a, b));
    let common = greater(width, 0.0) * greater(height, 0.0);
    Some((common, areas - common))
}

/// Width and height of what is in both, negative where they are apart.
#[inline(always)]
fn inner(a: Rect, b: Rect) -> [f32; 2] {
    [0, 1].map(|at| lesser(a[at + 2], b[at + 2]) - greater(a[at], b[at]))
}

/// Width and height of the smallest box around both.
fn outer(a: Rect, b: Rect) -> [f32; 2] {
    [0, 1].map(|at| greater(a[at + 2], b[at + 2]) - lesser(a[at], b[at]))
}

/// Intersection over union, 0 to 1; 0 for a box that overlaps nothing.
#[inline(always)]
pub fn iou(a: Rect, b: Rect) -> f32 {
    parts(a, b).map_or(0.0, |(common, union)| common / union)
}

/// IoU less the share of the box around both that is in neither, -1 to 1 (Rezatofighi et al. 2019,
/// arXiv 1902.09630); -1 for a box that overlaps nothing.
pub fn giou(a: Rect, b: Rect) -> f32 {
    let Some((common, union)) = parts(a, b) else { return -1.0 };
    let [width, height] = outer(a, b);
    let hull = width * height;
    // Roundings may make the union the larger one.
    let empty = if hull < f32::INFINITY { greater((hull - union) / hull, 0.0) } else { 1.0 };
    common / union - empty
}

/// IoU less the squared distance of the centres over that of the outermost corners, -1 to 1 (Zheng
/// et al. 2020, arXiv 1911.08287); -1 for a box that overlaps nothing.
pub fn diou(a: Rect, b: Rect) -> f32 {
    let Some((common, union)) = parts(a, b) else { return -1.0 };
    let square = |[x, y]: [f64; 2]| x * x + y * y;
    let centre = |r: Rect, at: usize| (f64::from(r[at]) + f64::from(r[at + 2])) / 2.0;
    let apart = square([0, 1].map(|at| centre(a, at) - centre(b, at)));
    let across = square(outer(a, b).map(f64::from));
    // In f64, where squares of f32 do not overflow; an infinite width has them as far apart as can be.
    let distance = if across < f64::INFINITY { apart / across } else { 1.0 };
    common / union - distance as f32
}

/// [`diou`] less a term for different proportions (the same paper): `alpha v`, where `v` is
/// `4 / pi^2 (atan(w / h) - atan(w' / h'))^2` and `alpha` is `v / (1 - IoU + v)`; at least -1.5. It
/// is -1 for a box that overlaps nothing.
pub fn ciou(a: Rect, b: Rect) -> f32 {
    if area(a).is_none() || area(b).is_none() {
        return -1.0;
    }
    let angle = |[left, top, right, bottom]: Rect| libm::atan2f(right - left, bottom - top);
    let turn = FRAC_2_PI * (angle(a) - angle(b));
    let v = turn * turn;
    let weighted = if v > 0.0 { v * v / (1.0 - iou(a, b) + v) } else { 0.0 };
    diou(a, b) - weighted
}
