use super::*;
use crate::simd::Native;
use crate::testing::{Random, assert_close};

fn check(of: &Recurrent) {
    let Recurrent { kind, steps, n, hidden, .. } = *of;
    let mut random = Random::new((hidden * 10 + steps) as u64);
    let gates = kind.gates();
    let [x, r] =
        [steps * n * gates * hidden, gates * hidden * hidden].map(|len| random.vector(len));
    let [h, bias] = [n * hidden, hidden].map(|len| random.vector(len));
    let c = random.vector(if kind == Kind::Lstm { n * hidden } else { 0 });
    // So that sums of many do not saturate every gate.
    let r: Vec<f32> = r.iter().map(|r| r / (hidden as f32).sqrt()).collect();
    let given = Given { x: &x, r: &r, bias: &bias, h: &h, c: &c };
    let mut expected = vec![f32::NAN; of.output_len()];
    reference(of, given, &mut expected);
    let mut y = vec![f32::NAN; expected.len()];
    let mut scratch = vec![f32::NAN; of.scratch_len().unwrap()];
    recurrent::<Native>(of, given, &mut y, &mut scratch);
    assert_close(&y, &expected, 4 * hidden);
}

#[test]
fn every_kind_of_every_size() {
    for kind in [Kind::Tanh, Kind::Relu, Kind::Lstm, Kind::Gru, Kind::GruAfter] {
        for backwards in [false, true] {
            for steps in [1, 2, 5] {
                for n in [1, 2, 7] {
                    for hidden in [1, 3, 8, 9, 17] {
                        check(&Recurrent { kind, steps, n, hidden, backwards });
                    }
                }
            }
        }
    }
}

#[test]
fn a_hidden_unit_that_is_no_number_stays_one() {
    let of = Recurrent { kind: Kind::Relu, steps: 2, n: 1, hidden: 1, backwards: false };
    let given = Given { x: &[f32::NAN, 1.0], r: &[1.0], bias: &[], h: &[0.0], c: &[] };
    let mut y = [0.0; 2];
    recurrent::<Native>(&of, given, &mut y, &mut vec![f32::NAN; of.scratch_len().unwrap()]);
    assert!(y[0].is_nan() && y[1].is_nan());
}
