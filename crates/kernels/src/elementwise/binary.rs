//! An operation on two tensors with broadcasting, as their sum or product: a stride of 0 repeats an operand along
//! that axis.

use super::CHUNK;
use crate::activation::Activation;
use crate::elementary::pow::pow;
use crate::extremes::{maximum, minimum};
use crate::strided::{RANK_MAX, merge};
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
    /// `a - b`
    Sub,
    /// The greater of both; NaN where one is NaN.
    Max,
    /// The lesser of both; NaN where one is NaN.
    Min,
    /// `a` to the power of `b`
    Pow,
    /// 1 where `a > b`, else 0
    Greater,
    /// 1 where `a >= b`, else 0
    GreaterEqual,
    /// 1 where `a == b`, else 0
    Equal,
}

impl Kind {
    /// Whether `a` and `b` may be exchanged.
    pub fn commutes(self) -> bool {
        matches!(self, Kind::Add | Kind::Mul | Kind::Max | Kind::Min | Kind::Equal)
    }

    /// The operation on two numbers.
    #[inline]
    pub fn value(self, a: f32, b: f32) -> f32 {
        match self {
            Kind::Add => a + b,
            Kind::Mul => a * b,
            Kind::Div => a / b,
            Kind::Sub => a - b,
            Kind::Max => maximum(a, b),
            Kind::Min => minimum(a, b),
            Kind::Pow => a.powf(b),
            Kind::Greater => truth(a > b),
            Kind::GreaterEqual => truth(a >= b),
            Kind::Equal => truth(a == b),
        }
    }
}

#[inline(always)]
fn truth(holds: bool) -> f32 {
    if holds { 1.0 } else { 0.0 }
}

/// Output dimensions and, for each operand, how far one step along each axis moves in it. Axes
/// along which both operands move as the output does are merged by [`Broadcast::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// Dimensions of the output.
    pub(super) dims: Vec<usize>,
    /// Strides of the first operand.
    pub(super) a: Vec<usize>,
    /// Strides of the second operand.
    pub(super) b: Vec<usize>,
}

impl Broadcast {
    /// Merges axes as [`merge`] does, whose preconditions hold here too.
    pub fn new(dims: &[usize], a: &[usize], b: &[usize]) -> Self {
        let (dims, [a, b]) = merge(dims, [a, b]);
        Broadcast { dims, a, b }
    }
}

/// Version 0: `y[i, j, ...] = f(a[i, j, ...] op b[i, j, ...])`, one element at a time.
///
/// `a` and `b` have the elements that their strides reach, `y` those of `shape`.
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
        *y = act.value(kind.value(a[at_a], b[at_b]));
    }
}

/// Version 1: rows of the last axis, in chunks that stay in cache: the chunk of `a` is written to
/// `y`, combined with that of `b`, then activated.
///
/// `a` and `b` have the elements that their strides reach. `y` is contiguous with the dimensions of
/// `shape`. `a` may be `None` if `y` already holds it, all of it, in place.
#[inline(never)]
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
                in_place(kind, out, b, steps[1]);
                act.apply(out);
            }
            advance(shape, &mut index, &mut at);
        }
    });
}

/// `out[i] = out[i] op values[i * step]`, at most [`CHUNK`] elements.
fn in_place(kind: Kind, out: &mut [f32], values: &[f32], step: usize) {
    match kind {
        // Loops for every step and kind are more code than they save time.
        _ if step > 1 => {
            let mut line = [0.0; CHUNK];
            expand(&mut line[..out.len()], values, step);
            in_place(kind, out, &line[..out.len()], 1);
        }
        Kind::Add => combine(out, values, step, |a, b| a + b),
        Kind::Mul => combine(out, values, step, |a, b| a * b),
        Kind::Div => combine(out, values, step, |a, b| a / b),
        Kind::Sub => combine(out, values, step, |a, b| a - b),
        Kind::Max | Kind::Min if step == 0 => bound_by(kind, out, values[0]),
        Kind::Max => combine(out, values, step, maximum),
        Kind::Min => combine(out, values, step, minimum),
        Kind::Pow => pow(out, values, step),
        Kind::Greater => compare(out, values, step, [1, 0]),
        Kind::GreaterEqual => compare(out, values, step, [1, 1]),
        Kind::Equal => compare(out, values, step, [0, 1]),
    }
}

/// 1 where what is asked for holds, to be greater or to be equal, else 0.
#[inline(never)]
fn compare(out: &mut [f32], values: &[f32], step: usize, [greater, equal]: [u32; 2]) {
    combine(out, values, step, |a, b| {
        ((u32::from(a > b) & greater) | (u32::from(a == b) & equal)) as f32
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

/// The greater or lesser of every element and one number. By the clamp that keeps NaN: a comparison
/// with a number that is known not to be NaN becomes an instruction that may lose those of `out`.
fn bound_by(kind: Kind, out: &mut [f32], bound: f32) {
    let (min, max) = match kind {
        _ if bound.is_nan() => return out.fill(f32::NAN),
        Kind::Max => (bound, f32::INFINITY),
        _ => (f32::NEG_INFINITY, bound),
    };
    Activation::Clip { min, max }.apply(out);
}

/// `out[i] = values[i * step]`, which has to be there.
#[inline]
pub(super) fn expand(out: &mut [f32], values: &[f32], step: usize) {
    match step {
        0 => out.fill(values[0]),
        1 => out.copy_from_slice(&values[..out.len()]),
        _ => out.iter_mut().zip(values.iter().step_by(step)).for_each(|(out, &v)| *out = v),
    }
}

/// For a `step` of 0 or 1.
#[inline(always)]
fn combine(out: &mut [f32], values: &[f32], step: usize, op: impl Fn(f32, f32) -> f32) {
    if step == 0 {
        let value = values[0];
        out.iter_mut().for_each(|out| *out = op(*out, value));
    } else {
        out.iter_mut().zip(values).for_each(|(out, &v)| *out = op(*out, v));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: [f32; 7] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, 1.0, -2.0, 0.5];

    /// `a` as it stands, beside a `b` of one number and of as many.
    fn check(kind: Kind, expected: impl Fn(f32, f32) -> f32) {
        for b in ODD {
            for (step, b) in [(0, vec![b]), (1, vec![b; ODD.len()])] {
                let shape = Broadcast::new(&[ODD.len()], &[1], &[step]);
                let mut y = ODD;
                binary((kind, Activation::None), &shape, None, &b, &mut y, &Team::SOLO);
                for (&a, y) in ODD.iter().zip(y) {
                    let expected = expected(a, b[0]);
                    let same = y == expected || (y.is_nan() && expected.is_nan());
                    assert!(same, "{kind:?} of {a} and {}: {y}, expected {expected}", b[0]);
                }
            }
        }
    }

    #[test]
    fn the_greater_or_lesser_of_nan_is_nan() {
        let nan = |a: f32, b: f32| (a.is_nan() || b.is_nan()).then_some(f32::NAN);
        check(Kind::Max, |a, b| nan(a, b).unwrap_or(a.max(b)));
        check(Kind::Min, |a, b| nan(a, b).unwrap_or(a.min(b)));
    }

    #[test]
    fn powers_are_those_of_the_standard() {
        check(Kind::Pow, |a, b| f64::from(a).powf(b.into()) as f32);
        check(Kind::Sub, |a, b| a - b);
    }

    #[test]
    fn comparisons_with_nan_do_not_hold() {
        check(Kind::Greater, |a, b| f32::from(u8::from(a > b)));
        check(Kind::GreaterEqual, |a, b| f32::from(u8::from(a >= b)));
        check(Kind::Equal, |a, b| f32::from(u8::from(a == b)));
    }
}
