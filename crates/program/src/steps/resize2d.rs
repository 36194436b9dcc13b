//! Resizing of channels-last maps.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::resize::{Mode, Resize, ResizeAxis, bilinear, nearest};

#[derive(Debug)]
struct Resize2d {
    x: ValueId,
    y: ValueId,
    mode: Mode,
    resize: Resize,
}

/// The step from `x` `[N, H, W, C]` to `y` `[N, OH, OW, C]`. Fails with
/// [`Code::Geometry`](receptive_kernels::error::Code) for a scale that is negative or not finite.
pub fn step(words: contract::Resize2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Resize2d { x, y, mode, n, c, h, w, oh, ow, .. } = words;
    let contract::Resize2d { scale_h, scale_w, align_corners, .. } = words;
    let usable = |scale: f32| scale.is_finite() && scale >= 0.0;
    if !(usable(scale_h) && usable(scale_w)) {
        return Err(Error::new(Code::Geometry, "a resize step is below 0 or not finite"));
    }
    context.expect("input", x, checked_len("input", &[n, h, w, c])?)?;
    context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
    let axis = |size, out, scale| ResizeAxis { size, out, scale, align_corners };
    let resize = Resize { c, y: axis(h, oh, scale_h), x: axis(w, ow, scale_w) };
    Ok(Box::new(Resize2d { x, y, mode, resize }))
}

impl Step for Resize2d {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        match self.mode {
            Mode::Nearest => nearest(&self.resize, rest.value(self.x), y),
            Mode::Bilinear => bilinear(&self.resize, rest.value(self.x), y),
        }
    }
}
