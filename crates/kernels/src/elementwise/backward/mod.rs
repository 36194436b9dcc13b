//! Gradients of [`super::binary`]: sums of `dy`, times what the op says, over the axes along which
//! an operand was repeated; and sums of gradients.
//!
//! In reading order: 0 [`reference()`], one element of `dy` at a time, in f64; 1 [`binary`], rows of
//! the last axis in chunks. Where the first axis repeats the operand, blocks of it are summed apart
//! and joined by a tree, else each part of the operand is one thread's: the bits of a result do not
//! depend on the number of threads.

mod walk;

#[cfg(test)]
mod tests;

use super::CHUNK;
use super::binary::Broadcast;
use crate::cascade::{cascade_len, over_batch, over_batch_len, sum};
use crate::error::{Code, Error};
use crate::matrix::MatMut;
use crate::team::{Grid, PASS, Team, Units};
use walk::Walk;

/// What the forward does with two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`
    Div,
}

impl TryFrom<super::binary::Kind> for Kind {
    type Error = Error;

    /// Fails with [`Code::Argument`] for what has no gradient here.
    fn try_from(kind: super::binary::Kind) -> Result<Self, Error> {
        match kind {
            super::binary::Kind::Add => Ok(Kind::Add),
            super::binary::Kind::Mul => Ok(Kind::Mul),
            super::binary::Kind::Div => Ok(Kind::Div),
            super::binary::Kind::Sub => Ok(Kind::Sub),
            kind => Err(Error::new(Code::Argument, format!("{kind:?} has no gradient"))),
        }
    }
}

/// Which operand the gradient is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

/// The gradient that comes in and the operands of the forward.
#[derive(Debug, Clone, Copy)]
pub struct Operands<'a> {
    /// Contiguous, with the dimensions of the output.
    pub dy: &'a [f32],
    /// First operand; not read by [`Kind::Add`], [`Kind::Sub`], nor for its own gradient.
    pub a: &'a [f32],
    /// Second operand; not read by [`Kind::Add`], [`Kind::Sub`], nor for its own product.
    pub b: &'a [f32],
}

/// Version 0: adds the term of each element of `dy` to the element of the operand it came from.
pub fn reference(kind: Kind, side: Side, shape: &Broadcast, from: Operands<'_>, out: &mut [f64]) {
    out.fill(0.0);
    for (i, &dy) in from.dy.iter().enumerate() {
        let (mut rest, mut at_a, mut at_b) = (i, 0, 0);
        for axis in (0..shape.dims.len()).rev() {
            at_a += rest % shape.dims[axis] * shape.a[axis];
            at_b += rest % shape.dims[axis] * shape.b[axis];
            rest /= shape.dims[axis];
        }
        let (dy, a) = (f64::from(dy), || f64::from(from.a[at_a]));
        let b = || f64::from(from.b[at_b]);
        match (kind, side) {
            (Kind::Add | Kind::Sub, Side::A) => out[at_a] += dy,
            (Kind::Add, Side::B) => out[at_b] += dy,
            (Kind::Sub, Side::B) => out[at_b] -= dy,
            (Kind::Mul, Side::A) => out[at_a] += dy * b(),
            (Kind::Mul, Side::B) => out[at_b] += dy * a(),
            (Kind::Div, Side::A) => out[at_a] += dy / b(),
            (Kind::Div, Side::B) => out[at_b] -= dy * a() / (b() * b()),
        }
    }
}

impl Broadcast {
    fn strides(&self, side: Side) -> &[usize] {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }

    /// Elements of an operand.
    fn operand_len(&self, side: Side) -> usize {
        let axes = self.dims.iter().zip(self.strides(side));
        axes.map(|(&dim, &stride)| (dim - 1) * stride).sum::<usize>() + 1
    }
}

/// Elements of scratch that [`binary`] needs, for all threads.
pub fn scratch_len(shape: &Broadcast, side: Side, team: &Team) -> usize {
    let (first, rank) = (shape.strides(side)[0], shape.dims.len());
    match (first, rank) {
        (0, 1) => over_batch_len(shape.dims[0].div_ceil(CHUNK), 1, 1),
        (0, _) => over_batch_len(shape.dims[0], 1, shape.operand_len(side)),
        (_, 1) => 0,
        (each, _) => team.threads() * cascade_len(each),
    }
}

/// Version 1: the gradient of one operand, which is contiguous where it is not repeated.
///
/// `out` has the elements of the operand, `scratch` has [`scratch_len`] elements; both may hold
/// anything before.
///
/// # Panics
/// If `scratch` is too short.
pub fn binary(
    (kind, side): (Kind, Side),
    shape: &Broadcast,
    from: Operands<'_>,
    out: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let walk = Walk::new(kind, side, shape, from);
    let (rows, each) = (shape.dims[0], shape.strides(side)[0]);
    let cost = PASS * from.dy.len();
    match (each, shape.dims.len()) {
        (0, 1) => {
            let chunks = rows.div_ceil(CHUNK);
            let total = over_batch((chunks, 1), 1, cost, scratch, team, |chunk, total| {
                let range = chunk * CHUNK..rows.min((chunk + 1) * CHUNK);
                total.add(|total| walk.terms(range, |_, terms| total[0] += sum(terms) as f32));
            });
            out.copy_from_slice(total);
        }
        (0, _) => {
            let width = shape.operand_len(side);
            let total = over_batch((rows, 1), width, cost, scratch, team, |row, total| {
                total.add(|total| walk.sweep(1, walk.at(0, row), 0, total));
            });
            out.copy_from_slice(total);
        }
        (_, 1) => team.split_rows(out, 1, cost, |first, out| {
            walk.terms(first..first + out.len(), |at, terms| {
                out[at - first..][..terms.len()].copy_from_slice(terms);
            });
        }),
        (each, _) => {
            let grid = Grid::rows(team, rows, cost);
            let place = |[rows, _]: &Units| [rows.clone(), 0..each];
            let (out, scratch) = (MatMut::new(out, each), (scratch, cascade_len(each)));
            team.split(grid, out, scratch, place, |[rows, _], mut out, scratch| {
                for (at, row) in rows.enumerate() {
                    walk.reduce(1, walk.at(0, row), out.row(at), scratch);
                }
            });
        }
    }
}

/// `y += x`, of the same length: a value that is used twice sums its gradients.
#[inline]
pub fn accumulate(y: &mut [f32], x: &[f32]) {
    debug_assert_eq!(y.len(), x.len());
    for (y, &x) in y.iter_mut().zip(x) {
        *y += x;
    }
}

/// `y += x * scale`, of the same length.
#[inline]
pub fn add_scaled(y: &mut [f32], x: &[f32], scale: f32) {
    debug_assert_eq!(y.len(), x.len());
    for (y, &x) in y.iter_mut().zip(x) {
        *y += x * scale;
    }
}
