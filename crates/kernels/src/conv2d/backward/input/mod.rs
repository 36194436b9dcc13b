//! The gradient of the input. In reading order:
//!
//! 1. [`turned`]: at stride 1 it is a convolution of `dy` with the filter turned by half a circle
//!    and its channels exchanged, by the forward's kernels.
//! 2. [`columns`]: products of `dy` and the weights give what every output adds to its window,
//!    which each input then gathers (col2im): no multiply-add is spent on padding or, at a stride,
//!    on zeros between the outputs.
//! 3. [`super::depthwise::input_gradient`]: depthwise convolutions at a stride.
//!
//! [`select()`] chooses by what they cost.

pub mod columns;
pub mod select;
pub mod turned;

pub use select::{Algorithm, select};

use self::turned::Repacked;
use super::{Shape, depthwise};
use crate::filter::Layout;
use crate::simd::Isa;
use crate::team::Team;

/// Scratch elements that [`input_gradient`] needs, for all threads.
pub fn scratch_len(shape: &Shape, algorithm: Algorithm, team: &Team) -> usize {
    match algorithm {
        Algorithm::Turned(layout) => turned_of(shape, layout).scratch_len(team),
        Algorithm::Columns => columns::scratch_len(shape, team),
        Algorithm::Depthwise => depthwise::scratch_len(shape),
    }
}

/// `dx[n][ih][iw][c] = sum over kh, kw, oc of dy[n][oh][ow][oc] * w[oc][c][kh][kw]` over the
/// outputs with `ih = oh * SH + kh * DH - PT` and `iw` likewise.
///
/// `dy`: `[N, OH, OW, OC]`. `w`: `[OC, C / groups, KH, KW]`. `dx`: `[N, H, W, C]`, overwritten;
/// zero where no output sees it. `scratch` holds [`scratch_len`] elements. `algorithm` is what
/// [`select()`] chose for this shape.
///
/// # Panics
/// If a slice is too short.
pub fn input_gradient<I: Isa>(
    shape: &Shape,
    algorithm: Algorithm,
    [dy, w]: [&[f32]; 2],
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    match algorithm {
        Algorithm::Turned(layout) => {
            turned_of(shape, layout).input_gradient::<I>(shape, [dy, w], dx, scratch, team);
        }
        Algorithm::Columns => columns::input_gradient::<I>(shape, dy, w, dx, scratch, team),
        Algorithm::Depthwise => depthwise::input_gradient::<I>(shape, dy, w, dx, scratch, team),
    }
}

fn turned_of(shape: &Shape, layout: Layout) -> Repacked {
    match Repacked::turned(shape, |_, _| layout) {
        Some(turned) => turned,
        None => unreachable!("select turns no filter that cannot be"),
    }
}
