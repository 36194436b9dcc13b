//! Orthogonal initial weights (Saxe et al. 2013, arXiv 1312.6120): the factor Q of a random normal
//! matrix, by Householder reflections in f64.

use super::fill::each_normal;
use super::stream::Stream;
use crate::error::{Error, expect_len};

/// Fills `[rows, cols]` so that its rows (or its columns, if there are more rows than columns) are
/// orthogonal and of length `gain`. The signs are those of a factor R with a positive diagonal, so
/// that all such matrices are equally likely.
///
/// A convolution's weight counts as `[OC, C / groups * KH * KW]`. Runs once for each weight, and
/// allocates its matrices. Fails with [`Code::Shape`](crate::error::Code::Shape) if `out` has
/// another length.
pub fn orthogonal(
    stream: &Stream,
    (rows, cols): (usize, usize),
    gain: f64,
    out: &mut [f32],
) -> Result<(), Error> {
    expect_len("weight", rows.saturating_mul(cols), out.len())?;
    let (m, n) = (rows.max(cols), rows.min(cols));
    // Element [i, j] of the tall matrix at j * m + i: its columns are contiguous.
    let place = |at: usize| {
        let (row, col) = (at / cols, at % cols);
        if rows < cols { row * m + col } else { col * m + row }
    };
    let mut tall = vec![0.0; m * n];
    each_normal(stream, m * n, |at, value| tall[place(at)] = value.into());
    let signs = reflect(&mut tall, m);
    let q = form_q(&tall, m, &signs);
    for (at, out) in out.iter_mut().enumerate() {
        *out = (gain * q[place(at)]) as f32;
    }
    Ok(())
}

/// Replaces each column of `a`, from the diagonal down, by the vector of its reflection; returns the
/// signs of the diagonal of R.
fn reflect(a: &mut [f64], m: usize) -> Vec<f64> {
    let mut signs = vec![];
    for k in 0..a.len() / m.max(1) {
        let (head, others) = a.split_at_mut((k + 1) * m);
        let v = &mut head[k * m + k..];
        let length = dot(v, v).sqrt();
        // The reflection that does not cancel: away from the sign of the first element.
        let diagonal = if v[0] > 0.0 { -length } else { length };
        v[0] -= diagonal;
        signs.push(if diagonal < 0.0 { -1.0 } else { 1.0 });
        for column in others.chunks_exact_mut(m) {
            apply(v, &mut column[k..]);
        }
    }
    signs
}

/// The reflections, last to first, of the first columns of the identity, with their signs.
fn form_q(vectors: &[f64], m: usize, signs: &[f64]) -> Vec<f64> {
    let mut q = vec![0.0; vectors.len()];
    for (j, (column, &sign)) in q.chunks_exact_mut(m.max(1)).zip(signs).enumerate() {
        column[j] = sign;
        // Reflections after `j` leave the elements up to `j` alone, and this column has no others.
        for k in (0..=j).rev() {
            apply(&vectors[k * m + k..(k + 1) * m], &mut column[k..]);
        }
    }
    q
}

/// `x -= 2 v (v . x) / (v . v)`; nothing if `v` is 0.
fn apply(v: &[f64], x: &mut [f64]) {
    let square = dot(v, v);
    if square > 0.0 {
        let factor = 2.0 * dot(v, x) / square;
        x.iter_mut().zip(v).for_each(|(x, v)| *x -= factor * v);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
