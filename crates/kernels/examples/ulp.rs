//! The worst error of every elementary function over all 2^32 floats, in units of the last place,
//! against f64: `cargo run --release --example ulp [-- NAME...]`. It takes minutes for each function,
//! and fails where one is off by more than 2. ELU and CELU are those of 0.7 and -0.7.
//!
//! | function | worst | at |
//! |---|---|---|
//! | exp | 0.553 | 1.9061558e1 |
//! | expm1 | 0.710 | 3.4660506e-1 |
//! | log | 0.565 | 1.0038831e0 |
//! | erf | 1.074 | 2.4399076e0 |
//! | tanh | 0.680 | -3.8962641e-3 |
//! | sigmoid | 0.553 | -1.5595813e1 |
//! | silu | 0.570 | -2.1834175e1 |
//! | gelu | 0.653 | -2.1897912e0 |
//! | gelu_tanh | 0.568 | -2.7560456e0 |
//! | softplus | 0.599 | -2.8072458e1 |
//! | mish | 0.572 | -9.045549e1 |
//! | softsign | always the nearest float | |
//! | elu | 0.679 | -5.5928663e-3 |
//! | selu | 0.680 | -8.926612e-3 |
//! | celu | 0.680 | -3.916037e-3 |
//! | celu_negative | 0.679 | -1.1500284e-1 |

#[path = "../tests/elementary/functions.rs"]
mod functions;

use functions::{FUNCTIONS, Function, ulps};

/// Floats at a time.
const BLOCK: u64 = 1 << 16;

/// The worst error from `first` on, `step` blocks apart, and where it is.
fn worst(function: &Function, first: u64, step: u64) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    let mut ys = vec![0.0f32; BLOCK as usize];
    for start in (first * BLOCK..1 << 32).step_by((step * BLOCK) as usize) {
        let x = |i: usize| f32::from_bits(start as u32 + i as u32);
        ys.iter_mut().enumerate().for_each(|(i, y)| *y = x(i));
        (function.slice)(&mut ys);
        for (i, &y) in ys.iter().enumerate() {
            let exact = (function.exact)(x(i).into());
            // Of one that is rounded right there is no worse to tell.
            if y != exact as f32 {
                let error = ulps(y, exact);
                worst = if error > worst.0 { (error, x(i)) } else { worst };
            }
        }
    }
    worst
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let mut most = 0.0;
    for function in FUNCTIONS {
        if !names.is_empty() && !names.iter().any(|name| name == function.name) {
            continue;
        }
        let (error, x) = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads)
                .map(|thread| scope.spawn(move || worst(function, thread, threads)))
                .collect();
            let parts = parts.into_iter().map(|part| part.join().expect("no panic"));
            parts.fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a })
        });
        println!("| {} | {error:.3} | {x:e} |", function.name);
        most = error.max(most);
    }
    assert!(most <= 2.0, "off by {most}");
}
