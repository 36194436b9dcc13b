//! Elements of a tensor in another order, some of them, or some of them often.
//!
//! Transposition of any axes, a range with steps forwards or backwards and repetition are one
//! formula: an output index moves through the input by a stride of its own along each axis.

use crate::strided::RANK_MAX;
use crate::team::{PASS, Team};

/// Lines of the axis that is contiguous in the input, and elements of a line, that are moved at once.
const TILE: usize = 16;

/// One axis of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    dim: usize,
    /// Elements of the input from one index to the next; negative backwards, 0 for the same again.
    stride: isize,
    /// The same in the output.
    out: usize,
}

/// Where the output's elements lie in the input. Axes that can be one longer loop are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    axes: Vec<Axis>,
    first: usize,
}

impl View {
    /// The first element of the output is element `first` of the input. Index `i` of an axis lies
    /// `i * forth` elements behind it or `i * back` before it. None where some element would lie
    /// outside of the `len` elements of the input, a dimension is 0, or there are more than
    /// [`RANK_MAX`].
    pub fn new(
        len: usize,
        first: usize,
        dims: &[usize],
        forth: &[usize],
        back: &[usize],
    ) -> Option<Self> {
        let fits = dims.len() <= RANK_MAX && forth.len() == dims.len() && back.len() == dims.len();
        let reach = |strides: &[usize]| {
            let mut pairs = dims.iter().zip(strides);
            pairs.try_fold(0usize, |sum, (dim, stride)| {
                sum.checked_add(dim.checked_sub(1)?.checked_mul(*stride)?)
            })
        };
        let inside = first.checked_add(reach(forth)?)? < len && reach(back)? <= first;
        if !fits || !inside || isize::try_from(len).is_err() {
            return None;
        }
        let mut axes = vec![Axis { dim: 1, stride: 0, out: 0 }];
        for ((&dim, &forth), &back) in
            dims.iter().zip(forth).zip(back).filter(|((dim, ..), _)| **dim > 1)
        {
            let stride = forth as isize - back as isize;
            let last = axes.last_mut()?;
            // An outer axis goes on where the inner one ends.
            if last.dim == 1 {
                *last = Axis { dim, stride, out: 0 };
            } else if last.stride == stride * dim as isize {
                *last = Axis { dim: last.dim * dim, stride, out: 0 };
            } else {
                axes.push(Axis { dim, stride, out: 0 });
            }
        }
        let mut out = 1;
        for axis in axes.iter_mut().rev() {
            axis.out = out;
            out *= axis.dim;
        }
        Some(View { axes, first })
    }

    /// Whether the output is the first elements of the input as they lie.
    pub fn is_copy(&self) -> bool {
        let [axis] = self.axes[..] else { return false };
        self.first == 0 && (axis.stride == 1 || axis.dim == 1)
    }

    /// The part of the output that begins at index `first` of the first axis and has `dim` of them.
    fn part(&self, first: usize, dim: usize) -> Self {
        let mut part = self.clone();
        part.first = shifted(self.first, first, self.axes[0].stride);
        part.axes[0].dim = dim;
        part
    }
}

fn shifted(at: usize, steps: usize, stride: isize) -> usize {
    at.wrapping_add_signed(stride * steps as isize)
}

/// Version 0: `y[i, j, ...] = x[first + i * stride_i + j * stride_j + ...]`, one element at a time.
pub fn reference(view: &View, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let at = view
            .axes
            .iter()
            .fold(view.first, |at, axis| shifted(at, i / axis.out % axis.dim, axis.stride));
        *y = x[at];
    }
}

/// Version 1: lines of the last axis, which are copied where they are contiguous in the input. Where
/// another axis is, square tiles of both, so that every cache line that is read is used whole.
///
/// `x` has the elements that the view was made for, `y` those of the view, dirty.
pub fn rearrange(view: &View, x: &[f32], y: &mut [f32], team: &Team) {
    let cost = PASS * y.len();
    let row = view.axes[0].out;
    team.split_rows(y, row, cost, |first, y| {
        let part = view.part(first, y.len() / row);
        let last = part.axes[part.axes.len() - 1];
        let contiguous = part.axes.iter().rposition(|axis| axis.stride.abs() == 1 && axis.dim > 1);
        match contiguous {
            Some(fast) if last.stride.abs() > 1 => tiles(&part, fast, x, y),
            _ => lines(&part, x, y),
        }
    });
}

/// Calls `work` with the place in the input and in the output of every index of some axes.
fn each(axes: &[Axis], first: usize, mut work: impl FnMut(usize, usize)) {
    let mut index = [0usize; RANK_MAX];
    let (mut from, mut to) = (first, 0);
    loop {
        work(from, to);
        let mut axis = axes.len();
        loop {
            let Some(inner) = axis.checked_sub(1) else { return };
            axis = inner;
            let Axis { dim, stride, out } = axes[axis];
            index[axis] += 1;
            if index[axis] < dim {
                from = shifted(from, 1, stride);
                to += out;
                break;
            }
            index[axis] = 0;
            from = shifted(from, dim - 1, -stride);
            to -= (dim - 1) * out;
        }
    }
}

fn lines(view: &View, x: &[f32], y: &mut [f32]) {
    let (outer, last) = view.axes.split_at(view.axes.len() - 1);
    let Axis { dim, stride, .. } = last[0];
    each(outer, view.first, |from, to| line(x, from, stride, &mut y[to..][..dim]));
}

/// Elements of `x` from one on, by a stride.
#[inline]
fn line(x: &[f32], from: usize, stride: isize, to: &mut [f32]) {
    match stride {
        0 => to.fill(x[from]),
        1 => to.copy_from_slice(&x[from..][..to.len()]),
        2.. => to
            .iter_mut()
            .zip(x[from..].iter().step_by(stride as usize))
            .for_each(|(to, &x)| *to = x),
        _ => {
            let back = x[..=from].iter().rev().step_by(stride.unsigned_abs());
            to.iter_mut().zip(back).for_each(|(to, &x)| *to = x);
        }
    }
}

/// Of lines this short their columns are moved.
const FEW: usize = 4;

/// The contiguous axis of the input, for each index of the last one of the output.
fn columns(fast: Axis, last: Axis, from: usize, x: &[f32], y: &mut [f32]) {
    for i in 0..last.dim {
        let x = &x[shifted(from, i, last.stride)..][..fast.dim];
        y[i..].iter_mut().step_by(fast.out).zip(x).for_each(|(y, &x)| *y = x);
    }
}

fn tiles(view: &View, fast: usize, x: &[f32], y: &mut [f32]) {
    let mut outer = view.axes.clone();
    let last = outer.remove(outer.len() - 1);
    let fast = outer.remove(fast);
    // Of a short axis longer lines are moved.
    let long = TILE * TILE / TILE.min(fast.dim);
    each(&outer, view.first, |from, to| {
        if last.dim <= FEW && fast.stride == 1 {
            return columns(fast, last, from, x, &mut y[to..]);
        }
        for first_line in (0..fast.dim).step_by(TILE) {
            for first in (0..last.dim).step_by(long) {
                for at in first_line..fast.dim.min(first_line + TILE) {
                    let from = shifted(shifted(from, at, fast.stride), first, last.stride);
                    let to = &mut y[to + at * fast.out + first..][..long.min(last.dim - first)];
                    line(x, from, last.stride, to);
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    fn check(len: usize, first: usize, dims: &[usize], forth: &[usize], back: &[usize]) {
        let view = View::new(len, first, dims, forth, back).unwrap();
        let x = Random::new(len as u64).vector(len);
        let out: usize = dims.iter().product();
        let mut expected = vec![f32::NAN; out];
        // By the definition itself, which knows no merged axes.
        for (i, y) in expected.iter_mut().enumerate() {
            let (mut rest, mut at) = (i, first as isize);
            for axis in (0..dims.len()).rev() {
                let index = (rest % dims[axis]) as isize;
                at += index * (forth[axis] as isize - back[axis] as isize);
                rest /= dims[axis];
            }
            *y = x[at as usize];
        }
        let mut y = vec![f32::NAN; out];
        reference(&view, &x, &mut y);
        assert_eq!(y, expected, "reference of {dims:?} {forth:?} {back:?}");
        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
            let mut y = vec![f32::NAN; out];
            rearrange(&view, &x, &mut y, &team);
            assert_eq!(y, expected, "{dims:?} {forth:?} {back:?}, {} threads", team.threads());
        }
    }

    /// Row-major strides.
    fn strides(shape: &[usize]) -> Vec<usize> {
        (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
    }

    fn orders(rank: usize) -> Vec<Vec<usize>> {
        if rank == 0 {
            return vec![vec![]];
        }
        let longer = |order: Vec<usize>| {
            (0..rank).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, rank - 1);
                longer
            })
        };
        orders(rank - 1).into_iter().flat_map(longer).collect()
    }

    #[test]
    fn axes_in_any_order() {
        for shape in [
            &[1][..],
            &[7],
            &[5, 1],
            &[15, 16],
            &[17, 33],
            &[2, 3, 4],
            &[1, 16, 17],
            &[2, 3, 5, 4],
            &[3, 1, 18, 2],
            &[2, 1, 3, 2, 17],
        ] {
            let own = strides(shape);
            for order in orders(shape.len()) {
                let dims: Vec<_> = order.iter().map(|&axis| shape[axis]).collect();
                let forth: Vec<_> = order.iter().map(|&axis| own[axis]).collect();
                check(shape.iter().product(), 0, &dims, &forth, &vec![0; shape.len()]);
            }
        }
    }

    #[test]
    fn ranges_forwards_backwards_and_often() {
        // Every second line from the third on, columns backwards.
        check(20 * 33, 2 * 33 + 32, &[9, 33], &[66, 0], &[0, 1]);
        check(20 * 33, 19 * 33 + 30, &[20, 16], &[0, 0], &[33, 2]);
        check(12, 11, &[12], &[0], &[1]);
        check(1, 0, &[3, 4], &[0, 0], &[0, 0]);
        check(5, 4, &[2, 3, 1], &[0, 0, 7], &[0, 2, 0]);
        // Repeated along a new axis, and transposed at once.
        check(18 * 3, 0, &[2, 3, 18], &[0, 1, 3], &[0, 0, 0]);
        check(18 * 3, 17 * 3, &[3, 18], &[1, 0], &[0, 3]);
    }

    #[test]
    fn random_views() {
        let mut random = Random::new(11);
        for _ in 0..300 {
            let rank = 1 + random.below(5);
            let shape: Vec<_> = (0..rank).map(|_| 1 + random.below(19)).collect();
            let own = strides(&shape);
            let order = orders(rank).swap_remove(random.below(orders(rank).len()));
            let (mut dims, mut forth, mut back, mut first) = (vec![], vec![], vec![], 0);
            for axis in order {
                let step = 1 + random.below(3);
                let dim = 1 + random.below(shape[axis].div_ceil(step));
                let backwards = random.below(2) == 1;
                first += if backwards { (dim - 1) * step * own[axis] } else { 0 };
                dims.push(dim);
                forth.push(if backwards { 0 } else { step * own[axis] });
                back.push(if backwards { step * own[axis] } else { 0 });
            }
            check(shape.iter().product(), first, &dims, &forth, &back);
        }
    }

    #[test]
    fn what_lies_outside_is_refused() {
        for (len, first, dims, forth, back) in [
            (6, 0, &[2, 3][..], &[3, 2][..], &[0, 0][..]),
            (6, 6, &[1], &[0], &[0]),
            (6, 1, &[3], &[0], &[1]),
            (6, 0, &[0], &[1], &[0]),
            (6, 0, &[2], &[usize::MAX], &[0]),
            (6, 0, &[3], &[usize::MAX / 2 + 1], &[0]),
            (0, 0, &[1], &[0], &[0]),
            (6, 0, &[1; 9], &[0; 9], &[0; 9]),
            (6, 0, &[2, 2], &[1], &[0, 0]),
        ] {
            assert_eq!(
                View::new(len, first, dims, forth, back),
                None,
                "{dims:?} {forth:?} {back:?}"
            );
        }
        assert!(View::new(6, 0, &[2, 3], &[3, 1], &[0, 0]).unwrap().is_copy());
        assert!(!View::new(6, 0, &[3, 2], &[1, 3], &[0, 0]).unwrap().is_copy());
        assert!(!View::new(6, 1, &[5], &[1], &[0]).unwrap().is_copy());
    }
}
