//! Elements of an axis that indices name.

use crate::contract::Gather;
use crate::memory::Memory;
use crate::operand::Operand;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::movement::gather::gather;
use receptive_kernels::team::Team;

/// Whole numbers up to it are exact.
const AXIS_MAX: usize = 1 << 24;

#[derive(Debug)]
struct Gathered {
    x: Operand,
    indices: Operand,
    y: ValueId,
    axis: usize,
    inner: usize,
    team: Team,
}

/// The step from `x` `[outer, axis, inner]` and `indices` `[count]` to `y` `[outer, count, inner]`.
/// Fails with [`Code::Shape`](receptive_kernels::error::Code) for an axis of more than 2^24
/// elements.
pub fn step(words: Gather, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Gather { x, indices, y, outer, axis, inner, count } = words;
    if axis > AXIS_MAX {
        let message = format!("{axis} elements along the axis, at most {AXIS_MAX}");
        return Err(Error::new(Code::Shape, message));
    }
    x.expect("input", checked_len("input", &[outer, axis, inner])?, context)?;
    indices.expect("indices", count, context)?;
    context.expect("output", y, checked_len("output", &[outer, count, inner])?)?;
    Ok(Box::new(Gathered { x, indices, y, axis, inner, team: context.team }))
}

impl Step for Gathered {
    fn access(&self) -> Access {
        let reads = [self.x, self.indices].iter().filter_map(|operand| operand.value()).collect();
        Access { reads, write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let [x, indices] = [self.x, self.indices].map(|operand| operand.get(&rest, weights));
        gather(self.axis, self.inner, x, indices, y, &self.team);
    }
}
