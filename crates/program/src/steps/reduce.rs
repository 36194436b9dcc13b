//! Sums, products and extremes along an axis.

use crate::contract::Reduce;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::reduce::{Kind, reduce};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Reduced {
    x: ValueId,
    y: ValueId,
    kind: Kind,
    axis: usize,
    inner: usize,
    team: Team,
}

/// The step from `x` `[outer, axis, inner]` to `y` `[outer, inner]`.
pub fn step(words: Reduce, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Reduce { x, y, kind, outer, axis, inner } = words;
    context.expect("input", x, checked_len("input", &[outer, axis, inner])?)?;
    context.expect("output", y, checked_len("output", &[outer, inner])?)?;
    Ok(Box::new(Reduced { x, y, kind, axis, inner, team: context.team }))
}

impl Step for Reduced {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        reduce(self.kind, self.axis, self.inner, rest.value(self.x), y, &self.team);
    }
}
