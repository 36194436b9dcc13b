//! Gradients of global pooling: `dy`, `[N, C]`, to `dx`, `[N, HW, C]`, dirty before.

use crate::team::{PASS, Team};

/// Version 0 of the average: `dx[n, p, c] = dy[n, c] / HW`.
pub fn avg_reference(hw: usize, c: usize, dy: &[f32], dx: &mut [f64]) {
    for (i, dx) in dx.iter_mut().enumerate() {
        *dx = f64::from(dy[i / (hw * c) * c + i % c]) / hw as f64;
    }
}

/// Version 0 of the maximum: `dx[n, p, c] = dy[n, c]` for the first pixel `p` that is the maximum
/// of `x[n, :, c]`, or the last NaN; 0 elsewhere.
pub fn max_reference(hw: usize, c: usize, x: &[f32], dy: &[f32], dx: &mut [f64]) {
    dx.fill(0.0);
    for (i, &dy) in dy.iter().enumerate() {
        let place = |p: usize| (i / c * hw + p) * c + i % c;
        let nan = (0..hw).rev().find(|&p| x[place(p)].is_nan());
        let first = (0..hw).find(|&p| (0..hw).all(|q| x[place(p)] >= x[place(q)]));
        if let Some(p) = nan.or(first) {
            dx[place(p)] = dy.into();
        }
    }
}

/// Version 1 of the average.
pub fn global_avg(hw: usize, c: usize, dy: &[f32], dx: &mut [f32], team: &Team) {
    let (scale, cost) = (1.0 / hw as f32, PASS * dx.len());
    team.split_rows(dx, c, cost, |first, pixels| {
        for (pixel, dx) in (first..).zip(pixels.chunks_exact_mut(c)) {
            for (dx, &dy) in dx.iter_mut().zip(&dy[pixel / hw * c..]) {
                *dx = dy * scale;
            }
        }
    });
}

/// Version 1 of the maximum; `pixels`, `[N, C]`, is what [`crate::pool::argmax::global_max`] found.
pub fn global_max(hw: usize, c: usize, dy: &[f32], pixels: &[u32], dx: &mut [f32], team: &Team) {
    let cost = PASS * dx.len();
    team.split_rows(dx, hw * c, cost, |first, images| {
        for (n, dx) in (first..).zip(images.chunks_exact_mut(hw * c)) {
            dx.fill(0.0);
            let maxima = dy[n * c..][..c].iter().zip(&pixels[n * c..][..c]);
            for (channel, (&dy, &pixel)) in maxima.enumerate() {
                dx[pixel as usize * c + channel] = dy;
            }
        }
    });
}
