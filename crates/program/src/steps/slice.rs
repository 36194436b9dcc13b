//! Some of the elements of each row.

use crate::contract::Slice;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::movement::slice::slice;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Sliced {
    x: ValueId,
    y: ValueId,
    row: usize,
    chunk: usize,
    start: usize,
    team: Team,
}

/// The step from `x` `[outer, row]` to `y` `[outer, chunk]`, its columns from `start` on. Fails
/// with [`Code::Shape`](receptive_kernels::error::Code) for columns that the row does not have.
pub fn step(words: Slice, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Slice { x, y, outer, row, chunk, start } = words;
    if start.checked_add(chunk).is_none_or(|end| end > row) {
        let message = format!("{chunk} elements from {start} on do not fit into {row}");
        return Err(Error::new(Code::Shape, message));
    }
    context.expect("input", x, checked_len("input", &[outer, row])?)?;
    context.expect("output", y, checked_len("output", &[outer, chunk])?)?;
    Ok(Box::new(Sliced { x, y, row, chunk, start, team: context.team }))
}

impl Step for Sliced {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        slice(rest.value(self.x), self.row, self.start, self.chunk, y, &self.team);
    }
}
