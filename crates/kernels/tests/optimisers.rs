//! The optimisers against PyTorch: 12 steps of two parameters with given gradients.
//!
//! `fixtures/optimisers.json` was written by PyTorch 2.15 in float64. Parameters and gradients are
//! functions of a name, as in `tests/golden/formula.ts`; `noise` is how far PyTorch's own float32
//! is from its float64.

use receptive_kernels::optim::Update;
use receptive_kernels::optim::adam::{Adam, Decay};
use receptive_kernels::optim::clip::{coefficient, partials_len, sum_of_squares};
use receptive_kernels::optim::rmsprop::{RmsProp, State};
use receptive_kernels::optim::sgd::Sgd;
use receptive_kernels::team::Team;
use serde::Deserialize;

mod support;
use support::formula;

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    steps: usize,
    clip: Option<f64>,
    rates: Vec<f64>,
    params: Vec<Param>,
    /// Scale of the gradients.
    gradient: f64,
    expected: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
struct Param {
    formula: String,
    shape: Vec<usize>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    name: String,
    noise: f64,
    values: Vec<f64>,
}

/// One optimiser with the settings of a case.
enum Optimiser {
    Sgd(Sgd),
    Adam(Adam),
    RmsProp(RmsProp),
}

fn optimiser(name: &str) -> Optimiser {
    let sgd = |momentum, nesterov, decay| {
        Optimiser::Sgd(Sgd::new(momentum, 0.0, nesterov, decay).unwrap())
    };
    let adam = |betas, eps, weight_decay, decay| {
        Optimiser::Adam(Adam::new(betas, eps, weight_decay, decay).unwrap())
    };
    match name {
        "sgd" | "clipped" | "not_clipped" | "steps" | "cosine" => sgd(0.0, false, 0.0),
        "sgd_momentum" => sgd(0.9, false, 1e-2),
        "sgd_nesterov" => sgd(0.9, true, 1e-2),
        "one_cycle" => sgd(0.9, false, 0.0),
        "adam" => adam((0.9, 0.999), 1e-8, 0.0, Decay::Gradient),
        "adam_l2" => adam((0.8, 0.95), 1e-6, 0.1, Decay::Gradient),
        "adamw" => adam((0.9, 0.999), 1e-8, 0.1, Decay::Parameter),
        "warmup_cosine" => adam((0.9, 0.999), 1e-8, 0.01, Decay::Parameter),
        "rmsprop" => Optimiser::RmsProp(RmsProp::new(0.99, 1e-8, 0.0, 0.9, false).unwrap()),
        other => panic!("no settings for {other}"),
    }
}

impl Optimiser {
    fn step(&self, update: &Update, g: &[f32], p: &mut [f32], state: &mut [Vec<f32>; 2]) {
        let [a, b] = state;
        match self {
            Optimiser::Sgd(sgd) => {
                let len = sgd.velocity_len(p.len());
                sgd.step(update, g, p, &mut a[..len], &Team::SOLO);
            }
            Optimiser::Adam(adam) => adam.step(update, g, p, (a, b), &Team::SOLO),
            Optimiser::RmsProp(rmsprop) => {
                let state = State { square: a, mean: &mut [], velocity: b };
                rmsprop.step(update, g, p, state, &Team::SOLO);
            }
        }
    }
}

/// Returns whether the case expects a value of that name, and fails if it is another one.
fn check(case: &Case, name: &str, got: &[f64]) -> bool {
    let Some(expected) = case.expected.iter().find(|expected| expected.name == name) else {
        return false;
    };
    assert_eq!(got.len(), expected.values.len(), "{} {name}", case.name);
    let largest = expected.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let tolerance = 4.0 * expected.noise + 1e-6 * largest;
    for (at, (got, expected)) in got.iter().zip(&expected.values).enumerate() {
        let difference = (got - expected).abs();
        assert!(difference <= tolerance, "{} {name} {at}: {got}, not {expected}", case.name);
    }
    true
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// Runs a case and returns how many of its values were compared.
fn run(case: &Case) -> usize {
    let optimiser = optimiser(&case.name);
    let lens: Vec<usize> = case.params.iter().map(|p| p.shape.iter().product()).collect();
    let mut params: Vec<Vec<f32>> =
        case.params.iter().zip(&lens).map(|(p, &len)| formula(&p.formula, len, 0.0, 1.0)).collect();
    let mut states: Vec<[Vec<f32>; 2]> =
        lens.iter().map(|&len| [vec![0.0; len], vec![0.0; len]]).collect();
    let mut compared = 0;
    for step in 0..case.steps {
        let gradients: Vec<Vec<f32>> = ["w", "b"]
            .iter()
            .zip(&lens)
            .map(|(at, &len)| {
                formula(&format!("grad:{}.{at}.{step}", case.name), len, 0.0, case.gradient)
            })
            .collect();
        let mut scale = 1.0;
        if let Some(most) = case.clip {
            let square: f64 = gradients
                .iter()
                .map(|g| sum_of_squares(g, &mut vec![f64::NAN; partials_len(g.len())], &Team::SOLO))
                .sum();
            compared += usize::from(check(case, &format!("norm{step}"), &[square.sqrt()]));
            scale = coefficient(square.sqrt(), most);
        }
        let update = Update { lr: case.rates[step], scale, step: step as u32 + 1 };
        for ((p, g), state) in params.iter_mut().zip(&gradients).zip(&mut states) {
            optimiser.step(&update, g, p, state);
        }
        for (which, p) in ["w", "b"].iter().zip(&params) {
            compared += usize::from(check(case, &format!("{which}{}", step + 1), &wide(p)));
        }
    }
    compared
}

#[test]
fn all_cases() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("fixtures/optimisers.json")).unwrap();
    assert_eq!(cases.len(), 13);
    for case in &cases {
        assert_eq!(run(case), case.expected.len(), "{}", case.name);
    }
}
