//! Version 0 of recurrent layers.

use super::{Given, Kind, Recurrent};

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One element at a time, in f64. `y` has [`Recurrent::output_len`] elements.
pub fn reference(of: &Recurrent, given: Given<'_>, y: &mut [f32]) {
    let Recurrent { kind, steps, n, hidden, .. } = *of;
    let mut h: Vec<f64> = given.h.iter().map(|&h| h.into()).collect();
    let mut c: Vec<f64> = given.c.iter().map(|&c| c.into()).collect();
    for (step, _) in of.order() {
        for of in 0..n {
            let state = of * hidden..(of + 1) * hidden;
            let before = h[state.clone()].to_vec();
            // R of a gate times what may have been reset.
            let product = |gate: usize, i: usize, h: &dyn Fn(usize) -> f64| -> f64 {
                let r = &given.r[(gate * hidden + i) * hidden..];
                (0..hidden).map(|k| f64::from(r[k]) * h(k)).sum()
            };
            let x = |gate: usize, i: usize| -> f64 {
                given.x[((step * n + of) * kind.gates() + gate) * hidden + i].into()
            };
            let sum = |gate: usize, i: usize| x(gate, i) + product(gate, i, &|k| before[k]);
            let reset = |i: usize| sigmoid(sum(1, i));
            for (i, at) in state.enumerate() {
                h[at] = match kind {
                    Kind::Tanh => sum(0, i).tanh(),
                    Kind::Relu => sum(0, i).max(0.0),
                    Kind::Lstm => {
                        c[at] = sigmoid(sum(2, i)) * c[at] + sigmoid(sum(0, i)) * sum(3, i).tanh();
                        sigmoid(sum(1, i)) * c[at].tanh()
                    }
                    Kind::Gru | Kind::GruAfter => {
                        let seen = if kind == Kind::Gru {
                            product(2, i, &|k| reset(k) * before[k])
                        } else {
                            reset(i) * (product(2, i, &|k| before[k]) + f64::from(given.bias[i]))
                        };
                        let update = sigmoid(sum(0, i));
                        (1.0 - update) * (x(2, i) + seen).tanh() + update * before[i]
                    }
                };
            }
        }
        let out = &mut y[step * n * hidden..][..n * hidden];
        out.iter_mut().zip(&h).for_each(|(y, &h)| *y = h as f32);
    }
    y[steps * n * hidden..].iter_mut().zip(&c).for_each(|(y, &c)| *y = c as f32);
}
