//! Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3).

/// Parameters, with PyTorch's meaning: `alpha` is divided by `size`, and an even window reaches one
/// channel further down than up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lrn {
    /// Channels in the window; at least 1.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// Added to the weighted mean square.
    pub k: f32,
}

impl Lrn {
    /// Channels below and above the middle one, cut to what `c` channels can have.
    pub(crate) fn reach(&self, c: usize) -> (usize, usize) {
        ((self.size / 2).min(c - 1), ((self.size - 1) / 2).min(c - 1))
    }

    /// Elements of scratch memory that [`lrn`] needs for `c` channels.
    pub fn scratch(&self, c: usize) -> usize {
        let (below, above) = self.reach(c);
        below + c + above + c
    }
}

/// Version 0: `y[r, c] = x[r, c] / (k + alpha / size * sum of x[r, j]^2)^beta` over channels `j`
/// from `c - size / 2` up to `c + (size - 1) / 2` that exist, in f64.
pub fn reference(lrn: &Lrn, c: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (row, channel) = (i / c * c, i % c);
        let first = channel.saturating_sub(lrn.size / 2);
        let last = channel.saturating_add((lrn.size - 1) / 2).min(c - 1);
        let sum: f64 = (first..=last).map(|j| f64::from(x[row + j]).powi(2)).sum();
        let base = f64::from(lrn.k) + f64::from(lrn.alpha) / lrn.size as f64 * sum;
        *y = (f64::from(x[i]) / base.powf(lrn.beta.into())) as f32;
    }
}

/// Version 1: one row of channels, in place. The squares are laid out with zeros around them, so
/// that each tap of the window is one shifted, contiguous addition; the usual exponents are square
/// roots, which are vector instructions where `powf` is not.
///
/// `scratch` has at least [`Lrn::scratch`] elements and may hold anything.
#[inline(never)]
pub fn lrn(lrn: &Lrn, row: &mut [f32], scratch: &mut [f32]) {
    let c = row.len();
    let (below, above) = lrn.reach(c);
    let (squares, rest) = scratch.split_at_mut(below + c + above);
    let sums = &mut rest[..c];
    squares[..below].fill(0.0);
    squares[below + c..].fill(0.0);
    for (square, &x) in squares[below..].iter_mut().zip(&*row) {
        *square = x * x;
    }
    sums.fill(0.0);
    for tap in 0..=below + above {
        for (sum, &square) in sums.iter_mut().zip(&squares[tap..]) {
            *sum += square;
        }
    }
    let (scale, k) = (lrn.alpha / lrn.size as f32, lrn.k);
    let elements = row.iter_mut().zip(&*sums).map(|(x, &sum)| (x, k + scale * sum));
    match lrn.beta {
        0.75 => elements.for_each(|(x, base)| *x /= base.sqrt() * base.sqrt().sqrt()),
        0.5 => elements.for_each(|(x, base)| *x /= base.sqrt()),
        1.0 => elements.for_each(|(x, base)| *x /= base),
        beta => elements.for_each(|(x, base)| *x /= base.powf(beta)),
    }
}
