//! Gradients of the ops that move elements.
//!
//! Of a concatenation, each input takes its columns back ([`super::slice`]). Of padding, the border
//! with a constant is cut off, and the borders of the other modes are added to what they show
//! ([`pad`]). A transposition is undone by [`super::transpose::transpose`] with rows and columns
//! exchanged.

use super::pad::{Mode, PadAxis};
use crate::elementwise::backward::accumulate;
use crate::strided::RANK_MAX;
use crate::team::{PASS, Team};

/// Version 0 of [`pad`]: `dx[i, j, ...]` is the sum of `dy` over the outputs that show it, one
/// element at a time, in f64.
pub fn pad_reference(axes: &[PadAxis], mode: Mode, dy: &[f32], dx: &mut [f64]) {
    // The index that a border shows, found by walking back into the inside.
    let source = |axis: &PadAxis, at: usize| {
        let (size, at) = (axis.size as i64, at as i64 - axis.before as i64);
        let shown = match mode {
            Mode::Constant(_) => at,
            Mode::Reflect if at < 0 => -at,
            Mode::Reflect if at >= size => 2 * (size - 1) - at,
            Mode::Reflect => at,
            Mode::Replicate => at.clamp(0, size - 1),
            Mode::Circular => at.rem_euclid(size),
        };
        (0..size).contains(&shown).then_some(shown as usize)
    };
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let (mut rest, mut stride, mut at) = (i, 1, Some(0));
        for axis in axes.iter().rev() {
            let padded = axis.before + axis.size + axis.after;
            at = at.zip(source(axis, rest % padded)).map(|(at, source)| at + source * stride);
            rest /= padded;
            stride *= axis.size;
        }
        if let Some(at) = at {
            dx[at] += f64::from(dy);
        }
    }
}

/// Version 1: rows of the last axis that has a border, as in [`super::pad::pad`].
///
/// `axes` has 1 to [`RANK_MAX`] members, each element of the last one a block of `inner` elements.
/// `dy` has the padded sizes; `dx` those of the inside, dirty.
pub fn pad(axes: &[PadAxis], inner: usize, mode: Mode, dy: &[f32], dx: &mut [f32], team: &Team) {
    match mode {
        Mode::Constant(_) => crop(axes, inner, dy, dx, team),
        Mode::Reflect | Mode::Replicate | Mode::Circular => fold(axes, inner, mode, dy, dx),
    }
}

/// Copies the inside.
fn crop(axes: &[PadAxis], inner: usize, dy: &[f32], dx: &mut [f32], team: &Team) {
    let (outer, last) = axes.split_at(axes.len() - 1);
    let (row, cost) = (last[0].size * inner, PASS * dx.len());
    if row == 0 {
        return;
    }
    team.split_rows(dx, row, cost, |first, dx| {
        for (index, dx) in (first..).zip(dx.chunks_exact_mut(row)) {
            let (mut rest, mut stride, mut at) = (index, last[0].padded(), last[0].before);
            for axis in outer.iter().rev() {
                at += (rest % axis.size + axis.before) * stride;
                rest /= axis.size;
                stride *= axis.padded();
            }
            dx.copy_from_slice(&dy[at * inner..][..row]);
        }
    });
}

/// Adds every row of `dy` to the row it shows, in the order of `dy`, by one thread: rows of the
/// border and of the inside go to the same place.
fn fold(axes: &[PadAxis], inner: usize, mode: Mode, dy: &[f32], dx: &mut [f32]) {
    let (outer, last) = axes.split_at(axes.len() - 1);
    let last = last[0];
    let mut index = [0usize; RANK_MAX];
    dx.fill(0.0);
    for dy in dy.chunks_exact(last.padded() * inner) {
        let source = outer.iter().zip(&index).try_fold(0, |at, (axis, &index)| {
            axis.source(mode, index).map(|source| at * axis.size + source)
        });
        if let Some(at) = source {
            let dx = &mut dx[at * last.size * inner..][..last.size * inner];
            fold_row(last, inner, mode, dy, dx);
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

fn fold_row(axis: PadAxis, inner: usize, mode: Mode, dy: &[f32], dx: &mut [f32]) {
    let end = axis.before + axis.size;
    accumulate(dx, &dy[axis.before * inner..end * inner]);
    for at in (0..axis.before).chain(end..axis.padded()) {
        if let Some(source) = axis.source(mode, at) {
            accumulate(&mut dx[source * inner..][..inner], &dy[at * inner..][..inner]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::{dot, wide};
    use crate::movement::pad::reference as forward;
    use crate::testing::Random;
    use proptest::prelude::*;

    const MODES: [Mode; 4] = [Mode::Constant(7.5), Mode::Reflect, Mode::Replicate, Mode::Circular];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn borders(
            axes in prop::collection::vec((1usize..6, 0usize..6, 0usize..6), 1..4),
            inner in 1usize..6,
            mode in prop::sample::select(MODES.to_vec()),
        ) {
            let axes: Vec<PadAxis> = axes.into_iter().map(|(size, before, after)| {
                let most = match mode {
                    Mode::Reflect => size - 1,
                    Mode::Circular => size,
                    _ => usize::MAX,
                };
                PadAxis { size, before: before.min(most), after: after.min(most) }
            }).collect();
            let len = axes.iter().map(|axis| axis.size).product::<usize>() * inner;
            let out = axes.iter().map(|axis| axis.padded()).product::<usize>() * inner;
            let dy = Random::new(out as u64).vector(out);
            let mut all = axes.clone();
            all.push(PadAxis { size: inner, before: 0, after: 0 });
            let mut expected = vec![f64::NAN; len];
            pad_reference(&all, mode, &dy, &mut expected);
            // A sum of as many terms of that size.
            let (mut terms, mut sizes) = (vec![f64::NAN; len], vec![f64::NAN; len]);
            pad_reference(&all, mode, &vec![1.0; out], &mut terms);
            let absolute: Vec<f32> = dy.iter().map(|dy| dy.abs()).collect();
            pad_reference(&all, mode, &absolute, &mut sizes);
            for team in [Team::SOLO, Team::eager(3)] {
                let mut dx = vec![f32::NAN; len];
                pad(&axes, inner, mode, &dy, &mut dx, &team);
                for (at, (dx, expected)) in dx.iter().zip(&expected).enumerate() {
                    let difference = (f64::from(*dx) - expected).abs();
                    let tolerance = terms[at] * sizes[at] * f64::from(f32::EPSILON);
                    prop_assert!(difference <= tolerance, "{:?} {:?} element {}", axes, mode, at);
                }
            }
            if len * out < 20_000 {
                let (mut x, mut base, mut y) = (vec![0.0; len], vec![0.0; out], vec![0.0; out]);
                forward(&all, mode, &x, &mut base);
                for at in 0..len {
                    x[at] = 1.0;
                    forward(&all, mode, &x, &mut y);
                    x[at] = 0.0;
                    let column: Vec<f64> =
                        y.iter().zip(&base).map(|(y, base)| f64::from(y - base)).collect();
                    let difference = (dot(&column, &wide(&dy)) - expected[at]).abs();
                    prop_assert!(difference <= 1e-9, "{:?} {:?} element {}", axes, mode, at);
                }
            }
        }
    }
}
