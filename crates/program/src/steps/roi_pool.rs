//! RoIPool.

use crate::contract::RoiPool;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::roi::pool::roi_pool;
use receptive_kernels::roi::{Level, ROW};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Pooled {
    rois: ValueId,
    y: ValueId,
    x: ValueId,
    h: usize,
    w: usize,
    scale: f32,
    sizes: [usize; 3],
    team: Team,
}

/// The step from `x` `[N, H, W, C]` and `rois` `[rows, 5]` to `y` `[rows, OH, OW, C]`.
pub fn step(words: RoiPool, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let RoiPool { x, rois, y, n, c, rows, oh, ow, h, w, scale } = words;
    context.expect("regions", rois, checked_len("regions", &[rows, ROW])?)?;
    context.expect("maps", y, checked_len("maps", &[rows, oh, ow, c])?)?;
    context.expect("map", x, checked_len("map", &[n, h, w, c])?)?;
    Ok(Box::new(Pooled { rois, y, x, h, w, scale, sizes: [c, oh, ow], team: context.team }))
}

impl Step for Pooled {
    fn access(&self) -> Access {
        Access { reads: vec![self.x, self.rois], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let level = Level { x: rest.value(self.x), h: self.h, w: self.w, scale: self.scale };
        roi_pool(self.sizes, level, rest.value(self.rois), y, &self.team);
    }
}
