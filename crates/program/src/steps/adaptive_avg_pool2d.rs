//! Adaptive average pooling, op code 6: `x y N C H W OH OW`.

use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::pool::adaptive::{Sizes, adaptive_avg_pool2d};

#[derive(Debug)]
struct AdaptiveAvgPool2d {
    x: ValueId,
    y: ValueId,
    sizes: Sizes,
}

/// Reads and checks an adaptive average pooling step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, n) = (words.size()?, words.size()?, words.positive("batch")?);
    let c = words.positive("channels")?;
    let (h, w) = (words.positive("height")?, words.positive("width")?);
    let (oh, ow) = (words.positive("output height")?, words.positive("output width")?);
    context.expect("input", x, checked_len("input", &[n, h, w, c])?)?;
    context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
    Ok(Box::new(AdaptiveAvgPool2d { x, y, sizes: Sizes { c, h, w, oh, ow } }))
}

impl Step for AdaptiveAvgPool2d {
    fn access(&self) -> Access {
        let scratch = self.sizes.c;
        Access { reads: vec![self.x], write: self.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        adaptive_avg_pool2d(self.sizes, rest.value(self.x), y, scratch);
    }
}
