//! The words of a seed, numbered.

use super::philox::{LANES, lanes, philox4x32};

/// What random numbers are for: two purposes never share a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Initial weights; the id is that of the parameter.
    Init = 0,
    /// The order of the examples; the step is the epoch.
    Shuffle = 1,
    /// Masks; the id is that of the layer.
    Dropout = 2,
    /// Changes of the examples; the id is that of the transformation.
    Augmentation = 3,
    /// Which boxes a detector learns from; the id is that of the layer.
    Sampling = 4,
}

/// A sequence of random words. The key of the generator is `seed`, its counter is `(block, step,
/// id, purpose)`, where each block is four words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Seed of the whole run.
    pub seed: u64,
    /// What for.
    pub purpose: Purpose,
    /// Which parameter or layer.
    pub id: u32,
    /// Which step or epoch.
    pub step: u32,
}

/// Words that are computed together.
pub const BATCH: usize = 4 * LANES;

impl Stream {
    /// The stream of a seed at step 0.
    pub fn new(seed: u64, purpose: Purpose, id: u32) -> Self {
        Stream { seed, purpose, id, step: 0 }
    }

    /// The same stream at a step.
    #[must_use]
    pub fn at(self, step: u32) -> Self {
        Stream { step, ..self }
    }

    fn key(&self) -> [u32; 2] {
        [self.seed as u32, (self.seed >> 32) as u32]
    }

    fn counter(&self) -> [u32; 3] {
        [self.step, self.id, self.purpose as u32]
    }

    /// Word number `index`; a stream has 2^34 words and begins anew after them.
    pub fn word(&self, index: u64) -> u32 {
        let [step, id, purpose] = self.counter();
        philox4x32(self.key(), [(index / 4) as u32, step, id, purpose])[(index % 4) as usize]
    }

    /// Hands words `first` to `first + count` to `take`, up to [`BATCH`] at a time, each time with
    /// the number of words that have gone before.
    #[inline]
    pub fn words(&self, first: u64, count: usize, mut take: impl FnMut(usize, &[u32])) {
        let mut words = [0; BATCH];
        let skip = (first % 4) as usize;
        let mut block = (first / 4) as u32;
        let (mut done, mut from) = (0, skip);
        while done < count {
            lanes(self.key(), block, self.counter(), &mut words);
            let some = (BATCH - from).min(count - done);
            take(done, &words[from..from + some]);
            done += some;
            from = 0;
            block = block.wrapping_add(LANES as u32);
        }
    }
}

/// A word as a number of [0, 1): its upper 24 bits, all of which f32 holds.
#[inline(always)]
pub fn uniform(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / (1u32 << 24) as f32)
}

/// Two words as two numbers of the standard normal distribution (Box and Muller 1958), in f64
/// without the platform's functions. The largest are 6.7 away from 0.
pub fn normals(words: [u32; 2]) -> [f32; 2] {
    const TWO_32: f64 = (1u64 << 32) as f64;
    // In (0, 1]: the logarithm is finite.
    let (u, v) = ((f64::from(words[0]) + 1.0) / TWO_32, f64::from(words[1]) / TWO_32);
    let radius = (-2.0 * libm::log(u)).sqrt();
    let angle = core::f64::consts::TAU * v;
    [(radius * libm::cos(angle)) as f32, (radius * libm::sin(angle)) as f32]
}
