//! Gradient of local response normalisation.
//!
//! With `base[c] = k + alpha / size * sum of x[j]^2` over the window of `c`:
//! `dx[j] = dy[j] * base[j]^-beta - 2 alpha beta / size * x[j] * sum of dy[c] x[c] base[c]^(-beta-1)`
//! over the channels `c` whose window holds `j`.

use crate::matrix::MatMut;
use crate::norm::lrn::Lrn;
use crate::team::{Grid, Team, Units};

/// Version 0, in f64: rows of `c` channels.
pub fn reference(lrn: &Lrn, c: usize, (x, dy): (&[f64], &[f64]), dx: &mut [f64]) {
    let (scale, beta) = (f64::from(lrn.alpha) / lrn.size as f64, f64::from(lrn.beta));
    let window =
        |at: usize| at.saturating_sub(lrn.size / 2)..at.saturating_add(lrn.size.div_ceil(2)).min(c);
    for (i, dx) in dx.iter_mut().enumerate() {
        let (row, own) = (i / c * c, i % c);
        let base = |at: usize| {
            f64::from(lrn.k) + scale * window(at).map(|j| x[row + j].powi(2)).sum::<f64>()
        };
        let seen = (0..c).filter(|&at| window(at).contains(&own));
        let through = seen.map(|at| dy[row + at] * x[row + at] * base(at).powf(-beta - 1.0));
        *dx = dy[i] * base(own).powf(-beta) - 2.0 * scale * beta * x[i] * through.sum::<f64>();
    }
}

/// Elements of scratch that [`lrn`] needs for each thread.
pub fn scratch_each(lrn: &Lrn, c: usize) -> usize {
    let (below, above) = lrn.reach(c);
    below + c + above + 2 * c
}

/// Elements of scratch that [`lrn`] needs.
pub fn scratch_len(lrn: &Lrn, c: usize, team: &Team) -> usize {
    team.threads() * scratch_each(lrn, c)
}

/// Version 1: rows of channels; both sums over windows are shifted, contiguous additions.
///
/// `x`, `dy`, `dx`: `[rows, C]`; `scratch`: [`scratch_len`] elements.
pub fn lrn(
    lrn: &Lrn,
    c: usize,
    (x, dy): (&[f32], &[f32]),
    dx: &mut [f32],
    scratch: &mut [f32],
    team: &Team,
) {
    let (each, cost) = (scratch_each(lrn, c), 8 * x.len());
    let grid = Grid::rows(team, x.len() / c, cost);
    let place = |[rows, _]: &Units| [rows.clone(), 0..c];
    team.split(grid, MatMut::new(dx, c), (scratch, each), place, |[rows, _], mut dx, scratch| {
        for (at, row) in rows.enumerate() {
            let own = row * c..(row + 1) * c;
            lrn_row(lrn, &x[own.clone()], &dy[own], dx.row(at), scratch);
        }
    });
}

fn lrn_row(lrn: &Lrn, x: &[f32], dy: &[f32], dx: &mut [f32], scratch: &mut [f32]) {
    let c = x.len();
    let (below, above) = lrn.reach(c);
    let (padded, rest) = scratch.split_at_mut(below + c + above);
    let (base, sums) = rest.split_at_mut(c);
    let scale = lrn.alpha / lrn.size as f32;
    let terms = x.iter().map(|&x| x * x);
    window_sums(terms, (below, above), padded, base);
    base.iter_mut().for_each(|base| *base = lrn.k + scale * *base);
    // `dx` holds the powers, `base^-beta`, until the end.
    inverse_power(lrn.beta, base, dx);
    let terms = dx.iter().zip(&*base).zip(dy.iter().zip(x));
    let terms = terms.map(|((&power, &base), (&dy, &x))| dy * x * (power / base));
    // A channel sees `above` further up, so it is seen from as many further down.
    window_sums(terms, (above, below), padded, sums);
    let factor = 2.0 * scale * lrn.beta;
    for ((dx, &dy), (&x, &sum)) in dx.iter_mut().zip(dy).zip(x.iter().zip(&*sums)) {
        *dx = dy * *dx - factor * x * sum;
    }
}

/// `sums[c]` is the sum of the terms from `c - below` to `c + above` that exist.
#[inline(always)]
fn window_sums(
    terms: impl Iterator<Item = f32>,
    (below, above): (usize, usize),
    padded: &mut [f32],
    sums: &mut [f32],
) {
    let c = sums.len();
    padded[..below].fill(0.0);
    padded[below + c..].fill(0.0);
    padded[below..].iter_mut().zip(terms).for_each(|(to, term)| *to = term);
    sums.fill(0.0);
    for tap in 0..=below + above {
        sums.iter_mut().zip(&padded[tap..]).for_each(|(sum, &term)| *sum += term);
    }
}

/// `base^-beta`; the usual exponents are square roots, which are vector instructions.
fn inverse_power(beta: f32, base: &[f32], powers: &mut [f32]) {
    let pairs = powers.iter_mut().zip(base);
    match beta {
        0.75 => pairs.for_each(|(to, base)| *to = 1.0 / (base.sqrt() * base.sqrt().sqrt())),
        0.5 => pairs.for_each(|(to, base)| *to = 1.0 / base.sqrt()),
        1.0 => pairs.for_each(|(to, base)| *to = 1.0 / base),
        beta => pairs.for_each(|(to, base)| *to = base.powf(-beta)),
    }
}
