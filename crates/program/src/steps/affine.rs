//! A scale and a shift per channel, op code 8: `x y scale(constant) shift(constant) rows C act`.

use super::rows::transform_rows;
use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::norm::affine::affine;

#[derive(Debug)]
struct Affine {
    x: ValueId,
    y: ValueId,
    scale: usize,
    shift: usize,
    c: usize,
    act: Activation,
}

/// Reads and checks an affine step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, scale, shift) = (words.size()?, words.size()?, words.size()?, words.size()?);
    let (rows, c) = (words.positive("rows")?, words.positive("channels")?);
    let act = operands::activation(words)?;
    let len = checked_len("input", &[rows, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    context.weights.expect_constant("scale", scale, c)?;
    context.weights.expect_constant("shift", shift, c)?;
    Ok(Box::new(Affine { x, y, scale, shift, c, act }))
}

impl Step for Affine {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (scale, shift) = (weights.constant(self.scale), weights.constant(self.shift));
        transform_rows(memory, self.x, self.y, self.c, |row, _| {
            affine(row, scale, shift);
            self.act.apply(row);
        });
    }
}
