//! What the backward pass of LeNet-5 costs against its forward pass, layer by layer, at batch 64.
//!
//! `cargo run --release -p receptive-kernels --example backward`. Prints the fastest of many
//! interleaved rounds of each kernel and its ratio to the forward one: other programs can only make
//! a round slower. Natively the vectors are those that the compiler finds in plain Rust.

use receptive_kernels::activation::Activation;
use receptive_kernels::column_sums::{self, column_sums};
use receptive_kernels::conv2d::backward::{Shape, input, weight};
use receptive_kernels::conv2d::{Conv, packed};
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::gemm::left::Left;
use receptive_kernels::gemm::{self, Epilogue};
use receptive_kernels::geometry::{Axis, Window};
use receptive_kernels::linear::backward as linear;
use receptive_kernels::matrix::MatMut;
use receptive_kernels::simd::Native;
use receptive_kernels::team::Team;
use std::time::Instant;

const BATCH: usize = 64;
const ROUNDS: usize = 101;
const TEAM: Team = Team::SOLO;

/// A kernel with operands of its own.
type Kernel = (String, Box<dyn FnMut()>);

fn values(len: usize) -> Vec<f32> {
    (0..len).map(|at| (at * 37 % 101) as f32 / 50.0 - 1.0).collect()
}

/// `[C, OC, size, kernel, pad]`
fn convolution(name: &str, [c, oc, size, kernel, pad]: [usize; 5], first: bool) -> Vec<Kernel> {
    let axis = Axis { size, kernel, stride: 1, before: pad, after: pad, dilation: 1, ceil: false };
    let window = Window::new(c, axis, axis).expect("a window");
    let shape = Shape::new(BATCH, window, oc, 1).expect("a shape");
    let (x, w, dy) = (values(shape.x_len()), values(shape.weight_len()), values(shape.y_len()));

    let mut filter = Filter::new(*shape.spec(), Layout::Panels, Vec::new()).expect("a filter");
    filter.write_rows(0, &w).expect("its rows");
    let (input, mut y) = (x.clone(), values(shape.y_len()));
    let mut scratch = values(packed::scratch_len(&window, BATCH, oc));
    let forward = move || {
        let conv = Conv {
            n: BATCH,
            window: &window,
            x: &input,
            filter: &filter,
            bias: None,
            residual: None,
            activation: Activation::None,
        };
        packed::conv2d::<Native>(&conv, MatMut::new(&mut y, oc), &mut scratch, &TEAM);
    };

    let (gradient, mut dw) = (dy.clone(), values(shape.weight_len()));
    let mut scratch = values(weight::scratch_len(&shape, &TEAM));
    let weights = move || {
        weight::weight_gradient::<Native>(&shape, &x, &gradient, &mut dw, &mut scratch, &TEAM);
    };

    let mut kernels: Vec<Kernel> = vec![
        (format!("{name} forward"), Box::new(forward)),
        (format!("{name} weight"), Box::new(weights)),
        (format!("{name} bias"), bias(dy.clone(), oc)),
    ];
    if !first {
        let algorithm = input::select(&shape);
        let mut dx = values(shape.x_len());
        let mut scratch = values(input::scratch_len(&shape, algorithm, &TEAM));
        let inputs = move || {
            let operands = [&dy[..], &w];
            input::input_gradient::<Native>(
                &shape,
                algorithm,
                operands,
                &mut dx,
                &mut scratch,
                &TEAM,
            );
        };
        kernels.push((format!("{name} input ({})", algorithm.name()), Box::new(inputs)));
    }
    kernels
}

fn fully_connected(name: &str, c: usize, oc: usize) -> Vec<Kernel> {
    let shape = linear::Shape::new(BATCH, c, oc).expect("a shape");
    let (x, w, dy) = (values(BATCH * c), values(oc * c), values(BATCH * oc));
    let spec = FilterSpec::new(Kind::Linear, [oc, c, 1, 1], 1).expect("a spec");
    let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).expect("a filter");
    filter.write_rows(0, &w).expect("its rows");
    let (input, mut y) = (x.clone(), values(BATCH * oc));
    let forward = move || {
        let (left, mut y) = (Left::matrix(&input, c, c), MatMut::new(&mut y, oc));
        gemm::packed::gemm::<Native>(&left, filter.data(), &mut y, Epilogue::NONE);
    };
    let (gradient, mut dw) = (dy.clone(), values(oc * c));
    let weights = move || linear::weight_gradient::<Native>(&shape, &x, &gradient, &mut dw, &TEAM);
    let (gradient, mut dx) = (dy.clone(), values(BATCH * c));
    let mut scratch = values(linear::input_scratch_len(&shape));
    let inputs = move || {
        linear::input_gradient::<Native>(&shape, [&gradient, &w], &mut dx, &mut scratch, &TEAM);
    };
    vec![
        (format!("{name} forward"), Box::new(forward)),
        (format!("{name} weight"), Box::new(weights)),
        (format!("{name} bias"), bias(dy, oc)),
        (format!("{name} input"), Box::new(inputs)),
    ]
}

fn bias(dy: Vec<f32>, oc: usize) -> Box<dyn FnMut()> {
    let mut db = vec![0.0; oc];
    let mut scratch = vec![0.0; column_sums::scratch_len(dy.len() / oc, oc).expect("sizes")];
    Box::new(move || column_sums::<Native>(&dy, &mut db, &mut scratch, &Team::SOLO))
}

fn lenet() -> Vec<Vec<Kernel>> {
    vec![
        convolution("conv1", [1, 6, 28, 5, 2], true),
        convolution("conv2", [6, 16, 14, 5, 0], false),
        fully_connected("fc1", 400, 120),
        fully_connected("fc2", 120, 84),
        fully_connected("fc3", 84, 10),
    ]
}

/// Microseconds of the fastest round of each kernel.
fn measure(kernels: &mut [Kernel]) -> Vec<f64> {
    let mut fastest = vec![f64::INFINITY; kernels.len()];
    for _ in 0..ROUNDS {
        for ((_, run), fastest) in kernels.iter_mut().zip(&mut fastest) {
            let start = Instant::now();
            run();
            *fastest = fastest.min(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    fastest
}

fn main() {
    let (mut forward, mut backward) = (0.0, 0.0);
    for mut layer in lenet() {
        let times = measure(&mut layer);
        for ((name, _), time) in layer.iter().zip(&times) {
            println!("{name:24} {time:9.1} us   {:5.2} x forward", time / times[0]);
        }
        forward += times[0];
        backward += times[1..].iter().sum::<f64>();
    }
    println!("backward is {:.2} x forward", backward / forward);
}
