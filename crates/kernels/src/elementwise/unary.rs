//! An activation as a step of its own, op code 10: `x y len act`. Without an activation it is a
//! copy, which in place costs nothing: how a reshape becomes a step.

use super::{CHUNK, transform_rows};
use crate::activation::Activation;
use crate::error::Error;
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;

/// Version 0: `y[i] = f(x[i])`, one element at a time. Version 1 is [`Activation::apply`].
pub fn reference(activation: Activation, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        *y = activation.value(x[i]);
    }
}

#[derive(Debug)]
struct Unary {
    x: ValueId,
    y: ValueId,
    activation: Activation,
}

/// Reads and checks a unary step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, len) = (words.size()?, words.size()?, words.positive("length")?);
    let activation = Activation::decode(words)?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    Ok(Box::new(Unary { x, y, activation }))
}

impl Step for Unary {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let activation = self.activation;
        transform_rows(memory, self.x, self.y, CHUNK, |row, _| activation.apply(row));
    }
}
