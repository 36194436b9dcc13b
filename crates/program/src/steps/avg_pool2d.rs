//! Average pooling.

use super::pooling;
use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::Error;
use receptive_kernels::geometry::Window;
use receptive_kernels::pool::avg::{Divisor, avg_pool2d};

#[derive(Debug)]
struct AvgPool2d {
    x: ValueId,
    y: ValueId,
    window: Window,
    divisor: Divisor,
}

/// The step from `x` `[N, H, W, C]` to `y` `[N, OH, OW, C]`. A `divisor` of 0 counts the elements
/// of a window, those of padding too with `count_include_pad`.
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for a window without an output.
pub fn step(words: contract::AvgPool2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::AvgPool2d { x, y, n, window, count_include_pad, divisor } = words;
    let window = pooling::window([x, y], n, &window, context)?;
    let divisor = match divisor {
        0 if count_include_pad => Divisor::Padded,
        0 => Divisor::Inside,
        // It was read from a word.
        fixed => Divisor::Fixed(fixed as u32),
    };
    Ok(Box::new(AvgPool2d { x, y, window, divisor }))
}

impl Step for AvgPool2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        avg_pool2d(&self.window, self.divisor, rest.value(self.x), y);
    }
}
