//! Adaptive average pooling.

use crate::contract::AdaptiveAvgPool2d;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::pool::adaptive::{Sizes, adaptive_avg_pool2d};

/// The step from `x` `[N, H, W, C]` to `y` `[N, OH, OW, C]`.
pub fn step(pool: AdaptiveAvgPool2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let AdaptiveAvgPool2d { x, y, n, c, h, w, oh, ow } = pool;
    context.expect("input", x, checked_len("input", &[n, h, w, c])?)?;
    context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
    Ok(Box::new(pool))
}

impl Step for AdaptiveAvgPool2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, scratch: self.c, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let AdaptiveAvgPool2d { c, h, w, oh, ow, .. } = *self;
        adaptive_avg_pool2d(Sizes { c, h, w, oh, ow }, rest.value(self.x), y, scratch);
    }
}
