//! The taps of a row as SIMD wants them: four outputs at a time, two source pixels at a time, and
//! as many of them for every output, so that no branch depends on the place.

use super::taps::{Taps, zeros};
use crate::error::Error;
use crate::simd::pixels::{LANES, Pair, mix_four};

/// For each output of a row the first source pixel, and pairs of weights from there on.
#[derive(Debug)]
pub struct Columns {
    /// Outputs, filled up to whole groups of [`LANES`] by some without weight.
    first: Vec<usize>,
    /// `[outputs, pairs]`
    weights: Vec<Pair>,
    pairs: usize,
}

impl Columns {
    /// `from` is the length of the rows that the taps were made for.
    ///
    /// Fails with [`Code::Memory`](crate::error::Code::Memory) where the table does not fit.
    pub fn new(taps: &Taps, from: usize) -> Result<Self, Error> {
        let widest = taps.widest();
        let pairs = widest.div_ceil(2);
        let outputs = taps.len().next_multiple_of(LANES);
        let mut first = zeros(&[outputs])?;
        let mut weights: Vec<Pair> = zeros(&[outputs, pairs])?;
        for o in 0..taps.len() {
            let (start, of) = taps.of(o);
            // Where the photo ends the taps begin earlier, with weights of 0.
            first[o] = start.min(from - widest);
            for (k, &w) in (start - first[o]..).zip(of) {
                weights[o * pairs + k / 2].set(k % 2, w);
            }
        }
        Ok(Columns { first, weights, pairs })
    }

    /// Filters a row of pixels of `STRIDE` bytes; `row` goes on for [`SLACK`](crate::simd::pixels::SLACK) bytes behind the last.
    /// `out` has four bytes for each output, of which the fourth means nothing where `STRIDE` is 3.
    pub fn filter<const STRIDE: usize>(&self, row: &[u8], out: &mut [u8]) {
        let weights = self.weights.chunks_exact(LANES * self.pairs);
        let groups = self.first.chunks_exact(LANES).zip(weights);
        for ((first, weights), out) in groups.zip(out.chunks_exact_mut(4 * LANES)) {
            let first = first.first_chunk().expect("whole groups");
            let out = out.first_chunk_mut().expect("whole groups");
            mix_four::<STRIDE>(row, first, weights, out);
        }
    }
}
