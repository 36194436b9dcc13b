//! The losses of PyTorch in float64: `tests/fixtures/losses.json`, whose inputs and targets are
//! numbers made from a name and an index.

use super::{Case, run};
use receptive_kernels::loss::Reduction::{self, Mean};
use receptive_kernels::loss::binary::Bce;
use receptive_kernels::loss::box_iou::{BoxForm, BoxIou, Overlap};
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

/// A loss with weights, of PyTorch or torchvision: `tests/fixtures/weighted.json`.
#[derive(Deserialize)]
struct Weighted {
    name: String,
    kind: String,
    of: Option<String>,
    form: Option<String>,
    dim: Option<i32>,
    #[serde(rename = "posWeight")]
    pos_weight: Option<f32>,
    smoothing: Option<f32>,
    #[serde(rename = "classWeights")]
    class_weights: Option<Vec<f32>>,
    shape: Vec<usize>,
    x: Vec<f32>,
    target: Vec<f32>,
    weights: Vec<f32>,
    divisor: Option<f32>,
    loss: f64,
    gradient: Vec<f64>,
}

impl Weighted {
    fn boxes(&self, reduction: Reduction) -> BoxIou<'_> {
        let kind = match self.of.as_deref() {
            Some("iou") => Overlap::Iou,
            Some("giou") => Overlap::Giou,
            Some("diou") => Overlap::Diou,
            Some("ciou") => Overlap::Ciou,
            other => panic!("no overlap is called {other:?}"),
        };
        let form = match self.form.as_deref() {
            Some("xyxy") => BoxForm::Corners,
            Some("ltrb") => BoxForm::Distances,
            Some("cxcywh") => BoxForm::Centre,
            other => panic!("no form of boxes is called {other:?}"),
        };
        let inner = if self.dim == Some(1) { self.shape[2] } else { 1 };
        BoxIou { kind, form, inner, weights: &self.weights, reduction }
    }

    /// Where each element of `[N, C, ...]` lies: with the channels last for a cross-entropy.
    fn place(&self, index: usize) -> usize {
        if self.kind == "crossEntropy" { channels_last(&self.shape, index) } else { index }
    }
}

#[test]
fn weighted_losses_of_pytorch() {
    let goldens: Vec<Weighted> =
        serde_json::from_str(include_str!("../fixtures/weighted.json")).expect("a list of losses");
    assert_eq!(goldens.len(), 23);
    for golden in &goldens {
        let len = golden.x.len();
        let mut x = vec![0.0; len];
        (0..len).for_each(|i| x[golden.place(i)] = golden.x[i]);
        let labels: Vec<i32> = golden.target.iter().map(|&target| target as i32).collect();
        let reduction = golden.divisor.map_or(Mean, Reduction::DividedBy);
        let weights = Some(&golden.weights[..]);
        let pos_weight = [golden.pos_weight.unwrap_or(1.0)];
        let case = match golden.kind.as_str() {
            "boxIou" => Case::Boxes(golden.boxes(reduction), &golden.target),
            "bceWithLogits" => {
                Case::Bits(Bce { weights, ..Bce::new(&pos_weight, reduction) }, &golden.target)
            }
            _ => {
                let smoothing = golden.smoothing.unwrap_or(0.0);
                let class_weights = golden.class_weights.as_deref();
                let plain = CrossEntropy::new(golden.shape[1]);
                let spec = CrossEntropy {
                    weights: class_weights,
                    of_rows: weights,
                    smoothing,
                    reduction,
                    ..plain
                };
                Case::Labels(spec, &labels)
            }
        };
        let mut grad = vec![f32::NAN; len];
        let loss = run(&case, &x, &mut grad, 1).expect("valid");
        let name = &golden.name;
        let tolerance = 1e-6 * (1.0 + golden.loss.abs());
        assert!((loss - golden.loss).abs() <= tolerance, "{name}: {loss}, not {}", golden.loss);
        let largest = golden.gradient.iter().fold(0.0f64, |max, x| max.max(x.abs()));
        for (i, expected) in golden.gradient.iter().enumerate() {
            let difference = (f64::from(grad[golden.place(i)]) - expected).abs();
            assert!(difference <= 1e-6 * largest, "{name}: element {i} is off by {difference}");
        }
    }
}
