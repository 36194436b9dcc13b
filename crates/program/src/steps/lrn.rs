//! Local response normalisation across channels.

use super::rows::transform_rows;
use crate::contract::Lrn;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::lrn;

#[derive(Debug)]
struct LocalResponse {
    x: ValueId,
    y: ValueId,
    c: usize,
    lrn: lrn::Lrn,
}

/// Checks the step.
pub fn step(words: Lrn, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Lrn { x, y, rows, c, size, alpha, beta, k } = words;
    if !(alpha.is_finite() && beta.is_finite() && k.is_finite()) {
        return Err(Error::new(Code::Argument, "alpha, beta or k of LRN is not finite"));
    }
    let len = checked_len("input", &[rows, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    Ok(Box::new(LocalResponse { x, y, c, lrn: lrn::Lrn { size, alpha, beta, k } }))
}

impl Step for LocalResponse {
    fn access(&self) -> Access {
        let (reads, scratch) = (vec![self.x], self.lrn.scratch(self.c));
        Access { reads, write: self.y, in_place: Some(self.x), scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        transform_rows(memory, self.x, self.y, self.c, |row, scratch| {
            lrn::lrn(&self.lrn, row, scratch);
        });
    }
}
