//! Concatenation of those inputs that other steps did not write where they belong.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::movement::concat::place;
use receptive_kernels::part::Channels;
use receptive_kernels::team::{PASS, Team};

#[derive(Debug)]
struct Concat {
    y: ValueId,
    inputs: Vec<(ValueId, Channels)>,
    row: usize,
    /// Of what is copied, in multiply-adds.
    cost: usize,
    team: Team,
}

/// The step that copies each input, `[outer, chunk]`, to the columns from `start` on of `y`,
/// `[outer, row]`. Fails with [`Code::Shape`](receptive_kernels::error::Code) for columns that the
/// row does not have.
pub fn step(words: contract::Concat, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Concat { y, outer, row, .. } = words;
    let mut inputs = Vec::with_capacity(words.inputs.len());
    let mut chunks = 0usize;
    for (k, input) in words.inputs.iter().enumerate() {
        let len = checked_len("input", &[outer, input.chunk])?;
        context.expect(&format!("input {k}"), input.x, len)?;
        inputs.push((input.x, Channels::new(row, input.start, input.chunk)?));
        chunks = chunks.saturating_add(input.chunk);
    }
    context.expect("output", y, checked_len("output", &[outer, row])?)?;
    let cost = chunks.saturating_mul(outer).saturating_mul(PASS);
    Ok(Box::new(Concat { y, inputs, row, cost, team: context.team }))
}

impl Step for Concat {
    fn access(&self) -> Access {
        let (reads, parts) = self.inputs.iter().copied().unzip();
        Access { reads, write: self.y, parts, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        self.team.split_rows(y, self.row, self.cost, |first, y| {
            let rows = first..first + y.len() / self.row;
            for &(x, Channels { row, first: start, count: chunk }) in &self.inputs {
                let x = &rest.value(x)[rows.start * chunk..rows.end * chunk];
                place(x, chunk, y, row, start);
            }
        });
    }
}
