//! Gradient of [`crate::resize`]: `dy`, `[N, OH, OW, C]`, to `dx`, `[N, H, W, C]`, dirty before.
//!
//! In reading order: 0 [`reference()`], one element of `dy` at a time, in f64; 1 [`nearest`] and
//! [`bilinear`], rows of `dx`, all channels of a pixel together. Input indices do not fall as output
//! indices rise, so the output rows that read an input row are a range, found by halving.

use crate::elementwise::backward::{accumulate, add_scaled};
use crate::resize::{Mode, Resize, ResizeAxis};
use crate::team::{PASS, Team};

/// Version 0: every element of `dy` goes back to the elements it was made of, with their weights. A
/// weight of 0 takes no part.
pub fn reference(resize: &Resize, mode: Mode, dy: &[f32], dx: &mut [f64]) {
    let &Resize { c, y: rows, x: cols } = resize;
    // The rule of the forward, in f32 as there: index and weight, twice.
    let sources = |axis: &ResizeAxis, at: usize| {
        let last = axis.size - 1;
        if axis.size == axis.out {
            return [(at, 1.0), (at, 0.0)];
        }
        if mode == Mode::Nearest {
            return [(((at as f32 * axis.scale) as usize).min(last), 1.0), (0, 0.0)];
        }
        let middle = if axis.align_corners { 0.0 } else { 0.5 };
        let position = (axis.scale * (at as f32 + middle) - middle).max(0.0);
        let low = (position.floor() as usize).min(last);
        let weight = f64::from((position - low as f32).min(1.0));
        [(low, 1.0 - weight), ((low + 1).min(last), weight)]
    };
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let (channel, ox, oy) = (i % c, i / c % cols.out, i / c / cols.out % rows.out);
        let n = i / c / cols.out / rows.out;
        for (iy, v) in sources(&rows, oy) {
            for (ix, h) in sources(&cols, ox).into_iter().filter(|(_, h)| v * h != 0.0) {
                dx[((n * rows.size + iy) * cols.size + ix) * c + channel] += v * h * f64::from(dy);
            }
        }
    }
}

/// The first output index whose source is `least` or more; sources do not fall.
fn first(axis: &ResizeAxis, least: usize, source: impl Fn(usize) -> usize) -> usize {
    let (mut low, mut high) = (0, axis.out);
    while low < high {
        let middle = low + (high - low) / 2;
        if source(middle) < least {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Version 1 of nearest: every row of `dx` sums the rows of `dy` that show it.
pub fn nearest(resize: &Resize, dy: &[f32], dx: &mut [f32], team: &Team) {
    let &Resize { c, y: rows, x: cols } = resize;
    let line_len = cols.size * c;
    team.split_rows(dx, line_len, PASS * dy.len(), |start, lines| {
        for (line, dx) in (start..).zip(lines.chunks_exact_mut(line_len)) {
            let (n, iy) = (line / rows.size, line % rows.size);
            dx.fill(0.0);
            let source = |oy| rows.nearest(oy);
            for oy in first(&rows, iy, source)..first(&rows, iy + 1, source) {
                let dy = &dy[(n * rows.out + oy) * cols.out * c..][..cols.out * c];
                for (ox, dy) in dy.chunks_exact(c).enumerate() {
                    accumulate(&mut dx[cols.nearest(ox) * c..][..c], dy);
                }
            }
        }
    });
}

/// Version 1 of bilinear: every row of `dx` sums the rows of `dy` that mix it in.
pub fn bilinear(resize: &Resize, dy: &[f32], dx: &mut [f32], team: &Team) {
    let &Resize { c, y: rows, x: cols } = resize;
    let line_len = cols.size * c;
    team.split_rows(dx, line_len, PASS * dy.len(), |start, lines| {
        for (line, dx) in (start..).zip(lines.chunks_exact_mut(line_len)) {
            let (n, iy) = (line / rows.size, line % rows.size);
            dx.fill(0.0);
            let source = |oy| rows.mix(oy).low;
            for oy in first(&rows, iy.saturating_sub(1), source)..first(&rows, iy + 1, source) {
                let mix = rows.mix(oy);
                let low = if mix.low == iy { mix.low_weight } else { 0.0 };
                let high = if mix.high == iy { mix.high_weight } else { 0.0 };
                let dy = &dy[(n * rows.out + oy) * cols.out * c..][..cols.out * c];
                if low + high != 0.0 {
                    unmix_row(&cols, c, low + high, dy, dx);
                }
            }
        }
    });
}

/// Adds a row of `dy`, times `weight`, to the pixels of `dx` it was mixed from.
fn unmix_row(cols: &ResizeAxis, c: usize, weight: f32, dy: &[f32], dx: &mut [f32]) {
    for (ox, dy) in dy.chunks_exact(c).enumerate() {
        let mix = cols.mix(ox);
        for (ix, share) in [(mix.low, mix.low_weight), (mix.high, mix.high_weight)] {
            if share != 0.0 {
                add_scaled(&mut dx[ix * c..][..c], dy, weight * share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::{assert_near, dot, wide};
    use crate::resize::reference as forward;
    use crate::testing::Random;

    const SIZES: [(usize, usize); 12] = [
        (1, 1),
        (1, 4),
        (4, 1),
        (2, 3),
        (3, 2),
        (4, 8),
        (5, 13),
        (7, 7),
        (8, 4),
        (9, 4),
        (6, 24),
        (11, 20),
    ];

    fn axis((size, out): (usize, usize), align_corners: bool) -> ResizeAxis {
        let scale = match (align_corners, out) {
            (true, 1) => 0.0,
            (true, _) => (size - 1) as f32 / (out - 1) as f32,
            (false, _) => size as f32 / out as f32,
        };
        ResizeAxis { size, out, scale, align_corners }
    }

    fn check(resize: &Resize, mode: Mode, n: usize) {
        let &Resize { c, y, x } = resize;
        let (len, out) = (n * y.size * x.size * c, n * y.out * x.out * c);
        let dy = Random::new(out as u64).vector(out);
        let mut expected = vec![f64::NAN; len];
        reference(resize, mode, &dy, &mut expected);
        let mut seen: Option<Vec<f32>> = None;
        for team in [Team::SOLO, Team::eager(3)] {
            let mut dx = vec![f32::NAN; len];
            match mode {
                Mode::Nearest => nearest(resize, &dy, &mut dx, &team),
                Mode::Bilinear => bilinear(resize, &dy, &mut dx, &team),
            }
            assert_near(&format!("{resize:?} {mode:?}"), &dx, &expected, 32);
            assert_eq!(*seen.get_or_insert_with(|| dx.clone()), dx, "{resize:?} {team:?}");
        }
        if n == 1 && len * out <= 20_000 {
            // The forward is linear: its columns are the images of single elements.
            let (mut x, mut y) = (vec![0.0; len], vec![f32::NAN; out]);
            for at in 0..len {
                x[at] = 1.0;
                forward(resize, mode, &x, &mut y);
                x[at] = 0.0;
                let difference = (dot(&wide(&y), &wide(&dy)) - expected[at]).abs();
                assert!(difference <= 1e-5, "{resize:?} {mode:?} element {at}");
            }
        }
    }

    #[test]
    fn all_sizes_modes_and_corners() {
        for (at, y) in SIZES.into_iter().enumerate() {
            for x in SIZES {
                for (n, c) in [(0, 3), (1, 1), (1, 5), (3, 4)] {
                    for corners in [false, true] {
                        let resize = Resize { c, y: axis(y, corners), x: axis(x, at % 2 == 0) };
                        check(&resize, Mode::Bilinear, n);
                    }
                    let resize = Resize { c, y: axis(y, false), x: axis(x, false) };
                    check(&resize, Mode::Nearest, n);
                }
            }
        }
    }

    #[test]
    fn a_scale_given_by_hand() {
        for scale in [0.3, 0.37, 1.0, 1.7, 0.0] {
            let axis = ResizeAxis { size: 5, out: 12, scale, align_corners: false };
            let resize = Resize { c: 2, y: axis, x: axis };
            check(&resize, Mode::Nearest, 1);
            check(&resize, Mode::Bilinear, 1);
        }
    }
}
