//! A scale and a shift per channel.

use super::rows::transform_rows;
use crate::contract::Affine;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::norm::affine::affine;

/// The step from `x` to `y`, both `[rows, C]`; `scale` and `shift` are constants `[C]`.
pub fn step(affine: Affine, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let len = checked_len("input", &[affine.rows, affine.c])?;
    context.expect("input", affine.x, len)?;
    context.expect("output", affine.y, len)?;
    context.weights.expect_constant("scale", affine.scale, affine.c)?;
    context.weights.expect_constant("shift", affine.shift, affine.c)?;
    Ok(Box::new(affine))
}

impl Step for Affine {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (scale, shift) = (weights.constant(self.scale), weights.constant(self.shift));
        transform_rows(memory, (self.x, self.y), self.c, &|rows| {
            rows.chunks_exact_mut(self.c).for_each(|row| affine(row, scale, shift));
            self.activation.apply(rows);
        });
    }
}
