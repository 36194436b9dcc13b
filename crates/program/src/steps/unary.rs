//! An activation as a step of its own, op code 10: `x y len act`. Without an activation it is a
//! copy, which in place costs nothing: how a reshape becomes a step.

use super::rows::transform_rows;
use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::CHUNK;
use receptive_kernels::error::Error;

#[derive(Debug)]
struct Unary {
    x: ValueId,
    y: ValueId,
    activation: Activation,
}

/// Reads and checks a unary step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, len) = (words.size()?, words.size()?, words.positive("length")?);
    let activation = operands::activation(words)?;
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
