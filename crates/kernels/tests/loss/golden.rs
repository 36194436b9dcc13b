//! The losses of PyTorch in float64: `tests/fixtures/losses.json`, whose inputs and targets are
//! numbers made from a name and an index.

use super::{Case, run};
use receptive_kernels::loss::Reduction::Mean;
use receptive_kernels::loss::binary::Bce;
use receptive_kernels::loss::cross_entropy::CrossEntropy;
use receptive_kernels::loss::regression::Regression;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    name: String,
    input: Tensor,
    target: Target,
    expected: Vec<Expected>,
}

#[derive(Deserialize)]
struct Tensor {
    shape: Vec<usize>,
    formula: String,
    offset: f64,
    scale: f64,
}

#[derive(Deserialize)]
struct Target {
    kind: String,
    formula: String,
    shape: Vec<usize>,
    classes: Option<u32>,
}

#[derive(Deserialize)]
struct Expected {
    noise: f64,
    values: Vec<f64>,
}

/// 32 bits of a name and an index.
fn hash(name: &str, index: usize) -> u32 {
    let seed = name
        .bytes()
        .fold(0x811c_9dc5u32, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mut x = seed.wrapping_add((index as u32).wrapping_mul(0x9e37_79b9));
    for (shift, factor) in [(16, 0x7feb_352du32), (15, 0x846c_a68b)] {
        x = (x ^ (x >> shift)).wrapping_mul(factor);
    }
    x ^ (x >> 16)
}

fn unit(name: &str, index: usize) -> f64 {
    f64::from(hash(name, index)) / 2_147_483_648.0 - 1.0
}

/// The index in `[N, ..., C]` of an element of `[N, C, ...]`.
fn channels_last(shape: &[usize], index: usize) -> usize {
    let c = shape[1];
    let inner: usize = shape[2..].iter().product();
    let (n, channel, at) = (index / (c * inner), index / inner % c, index % inner);
    (n * inner + at) * c + channel
}

fn case_of<'a>(golden: &Golden, labels: &'a [i32], numbers: &'a [f32]) -> Case<'a> {
    let classes = golden.target.classes.unwrap_or(0) as usize;
    let plain = CrossEntropy::new(classes);
    match golden.name.as_str() {
        "cross_entropy" | "cross_entropy_maps" | "cross_entropy_large" => {
            Case::Labels(plain, labels)
        }
        "cross_entropy_smooth" => Case::Labels(CrossEntropy { smoothing: 0.1, ..plain }, labels),
        "cross_entropy_weight" => Case::Labels(
            CrossEntropy { weights: Some(&[1.0, 2.0, 0.5, 1.0, 3.0]), ..plain },
            labels,
        ),
        "bce_logits" => Case::Bits(Bce::new(&[1.0], Mean), numbers),
        "bce_logits_pos" => Case::Bits(Bce::new(&[2.5], Mean), numbers),
        "mse" => Case::Regression(Regression::Squared, Mean, numbers),
        "l1" => Case::Regression(Regression::Absolute, Mean, numbers),
        "smooth_l1" => Case::Regression(Regression::SmoothL1 { beta: 0.5 }, Mean, numbers),
        "huber" => Case::Regression(Regression::Huber { delta: 0.7 }, Mean, numbers),
        other => panic!("no loss is called {other}"),
    }
}

#[test]
fn losses_of_pytorch() {
    let goldens: Vec<Golden> =
        serde_json::from_str(include_str!("../fixtures/losses.json")).expect("a list of losses");
    assert_eq!(goldens.len(), 11);
    for golden in goldens {
        let Tensor { shape, formula, offset, scale } = &golden.input;
        let len: usize = shape.iter().product();
        let mut x = vec![0.0f32; len];
        for i in 0..len {
            x[channels_last(shape, i)] = (scale * unit(formula, i) + offset) as f32;
        }
        let Target { kind, formula, shape: of, classes } = &golden.target;
        let count: usize = of.iter().product();
        let labels: Vec<i32> =
            (0..count).map(|i| (hash(formula, i) % classes.unwrap_or(1)) as i32).collect();
        let mut numbers = vec![0.0f32; count];
        if kind != "classes" {
            for i in 0..count {
                let unit = unit(formula, i);
                let value = if kind == "bits" { f64::from(unit > 0.0) } else { unit };
                numbers[channels_last(shape, i)] = value as f32;
            }
        }
        let mut grad = vec![f32::NAN; len];
        let loss = run(&case_of(&golden, &labels, &numbers), &x, &mut grad, 1).expect("valid");
        let [value, slopes] = &golden.expected[..] else { panic!("a loss and a gradient") };
        let close = |got: f64, expected: f64, noise: f64, largest: f64| {
            let tolerance = 4.0 * noise + 1e-6 * largest;
            assert!(
                (got - expected).abs() <= tolerance,
                "{}: {got}, expected {expected}",
                golden.name
            );
        };
        close(loss, value.values[0], value.noise, value.values[0].abs());
        assert_eq!(slopes.values.len(), len);
        let largest = slopes.values.iter().fold(0.0f64, |max, x| max.max(x.abs()));
        for (i, &expected) in slopes.values.iter().enumerate() {
            close(grad[channels_last(shape, i)].into(), expected, slopes.noise, largest);
        }
    }
}
