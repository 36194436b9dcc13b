//! Position-sensitive RoIAlign and RoIPool.

use super::roi_align::MAX_SAMPLING;
use crate::contract::PsRoi;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::roi::position::{Position, position};
use receptive_kernels::roi::{Level, ROW};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Sensitive {
    rois: ValueId,
    y: ValueId,
    x: ValueId,
    h: usize,
    w: usize,
    scale: f32,
    kind: Position,
    team: Team,
}

/// The step from `x` `[N, H, W, C * OH * OW]` and `rois` `[rows, 5]` to `y` `[rows, OH, OW, C]`.
/// More than [`MAX_SAMPLING`] samples along a side of a bin are as many as that.
pub fn step(words: PsRoi, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let PsRoi { x, rois, y, n, c, rows, oh, ow, pool, sampling, h, w, scale } = words;
    context.expect("regions", rois, checked_len("regions", &[rows, ROW])?)?;
    context.expect("maps", y, checked_len("maps", &[rows, oh, ow, c])?)?;
    context.expect("map", x, checked_len("map", &[n, h, w, c, oh, ow])?)?;
    let kind = Position { c, oh, ow, sampling: (!pool).then_some(sampling.min(MAX_SAMPLING)) };
    Ok(Box::new(Sensitive { rois, y, x, h, w, scale, kind, team: context.team }))
}

impl Step for Sensitive {
    fn access(&self) -> Access {
        Access { reads: vec![self.x, self.rois], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let level = Level { x: rest.value(self.x), h: self.h, w: self.w, scale: self.scale };
        position(self.kind, level, rest.value(self.rois), y, &self.team);
    }
}
