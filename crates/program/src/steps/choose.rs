//! Of two tensors the one or the other, by a third.

use super::binary::reach;
use crate::contract;
use crate::memory::Memory;
use crate::operand::Operand;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::elementwise::choose::{Choice, choose};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Chosen {
    condition: ValueId,
    operands: [Operand; 2],
    y: ValueId,
    choice: Choice,
    team: Team,
}

/// The step from `condition`, a value, and `a` and `b`, values or constants, each of exactly the
/// elements that its strides reach, to `y`, contiguous, of dimensions `dims`. Fails with
/// [`Code::Shape`] where strides overflow.
pub fn step(words: contract::Choose, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Choose { condition, a, b, y, dims, .. } = &words;
    let strides = [&words.condition_strides[..], &words.a_strides, &words.b_strides];
    let operands = [Operand::Value(*condition), *a, *b];
    for ((what, operand), strides) in
        ["condition", "first operand", "second operand"].into_iter().zip(operands).zip(strides)
    {
        let reach = reach(dims, strides).ok_or_else(|| {
            Error::new(Code::Shape, format!("strides {strides:?} of the {what} overflow"))
        })?;
        operand.expect(what, reach, context)?;
    }
    context.expect("output", *y, checked_len("output", dims)?)?;
    let choice = Choice::new(dims, strides);
    let (condition, operands, y) = (*condition, [*a, *b], *y);
    Ok(Box::new(Chosen { condition, operands, y, choice, team: context.team }))
}

impl Step for Chosen {
    fn access(&self) -> Access {
        let operands = self.operands.iter().filter_map(|operand| operand.value());
        let reads = [self.condition].into_iter().chain(operands).collect();
        Access { reads, write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let operands = self.operands.map(|operand| operand.get(&rest, weights));
        choose(&self.choice, rest.value(self.condition), operands, y, &self.team);
    }
}
