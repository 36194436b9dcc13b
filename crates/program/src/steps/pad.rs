//! Padding of a tensor of any rank.

use crate::contract::{self, PadMode};
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::movement::pad::{Mode, PadAxis, pad};

#[derive(Debug)]
struct Pad {
    x: ValueId,
    y: ValueId,
    mode: Mode,
    axes: Vec<PadAxis>,
    inner: usize,
}

/// The step from `x` of dimensions `dims` to `y`, which has `before` and `after` more along each.
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for a border wider than the mode
/// can fill.
pub fn step(words: contract::Pad, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Pad { x, y, mode, value, dims, before, after } = words;
    let mode = mode_of(mode, value);
    let (axes, inner) = axes_of(mode, [x, y], [&dims, &before, &after], context)?;
    Ok(Box::new(Pad { x, y, mode, axes, inner }))
}

/// The mode as the kernels take it; `value` is that of the constant one.
pub fn mode_of(mode: PadMode, value: f32) -> Mode {
    match mode {
        PadMode::Constant => Mode::Constant(value),
        PadMode::Reflect => Mode::Reflect,
        PadMode::Replicate => Mode::Replicate,
        PadMode::Circular => Mode::Circular,
    }
}

/// Axes with their borders, and elements of the block that the last of them has for an element.
///
/// `inside` has the dimensions, `padded` those with `before` and `after`. Fails with
/// [`Code::Shape`] where one of them has another length, with [`Code::Geometry`] where the mode
/// cannot fill such a border.
pub fn axes_of(
    mode: Mode,
    [inside, padded]: [ValueId; 2],
    [dims, before, after]: [&[usize]; 3],
    context: Context<'_>,
) -> Result<(Vec<PadAxis>, usize), Error> {
    let mut axes = Vec::with_capacity(dims.len());
    let mut sizes = Vec::with_capacity(dims.len());
    for ((&size, &before), &after) in dims.iter().zip(before).zip(after) {
        let axis = PadAxis { size, before, after };
        axis.check(mode)?;
        let total = before.checked_add(size).and_then(|sum| sum.checked_add(after));
        sizes.push(total.ok_or_else(|| {
            Error::new(Code::Geometry, format!("padding {before} and {after} is too large"))
        })?);
        axes.push(axis);
    }
    context.expect("input", inside, checked_len("input", dims)?)?;
    context.expect("output", padded, checked_len("output", &sizes)?)?;
    // Axes without a border at the end are one block; the first axis always stays.
    let mut inner = 1;
    while axes.len() > 1 && axes.last().is_some_and(|axis| axis.padded() == axis.size) {
        inner *= axes.pop().map_or(1, |axis| axis.size);
    }
    Ok((axes, inner))
}

impl Step for Pad {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        pad(&self.axes, self.inner, self.mode, rest.value(self.x), y);
    }
}
