//! Average pooling, op code 4: `x y N geom count_include_pad divisor`.

use super::pooling::Pooling;
use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::Error;
use receptive_kernels::pool::avg::{Divisor, avg_pool2d};

#[derive(Debug)]
struct AvgPool2d {
    pooling: Pooling,
    divisor: Divisor,
}

/// Reads and checks an average pooling step. A divisor of 0 means none is given.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let pooling = Pooling::decode(words, context)?;
    let include_pad = words.flag()?;
    let divisor = match words.word()? {
        0 if include_pad => Divisor::Padded,
        0 => Divisor::Inside,
        fixed => Divisor::Fixed(fixed),
    };
    Ok(Box::new(AvgPool2d { pooling, divisor }))
}

impl Step for AvgPool2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.pooling.x], write: self.pooling.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.pooling.y);
        avg_pool2d(&self.pooling.window, self.divisor, rest.value(self.pooling.x), y);
    }
}
