//! Leaky ReLU with learned slopes.

use super::rows::transform_rows;
use crate::contract::Prelu;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::elementwise::prelu::prelu;
use receptive_kernels::error::{Code, Error, checked_len};

/// The step from `x` to `y`, both `[rows, C]`; `slope` is a constant `[C]` or `[1]`. Fails with
/// [`Code::Shape`](receptive_kernels::error::Code) for another number of slopes.
pub fn step(prelu: Prelu, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Prelu { c, slopes, .. } = prelu;
    if slopes != 1 && slopes != c {
        let message = format!("{slopes} slopes for {c} channels, expected 1 or {c}");
        return Err(Error::new(Code::Shape, message));
    }
    let len = checked_len("input", &[prelu.rows, c])?;
    context.expect("input", prelu.x, len)?;
    context.expect("output", prelu.y, len)?;
    context.weights.expect_constant("slope", prelu.slope, slopes)?;
    Ok(Box::new(prelu))
}

impl Step for Prelu {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: Some(self.x), ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let maps = (self.x, self.y);
        let slope = weights.constant(self.slope);
        if self.slopes == 1 {
            let activation = Activation::LeakyRelu { slope: slope[0] };
            transform_rows(memory, maps, 1, &|some| activation.apply(some));
        } else {
            transform_rows(memory, maps, self.c, &|rows| {
                rows.chunks_exact_mut(self.c).for_each(|row| prelu(row, slope));
            });
        }
    }
}
