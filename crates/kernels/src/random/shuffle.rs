//! Permutations, by Fisher and Yates' method (Durstenfeld 1964).

use super::stream::Stream;

/// The words of a stream, one after the other.
#[derive(Debug)]
struct Words {
    stream: Stream,
    next: u64,
}

impl Words {
    fn word(&mut self) -> u32 {
        self.next += 1;
        self.stream.word(self.next - 1)
    }

    /// A number below `bound`, all equally likely (Lemire 2019, arXiv 1805.10941): the upper half of
    /// a product, except where the lower half shows that some number would come once too often.
    fn below(&mut self, bound: u32) -> u32 {
        let mut product = u64::from(self.word()) * u64::from(bound);
        if (product as u32) < bound {
            let least = bound.wrapping_neg() % bound;
            while (product as u32) < least {
                product = u64::from(self.word()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }
}

/// Puts `indices` in random order; all orders are equally likely, as far as the seed goes.
///
/// # Panics
/// If there are 2^32 indices or more.
pub fn shuffle(stream: &Stream, indices: &mut [u32]) {
    let len = u32::try_from(indices.len()).expect("fewer than 2^32 indices");
    let mut words = Words { stream: *stream, next: 0 };
    for last in (1..len).rev() {
        let other = words.below(last + 1);
        indices.swap(last as usize, other as usize);
    }
}

/// Writes a random order of `0, 1, 2, ...`.
pub fn permutation(stream: &Stream, indices: &mut [u32]) {
    (0..).zip(&mut *indices).for_each(|(at, index)| *index = at);
    shuffle(stream, indices);
}
