//! Splits several outputs of a step at the same rows.

use super::Team;
use super::split::{EACH, MAX_PIECES, parts, share};
use core::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Outputs that are split into runs of rows.
pub trait Shared: Sized + Send {
    /// The first `rows` rows, and the others.
    fn split(self, rows: usize) -> (Self, Self);
}

/// A slice of rows of `len` elements each; the last row may be shorter.
#[derive(Debug)]
pub struct Rows<'a, T> {
    /// The elements.
    pub values: &'a mut [T],
    /// Elements of a row.
    pub len: usize,
}

impl<'a, T> Rows<'a, T> {
    /// Rows of `len` elements.
    pub fn new(values: &'a mut [T], len: usize) -> Self {
        Rows { values, len }
    }
}

impl<T: Send> Shared for Rows<'_, T> {
    fn split(self, rows: usize) -> (Self, Self) {
        let middle = rows.saturating_mul(self.len).min(self.values.len());
        let (first, others) = self.values.split_at_mut(middle);
        (Rows::new(first, self.len), Rows::new(others, self.len))
    }
}

impl<A: Shared, B: Shared> Shared for (A, B) {
    fn split(self, rows: usize) -> (Self, Self) {
        let ((a, more_a), (b, more_b)) = (self.0.split(rows), self.1.split(rows));
        ((a, b), (more_a, more_b))
    }
}

impl<A: Shared, const K: usize> Shared for [A; K] {
    fn split(self, rows: usize) -> (Self, Self) {
        let mut others = [const { None }; K];
        let mut at = 0;
        let first = self.map(|one| {
            let (first, other) = one.split(rows);
            others[at] = Some(other);
            at += 1;
            first
        });
        (first, others.map(|other| other.expect("one for each member")))
    }
}

impl Team {
    /// Calls `work(rows, outputs)` for runs of the `rows` rows that all `outputs` have; `cost` is
    /// that of all rows together, in multiply-adds. Each row is computed by one thread.
    pub fn share<S: Shared>(
        &self,
        rows: usize,
        cost: usize,
        outputs: S,
        work: impl Fn(Range<usize>, S) + Sync,
    ) {
        let pieces = parts(self, rows, cost, EACH);
        if pieces == 1 {
            return work(0..rows, outputs);
        }
        // Each piece has a lock of its own and is taken once: no thread ever waits.
        let slots: [Mutex<Option<S>>; MAX_PIECES] = core::array::from_fn(|_| Mutex::new(None));
        let mut rest = outputs;
        for (index, slot) in slots[..pieces].iter().enumerate() {
            let (piece, others) = rest.split(share(rows, pieces, index).len());
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(piece);
            rest = others;
        }
        self.each(pieces, &|index, _| {
            let piece = slots[index].lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(piece) = piece {
                work(share(rows, pieces, index), piece);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_output_is_written_once() {
        for (threads, rows) in [(1, 5), (2, 5), (3, 7), (4, 2), (3, 0)] {
            let (mut a, mut b) = (vec![0u32; rows * 3], vec![0u8; rows * 2]);
            let outputs = [(Rows::new(&mut a, 3), Rows::new(&mut b, 2))];
            Team::eager(threads).share(rows, 1 << 20, outputs, |range, [(a, b)]| {
                assert_eq!((a.values.len(), b.values.len()), (range.len() * 3, range.len() * 2));
                a.values.iter_mut().for_each(|a| *a += 1);
                for (row, b) in range.zip(b.values.chunks_exact_mut(2)) {
                    b.iter_mut().for_each(|b| *b += 1 + row as u8);
                }
            });
            assert!(a.iter().all(|&a| a == 1), "{threads} threads, {rows} rows");
            assert!(b.iter().enumerate().all(|(i, &b)| usize::from(b) == 1 + i / 2));
        }
    }

    #[test]
    fn the_last_row_may_be_short() {
        let mut values = [0.0f32; 7];
        Team::eager(2).share(3, 1 << 20, Rows::new(&mut values, 3), |range, rows| {
            rows.values.iter_mut().for_each(|value| *value += 1.0 + range.start as f32);
        });
        assert_eq!(values, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0]);
    }
}
