//! The walk over `dy`, axis by axis, that keeps track of where both operands are.

use super::super::binary::{Broadcast, expand};
use super::{Kind, Operands, Side};
use crate::cascade::{Cascade, sum};
use core::ops::Range;

/// Terms that are computed at a time: they stay in the nearest cache, on the stack.
const TERMS: usize = 256;

/// Elements of `dy`, `a` and `b` at which a walk stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct At {
    y: usize,
    a: usize,
    b: usize,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    kind: Kind,
    side: Side,
    shape: &'a Broadcast,
    from: Operands<'a>,
}

impl<'a> Walk<'a> {
    /// The gradient of operand `side`, over the axes of `shape`.
    pub(super) fn new(kind: Kind, side: Side, shape: &'a Broadcast, from: Operands<'a>) -> Self {
        Walk { kind, side, shape, from }
    }

    /// Where index `index` along `axis` begins.
    pub(super) fn at(&self, axis: usize, index: usize) -> At {
        self.next(At::default(), axis, index)
    }

    fn next(&self, at: At, axis: usize, index: usize) -> At {
        let Broadcast { dims, a, b } = self.shape;
        let stride: usize = dims[axis + 1..].iter().product();
        At { y: at.y + index * stride, a: at.a + index * a[axis], b: at.b + index * b[axis] }
    }

    fn stride(&self, axis: usize) -> usize {
        self.shape.strides(self.side)[axis]
    }

    /// Writes the sum over `axis` and those after it to `out`, the part of the operand that they
    /// reach. `scratch` has what a cascade of `out` needs.
    pub(super) fn reduce(&self, axis: usize, at: At, out: &mut [f32], scratch: &mut [f32]) {
        let (count, stride) = (self.shape.dims[axis], self.stride(axis));
        if axis + 1 == self.shape.dims.len() {
            out.fill(0.0);
            self.sweep(axis, at, 0, out);
        } else if stride == 0 {
            let mut total = Cascade::new(scratch, out.len());
            for index in 0..count {
                total.add(|total| self.sweep(axis + 1, self.next(at, axis, index), 0, total));
            }
            out.copy_from_slice(total.finish());
        } else {
            for (index, out) in out.chunks_exact_mut(stride).enumerate() {
                self.reduce(axis + 1, self.next(at, axis, index), out, scratch);
            }
        }
    }

    /// Adds all terms of `axis` and those after it to `out`, from element `own` on.
    pub(super) fn sweep(&self, axis: usize, at: At, own: usize, out: &mut [f32]) {
        let (count, stride) = (self.shape.dims[axis], self.stride(axis));
        if axis + 1 < self.shape.dims.len() {
            for index in 0..count {
                self.sweep(axis + 1, self.next(at, axis, index), own + index * stride, out);
            }
            return;
        }
        if stride == 0 {
            let mut total = 0.0;
            self.terms_from(at, 0..count, |_, terms| total += sum(terms));
            out[own] += total as f32;
            return;
        }
        self.terms_from(at, 0..count, |first, terms| {
            let out = out[own + first * stride..].iter_mut().step_by(stride);
            out.zip(terms).for_each(|(out, &term)| *out += term);
        });
    }

    /// Hands the terms of a range of the only axis to `take`, in pieces, each with its first index.
    pub(super) fn terms(&self, range: Range<usize>, take: impl FnMut(usize, &[f32])) {
        self.terms_from(At::default(), range, take);
    }

    fn terms_from(&self, at: At, range: Range<usize>, mut take: impl FnMut(usize, &[f32])) {
        let last = self.shape.dims.len() - 1;
        let (step_a, step_b) = (self.shape.a[last], self.shape.b[last]);
        let (mut terms, mut others) = ([0.0; TERMS], [0.0; TERMS]);
        for first in range.clone().step_by(TERMS) {
            let count = TERMS.min(range.end - first);
            let (terms, others) = (&mut terms[..count], &mut others[..count]);
            let dy = &self.from.dy[at.y + first..][..count];
            let a = |to: &mut [f32]| expand(to, &self.from.a[at.a + first * step_a..], step_a);
            let b = |to: &mut [f32]| expand(to, &self.from.b[at.b + first * step_b..], step_b);
            match (self.kind, self.side) {
                (Kind::Add, _) | (Kind::Sub, Side::A) => {
                    take(first, dy);
                    continue;
                }
                (Kind::Sub, Side::B) => combine(terms, dy, |_, dy| -dy),
                (Kind::Mul, side) => {
                    if side == Side::A {
                        b(terms)
                    } else {
                        a(terms)
                    }
                    combine(terms, dy, |other, dy| dy * other);
                }
                (Kind::Div, Side::A) => {
                    b(terms);
                    combine(terms, dy, |b, dy| dy / b);
                }
                (Kind::Div, Side::B) => {
                    a(terms);
                    b(others);
                    // The quotient first: the square of `b` may not fit f32.
                    combine(terms, others, |a, b| (a / b) / b);
                    combine(terms, dy, |ratio, dy| -dy * ratio);
                }
            }
            take(first, terms);
        }
    }
}

#[inline(always)]
fn combine(terms: &mut [f32], with: &[f32], f: impl Fn(f32, f32) -> f32) {
    terms.iter_mut().zip(with).for_each(|(term, &with)| *term = f(*term, with));
}
