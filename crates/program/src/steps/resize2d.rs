//! Resizing of channels-last maps, op code 17:
//! `x y mode(0 nearest 1 bilinear) N C H W OH OW scale_h scale_w align_corners`.

use crate::memory::Memory;
use crate::reader::Reader;
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

/// Reads and checks a resize step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y) = (words.size()?, words.size()?);
    let mode = match words.word()? {
        0 => Mode::Nearest,
        1 => Mode::Bilinear,
        other => {
            let message = format!("resize mode is {other}, expected 0 or 1");
            return Err(Error::new(Code::Descriptor, message));
        }
    };
    let (n, c) = (words.positive("batch")?, words.positive("channels")?);
    let (h, w) = (words.positive("height")?, words.positive("width")?);
    let (oh, ow) = (words.positive("output height")?, words.positive("output width")?);
    let (scale_h, scale_w, align_corners) = (words.float()?, words.float()?, words.flag()?);
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
