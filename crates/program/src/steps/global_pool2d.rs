//! Global average and max pooling.

use crate::contract::{GlobalPool2d, GlobalPoolKind};
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::pool::global::{global_avg, global_max};

/// The step from `x` `[N, HW, C]` to `y` `[N, C]`.
pub fn step(pool: GlobalPool2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let GlobalPool2d { x, y, n, hw, c, .. } = pool;
    context.expect("input", x, checked_len("input", &[n, hw, c])?)?;
    context.expect("output", y, checked_len("output", &[n, c])?)?;
    Ok(Box::new(pool))
}

impl Step for GlobalPool2d {
    fn access(&self) -> Access {
        let scratch = match self.kind {
            GlobalPoolKind::Avg => self.c,
            GlobalPoolKind::Max => 0,
        };
        Access { reads: vec![self.x], write: self.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let x = rest.value(self.x);
        match self.kind {
            GlobalPoolKind::Avg => global_avg(self.hw, self.c, x, y, scratch),
            GlobalPoolKind::Max => global_max(self.hw, self.c, x, y),
        }
    }
}
