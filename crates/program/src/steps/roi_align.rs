//! RoIAlign, over one map or a pyramid.

use crate::contract::{RoiAlign, RoiForm, RoiLevel};
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::roi::align::roi_align;
use receptive_kernels::roi::{Align, Canonical, Level, ROW};
use receptive_kernels::team::Team;

/// More samples along a side of a bin are a mistake, and would take for ever.
pub const MAX_SAMPLING: usize = 256;

impl RoiForm {
    /// What the kernel computes, and the rule of levels where `size` is positive. Fails with
    /// [`Code::Shape`] unless regions `[R, 5]` and their maps `[R, OH, OW, C]` are as long as it
    /// says, with [`Code::Geometry`] for more than [`MAX_SAMPLING`] samples.
    pub fn check(
        &self,
        [rois, y]: [ValueId; 2],
        context: Context<'_>,
    ) -> Result<(Align, Option<Canonical>), Error> {
        let RoiForm { c, oh, ow, sampling, aligned, mode, size, level, .. } = *self;
        context.expect("regions", rois, checked_len("regions", &[self.rois, ROW])?)?;
        context.expect("maps", y, checked_len("maps", &[self.rois, oh, ow, c])?)?;
        if sampling > MAX_SAMPLING {
            let message =
                format!("{sampling} samples along a side, expected {MAX_SAMPLING} at most");
            return Err(Error::new(Code::Geometry, message));
        }
        let canonical = (size > 0.0).then_some(Canonical { size, level });
        Ok((Align { c, oh, ow, sampling, aligned, mode }, canonical))
    }
}

#[derive(Debug)]
struct Aligned {
    rois: ValueId,
    y: ValueId,
    levels: Vec<RoiLevel>,
    align: Align,
    canonical: Option<Canonical>,
    team: Team,
}

/// The step from maps `[N, H, W, C]`, one for each level, and `rois` `[R, 5]` to `y`
/// `[R, OH, OW, C]`. Fails as [`RoiForm::check`].
pub fn step(words: RoiAlign, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let RoiAlign { rois, y, form, levels } = words;
    let (align, canonical) = form.check([rois, y], context)?;
    for (at, level) in levels.iter().enumerate() {
        let len = checked_len("map", &[form.n, level.h, level.w, form.c])?;
        context.expect(&format!("map {at}"), level.x, len)?;
    }
    Ok(Box::new(Aligned { rois, y, levels, align, canonical, team: context.team }))
}

impl Step for Aligned {
    fn access(&self) -> Access {
        let maps = self.levels.iter().map(|level| level.x);
        Access { reads: maps.chain([self.rois]).collect(), write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let map = |&RoiLevel { x, h, w, scale }: &RoiLevel| Level { x: rest.value(x), h, w, scale };
        let levels: Vec<Level<'_>> = self.levels.iter().map(map).collect();
        let rois = rest.value(self.rois);
        roi_align(&self.align, self.canonical, &levels, rois, y, &self.team);
    }
}
