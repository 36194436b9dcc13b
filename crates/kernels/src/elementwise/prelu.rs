//! Leaky ReLU with learned slopes (He et al. 2015, arXiv 1502.01852), op code 11:
//! `x y slope(constant) rows C n_slopes(1 or C)`.

use super::{CHUNK, transform_rows};
use crate::activation::Activation;
use crate::error::{Code, Error, checked_len};
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;

/// Version 0: `y[r, c] = x[r, c]` where positive, else `slope[c] * x[r, c]`; a single slope serves
/// all channels. NaN stays NaN.
pub fn reference(slope: &[f32], c: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let slope = if slope.len() == 1 { slope[0] } else { slope[i % c] };
        *y = if x[i] > 0.0 { x[i] } else { slope * x[i] };
    }
}

/// Version 1: one row of channels, in place. `row` and `slope` have `C` elements each.
pub fn prelu(row: &mut [f32], slope: &[f32]) {
    debug_assert_eq!(row.len(), slope.len());
    for (x, &slope) in row.iter_mut().zip(slope) {
        *x = if *x > 0.0 { *x } else { slope * *x };
    }
}

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
