//! Normalisation of groups of channels over all pixels of an image.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::group::{self, group_norms, scratch_len};

#[derive(Debug)]
struct GroupNorm {
    words: contract::GroupNorm,
    /// Scratch elements, for all threads.
    scratch: usize,
}

/// The step from `x` to `y`, both `[N, pixels, C]`; `scale` and `shift` are constants `[C]`. Fails
/// with [`Code::Geometry`](receptive_kernels::error::Code) where channels do not divide into
/// groups.
pub fn step(words: contract::GroupNorm, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::GroupNorm { c, groups, .. } = words;
    if c % groups != 0 {
        let message = format!("{c} channels do not divide into {groups} groups");
        return Err(Error::new(Code::Geometry, message));
    }
    let len = checked_len("input", &[words.n, words.pixels, c])?;
    checked_len("sums", &[3, c])?;
    context.expect("input", words.x, len)?;
    context.expect("output", words.y, len)?;
    context.weights.expect_constant("scale", words.scale, c)?;
    context.weights.expect_constant("shift", words.shift, c)?;
    let scratch = scratch_len(c) * context.team.threads();
    Ok(Box::new(GroupNorm { words, scratch }))
}

impl Step for GroupNorm {
    fn access(&self) -> Access {
        let (reads, scratch) = (vec![self.words.x], self.scratch);
        Access { reads, write: self.words.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let contract::GroupNorm { x, y, scale, shift, activation, pixels, c, groups, eps, .. } =
            self.words;
        let team = memory.team();
        let (rest, y, scratch) = memory.write(y);
        let affine = (weights.constant(scale), weights.constant(shift));
        let norm = group::GroupNorm { pixels, c, groups, eps };
        group_norms(&norm, (affine, activation), rest.value(x), y, scratch, &team);
    }
}
