//! A mathematical function of each element.

use super::rows::transform_rows;
use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::elementwise::math;
use receptive_kernels::error::Error;

/// The step from `x` to `y`, both of `len` elements.
pub fn step(words: contract::Math, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    context.expect("input", words.x, words.len)?;
    context.expect("output", words.y, words.len)?;
    Ok(Box::new(words))
}

impl Step for contract::Math {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        transform_rows(memory, (self.x, self.y), 1, &|some| math::apply(self.function, some));
    }
}
