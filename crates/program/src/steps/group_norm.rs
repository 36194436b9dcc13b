//! Normalisation of groups of channels over all pixels of an image.

use crate::contract::GroupNorm;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::group::{self, group_norm, scratch_len};

/// Checks the step.
pub fn step(norm: GroupNorm, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let GroupNorm { c, groups, .. } = norm;
    if c % groups != 0 {
        let message = format!("{c} channels do not divide into {groups} groups");
        return Err(Error::new(Code::Geometry, message));
    }
    let len = checked_len("input", &[norm.n, norm.pixels, c])?;
    checked_len("sums", &[3, c])?;
    context.expect("input", norm.x, len)?;
    context.expect("output", norm.y, len)?;
    context.weights.expect_constant("scale", norm.scale, c)?;
    context.weights.expect_constant("shift", norm.shift, c)?;
    Ok(Box::new(norm))
}

impl Step for GroupNorm {
    fn access(&self) -> Access {
        let scratch = scratch_len(self.c);
        Access { reads: vec![self.x], write: self.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let affine = (weights.constant(self.scale), weights.constant(self.shift));
        let GroupNorm { pixels, c, groups, eps, .. } = *self;
        let norm = group::GroupNorm { pixels, c, groups, eps };
        let image = pixels * c;
        for (x, y) in rest.value(self.x).chunks_exact(image).zip(y.chunks_exact_mut(image)) {
            group_norm(&norm, affine, x, y, scratch);
            self.activation.apply(y);
        }
    }
}
