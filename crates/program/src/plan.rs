//! Lays out the arena: which value lives where, from the first step that writes a part of it to the
//! last that reads it.
//!
//! Values are placed largest first at the lowest offset that no value alive at the same time
//! covers (greedy by size: Pisarchyk and Lee 2020, arXiv 2001.03288). A step that may work in
//! place takes over the memory of its operand when nothing needs the operand any more.

use crate::step::{Access, ValueId};
use core::cmp::Reverse;
use core::ops::Range;
use std::collections::BinaryHeap;

/// Values start at multiples of this many elements: a cache line.
const ALIGN: usize = 16;

/// Where everything is.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// Elements of the arena.
    pub arena_len: usize,
    /// Elements of scratch: what the neediest step wants.
    pub scratch_len: usize,
    /// Range of each value, in elements of the arena.
    pub ranges: Vec<Range<usize>>,
}

/// A set of values that share memory, and the steps over which they live.
#[derive(Debug, Clone)]
struct Block {
    len: usize,
    first: usize,
    last: usize,
    offset: usize,
}

/// Plans the arena for steps in order, which [`crate::order::check`] accepted. `lens`: elements of
/// each value. Inputs live from before the first step, outputs to after the last. Returns `None` if
/// the arena overflows.
pub fn plan(
    lens: &[usize],
    steps: &[Access],
    inputs: &[ValueId],
    outputs: &[ValueId],
) -> Option<Layout> {
    let end = steps.len() + 1;
    let mut last_use = vec![0; lens.len()];
    for (at, step) in steps.iter().enumerate() {
        for &read in &step.reads {
            last_use[read] = at + 1;
        }
        for &write in core::iter::once(&step.write).chain(&step.further) {
            last_use[write] = last_use[write].max(at + 1);
        }
    }
    for &output in outputs {
        last_use[output] = end;
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut block_of = vec![usize::MAX; lens.len()];
    for &input in inputs {
        if block_of[input] == usize::MAX {
            block_of[input] = blocks.len();
            blocks.push(Block { len: lens[input], first: 0, last: last_use[input], offset: 0 });
        }
    }
    for (at, step) in steps.iter().enumerate() {
        for &write in &step.further {
            // What is there already is changed.
            if block_of[write] == usize::MAX {
                block_of[write] = blocks.len();
                let last = last_use[write];
                blocks.push(Block { len: lens[write], first: at + 1, last, offset: 0 });
            }
        }
        if block_of[step.write] != usize::MAX {
            // A further part, or a change of what is there; the block lives long enough.
            continue;
        }
        let taken = step.in_place.filter(|&read| {
            last_use[read] == at + 1 && lens[read] == lens[step.write] && !inputs.contains(&read)
        });
        if let Some(read) = taken {
            let block = block_of[read];
            blocks[block].last = blocks[block].last.max(last_use[step.write]);
            block_of[step.write] = block;
        } else {
            block_of[step.write] = blocks.len();
            let last = last_use[step.write];
            blocks.push(Block { len: lens[step.write], first: at + 1, last, offset: 0 });
        }
    }
    let arena_len = place(&mut blocks)?;
    let ranges = block_of.iter().zip(lens).map(|(&block, &len)| {
        let start = blocks.get(block).map_or(0, |block| block.offset);
        // A value that no step writes and no caller fills has no memory.
        start..start + if block == usize::MAX { 0 } else { len }
    });
    let scratch_len = steps.iter().map(|step| step.scratch).max().unwrap_or(0);
    Some(Layout { arena_len, scratch_len, ranges: ranges.collect() })
}

/// Gives each block an offset and returns the length of the arena.
fn place(blocks: &mut [Block]) -> Option<usize> {
    let by_size = |(i, block): (usize, &Block)| (block.len, Reverse(i));
    let mut largest_first: BinaryHeap<_> = blocks.iter().enumerate().map(by_size).collect();
    let mut placed: Vec<usize> = Vec::new();
    let mut arena_len = 0usize;
    while let Some((len, Reverse(i))) = largest_first.pop() {
        let (first, last) = (blocks[i].first, blocks[i].last);
        let busy = placed
            .iter()
            .map(|&other| &blocks[other])
            .filter(|other| other.first <= last && first <= other.last)
            .map(|other| {
                Some((other.offset, (other.offset + other.len).checked_next_multiple_of(ALIGN)?))
            })
            .collect::<Option<Vec<(usize, usize)>>>()?;
        let offset = lowest_gap(len, &busy)?;
        blocks[i].offset = offset;
        arena_len = arena_len.max(offset.checked_add(len)?);
        placed.push(i);
    }
    Some(arena_len)
}

/// The lowest offset at which `len` elements overlap none of the busy `(start, end)`.
fn lowest_gap(len: usize, busy: &[(usize, usize)]) -> Option<usize> {
    let mut offset = 0usize;
    loop {
        let reach = offset.checked_add(len)?;
        let in_the_way = busy.iter().filter(|(start, end)| *start < reach && *end > offset);
        match in_the_way.map(|&(_, end)| end).max() {
            // Whatever starts before `reach` has to be passed: there is no room below its end.
            Some(end) => offset = end,
            None => return Some(offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(reads: &[usize], write: usize, in_place: Option<usize>) -> Access {
        Access { reads: reads.to_vec(), write, in_place, scratch: 7 * write, ..Access::default() }
    }

    #[test]
    fn a_chain_needs_two_buffers() {
        let steps: Vec<Access> = (0..5).map(|i| step(&[i], i + 1, None)).collect();
        let layout = plan(&[64; 6], &steps, &[0], &[5]).unwrap();
        assert_eq!(layout.arena_len, 128);
        assert_eq!(layout.scratch_len, 35);
    }

    #[test]
    fn in_place_only_when_nothing_reads_later() {
        let steps = [step(&[0], 1, None), step(&[1], 2, Some(1)), step(&[2], 3, Some(2))];
        let layout = plan(&[16; 4], &steps, &[0], &[3]).unwrap();
        assert_eq!(layout.ranges[1], layout.ranges[2]);
        assert_eq!(layout.ranges[2], layout.ranges[3]);
        let kept = plan(&[16; 4], &steps, &[0], &[1, 3]).unwrap();
        assert_ne!(kept.ranges[1], kept.ranges[2]);
        let input = plan(&[16; 2], &[step(&[0], 1, Some(0))], &[0], &[1]).unwrap();
        assert_ne!(input.ranges[0], input.ranges[1]);
    }

    #[test]
    fn overflow_is_no_plan() {
        let lens = [usize::MAX / 2 + 1, usize::MAX / 2 + 1];
        assert_eq!(plan(&lens, &[step(&[0], 1, None)], &[0], &[1]), None);
    }

    #[test]
    fn parts_are_written_into_one_block() {
        // Value 1 is written by the first and the last step before it is read.
        let steps = [step(&[0], 1, None), step(&[0], 2, None), step(&[2], 1, None)];
        let layout = plan(&[16; 3], &steps, &[0], &[1]).unwrap();
        assert_eq!(layout.arena_len, 48);
        let chain = [&steps[..], &[step(&[1], 3, Some(1))]].concat();
        let layout = plan(&[16; 4], &chain, &[0], &[3]).unwrap();
        assert_eq!(layout.ranges[1], layout.ranges[3]);
    }

    proptest! {
        /// Runs the plan on tokens: every read must find what was written last. Some values are
        /// written in two parts, the first of them several steps early, some together with the
        /// value before. The last two are kept from run to run and changed in between.
        #[test]
        fn no_value_is_overwritten_while_alive(
            lens in prop::collection::vec(1usize..40, 4..14),
            picks in prop::collection::vec(
                (0usize..14, 0usize..14, any::<bool>(), 0usize..5, 0usize..6),
                11,
            ),
        ) {
            let n = lens.len() - 2;
            // Each step with the range of its value that it writes.
            let mut steps: Vec<(Access, Range<usize>)> = Vec::new();
            for write in 1..n {
                let (a, b, in_place, early, kind) = picks[write - 1];
                let reads = [a, b].map(|pick| pick % (write + 2));
                let reads = reads.map(|pick| if pick < write { pick } else { n + pick - write });
                match steps.last_mut() {
                    Some((last, _)) if kind == 0 && !last.changes => {
                        last.further.push(write);
                        continue;
                    }
                    _ => {}
                }
                let (mut start, mut in_place) = (0, in_place);
                if early > 0 && lens[write] > 1 {
                    start = lens[write] / 2;
                    in_place = false;
                    let at = steps.len().saturating_sub(early - 1);
                    steps.insert(at, (step(&[0], write, None), 0..start));
                }
                in_place &= lens[reads[0]] == lens[write];
                let last = step(&reads, write, in_place.then_some(reads[0]));
                steps.push((last, start..lens[write]));
                let further = [vec![], vec![n + 1]];
                if let Some(further) = further.get(kind.wrapping_sub(1)) {
                    let change = step(&reads[1..], n, None);
                    let change = Access { further: further.clone(), changes: true, ..change };
                    steps.push((change, 0..lens[n]));
                }
            }
            let accesses: Vec<Access> = steps.iter().map(|(access, _)| access.clone()).collect();
            let layout = plan(&lens, &accesses, &[0, n, n + 1], &[n - 1, n, n + 1]).unwrap();
            let mut owner = vec![usize::MAX; layout.arena_len];
            let mut tokens: Vec<usize> = (0..lens.len()).collect();
            for input in [0, n, n + 1] {
                owner[layout.ranges[input].clone()].fill(input);
            }
            for (access, part) in &steps {
                for &read in &access.reads {
                    let value = &owner[layout.ranges[read].clone()];
                    prop_assert_eq!(value.len(), lens[read]);
                    prop_assert!(value.iter().all(|&o| o == tokens[read]));
                }
                for &write in access.further.iter().chain([&access.write]) {
                    if access.changes {
                        tokens[write] += lens.len();
                    }
                    let part = if write == access.write { part.clone() } else { 0..lens[write] };
                    owner[layout.ranges[write].clone()][part].fill(tokens[write]);
                }
            }
            for output in [n - 1, n, n + 1] {
                let value = &owner[layout.ranges[output].clone()];
                prop_assert!(value.iter().all(|&o| o == tokens[output]));
            }
        }
    }
}
