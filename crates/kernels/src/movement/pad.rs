//! Padding of a tensor of any rank.

use crate::error::{Code, Error};
use crate::strided::RANK_MAX;

/// What the border holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// One value.
    Constant(f32),
    /// The inside mirrored at its outermost element, which is not repeated; needs padding smaller
    /// than the dimension.
    Reflect,
    /// The outermost element.
    Replicate,
    /// The inside, repeated; needs padding no larger than the dimension.
    Circular,
}

/// One axis with its border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PadAxis {
    /// Input size.
    pub size: usize,
    /// Elements put before.
    pub before: usize,
    /// Elements put after.
    pub after: usize,
}

impl PadAxis {
    /// The size with its border.
    pub fn padded(&self) -> usize {
        self.before + self.size + self.after
    }

    /// The input index that output index `at` shows, or `None` for the constant.
    pub(super) fn source(&self, mode: Mode, at: usize) -> Option<usize> {
        if (self.before..self.before + self.size).contains(&at) {
            return Some(at - self.before);
        }
        let low = at < self.before;
        match mode {
            Mode::Constant(_) => None,
            Mode::Reflect if low => Some(self.before - at),
            Mode::Reflect => Some(2 * self.size + self.before - 2 - at),
            Mode::Replicate => Some(if low { 0 } else { self.size - 1 }),
            Mode::Circular if low => Some(at + self.size - self.before),
            Mode::Circular => Some(at - self.before - self.size),
        }
    }

    /// Fails with [`Code::Geometry`] for a border wider than the mode can fill.
    pub fn check(&self, mode: Mode) -> Result<(), Error> {
        let most = match mode {
            Mode::Constant(_) | Mode::Replicate => return Ok(()),
            Mode::Reflect => self.size - 1,
            Mode::Circular => self.size,
        };
        let pad = self.before.max(self.after);
        if pad <= most {
            return Ok(());
        }
        let size = self.size;
        let message = format!("padding of {pad} on a dimension of {size}, expected {most} at most");
        Err(Error::new(Code::Geometry, message))
    }
}

/// Version 0: `y[i, j, ...] = x[s(i), s(j), ...]`, one element at a time, with `s` the index that
/// the mode shows; the constant if any axis has none.
pub fn reference(axes: &[PadAxis], mode: Mode, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (mut rest, mut stride, mut at) = (i, 1, Some(0));
        for axis in axes.iter().rev() {
            let source = axis.source(mode, rest % axis.padded());
            rest /= axis.padded();
            at = at.zip(source).map(|(at, source)| at + source * stride);
            stride *= axis.size;
        }
        *y = match (at, mode) {
            (Some(at), _) => x[at],
            (None, Mode::Constant(value)) => value,
            (None, _) => f32::NAN,
        };
    }
}

/// Version 1: rows of the last axis that has a border, each element of it a block of `inner`
/// elements (the axes after it). What lies inside is one copy.
///
/// `axes` has 1 to [`RANK_MAX`] members, `x` and `y` are contiguous; `y` is written completely.
#[inline(never)]
pub fn pad(axes: &[PadAxis], inner: usize, mode: Mode, x: &[f32], y: &mut [f32]) {
    let (outer, last) = axes.split_at(axes.len() - 1);
    let last = last[0];
    let mut index = [0usize; RANK_MAX];
    for row in y.chunks_exact_mut(last.padded() * inner) {
        let source = outer.iter().zip(&index).try_fold(0, |at, (axis, &index)| {
            axis.source(mode, index).map(|source| at * axis.size + source)
        });
        match (source, mode) {
            (None, Mode::Constant(value)) => row.fill(value),
            (None, _) => unreachable!("only the constant mode has outputs without a source"),
            (Some(at), _) => {
                let from = &x[at * last.size * inner..][..last.size * inner];
                pad_row(last, inner, mode, from, row);
            }
        }
        for (axis, index) in outer.iter().zip(&mut index).rev() {
            *index += 1;
            if *index < axis.padded() {
                break;
            }
            *index = 0;
        }
    }
}

fn pad_row(axis: PadAxis, inner: usize, mode: Mode, from: &[f32], row: &mut [f32]) {
    let end = axis.before + axis.size;
    row[axis.before * inner..end * inner].copy_from_slice(from);
    for at in (0..axis.before).chain(end..axis.padded()) {
        let to = &mut row[at * inner..][..inner];
        match (axis.source(mode, at), mode) {
            (Some(source), _) => to.copy_from_slice(&from[source * inner..][..inner]),
            (None, Mode::Constant(value)) => to.fill(value),
            (None, _) => unreachable!("only the constant mode has outputs without a source"),
        }
    }
}
