//! Sum, product or quotient of two tensors with broadcasting, op code 13:
//! `a b y kind(0 add 1 mul 2 div) act rank dims[rank] a_strides[rank] b_strides[rank]`, where an operand
//! is a value or a constant and a stride of 0 repeats it along that axis.

use crate::memory::Memory;
use crate::operands::{self, Operand};
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::binary::{Broadcast, Kind, binary};
use receptive_kernels::error::{Code, Error};

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
    let act = operands::activation(words)?;
    let (dims, len) = operands::dims(words, "output")?;
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
