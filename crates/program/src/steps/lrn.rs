//! Local response normalisation across channels, op code 9: `x y rows C size alpha beta k`.

use super::rows::transform_rows;
use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::lrn::{Lrn, lrn};

#[derive(Debug)]
struct LrnStep {
    x: ValueId,
    y: ValueId,
    c: usize,
    lrn: Lrn,
}

/// Reads and checks an LRN step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y) = (words.size()?, words.size()?);
    let (rows, c) = (words.positive("rows")?, words.positive("channels")?);
    let size = words.positive("size")?;
    let (alpha, beta, k) = (words.float()?, words.float()?, words.float()?);
    if !(alpha.is_finite() && beta.is_finite() && k.is_finite()) {
        return Err(Error::new(Code::Argument, "alpha, beta or k of LRN is not finite"));
    }
    let len = checked_len("input", &[rows, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    Ok(Box::new(LrnStep { x, y, c, lrn: Lrn { size, alpha, beta, k } }))
}

impl Step for LrnStep {
    fn access(&self) -> Access {
        let scratch = self.lrn.scratch(self.c);
        Access {
            reads: vec![self.x],
            write: self.y,
            in_place: Some(self.x),
            scratch,
            ..Access::default()
        }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        transform_rows(memory, self.x, self.y, self.c, |row, scratch| lrn(&self.lrn, row, scratch));
    }
}
