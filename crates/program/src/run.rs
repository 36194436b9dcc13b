//! A decoded program.

use crate::contract::{MAGIC, VERSION, decode};
use crate::memory::Memory;
use crate::order;
use crate::plan::{Layout, plan};
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use core::ops::Range;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::team::Team;

/// Reads the words of the step that has a code, checks them and boxes the step. An unknown code is
/// [`Code::Descriptor`].
pub type Decode = fn(u32, &mut Reader<'_>, Context<'_>) -> Result<Box<dyn Step>, Error>;

/// Steps over one planned arena.
pub struct Program {
    steps: Vec<Box<dyn Step>>,
    memory: Memory,
    inputs: Vec<ValueId>,
    outputs: Vec<ValueId>,
}

impl Program {
    /// Decodes and checks a descriptor, and allocates its arena and scratch for running it on
    /// `team`.
    ///
    /// Fails with [`Code::Descriptor`] for words that are no descriptor of this contract's version
    /// or values that are read before they are written, with [`Code::Memory`] where arena or
    /// scratch does not fit, and as the step fails that is wrong, whose index the error has.
    pub fn compile(words: &[u32], weights: &Weights, team: Team) -> Result<Self, Error> {
        Program::compile_by(decode, VERSION, words, weights, team)
    }

    /// The same for the steps of another contract, whose version the words must have.
    pub fn compile_by(
        decode: Decode,
        expected: u32,
        words: &[u32],
        weights: &Weights,
        team: Team,
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(words);
        let (magic, version) = (reader.word()?, reader.word()?);
        if (magic, version) != (MAGIC, expected) {
            let message = format!(
                "descriptor {magic:#x} version {version:#x}, expected {MAGIC:#x} version {expected:#x}"
            );
            return Err(Error::new(Code::Descriptor, message));
        }
        let counts = [reader.size()?, reader.size()?, reader.size()?, reader.size()?];
        let [values, inputs, outputs, steps] = counts;
        let lens = reader.list(values)?;
        let (inputs, outputs) = (reader.list(inputs)?, reader.list(outputs)?);
        let steps =
            decode_steps(decode, &mut reader, steps, Context { lens: &lens, weights, team })?;
        reader.end()?;
        let accesses: Vec<Access> = steps.iter().map(|step| step.access()).collect();
        order::check(&accesses, lens.len(), &inputs, &outputs)?;
        let layout = plan(&lens, &accesses, &inputs, &outputs);
        let memory = allocate(layout, team)?;
        Ok(Program { steps, memory, inputs, outputs })
    }

    /// Runs all steps, with the weights that the program was compiled with. Steps whose doc says so
    /// allocate lists of boxes; the others allocate nothing.
    pub fn run(&mut self, weights: &Weights) {
        for step in &self.steps {
            step.run(&mut self.memory, weights);
        }
    }

    /// Runs some of the steps, so that each can be timed. Fails with [`Code::Argument`] for steps
    /// that there are not, and then runs none.
    pub fn run_steps(&mut self, range: Range<usize>, weights: &Weights) -> Result<(), Error> {
        let count = self.steps.len();
        let steps = self.steps.get(range.clone()).ok_or_else(|| {
            Error::new(Code::Argument, format!("steps {range:?} of a program of {count}"))
        })?;
        for step in steps {
            step.run(&mut self.memory, weights);
        }
        Ok(())
    }

    /// The name of the algorithm of a step, or [`Code::Argument`] where there is no such step.
    pub fn algorithm(&self, step: usize) -> Result<&'static str, Error> {
        let step = self.steps.get(step);
        step.map(|step| step.algorithm()).ok_or_else(|| Error::new(Code::Argument, "no such step"))
    }

    /// The elements of an input, to be filled before a run. A run may overwrite them. Fails with
    /// [`Code::Argument`] where there is no such input.
    pub fn input_mut(&mut self, input: usize) -> Result<&mut [f32], Error> {
        let id =
            self.inputs.get(input).ok_or_else(|| Error::new(Code::Argument, "no such input"))?;
        Ok(self.memory.value_mut(*id))
    }

    /// The elements of an output, valid until the next run. Fails with [`Code::Argument`] where
    /// there is no such output.
    pub fn output(&self, output: usize) -> Result<&[f32], Error> {
        let id =
            self.outputs.get(output).ok_or_else(|| Error::new(Code::Argument, "no such output"))?;
        Ok(self.memory.value(*id))
    }

    /// Bytes of arena and scratch.
    pub fn bytes(&self) -> usize {
        self.memory.bytes()
    }
}

fn decode_steps(
    decode: Decode,
    reader: &mut Reader<'_>,
    count: usize,
    context: Context<'_>,
) -> Result<Vec<Box<dyn Step>>, Error> {
    // Each step has at least two words: a count beyond that must not be allocated for.
    let mut steps = Vec::with_capacity(count.min(reader.remaining() / 2));
    for at in 0..count {
        let step = decode_step(decode, reader, context).map_err(|error| error.at_step(at))?;
        steps.push(step);
    }
    Ok(steps)
}

fn decode_step(
    decode: Decode,
    reader: &mut Reader<'_>,
    context: Context<'_>,
) -> Result<Box<dyn Step>, Error> {
    let (op, len) = (reader.word()?, reader.size()?);
    let mut words = reader.section(len)?;
    let step = decode(op, &mut words, context)?;
    words.end()?;
    Ok(step)
}

fn allocate(layout: Option<Layout>, team: Team) -> Result<Memory, Error> {
    const MAX_BYTES: usize = isize::MAX as usize;
    let too_large = |what: &str, len: usize| {
        let (megabytes, most) = (len as u64 * size_of::<f32>() as u64 / 1_000_000, MAX_BYTES >> 20);
        let message =
            format!("{what} take {megabytes} MB, more than {most} MiB: give smaller inputs");
        Error::new(Code::Memory, message)
    };
    let layout = layout.ok_or_else(|| too_large("activations", usize::MAX))?;
    for (what, len) in [("activations", layout.arena_len), ("scratch", layout.scratch_len)] {
        if len > MAX_BYTES / size_of::<f32>() {
            return Err(too_large(what, len));
        }
    }
    Memory::new(layout.arena_len, layout.scratch_len, layout.ranges, team)
}
