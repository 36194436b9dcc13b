//! Norms of gradients, optimisers, sums over several runs.

use crate::contract::{HYPER_FIRST, HYPER_RATES};
use crate::tests::case::{Case, dirty, wide};
use crate::tests::draft::{Draft, hyper};
use receptive_kernels::optim::Update;
use receptive_kernels::optim::adam::{self, Decay};
use receptive_kernels::optim::rmsprop;
use receptive_kernels::optim::sgd;
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;
use receptive_program::weights::Weights;

const LEN: usize = 131;
const DECAY: f32 = 0.0625;
const RATE: f32 = 0.125;

pub fn all() -> Vec<Case> {
    let mut cases = vec![norms()];
    for (momentum, dampening, nesterov) in
        [(0.0, 0.0, false), (0.75, 0.25, false), (0.75, 0.0, true)]
    {
        cases.extend([1, 3].map(|step| sgd(step, [momentum, dampening], nesterov)));
    }
    for decoupled in [false, true] {
        cases.extend([1, 3].map(|step| adam(step, decoupled)));
    }
    for momentum in [0.0, 0.75] {
        cases.extend([false, true].map(|centered| rmsprop(momentum, centered)));
    }
    cases.extend([0, 1].map(accumulate));
    cases
}

fn norms() -> Case {
    let mut random = Random::new(17);
    let [a, b, c] = [1, 7, 5000].map(|len| random.vector(len));
    let squares = |x: &[f32]| wide(x).iter().map(|x| x * x).sum::<f64>();
    let sums = [squares(&a), squares(&b), squares(&c)];
    let total = sums.iter().sum::<f64>().sqrt();
    // Nothing is infinite or NaN.
    let y = [&[total, -1.0][..], &sums.map(f64::sqrt)].concat();
    let case = Case::new("norms", 103).write(y).sizes(&[3]);
    case.read(&a).sizes(&[1]).read(&b).sizes(&[7]).read(&c).sizes(&[5000])
}

#[test]
fn the_first_gradient_that_is_not_finite_is_named() {
    let mut draft = Draft::default();
    let (a, b, c) = (draft.input(3), draft.input(2), draft.input(1));
    let y = draft.output(5);
    draft.step(103, &[&[y, 3, a, 3, b, 2, c, 1]]);
    let mut program = draft.compile(Team::SOLO).unwrap();
    let mut run = |values: [f32; 3]| {
        for (at, value) in values.into_iter().enumerate() {
            program.input_mut(at).unwrap().fill(value);
        }
        program.run(&Weights::default());
        program.output(0).unwrap().to_vec()
    };
    // Squares of finite numbers do not overflow.
    let large = run([1e30, 0.0, 0.0]);
    assert!(large[0].is_finite() && large[1] == -1.0, "{large:?}");
    let infinite = run([1.0, f32::NEG_INFINITY, f32::NAN]);
    assert!(infinite[0].is_nan() && infinite[1] == 1.0, "{infinite:?}");
    assert!(infinite[3] == f32::INFINITY && infinite[4].is_nan(), "{infinite:?}");
}

/// A parameter, its gradient and a state of non-negative elements; the update, whose gradients are
/// cut to half their norm.
struct Ends {
    param: Vec<f32>,
    grad: Vec<f32>,
    state: Vec<f32>,
    norms: Vec<f32>,
    clip: f32,
    update: Update,
}

impl Ends {
    fn new(step: usize, states: usize) -> Self {
        let mut random = Random::new(18);
        let [param, grad, state] = [LEN, LEN, states * LEN].map(|len| random.vector(len));
        let state = state.iter().map(|state| state.abs()).collect();
        let norm = wide(&grad).iter().map(|x| x * x).sum::<f64>().sqrt() as f32;
        let scale = (f64::from(0.5 * norm) / (f64::from(norm) + 1e-6)) as f32;
        let update = Update { lr: RATE.into(), scale, step: step as u32 };
        Ends { param, grad, state, norms: vec![norm, -1.0, norm], clip: 0.5 * norm, update }
    }

    /// What stands between the state and the settings.
    fn common(&self, case: Case) -> Case {
        let case = case.read_least(&hyper(self.update.step as usize, RATE)).sizes(&[HYPER_RATES]);
        let case = case.read_least(&self.norms).floats(&[self.clip]);
        case.sizes(&[LEN]).floats(&[DECAY])
    }
}

fn sgd(step: usize, [momentum, dampening]: [f32; 2], nesterov: bool) -> Case {
    let ends = Ends::new(step, usize::from(momentum != 0.0));
    let settings = [momentum, dampening, DECAY].map(f64::from);
    let sgd = sgd::Sgd::new(settings[0], settings[1], nesterov, settings[2]).unwrap();
    let (mut p, mut velocity) = (wide(&ends.param), wide(&ends.state));
    sgd.reference(&ends.update, &wide(&ends.grad), &mut p, &mut velocity);
    let case = Case::new(format!("{step}, {momentum}, {nesterov}"), 104);
    let case = case.change(&ends.param, p).read(&ends.grad);
    let case = if momentum == 0.0 { case.none() } else { case.change(&ends.state, velocity) };
    ends.common(case).floats(&[momentum, dampening]).sizes(&[nesterov.into()])
}

fn adam(step: usize, decoupled: bool) -> Case {
    let ends = Ends::new(step, 2);
    let (betas, eps) = ([0.875f32, 0.9375], 1e-3f32);
    let decay = if decoupled { Decay::Parameter } else { Decay::Gradient };
    let [first, second] = betas.map(f64::from);
    let adam = adam::Adam::new((first, second), eps.into(), DECAY.into(), decay).unwrap();
    let (mut p, mut state) = (wide(&ends.param), wide(&ends.state));
    adam.reference(&ends.update, &wide(&ends.grad), &mut p, state.split_at_mut(LEN));
    let case = Case::new(format!("{step}, {decoupled}"), 105);
    let case = case.change(&ends.param, p).read(&ends.grad).change(&ends.state, state);
    ends.common(case).floats(&betas).floats(&[eps]).sizes(&[decoupled.into()])
}

fn rmsprop(momentum: f32, centered: bool) -> Case {
    let slots = 1 + usize::from(centered) + usize::from(momentum != 0.0);
    let mut ends = Ends::new(2, slots);
    // A variance is not negative.
    ends.state[..LEN].iter_mut().for_each(|square| *square += 1.0);
    let (alpha, eps) = (0.875f32, 1e-3f32);
    let [of_decay, of_momentum] = [DECAY, momentum].map(f64::from);
    let rmsprop =
        rmsprop::RmsProp::new(alpha.into(), eps.into(), of_decay, of_momentum, centered).unwrap();
    let (mut p, mut state) = (wide(&ends.param), wide(&ends.state));
    let (square, rest) = state.split_at_mut(LEN);
    let (velocity, mean) = rest.split_at_mut(if momentum == 0.0 { 0 } else { LEN });
    rmsprop.reference(&ends.update, &wide(&ends.grad), &mut p, [square, mean, velocity]);
    let case = Case::new(format!("{momentum}, {centered}"), 106);
    let case = case.change(&ends.param, p).read(&ends.grad).change(&ends.state, state);
    ends.common(case).floats(&[alpha, eps, momentum]).sizes(&[centered.into()])
}

fn accumulate(first: usize) -> Case {
    let mut random = Random::new(19);
    let [total, x] = [LEN; 2].map(|len| random.vector(len));
    let mut hyper = hyper(1, 0.0);
    hyper[HYPER_FIRST] = first as f32;
    let mut sum = dirty(LEN);
    for ((sum, &total), &x) in sum.iter_mut().zip(&total).zip(&x) {
        let before = if first == 1 { 0.0 } else { f64::from(total) };
        *sum = before + 0.25 * f64::from(x);
    }
    // A sum that begins does not read what was there.
    let total = if first == 1 { vec![f32::NAN; LEN] } else { total };
    let case = Case::new(format!("first {first}"), 107).change(&total, sum).read(&x);
    case.read_least(&hyper).sizes(&[LEN]).floats(&[0.25])
}
