//! Channels become blocks of pixels, or blocks of pixels channels.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::movement::shuffle::Shuffle;

#[derive(Debug)]
struct PixelShuffle {
    x: ValueId,
    y: ValueId,
    shuffle: Shuffle,
    inverse: bool,
}

/// The step from a coarse map, `[N, H, W, B * B * C]`, to the fine one, `[N, H * B, W * B, C]`, or
/// if `inverse` from the fine one to the coarse.
pub fn step(words: contract::PixelShuffle, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::PixelShuffle { x, y, n, h, w, c, block, block_first, inverse } = words;
    let len = checked_len("map", &[n, h, w, c, block, block])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    let shuffle = Shuffle { w, c, block, block_first };
    Ok(Box::new(PixelShuffle { x, y, shuffle, inverse }))
}

impl Step for PixelShuffle {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let x = rest.value(self.x);
        if self.inverse { self.shuffle.coarser(x, y) } else { self.shuffle.finer(x, y) }
    }
}
