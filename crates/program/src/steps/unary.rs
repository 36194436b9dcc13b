//! An activation by itself, or a copy.

use super::rows::transform_rows;
use crate::contract::Unary;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::Error;

/// The step from `x` to `y`, both of `len` elements.
pub fn step(unary: Unary, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    context.expect("input", unary.x, unary.len)?;
    context.expect("output", unary.y, unary.len)?;
    Ok(Box::new(unary))
}

impl Step for Unary {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let activation = self.activation;
        transform_rows(memory, (self.x, self.y), 1, &|some| activation.apply(some));
    }
}
