//! Normalisation of groups of channels over all pixels of an image, op code 18:
//! `x y scale(constant) shift(constant) N P C groups eps act`.

use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::group::{GroupNorm, group_norm, scratch_len};

#[derive(Debug)]
struct GroupNormStep {
    x: ValueId,
    y: ValueId,
    scale: usize,
    shift: usize,
    norm: GroupNorm,
    act: Activation,
}

/// Reads and checks a group normalisation step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, scale, shift) = (words.size()?, words.size()?, words.size()?, words.size()?);
    let (n, pixels) = (words.positive("images")?, words.positive("pixels")?);
    let (c, groups) = (words.positive("channels")?, words.positive("groups")?);
    let eps = words.float()?;
    let act = operands::activation(words)?;
    if c % groups != 0 {
        let message = format!("{c} channels do not divide into {groups} groups");
        return Err(Error::new(Code::Geometry, message));
    }
    let len = checked_len("input", &[n, pixels, c])?;
    checked_len("sums", &[3, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    context.weights.expect_constant("scale", scale, c)?;
    context.weights.expect_constant("shift", shift, c)?;
    let norm = GroupNorm { pixels, c, groups, eps };
    Ok(Box::new(GroupNormStep { x, y, scale, shift, norm, act }))
}

impl Step for GroupNormStep {
    fn access(&self) -> Access {
        let scratch = scratch_len(self.norm.c);
        Access { reads: vec![self.x], write: self.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let affine = (weights.constant(self.scale), weights.constant(self.shift));
        let image = self.norm.pixels * self.norm.c;
        for (x, y) in rest.value(self.x).chunks_exact(image).zip(y.chunks_exact_mut(image)) {
            group_norm(&self.norm, affine, x, y, scratch);
            self.act.apply(y);
        }
    }
}
