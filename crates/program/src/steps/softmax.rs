//! Softmax and its logarithm over any axis.

use super::rows::transform_rows;
use crate::contract::Softmax;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::softmax::softmax;

/// The step from `x` to `y`, both `[outer, axis, inner]`.
pub fn step(softmax: Softmax, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let len = checked_len("input", &[softmax.outer, softmax.axis, softmax.inner])?;
    context.expect("input", softmax.x, len)?;
    context.expect("output", softmax.y, len)?;
    Ok(Box::new(softmax))
}

impl Step for Softmax {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let block = self.axis * self.inner;
        transform_rows(memory, (self.x, self.y), block, &|blocks| {
            for block in blocks.chunks_exact_mut(block) {
                softmax(block, self.inner, self.log);
            }
        });
    }
}
