//! Activations, PReLU, softmax, operations on two tensors, dropout.

use crate::contract::{HYPER_DRAW, HYPER_SEED};
use crate::tests::case::{Case, dirty, slopes, wide};
use crate::tests::draft::{Draft, hyper};
use receptive_kernels::activation::{Activation, backward::Kept, formula};
use receptive_kernels::elementwise::backward::{self, Kind, Operands, Side};
use receptive_kernels::elementwise::binary::Broadcast;
use receptive_kernels::elementwise::prelu;
use receptive_kernels::random::dropout::Dropout;
use receptive_kernels::random::stream::{Purpose, Stream};
use receptive_kernels::softmax;
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;
use receptive_program::weights::Weights;

pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = formula::ALL.iter().enumerate().map(activation).collect();
    for [rows, c, slopes] in [[7, 5, 5], [7, 5, 1], [3, 19, 19], [1, 1, 1]] {
        cases.extend(leaky(rows, c, slopes));
    }
    for sizes in [[2, 5, 3], [4, 7, 1], [1, 1, 6]] {
        cases.extend([false, true].map(|log| softmax_grad(sizes, log)));
    }
    let strides = [[[20, 5, 1], [0, 1, 0]], [[0, 0, 1], [20, 5, 1]], [[5, 0, 1], [20, 5, 1]]];
    for (op, second) in (0..3).flat_map(|op| [(op, false), (op, true)]) {
        cases.extend(strides.map(|strides| binary(op, second, strides)));
    }
    cases.extend([(0.0, 1), (0.3, 1), (1.0, 1), (0.5, 43)].map(dropout));
    cases
}

/// An activation of a number in the contract.
fn activation((number, &activation): (usize, &Activation)) -> Case {
    let mut random = Random::new(number as u64);
    let x: Vec<f32> = random.vector(37).iter().map(|x| 4.0 * x).collect();
    let dy = random.vector(37);
    let f = |x: f64| formula::value(activation, x);
    let from: Vec<f32> = match activation.kept() {
        Kept::Output => x.iter().map(|&x| f(x.into()) as f32).collect(),
        Kept::Input | Kept::Nothing => x.clone(),
    };
    let dx = slopes(&x, |x| x.iter().zip(&dy).map(|(&x, &dy)| f(x) * f64::from(dy)).sum());
    let case = Case::new(format!("{activation:?}"), 74).read(&dy).read(&from).write(dx);
    case.sizes(&[37, number]).floats(&formula::params(activation))
}

fn leaky(rows: usize, c: usize, factors: usize) -> Vec<Case> {
    let mut random = Random::new((rows + factors) as u64);
    let [x, dy, slope] = [rows * c, rows * c, factors].map(|len| random.vector(len));
    let mut y = vec![f32::NAN; x.len()];
    prelu::reference(&slope, c, &x, &mut y);
    let [a, b, c_] = [75, 76, 77].map(|code| Case::new(format!("{rows}x{c}, {factors}"), code));
    let sizes = [rows, c, factors];
    let loss = |x: &[f64], slope: &[f64]| -> f64 {
        let of = |(i, &x): (usize, &f64)| if x > 0.0 { x } else { x * slope[i % c % factors] };
        x.iter().enumerate().map(of).zip(&dy).map(|(y, &dy)| y * f64::from(dy)).sum()
    };
    let dx = slopes(&x, |x| loss(x, &wide(&slope)));
    let dslope = slopes(&slope, |slope| loss(&wide(&x), slope));
    vec![
        a.read(&x).write_narrow(&y).read(&slope).sizes(&sizes),
        b.read(&dy).read(&x).read(&slope).write(dx).sizes(&sizes),
        c_.read(&dy).read(&x).write(dslope).sizes(&sizes).terms(rows * c),
    ]
}

fn softmax_grad(sizes: [usize; 3], log: bool) -> Case {
    let ([_, axis, inner], len) = (sizes, sizes.iter().product());
    let mut random = Random::new(len as u64);
    let (x, dy) = (random.vector(len), random.vector(len));
    let (mut y, mut dx) = (vec![f32::NAN; len], vec![f32::NAN; len]);
    softmax::reference(axis, inner, log, &x, &mut y);
    softmax::backward::reference(axis, inner, log, &y, &dy, &mut dx);
    let case = Case::new(format!("{sizes:?}, {log}"), 90).read(&y).read(&dy).write_narrow(&dx);
    case.sizes(&sizes).sizes(&[log.into()])
}

const DIMS: [usize; 3] = [3, 4, 5];

fn binary(op: usize, second: bool, [a_strides, b_strides]: [[usize; 3]; 2]) -> Case {
    let kind = [Kind::Add, Kind::Mul, Kind::Div][op];
    let len = |strides: [usize; 3]| {
        1 + DIMS.iter().zip(strides).map(|(dim, stride)| (dim - 1) * stride).sum::<usize>()
    };
    let mut random = Random::new(op as u64 + 1);
    let (dy, a) = (random.vector(60), random.vector(len(a_strides)));
    // Quotients stay small.
    let b: Vec<f32> = random.vector(len(b_strides)).iter().map(|b| 2.0 + b).collect();
    let shape = Broadcast::new(&DIMS, &a_strides, &b_strides);
    let (side, len) = if second { (Side::B, b.len()) } else { (Side::A, a.len()) };
    let mut dx = dirty(len);
    backward::reference(kind, side, &shape, Operands { dy: &dy, a: &a, b: &b }, &mut dx);
    let name = format!("{kind:?} {side:?} {a_strides:?} {b_strides:?}");
    let case = Case::new(name, 94).read(&dy).read(&a).read(&b).write(dx);
    let case = case.sizes(&[op, second.into(), DIMS.len()]).sizes(&DIMS);
    case.sizes(&a_strides).sizes(&b_strides).terms(60)
}

#[test]
fn a_square_has_one_operand() {
    let mut draft = Draft::default();
    let (dy, a, dx) = (draft.input(4), draft.input(4), draft.output(4));
    draft.step(94, &[&[dy, a, a, dx, 1, 0, 1, 4, 1, 1]]);
    let mut program = draft.compile(Team::SOLO).unwrap();
    program.input_mut(0).unwrap().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    program.input_mut(1).unwrap().copy_from_slice(&[5.0, 6.0, 7.0, 8.0]);
    program.run(&Weights::default());
    assert_eq!(program.output(0).unwrap(), [5.0, 12.0, 21.0, 32.0]);
}

fn dropout((p, row): (f32, usize)) -> Case {
    let (seed, draw, id, len) = (0x0123_4567_89ab_cdefu64, 0x0004_0003u32, 7, 301);
    let mut hyper = hyper(1, 0.0);
    for (at, half) in hyper[HYPER_SEED..][..4].iter_mut().enumerate() {
        *half = f32::from((seed >> (16 * at)) as u16);
    }
    for (at, half) in hyper[HYPER_DRAW..][..2].iter_mut().enumerate() {
        *half = f32::from((draw >> (16 * at)) as u16);
    }
    let (x, mut y) = (Random::new(3).vector(len), vec![f32::NAN; len]);
    let stream = Stream::new(seed, Purpose::Dropout, id).at(draw);
    Dropout::new(p.into()).unwrap().reference(&stream, &x, row, &mut y);
    let case = Case::new(format!("p {p}, {row}"), 95).read(&x).write_narrow(&y).read_least(&hyper);
    case.sizes(&[len, row]).floats(&[p]).sizes(&[id as usize])
}
