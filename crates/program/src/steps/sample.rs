//! Maps sampled at places that are values themselves.

use crate::contract::Sample;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::sample::{Sampling, sample};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Sampled {
    x: ValueId,
    grid: ValueId,
    y: ValueId,
    sampling: Sampling,
    team: Team,
}

/// The step from `x` `[N, H, W, C]` and `grid` `[N, pixels, 2]` to `y` `[N, pixels, C]`.
pub fn step(words: Sample, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Sample { x, grid, y, n, h, w, c, pixels, mode, outside, align_corners } = words;
    context.expect("input", x, checked_len("input", &[n, h, w, c])?)?;
    context.expect("grid", grid, checked_len("grid", &[n, pixels, 2])?)?;
    context.expect("output", y, checked_len("output", &[n, pixels, c])?)?;
    let sampling = Sampling { c, size: [h, w], pixels, mode, outside, align_corners };
    Ok(Box::new(Sampled { x, grid, y, sampling, team: context.team }))
}

impl Step for Sampled {
    fn access(&self) -> Access {
        Access { reads: vec![self.x, self.grid], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        sample(&self.sampling, rest.value(self.x), rest.value(self.grid), y, &self.team);
    }
}
