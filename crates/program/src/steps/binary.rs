//! An operation on two tensors with broadcasting, as their sum or product.

use crate::contract;
use crate::memory::Memory;
use crate::operand::Operand;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::binary::{Broadcast, Kind, binary};
use receptive_kernels::error::{Code, Error, checked_len};

#[derive(Debug)]
struct Binary {
    a: Operand,
    b: Operand,
    y: ValueId,
    kind: Kind,
    activation: Activation,
    shape: Broadcast,
    /// Whether `y` may take over the memory of `a`.
    a_is_whole: bool,
}

/// The step from `a` and `b`, values or constants of exactly the elements that their strides reach,
/// to `y`, contiguous, of dimensions `dims`. Fails with [`Code::Shape`] where strides overflow.
pub fn step(words: contract::Binary, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Binary { mut a, mut b, y, op: kind, activation, dims, .. } = words;
    let (mut a_strides, mut b_strides) = (words.a_strides, words.b_strides);
    for (what, operand, strides) in [("first", a, &a_strides), ("second", b, &b_strides)] {
        let reach = reach(&dims, strides).ok_or_else(|| {
            Error::new(Code::Shape, format!("strides {strides:?} of the {what} operand overflow"))
        })?;
        operand.expect(&format!("{what} operand"), reach, context)?;
    }
    context.expect("output", y, checked_len("output", &dims)?)?;
    // Of kinds that commute, whichever operand is read as it lies, and as a value, goes first, since
    // its memory can be reused.
    let whole = |operand: Operand, strides: &[usize]| {
        operand.value().is_some() && is_contiguous(&dims, strides)
    };
    if kind.commutes() && !whole(a, &a_strides) && whole(b, &b_strides) {
        (a, b, a_strides, b_strides) = (b, a, b_strides, a_strides);
    }
    let a_is_whole = whole(a, &a_strides) && a != b;
    let shape = Broadcast::new(&dims, &a_strides, &b_strides);
    Ok(Box::new(Binary { a, b, y, kind, activation, shape, a_is_whole }))
}

/// Elements of a tensor whose last element lies where the last index along every axis leads.
/// None where that overflows, or a dimension is 0.
pub fn reach(dims: &[usize], strides: &[usize]) -> Option<usize> {
    let mut pairs = dims.iter().zip(strides);
    pairs.try_fold(1usize, |len, (&dim, &stride)| {
        len.checked_add(dim.checked_sub(1)?.checked_mul(stride)?)
    })
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
        let team = memory.team();
        let (rest, y, _) = memory.write(self.y);
        let a = (!in_place).then(|| self.a.get(&rest, weights));
        let b = self.b.get(&rest, weights);
        binary((self.kind, self.activation), &self.shape, a, b, y, &team);
    }
}
