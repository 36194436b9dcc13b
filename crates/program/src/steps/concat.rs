//! Concatenation, op code 14: `y outer row n` then n times `x chunk start`, for the inputs that
//! other steps did not write where they belong.

use crate::memory::Memory;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::movement::concat::place;
use receptive_kernels::part::Channels;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Concat {
    y: ValueId,
    inputs: Vec<(ValueId, Channels)>,
    row: usize,
    /// Elements that are copied.
    cost: usize,
    team: Team,
}

/// Reads and checks a concatenation step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (y, outer) = (words.size()?, words.positive("outer size")?);
    let (row, n) = (words.positive("row")?, words.positive("inputs")?);
    let mut inputs = Vec::with_capacity(n.min(words.remaining()));
    let mut chunks = 0usize;
    for k in 0..n {
        let (x, chunk, start) = (words.size()?, words.positive("chunk")?, words.size()?);
        context.expect(&format!("input {k}"), x, checked_len("input", &[outer, chunk])?)?;
        inputs.push((x, Channels::new(row, start, chunk)?));
        chunks = chunks.saturating_add(chunk);
    }
    context.expect("output", y, checked_len("output", &[outer, row])?)?;
    let cost = chunks.saturating_mul(outer);
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
