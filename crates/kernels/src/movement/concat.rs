//! Concatenation, op code 14: `y outer n` then n times `x chunk`.

use crate::error::{Code, Error, checked_len};
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;
use crate::team::Team;

/// Version 0: `y[o, j] = x_k[o, j - start_k]` for the input `k` whose chunk holds column `j`, one
/// element at a time. Input `k` is `[outer, chunk_k]`, `y` is `[outer, sum of chunks]`.
pub fn reference(inputs: &[(&[f32], usize)], y: &mut [f32]) {
    let row: usize = inputs.iter().map(|(_, chunk)| chunk).sum();
    for (i, y) in y.iter_mut().enumerate() {
        let (o, mut column) = (i / row, i % row);
        for &(x, chunk) in inputs {
            if column < chunk {
                *y = x[o * chunk + column];
                break;
            }
            column -= chunk;
        }
    }
}

/// Version 1, for one input: copies its `chunk` contiguous elements into each row of `y`, which has
/// `row` elements, from column `start` on.
pub fn place(x: &[f32], chunk: usize, y: &mut [f32], row: usize, start: usize) {
    debug_assert_eq!(x.len() / chunk, y.len() / row);
    for (from, to) in x.chunks_exact(chunk).zip(y.chunks_exact_mut(row)) {
        to[start..start + chunk].copy_from_slice(from);
    }
}

#[derive(Debug)]
struct Concat {
    y: ValueId,
    inputs: Vec<(ValueId, usize)>,
    row: usize,
    team: Team,
}

/// Reads and checks a concatenation step.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (y, outer, n) = (words.size()?, words.positive("outer size")?, words.positive("inputs")?);
    let mut inputs = Vec::with_capacity(n.min(words.remaining()));
    let mut row = 0usize;
    for k in 0..n {
        let (x, chunk) = (words.size()?, words.positive("chunk")?);
        context.expect(&format!("input {k}"), x, checked_len("input", &[outer, chunk])?)?;
        row = row.checked_add(chunk).ok_or_else(|| {
            Error::new(Code::Shape, format!("the chunks of {n} inputs have too many elements"))
        })?;
        inputs.push((x, chunk));
    }
    context.expect("output", y, checked_len("output", &[outer, row])?)?;
    Ok(Box::new(Concat { y, inputs, row, team: context.team }))
}

impl Step for Concat {
    fn access(&self) -> Access {
        let reads = self.inputs.iter().map(|&(x, _)| x).collect();
        Access { reads, write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let cost = y.len();
        self.team.split_rows(y, self.row, cost, |first, y| {
            let (rows, mut start) = (first..first + y.len() / self.row, 0);
            for &(x, chunk) in &self.inputs {
                let x = &rest.value(x)[rows.start * chunk..rows.end * chunk];
                place(x, chunk, y, self.row, start);
                start += chunk;
            }
        });
    }
}
