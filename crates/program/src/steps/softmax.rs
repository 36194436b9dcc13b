//! Softmax and its logarithm over any axis, op code 12: `x y outer axis inner log(0/1)`.

use super::rows::transform_rows;
use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::softmax::softmax;

#[derive(Debug)]
struct Softmax {
    x: ValueId,
    y: ValueId,
    axis: usize,
    inner: usize,
    log: bool,
}

/// Reads and checks a softmax step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, outer) = (words.size()?, words.size()?, words.positive("outer size")?);
    let (axis, inner) = (words.positive("axis size")?, words.positive("inner size")?);
    let log = words.flag()?;
    let len = checked_len("input", &[outer, axis, inner])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    Ok(Box::new(Softmax { x, y, axis, inner, log }))
}

impl Step for Softmax {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let block = self.axis * self.inner;
        transform_rows(memory, self.x, self.y, block, |block, _| {
            softmax(block, self.inner, self.log);
        });
    }
}
