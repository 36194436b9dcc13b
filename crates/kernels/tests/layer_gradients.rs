//! The gradients of pools, norms, resizing, padding and sums against PyTorch.
//!
//! `fixtures/layers.json` was written by PyTorch 2.15 in float64: of a large tensor it holds every
//! 19th value. Inputs, parameters and the gradient that comes in are functions of a name, in `N, C,
//! H, W`; `tolerance` is four times PyTorch's own float32 error and 1e-6 of the largest value.

use receptive_kernels::elementwise::backward::{Kind, Operands, Side, binary, scratch_len};
use receptive_kernels::elementwise::binary::Broadcast;
use receptive_kernels::geometry::{Axis, Window};
use receptive_kernels::movement::backward::pad;
use receptive_kernels::movement::pad::{Mode as PadMode, PadAxis};
use receptive_kernels::movement::slice::slice;
use receptive_kernels::norm::backward::batch::{Saved, Statistics};
use receptive_kernels::norm::backward::{batch as batch_backward, group, lrn};
use receptive_kernels::norm::batch::{self, BatchNorm, Running};
use receptive_kernels::norm::group::GroupNorm;
use receptive_kernels::norm::lrn::Lrn;
use receptive_kernels::pool::adaptive::Sizes;
use receptive_kernels::pool::avg::Divisor;
use receptive_kernels::pool::{argmax, backward as pools};
use receptive_kernels::resize::{Resize, ResizeAxis};
use receptive_kernels::resize_backward;
use receptive_kernels::team::Team;
use serde::Deserialize;

mod support;
use support::formula;

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    inputs: Vec<Tensor>,
    /// Whether the inputs are rounded to halves, so that equal values occur.
    ties: bool,
    params: Vec<Tensor>,
    upstream: Tensor,
    expected: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    formula: String,
    offset: f64,
    scale: f64,
}

#[derive(Debug, Deserialize)]
struct Expected {
    name: String,
    every: usize,
    tolerance: f64,
    values: Vec<f64>,
}

/// Values with their name; maps are `N, H, W, C`.
type Got = Vec<(&'static str, Vec<f32>)>;

/// `[N, C, H, W]` to `[N, H, W, C]`, or back with the sizes of the result.
fn permute(x: &[f32], [n, a, b]: [usize; 3]) -> Vec<f32> {
    let mut y = vec![f32::NAN; x.len()];
    for i in 0..n {
        for j in 0..a {
            for k in 0..b {
                y[(i * b + k) * a + j] = x[(i * a + j) * b + k];
            }
        }
    }
    y
}

impl Tensor {
    fn values(&self) -> Vec<f32> {
        formula(&self.formula, self.shape.iter().product(), self.offset, self.scale)
    }

    fn hwc(&self, values: &[f32]) -> Vec<f32> {
        permute(values, [self.shape[0], self.shape[1], self.shape[2] * self.shape[3]])
    }
}

impl Case {
    fn input(&self, at: usize) -> Vec<f32> {
        let mut values = self.inputs[at].values();
        if self.ties {
            values.iter_mut().for_each(|x| *x = (*x * 2.0).round_ties_even() / 2.0);
        }
        self.inputs[at].hwc(&values)
    }

    fn param(&self, name: &str) -> Vec<f32> {
        self.params.iter().find(|param| param.name == name).unwrap().values()
    }

    fn dy(&self) -> Vec<f32> {
        self.upstream.hwc(&self.upstream.values())
    }

    /// Fails unless what was computed is all that is expected, each within its tolerance.
    fn check(&self, got: &Got) {
        assert_eq!(got.len(), self.expected.len(), "{}", self.name);
        for (name, values) in got {
            let named = |expected: &&Expected| expected.name == *name;
            let expected = self.expected.iter().find(named).unwrap();
            let shape = match *name {
                "y" => Some(&self.upstream.shape),
                "d.input0" => Some(&self.inputs[0].shape),
                "d.input1" => Some(&self.inputs[1].shape),
                _ => None,
            };
            let values = match shape {
                Some(shape) => permute(values, [shape[0], shape[2] * shape[3], shape[1]]),
                None => values.clone(),
            };
            let sampled: Vec<f32> = values.iter().copied().step_by(expected.every).collect();
            assert_eq!(sampled.len(), expected.values.len(), "{} {name}", self.name);
            for (at, (got, value)) in sampled.iter().zip(&expected.values).enumerate() {
                let difference = (f64::from(*got) - value).abs();
                let what = (&self.name, name, at * expected.every);
                assert!(difference <= expected.tolerance, "{what:?}: {got}, expected {value}");
            }
        }
    }
}

fn window(h: usize, w: usize, kernel: usize, stride: usize, pad: usize, ceil: bool) -> Window {
    let axis = |size| Axis { size, kernel, stride, before: pad, after: pad, dilation: 1, ceil };
    Window::new(6, axis(h), axis(w)).unwrap()
}

fn max_pool(case: &Case, window: &Window) -> Got {
    let (x, dy) = (case.input(0), case.dy());
    let (mut y, mut offsets) = (vec![f32::NAN; dy.len()], vec![0u8; dy.len()]);
    let mut dx = vec![f32::NAN; x.len()];
    argmax::max_pool2d(window, &x, &mut y, &mut offsets, &Team::SOLO);
    pools::max::max_pool2d(window, &dy, &offsets, &mut dx, &Team::SOLO);
    vec![("y", y), ("d.input0", dx)]
}

fn pool(case: &Case) -> Got {
    let x = case.input(0);
    let (mut dx, dy, team) = (vec![f32::NAN; x.len()], case.dy(), &Team::SOLO);
    let avg = |dx: &mut [f32], window: Window, divisor| {
        pools::avg::avg_pool2d(&window, divisor, &dy, dx, team);
    };
    let sizes = |oh, ow| Sizes { c: 6, h: 9, w: 11, oh, ow };
    match case.name.as_str() {
        "maxpool_k2" => return max_pool(case, &window(9, 11, 2, 2, 0, false)),
        "maxpool_k3s2p1" => return max_pool(case, &window(9, 11, 3, 2, 1, false)),
        "maxpool_ceil" => return max_pool(case, &window(8, 10, 3, 2, 0, true)),
        "maxpool_ties" => return max_pool(case, &window(9, 11, 3, 1, 1, false)),
        "avgpool_k2" => avg(&mut dx, window(9, 11, 2, 2, 0, false), Divisor::Padded),
        "avgpool_pad" => avg(&mut dx, window(9, 11, 3, 2, 1, false), Divisor::Padded),
        "avgpool_nopad" => avg(&mut dx, window(9, 11, 3, 1, 1, false), Divisor::Inside),
        "adaptive_1" => pools::global::global_avg(99, 6, &dy, &mut dx, team),
        "adaptive_3x4" => pools::adaptive::adaptive_avg_pool2d(sizes(3, 4), &dy, &mut dx, team),
        "global_max" => {
            let (mut y, mut pixels) = (vec![f32::NAN; dy.len()], vec![0; dy.len()]);
            argmax::global_max(99, 6, &x, &mut y, &mut pixels, team);
            pools::global::global_max(99, 6, &dy, &pixels, &mut dx, team);
            return vec![("y", y), ("d.input0", dx)];
        }
        other => panic!("no pool {other}"),
    }
    vec![("d.input0", dx)]
}

fn batch_norm(case: &Case) -> Got {
    let (x, dy, team) = (case.input(0), case.dy(), &Team::SOLO);
    let (eps, momentum) =
        if case.name == "batchnorm_train_momentum" { (1e-3, 0.3) } else { (1e-5, 0.1) };
    let norm = BatchNorm::training(2, 99, 6, eps).unwrap();
    let (gamma, beta) = (case.param("weight"), case.param("bias"));
    let (mut running_mean, mut running_var) =
        (case.param("running_mean"), case.param("running_var"));
    let affine = Some((&gamma[..], &beta[..]));
    let mut y = vec![f32::NAN; x.len()];
    let (mut mean, mut inverse) = (vec![f32::NAN; 6], vec![f32::NAN; 6]);
    let mut scratch = vec![f32::NAN; norm.train_scratch()];
    let evaluates = case.name == "batchnorm_eval";
    if evaluates {
        let given = (&running_mean[..], &running_var[..]);
        batch::eval(&norm, (affine, given), &x, &mut y, &mut inverse, &mut scratch, team);
        mean.copy_from_slice(&running_mean);
    } else {
        let running = Running { mean: &mut running_mean, variance: &mut running_var, momentum };
        let saved = (&mut mean[..], &mut inverse[..]);
        batch::train(&norm, (affine, Some(running)), &x, &mut y, saved, &mut scratch, team);
    }
    let statistics = if evaluates { Statistics::Running } else { Statistics::Batch };
    let saved = Saved { statistics, x: &x, mean: &mean, inverse: &inverse, gamma: Some(&gamma) };
    let mut dx = vec![f32::NAN; x.len()];
    let (mut dgamma, mut dbeta) = (vec![f32::NAN; 6], vec![f32::NAN; 6]);
    let mut scratch = vec![f32::NAN; batch_backward::scratch_len(&norm)];
    let affine = Some((&mut dgamma[..], &mut dbeta[..]));
    batch_backward::batch_norm(&norm, &saved, &dy, &mut dx, affine, &mut scratch, team);
    let mut got = vec![("y", y), ("d.input0", dx), ("d.weight", dgamma), ("d.bias", dbeta)];
    if !evaluates {
        got.extend([("running_mean", running_mean), ("running_var", running_var)]);
    }
    got
}

fn other_norm(case: &Case) -> Got {
    let (x, dy, team) = (case.input(0), case.dy(), &Team::SOLO);
    let mut dx = vec![f32::NAN; x.len()];
    if case.name == "lrn" {
        let norm = Lrn { size: 5, alpha: 1e-4, beta: 0.75, k: 1.0 };
        let mut scratch = vec![f32::NAN; lrn::scratch_len(&norm, 6, team)];
        lrn::lrn(&norm, 6, (&x, &dy), &mut dx, &mut scratch, team);
        return vec![("d.input0", dx)];
    }
    let norm = GroupNorm { pixels: 99, c: 6, groups: 3, eps: 1e-5 };
    let (mut dgamma, mut dbeta) = (vec![f32::NAN; 6], vec![f32::NAN; 6]);
    let mut scratch = vec![f32::NAN; group::scratch_len(&norm, 2)];
    let affine = Some((&mut dgamma[..], &mut dbeta[..]));
    let gamma = case.param("weight");
    group::group_norm(&norm, &gamma, (&x, &dy), &mut dx, affine, &mut scratch, team);
    vec![("d.input0", dx), ("d.weight", dgamma), ("d.bias", dbeta)]
}

fn both_operands(case: &Case) -> Got {
    let (a, b, dy, team) = (case.input(0), case.input(1), case.dy(), &Team::SOLO);
    let b_strides: &[usize] = match case.name.as_str() {
        "add_broadcast" => &[0, 0, 1],
        "mul_gate" => &[6, 0, 1],
        _ => &[594, 6, 1],
    };
    let shape = Broadcast::new(&[2, 99, 6], &[594, 6, 1], b_strides);
    let kind = if case.name.starts_with("add") { Kind::Add } else { Kind::Mul };
    let from = Operands { dy: &dy, a: &a, b: &b };
    let gradient = |side, len| {
        let mut out = vec![f32::NAN; len];
        let mut scratch = vec![f32::NAN; scratch_len(&shape, side, team)];
        binary((kind, side), &shape, from, &mut out, &mut scratch, team);
        out
    };
    vec![("d.input0", gradient(Side::A, a.len())), ("d.input1", gradient(Side::B, b.len()))]
}

fn movement(case: &Case) -> Got {
    let (dy, team) = (case.dy(), &Team::SOLO);
    let mut dx = vec![f32::NAN; 2 * 99 * 6];
    if case.name == "cat" {
        let mut second = vec![f32::NAN; 2 * 99 * 3];
        slice(&dy, 9, 0, 6, &mut dx, team);
        slice(&dy, 9, 6, 3, &mut second, team);
        return vec![("d.input0", dx), ("d.input1", second)];
    }
    let axis = |size, before, after| PadAxis { size, before, after };
    let axes = [axis(2, 0, 0), axis(9, 0, 3), axis(11, 1, 2)];
    pad(&axes, 6, PadMode::Constant(0.0), &dy, &mut dx, team);
    vec![("d.input0", dx)]
}

fn upsample(case: &Case) -> Got {
    let (dy, team) = (case.dy(), &Team::SOLO);
    let mut dx = vec![f32::NAN; 2 * 99 * 6];
    let corners = case.name == "upsample_bilinear_corners";
    let axis = |size: usize, out: usize| {
        let scale =
            if corners { (size - 1) as f32 / (out - 1) as f32 } else { size as f32 / out as f32 };
        ResizeAxis { size, out, scale, align_corners: corners }
    };
    let (oh, ow) = (case.upstream.shape[2], case.upstream.shape[3]);
    let resize = Resize { c: 6, y: axis(9, oh), x: axis(11, ow) };
    if case.name == "upsample_nearest" {
        resize_backward::nearest(&resize, &dy, &mut dx, team);
    } else {
        resize_backward::bilinear(&resize, &dy, &mut dx, team);
    }
    vec![("d.input0", dx)]
}

#[test]
fn all_cases() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("fixtures/layers.json")).unwrap();
    assert_eq!(cases.len(), 24);
    for case in &cases {
        let got = match case.name.split('_').next().unwrap() {
            "maxpool" | "avgpool" | "adaptive" | "global" => pool(case),
            "batchnorm" => batch_norm(case),
            "groupnorm" | "lrn" => other_norm(case),
            "add" | "mul" => both_operands(case),
            "cat" | "pad" => movement(case),
            "upsample" => upsample(case),
            other => panic!("no layer {other}"),
        };
        case.check(&got);
    }
}
