//! Boxes as offsets from others (Girshick et al. 2013, arXiv 1311.2524, appendix C).

use super::{Edges, Image};
use crate::elementary::exp::exp;
use crate::elementary::log::log;

/// `ln(1000 / 16)`: no box grows by more than this.
pub const MOST_GROWTH: f32 = 4.135_166_6;

/// Centre and size of a box.
fn centred([left, top, right, bottom]: Edges) -> [f32; 4] {
    let (width, height) = (right - left, bottom - top);
    [left + 0.5 * width, top + 0.5 * height, width, height]
}

/// The box that is `offsets` away from `from`: the centre moves by `offsets * size / weights`, and
/// the sides grow by `exp(offsets / weights)`, at most by [`MOST_GROWTH`]. NaN stays NaN.
pub fn decode(from: Edges, offsets: [f32; 4], weights: [f32; 4]) -> Edges {
    let [x, y, width, height] = centred(from);
    let [dx, dy, dw, dh] = core::array::from_fn(|i| offsets[i] / weights[i]);
    let grown = |d: f32, side: f32| exp::<f64>(capped(d)) * side;
    let (cx, cy) = (dx * width + x, dy * height + y);
    let (half_width, half_height) = (0.5 * grown(dw, width), 0.5 * grown(dh, height));
    [cx - half_width, cy - half_height, cx + half_width, cy + half_height]
}

/// At most [`MOST_GROWTH`], or NaN: not `min`, which would make a number of it. A call as [`within`].
#[inline(never)]
fn capped(growth: f32) -> f32 {
    if growth > MOST_GROWTH { MOST_GROWTH } else { growth }
}

/// The offsets of `to` from `from`, which both have a size.
pub fn encode(from: Edges, to: Edges, weights: [f32; 4]) -> [f32; 4] {
    let [x, y, width, height] = centred(from);
    let [tx, ty, to_width, to_height] = centred(to);
    [
        weights[0] * (tx - x) / width,
        weights[1] * (ty - y) / height,
        weights[2] * log::<f64>(to_width / width),
        weights[3] * log::<f64>(to_height / height),
    ]
}

/// A number from 0 to `most`, or NaN. `f32::clamp` would bring the printing of floats with it. A call, so
/// that no vector is made of it: with relaxed SIMD that would be `relaxed_min`, which may lose a NaN.
#[inline(never)]
fn within(value: f32, most: f32) -> f32 {
    if value > most {
        most
    } else if value < 0.0 {
        0.0
    } else {
        value
    }
}

/// The part of a box that lies on the image. NaN stays NaN.
pub fn clip([left, top, right, bottom]: Edges, Image { height, width }: Image) -> Edges {
    [within(left, width), within(top, height), within(right, width), within(bottom, height)]
}

/// Whether both sides are as long as that: NaN are not.
pub fn is_as_large([left, top, right, bottom]: Edges, least: f32) -> bool {
    right - left >= least && bottom - top >= least
}
