//! What a step of a program is. Each op implements [`Step`] in its own module of [`crate::steps`],
//! from the words that [`crate::contract`] names.

use crate::memory::Memory;
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, expect_len};
use receptive_kernels::part::Channels;
use receptive_kernels::team::Team;

/// Index of a value in the descriptor's table.
pub type ValueId = usize;

/// What a step touches, so that the arena can be planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Values read; the same value may stand twice.
    pub reads: Vec<ValueId>,
    /// The value written, never read before.
    pub write: ValueId,
    /// Further values written, likewise, each completely.
    pub further: Vec<ValueId>,
    /// Whether `write` and `further` were there before, and are changed where they lie: they are
    /// inputs of the program and outputs as well, and keep from run to run what is in them.
    pub changes: bool,
    /// The channels of it that are written, where other steps write the others; none if it is
    /// written completely.
    pub parts: Vec<Channels>,
    /// One of `reads` whose memory the written value may take over if nothing needs it later. The
    /// step must then be right when both are the same memory (see [`Memory::in_place`]), and write
    /// all of it.
    pub in_place: Option<ValueId>,
    /// Elements of scratch memory that all threads need together, dirty on entry.
    pub scratch: usize,
}

/// One decoded, checked step.
pub trait Step {
    /// What the step touches.
    fn access(&self) -> Access;

    /// Does the work. Everything was checked when the step was decoded: a panic here is a bug.
    fn run(&self, memory: &mut Memory, weights: &Weights);

    /// The name of the algorithm that was picked, for `summary()` and profiles.
    fn algorithm(&self) -> &'static str {
        "direct"
    }
}

/// What a step is checked against: the lengths of the values, the declared weights, the threads.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Elements of each value.
    pub lens: &'a [usize],
    /// Constants and filters.
    pub weights: &'a Weights,
    /// The threads that will run the step.
    pub team: Team,
}

impl Context<'_> {
    /// Fails with [`Code::Argument`] unless value `id` exists, with [`Code::Shape`] unless it has
    /// exactly `len` elements; `what` names it.
    pub fn expect(&self, what: &str, id: ValueId, len: usize) -> Result<(), Error> {
        let Some(&got) = self.lens.get(id) else {
            return Err(Error::new(
                Code::Argument,
                format!("{what} is value {id}, but there are {} values", self.lens.len()),
            ));
        };
        expect_len(what, len, got)
    }

    /// Fails with [`Code::Descriptor`] unless the values are different ones, those that are missing
    /// aside.
    pub fn distinct(&self, ids: &[Option<ValueId>]) -> Result<(), Error> {
        let twice = |(at, id): &(usize, &Option<ValueId>)| id.is_some() && ids[..*at].contains(id);
        match ids.iter().enumerate().find(twice) {
            Some((_, Some(id))) => {
                let message = format!("value {id} stands twice in a step");
                Err(Error::new(Code::Descriptor, message))
            }
            _ => Ok(()),
        }
    }
}
