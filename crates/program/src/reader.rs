//! Reads the words of a descriptor, never past its end.

use crate::contract::{MAX_RANK, NONE};
use receptive_kernels::error::{Code, Error};

/// A cursor over 32-bit words. Every read is checked, and fails with [`Code::Descriptor`] where the
/// words end before.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    words: &'a [u32],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the first of `words`.
    pub fn new(words: &'a [u32]) -> Self {
        Reader { words, at: 0 }
    }

    /// How many words are left.
    pub fn remaining(&self) -> usize {
        self.words.len() - self.at
    }

    /// The next word.
    // Once for the many places that read, none of which is hot.
    #[inline(never)]
    pub fn word(&mut self) -> Result<u32, Error> {
        let word = self.words.get(self.at).copied().ok_or_else(|| {
            Error::new(Code::Descriptor, format!("descriptor ends at word {}", self.at))
        })?;
        self.at += 1;
        Ok(word)
    }

    /// The next word as a size, an index or a value id.
    pub fn size(&mut self) -> Result<usize, Error> {
        Ok(self.word()? as usize)
    }

    /// The next word as a size of at least one, or [`Code::Geometry`] for 0; `what` names it.
    pub fn positive(&mut self, what: &str) -> Result<usize, Error> {
        match self.size()? {
            0 => Err(Error::new(Code::Geometry, format!("{what} is 0, expected at least 1"))),
            n => Ok(n),
        }
    }

    /// The next word as an id, where [`NONE`] means none.
    pub fn optional(&mut self) -> Result<Option<usize>, Error> {
        let word = self.word()?;
        Ok((word != NONE).then_some(word as usize))
    }

    /// The next word as a flag, 0 or 1, or [`Code::Descriptor`] for another.
    pub fn flag(&mut self) -> Result<bool, Error> {
        match self.word()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Error::new(Code::Descriptor, format!("flag is {other}, expected 0 or 1"))),
        }
    }

    /// The next word as the bits of an f32.
    pub fn float(&mut self) -> Result<f32, Error> {
        Ok(f32::from_bits(self.word()?))
    }

    /// The next `N` words as the bits of as many f32.
    pub fn floats<const N: usize>(&mut self) -> Result<[f32; N], Error> {
        let mut floats = [0.0; N];
        for float in &mut floats {
            *float = self.float()?;
        }
        Ok(floats)
    }

    /// The next `N` words as sizes.
    pub fn sizes<const N: usize>(&mut self) -> Result<[usize; N], Error> {
        let mut sizes = [0; N];
        for size in &mut sizes {
            *size = self.size()?;
        }
        Ok(sizes)
    }

    /// The next `n` words as sizes.
    pub fn list(&mut self, n: usize) -> Result<Vec<usize>, Error> {
        let mut section = self.section(n)?;
        (0..n).map(|_| section.size()).collect()
    }

    /// The rank of a tensor, from 1 to [`MAX_RANK`], and its dimensions, each at least 1. Returns
    /// the dimensions; fails with [`Code::Shape`] for another rank, with [`Code::Geometry`] for a
    /// dimension of 0.
    pub fn dims(&mut self) -> Result<Vec<usize>, Error> {
        let rank = self.size()?;
        if rank == 0 || rank > MAX_RANK {
            let message = format!("a tensor has {rank} dimensions, expected 1 to {MAX_RANK}");
            return Err(Error::new(Code::Shape, message));
        }
        (0..rank).map(|_| self.positive("dimension")).collect()
    }

    /// How many records follow, at least 1, and those, each by `read`. Fails with
    /// [`Code::Geometry`] for none, `what` names them, and as `read` does.
    pub fn records<T>(
        &mut self,
        what: &str,
        read: impl Fn(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let count = self.positive(what)?;
        // A record has at least one word: a count beyond that must not be allocated for.
        let mut records = Vec::with_capacity(count.min(self.remaining()));
        for _ in 0..count {
            records.push(read(self)?);
        }
        Ok(records)
    }

    /// The next `n` words as a reader of their own.
    pub fn section(&mut self, n: usize) -> Result<Reader<'a>, Error> {
        let rest = self.words.get(self.at..).and_then(|rest| rest.get(..n)).ok_or_else(|| {
            Error::new(Code::Descriptor, format!("section of {n} words passes the end"))
        })?;
        self.at += n;
        Ok(Reader::new(rest))
    }

    /// Fails with [`Code::Descriptor`] unless every word was read.
    pub fn end(&self) -> Result<(), Error> {
        match self.remaining() {
            0 => Ok(()),
            n => Err(Error::new(Code::Descriptor, format!("{n} words too many"))),
        }
    }
}
