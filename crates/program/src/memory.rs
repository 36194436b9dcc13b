//! The arena: one allocation, ranges of it per value, lent as slices that cannot overlap.

use crate::step::ValueId;
use core::ops::Range;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::team::Team;

/// Arena and scratch of one program. Nothing here allocates after construction.
#[derive(Debug)]
pub struct Memory {
    arena: Vec<f32>,
    scratch: Vec<f32>,
    ranges: Vec<Range<usize>>,
    team: Team,
}

/// Everything of the arena but one value: what a step reads while it writes that value.
#[derive(Debug, Clone, Copy)]
pub struct Rest<'a> {
    low: &'a [f32],
    high: &'a [f32],
    high_start: usize,
    ranges: &'a [Range<usize>],
}

impl Rest<'_> {
    /// The elements of a value that does not share memory with the one being written.
    ///
    /// # Panics
    /// If it does, or there is no such value.
    pub fn value(&self, id: ValueId) -> &[f32] {
        let range = self.ranges[id].clone();
        if range.end <= self.low.len() {
            return &self.low[range];
        }
        &self.high[range.start - self.high_start..range.end - self.high_start]
    }
}

impl Memory {
    /// Memory for values at `ranges` of an arena of `arena_len` elements. Filled with NaN, so that
    /// reading what no step wrote shows. `team` runs the steps.
    ///
    /// Fails with [`Code::Memory`] where the allocator has no more.
    pub fn new(
        arena_len: usize,
        scratch_len: usize,
        ranges: Vec<Range<usize>>,
        team: Team,
    ) -> Result<Self, Error> {
        Ok(Memory { arena: dirty(arena_len)?, scratch: dirty(scratch_len)?, ranges, team })
    }

    /// The value being written, everything else to read from, and the scratch memory (at least as
    /// long as the step asked for, dirty).
    ///
    /// # Panics
    /// If there is no such value.
    pub fn write(&mut self, id: ValueId) -> (Rest<'_>, &mut [f32], &mut [f32]) {
        let range = self.ranges[id].clone();
        let (low, tail) = self.arena.split_at_mut(range.start);
        let (value, high) = tail.split_at_mut(range.len());
        let rest = Rest { low, high, high_start: range.end, ranges: &self.ranges };
        (rest, value, &mut self.scratch)
    }

    /// Several values at once, to be read or written, and the scratch memory. A value that is
    /// missing is empty.
    ///
    /// # Panics
    /// If two of them share memory, as one value that stands twice does, which
    /// [`crate::step::Context::distinct`] checks.
    pub fn several<const N: usize>(
        &mut self,
        ids: [Option<ValueId>; N],
    ) -> ([&mut [f32]; N], &mut [f32]) {
        let ranges = ids.map(|id| id.map_or(0..0, |id| self.ranges[id].clone()));
        let values = self.arena.get_disjoint_mut(ranges);
        (values.expect("values of a step do not overlap"), &mut self.scratch)
    }

    /// The threads that run the steps.
    pub fn team(&self) -> Team {
        self.team
    }

    /// Whether both values are the same memory, so that the step has to work in place.
    pub fn in_place(&self, read: ValueId, write: ValueId) -> bool {
        self.ranges[read] == self.ranges[write]
    }

    /// The elements of a value, for as long as no step writes over its memory.
    pub fn value(&self, id: ValueId) -> &[f32] {
        &self.arena[self.ranges[id].clone()]
    }

    /// The elements of a value, to be filled by the caller.
    pub fn value_mut(&mut self, id: ValueId) -> &mut [f32] {
        &mut self.arena[self.ranges[id].clone()]
    }

    /// Bytes of arena and scratch.
    pub fn bytes(&self) -> usize {
        (self.arena.len() + self.scratch.len()) * size_of::<f32>()
    }
}

fn dirty(len: usize) -> Result<Vec<f32>, Error> {
    let mut elements = Vec::new();
    elements
        .try_reserve_exact(len)
        .map_err(|_| Error::new(Code::Memory, format!("no memory for {len} elements")))?;
    elements.resize(len, f32::NAN);
    Ok(elements)
}
