//! A scale and a shift per channel, op code 8: `x y scale(constant) shift(constant) rows C act`.

use crate::activation::Activation;
use crate::elementwise::transform_rows;
use crate::error::{Error, checked_len};
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;

/// Version 0: `y[r, c] = f(x[r, c] * scale[c] + shift[c])`. For a BatchNorm (Ioffe and Szegedy
/// 2015, arXiv 1502.03167) `scale = gamma / sqrt(var + eps)` and `shift = beta - mean * scale`.
pub fn reference(scale: &[f32], shift: &[f32], act: Activation, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let c = i % scale.len();
        *y = act.value(x[i] * scale[c] + shift[c]);
    }
}

/// Version 1: one row of channels, in place. All three slices have `C` elements.
pub fn affine(row: &mut [f32], scale: &[f32], shift: &[f32]) {
    debug_assert!(row.len() == scale.len() && row.len() == shift.len());
    for ((x, &scale), &shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = *x * scale + shift;
    }
}

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
    let act = Activation::decode(words)?;
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
