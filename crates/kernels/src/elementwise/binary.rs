//! Sum, product or quotient of two tensors with broadcasting: a stride of 0 repeats an operand along
//! that axis.

use super::CHUNK;
use crate::activation::Activation;
use crate::strided::RANK_MAX;
use crate::team::{PASS, Team};

/// What is done with two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `a + b`
    Add,
    /// `a * b`
    Mul,
    /// `a / b`
    Div,
}

/// Output dimensions and, for each operand, how far one step along each axis moves in it. Axes
/// along which both operands move as the output does are merged by [`Broadcast::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    pub(super) dims: Vec<usize>,
    pub(super) a: Vec<usize>,
    pub(super) b: Vec<usize>,
}

impl Broadcast {
    /// Merges what can be one longer loop; the last axis becomes as long as possible.
    ///
    /// `dims`, `a` and `b` have the same length; each dimension is at least 1.
    pub fn new(dims: &[usize], a: &[usize], b: &[usize]) -> Self {
        let mut merged = Broadcast { dims: vec![1], a: vec![0], b: vec![0] };
        for ((&dim, &a), &b) in dims.iter().zip(a).zip(b).filter(|((dim, _), _)| **dim > 1) {
            let last = merged.dims.len() - 1;
            // An outer axis goes on where the inner one ends.
            let outer = (merged.a[last], merged.b[last]);
            if merged.dims[last] == 1 {
                (merged.dims[last], merged.a[last], merged.b[last]) = (dim, a, b);
            } else if Some(outer.0) == a.checked_mul(dim) && Some(outer.1) == b.checked_mul(dim) {
                (merged.dims[last], merged.a[last], merged.b[last]) =
                    (merged.dims[last] * dim, a, b);
            } else {
                merged.dims.push(dim);
                merged.a.push(a);
                merged.b.push(b);
            }
        }
        merged
    }
}

/// Version 0: `y[i, j, ...] = f(a[i, j, ...] op b[i, j, ...])`, one element at a time.
pub fn reference(
    kind: Kind,
    act: Activation,
    shape: &Broadcast,
    a: &[f32],
    b: &[f32],
    y: &mut [f32],
) {
    for (i, y) in y.iter_mut().enumerate() {
        let (mut rest, mut at_a, mut at_b) = (i, 0, 0);
        for axis in (0..shape.dims.len()).rev() {
            let at = rest % shape.dims[axis];
            rest /= shape.dims[axis];
            at_a += at * shape.a[axis];
            at_b += at * shape.b[axis];
        }
        *y = act.value(match kind {
            Kind::Add => a[at_a] + b[at_b],
            Kind::Mul => a[at_a] * b[at_b],
            Kind::Div => a[at_a] / b[at_b],
        });
    }
}

/// Version 1: rows of the last axis, in chunks that stay in cache: the chunk of `a` is written to
/// `y`, combined with that of `b`, then activated.
///
/// `y` is contiguous with the dimensions of `shape`. `a` may be `None` if `y` already holds it, all
/// of it, in place.
pub fn binary(
    (kind, act): (Kind, Activation),
    shape: &Broadcast,
    a: Option<&[f32]>,
    b: &[f32],
    y: &mut [f32],
    team: &Team,
) {
    let last = shape.dims.len() - 1;
    let (row, steps) = (shape.dims[last], [shape.a[last], shape.b[last]]);
    // One row is shared out by elements, several are as they are.
    let unit = if last == 0 { 1 } else { row };
    team.split_rows(y, unit, PASS * y.len(), |first, y| {
        let (mut index, mut at) = start(shape, first);
        for out in y.chunks_mut(if last == 0 { y.len() } else { row }) {
            let [at_a, at_b] = at;
            for (i, out) in out.chunks_mut(CHUNK).enumerate() {
                let done = i * CHUNK;
                if let Some(a) = a {
                    expand(out, &a[at_a + done * steps[0]..], steps[0]);
                }
                let b = &b[at_b + done * steps[1]..];
                match kind {
                    Kind::Add => combine(out, b, steps[1], |a, b| a + b),
                    Kind::Mul => combine(out, b, steps[1], |a, b| a * b),
                    Kind::Div => combine(out, b, steps[1], |a, b| a / b),
                }
                act.apply(out);
            }
            advance(shape, &mut index, &mut at);
        }
    });
}

/// The index of a row, counted over all axes but the last, and where both operands have it; of the only
/// axis, the index of an element.
fn start(shape: &Broadcast, first: usize) -> ([usize; RANK_MAX], [usize; 2]) {
    let (mut index, mut at, mut rest) = ([0; RANK_MAX], [0; 2], first);
    for axis in (0..(shape.dims.len() - 1).max(1)).rev() {
        index[axis] = rest % shape.dims[axis];
        rest /= shape.dims[axis];
        at[0] += index[axis] * shape.a[axis];
        at[1] += index[axis] * shape.b[axis];
    }
    (index, at)
}

/// To the next row.
fn advance(shape: &Broadcast, index: &mut [usize; RANK_MAX], at: &mut [usize; 2]) {
    for axis in (0..shape.dims.len() - 1).rev() {
        index[axis] += 1;
        at[0] += shape.a[axis];
        at[1] += shape.b[axis];
        if index[axis] < shape.dims[axis] {
            break;
        }
        index[axis] = 0;
        at[0] -= shape.a[axis] * shape.dims[axis];
        at[1] -= shape.b[axis] * shape.dims[axis];
    }
}

#[inline]
pub(super) fn expand(out: &mut [f32], values: &[f32], step: usize) {
    match step {
        0 => out.fill(values[0]),
        1 => out.copy_from_slice(&values[..out.len()]),
        _ => out.iter_mut().zip(values.iter().step_by(step)).for_each(|(out, &v)| *out = v),
    }
}

#[inline(always)]
fn combine(out: &mut [f32], values: &[f32], step: usize, op: impl Fn(f32, f32) -> f32) {
    match step {
        0 => {
            let value = values[0];
            out.iter_mut().for_each(|out| *out = op(*out, value));
        }
        1 => out.iter_mut().zip(values).for_each(|(out, &v)| *out = op(*out, v)),
        _ => {
            out.iter_mut().zip(values.iter().step_by(step)).for_each(|(out, &v)| *out = op(*out, v))
        }
    }
}
