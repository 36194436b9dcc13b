//! Global average and max pooling, op code 5: `x y kind(0 avg 1 max) N HW C`.

use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::pool::global::{global_avg, global_max};

#[derive(Debug)]
struct GlobalPool2d {
    x: ValueId,
    y: ValueId,
    max: bool,
    hw: usize,
    c: usize,
}

/// Reads and checks a global pooling step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y) = (words.size()?, words.size()?);
    let max = match words.word()? {
        0 => false,
        1 => true,
        other => {
            let message = format!("kind of global pooling is {other}, expected 0 or 1");
            return Err(Error::new(Code::Descriptor, message));
        }
    };
    let n = words.positive("batch")?;
    let (hw, c) = (words.positive("map size")?, words.positive("channels")?);
    context.expect("input", x, checked_len("input", &[n, hw, c])?)?;
    context.expect("output", y, checked_len("output", &[n, c])?)?;
    Ok(Box::new(GlobalPool2d { x, y, max, hw, c }))
}

impl Step for GlobalPool2d {
    fn access(&self) -> Access {
        let scratch = if self.max { 0 } else { self.c };
        Access { reads: vec![self.x], write: self.y, scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let x = rest.value(self.x);
        if self.max {
            global_max(self.hw, self.c, x, y);
        } else {
            global_avg(self.hw, self.c, x, y, scratch);
        }
    }
}
