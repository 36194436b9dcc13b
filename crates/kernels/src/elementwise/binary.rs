//! Sum, product or quotient of two tensors with broadcasting, op code 13:
//! `a b y kind(0 add 1 mul 2 div) act rank dims[rank] a_strides[rank] b_strides[rank]`, where an operand
//! is a value or a constant and a stride of 0 repeats it along that axis.

use super::CHUNK;
use crate::activation::Activation;
use crate::error::{Code, Error};
use crate::program::memory::{Memory, Rest};
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;
use crate::strided::{RANK_MAX, decode_dims};

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
    kind: Kind,
    act: Activation,
    shape: &Broadcast,
    a: Option<&[f32]>,
    b: &[f32],
    y: &mut [f32],
) {
    let last = shape.dims.len() - 1;
    let (row, step_a, step_b) = (shape.dims[last], shape.a[last], shape.b[last]);
    let mut index = [0usize; RANK_MAX];
    let (mut at_a, mut at_b) = (0, 0);
    for out in y.chunks_exact_mut(row) {
        for (i, out) in out.chunks_mut(CHUNK).enumerate() {
            let done = i * CHUNK;
            if let Some(a) = a {
                expand(out, &a[at_a + done * step_a..], step_a);
            }
            let b = &b[at_b + done * step_b..];
            match kind {
                Kind::Add => combine(out, b, step_b, |a, b| a + b),
                Kind::Mul => combine(out, b, step_b, |a, b| a * b),
                Kind::Div => combine(out, b, step_b, |a, b| a / b),
            }
            act.apply(out);
        }
        for axis in (0..last).rev() {
            index[axis] += 1;
            at_a += shape.a[axis];
            at_b += shape.b[axis];
            if index[axis] < shape.dims[axis] {
                break;
            }
            index[axis] = 0;
            at_a -= shape.a[axis] * shape.dims[axis];
            at_b -= shape.b[axis] * shape.dims[axis];
        }
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

/// A value or a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operand {
    Value(ValueId),
    Constant(usize),
}

impl Operand {
    const CONSTANT: u32 = 0x8000_0000;

    fn decode(words: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match words.word()? {
            u32::MAX => return Err(Error::new(Code::Descriptor, "operand is missing")),
            word if word & Self::CONSTANT != 0 => {
                Operand::Constant((word & !Self::CONSTANT) as usize)
            }
            word => Operand::Value(word as usize),
        })
    }

    fn expect(self, what: &str, len: usize, context: Context<'_>) -> Result<(), Error> {
        match self {
            Operand::Value(id) => context.expect(what, id, len),
            Operand::Constant(id) => context.weights.expect_constant(what, id, len),
        }
    }

    fn get<'a>(self, rest: &'a Rest<'_>, weights: &'a Weights) -> &'a [f32] {
        match self {
            Operand::Value(id) => rest.value(id),
            Operand::Constant(id) => weights.constant(id),
        }
    }

    fn value(self) -> Option<ValueId> {
        match self {
            Operand::Value(id) => Some(id),
            Operand::Constant(_) => None,
        }
    }
}

/// Elements of a tensor whose last element lies where the last index along every axis leads.
fn reach(dims: &[usize], strides: &[usize]) -> Option<usize> {
    let mut pairs = dims.iter().zip(strides);
    pairs.try_fold(1usize, |len, (&dim, &stride)| len.checked_add((dim - 1).checked_mul(stride)?))
}

#[derive(Debug)]
struct Binary {
    a: Operand,
    b: Operand,
    y: ValueId,
    kind: Kind,
    act: Activation,
    shape: Broadcast,
    /// Whether `y` may take over the memory of `a`.
    a_is_whole: bool,
}

/// Reads and checks a binary step. Each operand must have exactly the elements its strides reach.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (mut a, mut b) = (Operand::decode(words)?, Operand::decode(words)?);
    let y = words.size()?;
    let kind = match words.word()? {
        0 => Kind::Add,
        1 => Kind::Mul,
        2 => Kind::Div,
        other => {
            let message = format!("kind of binary op is {other}, expected 0 to 2");
            return Err(Error::new(Code::Descriptor, message));
        }
    };
    let act = Activation::decode(words)?;
    let (dims, len) = decode_dims(words, "output")?;
    let mut strides = || dims.iter().map(|_| words.size()).collect::<Result<Vec<_>, _>>();
    let (mut a_strides, mut b_strides) = (strides()?, strides()?);
    for (what, operand, strides) in [("first", a, &a_strides), ("second", b, &b_strides)] {
        let reach = reach(&dims, strides).ok_or_else(|| {
            Error::new(Code::Shape, format!("strides {strides:?} of the {what} operand overflow"))
        })?;
        operand.expect(&format!("{what} operand"), reach, context)?;
    }
    context.expect("output", y, len)?;
    // Of kinds that commute, whichever operand is read as it lies, and as a value, goes first, since
    // its memory can be reused.
    let whole = |operand: Operand, strides: &[usize]| {
        operand.value().is_some() && is_contiguous(&dims, strides)
    };
    if kind != Kind::Div && !whole(a, &a_strides) && whole(b, &b_strides) {
        (a, b, a_strides, b_strides) = (b, a, b_strides, a_strides);
    }
    let a_is_whole = whole(a, &a_strides) && a != b;
    let shape = Broadcast::new(&dims, &a_strides, &b_strides);
    Ok(Box::new(Binary { a, b, y, kind, act, shape, a_is_whole }))
}

fn is_contiguous(dims: &[usize], strides: &[usize]) -> bool {
    let mut expected = 1;
    dims.iter().zip(strides).rev().all(|(&dim, &stride)| {
        let fits = dim == 1 || stride == expected;
        expected *= dim;
        fits
    })
}

impl Step for Binary {
    fn access(&self) -> Access {
        let reads = self.a.value().into_iter().chain(self.b.value()).collect();
        let in_place = self.a.value().filter(|_| self.a_is_whole);
        Access { reads, write: self.y, in_place, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let in_place = self.a.value().is_some_and(|a| memory.in_place(a, self.y));
        let (rest, y, _) = memory.write(self.y);
        let a = (!in_place).then(|| self.a.get(&rest, weights));
        binary(self.kind, self.act, &self.shape, a, self.b.get(&rest, weights), y);
    }
}
