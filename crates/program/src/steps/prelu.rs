//! Leaky ReLU with learned slopes, op code 11: `x y slope(constant) rows C n_slopes(1 or C)`.

use super::rows::transform_rows;
use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::CHUNK;
use receptive_kernels::elementwise::prelu::prelu;
use receptive_kernels::error::{Code, Error, checked_len};

#[derive(Debug)]
struct PRelu {
    x: ValueId,
    y: ValueId,
    slope: usize,
    c: usize,
    shared: bool,
}

/// Reads and checks a PReLU step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, slope) = (words.size()?, words.size()?, words.size()?);
    let (rows, c) = (words.positive("rows")?, words.positive("channels")?);
    let n_slopes = words.size()?;
    if n_slopes != 1 && n_slopes != c {
        let message = format!("{n_slopes} slopes for {c} channels, expected 1 or {c}");
        return Err(Error::new(Code::Shape, message));
    }
    let len = checked_len("input", &[rows, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    context.weights.expect_constant("slope", slope, n_slopes)?;
    Ok(Box::new(PRelu { x, y, slope, c, shared: n_slopes == 1 }))
}

impl Step for PRelu {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let slope = weights.constant(self.slope);
        if self.shared {
            let activation = Activation::LeakyRelu { slope: slope[0] };
            transform_rows(memory, self.x, self.y, CHUNK, |row, _| activation.apply(row));
        } else {
            transform_rows(memory, self.x, self.y, self.c, |row, _| prelu(row, slope));
        }
    }
}
