//! The worst error of every elementary function over all 2^32 floats, in units of the last place,
//! against f64: `cargo run --release --example ulp [-- NAME...]`. On two threads it takes about ten
//! minutes. It fails where a function is off by more than 2.

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
