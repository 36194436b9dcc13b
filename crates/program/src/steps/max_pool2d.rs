//! Max pooling.

use super::pooling;
use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::Error;
use receptive_kernels::geometry::Window;
use receptive_kernels::pool::max::max_pool2d;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct MaxPool2d {
    x: ValueId,
    y: ValueId,
    window: Window,
    team: Team,
}

/// The step from `x` `[N, H, W, C]` to `y` `[N, OH, OW, C]`. Fails with
/// [`Code::Geometry`](receptive_kernels::error::Code) for a window without an output.
pub fn step(words: contract::MaxPool2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::MaxPool2d { x, y, n, window } = words;
    let window = pooling::window([x, y], n, &window, context)?;
    Ok(Box::new(MaxPool2d { x, y, window, team: context.team }))
}

impl Step for MaxPool2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        max_pool2d(&self.window, rest.value(self.x), y, &self.team);
    }
}
