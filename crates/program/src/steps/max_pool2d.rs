//! Max pooling, op code 3: `x y N geom`.

use super::pooling::Pooling;
use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::Error;
use receptive_kernels::pool::max::max_pool2d;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct MaxPool2d(Pooling, Team);

/// Reads and checks a max pooling step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    Ok(Box::new(MaxPool2d(Pooling::decode(words, context)?, context.team)))
}

impl Step for MaxPool2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.0.x], write: self.0.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.0.y);
        max_pool2d(&self.0.window, rest.value(self.0.x), y, &self.1);
    }
}
